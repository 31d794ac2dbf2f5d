//! Receipts given again: what became of operations whose answers were lost on their way.

use hocvu_model::ids::LogId;
use hocvu_wire::b64;
use hocvu_wire::batch::{Outcome, fold};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use crate::desk::ruling_of;
use crate::error::Result;

/// Operations one answer speaks of: more than any device has in flight, and little work (I19).
const OPERATIONS_MAX: usize = 2_000;

/// Outcomes of the operations of a device's log from number `from` on, and SHA-256 over their digests, base64url; nothing
/// of another device's log.
///
/// # Errors
/// SQLite's own; a stored ruling that cannot be read.
pub(crate) fn receipts(db: &Connection, device: i64, log: LogId, from: u64) -> Result<(Vec<Outcome>, String)> {
    let mut find = db.prepare_cached(
        "SELECT o.seq, o.fseq, o.sha256, o.verdict, o.code, o.findings, o.message
         FROM operation o JOIN log l ON l.no = o.log
         WHERE l.id = ?1 AND l.device = ?2 AND o.seq >= ?3 ORDER BY o.seq LIMIT ?4",
    )?;
    let mut rows = find.query(params![log.0, device, from.min(i64::MAX as u64), OPERATIONS_MAX])?;
    let (mut outcomes, mut hash) = (Vec::new(), Sha256::new());
    while let Some(row) = rows.next()? {
        hash.update(row.get::<_, [u8; 32]>(2)?);
        outcomes.push(Outcome::Stored {
            log: None,
            from: row.get(0)?,
            to: None,
            fseq: row.get(1)?,
            ruling: ruling_of(row, 3)?,
        });
    }
    Ok((fold(outcomes), b64::encode(hash.finalize())))
}
