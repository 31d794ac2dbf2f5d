//! The automatic copy: a sealed bundle of everything unsent in a second place. On a machine that rarely has a link it is the
//! only backup that survives the machine.

use std::fs;
use std::path::Path;

use hocvu_store::{ExportScope, Read, Store, Uncovered};
use tracing::{info, warn};

use super::export::{ExportReason, Exporter};
use super::{Disk, Trouble};
use crate::Environment;

/// More unsent operations than this in no copy make one due.
const OPERATIONS_MAX: u32 = 20;
/// So does one that is older, seconds.
const AGE_MAX: i64 = 86_400;
/// Copies kept; each holds everything that was unsent when it was written.
const COPIES_KEPT: usize = 3;
/// Copies remembered when old ones are looked for.
const COPIES_SEEN: u32 = 200;
const FOLDER: &str = "second_place.folder";
const PROBLEM: &str = "second_place.problem";

/// The second place as it is set and as it fares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecondPlace {
    /// Where to; none switches it off.
    pub folder: Option<String>,
    /// When the last copy was written.
    pub last_at: Option<String>,
    /// Why the last try failed: `usb_problem_<code>`.
    pub problem: Option<String>,
}

/// The second place.
///
/// # Errors
/// Reading failed.
pub fn second_place(read: &Read<'_>) -> hocvu_store::Result<SecondPlace> {
    let copies = read.exports(COPIES_SEEN)?;
    Ok(SecondPlace {
        folder: folder(read)?,
        last_at: copies
            .into_iter()
            .find(|export| export.reason == ExportReason::SecondPlace.as_str())
            .map(|export| export.at),
        problem: set(read, PROBLEM)?,
    })
}

fn folder(read: &Read<'_>) -> hocvu_store::Result<Option<String>> {
    set(read, FOLDER)
}

/// A setting that is not empty.
fn set(read: &Read<'_>, key: &str) -> hocvu_store::Result<Option<String>> {
    Ok(read.setting(key)?.filter(|text| !text.is_empty()))
}

/// Sets where the copy goes; none switches it off.
///
/// # Errors
/// Writing failed.
pub fn set_second_place(store: &Store, folder: Option<&str>) -> hocvu_store::Result<()> {
    store.write(|tx| {
        tx.put_setting(FOLDER, folder.unwrap_or_default())?;
        tx.put_setting(PROBLEM, "")
    })
}

/// Whether a copy is due. Clocks decide nothing about data: a wrong one makes a copy come early, and never keeps the count
/// from making one.
pub(super) fn is_due(uncovered: Uncovered, now: i64) -> bool {
    let Uncovered { operations, oldest } = uncovered;
    let aged = oldest.is_some_and(|at| !(0..=AGE_MAX).contains(&now.saturating_sub(at)));
    operations > OPERATIONS_MAX || (operations > 0 && aged)
}

/// Writes a copy if one is due. What goes wrong is kept and told in the diary, once; it stops nothing. Returns whether there
/// is something to tell.
pub fn keep_second_place(store: &Store, environment: &dyn Environment) -> bool {
    keep(store, environment).unwrap_or_else(|error| {
        warn!(%error, "the second place could not be looked after");
        false
    })
}

fn keep(store: &Store, environment: &dyn Environment) -> hocvu_store::Result<bool> {
    let (folder, own) = store.read(|read| Ok((folder(read)?, read.identity()?)))?;
    let (Some(folder), Some(_)) = (folder, own.filter(|own| !own.sample)) else {
        return Ok(false); // Most machines have none: a save does not count its outbox for it.
    };
    if !is_due(store.read(|read| read.uncovered())?, environment.unix()) {
        return Ok(false);
    }
    let exporter = Exporter {
        store,
        environment,
        medium: &Disk,
    };
    let at = environment.now();
    match exporter.export(Path::new(&folder), ExportScope::Unsent, ExportReason::SecondPlace) {
        Ok(written) => {
            for bundle in &written {
                let count = ("count".to_owned(), bundle.operations.to_string());
                let name = ("name".to_owned(), bundle.name.clone());
                store.write(|tx| {
                    tx.put_setting(PROBLEM, "")?;
                    tx.diary_append(&at, "second_place", &[count, name].into())
                })?;
            }
            info!(bundles = written.len(), "copied to the second place");
            prune(store, Path::new(&folder))?;
            Ok(true)
        }
        Err(Trouble::Store(error)) => Err(error),
        Err(Trouble::Problem(code)) if store.read(|read| set(read, PROBLEM))?.as_deref() == Some(code) => Ok(false),
        Err(Trouble::Problem(code)) => {
            let problem = ("problem".to_owned(), format!("@usb_problem_{code}"));
            store.write(|tx| {
                tx.put_setting(PROBLEM, code)?;
                tx.diary_append(&at, "second_place_failed", &[problem].into())
            })?;
            Ok(true)
        }
    }
}

/// Removes this device's older copies; files of others in the same folder are not touched.
fn prune(store: &Store, folder: &Path) -> hocvu_store::Result<()> {
    let copies = store.read(|read| read.exports(COPIES_SEEN))?;
    let mut kept: Vec<&str> = Vec::new();
    for copy in copies
        .iter()
        .filter(|copy| copy.reason == ExportReason::SecondPlace.as_str())
    {
        if kept.last() != Some(&copy.at.as_str()) {
            kept.push(&copy.at); // Several bundles of one moment are one copy.
        }
        if kept.len() > COPIES_KEPT {
            drop(fs::remove_file(folder.join(&copy.name)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod decisions {
    use super::*;

    #[test]
    fn a_copy_is_due_by_number_or_by_age_and_a_wrong_clock_only_hastens_it() {
        let now = 1_763_787_600;
        let some = |operations, age: i64| Uncovered {
            operations,
            oldest: Some(now - age),
        };
        for (uncovered, due) in [
            (Uncovered::default(), false),
            (some(1, 60), false),
            (some(20, AGE_MAX), false),
            (some(21, 0), true),
            (some(1, AGE_MAX + 1), true),
            (some(1, 70 * 365 * 86_400), true),
            (some(1, -3_600), true),
            (some(21, -3_600), true),
        ] {
            assert_eq!(is_due(uncovered, now), due, "{uncovered:?}");
        }
    }
}
