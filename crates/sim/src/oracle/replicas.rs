//! Devices against the centre.

use std::collections::{BTreeMap, BTreeSet};

use hocvu_model::OperationId;
use hocvu_store::State;

use super::fold::Refold;
use super::rows::Row;
use crate::device::Device;
use crate::observer::Receipt;
use crate::{Checked, Violation};

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
