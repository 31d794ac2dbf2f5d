//! The file people get back: the refused rows as they stood, and beside each the reason in words.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hocvu_sheets::{Address, Table, Value, write_xlsx};

use super::desk::Opened;
use super::header::title;
use super::judge::{Fate, Judge};
use super::run::{Wanted, pass};
use crate::App;
use crate::error::{Error, Result};

/// The refused rows as a workbook; nothing when none is refused.
///
/// # Errors
/// Reading failed.
pub fn workbook(app: &App, opened: &Opened, wanted: &Wanted) -> Result<Option<(Vec<u8>, u32)>> {
    let Some(sheet) = opened.book.sheets.get(wanted.sheet) else {
        return Ok(None);
    };
    let mut judge = Judge::new(app, wanted.update);
    let mut reasons: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    app.store().read(|read| {
        pass(app, &mut judge, read, opened, wanted, &|_| {}, |seen| {
            if seen.judged.fate == Fate::Refused {
                for row in &seen.candidate.rows {
                    reasons.entry(*row).or_default();
                }
                for remark in seen.remarks.iter().filter(|remark| remark.error) {
                    let row = usize::try_from(remark.line).unwrap_or(1) - 1;
                    let place = if remark.label.is_empty() {
                        String::new()
                    } else {
                        format!("{}: ", remark.address)
                    };
                    reasons
                        .entry(row)
                        .or_default()
                        .push(format!("{place}{}", remark.sentence));
                }
            }
            Ok(())
        })
    })?;
    if reasons.is_empty() {
        return Ok(None);
    }
    let columns = 0..sheet.width();
    let mut header: Vec<String> = columns
        .clone()
        .map(|column| title(sheet, wanted.mapping.header, column, None))
        .collect();
    header.push("Lý do".into());
    let count = u32::try_from(reasons.len()).unwrap_or(u32::MAX);
    let rows = reasons.into_iter().map(|(row, reasons)| {
        let mut cells: Vec<Value> = columns
            .clone()
            .map(|column| sheet.spread(Address { row, column }).value.clone())
            .collect();
        let together = "Cùng buổi với một dòng có lỗi. Sửa dòng đó.".to_owned();
        let reason = if reasons.is_empty() {
            together
        } else {
            reasons.join("\n")
        };
        cells.push(Value::Text(reason.into()));
        cells
    });
    let table = Table {
        name: "Dòng lỗi".into(),
        header,
        rows: rows.collect(),
    };
    let bytes = write_xlsx(&table).map_err(|error| Error::Disk(error.to_string()))?;
    Ok(Some((bytes, count)))
}

/// Writes it: into a folder under a name of its own, else as the file named. Returns where, and how many rows.
///
/// # Errors
/// The disk refuses.
pub fn write(app: &App, opened: &Opened, wanted: &Wanted, path: &Path) -> Result<Option<(PathBuf, u32)>> {
    let Some((bytes, count)) = workbook(app, opened, wanted)? else {
        return Ok(None);
    };
    let stem = Path::new(&opened.file)
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let path = if path.is_dir() {
        path.join(format!("{stem}-dong-loi.xlsx"))
    } else {
        path.to_path_buf()
    };
    std::fs::write(&path, bytes).map_err(|error| Error::Disk(error.to_string()))?;
    Ok(Some((path, count)))
}
