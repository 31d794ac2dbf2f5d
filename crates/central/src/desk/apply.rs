//! Writes what was decided into the tables of records.

use hocvu_model::RecordKind;
use hocvu_model::ids::RecordId;
use hocvu_model::record::Record as Facts;
use hocvu_model::session::TrainingSession;

use super::Desk;
use super::judging::{Judged, Plan};
use super::lookup::Record;
use crate::error::Result;
use crate::judge::State;
use crate::reading::{self, Office};

/// Weight above which it is noted when it last changed a record.
const LOWEST_RANK: u8 = 1;

/// What an applied plan touched.
pub(super) struct Applied<'a> {
    /// The record.
    pub(super) record: Option<i64>,
    /// Whether its head moved: a feed entry.
    pub(super) moved: bool,
    /// The record left this unit for another.
    pub(super) left: Option<i64>,
    /// Branches the operation closed or extended.
    pub(super) closed: Vec<u64>,
    /// An act of an office, to be done once the operation is stored.
    pub(super) office: Option<&'a Office>,
}

impl Desk<'_> {
    /// Does what was planned for the operation with arrival number `fseq`, as feed entry `feed`.
    pub(super) fn apply<'a>(&mut self, judged: &mut Judged<'a>, fseq: u64, feed: u64) -> Result<Applied<'a>> {
        let mut applied = Applied {
            record: None,
            moved: false,
            left: None,
            closed: std::mem::take(&mut judged.closes),
            office: None,
        };
        match std::mem::replace(&mut judged.plan, Plan::Nothing) {
            Plan::Nothing => {}
            Plan::Perform(office) => applied.office = Some(office),
            Plan::Create {
                record,
                kind,
                unit,
                body,
                facts,
            } => {
                let session = facts.as_deref().and_then(Facts::session);
                applied.record = Some(self.create_record((record, kind), &unit, &body, session, fseq, feed)?);
                applied.moved = true;
            }
            Plan::Replace {
                record,
                state,
                body,
                facts,
            } => {
                let session = facts.as_deref().and_then(Facts::session);
                let place = self.replace_record(&record, &state, &body, session, fseq, feed)?;
                applied.left = (place != record.place).then_some(record.place);
                if applied.left.is_some() {
                    self.relocated(record.no)?;
                }
                applied.record = Some(record.no);
                applied.moved = true;
            }
            Plan::Stand { record } => applied.record = Some(record),
            Plan::Keep { record, state } => {
                let place = self.place(&state.unit)?;
                let body = serde_json::Value::Object(state.body).to_string();
                self.keep_version(fseq, place, state.void, &body)?;
                applied.record = Some(record.no);
            }
        }
        if let Some(record) = applied.record {
            self.weigh(record, judged, applied.moved.then_some(feed))?;
        }
        Ok(applied)
    }

    /// Notes that those who wait for a right to the record are to be asked again.
    fn relocated(&mut self, record: i64) -> Result<()> {
        let mut find = self.db.prepare_cached("SELECT id FROM record WHERE no = ?1")?;
        let id = find.query_row([record], |row| row.get(0))?;
        self.cache.relocated.push(RecordId(uuid::Uuid::from_bytes(id)));
        Ok(())
    }

    fn create_record(
        &mut self,
        (id, kind): (RecordId, RecordKind),
        unit: &str,
        body: &str,
        session: Option<&TrainingSession>,
        fseq: u64,
        feed: u64,
    ) -> Result<i64> {
        let place = self.place(unit)?;
        let no = self
            .db
            .prepare_cached(
                "INSERT INTO record (id, kind, unit, head, fseq, void, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
            )?
            .insert((id.0.as_bytes(), kind.as_str(), place, fseq, feed, body))?;
        if let Some(session) = session {
            self.count(place, session, 1);
        }
        Ok(no)
    }

    /// Gives the small number of the unit the record is in afterwards.
    fn replace_record(
        &mut self,
        record: &Record,
        state: &State,
        body: &str,
        session: Option<&TrainingSession>,
        fseq: u64,
        feed: u64,
    ) -> Result<i64> {
        self.keep_version(record.head, record.place, record.void, &record.body)?;
        if !record.void {
            let (directory, today) = (&self.cache.directory, self.today);
            let before = reading::check(record.kind, &record.body, Some(&record.unit), directory, today);
            if let Some(Facts::Session(before)) = before.and_then(|checked| checked.record) {
                self.count(record.place, &before, -1);
            }
        }
        let place = self.place(&state.unit)?;
        self.db
            .prepare_cached("UPDATE record SET unit = ?2, head = ?3, fseq = ?4, void = ?5, body = ?6 WHERE no = ?1")?
            .execute((record.no, place, fseq, feed, state.void, body))?;
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::VoidCounted)
            && state.void
            && let Some(session) = session
        {
            self.count(place, session, 1);
        }
        if let Some(session) = session.filter(|_| !state.void) {
            self.count(place, session, 1);
        }
        Ok(place)
    }

    /// Notes what only ranks above the lowest leave behind.
    fn weigh(&self, record: i64, judged: &Judged<'_>, applied: Option<u64>) -> Result<()> {
        if let Some(applied) = applied.filter(|_| judged.rank > LOWEST_RANK) {
            self.db
                .prepare_cached(
                    "INSERT INTO weight (record, rank, applied) VALUES (?1, ?2, ?3)
                     ON CONFLICT (record, rank) DO UPDATE SET applied = excluded.applied",
                )?
                .execute((record, judged.rank, applied))?;
        }
        if let Some(floor) = judged.floor {
            self.db
                .prepare_cached("UPDATE record SET floor = max(floor, ?2) WHERE no = ?1")?
                .execute((record, floor))?;
        }
        Ok(())
    }

    fn keep_version(&self, op: u64, place: i64, void: bool, body: &str) -> Result<()> {
        self.db
            .prepare_cached("INSERT INTO version (op, unit, void, body) VALUES (?1, ?2, ?3, ?4)")?
            .execute((op, place, void, body))?;
        Ok(())
    }
}
