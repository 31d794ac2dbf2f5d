//! Who may do what, and what waits for what: every verdict at rest has its reason.

use std::collections::{BTreeMap, BTreeSet};

use hocvu_model::OperationId;

use super::fold::Refold;
use super::rows::Row;
use super::units::said;
use crate::{Checked, Violation};

/// The run's own book of devices and units, by the device's name at the centre.
#[derive(Debug, Default)]
pub struct Book {
    /// Units each device may see and write. Grants only grow in a run, so what is not in here never was.
    pub scopes: BTreeMap<String, BTreeSet<String>>,
    /// Units there are.
    pub units: BTreeSet<String>,
    /// Units there ever were, by acts the centre accepted.
    pub ever: BTreeSet<String>,
    /// The last arrival number before a device was revoked.
    pub revoked_after: BTreeMap<String, u64>,
}

/// I13: nothing took effect on a record, or put one into a unit, outside the author's grants.
///
/// # Errors
/// It did.
pub fn within_grants(rows: &[Row], fold: &Refold, book: &Book) -> Checked {
    let adopted = cited(rows, "adopt");
    for row in rows.iter().filter(|row| !adopted.contains(&row.id)) {
        let Some(scope) = book.scopes.get(&row.device) else {
            continue;
        };
        for unit in fold.touched(row.id) {
            if !scope.contains(unit) {
                let what = format!("{} of {} took effect in {unit}", row.id, row.device);
                return Err(Violation::new("i13_scope", what));
            }
        }
    }
    Ok(())
}

/// I14: what arrived after its device was revoked is set aside, unless an officer released it or sent it back.
///
/// # Errors
/// It is not.
pub fn revoked_is_set_aside(rows: &[Row], book: &Book) -> Checked {
    let mut released = cited(rows, "release");
    released.extend(cited(rows, "return"));
    for row in rows.iter().filter(|row| !released.contains(&row.id)) {
        let late = book.revoked_after.get(&row.device).is_some_and(|last| row.fseq > *last);
        if late && row.verdict != "quarantined" {
            let what = format!(
                "{} came after {} was revoked and is {}",
                row.id, row.device, row.verdict
            );
            return Err(Violation::new("i14_revocation", what));
        }
    }
    Ok(())
}

/// What is held is held for something that is still so.
///
/// # Errors
/// Its cause is gone.
pub fn held_for_a_reason(rows: &[Row], fold: &Refold, book: &Book) -> Checked {
    let by_id: BTreeMap<OperationId, &Row> = rows.iter().map(|row| (row.id, row)).collect();
    for row in rows.iter().filter(|row| row.verdict == "held") {
        let named = named(row);
        let gone = match row.code.as_deref() {
            Some("PARENT_MISSING") => named.iter().all(|id| by_id.contains_key(id)),
            Some("PARENT_HELD") => named
                .iter()
                .all(|id| by_id.get(id).is_some_and(|row| settled(row, fold))),
            Some("UNIT_UNKNOWN") => match row.text_of("unit") {
                Some(unit) => book.units.contains(unit),
                // An act: what it declares void has to have been there.
                None => said(row).all(|(unit, void)| !void || book.ever.contains(unit)),
            },
            Some("SCOPE") => {
                let record = row.record().and_then(|record| fold.records.get(record));
                let places = record
                    .map(|record| record.state.unit.as_str())
                    .into_iter()
                    .chain(row.text_of("unit"));
                let scope = book.scopes.get(&row.device);
                scope.is_some_and(|scope| places.into_iter().all(|unit| scope.contains(unit)))
            }
            _ => false,
        };
        if gone {
            let what = format!("{} is still held for {:?}: {}", row.id, row.code, row.text);
            return Err(Violation::new("i7_held_for_a_reason", what));
        }
    }
    Ok(())
}

/// Whether others can build on it. What would have made a record in a closed month is a conflict with nothing.
fn settled(row: &Row, fold: &Refold) -> bool {
    let locked = row.code.as_deref() == Some("PERIOD_LOCKED") && row.operation("base").is_none();
    let stands = !locked && row.record().is_some_and(|record| fold.records.contains_key(record));
    ["accepted", "merged"].contains(&row.verdict.as_str()) || (row.verdict == "conflicted" && stands)
}

/// Operations a row builds on, closes or is about.
fn named(row: &Row) -> Vec<OperationId> {
    let list = |field: &str| {
        let list = row.says.get(field).and_then(serde_json::Value::as_array);
        let texts = list.into_iter().flatten().filter_map(serde_json::Value::as_str);
        texts.filter_map(|id| id.parse().ok()).collect::<Vec<OperationId>>()
    };
    let mut named: Vec<OperationId> = row.operation("base").into_iter().collect();
    named.extend(list("supersedes"));
    named.extend(list("cites"));
    named
}

/// Operations that some act of this kind is about.
fn cited(rows: &[Row], kind: &str) -> BTreeSet<OperationId> {
    let acts = rows.iter().filter(|row| row.text_of("k") == Some(kind));
    acts.flat_map(named).collect()
}
