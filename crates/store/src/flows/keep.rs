//! Keeping the roll-up: in runs, not with each save.

use rusqlite::params;

use crate::{Read, Result, Write};

/// So many sessions are read as they are without anybody waiting; a run of more is rolled up.
const RUN: u32 = 500;

impl Read<'_> {
    /// The number of the last session that was rolled up.
    pub(super) fn flow_mark(&self) -> Result<i64> {
        let mut mark = self.connection.prepare_cached("SELECT session FROM flow_mark")?;
        Ok(mark.query_row([], |row| row.get(0))?)
    }

    /// Whether so many sessions wait to be rolled up that [`Write::roll_up`] is worth its time.
    ///
    /// # Errors
    /// Reading failed.
    pub fn roll_up_is_due(&self) -> Result<bool> {
        let mut waiting = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM session WHERE number > ?1 LIMIT 1 OFFSET ?2)")?;
        Ok(waiting.query_row(params![self.flow_mark()?, RUN], |row| row.get(0))?)
    }
}

impl Write<'_> {
    /// Adds all sessions that wait to the roll-up. What [`Read::flows`] says is the same before and after.
    ///
    /// # Errors
    /// Writing failed.
    pub fn roll_up(&self) -> Result<()> {
        let mark = self.flow_mark()?;
        self.connection
            .prepare_cached(
                "WITH part AS MATERIALIZED (
                   SELECT half, unit, target_group, sum(sessions) AS sessions, sum(attended) AS attended, sum(female) AS female,
                          sum(first_time) AS first_time, sum(completed) AS completed
                   FROM flow_part WHERE session > ?1 GROUP BY half, unit, target_group),
                 length (halves) AS (VALUES (1), (6), (24))
                 INSERT INTO flow (halves, first, unit, target_group, sessions, attended, female, first_time, completed)
                 SELECT halves, half - half % halves AS first, unit, target_group,
                        sum(sessions), sum(attended), sum(female), sum(first_time), sum(completed)
                 FROM part JOIN length WHERE true GROUP BY halves, first, unit, target_group
                 ON CONFLICT DO UPDATE SET
                   sessions = sessions + excluded.sessions, attended = attended + excluded.attended,
                   female = female + excluded.female, first_time = first_time + excluded.first_time,
                   completed = completed + excluded.completed",
            )?
            .execute([mark])?;
        self.connection
            .prepare_cached(
                "UPDATE flow_mark SET session = max(session, (SELECT coalesce(max(number), 0) FROM session))",
            )?
            .execute([])?;
        Ok(())
    }

    /// Takes what a session contributes out of the roll-up before its index changes, or puts it back after. One that waits
    /// is not in it.
    pub(crate) fn count_flow(&self, session: i64, takes_away: bool) -> Result<()> {
        if session > self.flow_mark()? {
            return Ok(());
        }
        let sign = if takes_away { -1 } else { 1 };
        self.connection
            .prepare_cached(
                "WITH length (halves) AS (VALUES (1), (6), (24))
                 INSERT INTO flow (halves, first, unit, target_group, sessions, attended, female, first_time, completed)
                 SELECT halves, half - half % halves, unit, target_group,
                        ?2 * sessions, ?2 * attended, ?2 * female, ?2 * first_time, ?2 * completed
                 FROM flow_part JOIN length WHERE session = ?1
                 ON CONFLICT DO UPDATE SET
                   sessions = sessions + excluded.sessions, attended = attended + excluded.attended,
                   female = female + excluded.female, first_time = first_time + excluded.first_time,
                   completed = completed + excluded.completed",
            )?
            .execute(params![session, sign])?;
        Ok(())
    }
}
