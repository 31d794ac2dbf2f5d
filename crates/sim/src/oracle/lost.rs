//! I2 and I12: whatever a person was told is saved is at the centre, under its number or, when that was another's, elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use hocvu_model::OperationId;
use serde_json::{Map, Value};

use super::rows::Row;
use crate::device::Device;
use crate::{Checked, Violation};

/// What an operation says of others. It changes when they, or it, are said again under other numbers.
const NAMES: [&str; 3] = ["base", "supersedes", "cites"];

/// I2: what a person was told is saved is at the centre, byte for byte, and the centre has nothing its device does not.
///
/// # Errors
/// It is not so.
pub fn nothing_lost(device: &Device, rows: &BTreeMap<OperationId, &Row>) -> Checked {
    let wrong = |what: String| Violation::new("i2_nothing_lost", format!("{}: {what}", device.name));
    let mut spoken_for = BTreeSet::new();
    for (id, saved) in &device.witness {
        let what = match rows.get(id) {
            Some(row) if row.text == saved.text && row.digest == saved.digest => continue,
            Some(_) => "arrived as something else",
            None => "never arrived",
        };
        // Another had the number, or that of an operation it names: then its own may be nobody's for ever, and what it says
        // was said again under one that is its own (I12).
        let again = said_again(device, *id, &saved.text, rows, &spoken_for);
        match again {
            Some(again) if device.forked => spoken_for.insert(again),
            _ => return Err(wrong(format!("{id} {what}"))),
        };
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

/// Where the centre has what an operation says whose number is not its own any more. Its file has to know that it moved, and
/// to hold what it became, byte for byte; what stands for one operation stands for no other, and what a person saved stands
/// for itself.
fn said_again(
    device: &Device,
    id: OperationId,
    text: &str,
    rows: &BTreeMap<OperationId, &Row>,
    spoken_for: &BTreeSet<OperationId>,
) -> Option<OperationId> {
    let own = |id: OperationId| device.store()?.read(|read| read.operation(id)).ok()?;
    if !own(id)?.moved {
        return None;
    }
    let stands_for_itself = |row: &Row| device.witness.get(&row.id).is_some_and(|saved| saved.text == row.text);
    let mut again = rows.values().filter(|row| {
        Some(&row.device) == device.id.as_ref()
            && !spoken_for.contains(&row.id)
            && !stands_for_itself(row)
            && says_the_same(row, text)
            && own(row.id).is_some_and(|own| own.text == row.text)
    });
    again.next().map(|row| row.id)
}

/// Whether an operation at the centre says what a text says, under whatever number: all but the names of others, which
/// change with the numbers.
pub fn says_the_same(row: &Row, text: &str) -> bool {
    let but_names = |mut says: Map<String, Value>| {
        says.retain(|field, _| !NAMES.contains(&field.as_str()));
        says
    };
    serde_json::from_str(text).is_ok_and(|said| but_names(said) == but_names(row.says.clone()))
}
