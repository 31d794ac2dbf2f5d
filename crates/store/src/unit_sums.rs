use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use hocvu_model::UnitUid;

use crate::sessions::{date, day_number};
use crate::{Read, Result};

/// Sums over the living sessions recorded for one unit in one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitYear {
    /// The very unit.
    pub unit: UnitUid,
    /// The year; 0 for sessions without a date.
    pub year: i32,
    /// Buổi.
    pub sessions: u64,
    /// Lượt.
    pub attended: u64,
    /// Of which women.
    pub female: u64,
    /// Người học lần đầu.
    pub first_time: u64,
    /// Of which found able.
    pub completed: u64,
}

impl Read<'_> {
    /// What was recorded for each unit in each year.
    ///
    /// # Errors
    /// Reading failed.
    pub fn unit_years(&self) -> Result<Vec<UnitYear>> {
        let (first, last): (Option<i64>, Option<i64>) = self
            .connection
            .prepare_cached("SELECT min(day), max(day) FROM session WHERE void = 0 AND day > 0")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut sums = self.sums_of(0, (0, 0))?;
        let (Some(first), Some(last)) = (first.and_then(date), last.and_then(date)) else {
            return Ok(sums);
        };
        for year in first.year()..=last.year() {
            let ends = (
                NaiveDate::from_ymd_opt(year, 1, 1),
                NaiveDate::from_ymd_opt(year, 12, 31),
            );
            if let (Some(first), Some(last)) = ends {
                sums.extend(self.sums_of(year, (day_number(first), day_number(last)))?);
            }
        }
        Ok(sums)
    }

    fn sums_of(&self, year: i32, days: (i64, i64)) -> Result<Vec<UnitYear>> {
        let mut sums = BTreeMap::new();
        let mut sessions = self.connection.prepare_cached(
            "SELECT unit, count(*), sum(attended), sum(coalesce(female, 0)) FROM session
             WHERE void = 0 AND day BETWEEN ?1 AND ?2 GROUP BY unit",
        )?;
        let mut rows = sessions.query(days)?;
        while let Some(row) = rows.next()? {
            let unit: String = row.get(0)?;
            let sum = UnitYear {
                unit: unit.as_str().into(),
                year,
                sessions: row.get(1)?,
                attended: row.get(2)?,
                female: row.get(3)?,
                first_time: 0,
                completed: 0,
            };
            sums.insert(unit, sum);
        }
        let mut lines = self.connection.prepare_cached(
            "SELECT s.unit, sum(coalesce(c.first_time, 0)), sum(coalesce(c.completed, 0))
             FROM session s JOIN session_count c ON c.session = s.number
             WHERE s.void = 0 AND s.day BETWEEN ?1 AND ?2 GROUP BY s.unit",
        )?;
        let mut rows = lines.query(days)?;
        while let Some(row) = rows.next()? {
            let unit: String = row.get(0)?;
            if let Some(sum) = sums.get_mut(&unit) {
                (sum.first_time, sum.completed) = (row.get(1)?, row.get(2)?);
            }
        }
        Ok(sums.into_values().collect())
    }
}
