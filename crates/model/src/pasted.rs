//! A block of cells as a spreadsheet puts it on the clipboard: rows of text, tabs between.

use crate::input::integer;
use crate::text;

/// A block taken apart; no cell is read as a number yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pasted {
    /// Its rows, a row of headings left out.
    pub rows: Vec<PastedRow>,
}

/// One row of a block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PastedRow {
    /// Name of the class when the first column has names; empty else.
    pub class: String,
    /// The other cells, as they were.
    pub cells: Vec<String>,
}

/// Takes a block apart. The first row is a row of headings when it has no figure though others have; the first column has
/// names when one of them is no figure, or when its heading says so (`Lớp`, `Class`).
pub fn block(clipboard: &str) -> Pasted {
    let lines = clipboard.lines().map(|line| line.trim_end_matches('\r'));
    let mut rows: Vec<Vec<String>> = lines
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.split('\t').map(unquoted).collect())
        .collect();
    let has_figure = |row: &[String]| row.iter().any(|cell| !cell.is_empty() && is_figure(cell));
    let has_heading = rows.len() > 1 && !has_figure(&rows[0]) && rows[1..].iter().any(|row| has_figure(row));
    let heading = if has_heading { rows.remove(0) } else { Vec::new() };
    let named_by_heading = heading
        .first()
        .is_some_and(|cell| ["lop", "class"].iter().any(|word| text::fold(cell).starts_with(word)));
    let first = || rows.iter().filter_map(|row| row.first());
    // `6/1` is a class where schools write it so: as a figure it would be more than there are.
    let named = named_by_heading
        || first().any(|cell| !is_figure(cell))
        || (first().all(|cell| is_over(cell)) && rows.iter().any(|row| row.len() > 1));
    let row = |mut cells: Vec<String>| PastedRow {
        class: if named { cells.remove(0) } else { String::new() },
        cells,
    };
    Pasted {
        rows: rows.into_iter().map(row).collect(),
    }
}

/// `38/41` as the two texts, `38` as one. The slash of a lone `/` divides nothing.
pub fn fraction(cell: &str) -> (&str, Option<&str>) {
    match cell.split_once('/') {
        Some((part, whole)) if !part.trim().is_empty() && !whole.trim().is_empty() => (part.trim(), Some(whole.trim())),
        _ => (cell.trim(), None),
    }
}

fn unquoted(cell: &str) -> String {
    let cell = cell.trim();
    let inner = cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"'));
    inner.map_or_else(|| cell.to_owned(), |inner| inner.replace("\"\"", "\""))
}

/// Whether a cell is meant as a figure; one that is wrong as a count, `-3`, is still meant as one.
fn is_figure(cell: &str) -> bool {
    let number = |text: &str| !matches!(integer::parse(text), Err(integer::BadCount::NotInteger));
    let (part, whole) = fraction(cell);
    number(part) && whole.is_none_or(number)
}

fn is_over(cell: &str) -> bool {
    let count = |text: &str| integer::parse(text).ok().flatten();
    match fraction(cell) {
        (part, Some(whole)) => count(part) > count(whole) && count(whole).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(String, Vec<String>)> {
        let rows = block(text).rows.into_iter();
        rows.map(|row| (row.class, row.cells)).collect()
    }

    fn row(class: &str, cells: &[&str]) -> (String, Vec<String>) {
        (class.to_owned(), cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn a_block_with_headings_and_class_names() {
        let text = "Lớp\tSĩ số\tĐạt\r\n6A1\t41\t38\r\n6A2\t1.234\t\r\n";
        assert_eq!(rows(text), [row("6A1", &["41", "38"]), row("6A2", &["1.234", ""])]);
    }

    #[test]
    fn a_block_of_figures_alone() {
        assert_eq!(
            rows("38/41\t40\n-3\t\n"),
            [row("", &["38/41", "40"]), row("", &["-3", ""])]
        );
    }

    #[test]
    fn classes_written_with_a_slash() {
        assert_eq!(rows("6/1\t38\n6/2\t40"), [row("6/1", &["38"]), row("6/2", &["40"])]);
        assert_eq!(rows("Lớp\tĐạt\n6/10\t38"), [row("6/10", &["38"])]);
    }

    #[test]
    fn nothing_is_lost_of_what_is_no_figure() {
        assert_eq!(rows("38\tba mươi\n"), [row("", &["38", "ba mươi"])]);
        assert_eq!(rows(""), []);
        assert_eq!(rows("\"6\"\"A\"\t1"), [row("6\"A", &["1"])]);
    }

    #[test]
    fn a_cell_with_a_slash_is_a_part_of_a_whole() {
        assert_eq!(fraction(" 38 / 41 "), ("38", Some("41")));
        assert_eq!(fraction("38"), ("38", None));
        assert_eq!(fraction("38/"), ("38/", None));
    }
}
