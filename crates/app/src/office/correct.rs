use hocvu_model::FindingCode;
use hocvu_model::operation::{Kind, TRAINING_SESSION};
use hocvu_model::session::{self, SCHEMA_VERSION};
use hocvu_store::Append;

use super::required;
use super::scope::Scope;
use crate::App;
use crate::command::Command;
use crate::contract::{CorrectInput, RecordCorrectInput, RecordSaveView, SaveView};
use crate::error::{Error, Result};
use crate::form;
use crate::records;
use crate::sessions::{self, record_id};

/// `session.correct`
pub struct Correct;

/// `record.correct`: the same for a record of plain fields.
pub struct CorrectRecord;

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

impl Command for CorrectRecord {
    const NAME: &'static str = "record.correct";
    type Input = RecordCorrectInput;
    type Output = RecordSaveView;

    fn run(app: &App, input: RecordCorrectInput) -> Result<RecordSaveView> {
        Scope::of(app)?;
        let kind = records::kind_of(&input.form.kind)?;
        let id = record_id(input.form.id.as_deref().unwrap_or_default())?;
        let reason = required("reason", FindingCode::ReasonMissing, &input.reason)?;
        let at = app.environment().now();
        let done = app.store().write(|tx| {
            let before = tx.record(id)?.filter(|before| before.record_type == kind.as_str());
            let before = before.ok_or(hocvu_store::Error::NotFound("record"))?;
            let checked = records::check(app, tx, kind, &input.form)?;
            let Some(record) = checked.record else {
                return Ok(Err(checked.findings));
            };
            let set = kind.patch(&before.body, &record.body());
            tx.append(&Append {
                record: id,
                kind: Kind::Correct,
                record_type: kind.as_str(),
                schema_version: kind.schema_version(),
                unit: record.unit(),
                set: Some(&set),
                reason: Some(&reason),
                void: None,
                supersedes: &[],
                at: app.environment().unix(),
                findings: &checked.findings,
            })?;
            Ok(Ok(checked.findings))
        })?;
        let findings = done.map_err(Error::Invalid)?;
        app.recorded();
        Ok(RecordSaveView {
            id: id.to_string(),
            at,
            findings: form::findings(findings),
        })
    }
}
