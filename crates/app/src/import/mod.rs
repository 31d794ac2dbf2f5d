//! Import of tables (.xls, .xlsx, .ods, .csv) as sessions, coverage, populations or units: `docs/IMPORT.md`.
//!
//! One engine for the wizard's five steps and the command line: [`Opened`] reads the file, [`guess`] proposes header and
//! columns, [`check`] tells what would become of every row, [`commit`] writes in one transaction, [`undo`] takes it back.
//!
//! **Invariant:** nothing is written before the last step. The rules are those of `hocvu_model`, never others. Importing the
//! same file again adds nothing.

mod cells;
mod columns;
mod commands;
mod dates;
mod desk;
mod header;
mod judge;
mod lines;
mod map;
mod refused;
mod run;
mod undo;
mod undo_units;

pub use cells::Choices;
pub use columns::TableKind;
pub use commands::{Batches, Check, Commit, Map, Open, Refused, Undo};
pub use dates::DateOrder;
pub use desk::{Opened, legacy_of};
pub use header::{Mapping, Source, columns as columns_of, guess};
pub use refused::write as write_refused;
pub use run::{Remark, Report, Wanted, check, commit};
pub use undo::{Undone, undo};

use crate::App;
use crate::error::{Error, Result};

/// Imports the first sheet of a file as it is, all guesses taken: for samples, tools and tests.
///
/// # Errors
/// [`Error::BadCall`] with a Vietnamese sentence for a file that is none or lacks a column; the store fails.
pub fn import_bytes(app: &App, file: &str, bytes: &[u8], kind: TableKind, progress: &dyn Fn(u64)) -> Result<Report> {
    let opened = Opened::of_bytes(file, bytes).map_err(|key| Error::BadCall(said(key)))?;
    let wanted = wanted(&opened, kind)?;
    commit(app, &opened, &wanted, progress)
}

/// Everything guessed for the first sheet.
///
/// # Errors
/// [`Error::BadCall`] with a Vietnamese sentence that names the columns that are missing.
pub fn wanted(opened: &Opened, kind: TableKind) -> Result<Wanted> {
    let wanted = Wanted {
        kind,
        sheet: 0,
        mapping: guess(&opened.book.sheets[0], kind, None),
        choices: Choices::default(),
        update: false,
    };
    match missing(&wanted).as_slice() {
        [] => Ok(wanted),
        names => Err(Error::BadCall(format!(
            "Không thấy cột: {}. Thêm cột này vào tệp.",
            names.join(", ")
        ))),
    }
}

/// Labels of required columns that have no source.
pub fn missing(wanted: &Wanted) -> Vec<String> {
    let lacking = wanted
        .kind
        .columns()
        .iter()
        .filter(|column| column.required && !wanted.mapping.sources.contains_key(&column.field));
    lacking.map(columns::Column::label).collect()
}

/// The sentence of a key of the catalogue.
pub fn said(key: &str) -> String {
    hocvu_model::wording::message(
        hocvu_model::wording::Locale::Vi,
        key,
        &std::collections::BTreeMap::new(),
    )
}
