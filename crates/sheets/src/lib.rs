//! Spreadsheets people bring: any bytes of an .xls, .xlsx, .ods or .csv file to typed cells with addresses, and back to the
//! one workbook they get: the rows that were refused, with the reason beside each.
//!
//! **Invariant:** bytes to bytes. No file, no clock, no rule of the domain. Any bytes are a [`Workbook`] or an [`Error`], never
//! a panic, and never more memory than [`limits`] allow.

mod biff;
mod cell;
mod error;
mod excel;
pub mod limits;
mod ods;
mod serial;
mod text;
mod workbook;
mod write;
mod xls;
mod xlsx;
mod zipped;

pub use cell::{Address, Area, Cell, Value, column_name};
pub use error::Error;
pub use serial::{Epoch, from_serial};
pub use workbook::{Format, Sheet, Workbook};
pub use write::{Table, write_xlsx};

/// Reads a workbook; what it is, its bytes say, not its name.
///
/// # Errors
/// No spreadsheet, one with a password, a damaged one, or one beyond the [`limits`].
pub fn open(bytes: &[u8]) -> Result<Workbook, Error> {
    if bytes.len() > limits::FILE_BYTES_MAX {
        return Err(Error::FileTooLarge { bytes: bytes.len() });
    }
    match Format::of(bytes) {
        Format::Xls => xls::read(bytes),
        Format::Zip => match zipped::kind(bytes)? {
            zipped::Kind::Xlsx => xlsx::read(bytes),
            zipped::Kind::Ods => ods::read(bytes),
        },
        Format::Text => text::read(bytes),
        Format::Foreign => Err(Error::NotASpreadsheet),
    }
}
