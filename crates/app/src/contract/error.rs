use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::FindingView;

/// Why a command did not do what was asked. A code exists only if a screen acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The rules refuse the input: show `findings` at their fields.
    Invalid,
    /// The record, draft or unit asked for is not on this machine.
    NotFound,
    /// No unit yet: show the first-start screen.
    NotEnrolled,
    /// The role of this machine does not allow it: an officer's work.
    NotAllowed,
    /// The data file was made by a newer version: ask for an update, touch nothing.
    UpdateRequired,
    /// The data is there but this program has no key that opens it: change nothing, call for help.
    Locked,
    /// Another window holds the data file: close that one first.
    InUse,
    /// The disk is full or refuses to write: say that nothing was saved.
    Disk,
    /// The call itself is wrong (unknown command, malformed input): a bug of the screen.
    BadCall,
    /// Anything else; the log has the details under `reference`.
    Internal,
}

/// The body of every failed call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErrorBody {
    /// What the screen should do about it.
    pub code: ErrorCode,
    /// With `invalid`: which fields, and why.
    pub findings: Vec<FindingView>,
    /// For a supporter: where to look in the log.
    pub reference: Option<String>,
}
