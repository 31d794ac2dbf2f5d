//! Matters: operations that wait for a person, as they are shown in the feed, and who is shown them.

use hocvu_wire::batch::{Ruling, Verdict};

use super::Desk;
use super::apply::Applied;
use crate::error::Result;
use crate::reading::{Candidate, Reading};

/// One operation that was just judged.
pub(super) struct Subject<'a> {
    /// Its arrival number.
    pub(super) fseq: u64,
    /// The device that wrote it.
    pub(super) device: i64,
    pub(super) candidate: &'a Candidate,
    pub(super) ruling: &'a Ruling,
}

impl Desk<'_> {
    /// A number of the feed for a change that no operation's arrival stands for.
    pub(crate) fn new_entry(&mut self) -> Result<u64> {
        let entry = self.next_fseq();
        self.db
            .prepare_cached("INSERT INTO event (fseq) VALUES (?1)")?
            .execute([entry])?;
        Ok(entry)
    }

    /// What follows when an operation was judged: branches close, a record leaves a unit, people are told. `entry` is the
    /// feed number of its own matter: its arrival, or none yet.
    pub(super) fn follow(&mut self, subject: &Subject<'_>, applied: &Applied<'_>, entry: Option<u64>) -> Result<()> {
        for branch in &applied.closed {
            self.close_branch(*branch, subject.fseq)?;
        }
        if let (Some(record), Some(left)) = (applied.record, applied.left) {
            self.depart(record, left)?;
        }
        let open = waits_for_a_person(subject.ruling.v);
        if open || entry.is_none() {
            self.tell(subject, applied.record, open, entry)?;
        }
        Ok(())
    }

    /// Shows the operations of a device that still wait also to the officers of what it was granted since.
    pub(super) fn tell_new_officers(&mut self, device: i64) -> Result<()> {
        let units = self.granted_places(device)?;
        let mut read = self
            .db
            .prepare_cached("SELECT op FROM matter WHERE device = ?1 AND open ORDER BY op")?;
        let open: Vec<u64> = read
            .query_map([device], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for op in open {
            let entry = self.new_entry()?;
            self.move_matter(op, true, entry)?;
            for unit in &units {
                self.show(*unit, entry, op, true)?;
            }
        }
        Ok(())
    }

    /// Puts a feed number to a device that is new or changed.
    pub(super) fn device_changed(&mut self, device: i64) -> Result<()> {
        let entry = self.new_entry()?;
        self.db
            .prepare_cached("UPDATE device SET fseq = ?2 WHERE no = ?1")?
            .execute((device, entry))?;
        Ok(())
    }

    /// Shows an operation that waits since before matters were kept.
    pub(super) fn tell_at_last(&mut self, subject: &Subject<'_>, record: Option<i64>) -> Result<()> {
        self.tell(subject, record, true, None)
    }

    fn tell(&mut self, subject: &Subject<'_>, record: Option<i64>, open: bool, entry: Option<u64>) -> Result<()> {
        let op = subject.fseq;
        if !open && !self.is_matter(op)? {
            return Ok(());
        }
        let entry = match entry {
            Some(entry) => entry,
            None => self.new_entry()?,
        };
        self.db
            .prepare_cached("INSERT OR IGNORE INTO matter (op, fseq, open, device) VALUES (?1, ?2, ?3, ?4)")?
            .execute((op, entry, open, subject.device))?;
        self.move_matter(op, open, entry)?;
        if !open {
            return Ok(());
        }
        if let (Verdict::Conflicted, Some(record)) = (subject.ruling.v, record) {
            let unit = self
                .db
                .prepare_cached("SELECT unit FROM record WHERE no = ?1")?
                .query_row([record], |row| row.get(0))?;
            return self.show(unit, entry, op, false);
        }
        if let Some(uid) = named_unit(subject.candidate).filter(|uid| self.directory().units.get(uid).is_some()) {
            let unit = self.place(uid)?;
            self.show(unit, entry, op, true)?;
        }
        for unit in self.granted_places(subject.device)? {
            self.show(unit, entry, op, true)?;
        }
        Ok(())
    }

    /// A branch is settled, or its author went on from it.
    fn close_branch(&mut self, branch: u64, by: u64) -> Result<()> {
        let closed = self
            .db
            .prepare_cached("UPDATE operation SET superseded = ?2 WHERE fseq = ?1 AND superseded IS NULL")?
            .execute((branch, by))?;
        if closed > 0 && self.is_matter(branch)? {
            let entry = self.new_entry()?;
            self.move_matter(branch, false, entry)?;
        }
        Ok(())
    }

    /// A record left a unit: whoever saw it only there is told, and its open branches are shown where it is now.
    fn depart(&mut self, record: i64, left: i64) -> Result<()> {
        let now: i64 = self
            .db
            .prepare_cached("SELECT unit FROM record WHERE no = ?1")?
            .query_row([record], |row| row.get(0))?;
        let entry = self.new_entry()?;
        self.db
            .prepare_cached(
                "INSERT INTO departure (record, unit, fseq) VALUES (?1, ?2, ?3)
                 ON CONFLICT (record, unit) DO UPDATE SET fseq = excluded.fseq",
            )?
            .execute((record, left, entry))?;
        self.db
            .prepare_cached("DELETE FROM departure WHERE record = ?1 AND unit = ?2")?
            .execute((record, now))?;
        let mut read = self.db.prepare_cached(
            "SELECT o.fseq FROM operation o JOIN matter m ON m.op = o.fseq
             WHERE o.verdict <> 'accepted' AND o.verdict = 'conflicted' AND o.record = ?1 AND m.open ORDER BY o.fseq",
        )?;
        let branches: Vec<u64> = read
            .query_map([record], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for branch in branches {
            let entry = self.new_entry()?;
            self.move_matter(branch, true, entry)?;
            self.show(now, entry, branch, false)?;
        }
        Ok(())
    }

    fn is_matter(&self, op: u64) -> Result<bool> {
        let mut find = self
            .db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM matter WHERE op = ?1)")?;
        Ok(find.query_row([op], |row| row.get(0))?)
    }

    fn move_matter(&self, op: u64, open: bool, entry: u64) -> Result<()> {
        self.db
            .prepare_cached("UPDATE matter SET fseq = ?2, open = ?3 WHERE op = ?1")?
            .execute((op, entry, open))?;
        self.db
            .prepare_cached("UPDATE matter_seen SET fseq = ?2 WHERE op = ?1")?
            .execute((op, entry))?;
        Ok(())
    }

    fn show(&self, unit: i64, entry: u64, op: u64, officers: bool) -> Result<()> {
        self.db
            .prepare_cached(
                "INSERT INTO matter_seen (unit, fseq, op, officers) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (unit, fseq, op) DO UPDATE SET officers = min(officers, excluded.officers)",
            )?
            .execute((unit, entry, op, officers))?;
        Ok(())
    }

    /// Small numbers of the units a device was granted.
    fn granted_places(&mut self, device: i64) -> Result<Vec<i64>> {
        let units: Vec<String> = match self.directory().device_no(device) {
            Some(device) => device.grants.iter().map(|grant| grant.unit.clone()).collect(),
            None => Vec::new(),
        };
        units.iter().map(|unit| self.place(unit)).collect()
    }
}

/// Whether an operation under this verdict waits for somebody.
pub(super) fn waits_for_a_person(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Conflicted | Verdict::Held | Verdict::Quarantined => true,
        Verdict::Accepted | Verdict::Merged | Verdict::Rejected => false,
    }
}

fn named_unit(candidate: &Candidate) -> Option<&str> {
    match &candidate.reading {
        Reading::Act(act) => act.unit.as_ref().map(|unit| unit.as_str()),
        _ => None,
    }
}
