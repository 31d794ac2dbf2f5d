use std::fmt::Write as _;

use chrono::NaiveDate;
use hocvu_model::{RecordId, UnitUid};
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};

use crate::sessions::{day_number, facilitators, venue};
use crate::{Read, Result, SessionRow, Status, columns};

/// Sessions of a place that are looked through for what was typed before.
const REMEMBERED: u32 = 200;

/// A session to repeat: its record, its fields and its unit.
pub type LastSession = (RecordId, Map<String, Value>, UnitUid);

impl Read<'_> {
    /// The sessions recorded last, newest first, void ones left out.
    ///
    /// # Errors
    /// Reading failed.
    pub fn recent(&self, n: u32) -> Result<Vec<SessionRow>> {
        let numbers = self.numbers(
            "SELECT number FROM session WHERE void = 0 ORDER BY number DESC LIMIT ?1",
            n,
        )?;
        self.session_rows(&numbers)
    }

    /// Sessions that stand in one of these ways, latest first, void ones included.
    ///
    /// # Errors
    /// Reading failed.
    pub fn by_status(&self, statuses: &[Status], n: u32) -> Result<Vec<SessionRow>> {
        let mut states = String::from("-1");
        for status in statuses {
            write!(states, ", {}", status.numbers()).expect("writing to a string never fails");
        }
        let sql =
            format!("SELECT number FROM session WHERE state IN ({states}) AND void = 0 ORDER BY number DESC LIMIT ?1");
        let numbers = self.numbers(&sql, n)?;
        self.session_rows(&numbers)
    }

    /// The living session this device wrote to last, at one unit or anywhere.
    ///
    /// # Errors
    /// Reading failed.
    pub fn last_session(&self, unit: Option<&UnitUid>) -> Result<Option<LastSession>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT r.id, r.unit, r.body, o.text FROM record r CROSS JOIN session s ON s.number = r.number
                  LEFT JOIN operation o ON o.number = r.own AND r.body = ''
             WHERE r.own IS NOT NULL AND s.void = 0 AND (?1 IS NULL OR s.unit = ?1) ORDER BY r.own DESC LIMIT 1",
        )?;
        let mut rows = statement.query([unit.map(UnitUid::as_str)])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let body = columns::body(row, 2, 3)?;
        Ok(Some((
            RecordId(uuid::Uuid::from_bytes(row.get(0)?)),
            body,
            UnitUid(row.get(1)?),
        )))
    }

    /// The most that ever attended a living session of the unit, `except` left out.
    ///
    /// # Errors
    /// Reading failed.
    pub fn largest(&self, unit: &UnitUid, except: Option<RecordId>) -> Result<Option<u32>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT attended FROM session
             WHERE unit = ?1 AND void = 0 AND number IS NOT (SELECT number FROM record WHERE id = ?2)
             ORDER BY attended DESC LIMIT 1",
        )?;
        let except = except.as_ref().map(|id| id.0.as_bytes());
        Ok(statement
            .query_row(params![unit.as_str(), except], |row| row.get(0))
            .optional()?)
    }

    /// Topics and attendance of the living sessions of a unit and day, in the order they were recorded.
    ///
    /// # Errors
    /// Reading failed.
    pub fn recorded_on(&self, unit: &UnitUid, date: NaiveDate) -> Result<Vec<(Vec<String>, u32)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT topics, attended FROM session WHERE void = 0 AND day = ?2 AND unit = ?1 ORDER BY number",
        )?;
        let mut rows = statement.query(params![unit.as_str(), day_number(date)])?;
        let mut recorded = Vec::new();
        while let Some(row) = rows.next()? {
            let topics = columns::text(row, 0)?.split_whitespace().map(ToOwned::to_owned);
            recorded.push((topics.collect(), row.get(1)?));
        }
        Ok(recorded)
    }

    /// How many attended a living session of the same unit and day that shares a topic, `except` left out.
    ///
    /// # Errors
    /// Reading failed.
    pub fn duplicate(
        &self,
        unit: &UnitUid,
        date: NaiveDate,
        topics: &[String],
        except: Option<RecordId>,
    ) -> Result<Option<u32>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT topics, attended FROM session
             WHERE void = 0 AND day = ?2 AND unit = ?1 AND number IS NOT (SELECT number FROM record WHERE id = ?3)
             ORDER BY number DESC",
        )?;
        let except = except.as_ref().map(|id| id.0.as_bytes());
        let mut rows = statement.query(params![unit.as_str(), day_number(date), except])?;
        while let Some(row) = rows.next()? {
            let shared = columns::text(row, 0)?
                .split_whitespace()
                .any(|code| topics.iter().any(|topic| topic == code));
            if shared {
                return Ok(Some(row.get(1)?));
            }
        }
        Ok(None)
    }

    /// Venues typed before at the unit, most recent first, none twice.
    ///
    /// # Errors
    /// Reading failed.
    pub fn venues(&self, unit: &UnitUid, n: usize) -> Result<Vec<String>> {
        self.typed_before(unit, n, venue)
    }

    /// Facilitators typed before at the unit, most recent first, none twice.
    ///
    /// # Errors
    /// Reading failed.
    pub fn facilitators(&self, unit: &UnitUid, n: usize) -> Result<Vec<String>> {
        self.typed_before(unit, n, facilitators)
    }

    fn typed_before(&self, unit: &UnitUid, n: usize, field: fn(&Map<String, Value>) -> String) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT r.body, o.text FROM (SELECT number FROM session WHERE unit = ?1 AND void = 0 ORDER BY number DESC LIMIT ?2) s
             JOIN record r ON r.number = s.number LEFT JOIN operation o ON o.number = r.own AND r.body = ''
             ORDER BY s.number DESC",
        )?;
        let mut rows = statement.query(params![unit.as_str(), REMEMBERED])?;
        let mut found: Vec<String> = Vec::new();
        while let Some(row) = rows.next()? {
            if found.len() >= n {
                break;
            }
            let text = field(&columns::body(row, 0, 1)?);
            if !text.is_empty() && !found.contains(&text) {
                found.push(text);
            }
        }
        Ok(found)
    }

    fn numbers(&self, sql: &str, n: u32) -> Result<Vec<i64>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let numbers = statement
            .query_map([n], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(numbers)
    }
}
