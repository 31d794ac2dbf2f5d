//! Devices against the centre.

use std::collections::{BTreeMap, BTreeSet};

use hocvu_model::OperationId;
use hocvu_store::State;

use super::fold::Refold;
use super::rows::Row;
use crate::device::Device;
use crate::observer::Receipt;
use crate::{Checked, Violation};

/// I2: what a person was told is saved is at the centre, byte for byte, and the centre has nothing its device does not.
///
/// # Errors
/// It is not so.
pub fn nothing_lost(device: &Device, rows: &BTreeMap<OperationId, &Row>) -> Checked {
    let wrong = |what: String| Violation::new("i2_nothing_lost", format!("{}: {what}", device.name));
    for (id, saved) in &device.witness {
        match rows.get(id) {
            None => return Err(wrong(format!("{id} never arrived"))),
            Some(row) if row.text != saved.text || row.digest != saved.digest => {
                // Another had the number: then it was said again under one of its own (I12).
                if !device.forked || !said_again(&saved.text, rows) {
                    return Err(wrong(format!("{id} arrived as something else")));
                }
            }
            Some(_) => {}
        }
    }
    let Some(store) = device.store() else { return Ok(()) };
    let own = rows
        .values()
        .filter(|row| Some(&row.device) == device.id.as_ref() && !device.forked);
    for row in own.filter(|row| row.record().is_some()) {
        match store.read(|read| read.operation(row.id)) {
            Ok(Some(found)) if found.text == row.text => {}
            Ok(_) => return Err(wrong(format!("the centre has a {} it never wrote", row.id))),
            Err(error) => return Err(wrong(format!("{} cannot be read: {error}", row.id))),
        }
    }
    Ok(())
}

/// Whether what an operation set on its record was said under another number too.
fn said_again(text: &str, rows: &BTreeMap<OperationId, &Row>) -> bool {
    let Ok(said) = serde_json::from_str::<serde_json::Value>(text) else {
        return false;
    };
    let same = |row: &&Row, field: &str| row.says.get(field) == said.get(field);
    let mut others = rows.values().filter(|row| row.text != text);
    others.any(|row| {
        ["k", "id", "set", "void", "reason", "cites"]
            .iter()
            .all(|field| same(row, field))
    })
}

/// I7: every operation stands somewhere, and where the device thinks it stands. `hears` says whether the device still hears
/// of later verdicts.
///
/// # Errors
/// It is not so.
pub fn conservation(device: &Device, rows: &BTreeMap<OperationId, &Row>, hears: bool) -> Checked {
    let wrong = |what: String| Violation::new("i7_conservation", format!("{}: {what}", device.name));
    let Some(store) = device.store() else { return Ok(()) };
    let tally = store
        .read(|read| read.tally())
        .map_err(|error| wrong(error.to_string()))?;
    if tally.waiting > 0 {
        return Err(wrong(format!("{} operations still wait", tally.waiting)));
    }
    let judged = rows
        .values()
        .filter(|row| Some(&row.device) == device.id.as_ref() && row.id.seq > 1)
        .count();
    if judged != tally.sent as usize && !device.forked {
        return Err(wrong(format!("{} were sent, {judged} have a verdict", tally.sent)));
    }
    for id in device.witness.keys().filter(|_| hears) {
        let (Some(row), Ok(Some(own))) = (rows.get(id), store.read(|read| read.operation(*id))) else {
            continue;
        };
        if row.text != own.text {
            continue;
        }
        let told = match own.state {
            State::Stored(verdict) => format!("{verdict:?}").to_lowercase(),
            other => format!("{other:?}"),
        };
        if told != row.verdict || own.code != row.code {
            let what = format!(
                "{id} is {} {:?}, the device says {told} {:?}",
                row.verdict, row.code, own.code
            );
            return Err(wrong(what));
        }
    }
    Ok(())
}

/// I9: with nothing waiting, the device's copy of the centre is the centre, as far as its scope goes, and no further.
///
/// # Errors
/// It is not so.
pub fn replicas_agree(device: &Device, fold: &Refold, scope: &BTreeSet<String>) -> Checked {
    let wrong = |what: String| Violation::new("i9_convergence", format!("{}: {what}", device.name));
    let Some(store) = device.store() else { return Ok(()) };
    for (id, record) in &fold.records {
        let Ok(parsed) = id.parse() else { continue };
        let shadow = store
            .read(|read| read.shadow(parsed))
            .map_err(|error| wrong(error.to_string()))?;
        match (shadow, scope.contains(&record.state.unit)) {
            (None, false) => {}
            (None, true) => return Err(wrong(format!("record {id} is missing"))),
            (Some(_), false) => return Err(wrong(format!("record {id} is none of its business"))),
            (Some(shadow), true) => {
                let same = shadow.head == record.head
                    && shadow.unit.as_str() == record.state.unit
                    && shadow.void == record.state.void
                    && shadow.body == record.state.body;
                if !same {
                    let what = format!("record {id} is {shadow:?} here and {record:?} there");
                    return Err(wrong(what));
                }
            }
        }
    }
    Ok(())
}

/// I4: whatever left the centre as a receipt is on its disk.
///
/// # Errors
/// It is not so.
pub fn durable_receipts(receipts: &BTreeMap<OperationId, Receipt>, rows: &BTreeMap<OperationId, &Row>) -> Checked {
    for (id, receipt) in receipts {
        match rows.get(id) {
            Some(row) if row.fseq == receipt.fseq && row.digest == receipt.digest => {}
            found => {
                let found = found.map(|row| row.fseq);
                let what = format!("{id} was acknowledged as {}, and is stored as {found:?}", receipt.fseq);
                return Err(Violation::new("i4_ack_after_commit", what));
            }
        }
    }
    Ok(())
}
