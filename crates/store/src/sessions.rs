use chrono::{Datelike, NaiveDate};
use hocvu_model::codes::VenueType;
use hocvu_model::session::{Facilitators, Venue};
use hocvu_model::text::{is_nfc, tidy};
use hocvu_model::{OperationId, RecordId, UnitUid};
use rusqlite::{Row, params};
use serde_json::{Map, Value};

use crate::index::SessionIndex;
use crate::records::{NewView, Standing};
use crate::{Read, Result, Status, Write, columns};

/// One session in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The record.
    pub id: RecordId,
    /// The day it was held; `None` when the centre sent a body without one.
    pub date: Option<NaiveDate>,
    /// The unit it belongs to.
    pub unit: UnitUid,
    /// That unit's name.
    pub unit_name: String,
    /// Topic codes in the order chosen.
    pub topics: Vec<String>,
    /// Venue as people read it; empty when not given.
    pub venue: String,
    /// Lượt: the sum of its lines.
    pub attended: u32,
    /// Of which female; `None` when no line collected it.
    pub female: Option<u32>,
    /// Where it stands.
    pub status: Status,
    /// How many warnings its latest operation was saved with.
    pub warnings: u32,
    /// Whether it was declared void.
    pub void: bool,
}

/// One session with all its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionDetail {
    /// As in the list.
    pub row: SessionRow,
    /// Its unit.
    pub unit: UnitUid,
    /// Its fields, those this build does not know included.
    pub body: Map<String, Value>,
    /// The last operation that is part of it.
    pub head: OperationId,
}

/// Sums over a set of sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Buổi.
    pub sessions: u32,
    /// Lượt.
    pub attended: u64,
    /// Of which female, over the lines that collected it.
    pub female: u64,
}

impl Read<'_> {
    /// One session with all its fields.
    ///
    /// # Errors
    /// Reading failed.
    pub fn session(&self, id: RecordId) -> Result<Option<SessionDetail>> {
        let Some((number, view)) = self.numbered_record(id)? else {
            return Ok(None);
        };
        Ok(self.session_row(number)?.map(|row| SessionDetail {
            row,
            unit: view.unit,
            body: view.body,
            head: view.head,
        }))
    }

    pub(crate) fn session_row(&self, number: i64) -> Result<Option<SessionRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT r.id, s.day, s.unit, s.topics, s.attended, s.female, s.state, s.warnings, s.void, r.body, o.text
             FROM session s JOIN record r ON r.number = s.number
                  LEFT JOIN operation o ON o.number = r.own AND r.body = '' WHERE s.number = ?1",
        )?;
        let mut rows = statement.query([number])?;
        rows.next()?.map(|row| self.read_session(row)).transpose()
    }

    pub(crate) fn session_rows(&self, numbers: &[i64]) -> Result<Vec<SessionRow>> {
        let rows = numbers.iter().map(|number| self.session_row(*number));
        rows.filter_map(Result::transpose).collect()
    }

    fn read_session(&self, row: &Row<'_>) -> Result<SessionRow> {
        let unit = UnitUid(row.get(2)?);
        let body = columns::body(row, 9, 10)?;
        Ok(SessionRow {
            id: RecordId(uuid::Uuid::from_bytes(row.get(0)?)),
            date: date(row.get(1)?),
            unit_name: self.unit_name(&unit)?,
            unit,
            topics: columns::text(row, 3)?.split_whitespace().map(str::to_owned).collect(),
            venue: venue(&body),
            attended: row.get(4)?,
            female: row.get(5)?,
            status: Status::from_number(row.get(6)?)?,
            warnings: row.get(7)?,
            void: row.get(8)?,
        })
    }
}

impl Write<'_> {
    /// Brings the index of a session up to its view.
    pub(crate) fn index_session(
        &self,
        number: i64,
        fresh: bool,
        (view, index): (&NewView<'_>, &SessionIndex),
        standing: Standing,
    ) -> Result<()> {
        if !fresh {
            self.count_flow(number, true)?;
        }
        self.connection
            .prepare_cached(
                "INSERT INTO session (number, day, void, state, warnings, attended, female, unit, topics, key, exact)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (number) DO UPDATE SET day = excluded.day, void = excluded.void, state = excluded.state,
                     warnings = excluded.warnings, attended = excluded.attended, female = excluded.female,
                     unit = excluded.unit, topics = excluded.topics, key = excluded.key, exact = excluded.exact",
            )?
            .execute(params![
                number,
                index.day,
                view.void,
                standing.number(),
                standing.warnings,
                index.attended,
                index.female,
                view.unit.as_str(),
                index.topics,
                index.key,
                index.exact
            ])?;
        if !fresh {
            self.connection
                .prepare_cached("DELETE FROM session_count WHERE session = ?1")?
                .execute([number])?;
        }
        let mut insert = self.connection.prepare_cached(
            "INSERT OR REPLACE INTO session_count (session, target_group, attended, female, ethnic_minority, khmer, elderly,
                                                   disabled, poor, first_time, assessed, completed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?;
        for line in &index.lines {
            let [a, b, c, d, e, f, g, h, i] = line.of_which;
            insert.execute(params![number, line.group, line.attended, a, b, c, d, e, f, g, h, i])?;
        }
        self.count_flow(number, false)
    }
}

/// The form texts are compared in as typed: NFC, lower case.
pub(crate) fn exact(text: &str) -> String {
    // Bodies of this program are tidy already.
    if is_nfc(text) {
        return text.to_lowercase();
    }
    tidy(text).to_lowercase()
}

/// A day as the index holds it.
pub(crate) fn day_number(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce())
}

/// The date of a day of the index.
pub(crate) fn date(day: i64) -> Option<NaiveDate> {
    let day = i32::try_from(day).ok().filter(|day| *day > 0)?;
    NaiveDate::from_num_days_from_ce_opt(day)
}

/// The venue as people read it.
pub(crate) fn venue(body: &Map<String, Value>) -> String {
    let field = |name: &str| body.get("venue")?.get(name)?.as_str();
    match (field("name"), field("type")) {
        (Some(name), _) => name.to_owned(),
        (None, Some(kind)) => match VenueType::parse(kind) {
            Some(kind) => Venue { kind, name: None }.display(),
            None => kind.to_owned(),
        },
        (None, None) => String::new(),
    }
}

/// The facilitators as people read them.
pub(crate) fn facilitators(body: &Map<String, Value>) -> String {
    let field = |name: &str| body.get("facilitators")?.get(name);
    Facilitators {
        count: field("count").and_then(count),
        names: field("names").and_then(Value::as_str).map(str::to_owned),
    }
    .display()
}

pub(crate) fn count(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|count| u32::try_from(count).ok())
}
