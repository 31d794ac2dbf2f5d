//! Units that are new and units that follow on others. Facts stay where they were recorded; scope and today's view follow.

use std::collections::HashSet;

use hocvu_model::ids::UnitUid;
use hocvu_model::unit::{Boundaries, Succession, Unit, UnitBook};
use hocvu_model::{Role, text};
use hocvu_wire::batch::{Ruling, Verdict};
use rusqlite::params;
use serde_json::json;

use super::{Desk, held, voiding};
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
        let mut revised = Vec::new();
        for unit in units {
            let taken = match unit.void {
                true => voiding::leave_out(&mut book, unit),
                false => take_in(&mut book, unit),
            };
            match taken {
                Ok(true) => revised.push(unit),
                Ok(false) => {}
                Err(findings) if findings.is_empty() => return refuse(Verdict::Rejected, code::INVALID),
                Err(findings) => return Err(judge::invalid(&findings)),
            }
        }
        let unknown = |uid: &UnitUid| book.get(uid.as_str()).is_none();
        if successions.iter().any(|it| unknown(&it.old) || unknown(&it.new)) {
            return refuse(Verdict::Held, code::UNIT_UNKNOWN);
        }
        let may = |book: &UnitBook, uid: &str| self.officer_role_over(officer, book, uid);
        let makes = |unit: &Unit| {
            let known = book.voided(unit.uid.as_str()).unwrap_or(unit); // Whatever the act says of a void one.
            may(&book, unit.uid.as_str()).is_some_and(|role| known.level.is_made_by(role))
        };
        let mut named = successions.iter().flat_map(|it| [&it.old, &it.new]);
        // A unit that is revised lies in the officer's scope before and after.
        let had = |unit: &&Unit| may(&directory.units, unit.uid.as_str()).is_some();
        if !(named.all(|uid| book.get(uid.as_str()).is_some_and(makes))
            && units.iter().all(makes)
            && revised.iter().all(had))
        {
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
        voiding::check(&directory.units, &book, units)
    }

    /// The officer's highest role over a unit that may be new, as the book would be.
    fn officer_role_over(&self, officer: i64, book: &UnitBook, unit: &str) -> Option<Role> {
        let device = self.directory().device_no(officer)?;
        if device.id == crate::directory::CENTRE {
            return Some(Role::Province);
        }
        let officers = device.grants.iter().filter(|grant| grant.role.is_officer());
        let covering = officers.filter(|grant| grant.covers(book, unit));
        covering.map(|grant| grant.role).max_by_key(|role| role.rank())
    }

    /// Adds and revises what was allowed. Operations that waited for it are judged.
    pub(super) fn succeed(&mut self, officer: i64, units: &[Unit], successions: &[Succession]) -> Result<()> {
        let (mut added, mut revised, mut void) = (Vec::new(), Vec::new(), Vec::new());
        let mut moved = !successions.is_empty();
        let mut book = self.directory().units.clone();
        for unit in units {
            let before = book.get(unit.uid.as_str()).cloned();
            let stored = stored_form(unit);
            book.put(stored.clone());
            match before {
                Some(before) if unit.void => {
                    self.insert_unit(&Unit { void: true, ..before })?;
                    void.push(stored.uid);
                }
                None if unit.void => {}
                None => {
                    self.insert_unit(&stored)?;
                    added.push(stored.uid);
                }
                Some(before) if before != stored => {
                    moved |= before.parent != stored.parent || before.members != stored.members;
                    self.insert_unit(&stored)?;
                    revised.push(json!({ "uid": stored.uid, "was": before, "is": stored }));
                }
                Some(_) => {}
            }
        }
        for succession in successions {
            self.insert_succession(succession)?;
        }
        let actor = self.actor(officer);
        let follows: Vec<_> = successions
            .iter()
            .map(|it| json!({ "old": it.old, "new": it.new }))
            .collect();
        self.note(
            &actor,
            "unit.succeed",
            &match void[..] {
                [] => json!({ "units": added, "revised": revised, "successions": follows }),
                _ => json!({ "units": added, "revised": revised, "successions": follows, "void": void }),
            },
        )?;
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::UnitBackForgotten) {
            added.clear();
        }
        for uid in added {
            self.cause_gone(&held::unit_cause(uid.as_str()))?;
        }
        if moved { self.cause_gone(held::SCOPE) } else { Ok(()) }
    }

    /// Writes that one unit follows another, once, and its feed entry.
    fn insert_succession(&mut self, succession: &Succession) -> Result<()> {
        let Succession {
            old,
            new,
            kind,
            effective,
            legal_basis,
        } = succession;
        let inserted = self
            .db
            .prepare_cached(
                "INSERT OR IGNORE INTO succession (old, new, kind, effective, legal_basis) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                old.as_str(),
                new.as_str(),
                kind.as_str(),
                effective.to_string(),
                text::tidy(legal_basis)
            ])?;
        if inserted > 0 {
            let entry = self.next_fseq();
            self.db
                .prepare_cached("INSERT INTO event (fseq, old, new) VALUES (?1, ?2, ?3)")?
                .execute((entry, old.as_str(), new.as_str()))?;
        }
        Ok(())
    }

    /// Writes a unit, in place of what it was called before, and its feed entry: who knew it is told anew. What it was is in
    /// the operations.
    pub(super) fn insert_unit(&mut self, unit: &Unit) -> Result<()> {
        self.db
            .prepare_cached(
                "INSERT INTO unit (uid, level, name, parent, code, valid_from, valid_to, sort, members, void)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (uid) DO UPDATE SET
                     was_in = CASE WHEN parent = excluded.parent THEN was_in
                                   ELSE json_insert(coalesce(was_in, '[]'), '$[#]', parent) END,
                     level = excluded.level, name = excluded.name, parent = excluded.parent, code = excluded.code,
                     valid_from = excluded.valid_from, valid_to = excluded.valid_to, sort = excluded.sort,
                     members = excluded.members, void = excluded.void",
            )?
            .execute(params![
                unit.uid.as_str(),
                unit.level.as_str(),
                unit.name,
                unit.parent.as_ref().map(|parent| parent.as_str()),
                unit.code,
                unit.valid_from.map(|date| date.to_string()),
                unit.valid_to.map(|date| date.to_string()),
                unit.sort,
                json!(unit.members).to_string(),
                unit.void,
            ])?;
        let entry = self.next_fseq();
        self.db
            .prepare_cached("INSERT INTO event (fseq, unit) VALUES (?1, ?2)")?
            .execute((entry, unit.uid.as_str()))?;
        Ok(())
    }
}

/// Adds a unit to the book, or what it is now called; says whether a known one was revised. No finding says that the uid is
/// none.
fn take_in(book: &mut UnitBook, unit: &Unit) -> std::result::Result<bool, Vec<hocvu_model::Finding>> {
    let known = book.get(unit.uid.as_str());
    if known.is_some_and(|known| *known == stored_form(unit)) {
        return Ok(false);
    }
    let revised = known.is_some();
    let unit = book.check_new(unit.clone())?;
    if !unit.is_made() {
        return Err(Vec::new());
    }
    book.put(unit);
    Ok(revised)
}

/// A unit whose rules were kept, as it is stored.
fn stored_form(unit: &Unit) -> Unit {
    let tidied = |text: &Option<String>| text.as_deref().map(text::tidy).filter(|text| !text.is_empty());
    let mut members = unit.members.clone();
    members.dedup();
    Unit {
        name: text::tidy(&unit.name),
        code: tidied(&unit.code),
        sort: tidied(&unit.sort),
        members,
        ..unit.clone()
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
