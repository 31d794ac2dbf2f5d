//! The stored body of a record: a JSON object of which operations are patches.
//!
//! Fields this build does not know survive every edit (I16): a patch names only what changed.

use serde_json::{Map, Value};

use crate::session::attachment;

/// What must be set on `before` to make it `after`: changed fields, and null for fields that were emptied.
///
/// `known` are the fields a record of this kind has in this build; others of `before` are left alone, also those of a photo
/// that stays.
pub fn patch(known: &[&str], before: &Map<String, Value>, after: &Map<String, Value>) -> Map<String, Value> {
    let mut set: Map<String, Value> = after
        .iter()
        .map(|(key, value)| match key.as_str() {
            attachment::FIELD => (key.clone(), attachment::keep_unknown(before.get(key), value)),
            _ => (key.clone(), value.clone()),
        })
        .filter(|(key, value)| before.get(key) != Some(value))
        .collect();
    for key in known {
        if before.contains_key(*key) && !after.contains_key(*key) {
            set.insert((*key).to_owned(), Value::Null);
        }
    }
    set
}

/// Applies a patch: named fields replace, null removes.
pub fn merge(before: &Map<String, Value>, set: &Map<String, Value>) -> Map<String, Value> {
    let mut after = before.clone();
    for (key, value) in set {
        if value.is_null() {
            after.remove(key);
        } else {
            after.insert(key.clone(), value.clone());
        }
    }
    after
}

/// The leaves that differ, as `(path, from, to)` texts for a history; counts by group and column.
pub fn changes(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<(String, String, String)> {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    leaves("", &Value::Object(before.clone()), &mut old);
    leaves("", &Value::Object(after.clone()), &mut new);
    let find = |list: &[(String, String)], path: &str| {
        list.iter()
            .find(|(other, _)| other == path)
            .map(|(_, text)| text.clone())
            .unwrap_or_default()
    };
    let mut paths: Vec<&String> = old.iter().chain(&new).map(|(path, _)| path).collect();
    paths.sort();
    paths.dedup();
    paths
        .into_iter()
        .map(|path| (path.clone(), find(&old, path), find(&new, path)))
        .filter(|(_, from, to)| from != to)
        .collect()
}

/// A body of these fields, absent values left out.
pub(crate) fn object<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

fn leaves(path: &str, value: &Value, out: &mut Vec<(String, String)>) {
    let join = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| *key != "group")
            .for_each(|(key, value)| leaves(&join(key), value, out)),
        Value::Array(items) if path == attachment::FIELD => out.push((path.to_owned(), attachment::listed(items))),
        Value::Array(items) if items.iter().all(Value::is_object) && !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                let key = item
                    .get("group")
                    .and_then(Value::as_str)
                    .map_or_else(|| index.to_string(), str::to_owned);
                leaves(&join(&key), item, out);
            }
        }
        Value::Array(items) => {
            let texts: Vec<_> = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                .collect();
            out.push((path.to_owned(), texts.join(", ")));
        }
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        Value::Null => {}
        other => out.push((path.to_owned(), other.to_string())),
    }
}
