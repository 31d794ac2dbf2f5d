use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DateView, FindingView, SessionForm, SyncRow};

/// Where a record stands between this machine and the centre. Shown as icon + word + colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Complete, on this machine.
    Waiting,
    /// In flight; returns to waiting if no receipt comes.
    Sending,
    /// The centre has it and gave a receipt.
    Sent,
    /// The centre has it and refuses it for a reason: to be mended here.
    Refused,
    /// The centre keeps it until its cause is gone (unknown unit, missing parent, scope).
    Held,
    /// Two versions exist; both are kept.
    Conflicted,
}

/// Input of `session.list`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ListInput {
    /// Words searched without regard to accents in unit, topics, venue, facilitators and note.
    pub text: String,
    /// `2025-11`: a report month (day 15 of the month before … day 14). Empty means all.
    pub month: String,
    /// Uid of a unit, or empty.
    pub unit: String,
    /// Empty is that very unit; `as_was` it and all below as it was recorded, `as_is_now` by what became of them. Units are
    /// called what they are called there.
    pub boundaries: String,
    /// Code of a topic, or empty.
    pub topic: String,
    /// Only records that stand so.
    pub status: Option<Status>,
    /// Only records with warnings.
    pub with_warnings: bool,
    /// Show voided sessions instead of living ones.
    pub voided: bool,
    /// Ascending by date instead of newest first.
    pub oldest_first: bool,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return, at most 500.
    pub limit: u32,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionRow {
    /// The record.
    pub id: String,
    /// Its date.
    pub date: DateView,
    /// Uid of its unit.
    pub unit: String,
    /// `Ấp Hòa Thuận`: its name in the boundaries asked for, today's where none can be asked for.
    pub unit_name: String,
    /// What it was called when it was recorded, where `unit_name` is another one.
    pub unit_then: Option<String>,
    /// What stands for it today, where `unit_name` is another one.
    pub unit_now: Option<String>,
    /// Topic codes.
    pub topics: Vec<String>,
    /// Venue as typed.
    pub venue: String,
    /// Sum of `attended`.
    pub attended: u32,
    /// Sum of `female`, null when no line collected it.
    pub female: Option<u32>,
    /// Where it stands.
    pub status: Status,
    /// How many warnings it was saved with.
    pub warnings: u32,
    /// Whether it was voided.
    pub voided: bool,
}

/// Sums over a whole filtered set, not over a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Totals {
    /// Buổi.
    pub sessions: u32,
    /// Lượt.
    #[ts(type = "number")]
    pub attended: u64,
    /// Of which female, over the lines that collected it.
    #[ts(type = "number")]
    pub female: u64,
}

/// A page of the list with the totals of everything the filter matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListView {
    /// The page.
    pub rows: Vec<SessionRow>,
    /// Over the whole filtered set.
    pub totals: Totals,
    /// Months that have sessions, newest first (`2025-11`).
    pub months: Vec<String>,
    /// Units that have sessions, in the boundaries asked for; in these also those above that take in several.
    pub units: Vec<super::UnitOption>,
}

/// Input of `session.read`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionReadInput {
    /// The record.
    pub id: String,
    /// `as_is_now` calls its unit what it is called today; else it is called as it was recorded.
    #[serde(default)]
    #[ts(optional)]
    pub boundaries: Option<String>,
}

/// Names one record or draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IdInput {
    /// The record or draft.
    pub id: String,
}

/// One session with everything known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionView {
    /// As in the list.
    pub row: SessionRow,
    /// Its fields as text.
    pub form: SessionForm,
    /// Warnings it was saved with, and why the centre refused it.
    pub findings: Vec<FindingView>,
    /// Receipt of its latest operation, once the centre has it.
    pub receipt: Option<String>,
    /// Every operation on it, newest first.
    pub history: Vec<HistoryEntry>,
}

/// Answer of `history.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryView {
    /// Newest first.
    pub entries: Vec<HistoryEntry>,
}

/// Whether a version stands beside what counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Branch {
    /// It counts, or did.
    None,
    /// It waits for somebody to choose.
    Open,
    /// It was not chosen; it stays here.
    Closed,
}

/// One operation on a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryEntry {
    /// `log:seq`.
    pub operation: String,
    /// `create`, `edit`, `void`, `restore`, `correct`, `resolve`; `state` where the centre only told what became of it.
    pub kind: String,
    /// RFC 3339 by the author's clock: information, never an order.
    pub at: String,
    /// Who.
    pub by: String,
    /// With `void`: why.
    pub reason: Option<String>,
    /// Fields that changed, as text; empty for a creation.
    pub changes: Vec<Change>,
    /// Where this operation stands.
    pub status: Status,
    /// Its receipt.
    pub receipt: Option<String>,
    /// Whether this machine wrote it.
    pub mine: bool,
    /// Whether it stands beside what counts.
    pub branch: Branch,
    /// Who chose otherwise.
    pub closed_by: Option<String>,
    /// Why the centre did not simply take it: a key `verdict_<code>` of the catalogue.
    pub code: Option<String>,
    /// What the officer wrote who sent it back.
    pub message: Option<String>,
}

/// One changed field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Change {
    /// `counts.adult.female`, `venue`…
    pub path: String,
    /// Before; empty when it was not collected.
    pub from: String,
    /// After.
    pub to: String,
}

/// Input of `session.void` and `session.restore`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VoidInput {
    /// The records; one transaction for all.
    pub ids: Vec<String>,
    /// Why (free text; may be empty for a restore).
    pub reason: String,
}

/// How many records a command changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CountView {
    /// Records changed.
    pub count: u32,
}

/// One draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DraftRow {
    /// For `session.begin {from:"draft"}`.
    pub id: String,
    /// The record it changes, if any.
    pub record_id: Option<String>,
    /// The date as typed.
    pub date: String,
    /// Topic codes.
    pub topics: Vec<String>,
    /// When it last reached the disk, RFC 3339.
    pub at: String,
    /// Errors left, i.e. what is still missing.
    pub findings: Vec<FindingView>,
}

/// The start page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TodayView {
    /// Today by this machine's clock.
    pub today: DateView,
    /// Forms not finished.
    pub drafts: Vec<DraftRow>,
    /// Sessions the centre refused or could not merge.
    pub refused: Vec<SessionRow>,
    /// Other records of which the centre said so.
    pub others: Vec<SyncRow>,
    /// The five latest.
    pub recent: Vec<SessionRow>,
    /// The report month today falls in (`2025-11`).
    pub month: String,
    /// First and last day of that month's window.
    pub month_window: (String, String),
    /// Its totals.
    pub this_month: Totals,
    /// The totals of the month before.
    pub last_month: Totals,
}
