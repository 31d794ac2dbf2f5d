use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{FindingView, Status};

/// A record of plain fields exactly as typed: coverage, population, team, comment. Empty text means "not given".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordForm {
    /// `coverage`, `population`, `team`, `comment`.
    pub kind: String,
    /// The record being changed; a new one when null. The same figure of the same day is the same record either way.
    pub id: Option<String>,
    /// Uid of the unit it belongs to.
    pub unit: String,
    /// Field name → text, as `hocvu_model` names them.
    pub fields: BTreeMap<String, String>,
}

impl RecordForm {
    /// The text of a field, `unit` among them; empty when not given.
    pub fn cell(&self, field: &str) -> &str {
        match field {
            "unit" => &self.unit,
            _ => self.fields.get(field).map_or("", String::as_str),
        }
    }
}

/// Input of `record.save`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordSaveInput {
    /// The record as it should be.
    #[serde(flatten)]
    pub form: RecordForm,
    /// Key of what `unsaved.keep` kept of this form: it goes away in the same transaction.
    #[serde(default)]
    #[ts(optional)]
    pub unsaved: Option<String>,
}

/// Input of `record.correct`: an officer's change of what others wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordCorrectInput {
    /// The record as it should be; names it.
    pub form: RecordForm,
    /// Why; never empty.
    pub reason: String,
}

/// What the rules make of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordCheckView {
    /// All findings, errors first.
    pub findings: Vec<FindingView>,
}

/// A record reached the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordSaveView {
    /// The record.
    pub id: String,
    /// When, by this machine's clock.
    pub at: String,
    /// The warnings it was saved with.
    pub findings: Vec<FindingView>,
}

/// Names one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordId {
    /// Record id.
    pub id: String,
}

/// Input of `record.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordListInput {
    /// `coverage`, `population`, `team`, `comment`.
    pub kind: String,
    /// Only of this unit.
    pub unit: Option<String>,
    /// None is that very unit; `as_was` it and all below as it was recorded, `as_is_now` by what became of them. Units are
    /// called what they are called there.
    #[serde(default)]
    #[ts(optional)]
    pub boundaries: Option<String>,
}

/// Records of a kind, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordListView {
    /// Each of them.
    pub records: Vec<RecordView>,
}

/// One record as a form, with where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordView {
    /// Its fields.
    pub form: RecordForm,
    /// Name of its unit, in the boundaries asked for.
    pub unit_name: String,
    /// What it was called when it was recorded, where `unit_name` is another one.
    pub unit_then: Option<String>,
    /// What stands for it today, where `unit_name` is another one.
    pub unit_now: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Whether it was declared void.
    pub void: bool,
    /// Who changed it last.
    pub by: String,
    /// When, RFC 3339 by that author's clock: information, never an order.
    pub at: String,
}
