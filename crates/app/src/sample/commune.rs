//! A whole commune: its hamlets and schools with eighteen months of sessions, populations, coverage and teams, for an officer
//! or a school. The file is written by the generator of samples (`hocvu-sample --asset`).

use chrono::{NaiveDate, TimeDelta};
use hocvu_model::operation::Kind;

use hocvu_model::record::{self, Context, Record};
use hocvu_model::school_year::SchoolYear;
use hocvu_model::unit::Unit;
use hocvu_model::{RecordId, RecordKind, UnitUid};
use hocvu_store::{Append, Store};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{COMMUNE, DEPLOYMENT, begin, identity, shift};
use crate::App;
use crate::error::{Error, Result};

/// First line: the units and the last day; then a record a line.
const LINES: &str = include_str!("../../../../assets/samples/xa-long-hoa.jsonl");

#[derive(Deserialize)]
struct Head {
    units: Vec<Unit>,
    last: String,
}

#[derive(Deserialize)]
struct Line {
    t: String,
    unit: UnitUid,
    set: Map<String, Value>,
}

/// Fills the sample's file.
pub fn fill(app: &App, store: Store) -> Result<()> {
    let mut lines = LINES.lines();
    let head: Head = read(lines.next().unwrap_or_default())?;
    let moved = shift(app, &head.last)?;
    let commune = app.units().get(COMMUNE).cloned().ok_or(Error::NotFound)?;
    let own = identity(app, COMMUNE, &commune.name, commune.parent.as_ref(), "commune");
    begin(app, store, &own, &head.units)?;
    let units = app.units();
    let find = |uid: &str| units.get(uid);
    let context = Context::new(app.today(), &find);
    let records = lines.map(|line| record(line, moved, &context));
    let records = records.collect::<Result<Vec<_>>>()?;
    app.store().write(|tx| {
        for record in &records {
            let kind = record.kind();
            let at = record.day().and_then(|day| day.and_hms_opt(13, 0, 0));
            tx.append(&Append {
                record: record.natural_id(DEPLOYMENT).unwrap_or_else(|| RecordId(app.new_id())),
                kind: Kind::Put,
                record_type: kind.as_str(),
                schema_version: kind.schema_version(),
                unit: record.unit(),
                set: Some(&record.body()),
                reason: None,
                void: None,
                supersedes: &[],
                at: at.map_or_else(|| app.environment().unix(), |at| at.and_utc().timestamp()),
                findings: &[],
            })?;
        }
        Ok(())
    })?;
    Ok(())
}

/// A line as a record of these days, judged by the rules as one that a person types.
fn record(line: &str, moved: TimeDelta, context: &Context<'_>) -> Result<Record> {
    let mut line: Line = read(line)?;
    move_days(&mut line.set, moved);
    let kind = RecordKind::parse(&line.t).ok_or(Error::NotFound)?;
    let text = Value::Object(line.set).to_string();
    let checked = record::check(kind, &text, Some(line.unit.as_str()), context);
    let checked = checked.ok_or_else(|| Error::BadCall(format!("sample: {text}")))?;
    checked.record.ok_or(Error::Invalid(checked.findings))
}

fn read<'a, T: Deserialize<'a>>(line: &'a str) -> Result<T> {
    serde_json::from_str(line).map_err(|error| Error::BadCall(format!("sample: {error}")))
}

/// Moves every day; the school year is the one running on the moved day.
fn move_days(set: &mut Map<String, Value>, moved: TimeDelta) {
    let mut as_of = None;
    for (field, value) in set.iter_mut() {
        let day = value.as_str().and_then(|text| text.parse::<NaiveDate>().ok());
        if let Some(day) = day.map(|day| day + moved) {
            *value = json!(day);
            as_of = (field == "as_of").then_some(day).or(as_of);
        }
    }
    if let (Some(day), Some(year)) = (as_of, set.get_mut("school_year").filter(|year| year.is_string())) {
        *year = json!(SchoolYear::running_on(day).to_string());
    }
}
