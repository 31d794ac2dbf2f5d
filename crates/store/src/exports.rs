use hocvu_model::LogId;
use rusqlite::{OptionalExtension, Row, params};

use crate::{Frame, Read, Result, Write};

/// Which frames go into a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportScope {
    /// Those that hold an operation without a receipt, unless a later log says it again.
    Unsent,
    /// Those that hold an operation written at this second of 1970 or later, by its author's clock.
    Since(i64),
    /// All.
    All,
}

/// The centre's keys as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKeys {
    /// The root that signs them.
    pub root: [u8; 32],
    /// Counts rotations.
    pub version: u32,
    /// The exact signed text.
    pub text: String,
    /// Its signature.
    pub signature: String,
}

/// A bundle this device wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its id.
    pub id: [u8; 16],
    /// Name of its file.
    pub name: String,
    /// When, RFC 3339.
    pub at: String,
    /// `asked`, `second_place`.
    pub reason: String,
    /// Bytes of its file.
    pub size: u64,
    /// Operations inside.
    pub operations: u32,
    /// When its receipt came back.
    pub receipt_at: Option<String>,
}

/// Unsent operations that are in no bundle of the second place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uncovered {
    /// How many.
    pub operations: u32,
    /// The earliest, by its author's clock.
    pub oldest: Option<i64>,
}

/// Name of the reason of automatic copies.
const SECOND_PLACE: &str = "second_place";

impl Read<'_> {
    /// Sealed frames of this scope with their row numbers, oldest first, from after row `after` on.
    ///
    /// # Errors
    /// Reading failed.
    pub fn frames_to_export(&self, scope: ExportScope, after: i64, limit: u32) -> Result<Vec<(i64, Frame)>> {
        let (condition, since) = match scope {
            ExportScope::All => ("", i64::MIN),
            ExportScope::Unsent => ("AND o.state < 3 AND o.moved IS NULL", i64::MIN),
            ExportScope::Since(at) => ("AND o.text ->> '$.at' >= ?3", at),
        };
        let sql = format!(
            "SELECT f.number, l.id, f.first, f.last, f.text, f.signature FROM frame f JOIN log l ON l.number = f.log
             WHERE f.number > ?1 AND ?3 IS NOT NULL AND EXISTS
               (SELECT 1 FROM operation o WHERE o.log = f.log AND o.seq BETWEEN f.first AND f.last {condition})
             ORDER BY f.number LIMIT ?2"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let frames = statement
            .query_map(params![after, limit, since], |row| Ok((row.get(0)?, frame(row, 1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(frames)
    }

    /// The frame of a log that begins with this number.
    ///
    /// # Errors
    /// Reading failed.
    pub fn frame_at(&self, log: LogId, from: u64) -> Result<Option<Frame>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT l.id, f.first, f.last, f.text, f.signature FROM frame f JOIN log l ON l.number = f.log
             WHERE l.id = ?1 AND f.first = ?2",
        )?;
        Ok(statement
            .query_row(params![log.0, from], |row| frame(row, 0))
            .optional()?)
    }

    /// Bundles this device wrote, newest first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn exports(&self, limit: u32) -> Result<Vec<Export>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, name, at, reason, size, operations, receipt_at FROM export ORDER BY number DESC LIMIT ?1",
        )?;
        let exports = statement
            .query_map([limit], |row| {
                Ok(Export {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    at: row.get(2)?,
                    reason: row.get(3)?,
                    size: row.get(4)?,
                    operations: row.get(5)?,
                    receipt_at: row.get(6)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(exports)
    }

    /// Whether this device wrote the bundle.
    ///
    /// # Errors
    /// Reading failed.
    pub fn is_own_export(&self, id: [u8; 16]) -> Result<bool> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM export WHERE id = ?1)")?;
        Ok(statement.query_row([id], |row| row.get(0))?)
    }

    /// What the second place does not hold yet. An operation whose receipt was lost counts as unsent again, and as covered
    /// if it ever was.
    ///
    /// # Errors
    /// Reading failed.
    pub fn uncovered(&self) -> Result<Uncovered> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*), min(text ->> '$.at') FROM operation INDEXED BY operation_unconfirmed
             WHERE state < 3 AND seq > 1 AND moved IS NULL
               AND number > (SELECT coalesce(max(upto), 0) FROM export WHERE reason = ?1)",
        )?;
        Ok(statement.query_row([SECOND_PLACE], |row| {
            Ok(Uncovered {
                operations: row.get(0)?,
                oldest: row.get(1)?,
            })
        })?)
    }

    /// The latest operation's row number; 0 before the first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn latest_number(&self) -> Result<i64> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT coalesce(max(number), 0) FROM operation")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// The centre's keys, if they were ever learnt.
    ///
    /// # Errors
    /// Reading failed.
    pub fn keys(&self) -> Result<Option<StoredKeys>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT root, version, text, signature FROM key_set")?;
        let keys = statement
            .query_row([], |row| {
                Ok(StoredKeys {
                    root: row.get(0)?,
                    version: row.get(1)?,
                    text: row.get(2)?,
                    signature: row.get(3)?,
                })
            })
            .optional()?;
        Ok(keys)
    }
}

impl Write<'_> {
    /// Notes that a bundle lies whole on its medium, with these runs of operations (log, first, last). Where the operations
    /// stand does not change (I18).
    ///
    /// # Errors
    /// Writing failed.
    pub fn note_export(&self, export: &Export, runs: &[(LogId, u64, u64)], upto: i64) -> Result<()> {
        let Export {
            id,
            name,
            at,
            reason,
            size,
            operations,
            receipt_at: _,
        } = export;
        self.connection
            .prepare_cached(
                "INSERT INTO export (id, name, at, reason, size, operations, upto) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![id, name, at, reason, size, operations, upto])?;
        for (log, from, to) in runs {
            self.connection
                .prepare_cached(
                    "UPDATE operation SET exported_at = ?4
                     WHERE log = (SELECT number FROM log WHERE id = ?1) AND seq BETWEEN ?2 AND ?3",
                )?
                .execute(params![log.0, from, to, at])?;
            #[cfg(feature = "planted")]
            if hocvu_model::planted::is(hocvu_model::planted::Bug::ExportedCountsAsSent) {
                self.connection
                    .prepare_cached(
                        "UPDATE operation SET state = 1
                         WHERE log = (SELECT number FROM log WHERE id = ?1) AND seq BETWEEN ?2 AND ?3 AND state < 3",
                    )?
                    .execute(params![log.0, from, to])?;
            }
        }
        Ok(())
    }

    /// Notes that the receipt of a bundle came back.
    ///
    /// # Errors
    /// Writing failed.
    pub fn export_has_receipt(&self, id: [u8; 16], at: &str) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE export SET receipt_at = coalesce(receipt_at, ?2) WHERE id = ?1")?
            .execute(params![id, at])?;
        Ok(())
    }

    /// Keeps the centre's keys. A root once believed stays: with another one nothing is kept, nor with a lower version.
    /// Returns whether these are new.
    ///
    /// # Errors
    /// Writing failed.
    pub fn put_keys(&self, keys: &StoredKeys) -> Result<bool> {
        let StoredKeys {
            root,
            version,
            text,
            signature,
        } = keys;
        let changed = self
            .connection
            .prepare_cached(
                "INSERT INTO key_set (one, root, version, text, signature) VALUES (1, ?1, ?2, ?3, ?4)
                 ON CONFLICT (one) DO UPDATE SET version = excluded.version, text = excluded.text,
                                                 signature = excluded.signature
                 WHERE root = excluded.root AND version < excluded.version",
            )?
            .execute(params![root, version, text, signature])?;
        Ok(changed > 0)
    }
}

pub(crate) fn frame(row: &Row<'_>, at: usize) -> rusqlite::Result<Frame> {
    Ok(Frame {
        log: LogId(row.get(at)?),
        from: row.get(at + 1)?,
        to: row.get(at + 2)?,
        text: row.get(at + 3)?,
        signature: row.get(at + 4)?,
    })
}
