use hocvu_model::LogId;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::identity::OwnLog;
use crate::{Read, Result, Write};

/// A run of consecutive operations as it was sealed. Never cut anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Their log.
    pub log: LogId,
    /// First operation.
    pub from: u64,
    /// Last operation.
    pub to: u64,
    /// The exact signed text.
    pub text: String,
    /// Its signature, as sent.
    pub signature: String,
}

impl Read<'_> {
    /// The texts of a log's oldest operations no frame has yet, consecutive, with their numbers: at most so many and of so
    /// many bytes together, but at least one if there is any. What a later log says again is passed over: its number stays
    /// empty at the centre, where it would be judged by a base its author never saw (I6, I12).
    ///
    /// # Errors
    /// Reading failed.
    pub fn unframed(&self, log: LogId, limit_ops: usize, limit_bytes: usize) -> Result<Vec<(u64, String)>> {
        let number = self.log_number(log)?.ok_or(crate::Error::NotFound("log"))?;
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, text FROM operation
             WHERE log = ?1 AND seq > (SELECT coalesce(max(last), 0) FROM frame WHERE log = ?1) AND moved IS NULL
             ORDER BY seq LIMIT ?2",
        )?;
        let mut rows = statement.query(params![number, limit_ops.max(1)])?;
        let (mut run, mut bytes): (Vec<(u64, String)>, _) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let (seq, text): (u64, String) = (row.get(0)?, row.get(1)?);
            bytes += text.len();
            if run
                .last()
                .is_some_and(|(before, _)| bytes > limit_bytes || seq != before + 1)
            {
                break;
            }
            run.push((seq, text));
        }
        Ok(run)
    }

    /// The logs this device writes or wrote under its present keys, oldest first: what no frame has yet can be sealed.
    ///
    /// # Errors
    /// Reading failed.
    pub fn logs_to_seal(&self) -> Result<Vec<LogId>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT l.id FROM identity i JOIN log l JOIN operation o ON o.log = l.number AND o.seq = 1
             WHERE json_extract(o.text, '$.device') = i.device ORDER BY l.number",
        )?;
        let logs = statement
            .query_map([], |row| row.get(0).map(LogId))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(logs)
    }

    /// Frames of one log that hold an operation still queued, oldest first: whole, at most `max_ops` operations together,
    /// but at least one frame if there is any. A later log comes when an earlier has nothing left: what becomes of the
    /// earlier can change what the later has to say (I12).
    ///
    /// # Errors
    /// Reading failed.
    pub fn frames_to_send(&self, max_ops: u64) -> Result<Vec<Frame>> {
        let (mut frames, mut operations) = (Vec::new(), 0);
        for log in self.logs()? {
            let mut after = 0;
            while let Some(frame) = self.next_frame(&log, after)? {
                operations += frame.to - frame.from + 1;
                if operations > max_ops && !frames.is_empty() {
                    return Ok(frames);
                }
                after = frame.to;
                frames.push(frame);
            }
            if !frames.is_empty() {
                break;
            }
        }
        Ok(frames)
    }

    /// SHA-256 over the digests of the log's operations in these ranges, both ends inside; `None` when one is not here.
    ///
    /// # Errors
    /// Reading failed.
    pub fn digest_of(&self, log: LogId, ranges: &[(u64, u64)]) -> Result<Option<[u8; 32]>> {
        let Some(log) = self.log_number(log)? else {
            return Ok(None);
        };
        let mut statement = self
            .connection
            .prepare_cached("SELECT digest FROM operation WHERE log = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq")?;
        let mut hash = Sha256::new();
        for (from, to) in ranges {
            let (mut rows, mut found) = (statement.query(params![log, from, to])?, 0);
            while let Some(row) = rows.next()? {
                hash.update(row.get::<_, [u8; 32]>(0)?);
                found += 1;
            }
            if to.checked_sub(*from).and_then(|run| run.checked_add(1)) != Some(found) {
                return Ok(None);
            }
        }
        Ok(Some(hash.finalize().into()))
    }

    /// The frame of the log's oldest queued operation after number `after` that is in one: what was said again before it was
    /// sealed never will be.
    fn next_frame(&self, log: &OwnLog, after: u64) -> Result<Option<Frame>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT first, last, text, signature FROM frame
             WHERE log = ?1 AND last >= (SELECT seq FROM operation o
                                         WHERE log = ?1 AND state = 0 AND state < 3 AND seq > ?2
                                           AND (moved IS NULL OR EXISTS
                                             (SELECT 1 FROM frame WHERE log = ?1 AND o.seq BETWEEN first AND last))
                                         ORDER BY seq LIMIT 1)
             ORDER BY last LIMIT 1",
        )?;
        let frame = statement
            .query_row(params![log.number, after], |row| {
                Ok(Frame {
                    log: log.id,
                    from: row.get(0)?,
                    to: row.get(1)?,
                    text: row.get(2)?,
                    signature: row.get(3)?,
                })
            })
            .optional()?;
        Ok(frame)
    }
}

impl Write<'_> {
    /// Keeps a sealed frame.
    ///
    /// # Errors
    /// The log is not of this file; writing failed, e.g. because the frame's first operation was sealed before.
    pub fn put_frame(&self, frame: &Frame) -> Result<()> {
        let log = self.log_number(frame.log)?.ok_or(crate::Error::NotFound("log"))?;
        self.connection
            .prepare_cached("INSERT INTO frame (log, first, last, text, signature) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![log, frame.from, frame.to, frame.text, frame.signature])?;
        Ok(())
    }

    /// Notes that queued operations are in flight.
    ///
    /// # Errors
    /// Writing failed.
    pub fn mark_sent(&self, log: LogId, from: u64, to: u64) -> Result<()> {
        let Some(log) = self.log_number(log)? else {
            return Ok(());
        };
        self.connection
            .prepare_cached("UPDATE operation SET state = 1 WHERE log = ?1 AND seq BETWEEN ?2 AND ?3 AND state = 0")?
            .execute(params![log, from, to])?;
        self.spread_states(log, from, to)
    }
}
