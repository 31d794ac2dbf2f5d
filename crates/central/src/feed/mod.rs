//! The feed as one device may see it: records in scope, verdicts on its own work that changed, what waits for a person,
//! devices, units, successions, records that left.
//!
//! Every change has one row with the number of its last state, so that the feed read from its beginning is a snapshot.
//!
//! **Invariant (I10):** one read transaction makes a page, numbers follow commits, and a cursor never passes a number whose
//! row the page did not look at. **(I13):** what a page shows is checked against the scope once more as it is written.

mod gather;
mod matters;
mod repair;
mod scope;

use std::collections::HashMap;
use std::path::Path;

use hocvu_model::ids::{LogId, OperationId, RecordId, UnitUid};
use hocvu_model::operation::{Kind, Operation};
use hocvu_model::unit::UnitBook;
use hocvu_wire::changes::{Change, ChangesReply};
use hocvu_wire::limits::PAGE_CHANGES_MAX;
use hocvu_wire::problem::ProblemCode;
use hocvu_wire::session::Grant;
use rusqlite::{Connection, OptionalExtension, Row};

use self::gather::{Page, What};
use self::scope::{Places, Scope};
use crate::error::{Error, Result};
use crate::ranges::Ranges;
use crate::{db, directory};

/// Bytes of bodies in one page; packing more would cost more than a request may (I19).
const PAGE_BYTES_MAX: usize = 192 * 1024;

/// What a device may not have, as a problem of its request.
type Refused<T> = std::result::Result<T, ProblemCode>;

/// Reads beside the writer, on a connection of its own.
pub struct Reader {
    db: Connection,
    units: UnitBook,
    /// Rises with every change of who and where.
    version: i64,
    /// Small numbers of the units in a scope, with the number of places they were chosen from.
    scopes: HashMap<String, (i64, std::sync::Arc<Places>)>,
}

impl Reader {
    /// Opens a connection for reading.
    ///
    /// # Errors
    /// SQLite's own.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self {
            db: db::open_reader(path)?,
            units: UnitBook::default(),
            version: -1,
            scopes: HashMap::new(),
        })
    }

    /// The connection, for reading figures.
    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }

    /// What the centre has of a log of this device; nothing of any other.
    ///
    /// # Errors
    /// SQLite's own.
    pub fn have(&self, device: i64, log: LogId) -> Result<Vec<(u64, u64)>> {
        let no: Option<i64> = self
            .db
            .prepare_cached("SELECT no FROM log WHERE id = ?1 AND device = ?2")?
            .query_row((log.0, device), |row| row.get(0))
            .optional()?;
        no.map_or(Ok(Vec::new()), |no| Ok(Ranges::of_log(&self.db, no)?.to_vec()))
    }

    /// The page after `cursor`; the first without one.
    ///
    /// # Errors
    /// SQLite's own; the inner code is the client's problem: revoked, unknown, or a cursor of another epoch or scope.
    pub fn page(
        &mut self,
        device: i64,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<std::result::Result<ChangesReply, ProblemCode>> {
        self.db.execute_batch("BEGIN")?;
        let page = self.page_inside(device, cursor, limit.clamp(1, PAGE_CHANGES_MAX));
        self.db.execute_batch("COMMIT")?;
        page
    }

    fn page_inside(&mut self, device: i64, cursor: Option<&str>, limit: usize) -> Result<Refused<ChangesReply>> {
        let scope = match self.admit(device)? {
            Ok(scope) => scope,
            Err(code) => return Ok(Err(code)),
        };
        let epoch = self.epoch()?;
        let from = match cursor.filter(|cursor| !cursor.is_empty()) {
            None => 0,
            Some(cursor) => match read_cursor(cursor, &epoch, &scope.tag) {
                Some(from) => from,
                None => return Ok(Err(ProblemCode::CursorGone)),
            },
        };
        let top = self.top()?;
        let page = self.gather(&scope, from, top, limit)?;
        self.fill(page, &epoch, &scope, top, limit).map(Ok)
    }

    /// The deployment's present epoch.
    ///
    /// # Errors
    /// SQLite's own.
    pub fn epoch(&self) -> Result<String> {
        Ok(db::meta(&self.db, "epoch")?.unwrap_or_default())
    }

    /// What a device may now see and write; nothing once it was revoked.
    ///
    /// # Errors
    /// SQLite's own.
    pub fn grants(&self, device: i64) -> Result<Vec<Grant>> {
        let mut read = self.db.prepare_cached(
            "SELECT g.unit, g.role FROM device_grant g JOIN device d ON d.no = g.device
             WHERE d.no = ?1 AND d.revoked_at IS NULL ORDER BY g.unit",
        )?;
        let rows = read.query_map([device], |row| {
            Ok(Grant {
                unit: row.get(0)?,
                role: row.get(1)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The last number given.
    fn top(&self) -> Result<u64> {
        Ok(self
            .db
            .prepare_cached("SELECT fseq FROM counter")?
            .query_row([], |row| row.get(0))?)
    }

    /// The scope of a device that may read; a revoked one may not (I14).
    fn admit(&mut self, device: i64) -> Result<Refused<Scope>> {
        self.refresh()?;
        let revoked: Option<bool> = self
            .db
            .prepare_cached("SELECT revoked_at IS NOT NULL FROM device WHERE no = ?1")?
            .query_row([device], |row| row.get(0))
            .optional()?;
        match revoked {
            None => Ok(Err(ProblemCode::DeviceUnknown)),
            Some(true) => Ok(Err(ProblemCode::DeviceRevoked)),
            Some(false) => self.scope(device).map(Ok),
        }
    }

    /// Reads the units anew when an administrator or an officer changed any.
    fn refresh(&mut self) -> Result<()> {
        let version = self
            .db
            .prepare_cached("SELECT max(no) FROM audit")?
            .query_row([], |row| row.get::<_, Option<i64>>(0))?
            .unwrap_or_default();
        if version != self.version {
            self.units = directory::units(&self.db)?;
            self.scopes.clear();
            self.version = version;
        }
        Ok(())
    }

    fn fill(&self, page: Page, epoch: &str, scope: &Scope, top: u64, limit: usize) -> Result<ChangesReply> {
        let (mut changes, mut bytes, mut seen) = (Vec::new(), 0, page.seen);
        for entry in page.entries.into_iter().filter(|entry| entry.fseq <= page.seen) {
            if changes.len() == limit || bytes > PAGE_BYTES_MAX {
                seen = entry.fseq - 1;
                break;
            }
            changes.extend(self.change(entry.fseq, entry.what, scope, &mut bytes)?);
        }
        #[cfg(feature = "planted")]
        let seen = seen + u64::from(seen < top && hocvu_model::planted::is(hocvu_model::planted::Bug::CursorSkipsOne));
        Ok(ChangesReply {
            epoch: epoch.to_owned(),
            changes,
            cursor: format!("{epoch}.{}.{seen}", scope.tag),
            more: seen < top,
        })
    }

    fn change(&self, fseq: u64, what: What, scope: &Scope, bytes: &mut usize) -> Result<Option<Change>> {
        Ok(match what {
            What::Record(no) => Some(self.record(no, bytes)?),
            What::Verdict { log, seq, ruling } => Some(Change::Verdict {
                fseq,
                log,
                seq,
                ruling: serde_json::from_str(&ruling).map_err(|e| Error::Damaged(format!("a stored ruling: {e}")))?,
            }),
            What::Unit(uid) => {
                let unit = self.units.get(&uid).or_else(|| self.units.voided(&uid));
                let unit = unit.cloned();
                unit.map(|unit| Change::Unit { fseq, unit })
            }
            What::Succession(succession) => Some(Change::Succession { fseq, succession }),
            What::Matter(op) => self.matter(op, fseq, scope, bytes)?,
            What::Device(no) => self.device(no, fseq)?,
            What::Gone(no) => self.gone(no, fseq, scope)?,
        })
    }

    fn record(&self, no: i64, bytes: &mut usize) -> Result<Change> {
        let mut find = self.db.prepare_cached(include_str!("../queries/feed_record.sql"))?;
        let mut rows = find.query([no])?;
        let row = rows
            .next()?
            .ok_or_else(|| Error::Damaged(format!("record {no} is not there")))?;
        record_of(row, bytes)
    }

    fn device(&self, no: i64, fseq: u64) -> Result<Option<Change>> {
        let mut find = self.db.prepare_cached(
            "SELECT d.id, u.name, d.role, d.unit, d.revoked_at IS NOT NULL, d.enrolled_at
             FROM device d JOIN user u ON u.no = d.user WHERE d.no = ?1",
        )?;
        let device = find.query_row([no], |row| {
            Ok(Change::Device {
                fseq,
                device: row.get(0)?,
                user: row.get(1)?,
                role: row.get(2)?,
                unit: UnitUid(row.get(3)?),
                revoked: row.get(4)?,
                enrolled_at: row.get(5)?,
            })
        });
        Ok(device.optional()?)
    }

    /// A record that left one of the scope's units, unless it is in another of them now.
    fn gone(&self, no: i64, fseq: u64, scope: &Scope) -> Result<Option<Change>> {
        let (id, unit): (_, String) = self
            .db
            .prepare_cached("SELECT r.id, p.uid FROM record r JOIN place p ON p.no = r.unit WHERE r.no = ?1")?
            .query_row([no], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let id = RecordId(uuid::Uuid::from_bytes(id));
        Ok((!self.covers(scope, &unit)).then_some(Change::Gone { fseq, id }))
    }
}

/// A record from a row of `feed_record.sql`.
fn record_of(row: &Row<'_>, bytes: &mut usize) -> Result<Change> {
    let body = row.get_ref(4)?.as_str().unwrap_or_default();
    *bytes += body.len();
    let said: Option<String> = row.get(10)?;
    let head = said.as_deref().and_then(|text| Operation::parse(text).ok());
    let told = head.filter(|head| head.k != Kind::Put);
    Ok(Change::Record {
        fseq: row.get(0)?,
        id: RecordId(uuid::Uuid::from_bytes(row.get(1)?)),
        t: row.get(2)?,
        unit: UnitUid(row.get(3)?),
        body: crate::reading::parse_body(body)?,
        void: row.get(5)?,
        head: OperationId {
            log: LogId(row.get(6)?),
            seq: row.get(7)?,
        },
        at: row.get(8)?,
        by: row.get(9)?,
        act: told.as_ref().map(|told| told.k.as_str().to_owned()),
        why: told.and_then(|told| told.reason),
    })
}

fn read_cursor(cursor: &str, epoch: &str, tag: &str) -> Option<u64> {
    let (head, fseq) = cursor.rsplit_once('.')?;
    let (its_epoch, its_tag) = head.split_once('.')?;
    let fseq = fseq.parse().ok().filter(|fseq| *fseq <= i64::MAX as u64)?; // No number of the feed is larger.
    #[cfg(feature = "planted")]
    let its_epoch = if hocvu_model::planted::is(hocvu_model::planted::Bug::EpochIgnored) {
        epoch
    } else {
        its_epoch
    };
    (its_epoch == epoch && its_tag == tag).then_some(fseq)
}
