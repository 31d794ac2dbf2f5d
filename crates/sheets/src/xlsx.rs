//! Excel since 2007. Cells are streamed out of the reader, so that one far out does not make a field of empty ones.

use std::io::Cursor;

use calamine::{DataRef, Dimensions, Reader, Xlsx, XlsxError};

use crate::cell::{Address, Value};
use crate::error::Error;
use crate::excel::{date, failure, guarded, iso_date, iso_time};
use crate::limits::SHEETS_MAX;
use crate::serial::Epoch;
use crate::workbook::{Gathering, Sheet, Workbook};

pub(crate) fn read(bytes: &[u8]) -> Result<Workbook, Error> {
    guarded(|| {
        let mut book = Xlsx::new(Cursor::new(bytes)).map_err(told)?;
        let epoch = if book.has_1904_epoch() {
            Epoch::From1904
        } else {
            Epoch::From1900
        };
        let names = book.sheet_names();
        if names.len() > SHEETS_MAX {
            return Err(Error::TooManySheets);
        }
        let mut all = Gathering::default();
        for name in names {
            let mut sheet = Sheet::named(name.clone());
            if let Err(XlsxError::WorksheetNotFound(_)) = fill(&mut book, &name, epoch, &mut sheet)? {
                continue; // A chart on a tab of its own.
            }
            for area in book.merge_cells_by_sheet_name(&name).unwrap_or_default() {
                let Dimensions { start, end } = area;
                sheet.merge(address(start), address(end));
            }
            all.take(sheet)?;
        }
        all.done()
    })
}

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// The outer error ends the file, the inner one only this sheet.
fn fill(book: &mut Book<'_>, name: &str, epoch: Epoch, sheet: &mut Sheet) -> Result<Result<(), XlsxError>, Error> {
    let mut cells = match book.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        Err(error @ XlsxError::WorksheetNotFound(_)) => return Ok(Err(error)),
        Err(error) => return Err(told(error)),
    };
    let fonts: Vec<Option<String>> = cells
        .styles()
        .iter()
        .map(|style| style.font.as_ref().and_then(|font| font.name.clone()))
        .collect();
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(told)? {
        let font = fonts.get(style).and_then(Option::as_deref);
        sheet.put(address(cell.get_position()), value(cell.get_value(), epoch), font)?;
    }
    Ok(Ok(()))
}

fn value(data: &DataRef<'_>, epoch: Epoch) -> Value {
    match data {
        DataRef::Empty => Value::Empty,
        DataRef::Int(number) => Value::Number(*number as f64),
        DataRef::Float(number) => Value::Number(*number),
        DataRef::String(text) => Value::Text(text.as_str().into()),
        DataRef::SharedString(text) => Value::Text((*text).into()),
        DataRef::Bool(truth) => Value::Bool(*truth),
        DataRef::DateTime(at) => date(at, epoch),
        DataRef::DateTimeIso(text) => iso_date(text),
        DataRef::DurationIso(text) => iso_time(text),
        DataRef::Error(error) => failure(error),
    }
}

fn address((row, column): (u32, u32)) -> Address {
    Address {
        row: row as usize,
        column: column as usize,
    }
}

fn told(error: XlsxError) -> Error {
    match error {
        XlsxError::Password => Error::Password,
        other => Error::Damaged(other.to_string()),
    }
}
