use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One remark of the rules on one field. Never prose: the sentence is `finding_<code>` of the message catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FindingView {
    /// Which rule spoke, e.g. `of_which_over_total`.
    pub code: String,
    /// The field it speaks of, e.g. `counts.adult.female`, `date`.
    pub path: String,
    /// Whether saving is refused.
    pub severity: Severity,
    /// Values for the sentence; one that starts with `@` names another message (`@column_female`).
    pub params: BTreeMap<String, String>,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Cannot be saved as final; the draft stays.
    Error,
    /// Saved, shown, sent along.
    Warning,
}
