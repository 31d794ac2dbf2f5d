//! A cell as the text the rules read: dates with their year, numbers never rounded, words turned into codes, names into units.

use std::borrow::Cow;
use std::collections::HashMap;

use hocvu_model::legacy::Legacy;
use hocvu_model::text::fold;
use hocvu_model::unit::UnitBook;
use hocvu_model::{Finding, FindingCode};
use hocvu_sheets::{Address, Cell, Sheet, Value};

use super::columns::{Column, Reading, TableKind, code_of};
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

/// A cell's text, borrowed where it is as it stands, and what is wrong with the cell itself.
pub type Text<'a> = (Cow<'a, str>, Option<Finding>);

/// Reads the cells of one table, column by column of its kind.
pub struct Reader<'a> {
    sheet: &'a Sheet,
    /// The columns of the kind in their order, and where each comes from.
    columns: Vec<(&'static Column, Option<&'a Source>)>,
    choices: &'a Choices,
    order: DateOrder,
    units: &'a UnitBook,
    names: HashMap<String, Vec<&'a str>>,
}

impl<'a> Reader<'a> {
    /// For a sheet, its mapping and what was chosen; `order` is used where nothing was.
    pub fn new(
        sheet: &'a Sheet,
        kind: TableKind,
        mapping: &'a Mapping,
        choices: &'a Choices,
        order: DateOrder,
        units: &'a UnitBook,
    ) -> Self {
        let mut names: HashMap<String, Vec<&str>> = HashMap::new();
        for unit in units.iter() {
            names.entry(fold(&unit.name)).or_default().push(unit.uid.as_str());
        }
        let columns = kind.columns().iter();
        Self {
            sheet,
            columns: columns
                .map(|column| (column, mapping.sources.get(&column.field)))
                .collect(),
            choices,
            order: choices.dates.unwrap_or(order),
            units,
            names,
        }
    }

    /// How many columns the kind has.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The `at`th column of the kind.
    pub fn column(&self, at: usize) -> &'static Column {
        self.columns[at].0
    }

    /// The place of a field among the columns of the kind.
    pub fn place(&self, field: &str) -> Option<usize> {
        self.columns.iter().position(|(column, _)| column.field == field)
    }

    /// Where the cell of the `at`th column is in a row; nowhere when the table has no such column.
    pub fn address(&self, at: usize, row: usize) -> Option<Address> {
        match self.columns[at].1? {
            Source::Column(column) => Some(Address { row, column: *column }),
            Source::Fixed(_) => None,
        }
    }

    /// Whether two rows have the very same in the `at`th column.
    pub fn is_same(&self, at: usize, row: usize, other: usize) -> bool {
        match self.columns[at].1 {
            None | Some(Source::Fixed(_)) => true,
            Some(Source::Column(column)) => {
                let cell = |row| self.cell(at, Address { row, column: *column });
                cell(row) == cell(other)
            }
        }
    }

    /// The text of the `at`th column in a row. Empty where there is none.
    pub fn text(&self, at: usize, row: usize) -> Text<'a> {
        let (column, source) = self.columns[at];
        match source {
            None => (Cow::Borrowed(""), None),
            Some(Source::Fixed(text)) => self.read(column, Cow::Borrowed(text)),
            Some(Source::Column(from)) => {
                let cell = self.cell(at, Address { row, column: *from });
                match &cell.value {
                    Value::Empty => (Cow::Borrowed(""), None),
                    Value::Text(text) => self.read(column, converted(self.sheet, cell, text, self.choices.legacy)),
                    Value::Error(error) => {
                        let finding = Finding::new(FindingCode::CellError, column.path()).with("value", error);
                        (Cow::Borrowed(""), Some(finding))
                    }
                    other => self.typed(column, other),
                }
            }
        }
    }

    /// A merged count is one count, not one for each line; everything else speaks for all its lines.
    fn cell(&self, at: usize, address: Address) -> &'a Cell {
        match self.columns[at].0.kind {
            Reading::Count => self.sheet.cell(address),
            _ => self.sheet.spread(address),
        }
    }

    /// A number, a date, a truth: what the cell itself says it is.
    fn typed(&self, column: &Column, value: &Value) -> Text<'a> {
        let text = match (column.kind, value) {
            (Reading::Count, Value::Number(number)) => return self.count(column, *number),
            (Reading::Date, Value::Moment(at)) => at.format("%d/%m/%Y").to_string(),
            (Reading::Date, Value::Date(_)) | (Reading::Time, Value::Time(_)) => value.to_string(),
            (Reading::Time, Value::Moment(at)) => at.format("%H:%M").to_string(),
            _ => return self.read(column, Cow::Owned(value.to_string())),
        };
        (Cow::Owned(text), None)
    }

    /// A number in a column of counts. Three decimals are what an English Excel makes of a Vietnamese thousand.
    fn count(&self, column: &Column, number: f64) -> Text<'a> {
        let thousand = number * 1_000.0;
        let whole = |value: f64| (value - value.round()).abs() < 1e-6 && value.abs() < 1e12;
        if whole(number) {
            return (Cow::Owned(format!("{number:.0}")), None);
        }
        // Only what has all three decimals: 12.5 may have been 12.500, or a mistake.
        if whole(thousand) && !whole(number * 100.0) {
            if self.choices.thousands.contains(&column.field) {
                return (Cow::Owned(format!("{thousand:.0}")), None);
            }
            let meant = hocvu_model::input::integer::format(thousand.abs().round() as u64);
            let finding = Finding::new(FindingCode::CountThousands, column.path())
                .with("value", number.to_string().replace('.', ","))
                .with("high", meant);
            return (Cow::Borrowed(""), Some(finding));
        }
        (Cow::Owned(number.to_string().replace('.', ",")), None)
    }

    fn read(&self, column: &Column, text: Cow<'a, str>) -> Text<'a> {
        if text.trim().is_empty() {
            return (Cow::Borrowed(""), None);
        }
        let read = match column.kind {
            Reading::Key | Reading::Text | Reading::Count | Reading::Time => text,
            Reading::Date => match dates::absolute(&text, self.order) {
                Some(text) => Cow::Owned(text),
                None => {
                    let finding = Finding::new(FindingCode::DateNotFull, column.path()).with("value", text.trim());
                    return (Cow::Borrowed(""), Some(finding));
                }
            },
            Reading::Code => {
                let list = column.list.as_deref().unwrap_or_default();
                code_of(list, text.trim()).map_or_else(|| trimmed(text), Cow::Borrowed)
            }
            Reading::Codes => {
                let list = column.list.as_deref().unwrap_or_default();
                let words = text
                    .split([';', '|', '\n'])
                    .map(str::trim)
                    .filter(|word| !word.is_empty());
                let codes: Vec<&str> = words.map(|word| code_of(list, word).unwrap_or(word)).collect();
                Cow::Owned(codes.join(";"))
            }
            Reading::Unit => return self.unit(column, trimmed(text)),
        };
        (read, None)
    }

    fn unit(&self, column: &Column, text: Cow<'a, str>) -> Text<'a> {
        if self.units.get(&text).is_some() {
            return (text, None);
        }
        let named = self.names.get(&fold(&text)).map(Vec::as_slice);
        // A commune before and after the merger may have one name: a file means the one that is.
        let ended = |uid: &str| self.units.get(uid).is_some_and(|unit| unit.valid_to.is_some());
        let living: Vec<&'a str> = named
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(|uid| !ended(uid))
            .collect();
        match (named, living.as_slice()) {
            (Some([one]), _) | (_, [one]) => (Cow::Borrowed(*one), None),
            (Some(_), _) => {
                let finding = Finding::new(FindingCode::UnitAmbiguous, column.path()).with("value", &*text);
                (Cow::Borrowed(""), Some(finding))
            }
            (None, _) => (text, None),
        }
    }
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// A cell's text in Unicode, where it is to be converted. Where the fonts tell, a cell in another font is what it seems; where
/// they do not, one that reads only as Unicode is.
pub fn converted<'a>(sheet: &Sheet, cell: &Cell, text: &'a str, way: Option<Legacy>) -> Cow<'a, str> {
    let Some(way) = way else { return Cow::Borrowed(text) };
    if let Some(way) = sheet.font(cell).and_then(Legacy::of_font) {
        return Cow::Owned(way.convert(text));
    }
    let fonts_tell = sheet.fonts().iter().any(|font| Legacy::of_font(font).is_some());
    if fonts_tell || !way.may_be(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(way.convert(text))
}

impl Column {
    /// The path a finding about its cell has.
    pub fn path(&self) -> &str {
        &self.field
    }
}
