//! Units that come and go: what is left of them, told by the acts the centre accepted.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use serde_json::Value;

use super::fold::Refold;
use super::rows::Row;
use super::unreadable;
use crate::device::Device;
use crate::{Checked, Violation};

/// Every unit that acts made or declared void, with whether it is there: the last accepted word counts.
pub fn units_said(rows: &[Row]) -> BTreeMap<String, bool> {
    let mut order: Vec<&Row> = rows.iter().filter(|row| row.verdict == "accepted").collect();
    order.sort_by_key(|row| row.judged);
    let said = order.into_iter().flat_map(said);
    said.map(|(uid, void)| (uid.to_owned(), !void)).collect()
}

/// What an act says of units: each with whether it is void.
pub(super) fn said(row: &Row) -> impl Iterator<Item = (&str, bool)> {
    let units = row.says.get("units").and_then(Value::as_array);
    units.into_iter().flatten().filter_map(|unit| {
        let void = unit.get("void").and_then(Value::as_bool);
        Some((unit.get("uid")?.as_str()?, void.unwrap_or(false)))
    })
}

/// I8 of units: the centre's table is what was said, nothing is left in what is void, and nothing was declared void over a
/// record or kept from it for nothing.
///
/// # Errors
/// It is not so.
pub fn units_are_a_fold(db: &Connection, rows: &[Row], fold: &Refold) -> Checked {
    let wrong = |what: String| Err(Violation::new("i8_units", what));
    let there = there(db)?;
    for (uid, expected) in units_said(rows) {
        if there.contains(&uid) != expected {
            return wrong(format!("{uid} is there: {}, its acts say {expected}", !expected));
        }
        let mut left = fold.records.iter().filter(|(_, record)| record.state.unit == uid);
        if let Some((id, _)) = left.next().filter(|_| !expected) {
            return wrong(format!("record {id} is in {uid}, which is void"));
        }
    }
    for act in rows.iter() {
        for (uid, _) in said(act).filter(|(_, void)| *void) {
            let names = |row: &&Row| row.text_of("unit") == Some(uid) && row.fseq < act.judged;
            let counted = |row: &&Row| row.record().is_some() && row.applied.is_some_and(|at| at < act.judged);
            let mut named = rows.iter().filter(names);
            match (act.verdict.as_str(), act.code.as_deref()) {
                ("accepted", _) => {
                    if let Some(row) = named.find(|row| counted(row) && fold.touched(row.id).any(|unit| unit == uid)) {
                        return wrong(format!("{} declares {uid} void over {}", act.id, row.id));
                    }
                }
                ("rejected", Some("UNIT_IN_USE")) if named.next().is_none() => {
                    return wrong(format!("{} may not declare {uid} void though nothing names it", act.id));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// I9 of units: a device has those of its scope that are there, and none that is void.
///
/// # Errors
/// It is not so.
pub fn books_agree(device: &Device, said: &BTreeMap<String, bool>, scope: &BTreeSet<String>) -> Checked {
    let wrong = |what: String| Violation::new("i9_convergence", format!("{}: {what}", device.name));
    let Some(store) = device.store() else { return Ok(()) };
    let book = store
        .read(|read| read.unit_book())
        .map_err(|error| wrong(error.to_string()))?;
    for (uid, there) in said {
        match (there, book.get(uid).is_some()) {
            (true, false) if scope.contains(uid) => return Err(wrong(format!("unit {uid} is missing"))),
            (false, true) => return Err(wrong(format!("unit {uid} is void and still here"))),
            _ => {}
        }
    }
    Ok(())
}

fn there(db: &Connection) -> Checked<BTreeSet<String>> {
    let read = || -> rusqlite::Result<BTreeSet<String>> {
        let mut read = db.prepare("SELECT uid FROM unit WHERE NOT void")?;
        let rows = read.query_map([], |row| row.get(0))?;
        rows.collect()
    };
    read().map_err(unreadable("i8_units"))
}
