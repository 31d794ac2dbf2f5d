//! The workbook people get back: a table of text and numbers, one sheet, the reason beside each row.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::cell::Value;
use crate::error::Error;

/// A table to be written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// The sheet's name.
    pub name: String,
    /// Header cells; bold, always in view.
    pub header: Vec<String>,
    /// Rows in order; the last column is wide.
    pub rows: Vec<Vec<Value>>,
}

/// Writes the table as .xlsx.
///
/// Text is written as text whatever it begins with: `=1+1` out of a stranger's file is no formula in the file given back, and
/// is marked so that editing it does not make it one.
///
/// # Errors
/// More rows than a sheet has.
pub fn write_xlsx(table: &Table) -> Result<Vec<u8>, Error> {
    build(table).map_err(|error| Error::Damaged(error.to_string()))
}

fn build(table: &Table) -> Result<Vec<u8>, XlsxError> {
    const REASON_WIDTH: f64 = 80.0;
    const WIDTH: f64 = 16.0;
    let (bold, guarded) = (Format::new().set_bold(), Format::new().set_quote_prefix());
    let (day, wrapped) = (
        Format::new().set_num_format("dd/mm/yyyy"),
        Format::new().set_text_wrap(),
    );
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(&table.name)?;
    sheet.set_freeze_panes(1, 0)?;
    let last = table.header.len().saturating_sub(1);
    for (at, text) in table.header.iter().enumerate() {
        let column = number(at);
        sheet.set_column_width(column, if at == last { REASON_WIDTH } else { WIDTH })?;
        sheet.write_string_with_format(0, column, text, &bold)?;
    }
    for (row, cells) in (1_u32..).zip(&table.rows) {
        for (at, value) in cells.iter().enumerate() {
            let column = number(at);
            match value {
                Value::Empty => {}
                Value::Number(number) => drop(sheet.write_number(row, column, *number)?),
                Value::Bool(truth) => drop(sheet.write_boolean(row, column, *truth)?),
                Value::Date(date) => {
                    let date = rust_xlsxwriter::ExcelDateTime::parse_from_str(&date.format("%Y-%m-%d").to_string())?;
                    sheet.write_datetime_with_format(row, column, date, &day)?;
                }
                other => {
                    let text = other.to_string();
                    let format = match text.trim_start().starts_with(['=', '+', '-', '@']) {
                        true => &guarded,
                        false => &wrapped,
                    };
                    sheet.write_string_with_format(row, column, text, format)?;
                }
            }
        }
    }
    book.save_to_buffer()
}

fn number(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Address, open};

    #[test]
    fn what_is_written_is_read_back_and_is_never_a_formula() {
        let table = Table {
            name: "Dòng lỗi".into(),
            header: vec!["Ngày".into(), "Số".into(), "Lý do".into()],
            rows: vec![vec![
                Value::Date(chrono::NaiveDate::from_ymd_opt(2025, 11, 22).expect("a day")),
                Value::Number(12.5),
                Value::Text("=HYPERLINK(\"http://x\")".into()),
            ]],
        };
        let bytes = write_xlsx(&table).expect("small");
        let book = open(&bytes).expect("our own");
        let sheet = &book.sheets[0];
        let at = |row, column| sheet.cell(Address { row, column }).value.clone();
        assert_eq!(sheet.name, "Dòng lỗi");
        assert_eq!(at(0, 2), Value::Text("Lý do".into()));
        assert_eq!((0..3).map(|column| at(1, column)).collect::<Vec<_>>(), table.rows[0]);
        let inside = crate::zipped::part(&bytes, "xl/worksheets/sheet1.xml").expect("its sheet");
        assert!(!inside.contains("<f>"), "no cell is a formula");
    }
}
