//! Units that are new and units that follow on others. Facts stay where they were recorded; scope and today's view follow.

use std::collections::HashSet;

use hocvu_model::ids::UnitUid;
use hocvu_model::text;
use hocvu_model::unit::{Boundaries, Succession, SuccessionKind, Unit, UnitBook};
use hocvu_wire::batch::{Ruling, Verdict};
use rusqlite::params;
use serde_json::json;

use super::{Desk, held};
use crate::error::Result;
use crate::judge::{self, code};
use crate::reading::Office;

impl Desk<'_> {
    /// Whether an officer may add these units and successions: everything named lies in their scope.
    pub(super) fn may_succeed(&self, officer: i64, office: &Office) -> std::result::Result<(), Ruling> {
        let refuse = |v, why| Err(judge::ruling(v, why));
        let Office { units, successions, .. } = office;
        if units.is_empty() && successions.is_empty() {
            return refuse(Verdict::Rejected, code::MALFORMED);
        }
        let directory = self.directory();
        let mut book = directory.units.clone();
        for unit in units {
            match take_in(&mut book, unit) {
                Ok(()) => {}
                Err(findings) if findings.is_empty() => return refuse(Verdict::Rejected, code::INVALID),
                Err(findings) => return Err(judge::invalid(&findings)),
            }
        }
        let unknown = |uid: &UnitUid| book.get(uid.as_str()).is_none();
        if successions.iter().any(|it| unknown(&it.old) || unknown(&it.new)) {
            return refuse(Verdict::Held, code::UNIT_UNKNOWN);
        }
        let may = |uid: &str| self.is_officer_over_in(officer, &book, uid);
        let named = successions.iter().flat_map(|it| [&it.old, &it.new]);
        let added = units.iter().map(|unit| &unit.uid);
        if !named.chain(added).all(|uid| may(uid.as_str())) {
            return refuse(Verdict::Rejected, code::RIGHTS);
        }
        if successions.iter().any(|it| text::tidy(&it.legal_basis).is_empty()) {
            return refuse(Verdict::Rejected, code::REASON_MISSING);
        }
        for succession in successions {
            if makes_a_ring(&book, succession) {
                return refuse(Verdict::Rejected, code::INVALID);
            }
            book.succeed(succession.clone());
        }
        Ok(())
    }

    /// Scope over units that may be new, as the book would be.
    fn is_officer_over_in(&self, officer: i64, book: &UnitBook, unit: &str) -> bool {
        let Some(device) = self.directory().device_no(officer) else {
            return false;
        };
        let mut officers = device.grants.iter().filter(|grant| grant.role.is_officer());
        device.id == crate::directory::CENTRE || officers.any(|grant| grant.covers(book, unit))
    }

    /// Adds what was allowed. Operations that waited for it are judged.
    pub(super) fn succeed(&mut self, officer: i64, units: &[Unit], successions: &[Succession]) -> Result<()> {
        let mut added = Vec::new();
        for unit in units {
            if self.directory().units.get(unit.uid.as_str()).is_none() {
                let unit = Unit {
                    name: text::tidy(&unit.name),
                    ..unit.clone()
                };
                self.insert_unit(&unit)?;
                added.push(unit.uid);
            }
        }
        for Succession {
            old,
            new,
            kind,
            effective,
            legal_basis,
        } in successions
        {
            let inserted = self
                .db
                .prepare_cached(
                    "INSERT OR IGNORE INTO succession (old, new, kind, effective, legal_basis) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    old.as_str(),
                    new.as_str(),
                    kind_name(*kind),
                    effective.to_string(),
                    text::tidy(legal_basis)
                ])?;
            if inserted > 0 {
                let entry = self.next_fseq();
                self.db
                    .prepare_cached("INSERT INTO event (fseq, old, new) VALUES (?1, ?2, ?3)")?
                    .execute((entry, old.as_str(), new.as_str()))?;
            }
        }
        let actor = self.actor(officer);
        let follows: Vec<_> = successions
            .iter()
            .map(|it| json!({ "old": it.old, "new": it.new }))
            .collect();
        self.note(
            &actor,
            "unit.succeed",
            &json!({ "units": added, "successions": follows }),
        )?;
        for uid in added {
            self.cause_gone(&held::unit_cause(uid.as_str()))?;
        }
        if successions.is_empty() {
            Ok(())
        } else {
            self.cause_gone(held::SCOPE)
        }
    }

    /// Writes a unit and its feed entry.
    pub(super) fn insert_unit(&mut self, unit: &Unit) -> Result<()> {
        self.db
            .prepare_cached(
                "INSERT INTO unit (uid, level, name, parent, code, valid_from, valid_to)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                unit.uid.as_str(),
                unit.level.as_str(),
                unit.name,
                unit.parent.as_ref().map(|parent| parent.as_str()),
                unit.code,
                unit.valid_from.map(|date| date.to_string()),
                unit.valid_to.map(|date| date.to_string()),
            ])?;
        let entry = self.next_fseq();
        self.db
            .prepare_cached("INSERT INTO event (fseq, unit) VALUES (?1, ?2)")?
            .execute((entry, unit.uid.as_str()))?;
        Ok(())
    }
}

/// Adds a unit to the book; a known one must be the same. No finding says that the uid is another's.
fn take_in(book: &mut UnitBook, unit: &Unit) -> std::result::Result<(), Vec<hocvu_model::Finding>> {
    let unit = book.check_new(unit.clone())?;
    match book.get(unit.uid.as_str()) {
        Some(known) if *known == unit => Ok(()),
        Some(_) => Err(Vec::new()),
        None if unit.uid.as_str().is_empty() => Err(Vec::new()),
        None => {
            book.put(unit);
            Ok(())
        }
    }
}

/// Whether a unit would follow on itself, at once or by way of others, or on one it lies in.
fn makes_a_ring(book: &UnitBook, succession: &Succession) -> bool {
    let Succession { old, new, .. } = succession;
    if book.is_within(new.as_str(), old.as_str(), Boundaries::AsWas) {
        return true;
    }
    let (mut seen, mut next) = (HashSet::new(), vec![new]);
    while let Some(uid) = next.pop() {
        if uid == old {
            return true;
        }
        if seen.insert(uid) {
            next.extend(book.successions(uid).iter().map(|it| &it.new));
        }
    }
    false
}

fn kind_name(kind: SuccessionKind) -> &'static str {
    match kind {
        SuccessionKind::Merge => "merge",
        SuccessionKind::Split => "split",
        SuccessionKind::Rename => "rename",
        SuccessionKind::Transfer => "transfer",
    }
}
