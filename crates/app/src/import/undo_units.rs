//! Undoing an import of units: each that nothing hangs on is declared void, by an act of its own, so that one the centre knows
//! to be used does not keep the others.

use hocvu_model::operation::{Kind, OfficeDraft};
use hocvu_model::unit::Unit;

use super::undo::Undone;
use crate::error::{Error, Result};
use crate::office::Scope;
use crate::{App, units};

/// Undoes a batch of units, in one transaction. When all of them stay it is still there to be undone.
///
/// # Errors
/// Not found or undone before; the office may not make such units; writing failed.
pub(super) fn undo(app: &App, id: &str) -> Result<Undone> {
    let scope = Scope::of(app)?;
    let (now, unix) = (app.environment().now(), app.environment().unix());
    let undone = app.store().write(|tx| {
        let Some(import) = tx.import(id)?.filter(|import| import.undone.is_none()) else {
            return Ok(Err(Error::NotFound));
        };
        let (mut book, named) = (tx.unit_book()?, tx.units_named()?);
        let mut done = Undone::default();
        let mut void: Vec<Unit> = Vec::new();
        // The last one made first: it may lie in one made before.
        for made in tx.units_of_import(&import)?.into_iter().rev() {
            let Some(unit) = book.get(made.uid.as_str()) else {
                continue; // The centre refused it, or it is void already.
            };
            if *unit != made || named.contains(&made.uid) || book.is_leant_on(&made.uid) {
                done.units.push(unit.name.clone());
                continue;
            }
            if !units::may_make(app, &scope, &book, unit) {
                return Ok(Err(Error::NotAllowed));
            }
            let made = Unit { void: true, ..made };
            book.put(made.clone());
            void.push(made);
        }
        for unit in &void {
            tx.append_office(&OfficeDraft {
                units: std::slice::from_ref(unit),
                ..OfficeDraft::new(Kind::Succeed, unix)
            })?;
            done.undone += 1;
        }
        if done.undone > 0 || done.units.is_empty() {
            tx.import_is_undone(id, &now)?;
        }
        done.units.reverse(); // As in the file.
        Ok(Ok(done))
    })??;
    app.acted();
    Ok(undone)
}
