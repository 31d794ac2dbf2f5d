use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of `unsaved.keep`; called at every field left, and 300 ms after the last key. What is kept so is neither saved nor
/// sent: it only comes back on its screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnsavedInput {
    /// The screen and which of its forms, `<screen>|…`; what was kept under it before is replaced.
    pub key: String,
    /// Uid of the unit it is typed for; may be empty.
    pub unit: String,
    /// What was typed, in the screen's own words; at most 256 KiB.
    pub text: String,
}

/// Input of `unsaved.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnsavedListInput {
    /// How the keys begin.
    pub prefix: String,
}

/// What a screen has kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnsavedListView {
    /// Each of them, what was typed last first.
    pub kept: Vec<UnsavedRow>,
}

/// Something typed and not saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnsavedRow {
    /// As it was kept.
    pub key: String,
    /// As it was kept.
    pub text: String,
    /// When, RFC 3339.
    pub at: String,
}

/// Input of `unsaved.drop`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnsavedDropInput {
    /// As it was kept.
    pub key: String,
}
