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
    /// What the rules say of each active target group, in order of display.
    pub groups: Vec<GroupRules>,
}

/// What may be told of a target group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GroupRules {
    /// Code.
    pub code: String,
    /// Codes of the measures that apply, in order of display; none for who is no person.
    pub measures: Vec<String>,
    /// First and last grade its pupils sit in; null for who sits in none.
    pub grades: Option<(u8, u8)>,
    /// Whether it is taught in classes and counted by school year.
    pub taught: bool,
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
