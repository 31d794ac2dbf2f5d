//! Which row names the columns, and which column holds what: guessed by folded names, changed by a person.

use std::collections::BTreeMap;

use hocvu_model::legacy::Legacy;
use hocvu_model::text::fold;
use hocvu_sheets::{Address, Sheet, Value};

use super::cells::converted;
use super::columns::{Column, TableKind};

/// Rows looked at for a header: titles and letterheads stand above it.
const ROWS: usize = 40;
/// Rows of a header, the merged ones above included.
const LEVELS: usize = 3;

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A column, from 0.
    Column(usize),
    /// The same text for every row.
    Fixed(String),
}

/// Which column holds what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The header's last row, from 0.
    pub header: usize,
    /// Field → where from.
    pub sources: BTreeMap<String, Source>,
}

/// The title of a column as the header writes it: its own row and the merged cells above, the most general first.
pub fn title(sheet: &Sheet, header: usize, column: usize, legacy: Option<Legacy>) -> String {
    let mut levels: Vec<String> = Vec::new();
    for row in (header.saturating_sub(LEVELS - 1)..=header).rev() {
        let at = Address { row, column };
        // Above the header's own row only what is merged over the column belongs to it, or what stands over an empty cell: text
        // has no merged cells left.
        if row < header && !levels.is_empty() && !sheet.is_merged(at) {
            break;
        }
        let text = shown(sheet, at, legacy);
        if !text.is_empty() && !levels.contains(&text) {
            levels.push(text);
        }
    }
    levels.reverse();
    levels.join(" – ")
}

/// Guesses the header's row, then its columns.
pub fn guess(sheet: &Sheet, kind: TableKind, legacy: Option<Legacy>) -> Mapping {
    let candidates = (0..sheet.height().min(ROWS)).map(|header| columns(sheet, kind, header, legacy));
    let mut best = Mapping::default();
    for candidate in candidates {
        // Of two that name as much, the first: the rows after it are data.
        if candidate.sources.len() > best.sources.len() {
            best = candidate;
        }
    }
    best
}

/// The columns a given header names.
pub fn columns(sheet: &Sheet, kind: TableKind, header: usize, legacy: Option<Legacy>) -> Mapping {
    let titles: Vec<String> = (0..sheet.width())
        .map(|column| title(sheet, header, column, legacy))
        .collect();
    let mut sources = BTreeMap::new();
    let mut taken = vec![false; titles.len()];
    let tests: [fn(&Column, &str) -> bool; 3] = [
        |column, title| column.is_named(&plain(title)),
        |column, title| {
            title
                .rsplit(" – ")
                .next()
                .is_some_and(|last| column.is_named(&plain(last)))
        },
        |column, title| {
            title
                .rsplit(" – ")
                .next()
                .is_some_and(|last| column.is_named(&plain(before_bracket(last))))
        },
    ];
    for test in tests {
        for column in kind.columns() {
            if sources.contains_key(&column.field) {
                continue;
            }
            let found =
                (0..titles.len()).find(|at| !taken[*at] && !titles[*at].is_empty() && test(column, &titles[*at]));
            if let Some(at) = found {
                taken[at] = true;
                sources.insert(column.field.clone(), Source::Column(at));
            }
        }
    }
    Mapping { header, sources }
}

/// The first row of data: below the header, and below a row that only numbers the columns.
pub fn first_row(sheet: &Sheet, header: usize) -> usize {
    let row = header + 1;
    let mut expected = 0;
    let mut cells = 0;
    for column in 0..sheet.width() {
        let value = &sheet.cell(Address { row, column }).value;
        if value.is_blank() {
            continue;
        }
        let number = match value {
            Value::Number(number) => number.to_string(),
            other => other.to_string().trim().trim_matches(['(', ')']).to_owned(),
        };
        let Ok(number) = number.parse::<usize>() else {
            return row;
        };
        if number <= expected || number > sheet.width() {
            return row;
        }
        expected = number;
        cells += 1;
    }
    if cells >= 3 { row + 1 } else { row }
}

/// The text of a header cell.
pub fn shown(sheet: &Sheet, at: Address, legacy: Option<Legacy>) -> String {
    let cell = sheet.spread(at);
    let text = cell.value.to_string();
    let text = converted(sheet, cell, &text, legacy);
    hocvu_model::text::tidy(&text.replace('\n', " "))
}

fn plain(title: &str) -> String {
    fold(title.trim_end_matches([':', '*', ' ', '.']))
}

fn before_bracket(title: &str) -> &str {
    title.split(['(', '[']).next().unwrap_or(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(csv: &str, kind: TableKind) -> (usize, Vec<(String, Source)>) {
        let book = hocvu_sheets::open(csv.as_bytes()).expect("readable");
        let mapping = guess(&book.sheets[0], kind, None);
        (mapping.header, mapping.sources.into_iter().collect())
    }

    #[test]
    fn the_header_is_the_row_that_names_most_columns() {
        let (row, sources) = guessed(
            "UBND XÃ LONG HÒA,,,\nBÁO CÁO NGÀY 22/11/2025,,,\nSTT,Ngày tổ chức*,Tổng số (lượt),Nữ\n1,20/11/2025,31,18\n",
            TableKind::Session,
        );
        assert_eq!(row, 2);
        let expected = [("attended", 2), ("date", 1), ("female", 3)];
        let expected: Vec<_> = expected
            .map(|(field, at)| (field.to_owned(), Source::Column(at)))
            .into();
        assert_eq!(sources, expected);
    }

    #[test]
    fn a_header_of_two_rows_is_read_without_merged_cells_too() {
        let (row, sources) = guessed(
            "Ngày,Tổng số,Trong đó,\n,,Nữ,Khmer\n20/11/2025,31,18,2\n",
            TableKind::Session,
        );
        assert_eq!((row, sources.len()), (1, 4), "{sources:?}");
    }

    #[test]
    fn one_name_means_what_its_table_means() {
        let (_, coverage) = guessed("Đơn vị,Tổng số,Số đạt\n", TableKind::Coverage);
        assert!(
            coverage.contains(&("population".into(), Source::Column(1))),
            "{coverage:?}"
        );
        let (_, population) = guessed("Đơn vị,Tổng số\n", TableKind::Population);
        assert!(
            population.contains(&("value".into(), Source::Column(1))),
            "{population:?}"
        );
    }

    #[test]
    fn a_row_that_numbers_the_columns_is_no_data() {
        let first = |csv: &str| {
            let book = hocvu_sheets::open(csv.as_bytes()).expect("readable");
            first_row(&book.sheets[0], 0)
        };
        assert_eq!(first("a,b,c\n(1),(2),(3)\nx,1,2\n"), 2);
        assert_eq!(first("a,b,c\n1,2,3\nx,1,2\n"), 2);
        assert_eq!(first("a,b,c\nx,1,2\n"), 1);
        assert_eq!(first("a,b,c\n1,1,5\n"), 1, "figures");
    }
}
