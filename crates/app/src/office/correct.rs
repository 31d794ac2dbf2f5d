use hocvu_model::FindingCode;
use hocvu_model::operation::{Kind, TRAINING_SESSION};
use hocvu_model::session::{self, SCHEMA_VERSION};
use hocvu_store::Append;

use super::required;
use super::scope::Scope;
use crate::App;
use crate::command::Command;
use crate::contract::{CorrectInput, SaveView};
use crate::error::{Error, Result};
use crate::form;
use crate::sessions::{self, record_id};

/// `session.correct`
pub struct Correct;

impl Command for Correct {
    const NAME: &'static str = "session.correct";
    type Input = CorrectInput;
    type Output = SaveView;

    fn run(app: &App, input: CorrectInput) -> Result<SaveView> {
        Scope::of(app)?;
        let id = record_id(&input.id)?;
        let reason = required("reason", FindingCode::ReasonMissing, &input.reason)?;
        let raw = form::raw(&input.form);
        let at = app.environment().now();
        let done = app.store().write(|tx| {
            let before = tx.record(id)?.ok_or(hocvu_store::Error::NotFound("record"))?;
            let checked = sessions::check_raw(app, tx, &raw, Some(id))?;
            let Some(session) = checked.session else {
                return Ok(Err(checked.findings));
            };
            let set = session::patch(&before.body, &session::body(&session));
            tx.append(&Append {
                record: id,
                kind: Kind::Correct,
                record_type: TRAINING_SESSION,
                schema_version: SCHEMA_VERSION,
                unit: &session.unit,
                set: Some(&set),
                reason: Some(&reason),
                void: None,
                supersedes: &[],
                at: app.environment().unix(),
                findings: &checked.findings,
            })?;
            tx.discard_draft(&input.draft_id)?;
            Ok(Ok((session, checked.findings)))
        })?;
        let (session, findings) = done.map_err(Error::Invalid)?;
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
