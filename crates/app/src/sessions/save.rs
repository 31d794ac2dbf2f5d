use hocvu_model::operation::{Kind, TRAINING_SESSION};
use hocvu_model::session::{self, SCHEMA_VERSION, TrainingSession};
use hocvu_model::{Finding, RecordId};
use hocvu_store::{Append, Write};

use super::{check_raw, record_id};
use crate::App;
use crate::command::Command;
use crate::contract::{CheckInput, CheckView, SaveInput, SaveView};
use crate::error::{Error, Result};
use crate::form;

/// `session.check`
pub struct Check;

impl Command for Check {
    const NAME: &'static str = "session.check";
    type Input = CheckInput;
    type Output = CheckView;

    fn run(app: &App, input: CheckInput) -> Result<CheckView> {
        let raw = form::raw(&input.form);
        let except = input.id.as_deref().map(record_id).transpose()?;
        let checked = app.store().read(|read| check_raw(app, read, &raw, except))?;
        let date = hocvu_model::input::date::parse(&input.form.date, app.today())
            .ok()
            .flatten();
        Ok(CheckView {
            findings: form::findings(checked.findings),
            date: date.map(form::date_view),
            totals: form::totals(&input.form),
            tidy: session::tidy_fields(&raw, app.today()).into_iter().collect(),
        })
    }
}

/// `session.save`
pub struct Save;

impl Command for Save {
    const NAME: &'static str = "session.save";
    type Input = SaveInput;
    type Output = SaveView;

    fn run(app: &App, input: SaveInput) -> Result<SaveView> {
        let SaveInput {
            draft_id,
            record_id: record,
            form,
        } = input;
        let edited = record.as_deref().map(record_id).transpose()?;
        let raw = form::raw(&form);
        // The draft's own id makes a save that is repeated after a lost answer the same record.
        let id = edited
            .or_else(|| draft_id.parse().ok())
            .unwrap_or_else(|| RecordId(app.new_id()));
        let at = app.environment().now();
        let saved = app.store().write(|tx| {
            let checked = check_raw(app, tx, &raw, Some(id))?;
            let Some(session) = checked.session else {
                return Ok(Err(checked.findings));
            };
            let missing = crate::photos::missing(tx, id, &session)?;
            if !missing.is_empty() {
                return Ok(Err(missing));
            }
            write(app, tx, id, &session, &checked.findings)?;
            tx.discard_draft(&draft_id)?;
            Ok(Ok((session, checked.findings)))
        })?;
        let (session, findings) = saved.map_err(Error::Invalid)?;
        app.saved();
        Ok(SaveView {
            id: id.to_string(),
            at,
            date: form::date_view(session.date),
            attended: session.attended(),
            findings: form::findings(findings),
        })
    }
}

/// Appends what makes the record this session: all of it, or only what changed. Nothing when nothing changed.
fn write(
    app: &App,
    tx: &Write<'_>,
    id: RecordId,
    session: &TrainingSession,
    findings: &[Finding],
) -> hocvu_store::Result<()> {
    let body = session::body(session);
    // After a rejection the line lacks what was rejected, so that the mended figures are set on what the centre has.
    let set = match tx.line(id)? {
        Some(before) => {
            let set = session::patch(&before.body, &body);
            if set.is_empty() && before.unit == session.unit && tx.record(id)?.as_ref() == Some(&before) {
                return Ok(());
            }
            set
        }
        None => body,
    };
    tx.append(&Append {
        record: id,
        kind: Kind::Put,
        record_type: TRAINING_SESSION,
        schema_version: SCHEMA_VERSION,
        unit: &session.unit,
        set: Some(&set),
        reason: None,
        void: None,
        supersedes: &[],
        at: app.environment().unix(),
        findings,
    })?;
    Ok(())
}
