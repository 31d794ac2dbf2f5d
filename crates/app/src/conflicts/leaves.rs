//! A session taken apart into leaves of text, and put together from leaves of several versions.

use std::collections::BTreeSet;

use hocvu_model::codes::{COLUMNS, TargetGroup};
use hocvu_store::Version;
use serde_json::{Map, Value};

use crate::App;
use crate::contract::{LeafView, SessionForm};
use crate::sessions;

/// The leaf that says whether a session is void.
pub const VOID: &str = "void";
/// Value of [`VOID`] in a version that is void; empty in one that is not.
pub const VOIDED: &str = "void";

/// Fields of the form that hold one text, in reading order; figures come between.
const BEFORE: [&str; 2] = ["unit", "date"];
const AFTER: [&str; 10] = [
    "venue",
    "form",
    "facilitators",
    "start",
    "duration_minutes",
    "language",
    "household_businesses",
    "broadcast_items",
    "note",
    "attachments",
];
/// Leaves that are chosen from the versions only: they are codes, or have a screen of their own.
const CHOSEN_ONLY: [&str; 6] = [VOID, "unit", "topics", "form", "language", "attachments"];

/// One version as the leaves are read from it.
pub struct Read<'a> {
    pub version: &'a Version,
    pub form: SessionForm,
}

/// Reads the versions.
pub fn read<'a>(app: &App, versions: &'a [Version]) -> Vec<Read<'a>> {
    let one = |version: &'a Version| Read {
        version,
        form: sessions::form_from_body(app, &version.body, &version.unit),
    };
    versions.iter().map(one).collect()
}

/// Every leaf that has a value somewhere.
pub fn leaves(versions: &[Read<'_>]) -> Vec<LeafView> {
    let leaf = |path: String| {
        let values: Vec<String> = versions.iter().map(|read| value(read, &path)).collect();
        LeafView {
            differs: values.iter().any(|value| *value != values[0]),
            typed: !CHOSEN_ONLY.contains(&path.as_str()) && !is_unknown(&path),
            path,
            values,
        }
    };
    let has_value = |leaf: &LeafView| leaf.values.iter().any(|value| !value.is_empty());
    paths(versions).into_iter().map(leaf).filter(has_value).collect()
}

/// Whether this build knows nothing of the field: it is shown and chosen as it is.
pub fn is_unknown(path: &str) -> bool {
    let head = path.split('.').next().unwrap_or(path);
    !(head == VOID || head == "topics" || head == "counts" || BEFORE.contains(&head) || AFTER.contains(&head))
}

/// Gives the form the value a leaf has in another form, or a text.
pub fn set(form: &mut SessionForm, path: &str, from: &SessionForm) {
    match path {
        "topics" => form.topics.clone_from(&from.topics),
        "attachments" => form.attachments.clone_from(&from.attachments),
        _ => set_text(form, path, text(from, path)),
    }
}

/// Gives the form a text.
pub fn set_text(form: &mut SessionForm, path: &str, text: String) {
    if let Some((group, column)) = cell(path) {
        form.counts
            .entry(group.to_owned())
            .or_default()
            .insert(column.to_owned(), text);
    } else if let Some(field) = field(form, path) {
        *field = text;
    }
}

fn paths(versions: &[Read<'_>]) -> Vec<String> {
    let mut paths: Vec<String> = vec![VOID.to_owned()];
    paths.extend(BEFORE.map(str::to_owned));
    paths.push("topics".to_owned());
    let used: BTreeSet<&String> = versions.iter().flat_map(|read| read.form.counts.keys()).collect();
    let mut groups: Vec<&String> = used.into_iter().collect();
    let order: Vec<&str> = TargetGroup::active()
        .chain(TargetGroup::retired())
        .map(TargetGroup::as_str)
        .collect();
    groups.sort_by_key(|group| order.iter().position(|known| known == group));
    for group in groups {
        paths.extend(COLUMNS.iter().map(|column| format!("counts.{group}.{column}")));
    }
    paths.extend(AFTER.map(str::to_owned));
    let unknown: BTreeSet<&String> = versions
        .iter()
        .flat_map(|read| read.version.body.keys())
        .filter(|key| is_unknown(key))
        .collect();
    paths.extend(unknown.into_iter().cloned());
    paths
}

fn value(read: &Read<'_>, path: &str) -> String {
    match path {
        VOID if read.version.void => VOIDED.to_owned(),
        VOID => String::new(),
        "topics" => read.form.topics.join(", "),
        "attachments" => photos(&read.form),
        _ if is_unknown(path) => raw(&read.version.body, path),
        _ => text(&read.form, path),
    }
}

/// The photos by the start of their names: enough to see that they differ.
fn photos(form: &SessionForm) -> String {
    let names = form
        .attachments
        .iter()
        .map(|photo| photo.sha256.chars().take(8).collect::<String>());
    names.collect::<Vec<_>>().join(", ")
}

fn raw(body: &Map<String, Value>, key: &str) -> String {
    match body.get(key) {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

fn text(form: &SessionForm, path: &str) -> String {
    if let Some((group, column)) = cell(path) {
        return form
            .counts
            .get(group)
            .and_then(|cells| cells.get(column))
            .cloned()
            .unwrap_or_default();
    }
    let mut form = form.clone();
    field(&mut form, path).map(std::mem::take).unwrap_or_default()
}

fn cell(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("counts.")?.split_once('.')
}

fn field<'a>(form: &'a mut SessionForm, path: &str) -> Option<&'a mut String> {
    Some(match path {
        "unit" => &mut form.unit,
        "date" => &mut form.date,
        "start" => &mut form.start,
        "duration_minutes" => &mut form.duration_minutes,
        "form" => &mut form.form,
        "venue" => &mut form.venue,
        "facilitators" => &mut form.facilitators,
        "language" => &mut form.language,
        "note" => &mut form.note,
        "household_businesses" => &mut form.household_businesses,
        "broadcast_items" => &mut form.broadcast_items,
        _ => return None,
    })
}
