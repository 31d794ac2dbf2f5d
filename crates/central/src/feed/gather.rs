//! Finds what is new for a scope, by number, without reading it yet.

use hocvu_model::ids::LogId;
use hocvu_model::unit::Succession;
use rusqlite::Row;

use super::Reader;
use super::scope::{Places, Scope};
use crate::directory;
use crate::error::Result;

/// Changes of units, successions and devices looked at for one page: each costs a microsecond.
const SCAN_MAX: usize = 5_000;

/// A page being gathered.
pub(super) struct Page {
    pub(super) entries: Vec<Entry>,
    /// Nothing at or below this number is missing from `entries`.
    pub(super) seen: u64,
}

pub(super) struct Entry {
    pub(super) fseq: u64,
    pub(super) what: What,
}

/// What changed, by the number of its row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Record(i64),
    Verdict { log: LogId, seq: u64, ruling: String },
    Unit(String),
    Succession(Succession),
    Matter(u64),
    Device(i64),
    Gone(i64),
}

/// A stretch of the feed to look through.
#[derive(Clone, Copy)]
struct Stretch {
    from: u64,
    top: u64,
    limit: usize,
}

impl Reader {
    pub(super) fn gather(&mut self, scope: &Scope, from: u64, top: u64, limit: usize) -> Result<Page> {
        let places = self.places(scope)?;
        let stretch = Stretch { from, top, limit };
        let mut page = Page {
            entries: Vec::new(),
            seen: top,
        };
        self.records(&places.all, stretch, &mut page)?;
        self.verdicts(scope.device, stretch, &mut page)?;
        self.departures(&places.all, stretch, &mut page)?;
        self.matters(&places, scope.device, stretch, &mut page)?;
        self.unit_changes(scope, stretch, &mut page)?;
        if scope.is_officer() {
            self.devices(scope, stretch, &mut page)?;
        }
        page.entries.sort_by_key(|entry| entry.fseq);
        page.entries.dedup_by(|a, b| a.fseq == b.fseq && a.what == b.what);
        Ok(page)
    }

    /// Looks through ever wider stretches of numbers until there are enough records: few units in a long feed and many
    /// units in a short one both cost little.
    fn records(&self, places: &[i64], stretch: Stretch, page: &mut Page) -> Result<()> {
        let mut find = self.db.prepare_cached(
            "SELECT fseq, no FROM record WHERE unit = ?1 AND fseq > ?2 AND fseq <= ?3 ORDER BY fseq LIMIT ?4",
        )?;
        let Stretch { from, top, limit } = stretch;
        let (mut start, mut width) = (from, 4 * limit as u64);
        while start < top && page.entries.len() <= limit {
            let end = top.min(start.saturating_add(width));
            for place in places {
                // One more than fits: what is left out must be noticed.
                let mut rows = find.query((place, start, end, limit + 1))?;
                while let Some(row) = rows.next()? {
                    page.add(row, What::Record(row.get(1)?))?;
                }
            }
            (start, width) = (end, width.saturating_mul(8));
        }
        page.seen = start.max(from).min(top);
        Ok(())
    }

    fn verdicts(&self, device: i64, stretch: Stretch, page: &mut Page) -> Result<()> {
        let mut find = self.db.prepare_cached(
            "SELECT e.fseq, l.id, e.seq, e.ruling FROM event e JOIN log l ON l.no = e.log
             WHERE e.log IN (SELECT no FROM log WHERE device = ?1) AND e.fseq > ?2 ORDER BY e.fseq LIMIT ?3",
        )?;
        let mut rows = find.query((device, stretch.from, stretch.limit + 1))?;
        while let Some(row) = rows.next()? {
            let (log, seq, ruling) = (LogId(row.get(1)?), row.get(2)?, row.get(3)?);
            page.add(row, What::Verdict { log, seq, ruling })?;
        }
        Ok(())
    }

    fn departures(&self, places: &[i64], stretch: Stretch, page: &mut Page) -> Result<()> {
        let mut find = self.db.prepare_cached(
            "SELECT fseq, record FROM departure WHERE unit = ?1 AND fseq > ?2 ORDER BY fseq LIMIT ?3",
        )?;
        for place in places {
            let mut rows = find.query((place, stretch.from, stretch.limit + 1))?;
            while let Some(row) = rows.next()? {
                page.add(row, What::Gone(row.get(1)?))?;
            }
        }
        Ok(())
    }

    /// What waits for a person, and what does not any more where it was shown as waiting before `from`. Branches are shown
    /// also when they were settled before: they belong to the history of a record.
    fn matters(&self, places: &Places, author: i64, stretch: Stretch, page: &mut Page) -> Result<()> {
        let Stretch { from, top: _, limit } = stretch;
        let mut find = self.db.prepare_cached(include_str!("../queries/feed_matters.sql"))?;
        for (places, officers) in [(&places.all, false), (&places.officers, true)] {
            for place in places {
                let mut rows = find.query((place, from, officers, limit + 1))?;
                while let Some(row) = rows.next()? {
                    page.add(row, What::Matter(row.get(1)?))?;
                }
            }
        }
        let mut own = self.db.prepare_cached(
            "SELECT fseq, op FROM matter WHERE device = ?1 AND fseq > ?2 AND (open OR op <= ?2) ORDER BY fseq LIMIT ?3",
        )?;
        let mut rows = own.query((author, from, limit + 1))?;
        while let Some(row) = rows.next()? {
            page.add(row, What::Matter(row.get(1)?))?;
        }
        Ok(())
    }

    fn unit_changes(&self, scope: &Scope, stretch: Stretch, page: &mut Page) -> Result<()> {
        let mut units = self.db.prepare_cached(
            "SELECT fseq, unit FROM event WHERE unit IS NOT NULL AND fseq > ?1 ORDER BY fseq LIMIT ?2",
        )?;
        let mut rows = units.query((stretch.from, SCAN_MAX))?;
        let mut scanned = 0;
        while let Some(row) = rows.next()? {
            let unit: String = row.get(1)?;
            scanned += 1;
            page.scanned(scanned, row)?;
            if self.covers(scope, &unit) {
                page.add(row, What::Unit(unit))?;
            }
        }
        let mut successions = self.db.prepare_cached(
            "SELECT e.fseq, s.old, s.new, s.kind, s.effective, s.legal_basis
             FROM event e JOIN succession s ON s.old = e.old AND s.new = e.new
             WHERE e.old IS NOT NULL AND e.fseq > ?1 ORDER BY e.fseq LIMIT ?2",
        )?;
        let mut rows = successions.query((stretch.from, SCAN_MAX))?;
        let mut scanned = 0;
        while let Some(row) = rows.next()? {
            let succession = directory::succession(row, 1)?;
            scanned += 1;
            page.scanned(scanned, row)?;
            if self.covers(scope, succession.old.as_str()) || self.covers(scope, succession.new.as_str()) {
                page.add(row, What::Succession(succession))?;
            }
        }
        Ok(())
    }

    fn devices(&self, scope: &Scope, stretch: Stretch, page: &mut Page) -> Result<()> {
        let mut find = self.db.prepare_cached(
            "SELECT d.fseq, d.no, g.unit FROM device d JOIN device_grant g ON g.device = d.no
             WHERE d.fseq > ?1 ORDER BY d.fseq LIMIT ?2",
        )?;
        let mut rows = find.query((stretch.from, SCAN_MAX))?;
        let mut scanned = 0;
        while let Some(row) = rows.next()? {
            scanned += 1;
            page.scanned(scanned, row)?;
            if self.commands(scope, row.get_ref(2)?.as_str().unwrap_or_default()) {
                page.add(row, What::Device(row.get(1)?))?;
            }
        }
        Ok(())
    }
}

impl Page {
    /// Adds a row, whose first column is its number.
    fn add(&mut self, row: &Row<'_>, what: What) -> Result<()> {
        self.entries.push(Entry {
            fseq: row.get(0)?,
            what,
        });
        Ok(())
    }

    /// Notes that a list was looked through only up to this row; the last one may go on behind it.
    fn scanned(&mut self, scanned: usize, row: &Row<'_>) -> Result<()> {
        if scanned == SCAN_MAX {
            let fseq: u64 = row.get(0)?;
            self.seen = self.seen.min(fseq - 1);
        }
        Ok(())
    }
}
