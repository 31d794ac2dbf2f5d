//! A workbook as the import sees it, and the one way cells get into it, within the limits.

use std::collections::HashMap;

use crate::cell::{Address, Area, Cell, Value};
use crate::error::Error;
use crate::limits::{AREAS_MAX, CELLS_MAX, COLUMNS_MAX, ROWS_MAX, SHEETS_MAX};

/// What the first bytes of a file say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Excel 5 to 2003, a compound file.
    Xls,
    /// A packed one: .xlsx or .ods.
    Zip,
    /// Text: .csv.
    Text,
    /// Something else by its signature.
    Foreign,
}

impl Format {
    /// Looks at the first bytes.
    pub fn of(bytes: &[u8]) -> Self {
        const FOREIGN: [&[u8]; 6] = [b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"{\\rtf"];
        if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            Self::Xls
        } else if bytes.starts_with(b"PK\x03\x04") {
            Self::Zip
        } else if FOREIGN.iter().any(|signature| bytes.starts_with(signature)) {
            Self::Foreign
        } else {
            Self::Text
        }
    }
}

/// The sheets of a file that hold anything.
#[derive(Debug, Clone, PartialEq)]
pub struct Workbook {
    /// At least one, in order of the file.
    pub sheets: Vec<Sheet>,
}

/// One sheet: rows of cells as they stand, empty rows between included.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// As on its tab; empty for text.
    pub name: String,
    rows: Vec<Vec<Cell>>,
    merged: Vec<Area>,
    covered: HashMap<Address, Address>,
    fonts: Vec<String>,
    cells: usize,
}

const NOTHING: &Cell = &Cell {
    value: Value::Empty,
    font: 0,
};

impl Sheet {
    pub(crate) fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Rows to the last filled one.
    pub fn height(&self) -> usize {
        self.rows.len()
    }

    /// Columns to the last filled one.
    pub fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// The cell there; an empty one where nothing is.
    pub fn cell(&self, at: Address) -> &Cell {
        self.rows
            .get(at.row)
            .and_then(|row| row.get(at.column))
            .unwrap_or(NOTHING)
    }

    /// The cell there, or for merged cells the one that holds their value.
    pub fn spread(&self, at: Address) -> &Cell {
        self.cell(self.covered.get(&at).copied().unwrap_or(at))
    }

    /// Whether the cell is one of several that were merged.
    pub fn is_merged(&self, at: Address) -> bool {
        self.covered.contains_key(&at)
    }

    /// Merged areas.
    pub fn merged(&self) -> &[Area] {
        &self.merged
    }

    /// The name of a cell's font, where the format tells.
    pub fn font(&self, cell: &Cell) -> Option<&str> {
        let at = usize::from(cell.font).checked_sub(1)?;
        self.fonts.get(at).map(String::as_str)
    }

    /// Every font the sheet's cells use.
    pub fn fonts(&self) -> &[String] {
        &self.fonts
    }

    /// Whether a row holds nothing to read.
    pub fn is_blank(&self, row: usize) -> bool {
        self.rows
            .get(row)
            .is_none_or(|row| row.iter().all(|cell| cell.value.is_blank()))
    }

    pub(crate) fn put(&mut self, at: Address, value: Value, font: Option<&str>) -> Result<(), Error> {
        if value == Value::Empty {
            return Ok(());
        }
        if at.row >= ROWS_MAX {
            return Err(Error::TooManyRows);
        }
        if at.column >= COLUMNS_MAX {
            return Err(Error::TooManyColumns);
        }
        let font = font.map_or(0, |name| self.font_number(name));
        if self.rows.len() <= at.row {
            // Rows of a table are as wide as the one before.
            let width = self.rows.last().map_or(0, Vec::len);
            self.rows.resize_with(at.row + 1, Vec::new);
            self.rows[at.row].reserve_exact(width);
        }
        let row = &mut self.rows[at.row];
        if row.len() <= at.column {
            self.cells += at.column + 1 - row.len();
            if self.cells > CELLS_MAX {
                return Err(Error::TooManyCells);
            }
            row.resize_with(at.column + 1, Cell::default);
        }
        row[at.column] = Cell { value, font };
        Ok(())
    }

    pub(crate) fn merge(&mut self, first: Address, last: Address) {
        let shape = first.row <= last.row && first.column <= last.column && first != last;
        if !shape || last.column >= COLUMNS_MAX || self.merged.len() >= AREAS_MAX {
            return;
        }
        // A title merged to the sheet's end covers a million cells: only filled rows are asked for.
        let lower = last.row.min(first.row + 1_000);
        if self.covered.len() < CELLS_MAX / 8 {
            for row in first.row..=lower {
                for column in first.column..=last.column {
                    self.covered.insert(Address { row, column }, first);
                }
            }
        }
        self.merged.push(Area { first, last });
    }

    fn font_number(&mut self, name: &str) -> u16 {
        let known = self.fonts.iter().position(|known| known == name);
        let at = known.unwrap_or_else(|| {
            self.fonts.push(name.to_owned());
            self.fonts.len() - 1
        });
        u16::try_from(at + 1).unwrap_or(0)
    }
}

/// Gathers sheets within the limits.
#[derive(Default)]
pub(crate) struct Gathering {
    sheets: Vec<Sheet>,
    cells: usize,
}

impl Gathering {
    /// Takes a sheet; one without a filled cell is passed over.
    pub(crate) fn take(&mut self, sheet: Sheet) -> Result<(), Error> {
        if sheet.rows.is_empty() {
            return Ok(());
        }
        self.cells += sheet.cells;
        if self.sheets.len() >= SHEETS_MAX {
            return Err(Error::TooManySheets);
        }
        if self.cells > CELLS_MAX {
            return Err(Error::TooManyCells);
        }
        self.sheets.push(sheet);
        Ok(())
    }

    pub(crate) fn done(self) -> Result<Workbook, Error> {
        if self.sheets.is_empty() {
            return Err(Error::Empty);
        }
        Ok(Workbook { sheets: self.sheets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(row: usize, column: usize) -> Address {
        Address { row, column }
    }

    #[test]
    fn merged_cells_share_the_value_of_their_corner() {
        let mut sheet = Sheet::named("x");
        sheet
            .put(at(0, 1), Value::Text("Trong đó".into()), Some(".VnTime"))
            .expect("within the limits");
        sheet.merge(at(0, 1), at(0, 3));
        assert_eq!(sheet.spread(at(0, 3)).value, Value::Text("Trong đó".into()));
        assert_eq!(sheet.cell(at(0, 3)).value, Value::Empty, "only the corner holds it");
        assert_eq!(sheet.font(sheet.cell(at(0, 1))), Some(".VnTime"));
    }

    #[test]
    fn beyond_the_limits_nothing_is_taken() {
        let mut sheet = Sheet::named("x");
        let one = || Value::Number(1.0);
        assert_eq!(sheet.put(at(ROWS_MAX, 0), one(), None), Err(Error::TooManyRows));
        assert_eq!(sheet.put(at(0, COLUMNS_MAX), one(), None), Err(Error::TooManyColumns));
        assert_eq!(
            sheet.put(at(ROWS_MAX, COLUMNS_MAX), Value::Empty, None),
            Ok(()),
            "what is empty is not there"
        );
        let full = (0..ROWS_MAX).try_for_each(|row| sheet.put(at(row, COLUMNS_MAX - 1), one(), None));
        assert_eq!(full, Err(Error::TooManyCells));
    }
}
