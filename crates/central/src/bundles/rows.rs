//! The table of bundles.

use hocvu_wire::bundle::{BundleId, Header};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::desk::Desk;
use crate::error::Result;

/// A bundle that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: BundleId,
    /// SHA-256 of its sealed part.
    pub sha256: [u8; 32],
    /// Number of its device.
    pub device: i64,
    /// Operations of it with a receipt.
    pub operations: u32,
    /// JSON of its receipt.
    pub receipt: String,
}

const COLUMNS: &str = "id, sha256, device, operations, receipt";

/// The bundle with this content.
///
/// # Errors
/// SQLite's own.
pub fn by_content(db: &Connection, sha256: &[u8; 32]) -> Result<Option<Known>> {
    let mut find = db.prepare_cached(&format!("SELECT {COLUMNS} FROM bundle WHERE sha256 = ?1"))?;
    Ok(find.query_row([sha256], read).optional()?)
}

/// The bundle with this id; the earliest, should somebody have made another one under it.
///
/// # Errors
/// SQLite's own.
pub fn by_id(db: &Connection, id: BundleId) -> Result<Option<Known>> {
    let mut find = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM bundle WHERE id = ?1 ORDER BY arrived, sha256 LIMIT 1"
    ))?;
    Ok(find.query_row([id.0], read).optional()?)
}

impl Desk<'_> {
    /// Notes that a bundle was taken. One that was noted before stays as it is.
    pub(super) fn put_bundle(&self, header: &Header, known: &Known) -> Result<()> {
        self.db
            .prepare_cached(
                "INSERT INTO bundle (sha256, id, size, device, arrived, operations, receipt)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (sha256) DO NOTHING",
            )?
            .execute(params![
                header.sha256,
                header.id.0,
                header.size,
                known.device,
                self.now.timestamp(),
                known.operations,
                known.receipt
            ])?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Known> {
    Ok(Known {
        id: BundleId(row.get(0)?),
        sha256: row.get(1)?,
        device: row.get(2)?,
        operations: row.get(3)?,
        receipt: row.get(4)?,
    })
}
