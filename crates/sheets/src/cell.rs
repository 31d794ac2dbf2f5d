//! One cell: its value, its address, the font it is set in.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use compact_str::CompactString;

/// What a cell holds. A formula is its last result.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Empty,
    /// Text as it is stored: neither trimmed nor converted.
    Text(CompactString),
    /// A number; counts arrive as these.
    Number(f64),
    /// A day.
    Date(NaiveDate),
    /// A time of day.
    Time(NaiveTime),
    /// A day and a time.
    Moment(NaiveDateTime),
    /// True or false.
    Bool(bool),
    /// `#N/A` and its like.
    Error(CompactString),
}

impl Value {
    /// Whether there is nothing to read: no value, or blanks only.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.chars().all(char::is_whitespace),
            _ => false,
        }
    }
}

/// As it is shown in Viet Nam: `22/11/2025`, `19:30`, `12,5`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) | Self::Error(text) => f.write_str(text),
            Self::Number(number) => f.write_str(&number.to_string().replace('.', ",")),
            Self::Date(date) => write!(f, "{}", date.format("%d/%m/%Y")),
            Self::Time(time) => write!(f, "{}", time.format("%H:%M")),
            Self::Moment(at) => write!(f, "{}", at.format("%d/%m/%Y %H:%M")),
            Self::Bool(true) => f.write_str("TRUE"),
            Self::Bool(false) => f.write_str("FALSE"),
        }
    }
}

/// One cell of a sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// What it holds.
    pub value: Value,
    /// Its font's place in [`crate::Sheet::fonts`], from 1; 0 where the format does not tell.
    pub font: u16,
}

/// Where a cell stands, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// Row.
    pub row: usize,
    /// Column.
    pub column: usize,
}

/// `D17`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_name(self.column), self.row + 1)
    }
}

/// `A` to `Z`, `AA` and on, of a column from 0.
pub fn column_name(column: usize) -> String {
    let mut name = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        name.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    name.iter().rev().collect()
}

/// Merged cells: both corners belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Upper left; the only one that holds a value.
    pub first: Address,
    /// Lower right.
    pub last: Address,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_sheet() {
        for (row, column, text) in [
            (16, 3, "D17"),
            (0, 0, "A1"),
            (9, 25, "Z10"),
            (9, 26, "AA10"),
            (0, 255, "IV1"),
        ] {
            assert_eq!(Address { row, column }.to_string(), text);
        }
    }

    #[test]
    fn values_are_shown_as_in_viet_nam() {
        let day = NaiveDate::from_ymd_opt(2025, 11, 2).expect("a day");
        assert_eq!(Value::Date(day).to_string(), "02/11/2025");
        assert_eq!(Value::Number(12.5).to_string(), "12,5");
        assert_eq!(Value::Number(31.0).to_string(), "31");
        assert!(Value::Text(" \u{a0}".into()).is_blank());
    }
}
