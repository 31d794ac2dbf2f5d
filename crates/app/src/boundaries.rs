//! Lists in the boundaries of then or of now: which units a chosen one takes in, and what each is called. One place, so that
//! every list means the same by both.

use std::collections::{BTreeMap, BTreeSet};

use hocvu_model::UnitUid;
use hocvu_model::unit::{Boundaries, UnitBook};

use crate::error::{Error, Result};

/// The boundaries a screen named; `None` when it named none.
///
/// # Errors
/// [`Error::BadCall`] for a name of none.
pub(crate) fn named(name: &str) -> Result<Option<Boundaries>> {
    match name {
        "" => Ok(None),
        "as_was" => Ok(Some(Boundaries::AsWas)),
        "as_is_now" => Ok(Some(Boundaries::AsIsNow)),
        other => Err(Error::BadCall(format!("no boundaries {other}"))),
    }
}

/// A unit as a list shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Its name in the boundaries asked for.
    pub name: String,
    /// What it was called when it was recorded, where `name` is another one.
    pub then: Option<String>,
    /// What stands for it today, where `name` is another one.
    pub now: Option<String>,
}

/// What a unit is called in these boundaries, and in the others where that differs; its uid when this machine does not know it.
/// A unit that was split keeps its name: no rule can say which part a record belongs to.
pub(crate) fn shown(book: &UnitBook, uid: &UnitUid, boundaries: Boundaries) -> Shown {
    let name = |uid: &UnitUid| book.name_of(uid.as_str()).unwrap_or(uid.as_str()).to_owned();
    let (then, now) = (name(uid), name(book.current(uid)));
    let differ = then != now;
    match boundaries {
        Boundaries::AsWas => Shown {
            name: then,
            then: None,
            now: differ.then_some(now),
        },
        Boundaries::AsIsNow => Shown {
            name: now,
            then: differ.then_some(then),
            now: None,
        },
    }
}

/// The name alone, for a row about one act, where nobody chooses boundaries: that of today, since it is today that somebody
/// looks for who answers for it. What was recorded is told by the record itself.
pub(crate) fn name_now(book: &UnitBook, uid: &UnitUid) -> String {
    shown(book, uid, Boundaries::AsIsNow).name
}

/// Which of the units in use a chosen one takes in: itself, what lies below it, and as it is now also those it followed.
pub(crate) fn taken_in(book: &UnitBook, used: &[UnitUid], chosen: &str, boundaries: Boundaries) -> Vec<UnitUid> {
    let within = used
        .iter()
        .filter(|uid| book.is_within(uid.as_str(), chosen, boundaries));
    within.cloned().collect()
}

/// The units to choose from where these are in use. Without boundaries those very ones; else as they are in these, with those
/// above in which several of them meet. The chosen one stays among them.
pub(crate) fn choices(book: &UnitBook, used: &[UnitUid], chosen: &str, boundaries: Option<Boundaries>) -> Vec<UnitUid> {
    let mut choices: BTreeSet<UnitUid> = BTreeSet::new();
    for uid in used {
        let itself = match boundaries {
            Some(Boundaries::AsIsNow) => book.current(uid),
            _ => uid,
        };
        choices.insert(itself.clone());
    }
    if let Some(boundaries) = boundaries {
        let mut below: BTreeMap<&UnitUid, BTreeSet<&UnitUid>> = BTreeMap::new();
        let lines: Vec<_> = choices.iter().map(|uid| book.line(uid, boundaries)).collect();
        for pair in lines.iter().flat_map(|line| line.windows(2)) {
            below.entry(&pair[1].uid).or_default().insert(&pair[0].uid);
        }
        // One that takes in what a single one below it does says nothing more.
        let above = below.into_iter().filter(|(_, below)| below.len() > 1);
        let above: Vec<UnitUid> = above.map(|(uid, _)| uid.clone()).collect();
        choices.extend(above);
    }
    if !chosen.is_empty() {
        choices.insert(chosen.into());
    }
    choices.into_iter().collect()
}
