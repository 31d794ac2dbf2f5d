//! A feature of the front end knows `shared/` and `lib/`, never another feature; pages bring features together.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::{Complaint, files, has_extension, shown};
use crate::failure::{At, Result};

const SOURCE: &str = "ui/src";

/// Follows every relative import of the front end.
pub fn check(root: &Path) -> Result<Vec<Complaint>> {
    let source = root.join(SOURCE);
    let mut complaints = Vec::new();
    for file in files(root, SOURCE, |file| has_extension(file, &["ts", "svelte"]))? {
        let text = fs::read_to_string(&file).at(file.display())?;
        let folder = file.parent().unwrap_or(&source);
        let here = layer(&source, &file);
        for import in imports(&text) {
            let there = layer(&source, &resolved(&folder.join(import)));
            if let Some(why) = forbidden(&here, &there) {
                complaints.push(format!("{} imports {import}: {why}", shown(root, &file)));
            }
        }
    }
    Ok(complaints)
}

/// The first folders below `ui/src`: (`features`, `sessions`), (`shared`, …), ….
type Layer = (String, String);

fn forbidden(here: &Layer, there: &Layer) -> Option<&'static str> {
    match (here.0.as_str(), there.0.as_str()) {
        ("features", "features") if here.1 != there.1 => {
            Some("a feature never imports another; let the page join them")
        }
        ("shared" | "lib", "features" | "routes") => Some("what is shared knows no feature and no page"),
        ("features", "routes") => Some("a feature does not know the page it stands on"),
        _ => None,
    }
}

fn layer(source: &Path, file: &Path) -> Layer {
    let inside = file.strip_prefix(source).unwrap_or(Path::new(""));
    let mut names = inside
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    (names.next().unwrap_or_default(), names.next().unwrap_or_default())
}

/// Relative paths after `from "` or in `import("`.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    ["from \"", "import(\"", "import \""].into_iter().flat_map(|start| {
        text.split(start)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|path| path.starts_with('.'))
    })
}

/// Takes the `..` out; the file need not exist.
fn resolved(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut clean, part| {
        match part {
            Component::ParentDir => drop(clean.pop()),
            Component::CurDir => {}
            part => clean.push(part),
        }
        clean
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_do_not_know_each_other() {
        let layer = |path: &str| layer(Path::new("/ui/src"), &resolved(Path::new(path)));
        let judge = |from: &str, import: &str| forbidden(&layer(from), &layer(import)).is_some();
        assert!(judge(
            "/ui/src/features/today/Today.svelte",
            "/ui/src/features/today/../sessions/void"
        ));
        assert!(!judge(
            "/ui/src/features/today/Today.svelte",
            "/ui/src/features/today/./Month.svelte"
        ));
        assert!(!judge(
            "/ui/src/routes/TodayPage.svelte",
            "/ui/src/features/today/Today.svelte"
        ));
        assert!(judge(
            "/ui/src/shared/Toasts.svelte",
            "/ui/src/features/today/Today.svelte"
        ));
    }
}
