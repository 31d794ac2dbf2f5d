use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::FindingView;

/// The entry form exactly as typed. Empty text means "not collected"; `0` means none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SessionForm {
    /// Uid of the hamlet, school or office the session belongs to.
    pub unit: String,
    /// `22`, `22/11`, `22112025`, `t`…; see `hocvu_model::input::date`.
    pub date: String,
    /// `19:30`, `19h30`, `1930` or empty.
    pub start: String,
    /// Minutes.
    pub duration_minutes: String,
    /// A code of the list `form`.
    pub form: String,
    /// Codes of the list `topic`, in the order chosen.
    pub topics: Vec<String>,
    /// Free text; a label or code of the list `venue_type` sets the type.
    pub venue: String,
    /// Names separated by `;`, or a number of persons.
    pub facilitators: String,
    /// A code of the list `language`.
    pub language: String,
    /// Free text.
    pub note: String,
    /// Household businesses assisted.
    pub household_businesses: String,
    /// Broadcast items (only for `form = broadcast`).
    pub broadcast_items: String,
    /// Target group → column → text. Columns: `attended`, `female`, `ethnic_minority`, `khmer`, `elderly`, `disabled`,
    /// `poor`, `first_time`, `assessed`, `completed`.
    pub counts: BTreeMap<String, BTreeMap<String, String>>,
    /// Photos, as `photo.add` answered them.
    pub attachments: Vec<AttachmentForm>,
}

/// A photo as a form holds it; its bytes are in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttachmentForm {
    /// 64 hex digits: the name of the bytes.
    pub sha256: String,
    /// Bytes.
    pub size: u32,
    /// What is to be seen, as typed.
    pub caption: String,
}

/// Input of `session.check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckInput {
    /// The form as typed so far.
    pub form: SessionForm,
    /// The record being edited, so that it is not taken for its own duplicate.
    pub id: Option<String>,
}

/// What the rules make of a form: shown beside the fields, never written into one that has the focus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckView {
    /// All findings, errors first.
    pub findings: Vec<FindingView>,
    /// The date as read, or null while it cannot be read.
    pub date: Option<DateView>,
    /// Column → sum over the rows that can be read; a column nobody filled is absent.
    pub totals: BTreeMap<String, u32>,
    /// The fields as they would be written back on leaving them (`1234` → `1.234`), by path.
    pub tidy: BTreeMap<String, String>,
}

/// A date the way people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DateView {
    /// `2025-11-22`.
    pub iso: String,
    /// `22/11/2025`.
    pub text: String,
    /// ISO weekday, 1 = Monday … 7 = Sunday.
    pub weekday: u8,
}

/// Input of `session.begin`: what the form should hold when it opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum BeginInput {
    /// An empty form with the pinned fields of the last session.
    New,
    /// Everything of the last session except its date and counts.
    RepeatLast,
    /// Everything of this session except its date and counts.
    Repeat {
        /// The record to repeat.
        id: String,
    },
    /// A saved session, to be changed.
    Edit {
        /// The record to change.
        id: String,
    },
    /// A draft, to be gone on with.
    Draft {
        /// The draft.
        id: String,
    },
}

/// An opened form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BeginView {
    /// Where `draft.save` keeps this form. A new id unless a draft was opened.
    pub draft_id: String,
    /// The record being changed, if any.
    pub record_id: Option<String>,
    /// Its fields.
    pub form: SessionForm,
    /// The last session's fields, for "repeat this field" (Ctrl+D inside a field).
    pub last: Option<SessionForm>,
    /// Units this person may write for, first the usual one.
    pub units: Vec<UnitOption>,
    /// Venues used before at this place, most recent first.
    pub venues: Vec<String>,
    /// Facilitators used before at this place, most recent first.
    pub facilitators: Vec<String>,
}

/// One unit to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnitOption {
    /// Its uid.
    pub uid: String,
    /// `Ấp Hòa Thuận`.
    pub name: String,
    /// `Xã Long Hòa`.
    pub parent_name: Option<String>,
}

/// Input of `draft.save`; called at every field left, and 300 ms after the last key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DraftInput {
    /// From `session.begin`.
    pub draft_id: String,
    /// The record being changed, if any.
    pub record_id: Option<String>,
    /// The form as it stands.
    pub form: SessionForm,
}

/// When something reached the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedAt {
    /// RFC 3339, local offset.
    pub at: String,
}

/// Input of `session.save`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveInput {
    /// From `session.begin`; the draft goes away in the same transaction.
    pub draft_id: String,
    /// The record being changed; null creates one.
    pub record_id: Option<String>,
    /// The form.
    pub form: SessionForm,
}

/// Input of `session.change`: what makes one text of a session into another, done to the session as it stands. This is how
/// a saved edit is taken back, and done again: fields that somebody else changed meanwhile stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChangeInput {
    /// The record.
    pub id: String,
    /// The fields before.
    pub from: SessionForm,
    /// The fields after.
    pub to: SessionForm,
}

/// A session that is on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveView {
    /// The record.
    pub id: String,
    /// When it reached the disk, RFC 3339.
    pub at: String,
    /// Its date.
    pub date: DateView,
    /// Sum of its lines' `attended`.
    pub attended: u32,
    /// Warnings it was saved with.
    pub findings: Vec<FindingView>,
}
