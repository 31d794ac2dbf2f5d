use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of `import.open`: a file by its path, or one that was dropped on the window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportOpenInput {
    /// Where it is; empty when its bytes are here.
    pub path: String,
    /// Its name, when its bytes are here.
    pub name: String,
    /// Its bytes, base64.
    pub data: String,
}

/// Answer of `import.open`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ImportOpenView {
    /// It is open until another one is.
    Done {
        /// Its name.
        file: String,
        /// Sheets that hold anything.
        sheets: Vec<ImportSheet>,
    },
    /// It cannot be read: a key of the catalogue, `sheet_…`.
    Problem {
        /// The key.
        problem: String,
    },
}

/// A sheet of the open file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportSheet {
    /// As on its tab; empty for text.
    pub name: String,
    /// Rows to the last filled one.
    pub rows: u32,
    /// Columns to the last filled one.
    pub columns: u32,
}

/// What is to be done with the open file: input of `import.map`, `import.check`, `import.commit`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportWanted {
    /// `session`, `coverage`, `population`, `unit`.
    pub kind: String,
    /// Which sheet, from 0.
    pub sheet: u32,
    /// The header's last row, from 1; guessed when null.
    pub header: Option<u32>,
    /// Which column holds what; guessed when null.
    pub columns: Option<Vec<ImportSource>>,
    /// `dmy` or `mdy`; the dates decide when null.
    pub dates: Option<String>,
    /// `tcvn3` or `vni`: text not in a Unicode font is converted from it.
    pub legacy: Option<String>,
    /// Fields of counts where Excel took 1.234 for a decimal number and 1234 was meant.
    pub thousands: Vec<String>,
    /// Figures of the file may change figures that are here already.
    pub update: bool,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportSource {
    /// Field.
    pub field: String,
    /// A column, from 0.
    pub column: Option<u32>,
    /// Else the same text for every row.
    pub fixed: String,
}

/// Answer of `import.map`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportMapView {
    /// The header's last row, from 1.
    pub header: u32,
    /// The first rows of the sheet, to see where the header is.
    pub top: Vec<ImportRow>,
    /// Columns of the sheet.
    pub columns: Vec<ImportColumn>,
    /// Fields the table may have.
    pub fields: Vec<ImportField>,
    /// Labels of required fields without a source.
    pub missing: Vec<String>,
    /// Whether the columns were remembered from an earlier file with this header.
    pub remembered: bool,
    /// What legacy text there seems to be.
    pub legacy: Option<ImportLegacy>,
    /// How the dates are read: `dmy` or `mdy`.
    pub dates: String,
    /// Whether every date reads either way: a person must say.
    pub dates_ask: bool,
    /// Columns of counts that Excel made decimals of.
    pub thousands: Vec<ImportThousands>,
}

/// A row as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportRow {
    /// Its number in the sheet, from 1.
    pub number: u32,
    /// Its cells as text.
    pub cells: Vec<String>,
}

/// A column of the sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportColumn {
    /// `A`, `AB`.
    pub name: String,
    /// Its header.
    pub title: String,
    /// Its first filled cells.
    pub samples: Vec<String>,
}

/// A field a table may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportField {
    /// Field.
    pub field: String,
    /// Its name for people.
    pub label: String,
    /// Whether a record cannot be without it.
    pub required: bool,
    /// Its column, from 0.
    pub column: Option<u32>,
    /// Else the same text for every row.
    pub fixed: String,
    /// Codes to choose a fixed value from; empty for free text.
    pub codes: Vec<ImportCode>,
}

/// A code and its label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportCode {
    /// The code.
    pub code: String,
    /// Its label.
    pub label: String,
}

/// Legacy text that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportLegacy {
    /// `tcvn3` or `vni`.
    pub way: String,
    /// How cells would read.
    pub samples: Vec<ImportConverted>,
}

/// A text before and after conversion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportConverted {
    /// The cell, `D17`.
    pub address: String,
    /// As stored.
    pub before: String,
    /// As it would be.
    pub after: String,
}

/// A column of counts with decimals that look like thousands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportThousands {
    /// Field.
    pub field: String,
    /// Its name for people.
    pub label: String,
    /// How many cells.
    pub cells: u32,
    /// One of them, `D17`.
    pub address: String,
    /// What it holds, `1,234`.
    pub value: String,
    /// What was probably meant, `1.234`.
    pub meant: String,
}

/// Answer of `import.check` and `import.commit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportReportView {
    /// Rows read.
    pub rows: u32,
    /// Records added, or to be.
    pub added: u32,
    /// Records changed, or to be.
    pub changed: u32,
    /// Records that are here already, exactly so.
    pub unchanged: u32,
    /// Records refused.
    pub refused: u32,
    /// Of those added, how many may be here under another name.
    pub duplicates: u32,
    /// What is to be told of cells, errors and warnings, the first of them.
    pub remarks: Vec<ImportRemark>,
    /// How many more there are.
    pub more: u32,
    /// The first records, as they would be.
    pub preview: Vec<ImportPreview>,
    /// The batch that undoes it, when something was written that can be undone.
    pub batch: Option<String>,
}

/// Something to be told of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportRemark {
    /// The cell, `D17`; only the row where the table has no such column.
    pub address: String,
    /// The column's name for people.
    pub label: String,
    /// Whether the record is refused for it.
    pub error: bool,
    /// What is wrong and what to do.
    pub sentence: String,
}

/// One record of the preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportPreview {
    /// Its row, from 1.
    pub line: u32,
    /// `add`, `restore`, `change`, `same`, `refused`.
    pub fate: String,
    /// Its fields as read, in the order of `titles` of the fields that have a source.
    pub cells: Vec<String>,
}

/// Input of `import.undo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportUndoInput {
    /// The batch.
    pub batch: String,
}

/// Answer of `import.undo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportUndoView {
    /// Records as they were before.
    pub undone: u32,
    /// Records somebody changed since, and units something hangs on: they stay.
    pub kept: u32,
    /// Names of the units that stay.
    pub units: Vec<String>,
}

/// Input of `import.refused`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportRefusedInput {
    /// As for `import.check`.
    pub wanted: ImportWanted,
    /// A folder, or the file to write.
    pub path: String,
}

/// Answer of `import.refused`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ImportRefusedView {
    /// Written.
    Done {
        /// Where.
        path: String,
        /// Rows.
        rows: u32,
    },
    /// No row is refused.
    Nothing,
    /// A key of the catalogue, `sheet_…`.
    Problem {
        /// The key.
        problem: String,
    },
}

/// Answer of `import.list`; topic `imports`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportBatches {
    /// Newest first.
    pub batches: Vec<ImportBatch>,
}

/// One import that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportBatch {
    /// Its id.
    pub batch: String,
    /// When, by this machine's clock.
    pub at: String,
    /// `session`, `coverage`, `population`, `unit`.
    pub kind: String,
    /// Name of the file.
    pub file: String,
    /// Records added.
    pub added: u32,
    /// Records changed.
    pub changed: u32,
    /// Whether it was undone.
    pub undone: bool,
}
