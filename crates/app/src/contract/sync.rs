use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Change, DateView, FindingView, RecordForm, Status};

/// Sync in one glance; topic `sync`. All numbers are counted from receipts, never from HTTP answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncStatus {
    /// What the engine is doing.
    pub phase: SyncPhase,
    /// Operations on this machine without a receipt.
    pub waiting: u32,
    /// Operations with a receipt.
    pub sent: u32,
    /// Records to be looked at: refused, conflicted or held.
    pub refused: u32,
    /// Sessions with two versions, whoever wrote them.
    pub conflicts: u32,
    /// Operations that wait for an officer's decision.
    pub cases: u32,
    /// When the last round ended with everything confirmed, RFC 3339.
    pub last_success: Option<String>,
    /// When the engine will try by itself, RFC 3339.
    pub next_try: Option<String>,
    /// Why the last round failed: a key `sync_problem_<code>` of the catalogue.
    pub problem: Option<String>,
    /// Operations confirmed and total in the round under way.
    pub progress: Option<(u32, u32)>,
    /// Where the centre is.
    pub centre: Option<String>,
    /// Photos, counted apart.
    pub photos: super::PhotoTally,
}

/// What the engine is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhase {
    /// Nothing to send, or not enrolled.
    #[default]
    Idle,
    /// A round is under way.
    Running,
    /// No link: it will try again by itself.
    Offline,
    /// The centre answered with a problem: see `problem`.
    Failing,
}

/// Which tab of the sync screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncTab {
    /// Without receipt.
    Waiting,
    /// With receipt.
    Sent,
    /// Refused, held or conflicted.
    Refused,
}

/// Input of `sync.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncListInput {
    /// Which rows.
    pub tab: SyncTab,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
}

/// A page of operations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncListView {
    /// Newest first.
    pub rows: Vec<SyncRow>,
    /// Of the whole tab.
    pub total: u32,
}

/// One operation on the sync screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncRow {
    /// `log:seq`.
    pub operation: String,
    /// The record it changes.
    pub record_id: String,
    /// `create`, `edit`, `void`, `restore`; an act of an office by its name, one on units as `unit_say` or `unit_void`.
    pub kind: String,
    /// The record after it, when it is no session: what a title is made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub record: Option<RecordForm>,
    /// The session's date.
    pub date: Option<DateView>,
    /// The session's unit; the units an act is about.
    pub unit_name: String,
    /// The session's topics.
    pub topics: Vec<String>,
    /// Fields that changed; empty for a creation.
    pub changes: Vec<Change>,
    /// When it was saved here, RFC 3339.
    pub at: String,
    /// Where it stands.
    pub status: Status,
    /// `90171-K7M2Q`, once the centre has it.
    pub receipt: Option<String>,
    /// When the receipt arrived here, RFC 3339.
    pub received_at: Option<String>,
    /// Why it is refused, in findings.
    pub findings: Vec<FindingView>,
    /// Why it is held or conflicted: a key `verdict_<code>` of the catalogue, lower case.
    pub reason: Option<String>,
    /// What the officer wrote who sent it back.
    pub message: Option<String>,
}

/// Input of `sync.seen`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncSeenInput {
    /// An act of an office the centre rejected, `log:seq`.
    pub operation: String,
}

/// Input of `sync.log`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogInput {
    /// Rows to return.
    pub limit: u32,
}

/// One line of the sync diary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogLine {
    /// RFC 3339.
    pub at: String,
    /// A key `sync_log_<code>` of the catalogue.
    pub code: String,
    /// Values for the sentence.
    pub params: std::collections::BTreeMap<String, String>,
}

/// The sync diary, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogView {
    /// Its lines.
    pub lines: Vec<LogLine>,
}

/// The receipt of this machine: everything the centre has, in one number to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReceiptView {
    /// The unit.
    pub unit_name: String,
    /// Operations confirmed.
    pub operations: u32,
    /// Living sessions confirmed.
    pub sessions: u32,
    /// Lượt in them.
    #[ts(type = "number")]
    pub attended: u64,
    /// Operations of this machine without a receipt.
    pub waiting: u32,
    /// SHA-256 over the confirmed operations' hashes in order, hex: the centre prints the same one.
    pub digest: String,
    /// Receipt of the latest operation.
    pub latest: Option<String>,
    /// When the latest arrived, RFC 3339.
    pub at: Option<String>,
}
