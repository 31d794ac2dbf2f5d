//! Who did what to the centre: rows bound to one another by a hash, so that none can be altered or taken out unseen.

use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::Result;

/// Writes one act. `detail` never holds a code, a key or a text of a record.
///
/// # Errors
/// SQLite's own.
pub(crate) fn write(db: &Connection, at: i64, actor: &str, act: &str, detail: &Value) -> Result<()> {
    let before: Option<[u8; 32]> = db
        .prepare_cached("SELECT hash FROM audit ORDER BY no DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let detail = detail.to_string();
    let hash = link(&before.unwrap_or_default(), at, actor, act, &detail);
    db.prepare_cached("INSERT INTO audit (at, actor, act, detail, hash) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((at, actor, act, detail, hash))?;
    Ok(())
}

/// The number of the first row that does not follow from the one before, if any; and how many rows there are.
///
/// # Errors
/// SQLite's own.
pub(crate) fn verify(db: &Connection) -> Result<(u64, Option<i64>)> {
    let mut read = db.prepare("SELECT no, at, actor, act, detail, hash FROM audit ORDER BY no")?;
    let mut rows = read.query([])?;
    let (mut before, mut count) = ([0; 32], 0);
    while let Some(row) = rows.next()? {
        count += 1;
        let (no, at, hash): (i64, i64, [u8; 32]) = (row.get(0)?, row.get(1)?, row.get(5)?);
        let (actor, act, detail): (String, String, String) = (row.get(2)?, row.get(3)?, row.get(4)?);
        if hash != link(&before, at, &actor, &act, &detail) || no != count {
            return Ok((count as u64, Some(no)));
        }
        before = hash;
    }
    Ok((count as u64, None))
}

fn link(before: &[u8; 32], at: i64, actor: &str, act: &str, detail: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(at.to_be_bytes());
    for text in [actor, act, detail] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().into()
}
