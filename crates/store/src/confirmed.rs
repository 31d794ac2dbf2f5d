use std::fmt::Write as _;

use hocvu_model::{LogId, OperationId, operation};
use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};

use crate::{Read, Result};

/// Everything the centre confirmed to this device, in one page to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// Operations with a receipt, `open` left out.
    pub operations: u32,
    /// Living sessions whose latest own operation the centre made part of the record.
    pub sessions: u32,
    /// Lượt in them.
    pub attended: u64,
    /// Operations without a receipt.
    pub waiting: u32,
    /// SHA-256, hex, over the digests of the log's operations that have a receipt, `open` included, by number. The centre
    /// computes the same one.
    pub digest_hex: String,
    /// Receipt of the last of them.
    pub latest_receipt: Option<String>,
    /// When the latest receipt arrived here, RFC 3339.
    pub at: Option<String>,
}

impl Read<'_> {
    /// What the centre confirmed of this device's log.
    ///
    /// # Errors
    /// Not found when the device has no identity; reading failed.
    pub fn confirmed(&self) -> Result<Confirmed> {
        let log = self.own_log()?;
        let mut statement = self
            .connection
            .prepare_cached("SELECT digest FROM operation WHERE log = ?1 AND fseq IS NOT NULL ORDER BY seq")?;
        let mut rows = statement.query([log.number])?;
        let mut hash = Sha256::new();
        while let Some(row) = rows.next()? {
            hash.update(row.get::<_, [u8; 32]>(0)?);
        }
        let (sessions, attended) = self
            .connection
            .prepare_cached(
                "SELECT count(*), coalesce(sum(s.attended), 0) FROM record r JOIN session s ON s.number = r.number
                 WHERE r.own IS NOT NULL AND s.void = 0 AND s.state IN (3, 4)",
            )?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let tally = self.tally()?;
        Ok(Confirmed {
            operations: tally.sent,
            sessions,
            attended,
            waiting: tally.waiting,
            digest_hex: hex(&hash.finalize()),
            latest_receipt: self.latest_receipt(log.number, log.id)?,
            at: self.latest_arrival()?,
        })
    }

    fn latest_receipt(&self, number: i64, log: LogId) -> Result<Option<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, digest, fseq FROM operation WHERE log = ?1 AND fseq IS NOT NULL AND record IS NOT NULL
             ORDER BY seq DESC LIMIT 1",
        )?;
        let latest: Option<(u64, [u8; 32], u64)> = statement
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((seq, digest, fseq)) = latest else {
            return Ok(None);
        };
        let id = OperationId { log, seq };
        Ok(Some(operation::receipt(&self.deployment()?, id, &digest, fseq)))
    }

    fn latest_arrival(&self) -> Result<Option<String>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT max(received_at) FROM operation WHERE record IS NOT NULL")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string never fails");
    }
    text
}
