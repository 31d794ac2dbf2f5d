//! Single operations as an administrator looks at them: what waits for a person, and everything that was ever said of one
//! record, by whom and when.

use hocvu_model::ids::{LogId, OperationId, RecordId};
use hocvu_model::operation::Operation;
use hocvu_model::unit::{Boundaries, UnitBook};
use hocvu_wire::batch::Ruling;
use rusqlite::{Connection, OptionalExtension, Params, Row};
use serde::Serialize;

use crate::db;
use crate::desk::ruling_of;
use crate::error::{Error, Result};
use crate::judge::State;
use crate::reading::{self, Body};

/// One operation.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Its id.
    pub op: OperationId,
    /// What it does; empty when it cannot be read.
    pub kind: String,
    /// How it stands and why.
    #[serde(flatten)]
    pub ruling: Ruling,
    /// Its record.
    pub record: Option<RecordId>,
    /// The unit it names, or its record's where it names none.
    pub unit: Option<String>,
    /// The head its author saw.
    pub base: Option<OperationId>,
    /// What it sets.
    pub set: Body,
    /// Why, in its author's words.
    pub reason: Option<String>,
    /// The device.
    pub device: String,
    /// The person.
    pub user: String,
    /// Author's clock, seconds since 1970.
    pub at: i64,
    /// When it arrived, seconds since 1970.
    pub arrived: i64,
    /// Arrival number.
    pub fseq: u64,
    /// When it took effect, as a number of the feed.
    pub applied: Option<u64>,
    /// The operation that closed the branch.
    pub superseded: Option<u64>,
}

/// A record with the branches that wait beside it.
#[derive(Debug)]
pub struct Open {
    /// The operation that made it so.
    pub head: OperationId,
    /// The state.
    pub state: State,
    /// Branches nobody closed, with their states.
    pub branches: Vec<(OperationId, State)>,
}

/// What waits for a person in a unit and all below it, or everywhere; copies of numbers already taken at the end.
///
/// # Errors
/// SQLite's own.
pub fn cases(db: &Connection, units: &UnitBook, unit: Option<&str>) -> Result<Vec<Entry>> {
    let mut all = entries(db, include_str!("queries/cases.sql"), [])?;
    all.extend(entries(db, include_str!("queries/forks.sql"), [])?);
    if let Some(unit) = unit {
        all.retain(|entry| {
            let its = entry.unit.as_deref();
            its.is_some_and(|its| its == unit || units.is_within(its, unit, Boundaries::AsIsNow))
        });
    }
    Ok(all)
}

/// Everything said of a record, in the order it took effect; what never did by its arrival.
///
/// # Errors
/// SQLite's own.
pub fn history(db: &Connection, record: RecordId) -> Result<Vec<Entry>> {
    let mut all = entries(
        db,
        include_str!("queries/history.sql"),
        (record.0.as_bytes(), record.to_string()),
    )?;
    all.retain(|entry| entry.record == Some(record));
    Ok(all)
}

/// A record as it stands, with its open branches.
///
/// # Errors
/// [`Error::Refused`] when there is no such record; SQLite's own.
pub fn open_record(db: &Connection, record: RecordId) -> Result<Open> {
    let mut find = db.prepare_cached(
        "SELECT l.id, o.seq, p.uid, r.void, r.body, r.kind, r.no FROM record r JOIN operation o ON o.fseq = r.head
         JOIN log l ON l.no = o.log JOIN place p ON p.no = r.unit WHERE r.id = ?1",
    )?;
    let found = find
        .query_row([record.0.as_bytes()], |row| {
            Ok((id_of(row)?, state_of(row, 2)?, row.get::<_, i64>(6)?))
        })
        .optional()?;
    let (head, state, no) = found.ok_or_else(|| Error::Refused(format!("Không có bản ghi “{record}”.")))?;
    let mut find = db.prepare_cached(
        "SELECT l.id, o.seq, p.uid, v.void, v.body, r.kind FROM operation o JOIN version v ON v.op = o.fseq
         JOIN record r ON r.no = o.record JOIN log l ON l.no = o.log JOIN place p ON p.no = v.unit
         WHERE o.verdict <> 'accepted' AND o.verdict = 'conflicted' AND o.record = ?1 AND o.superseded IS NULL
         ORDER BY o.fseq",
    )?;
    let branches = find
        .query_map([no], |row| Ok((id_of(row)?, state_of(row, 2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Open { head, state, branches })
}

fn entries(db: &Connection, sql: &str, params: impl Params) -> Result<Vec<Entry>> {
    let mut read = db.prepare_cached(sql)?;
    let mut rows = read.query(params)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry(row)?);
    }
    Ok(entries)
}

fn entry(row: &Row<'_>) -> Result<Entry> {
    let (start, length): (usize, usize) = (row.get(6)?, row.get(7)?);
    let text = row.get_ref(8)?.as_str().unwrap_or_default();
    let said = Operation::parse(text.get(start..start + length).unwrap_or_default()).ok();
    let of_record: Option<String> = row.get(16)?;
    let named = said.as_ref().and_then(|said| said.unit.as_ref());
    Ok(Entry {
        op: id_of(row)?,
        kind: said.as_ref().map_or("", |said| said.k.as_str()).to_owned(),
        ruling: ruling_of(row, 2)?,
        record: said.as_ref().and_then(|said| said.id),
        unit: named.map(|unit| unit.0.clone()).or(of_record),
        base: said.as_ref().and_then(|said| said.base),
        set: said
            .as_ref()
            .and_then(|said| reading::composed(said.set?.get()))
            .unwrap_or_default(),
        reason: said.and_then(|said| said.reason),
        device: row.get(9)?,
        user: row.get(10)?,
        at: row.get(11)?,
        arrived: row.get(12)?,
        fseq: row.get(13)?,
        applied: row.get(14)?,
        superseded: row.get(15)?,
    })
}

fn id_of(row: &Row<'_>) -> rusqlite::Result<OperationId> {
    Ok(OperationId {
        log: LogId(row.get(0)?),
        seq: row.get(1)?,
    })
}

/// Unit, void, body and kind from column `at` on.
fn state_of(row: &Row<'_>, at: usize) -> rusqlite::Result<State> {
    let body: String = row.get(at + 2)?;
    Ok(State {
        kind: db::kind_of(row, at + 3)?,
        unit: row.get(at)?,
        void: row.get(at + 1)?,
        body: serde_json::from_str(&body).unwrap_or_default(),
    })
}
