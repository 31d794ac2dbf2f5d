//! Undoing a batch: what it made is declared void, what it changed gets back what it held. All of it is appended, nothing is
//! deleted; what somebody changed since stays as it is, and is told. Units are acts of an office: see [`super::undo_units`].

use hocvu_model::RecordKind;
use hocvu_model::operation::Kind;
use hocvu_store::{Append, Import, Write};

use super::columns::TableKind;
use super::undo_units;
use crate::App;
use crate::error::{Error, Result};

/// What an undo did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Undone {
    /// Records as they were before the batch.
    pub undone: u32,
    /// Records changed since, which stay.
    pub kept: Vec<String>,
    /// Names of units that stay: changed since, or something hangs on them.
    pub units: Vec<String>,
}

/// Undoes a batch, in one transaction.
///
/// # Errors
/// Not found; writing failed; units need an officer's rights. A batch that was undone is [`Error::NotFound`] too: there is
/// nothing left of it.
pub fn undo(app: &App, id: &str) -> Result<Undone> {
    let import = app.store().read(|read| read.import(id))?;
    let of_units = import.is_some_and(|import| import.kind == TableKind::Unit.as_str());
    let undone = match of_units {
        true => undo_units::undo(app, id),
        false => undo_records(app, id),
    }?;
    app.announce(&["imports"]);
    Ok(undone)
}

fn undo_records(app: &App, id: &str) -> Result<Undone> {
    let at = app.environment().now();
    let undone = app.store().write(|tx| {
        let Some(import) = tx.import(id)?.filter(|import| import.undone.is_none()) else {
            return Ok(None);
        };
        let (first, last) = import.run;
        let mut done = Undone::default();
        for (record, head) in tx.records_of_run(first.log, first.seq, last)? {
            let Some(view) = tx.record(record)? else { continue };
            if view.head != head || view.void {
                done.kept.push(record.to_string());
                continue;
            }
            one(app, tx, &import, &view)?;
            done.undone += 1;
        }
        tx.import_is_undone(id, &at)?;
        Ok(Some(done))
    })?;
    let undone = undone.ok_or(Error::NotFound)?;
    app.recorded();
    Ok(undone)
}

fn one(app: &App, tx: &Write<'_>, import: &Import, view: &hocvu_store::RecordView) -> hocvu_store::Result<()> {
    let reason = format!("Hoàn tác nhập tệp {}", import.file);
    let kind = RecordKind::parse(&view.record_type);
    let before = import.before.get(&view.id.to_string());
    let set = kind.zip(before).map(|(kind, before)| kind.patch(&view.body, before));
    tx.append(&Append {
        record: view.id,
        kind: if set.is_some() { Kind::Put } else { Kind::Void },
        record_type: &view.record_type,
        schema_version: kind.map_or(1, RecordKind::schema_version),
        unit: &view.unit,
        set: set.as_ref(),
        reason: set.is_none().then_some(reason.as_str()),
        void: None,
        supersedes: &[],
        at: app.environment().unix(),
        findings: &[],
    })?;
    Ok(())
}
