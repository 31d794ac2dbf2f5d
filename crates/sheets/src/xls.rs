//! Excel 5 to 2003.

use std::io::Cursor;

use calamine::{Data, Reader, Xls, XlsError};

use crate::biff;
use crate::cell::{Address, Value};
use crate::error::Error;
use crate::excel::{date, failure, guarded, iso_date, iso_time};
use crate::limits::SHEETS_MAX;
use crate::serial::Epoch;
use crate::workbook::{Gathering, Sheet, Workbook};

pub(crate) fn read(bytes: &[u8]) -> Result<Workbook, Error> {
    let look = biff::look(bytes)?;
    guarded(|| {
        let mut book = Xls::new(Cursor::new(bytes)).map_err(told)?;
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
        for (number, name) in names.into_iter().enumerate() {
            let Ok(range) = book.worksheet_range(&name) else {
                continue;
            };
            let Some((top, left)) = range.start() else { continue };
            let mut sheet = Sheet::named(name.clone());
            for (row, column, data) in range.used_cells() {
                let at = Address {
                    row: row + top as usize,
                    column: column + left as usize,
                };
                let font = look.fonts.get(number).and_then(|fonts| fonts.get(&at));
                let font = font.and_then(|font| look.names.get(usize::from(*font)));
                sheet.put(at, value(data, epoch), font.map(String::as_str))?;
            }
            for area in book.merge_cells_by_sheet_name(&name).unwrap_or_default() {
                let corner = |(row, column): (u32, u32)| Address {
                    row: row as usize,
                    column: column as usize,
                };
                sheet.merge(corner(area.start), corner(area.end));
            }
            all.take(sheet)?;
        }
        all.done()
    })
}

fn value(data: &Data, epoch: Epoch) -> Value {
    match data {
        Data::Empty => Value::Empty,
        Data::Int(number) => Value::Number(*number as f64),
        Data::Float(number) => Value::Number(*number),
        Data::String(text) => Value::Text(text.as_str().into()),
        Data::Bool(truth) => Value::Bool(*truth),
        Data::DateTime(at) => date(at, epoch),
        Data::DateTimeIso(text) => iso_date(text),
        Data::DurationIso(text) => iso_time(text),
        Data::Error(error) => failure(error),
    }
}

fn told(error: XlsError) -> Error {
    match error {
        XlsError::Password => Error::Password,
        other => Error::Damaged(other.to_string()),
    }
}
