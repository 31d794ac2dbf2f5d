//! Decisions are numbered from 1 without gaps, so that "ADR 7" is one file for ever.

use std::path::Path;

use super::{Complaint, files, has_extension, shown};
use crate::failure::Result;

/// `docs/adr/0001-….md`, `0002-….md`, ….
pub fn check(root: &Path) -> Result<Vec<Complaint>> {
    let records = files(root, "docs/adr", |file| {
        has_extension(file, &["md"]) && !file.ends_with("README.md")
    })?;
    let mut complaints = Vec::new();
    for (file, wanted) in records.iter().zip(1..) {
        let name = file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let number = name
            .split_once('-')
            .filter(|(digits, _)| digits.len() == 4)
            .and_then(|(digits, _)| digits.parse().ok());
        if number != Some(wanted) {
            complaints.push(format!(
                "{}: expected a name that starts with {wanted:04}-",
                shown(root, file)
            ));
        }
    }
    Ok(complaints)
}
