use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DateView, FindingView, UnitOption};

/// A unit as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct UnitForm {
    /// Its uid; empty when it is new.
    pub uid: String,
    /// `hamlet` or a word for it; empty is read from the name.
    pub level: String,
    /// Full name.
    pub name: String,
    /// What sort of its level, in people's words.
    pub sort: String,
    /// A code of the office's own.
    pub code: String,
    /// Uid or full name of the unit above; empty is the only one this office could mean.
    pub parent: String,
    /// First day, as typed.
    pub valid_from: String,
    /// Last day, as typed.
    pub valid_to: String,
    /// Uids of the communes of an area.
    pub members: Vec<String>,
}

/// A unit was made or revised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnitSaved {
    /// Its uid.
    pub uid: String,
    /// Warnings.
    pub findings: Vec<FindingView>,
}

/// Which rows of a file become units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Commit {
    /// None: only the findings are wanted.
    #[default]
    Look,
    /// All, or none when one is refused.
    All,
    /// Those chosen that are not refused.
    Chosen,
}

/// Input of `unit.create_many`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct UnitManyInput {
    /// The rows.
    pub rows: Vec<UnitForm>,
    /// What is to be done.
    pub commit: Commit,
    /// Indices of the rows chosen.
    pub chosen: Vec<u32>,
}

/// What many rows are, or became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnitManyView {
    /// In the order of the rows.
    pub rows: Vec<UnitManyRow>,
    /// Rows nothing refuses.
    pub good: u32,
    /// Units made.
    pub made: u32,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnitManyRow {
    /// Its name, tidied.
    pub name: String,
    /// The level it was read as; empty when none could be.
    pub level: String,
    /// Name of the unit above.
    pub parent_name: String,
    /// Uid of the unit made of it.
    pub uid: Option<String>,
    /// Refusals and warnings.
    pub findings: Vec<FindingView>,
}

/// Input of `unit.tree`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct UnitTreeInput {
    /// Words searched in names without regard to accents; what lies above a hit is shown too.
    pub text: String,
    /// Only this level, or empty.
    pub level: String,
    /// Also units that ended.
    pub ended: bool,
}

/// Units as a tree; topic `office`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnitTreeView {
    /// Depth first, by name.
    pub rows: Vec<UnitRow>,
    /// Levels this office makes.
    pub levels: Vec<String>,
    /// Units something may lie in.
    pub parents: Vec<ParentOption>,
    /// Communes an area may have.
    pub communes: Vec<UnitOption>,
}

/// A unit something may lie in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ParentOption {
    /// Its uid.
    pub uid: String,
    /// Its name.
    pub name: String,
    /// Levels that may lie in it.
    pub levels: Vec<String>,
}

/// One unit of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnitRow {
    /// Its uid.
    pub uid: String,
    /// Its level.
    pub level: String,
    /// Its name.
    pub name: String,
    /// What sort of its level.
    pub sort: String,
    /// Its code.
    pub code: String,
    /// Uid of the unit above.
    pub parent: String,
    /// How deep it lies; 0 for the first.
    pub depth: u32,
    /// First day.
    pub valid_from: Option<DateView>,
    /// Last day: its own, or that before what followed.
    pub last_day: Option<DateView>,
    /// Whether it exists today.
    pub living: bool,
    /// Whether it was split; its sessions stay with it until they are placed.
    pub split: bool,
    /// Whether this office may edit it.
    pub editable: bool,
    /// Whether what it is now waits to be sent.
    pub waiting: bool,
    /// Living sessions recorded for this very unit.
    pub sessions: u32,
    /// Uids of the communes of an area.
    pub members: Vec<String>,
}

/// Input of `unit.preview` and `unit.succeed`: which units become one, which become several, or move.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SucceedInput {
    /// `merge`, `split`, `rename`, `transfer`; empty is `rename` for one with a new name, else `merge`.
    pub kind: String,
    /// Uids of the units that end.
    pub old: Vec<String>,
    /// Uid of the unit that takes over; empty when it is new.
    pub new: String,
    /// Name of the new unit.
    pub name: String,
    /// Names of the units it is split into.
    pub parts: Vec<String>,
    /// Uid of the unit above from then on; empty stays where the first lies.
    pub parent: String,
    /// First day, as typed.
    pub effective: String,
    /// The resolution it rests on.
    pub legal_basis: String,
}

/// What a succession would do, counted on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SucceedView {
    /// `merge`, `split`, `rename`, `transfer`.
    pub kind: String,
    /// Names of the units that end.
    pub old_names: Vec<String>,
    /// Name of the unit that takes over; of several, with commas.
    pub new_name: String,
    /// Its first day.
    pub effective: DateView,
    /// Sessions that will be counted under the new unit.
    pub sessions: u32,
    /// Lượt in them.
    #[ts(type = "number")]
    pub attended: u64,
    /// Machines that go on under the new unit.
    pub machines: u32,
    /// The sums before and after.
    pub proof: Proof,
}

/// Sums read twice: as things are, and with the succession on a copy of the units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Proof {
    /// Whether nothing was lost or counted twice.
    pub equal: bool,
    /// The units concerned, by year; latest figures have no year.
    pub rows: Vec<ProofRow>,
    /// Lượt of the units above, in both boundaries.
    pub places: Vec<ProofPlace>,
    /// Names of units without a figure that another of them has: the sum needs to be entered anew.
    pub incomplete: Vec<String>,
}

/// One sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProofRow {
    /// `sessions`, `attended`, `female`, `first_time`, `completed`, `population.<group>`, `coverage.<group>.<measure>`.
    pub what: String,
    /// The year; 0 for figures that hold until the next.
    pub year: i32,
    /// As it is.
    #[ts(type = "number")]
    pub before: u64,
    /// As it would be.
    #[ts(type = "number")]
    pub after: u64,
}

/// Lượt of one unit above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProofPlace {
    /// Its name.
    pub name: String,
    /// `as_was` or `as_is_now`.
    pub boundaries: String,
    /// As it is.
    #[ts(type = "number")]
    pub before: u64,
    /// As it would be.
    #[ts(type = "number")]
    pub after: u64,
    /// Whether a transfer takes something from it or to it, so that it may differ.
    pub moves: bool,
}

/// The units an officer can merge; topic `office`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnitsView {
    /// Units in scope that exist, by name.
    pub units: Vec<UnitOption>,
    /// What became of which, newest first.
    pub successions: Vec<SuccessionRow>,
}

/// One succession.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SuccessionRow {
    /// `merge`, `split`, `rename`, `transfer`.
    pub kind: String,
    /// Name of the unit that ended.
    pub old_name: String,
    /// Name of the unit that took over.
    pub new_name: String,
    /// First day of the new unit.
    pub effective: DateView,
    /// The resolution it rests on.
    pub legal_basis: String,
    /// Whether the centre has it.
    pub sent: bool,
}
