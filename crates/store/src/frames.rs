use hocvu_model::LogId;
use rusqlite::{OptionalExtension, params};

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
    /// The texts of the oldest operations no frame has yet, consecutive, with their numbers: at most so many and of so many
    /// bytes together, but at least one if there is any.
    ///
    /// # Errors
    /// Reading failed.
    pub fn unframed(&self, limit_ops: usize, limit_bytes: usize) -> Result<Vec<(u64, String)>> {
        let log = self.own_log()?;
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, text FROM operation
             WHERE log = ?1 AND seq > (SELECT coalesce(max(last), 0) FROM frame WHERE log = ?1)
             ORDER BY seq LIMIT ?2",
        )?;
        let mut rows = statement.query(params![log.number, limit_ops.max(1)])?;
        let (mut run, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let text: String = row.get(1)?;
            bytes += text.len();
            if bytes > limit_bytes && !run.is_empty() {
                break;
            }
            run.push((row.get(0)?, text));
        }
        Ok(run)
    }

    /// Frames that hold an operation still queued, oldest first: whole, at most `max_ops` operations together, but at least
    /// one frame if there is any.
    ///
    /// # Errors
    /// Reading failed.
    pub fn frames_to_send(&self, max_ops: u64) -> Result<Vec<Frame>> {
        let (mut frames, mut operations, mut after) = (Vec::new(), 0, 0);
        while let Some((frame, number)) = self.next_frame(after)? {
            operations += frame.to - frame.from + 1;
            if operations > max_ops && !frames.is_empty() {
                break;
            }
            after = number;
            frames.push(frame);
        }
        Ok(frames)
    }

    /// The frame of the oldest queued operation after operation row `after`, and the row of that frame's last operation.
    fn next_frame(&self, after: i64) -> Result<Option<(Frame, i64)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT l.id, f.first, f.last, f.text, f.signature, last.number
             FROM (SELECT o.log, o.seq FROM operation o
                   WHERE o.state = 0 AND o.state < 3 AND o.number > ?1
                     AND EXISTS (SELECT 1 FROM frame WHERE log = o.log AND last >= o.seq)
                   ORDER BY o.number LIMIT 1) q
             JOIN frame f ON f.log = q.log AND f.first = (SELECT max(first) FROM frame WHERE log = q.log AND first <= q.seq)
             JOIN operation last ON last.log = f.log AND last.seq = f.last
             JOIN log l ON l.number = f.log",
        )?;
        let found = statement
            .query_row([after], |row| {
                let frame = Frame {
                    log: LogId(row.get(0)?),
                    from: row.get(1)?,
                    to: row.get(2)?,
                    text: row.get(3)?,
                    signature: row.get(4)?,
                };
                Ok((frame, row.get(5)?))
            })
            .optional()?;
        Ok(found)
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
