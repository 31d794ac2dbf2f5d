use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DateView, FindingView, Status};

/// Input of `coverage.grid`: whose figures, of which school year, on which day. Empty texts take what fits today.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct GridInput {
    /// Uid of the school or other unit; the machine's own when empty.
    pub unit: String,
    /// `2025-2026`; the one running on that day when empty.
    pub school_year: String,
    /// The day the figures are true, as typed; today when empty.
    pub as_of: String,
}

/// A grid of coverage: rows are classes, grades or groups, columns are criteria.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GridView {
    /// Uid of the unit.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// Whether its rows are classes of a school year.
    pub school: bool,
    /// `2025-2026`; empty where no school year applies.
    pub school_year: String,
    /// The day the figures are true.
    pub as_of: DateView,
    /// Codes of the criteria, in order of display.
    pub measures: Vec<String>,
    /// Codes of the target groups a row may have.
    pub groups: Vec<String>,
    /// The day that “as last time” takes figures from, where there is one.
    pub previous: Option<DateView>,
    /// Kind of evidence of the latest figure, as a proposal.
    pub evidence_kind: String,
    /// Source of the latest figure, as a proposal.
    pub source: String,
    /// By group, grade and name.
    pub rows: Vec<GridRow>,
}

/// One class, grade or group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GridRow {
    /// Code of the target group.
    pub target_group: String,
    /// Grade 1–12, or empty.
    pub grade: String,
    /// Name of the class, or empty.
    pub class: String,
    /// Persons there are (sĩ số), with dots; empty when never told.
    pub population: String,
    /// Criterion → cell.
    pub cells: BTreeMap<String, GridCell>,
}

/// One figure of a grid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GridCell {
    /// Persons who meet the criterion on that day; empty when not told.
    pub numerator: String,
    /// The record, once there is one.
    pub id: Option<String>,
    /// Where it stands.
    pub status: Option<Status>,
    /// What was told last before that day; empty when nothing was.
    pub previous: String,
}

/// Input of `coverage.save`: a grid as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GridSaveInput {
    /// Uid of the unit.
    pub unit: String,
    /// `2025-2026`, or empty.
    pub school_year: String,
    /// The day the figures are true, as typed.
    pub as_of: String,
    /// Code of the kind of evidence.
    pub evidence_kind: String,
    /// Where the figures are from.
    pub source: String,
    /// The rows.
    pub rows: Vec<GridRowInput>,
}

/// One row as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GridRowInput {
    /// Code of the target group.
    pub target_group: String,
    /// Grade, or empty.
    pub grade: String,
    /// Name of the class, or empty.
    pub class: String,
    /// Persons there are.
    pub population: String,
    /// Criterion → persons who meet it. An emptied cell takes its figure back.
    pub cells: BTreeMap<String, String>,
}

/// What became of a grid: right cells are on the disk, wrong ones say why and stay as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GridSaveView {
    /// Cells written.
    pub saved: u32,
    /// Cells taken back.
    pub voided: u32,
    /// Cells that say what they said already.
    pub unchanged: u32,
    /// Cells that could not be saved.
    pub wrong: u32,
    /// When, by this machine's clock.
    pub at: String,
    /// What the rules say, by cell.
    pub findings: Vec<GridFinding>,
    /// Records written, so that the whole can be taken back.
    pub ids: Vec<String>,
}

/// A finding of one cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GridFinding {
    /// Row, from 0.
    pub row: u32,
    /// Criterion of the cell.
    pub measure: String,
    /// What the rules say; its path names the field.
    pub finding: FindingView,
}
