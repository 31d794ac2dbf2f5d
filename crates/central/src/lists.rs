//! What a person or a script may ask the centre's file: receipts of a log, sessions of a unit, devices, what is held.

use hocvu_model::ids::{LogId, OperationId, RecordId};
use hocvu_model::operation::receipt;
use hocvu_model::unit::{Boundaries, UnitBook};
use hocvu_wire::batch::Ruling;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::desk::ruling_of;
use crate::error::{Error, Result};
use crate::reading::Body;

/// The receipt of a log.
#[derive(Debug, Serialize)]
pub struct LogReceipt {
    /// The log.
    pub log: LogId,
    /// The device that writes it.
    pub device: String,
    /// SHA-256 over the digests of its operations in order, hex: the device prints the same.
    pub digest: String,
    /// Its operations in order.
    pub operations: Vec<OperationReceipt>,
}

/// The receipt of one operation.
#[derive(Debug, Serialize)]
pub struct OperationReceipt {
    /// Its number.
    pub seq: u64,
    /// Arrival number.
    pub fseq: u64,
    /// As a person reads it: `90171-K7M2Q`.
    pub receipt: String,
    /// How it stands.
    #[serde(flatten)]
    pub ruling: Ruling,
}

/// A record as it stands.
#[derive(Debug, Serialize)]
pub struct SessionRow {
    /// The record.
    pub id: RecordId,
    /// Uid of its unit.
    pub unit: String,
    /// The operation that made it so.
    pub head: OperationId,
    /// Whether it is void.
    pub void: bool,
    /// Changes kept beside it, waiting for a person.
    pub branches: i64,
    /// Its body.
    pub body: Body,
}

/// A device.
#[derive(Debug, Serialize)]
pub struct DeviceRow {
    /// Its id.
    pub id: String,
    /// The person.
    pub user_name: String,
    /// Uids it may write and see.
    pub units: Vec<String>,
    /// Seconds since 1970.
    pub enrolled_at: i64,
    /// Seconds since 1970.
    pub revoked_at: Option<i64>,
    /// Operations received from it.
    pub operations: i64,
}

/// An operation that waits.
#[derive(Debug, Serialize)]
pub struct HeldRow {
    /// The operation.
    pub id: OperationId,
    /// Arrival number.
    pub fseq: u64,
    /// How it stands and why.
    #[serde(flatten)]
    pub ruling: Ruling,
    /// The device.
    pub device: String,
    /// What it waits for.
    pub cause: Option<String>,
}

/// The receipt of a log.
///
/// # Errors
/// [`Error::Refused`] when there is no such log; SQLite's own.
pub fn log_receipt(db: &Connection, log: LogId) -> Result<LogReceipt> {
    let deployment: String = crate::db::meta(db, "deployment")?.unwrap_or_default();
    let found: Option<(i64, String)> = db
        .prepare_cached("SELECT l.no, d.id FROM log l JOIN device d ON d.no = l.device WHERE l.id = ?1")?
        .query_row([log.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (no, device) = found.ok_or_else(|| Error::Refused(format!("Máy chủ chưa nhận gì của sổ “{log}”.")))?;
    let mut read = db.prepare_cached(
        "SELECT seq, fseq, sha256, verdict, code, findings, message FROM operation WHERE log = ?1 ORDER BY seq",
    )?;
    let mut rows = read.query([no])?;
    let (mut operations, mut digest) = (Vec::new(), Sha256::new());
    while let Some(row) = rows.next()? {
        let (seq, fseq, sha256): (u64, u64, [u8; 32]) = (row.get(0)?, row.get(1)?, row.get(2)?);
        digest.update(sha256);
        operations.push(OperationReceipt {
            seq,
            fseq,
            receipt: receipt(&deployment, OperationId { log, seq }, &sha256, fseq),
            ruling: ruling_of(row, 3)?,
        });
    }
    let digest = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(LogReceipt {
        log,
        device,
        digest,
        operations,
    })
}

/// The sessions of a unit and all below it, as boundaries are now, newest date first.
///
/// # Errors
/// SQLite's own.
pub fn sessions(db: &Connection, units: &UnitBook, unit: &str) -> Result<Vec<SessionRow>> {
    let mut read = db.prepare_cached(include_str!("queries/sessions.sql"))?;
    let mut rows = read.query([])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        let its_unit: String = row.get(1)?;
        if !units.is_within(&its_unit, unit, Boundaries::AsIsNow) {
            continue;
        }
        let body: String = row.get(5)?;
        sessions.push(SessionRow {
            id: RecordId(uuid::Uuid::from_bytes(row.get(0)?)),
            unit: its_unit,
            head: OperationId {
                log: LogId(row.get(2)?),
                seq: row.get(3)?,
            },
            void: row.get(4)?,
            body: serde_json::from_str(&body).map_err(|e| Error::Damaged(format!("a stored body: {e}")))?,
            branches: row.get(6)?,
        });
    }
    let date = |row: &SessionRow| row.body.get("date").map(ToString::to_string);
    sessions.sort_by(|a, b| date(b).cmp(&date(a)).then(a.id.cmp(&b.id)));
    Ok(sessions)
}

/// Every device.
///
/// # Errors
/// SQLite's own.
pub fn devices(db: &Connection) -> Result<Vec<DeviceRow>> {
    let mut read = db.prepare_cached(include_str!("queries/devices.sql"))?;
    let rows = read.query_map([], |row| {
        let units: String = row.get(2)?;
        Ok(DeviceRow {
            id: row.get(0)?,
            user_name: row.get(1)?,
            units: units.split(' ').map(str::to_owned).collect(),
            enrolled_at: row.get(3)?,
            revoked_at: row.get(4)?,
            operations: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every operation that is not applied and waits for something or somebody, oldest first.
///
/// # Errors
/// SQLite's own.
pub fn held(db: &Connection) -> Result<Vec<HeldRow>> {
    let mut read = db.prepare_cached(include_str!("queries/held.sql"))?;
    let mut rows = read.query([])?;
    let mut held = Vec::new();
    while let Some(row) = rows.next()? {
        held.push(HeldRow {
            id: OperationId {
                log: LogId(row.get(0)?),
                seq: row.get(1)?,
            },
            fseq: row.get(2)?,
            ruling: ruling_of(row, 3)?,
            device: row.get(7)?,
            cause: row.get(8)?,
        });
    }
    Ok(held)
}
