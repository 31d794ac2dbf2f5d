//! Every relative link of the documents leads somewhere.

use std::fs;
use std::path::Path;

use super::{Complaint, files, has_extension, shown};
use crate::failure::{At, Result};

const AT_THE_TOP: &[&str] = &["README.md", "CHANGELOG.md"];

/// Follows every link of `docs/` and of the documents at the top.
pub fn check(root: &Path) -> Result<Vec<Complaint>> {
    let mut documents = files(root, "docs", |file| has_extension(file, &["md"]))?;
    documents.extend(
        AT_THE_TOP
            .iter()
            .map(|name| root.join(name))
            .filter(|path| path.exists()),
    );
    let mut complaints = Vec::new();
    for document in documents {
        let text = fs::read_to_string(&document).at(document.display())?;
        let folder = document.parent().unwrap_or(root);
        for (line, target) in targets(&text) {
            let path = target.split(['#', '?']).next().unwrap_or_default().replace("%20", " ");
            if !folder.join(&path).exists() {
                complaints.push(format!(
                    "{}:{line}: the link to `{target}` leads nowhere",
                    shown(root, &document)
                ));
            }
        }
    }
    Ok(complaints)
}

/// Line number and target of every relative link and picture, code blocks left out.
fn targets(text: &str) -> Vec<(usize, String)> {
    let mut inside_code = false;
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if line.trim_start().starts_with("```") {
            inside_code = !inside_code;
        }
        if inside_code {
            continue;
        }
        let line = without_code(line);
        let inline = line
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split([')', ' ']).next());
        let tagged = line.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let defined = line
            .starts_with('[')
            .then(|| line.split_once("]: ").map(|(_, target)| target))
            .flatten();
        for target in inline.chain(tagged).chain(defined) {
            let outside = target.contains("://") || target.starts_with("mailto:");
            if !target.is_empty() && !outside && !target.starts_with('#') {
                found.push((number, target.trim_matches(['<', '>']).to_owned()));
            }
        }
    }
    found
}

/// The line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("``")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_links_are_found_and_others_are_not() {
        let text = "See [a](one.md#part) and ![b](two.png \"title\"), not [c](https://example.org) or `[d](code.md)`.\n\
                    ```\n[e](block.md)\n```\n[f]: three.md\n<img src=\"four.png\">\n[g](#here)";
        let found: Vec<_> = targets(text);
        let expected = [(1, "one.md#part"), (1, "two.png"), (5, "three.md"), (6, "four.png")];
        assert_eq!(found, expected.map(|(line, target)| (line, target.to_owned())));
    }
}
