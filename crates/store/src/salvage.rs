//! Reading what can still be read of a damaged file. Everything that comes out proves itself: a frame by its signature, an
//! operation by its digest.

use std::fs;
use std::path::{Path, PathBuf};

use hocvu_model::{LogId, operation};
use rusqlite::{Connection, Row};

use crate::exports::frame;
use crate::open::connect_damaged;
use crate::{DataKey, Error, Frame, Identity, Read, Result, StoredKeys};

/// Rows read at a time; a run that fails is read row by row.
const RUN: i64 = 256;
/// Rows looked for beyond the last one found, when the file cannot say how many there are.
const BEYOND: i64 = 10_000;

/// What was still readable.
#[derive(Debug)]
pub struct Salvage {
    /// Who the device is.
    pub identity: Identity,
    /// The centre's keys.
    pub keys: Option<StoredKeys>,
    /// Frames, as sealed; their signatures are still to be checked.
    pub frames: Vec<Frame>,
    /// Operations with their log and number, whose digest fits.
    pub operations: Vec<(LogId, u64, String)>,
    /// Rows that are there and could not be read.
    pub lost: u32,
}

/// Reads a damaged file. It works on a copy beside the file, which is not touched.
///
/// # Errors
/// The key does not fit, or not even the identity can be read.
pub fn salvage(path: &Path, key: &DataKey) -> Result<Salvage> {
    let copy = Copy::of(path)?;
    let mut reader = Reader {
        path: &copy.path,
        key,
        connection: Some(connect_damaged(&copy.path, key)?),
        lost: 0,
    };
    let (identity, keys) = reader.about()?;
    let frames = reader.rows(
        "SELECT l.id, f.first, f.last, f.text, f.signature, f.number FROM frame f JOIN log l ON l.number = f.log",
        "frame",
        "f.number",
        |row| frame(row, 0).map(Some),
    )?;
    let operations = reader.rows(
        "SELECT l.id, o.seq, o.text, o.digest, o.kind, o.number FROM operation o JOIN log l ON l.number = o.log",
        "operation",
        "o.number",
        |row| {
            let text: String = row.get(2)?;
            let whole = operation::digest(&text) == row.get::<_, [u8; 32]>(3)?;
            Ok(whole.then_some((LogId(row.get(0)?), row.get(1)?, text)))
        },
    )?;
    Ok(Salvage {
        identity,
        keys,
        frames,
        operations,
        lost: reader.lost,
    })
}

/// A copy of the file with its log, gone when dropped.
struct Copy {
    path: PathBuf,
}

impl Copy {
    fn of(original: &Path) -> Result<Self> {
        let copy = Self {
            path: beside(original, ".salvage"),
        };
        copy.clear();
        fs::copy(original, &copy.path)?;
        let log = beside(original, "-wal");
        if log.exists() {
            fs::copy(log, beside(&copy.path, "-wal"))?;
        }
        Ok(copy)
    }

    fn clear(&self) {
        for file in [
            self.path.clone(),
            beside(&self.path, "-wal"),
            beside(&self.path, "-shm"),
        ] {
            drop(fs::remove_file(file));
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.clear();
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

struct Reader<'a> {
    path: &'a Path,
    key: &'a DataKey,
    /// Closed before it is opened again, since it holds the file alone.
    connection: Option<Connection>,
    lost: u32,
}

impl Reader<'_> {
    fn about(&mut self) -> Result<(Identity, Option<StoredKeys>)> {
        let read = Read {
            connection: self.open()?,
        };
        let identity = read.identity()?.ok_or(Error::NotFound("identity"))?;
        let keys = read.keys();
        if keys.is_err() {
            self.again()?; // A file of before there were keys, or that page is gone.
        }
        Ok((identity, keys.ok().flatten()))
    }

    /// Every row that can be read, by its number.
    fn rows<T>(
        &mut self,
        select: &str,
        table: &str,
        number: &str,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<Option<T>>,
    ) -> Result<Vec<T>> {
        let sql = format!("{select} WHERE {number} BETWEEN ?1 AND ?2 ORDER BY {number}");
        let counted = self
            .open()?
            .query_row(&format!("SELECT coalesce(max(number), 0) FROM {table}"), [], |row| {
                row.get::<_, i64>(0)
            });
        let mut last = match counted {
            Ok(last) => last,
            Err(_) => {
                self.again()?;
                BEYOND
            }
        };
        let known = last != BEYOND;
        let (mut found, mut from) = (Vec::new(), 1);
        while from <= last {
            let to = from + RUN - 1;
            match self.run(&sql, from, to, &read) {
                Ok(mut run) => {
                    if !known && !run.is_empty() {
                        last = to + BEYOND;
                    }
                    found.append(&mut run);
                }
                Err(_) => {
                    for one in from..=to.min(last) {
                        self.again()?;
                        match self.run(&sql, one, one, &read) {
                            Ok(mut row) => found.append(&mut row),
                            Err(_) => self.lost += 1,
                        }
                    }
                    self.again()?;
                }
            }
            from = to + 1;
        }
        Ok(found)
    }

    fn run<T>(
        &self,
        sql: &str,
        from: i64,
        to: i64,
        read: &impl Fn(&Row<'_>) -> rusqlite::Result<Option<T>>,
    ) -> Result<Vec<T>> {
        let mut statement = self.open()?.prepare_cached(sql)?;
        let rows = statement
            .query_map([from, to], |row| read(row))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// SQLCipher is of no more use after a page that does not decrypt.
    fn again(&mut self) -> Result<()> {
        self.connection = None;
        self.connection = Some(connect_damaged(self.path, self.key)?);
        Ok(())
    }

    fn open(&self) -> Result<&Connection> {
        self.connection
            .as_ref()
            .ok_or_else(|| Error::Damaged("the copy does not open again".into()))
    }
}
