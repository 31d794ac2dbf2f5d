//! Who and where: devices, their logs and grants, and the unit book, as the writer last read or changed them.
//!
//! Request tasks work on a snapshot; what they prepared with an older one is judged again by the writer.

use std::collections::HashMap;

use ed25519_dalek::VerifyingKey;
use hocvu_model::Role;
use hocvu_model::ids::{LogId, UnitUid};
use hocvu_model::unit::{Boundaries, Level, Succession, SuccessionKind, Unit, UnitBook};
use rusqlite::{Connection, Row};

use crate::error::{Error, Result};

/// A device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its number in the database.
    pub no: i64,
    /// Its id on the wire.
    pub id: String,
    /// Checks its frames.
    pub key: VerifyingKey,
    /// What arrives from a revoked device is set aside.
    pub revoked: bool,
    /// Units it may write and see, with all below them.
    pub grants: Vec<Granted>,
}

/// A right over a unit and all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Uid of the unit.
    pub unit: String,
    /// What the device is there.
    pub role: Role,
}

impl Granted {
    /// Whether the unit is the granted one or lies below it, as boundaries are now.
    pub fn covers(&self, units: &UnitBook, unit: &str) -> bool {
        self.unit == unit || units.is_within(unit, &self.unit, Boundaries::AsIsNow)
    }

    /// Reads a grant; a role of another program weighs least.
    pub(crate) fn from_row(unit: String, role: &str) -> Self {
        Self {
            unit,
            role: Role::parse(role).unwrap_or(Role::Team),
        }
    }
}

/// Id of the device in whose name the administrator of the machine acts: over every unit, with the province's weight.
pub const CENTRE: &str = "centre";

/// A log and whose it is.
#[derive(Debug, Clone, Copy)]
pub struct Log {
    /// Its number in the database.
    pub no: i64,
    /// Number of its device.
    pub device: i64,
}

/// A snapshot of everything that is about who and where.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// Name of the deployment.
    pub deployment: String,
    /// All units.
    pub units: UnitBook,
    /// Rises whenever units change: a check made with an older book is made again.
    pub units_version: u64,
    devices: HashMap<i64, Device>,
    numbers: HashMap<String, i64>,
    logs: HashMap<LogId, Log>,
}

impl Directory {
    /// Reads everything.
    ///
    /// # Errors
    /// SQLite's own, or rows that cannot be.
    pub fn load(db: &Connection, units_version: u64) -> Result<Self> {
        let mut directory = Self {
            deployment: crate::db::meta(db, "deployment")?.unwrap_or_default(),
            units: units(db)?,
            units_version,
            ..Self::default()
        };
        let mut devices = db.prepare_cached("SELECT no, id, sign, revoked_at IS NOT NULL FROM device")?;
        let mut rows = devices.query([])?;
        while let Some(row) = rows.next()? {
            let device = Device {
                no: row.get(0)?,
                id: row.get(1)?,
                key: VerifyingKey::from_bytes(&row.get(2)?)
                    .map_err(|_| Error::Damaged("a device's key is no key".into()))?,
                revoked: row.get(3)?,
                grants: Vec::new(),
            };
            directory.put_device(device);
        }
        let mut grants = db.prepare_cached("SELECT device, unit, role FROM device_grant ORDER BY device, unit")?;
        let mut rows = grants.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(device) = directory.devices.get_mut(&row.get(0)?) {
                let role: String = row.get(2)?;
                device.grants.push(Granted::from_row(row.get(1)?, &role));
            }
        }
        let mut logs = db.prepare_cached("SELECT id, no, device FROM log")?;
        let mut rows = logs.query([])?;
        while let Some(row) = rows.next()? {
            let log = Log {
                no: row.get(1)?,
                device: row.get(2)?,
            };
            directory.logs.insert(LogId(row.get(0)?), log);
        }
        Ok(directory)
    }

    /// The device with this id.
    pub fn device(&self, id: &str) -> Option<&Device> {
        self.devices.get(self.numbers.get(id)?)
    }

    /// The device with this number.
    pub fn device_no(&self, no: i64) -> Option<&Device> {
        self.devices.get(&no)
    }

    /// The log with this id.
    pub fn log(&self, id: LogId) -> Option<Log> {
        self.logs.get(&id).copied()
    }

    /// Whether the unit lies under a grant of the device, as boundaries are now.
    pub fn in_scope(&self, device: i64, unit: &str) -> bool {
        self.rank_over(device, unit).is_some()
    }

    /// Weight of the device's word over the unit: of its highest grant that covers it; nothing without one.
    pub fn rank_over(&self, device: i64, unit: &str) -> Option<u8> {
        let device = self.devices.get(&device)?;
        if device.id == CENTRE {
            return Some(Role::Province.rank());
        }
        device
            .grants
            .iter()
            .filter(|grant| grant.covers(&self.units, unit))
            .map(|grant| grant.role.rank())
            .max()
    }

    /// Whether the device is an officer's over the unit.
    pub fn is_officer_over(&self, device: i64, unit: &str) -> bool {
        self.rank_over(device, unit)
            .is_some_and(|rank| rank >= Role::Commune.rank())
    }

    /// Every device.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values()
    }

    pub(crate) fn put_device(&mut self, device: Device) {
        self.numbers.insert(device.id.clone(), device.no);
        self.devices.insert(device.no, device);
    }

    pub(crate) fn put_log(&mut self, id: LogId, log: Log) {
        self.logs.insert(id, log);
    }
}

/// The shipped units and those made by people.
///
/// # Errors
/// SQLite's own, or rows that cannot be.
pub fn units(db: &Connection) -> Result<UnitBook> {
    let mut book = UnitBook::shipped();
    let mut made = db
        .prepare_cached("SELECT uid, level, name, parent, code, valid_from, valid_to, sort, members, void FROM unit")?;
    let mut rows = made.query([])?;
    while let Some(row) = rows.next()? {
        book.put(unit(row)?);
    }
    successions(db)?
        .into_iter()
        .for_each(|succession| book.succeed(succession));
    Ok(book)
}

/// The successions made by people.
///
/// # Errors
/// SQLite's own, or rows that cannot be.
pub(crate) fn successions(db: &Connection) -> Result<Vec<Succession>> {
    let mut read = db.prepare_cached("SELECT old, new, kind, effective, legal_basis FROM succession")?;
    let mut rows = read.query([])?;
    let mut successions = Vec::new();
    while let Some(row) = rows.next()? {
        successions.push(succession(row, 0)?);
    }
    Ok(successions)
}

/// Units a revision placed elsewhere, each with every parent it had before.
///
/// # Errors
/// SQLite's own.
pub(crate) fn moved(db: &Connection) -> Result<Vec<(String, Vec<String>)>> {
    let mut read = db.prepare_cached("SELECT uid, was_in FROM unit WHERE was_in IS NOT NULL ORDER BY uid")?;
    let mut rows = read.query([])?;
    let mut moved = Vec::new();
    while let Some(row) = rows.next()? {
        let was_in: String = row.get(1)?;
        let was_in = serde_json::from_str(&was_in).map_err(|error| Error::Damaged(format!("was_in: {error}")))?;
        moved.push((row.get(0)?, was_in));
    }
    Ok(moved)
}

/// A succession from a row with its columns from `at` on.
pub(crate) fn succession(row: &Row<'_>, at: usize) -> Result<Succession> {
    Ok(Succession {
        old: UnitUid(row.get(at)?),
        new: UnitUid(row.get(at + 1)?),
        kind: {
            let kind: String = row.get(at + 2)?;
            SuccessionKind::parse(&kind).ok_or_else(|| Error::Damaged(format!("succession of kind {kind}")))?
        },
        effective: date(row, at + 3)?.ok_or_else(|| Error::Damaged("a succession without a day".into()))?,
        legal_basis: row.get(at + 4)?,
    })
}

fn unit(row: &Row<'_>) -> Result<Unit> {
    let level: String = row.get(1)?;
    Ok(Unit {
        uid: UnitUid(row.get(0)?),
        level: Level::parse(&level).ok_or_else(|| Error::Damaged(format!("a unit of level {level}")))?,
        name: row.get(2)?,
        parent: Some(UnitUid(row.get(3)?)),
        code: row.get(4)?,
        valid_from: date(row, 5)?,
        valid_to: date(row, 6)?,
        sort: row.get(7)?,
        members: match row.get::<_, Option<String>>(8)? {
            Some(members) => {
                serde_json::from_str(&members).map_err(|error| Error::Damaged(format!("members of a unit: {error}")))?
            }
            None => Vec::new(),
        },
        void: row.get(9)?,
    })
}

fn date(row: &Row<'_>, index: usize) -> Result<Option<chrono::NaiveDate>> {
    let text: Option<String> = row.get(index)?;
    text.map(|text| text.parse().map_err(|_| Error::Damaged(format!("{text} is no date"))))
        .transpose()
}
