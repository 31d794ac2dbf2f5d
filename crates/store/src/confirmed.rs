use std::fmt::Write as _;

use hocvu_model::{LogId, OperationId, operation};
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
    /// When that receipt arrived here, RFC 3339.
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
            .prepare_cached("SELECT digest FROM operation INDEXED BY operation_confirmed WHERE log = ?1 AND fseq IS NOT NULL ORDER BY seq")?;
        let mut rows = statement.query([log.number])?;
        let mut hash = Sha256::new();
        while let Some(row) = rows.next()? {
            hash.update(row.get::<_, [u8; 32]>(0)?);
        }
        let (sessions, attended) = self
            .connection
            .prepare_cached(
                "SELECT count(*), coalesce(sum(attended), 0) FROM session WHERE void = 0 AND state IN (3, 4)",
            )?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (latest_receipt, at) = self.latest_receipt(log.number, log.id)?.unzip();
        let tally = self.tally()?;
        Ok(Confirmed {
            operations: tally.sent,
            sessions,
            attended,
            waiting: tally.waiting,
            digest_hex: hex(&hash.finalize()),
            latest_receipt,
            at,
        })
    }

    /// The receipt of the last operation that has one, and when it arrived.
    fn latest_receipt(&self, number: i64, log: LogId) -> Result<Option<(String, String)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, digest, fseq, received_at FROM operation
             WHERE log = ?1 AND fseq IS NOT NULL AND seq > 1 ORDER BY seq DESC LIMIT 1",
        )?;
        let mut rows = statement.query([number])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let id = OperationId { log, seq: row.get(0)? };
        let (digest, fseq): ([u8; 32], u64) = (row.get(1)?, row.get(2)?);
        let receipt = operation::receipt(&self.deployment()?, id, &digest, fseq);
        Ok(Some((receipt, row.get(3)?)))
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string never fails");
    }
    text
}
