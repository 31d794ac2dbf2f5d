//! Text with separators, in whatever encoding and with whatever separator Excel of this or that country wrote it.

use crate::cell::{Address, Value};
use crate::error::Error;
use crate::workbook::{Gathering, Sheet, Workbook};

pub(crate) fn read(bytes: &[u8]) -> Result<Workbook, Error> {
    let mut text = decode(bytes)?;
    if text.contains('\r') {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    text.push('\n');
    let (text, told) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        Some((mark, rest)) => (rest, mark.bytes().next()),
        None => (text.as_str(), None),
    };
    let above = usize::from(told.is_some());
    let delimiter = told.unwrap_or_else(|| guess(text));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut sheet = Sheet::named("");
    let mut record = csv::StringRecord::new();
    let (mut row, mut line) = (above, reader.position().line());
    while reader
        .read_record(&mut record)
        .map_err(|error| Error::Damaged(error.to_string()))?
    {
        // Empty lines are passed over by the reader and are rows all the same.
        let ended = reader.position().line();
        let lines = match ended.saturating_sub(line) {
            1 => 1,
            _ => record.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>() + 1,
        };
        line = ended;
        row = row.max(above + usize::try_from(ended.saturating_sub(lines + 1)).unwrap_or(0));
        for (column, cell) in record.iter().enumerate() {
            if !cell.is_empty() {
                sheet.put(Address { row, column }, Value::Text(cell.into()), None)?;
            }
        }
        row += 1;
    }
    let mut all = Gathering::default();
    all.take(sheet)?;
    all.done()
}

/// UTF-8 and UTF-16 by their marks or their look; any other bytes one character each, as the legacy detector of TCVN3 and VNI
/// expects them.
fn decode(bytes: &[u8]) -> Result<String, Error> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return plain(String::from_utf8_lossy(rest).into_owned());
    }
    let little = bytes
        .strip_prefix(b"\xff\xfe")
        .map(|rest| wide(rest, u16::from_le_bytes));
    let big = bytes
        .strip_prefix(b"\xfe\xff")
        .map(|rest| wide(rest, u16::from_be_bytes));
    if let Some(text) = little.or(big) {
        return plain(text);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => plain(text.to_owned()),
        Err(_) => plain(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

/// Text has next to no control characters but the usual ones: anything else is some other kind of file.
fn plain(text: String) -> Result<String, Error> {
    const LOOKED_AT: usize = 4_096;
    let odd = |c: &char| *c < ' ' && !matches!(c, '\t' | '\n' | '\r');
    let (looked_at, found) = (
        text.chars().take(LOOKED_AT).count(),
        text.chars().take(LOOKED_AT).filter(odd).count(),
    );
    if found * 50 > looked_at {
        return Err(Error::NotASpreadsheet);
    }
    Ok(text)
}

/// The separator most lines agree on: the one that occurs in the first lines outside of quotes, most often.
fn guess(text: &str) -> u8 {
    const LINES: usize = 20;
    let mut quoted = false;
    let (mut counts, mut lines) = ([0_usize; 3], 0);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' if !quoted => lines += 1,
            '\t' if !quoted => counts[0] += 1,
            ';' if !quoted => counts[1] += 1,
            ',' if !quoted => counts[2] += 1,
            _ => {}
        }
        if lines >= LINES {
            break;
        }
    }
    // Lists in a cell use “;” and numbers “,”: a first line decides between them when both occur.
    let first = text.lines().next().unwrap_or("");
    let head = [b'\t', b';', b','].into_iter().max_by_key(|mark| {
        let inside = first.bytes().filter(|byte| byte == mark).count();
        (inside, usize::from(*mark == b'\t'))
    });
    match head {
        Some(mark) if first.bytes().any(|byte| byte == mark) => mark,
        _ if counts[0] > 0 => b'\t',
        _ if counts[1] > counts[2] => b';',
        _ => b',',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<String> {
        let book = read(bytes).expect("readable");
        let sheet = &book.sheets[0];
        (0..sheet.width())
            .map(|column| sheet.cell(Address { row: 1, column }).value.to_string())
            .collect()
    }

    #[test]
    fn every_separator_and_encoding_of_excel_is_read() {
        let text = "Ngày;Ấp\n22/11/2025;\"Hòa; Thuận\"\n";
        let expected = ["22/11/2025", "Hòa; Thuận"];
        assert_eq!(cells(text.as_bytes()), expected);
        assert_eq!(cells(format!("\u{feff}{text}").as_bytes()), expected);
        assert_eq!(cells(b"a\tb\r\n1\t2\r\n"), ["1", "2"]);
        assert_eq!(cells(b"a,b\n1;2,3\n"), ["1;2", "3"]);
        assert_eq!(
            cells(b"sep=;\na;b\n1;2\n"),
            ["a", "b"],
            "rows keep the numbers they have in the file"
        );
        let wide: Vec<u8> = "Ngày\tẤp\r\n22\tHòa\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(cells(&[b"\xff\xfe", &wide[..]].concat()), ["22", "Hòa"]);
    }

    #[test]
    fn rows_keep_their_numbers() {
        for text in ["a,b\n\n1,2\n", "a,b\r\n\r\n1,2", "\"a\nc\",b\n1,2\n"] {
            let book = read(text.as_bytes()).expect("readable");
            assert_eq!(
                book.sheets[0].cell(Address { row: 2, column: 1 }).value.to_string(),
                "2",
                "{text:?}"
            );
        }
        let old_mac = read(b"a,b\r1,2\r").expect("readable");
        assert_eq!(old_mac.sheets[0].height(), 2);
    }

    #[test]
    fn single_bytes_stay_what_they_were() {
        assert_eq!(
            cells(b"a,b\nNg\xb5y,\xea\n"),
            ["Ng\u{b5}y", "\u{ea}"],
            "for the legacy detector"
        );
    }

    #[test]
    fn other_files_are_no_text() {
        assert_eq!(read(b"\x00\x01\x02"), Err(Error::NotASpreadsheet));
        assert_eq!(read(b""), Err(Error::Empty));
        assert_eq!(read(b"\n\n"), Err(Error::Empty));
    }
}
