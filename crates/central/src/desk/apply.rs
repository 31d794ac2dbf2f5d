//! Writes what was decided into the tables of records.

use hocvu_model::ids::RecordId;
use hocvu_model::session::TrainingSession;

use super::Desk;
use super::judging::{Plan, Record};
use crate::error::Result;
use crate::judge::State;
use crate::reading;

/// What an applied plan touched.
pub(super) struct Applied {
    /// The record.
    pub(super) record: Option<i64>,
    /// Whether its head moved: a feed entry.
    pub(super) moved: bool,
}

impl Desk<'_> {
    /// Does what was planned for the operation with arrival number `fseq`, as feed entry `feed`.
    pub(super) fn apply(&mut self, plan: Plan<'_>, fseq: u64, feed: u64) -> Result<Applied> {
        match plan {
            Plan::Nothing => Ok(Applied {
                record: None,
                moved: false,
            }),
            Plan::Create {
                record,
                unit,
                body,
                session,
            } => self.create_record(record, &unit, &body, session.as_deref(), fseq, feed),
            Plan::Replace {
                record,
                state,
                body,
                session,
            } => self.replace_record(&record, &state, &body, session.as_deref(), fseq, feed),
            Plan::Keep { record, state } => {
                let place = self.place(&state.unit)?;
                let body = serde_json::Value::Object(state.body).to_string();
                self.keep_version(fseq, place, state.void, &body)?;
                Ok(Applied {
                    record: Some(record),
                    moved: false,
                })
            }
        }
    }

    fn create_record(
        &mut self,
        id: RecordId,
        unit: &str,
        body: &str,
        session: Option<&TrainingSession>,
        fseq: u64,
        feed: u64,
    ) -> Result<Applied> {
        let place = self.place(unit)?;
        let no = self
            .db
            .prepare_cached(
                "INSERT INTO record (id, kind, unit, head, fseq, void, body)
                 VALUES (?1, 'training_session', ?2, ?3, ?4, 0, ?5)",
            )?
            .insert((id.0.as_bytes(), place, fseq, feed, body))?;
        if let Some(session) = session {
            self.count(place, session, 1);
        }
        Ok(Applied {
            record: Some(no),
            moved: true,
        })
    }

    fn replace_record(
        &mut self,
        record: &Record,
        state: &State,
        body: &str,
        session: Option<&TrainingSession>,
        fseq: u64,
        feed: u64,
    ) -> Result<Applied> {
        self.keep_version(record.head, record.place, record.void, &record.body)?;
        if !record.void {
            let before = reading::check(&record.body, Some(&record.unit), &self.cache.directory, self.today);
            if let Some(before) = before.and_then(|checked| checked.session) {
                self.count(record.place, &before, -1);
            }
        }
        let place = self.place(&state.unit)?;
        self.db
            .prepare_cached("UPDATE record SET unit = ?2, head = ?3, fseq = ?4, void = ?5, body = ?6 WHERE no = ?1")?
            .execute((record.no, place, fseq, feed, state.void, body))?;
        if let Some(session) = session.filter(|_| !state.void) {
            self.count(place, session, 1);
        }
        Ok(Applied {
            record: Some(record.no),
            moved: true,
        })
    }

    fn keep_version(&self, op: u64, place: i64, void: bool, body: &str) -> Result<()> {
        self.db
            .prepare_cached("INSERT INTO version (op, unit, void, body) VALUES (?1, ?2, ?3, ?4)")?
            .execute((op, place, void, body))?;
        Ok(())
    }
}
