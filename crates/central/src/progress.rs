//! Progress against the plan, from the centre's records and its roll-up: the same answer the devices give.

use chrono::NaiveDate;
use hocvu_model::codes::TargetGroup;
use hocvu_model::ids::{RecordId, UnitUid};
use hocvu_model::progress::{Answer, Asked, Facts, Figure, Flow, Headcount, Sums};
use hocvu_model::unit::UnitBook;
use rusqlite::Connection;
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Answers a question about progress.
///
/// # Errors
/// [`Error::Refused`] when there is no such unit; SQLite's own.
pub fn progress(db: &Connection, units: &UnitBook, asked: &Asked<'_>) -> Result<Answer> {
    let facts = facts(db, asked.as_of)?;
    let [in_period, cumulative, last_year] = asked.windows().map(|(from, to)| flows(db, from, to));
    asked
        .answer(units, &facts, &[in_period?, cumulative?, last_year?])
        .ok_or_else(|| Error::Refused(format!("Không có đơn vị “{}”.", asked.unit)))
}

/// Every living figure and population until a day, and what sessions add up to until then.
fn facts(db: &Connection, until: NaiveDate) -> Result<Facts> {
    let mut facts = Facts {
        flows: flows(db, NaiveDate::MIN, until)?,
        ..Facts::default()
    };
    let mut records = db.prepare_cached(
        "SELECT r.id, r.kind, p.uid, r.body FROM record r JOIN place p ON p.no = r.unit
         WHERE r.kind IN ('coverage', 'population') AND r.void = 0",
    )?;
    let mut rows = records.query([])?;
    while let Some(row) = rows.next()? {
        let (id, kind, unit, body): ([u8; 16], String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let (id, unit) = (RecordId(uuid::Uuid::from_bytes(id)), UnitUid::from(unit.as_str()));
        let body: Map<String, Value> =
            serde_json::from_str(&body).map_err(|error| Error::Damaged(error.to_string()))?;
        if kind == "population" {
            let told = Headcount::of_body(id, unit, &body);
            facts.headcounts.extend(told.filter(|told| told.as_of <= until));
        } else {
            let told = Figure::of_body(id, unit, &body);
            facts.figures.extend(told.filter(|told| told.as_of <= until));
        }
    }
    Ok(facts)
}

/// Sums of sessions by unit and group in a window, both days inside.
fn flows(db: &Connection, from: NaiveDate, to: NaiveDate) -> Result<Vec<Flow>> {
    let mut sums = db.prepare_cached(include_str!("queries/flows.sql"))?;
    let from = if from == NaiveDate::MIN {
        String::new()
    } else {
        from.to_string()
    };
    let mut rows = sums.query((from, to.to_string()))?;
    let mut flows = Vec::new();
    while let Some(row) = rows.next()? {
        let group: String = row.get(1)?;
        let group = match (group.as_str(), TargetGroup::parse(&group)) {
            ("", _) => None,
            (_, Some(group)) => Some(group),
            (_, None) => continue,
        };
        let sum = |column| row.get::<_, i64>(column).map(|sum| u64::try_from(sum).unwrap_or(0));
        let mut sums = Sums {
            sessions: sum(2)?,
            ..Sums::default()
        };
        if group.is_some() {
            sums.attended = sum(3)?;
            sums.female = sum(4)?;
            sums.first_time = sum(5)?;
            sums.completed = sum(6)?;
        }
        flows.push(Flow {
            unit: row.get::<_, String>(0)?.as_str().into(),
            group,
            sums,
        });
    }
    Ok(flows)
}
