use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of commands that need none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoInput {}

/// Output of commands whose success says everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Done {}

/// The code lists in their order of display. A label is `<list>_<code>` of the message catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListsView {
    /// `form`, `topic`, `venue_type`, `language`, `target_group`, `column`.
    pub lists: Vec<CodeList>,
}

/// One code list. Additive: a code is retired, never deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CodeList {
    /// Its name.
    pub name: String,
    /// Codes to choose from.
    pub active: Vec<String>,
    /// Codes only shown where an old record has them.
    pub retired: Vec<String>,
}
