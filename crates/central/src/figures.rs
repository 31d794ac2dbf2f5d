//! Figures of a unit in a window of days, read from the roll-up tables.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hocvu_model::unit::{Boundaries, UnitBook};
use rusqlite::Connection;
use serde::Serialize;

use crate::error::{Error, Result};

/// Sums of one target group, or of all of them. Lượt are attendances, never persons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// Buổi in which the group took part.
    pub sessions: i64,
    /// Lượt.
    pub attended: i64,
    /// Of which women.
    pub female: i64,
    /// Người học lần đầu.
    pub first_time: i64,
    /// Of which Khmer.
    pub khmer: i64,
    /// Of which of an ethnic minority.
    pub ethnic_minority: i64,
    /// Of which 60 or older.
    pub elderly: i64,
    /// Of which with a disability.
    pub disabled: i64,
    /// Of which from poor or near-poor households.
    pub poor: i64,
    /// Of which assessed.
    pub assessed: i64,
    /// Of which found able.
    pub completed: i64,
}

/// Figures of one unit and all below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Uid.
    pub unit: String,
    /// Name.
    pub name: String,
    /// First and last day, both inside; absent for all time.
    pub window: Option<(NaiveDate, NaiveDate)>,
    /// Each session once.
    pub total: Sums,
    /// By target group.
    pub groups: BTreeMap<String, Sums>,
}

/// Reads the figures of `unit`.
///
/// # Errors
/// [`Error::Refused`] when there is no such unit; SQLite's own.
pub fn figures(
    db: &Connection,
    units: &UnitBook,
    unit: &str,
    window: Option<(NaiveDate, NaiveDate)>,
    boundaries: Boundaries,
) -> Result<Figures> {
    let known = units
        .get(unit)
        .ok_or_else(|| Error::Refused(format!("Không có đơn vị “{unit}”.")))?;
    let mut figures = Figures {
        unit: unit.to_owned(),
        name: known.name.clone(),
        window,
        total: Sums::default(),
        groups: BTreeMap::new(),
    };
    let (first, last) = match window {
        Some((first, last)) => (first.to_string(), last.to_string()),
        None => (String::new(), "9".to_owned()), // Before and after any ISO date.
    };
    let mut places = db.prepare_cached("SELECT no, uid FROM place")?;
    let mut sums = db.prepare_cached(include_str!("queries/figures.sql"))?;
    let mut rows = places.query([])?;
    while let Some(row) = rows.next()? {
        let (place, uid): (i64, String) = (row.get(0)?, row.get(1)?);
        if !units.is_within(&uid, unit, boundaries) {
            continue;
        }
        let mut groups = sums.query((place, &first, &last))?;
        while let Some(row) = groups.next()? {
            let group: String = row.get(0)?;
            let sums = read_sums(row)?;
            if group.is_empty() {
                figures.total.add(sums);
            } else {
                figures.groups.entry(group).or_default().add(sums);
            }
        }
    }
    figures.groups.retain(|_, sums| *sums != Sums::default());
    Ok(figures)
}

fn read_sums(row: &rusqlite::Row<'_>) -> rusqlite::Result<Sums> {
    Ok(Sums {
        sessions: row.get(1)?,
        attended: row.get(2)?,
        female: row.get(3)?,
        first_time: row.get(4)?,
        khmer: row.get(5)?,
        ethnic_minority: row.get(6)?,
        elderly: row.get(7)?,
        disabled: row.get(8)?,
        poor: row.get(9)?,
        assessed: row.get(10)?,
        completed: row.get(11)?,
    })
}

impl Sums {
    fn add(&mut self, other: Self) {
        let Self {
            sessions,
            attended,
            female,
            first_time,
            khmer,
            ethnic_minority,
            elderly,
            disabled,
            poor,
            assessed,
            completed,
        } = other;
        self.sessions += sessions;
        self.attended += attended;
        self.female += female;
        self.first_time += first_time;
        self.khmer += khmer;
        self.ethnic_minority += ethnic_minority;
        self.elderly += elderly;
        self.disabled += disabled;
        self.poor += poor;
        self.assessed += assessed;
        self.completed += completed;
    }
}
