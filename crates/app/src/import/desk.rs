//! The file that is open in the wizard: read once, looked at in five steps, never written to.

use std::path::Path;

use hocvu_model::legacy::{self, Legacy};
use hocvu_sheets::{Address, Sheet, Value, Workbook, limits::FILE_BYTES_MAX};

/// A file that could be read.
#[derive(Debug)]
pub struct Opened {
    /// Its name, without its folder.
    pub file: String,
    /// Its sheets.
    pub book: Workbook,
}

impl Opened {
    /// Reads bytes.
    ///
    /// # Errors
    /// The key of a sentence of the catalogue: it is no spreadsheet, or too much of one.
    pub fn of_bytes(file: &str, bytes: &[u8]) -> Result<Self, &'static str> {
        let book = hocvu_sheets::open(bytes).map_err(|error| {
            tracing::info!(%error, "a file cannot be imported");
            error.code()
        })?;
        Ok(Self {
            file: file.to_owned(),
            book,
        })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// As [`Opened::of_bytes`], and `sheet_no_file`.
    pub fn of_path(path: &Path) -> Result<Self, &'static str> {
        let name = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let size = std::fs::metadata(path).map_err(|_| "sheet_no_file")?.len();
        if usize::try_from(size).is_ok_and(|size| size > FILE_BYTES_MAX) {
            return Err("sheet_file_too_large");
        }
        let bytes = std::fs::read(path).map_err(|_| "sheet_no_file")?;
        Self::of_bytes(&name, &bytes)
    }
}

/// How a sheet's text is written, if not in Unicode: its fonts say, else the text itself.
pub fn legacy_of(sheet: &Sheet) -> Option<Legacy> {
    let by_font = sheet.fonts().iter().find_map(|font| Legacy::of_font(font));
    let plain = |legacy: Legacy| match legacy {
        Legacy::Tcvn3Capitals => Legacy::Tcvn3,
        other => other,
    };
    by_font
        .map(plain)
        .or_else(|| legacy::detect(texts(sheet).map(|(_, text)| text)))
}

/// Cells of text, row by row.
pub fn texts(sheet: &Sheet) -> impl Iterator<Item = (Address, &str)> {
    let width = sheet.width();
    (0..sheet.height())
        .flat_map(move |row| (0..width).map(move |column| Address { row, column }))
        .filter_map(|at| match &sheet.cell(at).value {
            Value::Text(text) => Some((at, text.as_str())),
            _ => None,
        })
}
