//! A file that does not fit a reader's head is two files.

use std::fs;
use std::path::Path;

use super::{Complaint, files, has_extension, shown};
use crate::failure::{At, Result};

/// Lines. Files near 150 read best, 400 need a reason; past this there is none.
const LINES_MAX: usize = 600;
const FOLDERS: &[&str] = &["crates", "src-tauri", "ui/src", "tests/src"];

/// No file outside tests and generated code is longer than [`LINES_MAX`].
pub fn check(root: &Path) -> Result<Vec<Complaint>> {
    let mut complaints = Vec::new();
    for folder in FOLDERS {
        for file in files(root, folder, |file| {
            has_extension(file, &["rs", "ts", "svelte", "css", "sql"])
        })? {
            let name = shown(root, &file);
            if exempt(&name) {
                continue;
            }
            let lines = fs::read_to_string(&file).at(&name)?.lines().count();
            if lines > LINES_MAX {
                complaints.push(format!(
                    "{name} has {lines} lines, more than {LINES_MAX}: split it by what it owns"
                ));
            }
        }
    }
    Ok(complaints)
}

fn exempt(name: &str) -> bool {
    name.contains("/generated/") || name.contains("/gen/") || name.contains("/tests/") || name.ends_with("/tests.rs")
}
