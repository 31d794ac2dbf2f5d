//! Every message exists in every language and takes the same values.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Complaint, files, has_extension, shown};
use crate::failure::{At, Result};

/// Catalogues of one kind lie together: `vi.json`, `en.json`… or `findings.vi.json`, `findings.en.json`….
const FOLDERS: &[&str] = &["ui/messages", "assets/messages"];
/// The language all others are compared with.
const SOURCE: &str = "vi";

type Catalogue = BTreeMap<String, BTreeSet<String>>;

/// Compares the catalogues of each kind with the Vietnamese one.
pub fn check(root: &Path) -> Result<Vec<Complaint>> {
    let mut complaints = Vec::new();
    for folder in FOLDERS {
        let catalogues = files(root, folder, |file| has_extension(file, &["json"]))?;
        for file in &catalogues {
            let stem = file
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default();
            let source = match stem.rsplit_once('.') {
                Some((kind, _)) => file.with_file_name(format!("{kind}.{SOURCE}.json")),
                None => file.with_file_name(format!("{SOURCE}.json")),
            };
            if source != *file {
                let (wanted, found) = (read(&source)?, read(file)?);
                complaints.extend(compare(&wanted, &found).map(|what| format!("{}: {what}", shown(root, file))));
            }
        }
    }
    Ok(complaints)
}

fn compare(wanted: &Catalogue, found: &Catalogue) -> impl Iterator<Item = String> {
    let missing = wanted
        .keys()
        .filter(|key| !found.contains_key(*key))
        .map(|key| format!("`{key}` is missing"));
    let extra = found
        .keys()
        .filter(|key| !wanted.contains_key(*key))
        .map(|key| format!("`{key}` is not in {SOURCE}"));
    let differing = wanted.iter().filter_map(|(key, values)| {
        let other = found.get(key).filter(|other| *other != values)?;
        Some(format!("`{key}` takes {other:?}, in {SOURCE} {values:?}"))
    });
    missing.chain(extra).chain(differing).collect::<Vec<_>>().into_iter()
}

/// Key → names of the values its text takes (`{count}`). Keys with a dollar or an underscore in front are about the file.
fn read(file: &Path) -> Result<Catalogue> {
    let text = fs::read_to_string(file).at(file.display())?;
    let value: Value = serde_json::from_str(&text).at(file.display())?;
    let mut catalogue = Catalogue::new();
    for (key, message) in value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| !key.starts_with(['$', '_']))
    {
        let mut values = BTreeSet::new();
        collect(message, &mut values);
        catalogue.insert(key.clone(), values);
    }
    Ok(catalogue)
}

fn collect(message: &Value, values: &mut BTreeSet<String>) {
    match message {
        Value::String(text) => {
            let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
            values.extend(names.map(|(name, _)| name.trim().to_owned()));
        }
        Value::Array(parts) => parts.iter().for_each(|part| collect(part, values)),
        // Variants (`countPlural=one` …): their texts take values, their conditions do not.
        Value::Object(parts) => parts
            .iter()
            .filter(|(key, _)| !["declarations", "selectors"].contains(&key.as_str()))
            .for_each(|(_, part)| collect(part, values)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_message_and_a_missing_value_are_told() {
        let catalogue = |text: &str| {
            let value: Value = serde_json::from_str(text).expect("JSON");
            let entries = value.as_object().expect("an object").iter().map(|(key, message)| {
                let mut values = BTreeSet::new();
                collect(message, &mut values);
                (key.clone(), values)
            });
            entries.collect::<Catalogue>()
        };
        let wanted = catalogue(r#"{"a": "{count} buổi", "b": "Lưu"}"#);
        let found = catalogue(r#"{"a": "sessions", "c": "Save"}"#);
        let told: Vec<_> = compare(&wanted, &found).collect();
        assert_eq!(told.len(), 3, "{told:?}");
    }
}
