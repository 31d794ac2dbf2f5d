use hocvu_model::operation::{Kind, TRAINING_SESSION};
use hocvu_model::session::{self, SCHEMA_VERSION, TrainingSession};
use hocvu_model::{Finding, body};
use hocvu_store::Append;

use super::{check_raw, raw_of_body, record_id};
use crate::App;
use crate::command::Command;
use crate::contract::{ChangeInput, SaveView, SessionForm};
use crate::error::{Error, Result};
use crate::form;

/// `session.change`
pub struct Change;

impl Command for Change {
    const NAME: &'static str = "session.change";
    type Input = ChangeInput;
    type Output = SaveView;

    fn run(app: &App, input: ChangeInput) -> Result<SaveView> {
        let id = record_id(&input.id)?;
        let (from, to) = (read(app, &input.from, id)?, read(app, &input.to, id)?);
        let set = session::patch(&session::body(&from), &session::body(&to));
        let at = app.environment().now();
        let done: std::result::Result<(TrainingSession, Vec<Finding>), Vec<Finding>> = app.store().write(|tx| {
            let line = tx.line(id)?.ok_or(hocvu_store::Error::NotFound("record"))?;
            let unit = if from.unit == to.unit { &line.unit } else { &to.unit };
            let raw = raw_of_body(&body::merge(&line.body, &set), unit);
            let checked = check_raw(app, tx, &raw, Some(id))?;
            let Some(after) = checked.session else {
                return Ok(Err(checked.findings));
            };
            tx.append(&Append {
                record: id,
                kind: Kind::Put,
                record_type: TRAINING_SESSION,
                schema_version: SCHEMA_VERSION,
                unit,
                set: Some(&set),
                reason: None,
                void: None,
                supersedes: &[],
                at: app.environment().unix(),
                findings: &checked.findings,
            })?;
            Ok(Ok((after, checked.findings)))
        })?;
        let (after, findings) = done.map_err(Error::Invalid)?;
        app.saved();
        Ok(SaveView {
            id: id.to_string(),
            at,
            date: form::date_view(after.date),
            attended: after.attended(),
            findings: form::findings(findings),
        })
    }
}

fn read(app: &App, form: &SessionForm, id: hocvu_model::RecordId) -> Result<TrainingSession> {
    let checked = app
        .store()
        .read(|read| check_raw(app, read, &form::raw(form), Some(id)))?;
    checked.session.ok_or(Error::Invalid(checked.findings))
}
