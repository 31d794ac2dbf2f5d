//! A cell as the text the rules read: dates with their year, numbers never rounded, words turned into codes, names into units.

use std::collections::HashMap;

use hocvu_model::legacy::Legacy;
use hocvu_model::text::fold;
use hocvu_model::unit::UnitBook;
use hocvu_model::{Finding, FindingCode};
use hocvu_sheets::{Address, Cell, Sheet, Value};

use super::columns::{Column, Reading, code_of};
use super::dates::{self, DateOrder};
use super::header::{Mapping, Source};

/// How ambiguous cells are to be read; a person decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// Day or month first; decided by the dates themselves when absent.
    pub dates: Option<DateOrder>,
    /// Text that is not in a Unicode font is converted from this.
    pub legacy: Option<Legacy>,
    /// Count columns where Excel took `1.234` for a decimal number: 1234 was meant.
    pub thousands: Vec<String>,
}

/// Reads the cells of one table.
pub struct Reader<'a> {
    sheet: &'a Sheet,
    mapping: &'a Mapping,
    choices: &'a Choices,
    order: DateOrder,
    units: &'a UnitBook,
    names: HashMap<String, Vec<&'a str>>,
}

impl<'a> Reader<'a> {
    /// For a sheet, its mapping and what was chosen; `order` is used where nothing was.
    pub fn new(
        sheet: &'a Sheet,
        mapping: &'a Mapping,
        choices: &'a Choices,
        order: DateOrder,
        units: &'a UnitBook,
    ) -> Self {
        let mut names: HashMap<String, Vec<&str>> = HashMap::new();
        for unit in units.iter() {
            names.entry(fold(&unit.name)).or_default().push(unit.uid.as_str());
        }
        Self {
            sheet,
            mapping,
            choices,
            order: choices.dates.unwrap_or(order),
            units,
            names,
        }
    }

    /// Where a column's cell of a row is.
    pub fn address(&self, column: &Column, row: usize) -> Option<Address> {
        match self.mapping.sources.get(&column.field)? {
            Source::Column(column) => Some(Address { row, column: *column }),
            Source::Fixed(_) => None,
        }
    }

    /// The text of a column in a row, and what is wrong with the cell itself. Empty where there is none.
    pub fn text(&self, column: &Column, row: usize) -> (String, Option<Finding>) {
        let (text, value) = match self.mapping.sources.get(&column.field) {
            None => return (String::new(), None),
            Some(Source::Fixed(text)) => (text.clone(), &Value::Empty),
            Some(Source::Column(at)) => {
                let at = Address { row, column: *at };
                // A merged count is one count, not one for each line; everything else speaks for all its lines.
                let cell = match column.kind {
                    Reading::Count => self.sheet.cell(at),
                    _ => self.sheet.spread(at),
                };
                match &cell.value {
                    Value::Empty => return (String::new(), None),
                    Value::Text(text) => (converted(self.sheet, cell, text, self.choices.legacy), &Value::Empty),
                    Value::Error(error) => {
                        let finding = Finding::new(FindingCode::CellError, column.path()).with("value", error);
                        return (String::new(), Some(finding));
                    }
                    other => (String::new(), other),
                }
            }
        };
        if *value != Value::Empty {
            return self.typed(column, value);
        }
        self.read(column, text)
    }

    /// A number, a date, a truth: what the cell itself says it is.
    fn typed(&self, column: &Column, value: &Value) -> (String, Option<Finding>) {
        let text = value.to_string();
        match (column.kind, value) {
            (Reading::Count, Value::Number(number)) => self.count(column, *number),
            (Reading::Date, Value::Moment(at)) => (at.format("%d/%m/%Y").to_string(), None),
            (Reading::Date, Value::Date(_)) | (Reading::Time, Value::Time(_)) => (text, None),
            (Reading::Time, Value::Moment(at)) => (at.format("%H:%M").to_string(), None),
            _ => self.read(column, text),
        }
    }

    /// A number in a column of counts. Three decimals are what an English Excel makes of a Vietnamese thousand.
    fn count(&self, column: &Column, number: f64) -> (String, Option<Finding>) {
        let thousand = number * 1_000.0;
        let whole = |value: f64| (value - value.round()).abs() < 1e-6 && value.abs() < 1e12;
        if whole(number) {
            return (format!("{number:.0}"), None);
        }
        // Only what has all three decimals: 12.5 may have been 12.500, or a mistake.
        if whole(thousand) && !whole(number * 100.0) {
            if self.choices.thousands.contains(&column.field) {
                return (format!("{thousand:.0}"), None);
            }
            let meant = hocvu_model::input::integer::format(thousand.abs().round() as u64);
            let finding = Finding::new(FindingCode::CountThousands, column.path())
                .with("value", number.to_string().replace('.', ","))
                .with("high", meant);
            return (String::new(), Some(finding));
        }
        (number.to_string().replace('.', ","), None)
    }

    fn read(&self, column: &Column, text: String) -> (String, Option<Finding>) {
        if text.trim().is_empty() {
            return (String::new(), None);
        }
        match column.kind {
            Reading::Key | Reading::Text | Reading::Count | Reading::Time => (text, None),
            Reading::Date => match dates::absolute(&text, self.order) {
                Some(text) => (text, None),
                None => {
                    let finding = Finding::new(FindingCode::DateNotFull, column.path()).with("value", text.trim());
                    (String::new(), Some(finding))
                }
            },
            Reading::Code => {
                let list = column.list.as_deref().unwrap_or_default();
                let code = code_of(list, text.trim()).map(ToOwned::to_owned);
                (code.unwrap_or_else(|| text.trim().to_owned()), None)
            }
            Reading::Codes => {
                let list = column.list.as_deref().unwrap_or_default();
                let words = text
                    .split([';', '|', '\n'])
                    .map(str::trim)
                    .filter(|word| !word.is_empty());
                let codes: Vec<&str> = words.map(|word| code_of(list, word).unwrap_or(word)).collect();
                (codes.join(";"), None)
            }
            Reading::Unit => self.unit(column, text.trim()),
        }
    }

    fn unit(&self, column: &Column, text: &str) -> (String, Option<Finding>) {
        if self.units.get(text).is_some() {
            return (text.to_owned(), None);
        }
        let named = self.names.get(&fold(text)).map(Vec::as_slice);
        // A commune before and after the merger may have one name: a file means the one that is.
        let ended = |uid: &str| self.units.get(uid).is_some_and(|unit| unit.valid_to.is_some());
        let living: Vec<&str> = named
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(|uid| !ended(uid))
            .collect();
        match (named, living.as_slice()) {
            (Some([one]), _) | (_, [one]) => ((*one).to_owned(), None),
            (Some(_), _) => {
                let finding = Finding::new(FindingCode::UnitAmbiguous, column.path()).with("value", text);
                (String::new(), Some(finding))
            }
            (None, _) => (text.to_owned(), None),
        }
    }
}

/// A cell's text in Unicode, where it is to be converted. Where the fonts tell, a cell in another font is what it seems; where
/// they do not, one that reads only as Unicode is.
pub fn converted(sheet: &Sheet, cell: &Cell, text: &str, way: Option<Legacy>) -> String {
    let Some(way) = way else { return text.to_owned() };
    if let Some(way) = sheet.font(cell).and_then(Legacy::of_font) {
        return way.convert(text);
    }
    let fonts_tell = sheet.fonts().iter().any(|font| Legacy::of_font(font).is_some());
    if fonts_tell || !way.may_be(text) {
        return text.to_owned();
    }
    way.convert(text)
}

impl Column {
    /// The path a finding about its cell has.
    pub fn path(&self) -> &str {
        &self.field
    }
}
