use hocvu_model::input::integer;
use hocvu_model::operation::Kind;
use hocvu_model::record::Record;
use hocvu_model::{Finding, FindingCode, OperationId, RecordId};
use hocvu_store::{Append, Read as StoreRead, Ready, Write};
use serde_json::{Map, Value};

use super::{check, id_of, kind_of};
use crate::App;
use crate::command::Command;
use crate::contract::{RecordCheckView, RecordForm, RecordSaveInput, RecordSaveView};
use crate::error::{Error, Result};
use crate::form;

/// `record.check`
pub struct Check;

/// `record.save`: a new record, or a change of the one the form names.
pub struct Save;

impl Command for Check {
    const NAME: &'static str = "record.check";
    type Input = RecordForm;
    type Output = RecordCheckView;

    fn run(app: &App, input: RecordForm) -> Result<RecordCheckView> {
        let kind = kind_of(&input.kind)?;
        let deployment = app.deployment();
        let checked = app.store().read(|read| {
            let mut checked = check(app, read, kind, &input)?;
            if let (None, Some(record)) = (&input.id, &checked.record) {
                checked.findings.extend(there(read, record, &deployment)?);
            }
            Ok(checked)
        })?;
        Ok(RecordCheckView {
            findings: form::findings(checked.findings),
        })
    }
}

impl Command for Save {
    const NAME: &'static str = "record.save";
    type Input = RecordSaveInput;
    type Output = RecordSaveView;

    fn run(app: &App, input: RecordSaveInput) -> Result<RecordSaveView> {
        let RecordSaveInput { form: input, unsaved } = input;
        let kind = kind_of(&input.kind)?;
        let edited = input.id.as_deref().map(id_of).transpose()?;
        let deployment = app.deployment(); // Asked before the transaction: inside one the store is not to be asked again.
        let saved = app.store().write(|tx| {
            let checked = check(app, tx, kind, &input)?;
            let Some(record) = checked.record else {
                return Ok(Err(checked.findings));
            };
            let id = edited
                .or_else(|| record.natural_id(&deployment))
                .unwrap_or_else(|| RecordId(app.new_id()));
            write(app, tx, id, &record, &checked.findings)?;
            if let Some(key) = &unsaved {
                tx.drop_unsaved(key)?;
            }
            Ok(Ok((id, checked.findings)))
        })?;
        let (id, findings) = saved.map_err(Error::Invalid)?;
        app.recorded();
        Ok(RecordSaveView {
            id: id.to_string(),
            at: app.environment().now(),
            findings: form::findings(findings),
        })
    }
}

/// What a new figure would change: one of the same day that lives here with another value.
fn there(read: &StoreRead<'_>, record: &Record, deployment: &str) -> hocvu_store::Result<Option<Finding>> {
    let Some(id) = record.natural_id(deployment) else {
        return Ok(None);
    };
    let seen = read.record(id)?.filter(|seen| !seen.void);
    Ok(seen.and_then(|seen| {
        let body = record.body();
        let text = |body: &Map<String, Value>| {
            let numbers = ["value", "numerator", "population"];
            let found = numbers.iter().filter_map(|field| body.get(*field)?.as_u64());
            found.map(integer::format).collect::<Vec<_>>().join("/")
        };
        (seen.body != body).then(|| Finding::new(FindingCode::FigureThere, "as_of").with("value", text(&seen.body)))
    }))
}

/// Appends what makes the record this: all of it, or only what changed. Nothing when nothing changed. A record declared void
/// and said again counts again. Returns the first and the last operation that were appended.
pub(crate) fn write(
    app: &App,
    tx: &Write<'_>,
    id: RecordId,
    record: &Record,
    findings: &[Finding],
) -> hocvu_store::Result<Option<(OperationId, OperationId)>> {
    let Some(seen) = tx.record(id)? else {
        let ready = Ready::of(record.kind().as_str(), &record.body());
        return add(app, tx, id, (record, &ready), findings).map(Some);
    };
    let (kind, append) = (record.kind(), put(app, id, record, findings));
    let restored = match seen.void {
        true => Some(tx.append(&Append {
            kind: Kind::Restore,
            ..append
        })?),
        false => None,
    };
    // After a rejection the line lacks what was rejected, so that the mended figures are set on what the centre has.
    let set = match tx.line(id)? {
        Some(before) => {
            let set = kind.patch(&before.body, &record.body());
            if set.is_empty() && before.unit == *record.unit() && seen.body == before.body {
                return Ok(restored.map(|only| (only, only)));
            }
            set
        }
        None => record.body(),
    };
    let put = tx.append(&Append {
        set: Some(&set),
        ..append
    })?;
    Ok(Some((restored.unwrap_or(put), put)))
}

/// Appends a record that is known not to be here: [`write`] without looking for it. What is ready is the record's body.
pub(crate) fn add(
    app: &App,
    tx: &Write<'_>,
    id: RecordId,
    (record, ready): (&Record, &Ready),
    findings: &[Finding],
) -> hocvu_store::Result<(OperationId, OperationId)> {
    let made = tx.append_first(&put(app, id, record, findings), ready)?;
    Ok((made, made))
}

/// What every operation on the record has in common.
fn put<'a>(app: &App, id: RecordId, record: &'a Record, findings: &'a [Finding]) -> Append<'a> {
    let kind = record.kind();
    Append {
        record: id,
        kind: Kind::Put,
        record_type: kind.as_str(),
        schema_version: kind.schema_version(),
        unit: record.unit(),
        set: None,
        reason: None,
        void: None,
        supersedes: &[],
        at: app.environment().unix(),
        findings,
    }
}
