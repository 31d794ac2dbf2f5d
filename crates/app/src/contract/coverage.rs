use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DateView, FindingView, Status};

/// What a row of the grid speaks of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RowMode {
    /// One class.
    #[default]
    Class,
    /// All of a grade.
    Grade,
    /// All of a group.
    Whole,
}

/// Input of `coverage.grid`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageGridInput {
    /// Uid of the school, hamlet, agency…; the machine's own when empty.
    pub unit: String,
    /// `2025-2026`; the one running on the day when empty.
    pub school_year: String,
    /// As typed; today when empty.
    pub as_of: String,
    /// What the rows are.
    pub mode: RowMode,
}

/// The grid as it stands on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageGridView {
    /// The unit.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// `2025-2026`.
    pub school_year: String,
    /// The day, or null while it cannot be read.
    pub as_of: Option<DateView>,
    /// Code of the evidence its figures of that day have, else of the latest; empty when there is none.
    pub evidence_kind: String,
    /// Codes of the measures that apply to any row, in order of display.
    pub measures: Vec<String>,
    /// By group, grade and class.
    pub rows: Vec<CoverageRow>,
    /// What is wrong with the day or the school year.
    pub findings: Vec<FindingView>,
}

/// One class, grade or group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageRow {
    /// Code: a school of several levels has rows of several groups.
    pub target_group: String,
    /// 1–12 or empty.
    pub grade: String,
    /// Its name or empty.
    pub class: String,
    /// Sĩ số of that day, else as last told in the school year; empty when never told.
    pub population: String,
    /// One per measure that applies to the group, in order of display.
    pub cells: Vec<CoverageCell>,
}

/// One figure of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageCell {
    /// Code.
    pub measure: String,
    /// `38`; `38/40` when its sĩ số is not the row's; empty when not told for that day.
    pub text: String,
    /// The record, when there is one for that day.
    pub id: Option<String>,
    /// Where it stands.
    pub status: Option<Status>,
    /// The same figure as last told earlier in the school year; proposed, never saved by itself.
    pub previous: Option<CoverageBefore>,
}

/// A figure told earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageBefore {
    /// `38/41`, or `38` when no sĩ số was told.
    pub text: String,
    /// The day it was true.
    pub as_of: DateView,
}

/// Input of `coverage.save`: cells as typed, under one heading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageSaveInput {
    /// Uid.
    pub unit: String,
    /// `2025-2026`.
    pub school_year: String,
    /// As typed.
    pub as_of: String,
    /// Code; of a figure confirmed on VNeID the evidence is VNeID whatever is said here.
    pub evidence_kind: String,
    /// Where the figures are from; what an earlier save said stays when empty.
    pub source: String,
    /// The cells that were touched.
    pub cells: Vec<CoverageTyped>,
    /// Where `unsaved.keep` kept the sheet: what is saved of it goes away in the same transaction.
    #[serde(default)]
    #[ts(optional)]
    pub unsaved: Option<CoverageUnsaved>,
}

/// What was kept of a sheet that is saved: a text in lines, the first of which says what the others are of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageUnsaved {
    /// As it was kept.
    pub key: String,
    /// Lines that are saved with these cells. What was typed over since is another line, and stays.
    pub lines: Vec<CoverageUnsavedLine>,
}

/// A line of what was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageUnsavedLine {
    /// As it was kept.
    pub line: String,
    /// Cells of the input by their place: the line goes when all of them are right.
    pub cells: Vec<u32>,
}

/// One cell as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageTyped {
    /// Code.
    pub target_group: String,
    /// 1–12; read from the class's name when empty.
    pub grade: String,
    /// Its name or empty.
    pub class: String,
    /// Code.
    pub measure: String,
    /// `38` or `38/41`. Emptied, the record is declared void.
    pub text: String,
    /// Sĩ số of the row, where `text` has none of its own.
    pub population: String,
    /// The record, as `coverage.grid` told it.
    pub id: Option<String>,
}

/// What became of the cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageSaveView {
    /// When the right ones reached the disk, RFC 3339.
    pub at: String,
    /// One per cell of the input, in its order.
    pub cells: Vec<CoverageSaved>,
    /// Records declared void; `record.restore` takes it back.
    pub voided: Vec<String>,
}

/// What became of one cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageSaved {
    /// The record; null when nothing of the cell was saved.
    pub id: Option<String>,
    /// Of errors nothing was saved, of warnings it was.
    pub findings: Vec<FindingView>,
}

/// Input of `coverage.paste`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoveragePasteInput {
    /// The clipboard.
    pub text: String,
}

/// A block taken apart; nothing is read as a number and nothing is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoveragePasteView {
    /// Its rows, headings left out.
    pub rows: Vec<CoveragePasted>,
}

/// One row of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoveragePasted {
    /// Name of its class; empty when the block names none.
    pub class: String,
    /// Its cells as they were.
    pub cells: Vec<String>,
}
