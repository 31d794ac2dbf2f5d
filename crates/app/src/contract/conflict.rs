use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DateView, FindingView, RecordForm, SessionRow};

/// The records of which two versions exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConflictListView {
    /// Newest first.
    pub rows: Vec<ConflictRow>,
}

/// One record in conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConflictRow {
    /// As in the list; of another kind of record its id, unit, day and status.
    pub row: SessionRow,
    /// The record as it counts, when it is no session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub record: Option<RecordForm>,
    /// Who wrote the versions, the one that counts first.
    pub by: Vec<String>,
}

/// The versions of one record side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConflictView {
    /// As in the list; of another kind of record its id, unit, day and status.
    pub row: SessionRow,
    /// The record as it counts, when it is no session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub record: Option<RecordForm>,
    /// The one that counts first.
    pub versions: Vec<VersionView>,
    /// Every leaf that has a value in any version, in reading order.
    pub leaves: Vec<LeafView>,
    /// Whether they can be told apart as records of their own: sessions and teams, unless one of them only voids.
    pub can_split: bool,
    /// Sessions in conflict, this one included.
    pub total: u32,
    /// The next one after this, if any.
    pub next: Option<String>,
}

/// One version of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VersionView {
    /// The operation that made it so, `log:seq`.
    pub operation: String,
    /// Who.
    pub by: String,
    /// When by the author's clock, RFC 3339.
    pub at: String,
    /// Whether this machine wrote it.
    pub mine: bool,
    /// Whether its figures count until somebody chooses.
    pub counts: bool,
    /// Whether it declares the session void.
    pub voided: bool,
    /// Why it was voided or corrected, in the author's words.
    pub reason: Option<String>,
    /// Why the centre kept it apart: a key `verdict_<code>` of the catalogue, lower case.
    pub code: Option<String>,
}

/// One field of all versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeafView {
    /// `counts.adult.female`, `venue`, `void`…
    pub path: String,
    /// Its text in each version; empty when not collected.
    pub values: Vec<String>,
    /// Whether the versions differ here.
    pub differs: bool,
    /// Whether another value may be typed.
    pub typed: bool,
}

/// Input of `conflict.check` and `conflict.resolve`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConflictInput {
    /// The record.
    pub id: String,
    /// The versions that were on the screen, by operation: a choice made over others is refused.
    pub versions: Vec<String>,
    /// What was chosen, by path. A leaf that is not named stays as in the first version.
    pub picks: BTreeMap<String, Pick>,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Pick {
    /// As in this version.
    Version {
        /// Index in `versions`.
        version: u32,
    },
    /// Another value.
    Text {
        /// As typed.
        text: String,
    },
}

/// What a choice would make of the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConflictCheckView {
    /// What the rules say of it.
    pub findings: Vec<FindingView>,
    /// Its date, or null while it cannot be read.
    pub date: Option<DateView>,
    /// Column → sum over the rows.
    pub totals: BTreeMap<String, u32>,
    /// Its venue.
    pub venue: String,
    /// Whether it would be void.
    pub voided: bool,
}

/// Input of `conflict.split`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SplitInput {
    /// The record.
    pub id: String,
    /// The versions that were on the screen.
    pub versions: Vec<String>,
}

/// What a split made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SplitView {
    /// The records made of the other versions.
    pub ids: Vec<String>,
}
