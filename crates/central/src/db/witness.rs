//! A witness beside the database: how far it once was. A file put back from a copy is behind it and begins a new epoch by
//! itself, so that devices offer again what the copy lacks (I11).

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The number, padded so that a later one covers it whole.
const DIGITS: usize = 20;

/// The open witness of one database.
pub(crate) struct Witness {
    file: Option<File>,
}

/// What the witness says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The epoch it was of.
    pub(crate) epoch: String,
    /// The last number the database had given.
    pub(crate) fseq: u64,
}

/// Where the witness of a database is.
pub(crate) fn path_of(db: &Path) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(".witness");
    name.into()
}

/// Reads the witness; nothing when there is none or it says nothing.
pub(crate) fn read(db: &Path) -> Option<Seen> {
    let mut text = String::new();
    File::open(path_of(db)).ok()?.read_to_string(&mut text).ok()?;
    let (fseq, epoch) = text.trim_end().split_once(' ')?;
    Some(Seen {
        epoch: epoch.to_owned(),
        fseq: fseq.parse().ok()?,
    })
}

impl Witness {
    /// Opens it for writing. A folder that takes no file leaves the centre without one: it is a help, not a condition.
    pub(crate) fn open(db: &Path) -> Self {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path_of(db));
        if let Err(error) = &file {
            tracing::warn!(%error, "no witness is kept beside the database");
        }
        Self { file: file.ok() }
    }

    /// Notes how far the database is. Called after the commit: the witness is never ahead of the disk.
    pub(crate) fn note(&mut self, epoch: &str, fseq: u64) {
        let Some(file) = &mut self.file else { return };
        let line = format!("{fseq:0width$} {epoch}\n", width = DIGITS);
        let written = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(line.as_bytes()));
        if let Err(error) = written {
            tracing::warn!(%error, "the witness beside the database could not be written");
            self.file = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_note_covers_an_earlier_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = folder.path().join("c.db");
        assert_eq!(read(&db), None);
        let mut witness = Witness::open(&db);
        assert_eq!(read(&db), None, "an empty witness says nothing");
        for fseq in [7, 123_456_789, 9] {
            witness.note("abcdefgh", fseq);
            let seen = Seen {
                epoch: "abcdefgh".into(),
                fseq,
            };
            assert_eq!(read(&db), Some(seen));
        }
        std::fs::write(path_of(&db), "garbage").expect("written");
        assert_eq!(read(&db), None);
    }
}
