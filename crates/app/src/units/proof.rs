//! Sums before and after a succession, counted twice: from the facts as they are, and with the succession on a copy of the
//! units. A merger neither loses nor doubles anything; where it would, the table says so.

use std::collections::{BTreeMap, BTreeSet};

use hocvu_model::UnitUid;
use hocvu_model::record::RecordKind;
use hocvu_model::unit::{Boundaries, SuccessionKind, Unit, UnitBook};
use hocvu_store::FigureFilter;

use super::succeed::Planned;
use crate::App;
use crate::contract::{Proof, ProofPlace, ProofRow};
use crate::error::Result;

/// What was recorded for one unit: a sum of a year, or a figure that holds until the next (year 0).
pub(super) struct Fact {
    unit: UnitUid,
    what: String,
    year: i32,
    value: u64,
}

/// Every fact on this machine.
pub(super) fn facts(app: &App) -> Result<Vec<Fact>> {
    let (years, figures) = app
        .store()
        .read(|read| Ok((read.unit_years()?, read.figures(&FigureFilter::default())?)))?;
    let mut facts = Vec::new();
    for sums in years {
        for (what, value) in [
            ("sessions", sums.sessions),
            ("attended", sums.attended),
            ("female", sums.female),
            ("first_time", sums.first_time),
            ("completed", sums.completed),
        ] {
            facts.push(Fact {
                unit: sums.unit.clone(),
                what: what.to_owned(),
                year: sums.year,
                value,
            });
        }
    }
    // Oldest first, so the latest of each stays.
    let mut latest = BTreeMap::new();
    for row in figures {
        let (what, value) = match row.kind {
            RecordKind::Population => (format!("population.{}", row.target_group), row.population),
            _ => (format!("coverage.{}.{}", row.target_group, row.measure), row.numerator),
        };
        if let Some(value) = value {
            latest.insert((row.unit, what, row.grade, row.class), u64::from(value));
        }
    }
    facts.extend(latest.into_iter().map(|((unit, what, ..), value)| Fact {
        unit,
        what,
        year: 0,
        value,
    }));
    Ok(facts)
}

/// Compares the sums of the units concerned and of those above them.
pub(super) fn prove(book: &UnitBook, facts: &[Fact], planned: &Planned) -> Proof {
    let after = {
        let mut copy = book.clone();
        planned.made.iter().for_each(|unit| copy.put(unit.clone()));
        planned.successions.iter().for_each(|it| copy.succeed(it.clone()));
        copy
    };
    let now = Boundaries::AsIsNow;
    let within = |book: &UnitBook, uid: &UnitUid, units: &[&Unit]| {
        let mut units = units.iter();
        units.any(|unit| book.is_within(uid.as_str(), unit.uid.as_str(), now))
    };
    let concerned: Vec<&Unit> = planned.old.iter().chain(&planned.new).collect();
    let heirs: Vec<&Unit> = match planned.kind {
        SuccessionKind::Split => concerned.clone(), // What nobody placed stays with the old one.
        _ => planned.new.iter().collect(),
    };
    let mut rows: BTreeMap<(i32, usize, &str), (u64, u64)> = BTreeMap::new();
    for fact in facts {
        let (was, is) = (within(book, &fact.unit, &concerned), within(&after, &fact.unit, &heirs));
        if was || is {
            let sum = rows.entry((fact.year, order(&fact.what), &fact.what)).or_default();
            sum.0 += if was { fact.value } else { 0 };
            sum.1 += if is { fact.value } else { 0 };
        }
    }
    let places = places(book, &after, facts, planned);
    let same = rows.values().all(|(before, after)| before == after);
    Proof {
        equal: same && places.iter().all(|place| place.moves || place.before == place.after),
        rows: rows
            .into_iter()
            .map(|((year, _, what), (before, after))| ProofRow {
                what: what.to_owned(),
                year,
                before,
                after,
            })
            .collect(),
        places,
        incomplete: incomplete(book, facts, planned),
    }
}

/// Lượt of everything above, in both boundaries. A transfer takes from one and gives to another, but not above both.
fn places(book: &UnitBook, after: &UnitBook, facts: &[Fact], planned: &Planned) -> Vec<ProofPlace> {
    let now = Boundaries::AsIsNow;
    let above = |book: &UnitBook, units: &[Unit]| -> Vec<BTreeSet<UnitUid>> {
        let lines = units.iter().map(|unit| book.line(&unit.uid, now));
        lines
            .map(|line| line.into_iter().skip(1).map(|unit| unit.uid.clone()).collect())
            .collect()
    };
    let (lost, gained) = (above(book, &planned.old), above(after, &planned.new));
    let everywhere: BTreeSet<UnitUid> = lost.iter().chain(&gained).flatten().cloned().collect();
    let mut places = Vec::new();
    for uid in everywhere.iter().chain(planned.old.iter().map(|unit| &unit.uid)) {
        let Some(unit) = after.get(uid.as_str()) else { continue };
        let is_above = everywhere.contains(uid);
        for (boundaries, code) in [(Boundaries::AsWas, "as_was"), (now, "as_is_now")] {
            if !is_above && boundaries == now {
                continue; // A unit that ended has nothing today: that is the rows' matter.
            }
            let sum = |book: &UnitBook| {
                let lying = facts.iter().filter(|fact| fact.what == "attended");
                let lying = lying.filter(|fact| book.is_within(fact.unit.as_str(), uid.as_str(), boundaries));
                lying.map(|fact| fact.value).sum()
            };
            let holds_all = lost.iter().chain(&gained).all(|line| line.contains(uid));
            places.push(ProofPlace {
                name: unit.name.clone(),
                boundaries: code.to_owned(),
                before: sum(book),
                after: sum(after),
                moves: is_above && boundaries == now && !holds_all,
            });
        }
    }
    places
}

/// Units that lack a figure another of them has: the sum over them is not the whole.
fn incomplete(book: &UnitBook, facts: &[Fact], planned: &Planned) -> Vec<String> {
    if planned.kind != SuccessionKind::Merge {
        return Vec::new();
    }
    let has = |unit: &Unit| -> BTreeSet<&str> {
        let stocks = facts
            .iter()
            .filter(|fact| fact.year == 0 && order(&fact.what) >= FLOWS.len());
        let own = stocks.filter(|fact| book.is_within(fact.unit.as_str(), unit.uid.as_str(), Boundaries::AsIsNow));
        own.map(|fact| fact.what.as_str()).collect()
    };
    let parts: Vec<(&Unit, BTreeSet<&str>)> = planned.old.iter().map(|unit| (unit, has(unit))).collect();
    let all: BTreeSet<&str> = parts.iter().flat_map(|(_, has)| has).copied().collect();
    let lacking = parts.iter().filter(|(_, has)| has.len() < all.len());
    lacking.map(|(unit, _)| unit.name.clone()).collect()
}

const FLOWS: [&str; 5] = ["sessions", "attended", "female", "first_time", "completed"];

fn order(what: &str) -> usize {
    FLOWS.iter().position(|flow| *flow == what).unwrap_or(FLOWS.len())
}
