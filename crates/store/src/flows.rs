use chrono::{Datelike, NaiveDate};
use hocvu_model::UnitUid;
use rusqlite::params;

use crate::sessions::day_number;
use crate::{Read, Result, SessionRow, Write};

/// Sums of the living sessions of a unit for one target group. Lượt are attendances, never persons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowRow {
    /// The unit they were recorded for.
    pub unit: UnitUid,
    /// Code of the group; empty: each session once, whatever its groups.
    pub target_group: String,
    /// Buổi.
    pub sessions: u64,
    /// Lượt.
    pub attended: u64,
    /// Of which female.
    pub female: u64,
    /// Of which learning for the first time.
    pub first_time: u64,
    /// Of which found able.
    pub completed: u64,
}

/// First day of the second half of a month, as decree 09/2019 cuts it.
const SECOND_HALF: u32 = 15;

impl Read<'_> {
    /// Sums of sessions by unit and group from `first` to `last`, both inside; from the beginning without `first`.
    ///
    /// Halves of months that lie wholly inside are read from the roll-up, the days at either end from the sessions.
    ///
    /// # Errors
    /// Reading failed.
    pub fn flows(&self, first: Option<NaiveDate>, last: NaiveDate) -> Result<Vec<FlowRow>> {
        // The halves that lie wholly inside, and the days before and after them.
        let from = first.map_or(i64::MIN, |first| half(first) + i64::from(!begins_half(first)));
        let to = last
            .succ_opt()
            .map_or(half(last), |next| half(last) - i64::from(!begins_half(next)));
        let (first, last) = (first.map_or(1, day_number), day_number(last));
        let (inner_first, inner_last) = (first.max(first_day(from)), last.min(first_day(to + 1) - 1));
        let whole = from <= to;
        let edges = match whole {
            true => [(first, inner_first - 1), (inner_last + 1, last)],
            false => [(first, last), (1, 0)],
        };
        let mut statement = self.connection.prepare_cached(
            "SELECT unit, target_group, sum(sessions), sum(attended), sum(female), sum(first_time), sum(completed) FROM (
               SELECT unit, target_group, sum(sessions) AS sessions, sum(attended) AS attended, sum(female) AS female,
                      sum(first_time) AS first_time, sum(completed) AS completed
               FROM flow WHERE half BETWEEN ?1 AND ?2 GROUP BY unit, target_group
               UNION ALL
               SELECT unit, target_group, sessions, attended, female, first_time, completed FROM flow_part
               WHERE day BETWEEN ?3 AND ?4
               UNION ALL
               SELECT unit, target_group, sessions, attended, female, first_time, completed FROM flow_part
               WHERE day BETWEEN ?5 AND ?6)
             GROUP BY unit, target_group HAVING sum(sessions) > 0 ORDER BY unit, target_group",
        )?;
        let (from, to) = if whole { (from, to) } else { (1, 0) };
        let mut rows = statement.query(params![from, to, edges[0].0, edges[0].1, edges[1].0, edges[1].1])?;
        let mut flows = Vec::new();
        while let Some(row) = rows.next()? {
            flows.push(FlowRow {
                unit: UnitUid(row.get(0)?),
                target_group: row.get(1)?,
                sessions: row.get(2)?,
                attended: row.get(3)?,
                female: row.get(4)?,
                first_time: row.get(5)?,
                completed: row.get(6)?,
            });
        }
        Ok(flows)
    }

    /// The living sessions of some units in which one of some groups took part, up to a day, newest first: a page of them, and
    /// how many there are.
    ///
    /// # Errors
    /// Reading failed.
    pub fn sessions_of(
        &self,
        units: &[UnitUid],
        groups: &[&str],
        until: NaiveDate,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<SessionRow>, u32)> {
        let (units, groups) = (serde_json::to_string(units)?, serde_json::to_string(groups)?);
        let which = "FROM session s WHERE s.void = 0 AND s.day BETWEEN 1 AND ?3
             AND s.unit IN (SELECT value FROM json_each(?1))
             AND EXISTS (SELECT 1 FROM session_count c WHERE c.session = s.number
                         AND c.target_group IN (SELECT value FROM json_each(?2)))";
        let until = day_number(until);
        let total = self
            .connection
            .prepare_cached(&format!("SELECT count(*) {which}"))?
            .query_row(params![units, groups, until], |row| row.get(0))?;
        let mut page = self.connection.prepare_cached(&format!(
            "SELECT s.number {which} ORDER BY s.day DESC, s.number DESC LIMIT ?4 OFFSET ?5"
        ))?;
        let numbers = page.query_map(params![units, groups, until, limit, offset], |row| row.get(0))?;
        let numbers: Vec<i64> = numbers.collect::<rusqlite::Result<_>>()?;
        Ok((self.session_rows(&numbers)?, total))
    }
}

impl Write<'_> {
    /// Adds what a session contributes to the roll-up, or takes it away again: before its index changes, and after.
    pub(crate) fn count_flow(&self, session: i64, takes_away: bool) -> Result<()> {
        let sign = if takes_away { -1 } else { 1 };
        self.connection
            .prepare_cached(
                "INSERT INTO flow (unit, half, target_group, sessions, attended, female, first_time, completed)
                 SELECT unit, half, target_group, ?2 * sessions, ?2 * attended, ?2 * female, ?2 * first_time, ?2 * completed
                 FROM flow_part WHERE session = ?1
                 ON CONFLICT (unit, half, target_group) DO UPDATE SET
                   sessions = sessions + excluded.sessions, attended = attended + excluded.attended,
                   female = female + excluded.female, first_time = first_time + excluded.first_time,
                   completed = completed + excluded.completed",
            )?
            .execute(params![session, sign])?;
        Ok(())
    }
}

/// Halves of months since year 0.
fn half(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 24 + i64::from(day.month0()) * 2 + i64::from(day.day() >= SECOND_HALF)
}

fn begins_half(day: NaiveDate) -> bool {
    matches!(day.day(), 1 | SECOND_HALF)
}

/// Number of the first day of a half; of one before any calendar the first day there is.
fn first_day(half: i64) -> i64 {
    let month = u32::try_from(half.rem_euclid(24) / 2 + 1).unwrap_or(1);
    let day = if half.rem_euclid(2) == 1 { SECOND_HALF } else { 1 };
    let year = i32::try_from(half.div_euclid(24)).unwrap_or(0);
    NaiveDate::from_ymd_opt(year, month, day).map_or(1, day_number)
}
