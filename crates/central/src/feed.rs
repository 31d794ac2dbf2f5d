//! The feed as one device may see it: records in scope, verdicts on its own work that changed, units in scope.
//!
//! **Invariant (I10):** one read transaction makes a page, numbers follow commits, and a cursor never passes a number whose
//! row the page did not look at.

use std::collections::HashMap;
use std::path::Path;

use hocvu_model::ids::{LogId, OperationId, RecordId, UnitUid};
use hocvu_model::unit::{Boundaries, UnitBook};
use hocvu_wire::b64;
use hocvu_wire::changes::{Change, ChangesReply};
use hocvu_wire::limits::PAGE_CHANGES_MAX;
use hocvu_wire::problem::ProblemCode;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::ranges::Ranges;
use crate::{db, directory};

/// Bytes of bodies in one page; packing more would cost more than a request may (I19).
const PAGE_BYTES_MAX: usize = 192 * 1024;
/// Scopes whose units are remembered.
const SCOPES_MAX: usize = 256;
/// Unit changes looked at for one page.
const UNIT_SCAN_MAX: usize = 1_000;

/// Reads beside the writer, on a connection of its own.
pub struct Reader {
    db: Connection,
    units: UnitBook,
    /// Rises with every change of who and where.
    version: i64,
    /// Small numbers of the units in a scope, with the number of places they were chosen from.
    scopes: HashMap<String, (i64, Vec<i64>)>,
}

/// What a device may see, and its name: a cursor of another scope is gone.
struct Scope {
    grants: Vec<String>,
    tag: String,
}

/// A page being gathered.
struct Page {
    entries: Vec<Entry>,
    /// Nothing at or below this number is missing from `entries`.
    seen: u64,
}

struct Entry {
    fseq: u64,
    what: What,
}

enum What {
    Record(i64),
    Verdict { log: LogId, seq: u64, ruling: String },
    Unit(String),
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

    fn page_inside(
        &mut self,
        device: i64,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<std::result::Result<ChangesReply, ProblemCode>> {
        self.refresh()?;
        let revoked: Option<bool> = self
            .db
            .prepare_cached("SELECT revoked_at IS NOT NULL FROM device WHERE no = ?1")?
            .query_row([device], |row| row.get(0))
            .optional()?;
        match revoked {
            None => return Ok(Err(ProblemCode::DeviceUnknown)),
            Some(true) => return Ok(Err(ProblemCode::DeviceRevoked)),
            Some(false) => {}
        }
        let epoch: String = db::meta(&self.db, "epoch")?.unwrap_or_default();
        let scope = self.scope(device)?;
        let from = match cursor.filter(|cursor| !cursor.is_empty()) {
            None => 0,
            Some(cursor) => match read_cursor(cursor, &epoch, &scope.tag) {
                Some(from) => from,
                None => return Ok(Err(ProblemCode::CursorGone)),
            },
        };
        let top: u64 = self.db.query_row("SELECT fseq FROM counter", [], |row| row.get(0))?;
        let page = self.gather(device, &scope, from, top, limit)?;
        self.fill(page, &epoch, &scope, top, limit).map(Ok)
    }

    /// Reads the units anew when an administrator changed any.
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

    fn scope(&self, device: i64) -> Result<Scope> {
        let grants: Vec<String> = self
            .db
            .prepare_cached("SELECT unit FROM device_grant WHERE device = ?1 ORDER BY unit")?
            .query_map([device], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let boundaries: i64 = db::meta(&self.db, "boundaries")?.unwrap_or_default();
        let hash = Sha256::digest(format!("{boundaries}\0{}", grants.join("\0")));
        Ok(Scope {
            grants,
            tag: b64::encode(&hash[..6]),
        })
    }

    fn covers(&self, scope: &Scope, unit: &str) -> bool {
        scope
            .grants
            .iter()
            .any(|grant| grant == unit || self.units.is_within(unit, grant, Boundaries::AsIsNow))
    }

    /// Small numbers of the units in scope that have records.
    fn places(&mut self, scope: &Scope) -> Result<Vec<i64>> {
        let count: i64 = self
            .db
            .prepare_cached("SELECT coalesce(max(no), 0) FROM place")?
            .query_row([], |row| row.get(0))?;
        if let Some((known, places)) = self.scopes.get(&scope.tag)
            && *known == count
        {
            return Ok(places.clone());
        }
        let mut all = self.db.prepare_cached("SELECT no, uid FROM place")?;
        let mut rows = all.query([])?;
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            if self.covers(scope, row.get_ref(1)?.as_str().unwrap_or_default()) {
                places.push(row.get(0)?);
            }
        }
        drop(rows);
        drop(all);
        if self.scopes.len() >= SCOPES_MAX {
            self.scopes.clear();
        }
        self.scopes.insert(scope.tag.clone(), (count, places.clone()));
        Ok(places)
    }

    fn gather(&mut self, device: i64, scope: &Scope, from: u64, top: u64, limit: usize) -> Result<Page> {
        let places = self.places(scope)?;
        let mut page = Page {
            entries: Vec::new(),
            seen: top,
        };
        self.gather_records(&places, from, limit, &mut page)?;
        let mut verdicts = self.db.prepare_cached(
            "SELECT e.fseq, l.id, e.seq, e.ruling FROM event e JOIN log l ON l.no = e.log
             WHERE e.log IN (SELECT no FROM log WHERE device = ?1) AND e.fseq > ?2 ORDER BY e.fseq LIMIT ?3",
        )?;
        let mut rows = verdicts.query((device, from, limit + 1))?;
        while let Some(row) = rows.next()? {
            let (log, seq, ruling) = (LogId(row.get(1)?), row.get(2)?, row.get(3)?);
            page.entries.push(Entry {
                fseq: row.get(0)?,
                what: What::Verdict { log, seq, ruling },
            });
        }
        let mut units = self.db.prepare_cached(
            "SELECT fseq, unit FROM event WHERE unit IS NOT NULL AND fseq > ?1 ORDER BY fseq LIMIT ?2",
        )?;
        let mut rows = units.query((from, UNIT_SCAN_MAX))?;
        let mut scanned = 0;
        while let Some(row) = rows.next()? {
            let (fseq, unit): (u64, String) = (row.get(0)?, row.get(1)?);
            scanned += 1;
            if scanned == UNIT_SCAN_MAX {
                page.seen = page.seen.min(fseq);
            }
            if self.covers(scope, &unit) {
                page.entries.push(Entry {
                    fseq,
                    what: What::Unit(unit),
                });
            }
        }
        page.entries.sort_by_key(|entry| entry.fseq);
        Ok(page)
    }

    /// Looks through ever wider stretches of numbers until there are enough records: few units in a long feed and many
    /// units in a short one both cost little.
    fn gather_records(&self, places: &[i64], from: u64, limit: usize, page: &mut Page) -> Result<()> {
        let mut find = self.db.prepare_cached(
            "SELECT fseq, no FROM record WHERE unit = ?1 AND fseq > ?2 AND fseq <= ?3 ORDER BY fseq LIMIT ?4",
        )?;
        let top = page.seen;
        let (mut start, mut width) = (from, 4 * limit as u64);
        while start < top && page.entries.len() <= limit {
            let end = top.min(start.saturating_add(width));
            for place in places {
                // One more than fits: what is left out must be noticed.
                let mut rows = find.query((place, start, end, limit + 1))?;
                while let Some(row) = rows.next()? {
                    page.entries.push(Entry {
                        fseq: row.get(0)?,
                        what: What::Record(row.get(1)?),
                    });
                }
            }
            (start, width) = (end, width.saturating_mul(8));
        }
        page.seen = start.max(from).min(top);
        Ok(())
    }

    fn fill(&self, page: Page, epoch: &str, scope: &Scope, top: u64, limit: usize) -> Result<ChangesReply> {
        let (mut changes, mut bytes, mut seen) = (Vec::new(), 0, page.seen);
        for entry in page.entries.into_iter().filter(|entry| entry.fseq <= page.seen) {
            if changes.len() == limit || bytes > PAGE_BYTES_MAX {
                seen = entry.fseq - 1;
                break;
            }
            let fseq = entry.fseq;
            changes.push(match entry.what {
                What::Record(no) => self.record(no, &mut bytes)?,
                What::Verdict { log, seq, ruling } => Change::Verdict {
                    fseq,
                    log,
                    seq,
                    ruling: serde_json::from_str(&ruling)
                        .map_err(|e| Error::Damaged(format!("a stored ruling: {e}")))?,
                },
                What::Unit(uid) => match self.units.get(&uid) {
                    Some(unit) => Change::Unit {
                        fseq,
                        unit: unit.clone(),
                    },
                    None => continue,
                },
            });
        }
        Ok(ChangesReply {
            epoch: epoch.to_owned(),
            changes,
            cursor: format!("{epoch}.{}.{seen}", scope.tag),
            more: seen < top,
        })
    }

    fn record(&self, no: i64, bytes: &mut usize) -> Result<Change> {
        let mut find = self.db.prepare_cached(include_str!("queries/feed_record.sql"))?;
        let mut rows = find.query([no])?;
        let row = rows
            .next()?
            .ok_or_else(|| Error::Damaged(format!("record {no} is not there")))?;
        let body = row.get_ref(4)?.as_str().unwrap_or_default();
        *bytes += body.len();
        Ok(Change::Record {
            fseq: row.get(0)?,
            id: RecordId(uuid::Uuid::from_bytes(row.get(1)?)),
            t: row.get(2)?,
            unit: UnitUid(row.get(3)?),
            body: serde_json::from_str(body).map_err(|e| Error::Damaged(format!("a stored body: {e}")))?,
            void: row.get(5)?,
            head: OperationId {
                log: LogId(row.get(6)?),
                seq: row.get(7)?,
            },
            at: row.get(8)?,
            by: row.get(9)?,
        })
    }
}

fn read_cursor(cursor: &str, epoch: &str, tag: &str) -> Option<u64> {
    let (head, fseq) = cursor.rsplit_once('.')?;
    let (its_epoch, its_tag) = head.split_once('.')?;
    let fseq = fseq.parse().ok().filter(|fseq| *fseq <= i64::MAX as u64)?; // No number of the feed is larger.
    (its_epoch == epoch && its_tag == tag).then_some(fseq)
}
