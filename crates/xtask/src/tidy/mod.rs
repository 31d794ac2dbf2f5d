//! `cargo xtask tidy`: what a reader relies on and a compiler does not see.

mod adrs;
mod catalogues;
mod dependencies;
mod features;
mod links;
mod sizes;

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{At, Failure, Result};
use crate::project::Project;

/// One breach: where, what, and what to do.
type Complaint = String;

/// Every rule over the checkout.
const RULES: &[(&str, Rule)] = &[
    ("dependency rules", dependencies::check),
    ("file sizes", sizes::check),
    ("links", links::check),
    ("message catalogues", catalogues::check),
    ("ADR numbers", adrs::check),
    ("front-end imports", features::check),
];

type Rule = fn(&Path) -> Result<Vec<Complaint>>;

/// Applies every rule and shows every breach.
pub fn tidy(project: &Project) -> Result {
    let mut count = 0;
    for (name, rule) in RULES {
        let complaints = rule(project.root())?;
        println!("  {name}: {}", if complaints.is_empty() { "kept" } else { "broken" });
        complaints.iter().for_each(|complaint| println!("    {complaint}"));
        count += complaints.len();
    }
    if count == 0 {
        Ok(())
    } else {
        Err(Failure(format!("what is listed above breaks a rule ({count} in all)")))
    }
}

/// Files below a folder whose path `wanted` accepts, in order; what a build or a package manager wrote is left out.
fn files(root: &Path, folder: &str, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![root.join(folder)];
    while let Some(folder) = open.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).at(folder.display())? {
            let path = entry.at(folder.display())?.path();
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            let written = ["node_modules", "target", "dist", "paraglide", "test-results"].contains(&name.as_str());
            if path.is_dir() && !written && !name.starts_with('.') {
                open.push(path);
            } else if path.is_file() && wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension()
        .is_some_and(|found| extensions.iter().any(|wanted| found == *wanted))
}

/// The path as people write it: from the checkout, with `/`.
fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_is_tidy() {
        let project = Project::find().expect("the checkout this test was built from");
        let complaints: Vec<_> = RULES
            .iter()
            .flat_map(|(name, rule)| {
                let complaints = rule(project.root()).unwrap_or_else(|failure| vec![failure.to_string()]);
                complaints
                    .into_iter()
                    .map(move |complaint| format!("{name}: {complaint}"))
            })
            .collect();
        assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    }
}
