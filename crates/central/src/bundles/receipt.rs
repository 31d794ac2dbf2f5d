//! The receipt of a bundle as a file for its device.

use ed25519_dalek::SigningKey;
use hocvu_wire::bundle::{Receipt, seal_receipt};
use hocvu_wire::keys::PublicKey;
use rusqlite::Connection;

use super::rows::{self, Known};
use crate::error::{Error, Result};
use crate::keys::{self, Working};

pub use hocvu_wire::bundle::BundleId;

/// The `*.hvr` file of a bundle: signed with the key in force and sealed to the device that made the bundle, so whoever
/// fetches it learns nothing. Nothing when the bundle was not taken, or its device was revoked since (I14).
///
/// # Errors
/// SQLite's own.
pub fn receipt_file(db: &Connection, id: BundleId, sha256: Option<&[u8; 32]>) -> Result<Option<Vec<u8>>> {
    let known = match sha256 {
        Some(sha256) => rows::by_content(db, sha256)?.filter(|known| known.id == id),
        None => rows::by_id(db, id)?,
    };
    let (Some(known), Some(working)) = (known, keys::working(db)?) else {
        return Ok(None);
    };
    let Known { device, receipt, .. } = known;
    let (seal, revoked): ([u8; 32], bool) = db
        .prepare_cached("SELECT seal, revoked_at IS NOT NULL FROM device WHERE no = ?1")?
        .query_row([device], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if revoked {
        return Ok(None);
    }
    let receipt: Receipt =
        serde_json::from_str(&receipt).map_err(|error| Error::Damaged(format!("a stored receipt: {error}")))?;
    let Working { public, sign, .. } = working;
    let sign: &SigningKey = &sign;
    Ok(Some(seal_receipt(&receipt, id, sign, &public.keys, &PublicKey(seal))))
}
