//! What is remembered of the file outside it, so that an older copy of the file is told from the file (I12).
//!
//! The witness is written after the commit, never before, and never forced to the disk: it may lag behind the file, which
//! proves nothing, but it cannot run ahead of it. Only a file that lacks what its witness has seen was put back.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write as _};
use std::path::Path;
use std::sync::PoisonError;

use hocvu_model::LogId;
use sha2::{Digest, Sha256};

use crate::{Fork, Result, Store};

/// Setting under which the file keeps the machine it belongs to.
const MACHINE: &str = "machine";
/// First word of a witness.
const FORMAT: &str = "hocvu-witness-1";

/// The witness of an open file.
pub(crate) struct Witness {
    file: File,
}

/// What a witness says: the file had this number of this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Testimony {
    pub log: LogId,
    pub seq: u64,
}

impl Store {
    /// Compares the file with what the witness at `path` saw and with the machine it runs on, and goes on in the log `new`
    /// when the file is an older copy or came from another machine. From then on the witness follows every save. To be
    /// called once, before the first save; `machine` is empty where it cannot be told.
    ///
    /// # Errors
    /// The file cannot be written. A witness that cannot be kept is no error: it is a second line of defence, behind the
    /// centre, which finds two operations under one number by itself.
    pub fn watch(&self, path: &Path, machine: &str, new: LogId, at: i64) -> Result<Option<Fork>> {
        let machine = if machine.is_empty() {
            String::new()
        } else {
            hash(machine)
        };
        let said = std::fs::read(path).ok().and_then(|bytes| Testimony::parse(&bytes));
        let (found, now) = self.write(|tx| {
            let belongs_to = tx.setting(MACHINE)?.filter(|known| !known.is_empty());
            if !machine.is_empty() && belongs_to.as_ref() != Some(&machine) {
                tx.put_setting(MACHINE, &machine)?;
            }
            let Some(identity) = tx.identity()? else {
                return Ok((None, None));
            };
            let moved = |known: &String| !machine.is_empty() && *known != machine;
            let behind = |said: &Testimony| Ok::<_, crate::Error>(tx.last_seq(said.log)? < said.seq);
            let fork = match &said {
                _ if belongs_to.as_ref().is_some_and(moved) => Some(Fork::Cloned),
                Some(said) if behind(said)? => Some(Fork::Restored),
                _ => None,
            };
            if let Some(fork) = fork
                && !identity.sample
            {
                tx.renew_log(new, fork, at)?;
                return Ok((Some(fork), Some(Testimony { log: new, seq: 1 })));
            }
            let log = identity.log;
            let seq = tx.last_seq(log)?;
            Ok((None, Some(Testimony { log, seq })))
        })?;
        match OpenOptions::new().write(true).create(true).truncate(false).open(path) {
            Ok(file) => *self.witness.lock().unwrap_or_else(PoisonError::into_inner) = Some(Witness { file }),
            Err(error) => tracing::warn!(%error, "the witness beside the data file cannot be kept"),
        }
        if let Some(now) = now {
            self.bear_witness(now);
        }
        Ok(found)
    }

    /// Notes the last number appended, after it was committed.
    pub(crate) fn bear_witness(&self, now: Testimony) {
        let mut witness = self.witness.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = witness.as_mut()
            && let Err(error) = kept.note(now)
        {
            tracing::warn!(%error, "the witness beside the data file is not kept any more");
            *witness = None;
        }
    }
}

impl Witness {
    /// Replaces what was noted: one write of the same length each time.
    fn note(&mut self, now: Testimony) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(now.text().as_bytes())
    }
}

impl Testimony {
    fn text(self) -> String {
        let said = format!("{FORMAT} {} {:020}", self.log, self.seq);
        format!("{said} {}\n", &hash(&said)[..16])
    }

    /// `None` when it is torn or says nothing this version knows: then it proves nothing.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(bytes).ok()?.trim_end();
        let (said, check) = line.rsplit_once(' ')?;
        let mut words = said.split(' ');
        let (format, log, seq) = (words.next()?, words.next()?, words.next()?);
        (format == FORMAT && hash(said)[..16] == *check).then_some(())?;
        Some(Self {
            log: log.parse().ok()?,
            seq: seq.parse().ok()?,
        })
    }
}

fn hash(text: &str) -> String {
    use std::fmt::Write;
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(format!("hocvu-witness-v1\0{text}")) {
        write!(hex, "{byte:02x}").expect("writing to a string never fails");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_witness_proves_nothing() {
        let said = Testimony {
            log: LogId([7; 16]),
            seq: 1_204,
        };
        let text = said.text();
        assert_eq!(Testimony::parse(text.as_bytes()), Some(said));
        for cut in 0..text.len() - 1 {
            assert_eq!(Testimony::parse(&text.as_bytes()[..cut]), None, "{cut}");
        }
        assert_eq!(Testimony::parse(text.replace("1204", "1205").as_bytes()), None);
    }
}
