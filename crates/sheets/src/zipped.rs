//! Packed files: which kind one is, and whether it unpacks to a size this machine can take. Asked before any reader sees it.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::error::Error;
use crate::limits::{CELLS_MAX, INFLATED_BYTES_MAX};

/// What a packed file holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Xlsx,
    Ods,
}

/// Unpacks every part into nowhere: what the directory says of sizes is only what the sender says.
pub(crate) fn kind(bytes: &[u8]) -> Result<Kind, Error> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut left = INFLATED_BYTES_MAX;
    let (mut book, mut content) = (false, false);
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(damaged)?;
        let name = part.name().map_err(damaged)?.to_lowercase();
        book |= name.ends_with("workbook.xml");
        content |= name == "content.xml";
        if name.ends_with("sharedstrings.xml") {
            let mut text = Vec::new();
            let got = part
                .by_ref()
                .take(left + 1)
                .read_to_end(&mut text)
                .map_err(unreadable)?;
            left = left.checked_sub(got as u64).ok_or(Error::InflatesTooFar)?;
            promises(&text)?;
        } else {
            let got = std::io::copy(&mut part.by_ref().take(left + 1), &mut std::io::sink()).map_err(unreadable)?;
            left = left.checked_sub(got).ok_or(Error::InflatesTooFar)?;
        }
    }
    match (book, content) {
        (true, _) => Ok(Kind::Xlsx),
        (false, true) => Ok(Kind::Ods),
        (false, false) => Err(Error::NotASpreadsheet),
    }
}

/// One part as text.
pub(crate) fn part(bytes: &[u8], name: &str) -> Result<String, Error> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let part = archive.by_name(name).map_err(damaged)?;
    let mut raw = Vec::new();
    part.take(INFLATED_BYTES_MAX)
        .read_to_end(&mut raw)
        .map_err(unreadable)?;
    String::from_utf8(raw).map_err(|_| Error::Damaged(format!("{name} is no UTF-8")))
}

/// The reader sets memory aside for as many strings as the table says it has: one that says too many is refused.
fn promises(table: &[u8]) -> Result<(), Error> {
    const NAME: &[u8] = b"uniqueCount";
    let mut rest = table;
    while let Some(at) = rest.windows(NAME.len()).position(|window| window == NAME) {
        rest = &rest[at + NAME.len()..];
        let value = rest.iter().skip_while(|byte| !byte.is_ascii_digit() && **byte != b'>');
        let digits = value.take_while(|byte| byte.is_ascii_digit());
        let count = digits.fold(0_usize, |sum, byte| {
            sum.saturating_mul(10).saturating_add(usize::from(byte - b'0'))
        });
        if count > CELLS_MAX {
            return Err(Error::TooManyCells);
        }
    }
    Ok(())
}

fn damaged(error: zip::result::ZipError) -> Error {
    Error::Damaged(error.to_string())
}

fn unreadable(error: std::io::Error) -> Error {
    Error::Damaged(error.to_string())
}
