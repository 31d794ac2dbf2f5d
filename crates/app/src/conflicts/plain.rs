//! The same for records of plain fields: each field is a leaf, and a choice is a form of them.

use std::collections::BTreeSet;

use hocvu_model::record::Checked;
use hocvu_model::unit::Boundaries;
use hocvu_model::{RecordId, RecordKind};
use hocvu_store::{Read as StoreRead, Status, Version};
use serde_json::{Map, Value};

use super::Versions;
use super::leaves::{VOID, VOIDED};
use super::settle::Settled;
use crate::App;
use crate::boundaries::{self, Shown};
use crate::contract::{ConflictInput, LeafView, Pick, RecordForm, SessionRow};
use crate::error::{Error, Result};
use crate::{form, records, sessions};

/// Fields that are codes, or say which figure it is: chosen from the versions only.
const CHOSEN_ONLY: [&str; 12] = [
    VOID,
    "unit",
    "target_group",
    "grade",
    "class",
    "measure",
    "as_of",
    "evidence_kind",
    "basis",
    "subject",
    "flag",
    "state",
];

/// What a person's choices make of a record.
pub struct Composed {
    pub form: RecordForm,
    /// Whether it would be void; then the other choices do not matter.
    pub void: bool,
    /// Chosen fields this build knows nothing of; null removes one.
    unknown: Map<String, Value>,
}

/// The kind of a record that has plain fields; nothing for a session.
///
/// # Errors
/// [`Error::NotFound`] for no record, or one of a kind this build does not know.
pub fn kind(app: &App, id: RecordId) -> Result<Option<RecordKind>> {
    let record = app.store().read(|read| read.record(id))?.ok_or(Error::NotFound)?;
    match RecordKind::parse(&record.record_type) {
        Some(RecordKind::TrainingSession) => Ok(None),
        Some(kind) => Ok(Some(kind)),
        None => Err(Error::NotFound),
    }
}

/// The record as a row among sessions, and its fields; nothing when this machine does not have it.
///
/// # Errors
/// Reading failed.
pub fn row(app: &App, read: &StoreRead<'_>, id: RecordId) -> hocvu_store::Result<Option<(SessionRow, RecordForm)>> {
    let Some(record) = read.record(id)? else {
        return Ok(None);
    };
    let day = record.body.get("as_of").and_then(Value::as_str);
    let unit = record.unit.as_str();
    let Shown { name, then, now } = boundaries::shown(&app.units(), &record.unit, Boundaries::AsIsNow);
    let row = SessionRow {
        id: id.to_string(),
        date: form::date_view(day.and_then(|day| day.parse().ok()).unwrap_or_default()),
        unit: unit.to_owned(),
        unit_name: name,
        unit_then: then,
        unit_now: now,
        topics: Vec::new(),
        venue: String::new(),
        attended: 0,
        female: None,
        status: sessions::from_store(read.record_status(id)?.unwrap_or(Status::Conflicted)),
        warnings: 0,
        voided: record.void,
    };
    let form = RecordForm {
        kind: record.record_type.clone(),
        id: Some(id.to_string()),
        unit: unit.to_owned(),
        fields: records::fields(&record.body),
    };
    Ok(Some((row, form)))
}

/// Every field that has a value in any version, those this build does not know last.
pub fn leaves(kind: RecordKind, versions: &[Version]) -> Vec<LeafView> {
    let forms: Vec<RecordForm> = versions.iter().map(|version| form_of(kind, version)).collect();
    let unknown: BTreeSet<&str> = versions
        .iter()
        .flat_map(|version| version.body.keys())
        .map(String::as_str)
        .filter(|field| !kind.fields().contains(field))
        .collect();
    let leaf = |path: &str| {
        let value = |(version, form): (&Version, &RecordForm)| match path {
            VOID if version.void => VOIDED.to_owned(),
            _ => form.cell(path).to_owned(),
        };
        let values: Vec<String> = versions.iter().zip(&forms).map(value).collect();
        LeafView {
            differs: values.iter().any(|value| *value != values[0]),
            typed: !CHOSEN_ONLY.contains(&path) && !unknown.contains(path),
            path: path.to_owned(),
            values,
        }
    };
    let known = [VOID, "unit"].into_iter().chain(kind.fields().iter().copied());
    known
        .chain(unknown.iter().copied())
        .map(leaf)
        .filter(|leaf| leaf.values.iter().any(|value| !value.is_empty()))
        .collect()
}

/// Puts the record together.
///
/// # Errors
/// [`Error::BadCall`] for a choice that no screen offers.
pub fn compose(kind: RecordKind, versions: &Versions, input: &ConflictInput) -> Result<Composed> {
    let first = &versions.all[0];
    let mut composed = Composed {
        form: form_of(kind, first),
        void: first.void,
        unknown: Map::new(),
    };
    for (path, pick) in &input.picks {
        match pick {
            Pick::Text { text } if !CHOSEN_ONLY.contains(&path.as_str()) && kind.fields().contains(&path.as_str()) => {
                composed.form.fields.insert(path.clone(), text.clone());
            }
            Pick::Text { .. } => return Err(Error::BadCall(format!("{path} is not typed"))),
            Pick::Version { version } => {
                let picked = &versions.all[versions.place(*version)?];
                pick_of(kind, &mut composed, path, picked);
            }
        }
    }
    Ok(composed)
}

fn pick_of(kind: RecordKind, composed: &mut Composed, path: &str, picked: &Version) {
    match path {
        VOID => composed.void = picked.void,
        "unit" => composed.form.unit = picked.unit.to_string(),
        _ if kind.fields().contains(&path) => {
            let text = form_of(kind, picked).cell(path).to_owned();
            composed.form.fields.insert(path.to_owned(), text);
        }
        _ => {
            let value = picked.body.get(path).cloned().unwrap_or(Value::Null);
            composed.unknown.insert(path.to_owned(), value);
        }
    }
}

/// Applies the rules to it. Of what would be void no figure can be wrong.
///
/// # Errors
/// Reading failed.
pub fn check(app: &App, read: &StoreRead<'_>, kind: RecordKind, composed: &Composed) -> hocvu_store::Result<Checked> {
    if composed.void {
        return Ok(Checked {
            record: None,
            findings: Vec::new(),
        });
    }
    records::check(app, read, kind, &composed.form)
}

/// What must be said to make it so.
///
/// # Errors
/// [`Error::Invalid`] when the rules refuse.
pub fn settle(kind: RecordKind, versions: &Versions, composed: Composed, checked: Checked) -> Result<Settled> {
    if composed.void {
        return Ok(versions.settled_void());
    }
    let Some(record) = &checked.record else {
        return Err(Error::Invalid(checked.findings));
    };
    let set = kind.patch(&versions.counting(), &record.body());
    Ok(versions.settled(set, composed.unknown, record.unit(), checked.findings))
}

fn form_of(kind: RecordKind, version: &Version) -> RecordForm {
    RecordForm {
        kind: kind.as_str().to_owned(),
        id: None,
        unit: version.unit.to_string(),
        fields: records::fields(&version.body),
    }
}
