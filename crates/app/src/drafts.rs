//! Drafts: the form as it stands, on the disk at every field.

use hocvu_store::Draft;

use crate::App;
use crate::command::Command;
use crate::contract::{Done, DraftInput, DraftRow, IdInput, SavedAt, SessionForm};
use crate::error::Result;
use crate::{form, sessions};

/// Whom a change of the drafts concerns.
const TOPICS: [&str; 1] = ["drafts"];

/// `draft.save`
pub struct Save;

impl Command for Save {
    const NAME: &'static str = "draft.save";
    type Input = DraftInput;
    type Output = SavedAt;

    fn run(app: &App, input: DraftInput) -> Result<SavedAt> {
        let DraftInput {
            draft_id,
            record_id,
            form,
        } = input;
        let record_id = record_id.as_deref().map(sessions::record_id).transpose()?;
        let form = serde_json::to_string(&form).expect("plain data is always JSON");
        let at = app.environment().now();
        let draft = Draft {
            id: draft_id,
            record_id,
            form,
            at: at.clone(),
        };
        app.keep(&TOPICS, |tx| tx.put_draft(&draft))?;
        Ok(SavedAt { at })
    }
}

/// `draft.discard`
pub struct Discard;

impl Command for Discard {
    const NAME: &'static str = "draft.discard";
    type Input = IdInput;
    type Output = Done;

    fn run(app: &App, input: IdInput) -> Result<Done> {
        app.keep(&TOPICS, |tx| tx.discard_draft(&input.id))?;
        Ok(Done {})
    }
}

/// The drafts with what each still lacks, newest first.
pub(crate) fn rows(app: &App) -> Result<Vec<DraftRow>> {
    let drafts = app.store().read(|read| read.drafts())?;
    drafts.into_iter().map(|draft| row(app, draft)).collect()
}

/// The form a draft holds; one that cannot be read is an empty form rather than a lost screen.
pub(crate) fn form_of(draft: &Draft) -> SessionForm {
    serde_json::from_str(&draft.form).unwrap_or_else(|error| {
        tracing::error!(%error, draft = draft.id, "a draft cannot be read");
        SessionForm::default()
    })
}

fn row(app: &App, draft: Draft) -> Result<DraftRow> {
    let form = form_of(&draft);
    let checked = app
        .store()
        .read(|read| sessions::check_raw(app, read, &form::raw(&form), draft.record_id))?;
    let errors = checked
        .findings
        .into_iter()
        .filter(hocvu_model::Finding::is_error)
        .collect();
    let Draft {
        id,
        record_id,
        form: _,
        at,
    } = draft;
    let record_id = record_id.map(|record| record.to_string());
    Ok(DraftRow {
        id,
        record_id,
        date: form.date,
        topics: form.topics,
        at,
        findings: form::findings(errors),
    })
}
