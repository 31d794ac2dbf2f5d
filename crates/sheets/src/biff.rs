//! A look into an .xls before its reader does: how far its cells reach, and which font each is set in.
//!
//! The reader builds a full rectangle over all cells and takes the file's word for its size; a cell far out in a damaged file
//! would ask for more memory than there is. The fonts tell .VnTime from Times New Roman, which the reader does not.

use std::collections::HashMap;

use crate::cell::Address;
use crate::error::Error;
use crate::limits::{CELLS_MAX, COLUMNS_MAX, FILE_BYTES_MAX, ROWS_MAX};

/// Fonts of the cells that hold something, by sheet in order of the file; those with the workbook's plain font are left out.
pub(crate) struct Look {
    pub(crate) names: Vec<String>,
    pub(crate) fonts: Vec<HashMap<Address, u16>>,
}

const FREE: u32 = 0xffff_fff0;
const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const SHEET: u16 = 0x0085;
const FONT: u16 = 0x0031;
const XF: u16 = 0x00e0;
const DIMENSIONS: u16 = 0x0200;
const MANY_NUMBERS: u16 = 0x00bd;
/// Number, label, rich text, truth, short number, shared text, formula.
const CELLS: [u16; 7] = [0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x00fd, 0x0006];

/// Looks; nothing of it is trusted beyond what is checked here.
pub(crate) fn look(bytes: &[u8]) -> Result<Look, Error> {
    let stream = workbook(bytes).ok_or_else(|| Error::Damaged("no workbook in it".into()))?;
    let (mut names, mut formats, mut sheets) = (Vec::new(), Vec::new(), Vec::new());
    for (kind, data) in records(&stream) {
        match kind {
            FONT => names.push(font_name(data)),
            XF => formats.push(u16_at(data, 0).unwrap_or(0)),
            SHEET => sheets.extend(u32_at(data, 0)),
            EOF => break,
            _ => {}
        }
    }
    // Number 4 is left out of the list of fonts, as the format has it.
    let font = |format: u16| {
        let number = formats.get(usize::from(format)).copied().unwrap_or(0);
        if number > 4 { number - 1 } else { number }
    };
    let mut fonts = Vec::with_capacity(sheets.len());
    for start in sheets {
        let part = stream.get(start as usize..).unwrap_or_default();
        fonts.push(reach(part, font)?);
    }
    Ok(Look { names, fonts })
}

/// Walks the cells of a sheet.
fn reach(part: &[u8], font: impl Fn(u16) -> u16) -> Result<HashMap<Address, u16>, Error> {
    let (mut fonts, mut depth) = (HashMap::new(), 0);
    let (mut rows, mut columns) = (0, 0);
    for (kind, data) in records(part) {
        match kind {
            BOF => depth += 1,
            EOF if depth > 1 => depth -= 1,
            EOF => break,
            DIMENSIONS => dimensions(data)?,
            kind if CELLS.contains(&kind) || kind == MANY_NUMBERS => {
                let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else {
                    continue;
                };
                let last = match kind {
                    MANY_NUMBERS => data
                        .len()
                        .checked_sub(2)
                        .and_then(|at| u16_at(data, at))
                        .unwrap_or(column),
                    _ => column,
                };
                rows = rows.max(usize::from(row) + 1);
                columns = columns.max(usize::from(last.max(column)) + 1);
                if columns > COLUMNS_MAX {
                    return Err(Error::TooManyColumns);
                }
                if let Some(format) = u16_at(data, 4).filter(|_| kind != MANY_NUMBERS) {
                    let at = Address {
                        row: row.into(),
                        column: column.into(),
                    };
                    fonts.insert(at, font(format));
                }
            }
            _ => {}
        }
        if rows * columns > CELLS_MAX {
            return Err(Error::TooManyCells);
        }
    }
    Ok(fonts)
}

/// What a sheet says of its own size; the reader sets memory aside for it.
fn dimensions(data: &[u8]) -> Result<(), Error> {
    let (first, last, left, right) = if data.len() >= 14 {
        let (first, last) = (u32_at(data, 0).unwrap_or(0), u32_at(data, 4).unwrap_or(0));
        (first, last, u16_at(data, 8).unwrap_or(0), u16_at(data, 10).unwrap_or(0))
    } else {
        let row = |at| u16_at(data, at).map_or(0, u32::from);
        (
            row(0),
            row(2),
            u16_at(data, 4).unwrap_or(0),
            u16_at(data, 6).unwrap_or(0),
        )
    };
    let backward = last < first || right < left;
    if last as usize > ROWS_MAX {
        return Err(Error::TooManyRows);
    }
    if usize::from(right) > COLUMNS_MAX || backward && last > 0 {
        return Err(Error::Damaged("a sheet of impossible size".into()));
    }
    Ok(())
}

fn font_name(data: &[u8]) -> String {
    let length = data.get(14).copied().map_or(0, usize::from);
    let wide = data.get(15).is_some_and(|flags| flags & 1 == 1);
    let text = data.get(16..).unwrap_or_default();
    if wide {
        let units = text
            .chunks_exact(2)
            .take(length)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or('?')).collect()
    } else {
        text.iter().take(length).map(|byte| char::from(*byte)).collect()
    }
}

/// Records as the reader takes them: kind, length, data; what does not fit ends the walk.
fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        let (kind, length) = (u16_at(rest, 0)?, usize::from(u16_at(rest, 2)?));
        let data = rest.get(4..4 + length)?;
        rest = &rest[4 + length..];
        Some((kind, data))
    })
}

/// The workbook's stream of a compound file.
fn workbook(file: &[u8]) -> Option<Vec<u8>> {
    let size = match u16_at(file, 30)? {
        9 => 512_usize,
        12 => 4096,
        _ => return None,
    };
    let sector = |number: u32| {
        let start = (number as usize).checked_add(1)?.checked_mul(size)?;
        file.get(start..file.len().min(start + size))
            .filter(|part| !part.is_empty())
    };
    let numbers = |part: &[u8]| {
        part.chunks_exact(4)
            .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
            .collect::<Vec<_>>()
    };
    let mut tables = numbers(file.get(76..512)?);
    let mut more = u32_at(file, 68)?;
    for _ in 0..file.len() / size {
        if more >= FREE {
            break;
        }
        tables.extend(numbers(sector(more)?));
        more = tables.pop()?;
    }
    let next: Vec<u32> = tables
        .into_iter()
        .filter(|table| *table < FREE)
        .filter_map(sector)
        .flat_map(numbers)
        .collect();
    let chain = |first: u32, most: usize| {
        let (mut out, mut at) = (Vec::new(), first);
        while at < FREE && out.len() < most && out.len() <= FILE_BYTES_MAX {
            out.extend_from_slice(sector(at)?);
            at = *next.get(at as usize)?;
        }
        Some(out)
    };
    let directory = chain(u32_at(file, 48)?, usize::MAX)?;
    let entry = |wanted: &str| {
        directory.chunks_exact(128).find(|entry| {
            let units = entry[..64]
                .chunks_exact(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            let name = char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|c| c.unwrap_or('?'));
            name.collect::<String>().eq_ignore_ascii_case(wanted)
        })
    };
    let found = entry("Workbook").or_else(|| entry("Book"))?;
    let (start, length) = (u32_at(found, 116)?, u32_at(found, 120)? as usize);
    if length >= 4096 {
        let mut stream = chain(start, length)?;
        stream.truncate(length);
        return Some(stream);
    }
    let small = chain(u32_at(directory.get(..128)?, 116)?, usize::MAX)?;
    let next: Vec<u32> = numbers(&chain(u32_at(file, 60)?, usize::MAX)?);
    let (mut out, mut at) = (Vec::new(), start);
    while at < FREE && out.len() < length {
        let from = at as usize * 64;
        out.extend_from_slice(small.get(from..small.len().min(from + 64))?);
        at = *next.get(at as usize)?;
    }
    out.truncate(length);
    Some(out)
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
