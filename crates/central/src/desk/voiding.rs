//! Units declared not to be: a slip is taken back as long as nothing hangs on it.

use hocvu_model::Finding;
use hocvu_model::unit::{MADE, Unit, UnitBook};
use hocvu_wire::batch::{Ruling, Verdict};

use super::Desk;
use crate::error::Result;
use crate::judge::{self, code};
use crate::reading::Office;

/// Leaves a unit out of the book. What is known of it stays as it is: an act that declares it void says nothing else of it. No
/// unit is revised by that. No finding says that the uid is none of a unit made by people.
pub(super) fn leave_out(book: &mut UnitBook, said: &Unit) -> std::result::Result<bool, Vec<Finding>> {
    if !said.uid.as_str().starts_with(MADE) {
        return Err(Vec::new());
    }
    let uid = said.uid.as_str();
    let known = book.get(uid).or_else(|| book.voided(uid)).unwrap_or(said);
    let left = Unit {
        void: true,
        ..known.clone()
    };
    book.put(left);
    Ok(false)
}

/// Whether units may be void in the book as it would be. One that nobody has said yet may be on its way: this waits for it.
pub(super) fn check(before: &UnitBook, after: &UnitBook, units: &[Unit]) -> std::result::Result<(), Ruling> {
    let mut void = units.iter().filter(|unit| after.voided(unit.uid.as_str()).is_some());
    if void.clone().any(|unit| after.is_leant_on(&unit.uid)) {
        return Err(judge::ruling(Verdict::Rejected, code::UNIT_IN_USE));
    }
    let said = |unit: &Unit| {
        let uid = unit.uid.as_str();
        let here = units.iter().any(|other| !other.void && other.uid == unit.uid);
        here || before.get(uid).is_some() || before.voided(uid).is_some()
    };
    match void.all(said) {
        true => Ok(()),
        false => Err(judge::ruling(Verdict::Held, code::UNIT_UNKNOWN)),
    }
}

impl Desk<'_> {
    /// Whether nothing was ever recorded for the units an act declares void, and nobody was let in or asked there.
    pub(super) fn may_leave_out(&self, office: &Office) -> Result<std::result::Result<(), Ruling>> {
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::UnitVoidOverRecords) {
            return Ok(Ok(()));
        }
        for unit in office.units.iter().filter(|unit| unit.void) {
            if self.is_used(unit.uid.as_str())? {
                return Ok(Err(judge::ruling(Verdict::Rejected, code::UNIT_IN_USE)));
            }
        }
        Ok(Ok(()))
    }

    /// Whether anything names the unit: a record or a branch, also a void one or one that went elsewhere, something that waits
    /// or waited for a person, a machine, an invitation, a closed month.
    fn is_used(&self, uid: &str) -> Result<bool> {
        let mut find = self.db.prepare_cached(include_str!("../queries/unit_used.sql"))?;
        Ok(find.query_row([uid], |row| row.get(0))?)
    }
}
