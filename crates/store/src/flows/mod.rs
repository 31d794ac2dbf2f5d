//! Sums of sessions by unit and target group over windows of days, from a roll-up that any of their saves keeps right.

mod keep;
mod tally;
mod window;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use hocvu_model::UnitUid;
use rusqlite::{Row, params};

use self::tally::Tally;
use self::window::Window;
use crate::sessions::day_number;
use crate::{Read, Result, SessionRow, columns};

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

impl Read<'_> {
    /// Sums of sessions by unit and group from `first` to `last`, both inside; from the beginning without `first`.
    ///
    /// # Errors
    /// Reading failed.
    pub fn flows(&self, first: Option<NaiveDate>, last: NaiveDate) -> Result<Vec<FlowRow>> {
        Ok(self.flows_in(&[(first, last)])?.pop().unwrap_or_default())
    }

    /// The same for several windows at once: what two of them share is read once.
    ///
    /// # Errors
    /// Reading failed.
    pub fn flows_in(&self, windows: &[(Option<NaiveDate>, NaiveDate)]) -> Result<Vec<Vec<FlowRow>>> {
        let (mark, earliest) = (self.flow_mark()?, self.earliest_half()?);
        let windows = windows.iter().map(|(first, last)| Window::of(*first, *last, earliest));
        let windows: Vec<Window> = windows.collect();
        let mut tally = Tally::new(windows.len());
        self.rolled_up(&windows, &mut tally)?;
        self.at_the_edges(&windows, mark, &mut tally)?;
        self.waiting(&windows, mark, &mut tally)?;
        Ok(tally.rows())
    }

    /// The first half of a month that the roll-up can have; far ahead when it has none.
    fn earliest_half(&self) -> Result<i64> {
        let mut earliest = self
            .connection
            .prepare_cached("SELECT min(first) FROM flow WHERE halves = 24")?;
        let first: Option<i64> = earliest.query_row([], |row| row.get(0))?;
        Ok(first.unwrap_or(i64::MAX))
    }

    /// The whole stretches of the windows.
    fn rolled_up(&self, windows: &[Window], tally: &mut Tally) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "SELECT unit, target_group, sessions, attended, female, first_time, completed FROM flow
             WHERE halves = ?1 AND first = ?2",
        )?;
        let all: BTreeSet<_> = windows.iter().flat_map(|window| &window.stretches).collect();
        for stretch in all {
            let within = windows.iter().map(|window| window.stretches.contains(stretch));
            let within: Vec<bool> = within.collect();
            let mut query = statement.query([stretch.halves, stretch.first])?;
            while let Some(row) = query.next()? {
                add(tally, row, |at| within[at])?;
            }
        }
        Ok(())
    }

    /// The days before and after them, of sessions that are rolled up.
    fn at_the_edges(&self, windows: &[Window], mark: i64, tally: &mut Tally) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "SELECT unit, target_group, sum(sessions), sum(attended), sum(female), sum(first_time), sum(completed)
             FROM flow_part WHERE day BETWEEN ?1 AND ?2 AND session <= ?3 GROUP BY unit, target_group",
        )?;
        let all: BTreeSet<_> = windows.iter().flat_map(|window| window.edges).collect();
        for days in all.into_iter().filter(|(first, last)| first <= last) {
            let mut query = statement.query([days.0, days.1, mark])?;
            while let Some(row) = query.next()? {
                add(tally, row, |at| windows[at].edges.contains(&days))?;
            }
        }
        Ok(())
    }

    /// Sessions that are not rolled up yet.
    fn waiting(&self, windows: &[Window], mark: i64, tally: &mut Tally) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "SELECT unit, target_group, sessions, attended, female, first_time, completed, day FROM flow_part
             WHERE session > ?1",
        )?;
        let mut query = statement.query([mark])?;
        while let Some(row) = query.next()? {
            let day: i64 = row.get(7)?;
            add(tally, row, |at| (windows[at].first..=windows[at].last).contains(&day))?;
        }
        Ok(())
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

/// Adds a row of unit, group and sums to the windows it belongs to.
fn add(tally: &mut Tally, row: &Row<'_>, belongs: impl Fn(usize) -> bool) -> Result<()> {
    let sums = [row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?];
    tally.add(columns::text(row, 0)?, columns::text(row, 1)?, sums, belongs);
    Ok(())
}
