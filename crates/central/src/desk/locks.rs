//! Closed report months: what arrives for one is kept beside the figures until an officer takes it in.

use chrono::NaiveDate;
use hocvu_model::RecordKind;
use hocvu_model::period::ReportMonth;
use hocvu_model::unit::Boundaries;
use rusqlite::Connection;

use super::Desk;
use crate::error::{Error, Result};
use crate::judge::State;

/// A closed month of a unit and all below it.
pub(super) struct Lock {
    unit: String,
    first: NaiveDate,
    last: NaiveDate,
}

/// Every closed month.
pub(super) fn load(db: &Connection) -> Result<Vec<Lock>> {
    let mut read = db.prepare_cached("SELECT unit, month FROM period_lock ORDER BY unit, month")?;
    let mut rows = read.query([])?;
    let mut locks = Vec::new();
    while let Some(row) = rows.next()? {
        let month: String = row.get(1)?;
        let (first, last) = ReportMonth::parse(&month)
            .ok_or_else(|| Error::Damaged(format!("a closed month “{month}”")))?
            .window();
        locks.push(Lock {
            unit: row.get(0)?,
            first,
            last,
        });
    }
    Ok(locks)
}

impl Desk<'_> {
    /// Whether a figure of this day in this unit belongs to a closed month.
    pub(super) fn is_locked(&self, unit: &str, date: NaiveDate) -> bool {
        self.cache.locks.iter().any(|lock| {
            (lock.first..=lock.last).contains(&date)
                && (lock.unit == unit || self.directory().units.is_within(unit, &lock.unit, Boundaries::AsIsNow))
        })
    }

    pub(super) fn state_locked(&self, state: &State) -> bool {
        let date = || day_field(state.kind).and_then(|field| state.body.get(field)?.as_str()?.parse().ok());
        !self.cache.locks.is_empty() && date().is_some_and(|date| self.is_locked(&state.unit, date))
    }
}

/// The field that says which month a record belongs to; teams, comments and reports belong to none.
fn day_field(kind: RecordKind) -> Option<&'static str> {
    match kind {
        RecordKind::TrainingSession => Some("date"),
        RecordKind::Coverage | RecordKind::Population => Some("as_of"),
        RecordKind::Team | RecordKind::Comment | RecordKind::PeriodReport => None,
    }
}
