use hocvu_model::body;
use hocvu_model::operation::Kind;
use hocvu_model::unit::Boundaries;
use hocvu_store::StoredOperation;

use super::list::from_store;
use super::{form_from_body, record_id, row};
use crate::App;
use crate::boundaries;
use crate::command::Command;
use crate::conflicts::history;
use crate::contract::{Change, SessionReadInput, SessionView, Status};
use crate::error::{Error, Result};
use crate::form;

/// `session.read`
pub struct Read;

impl Command for Read {
    const NAME: &'static str = "session.read";
    type Input = SessionReadInput;
    type Output = SessionView;

    fn run(app: &App, input: SessionReadInput) -> Result<SessionView> {
        let named = boundaries::named(input.boundaries.as_deref().unwrap_or_default())?;
        let id = record_id(&input.id)?;
        let (detail, operations) = app.store().read(|read| Ok((read.session(id)?, read.history(id)?)))?;
        let detail = detail.ok_or(Error::NotFound)?;
        let form = form_from_body(app, &detail.body, &detail.unit);
        let latest = operations.first();
        let findings = latest.map(findings).unwrap_or_default();
        let receipt = latest.and_then(|operation| operation.receipt.clone());
        let history = history::history(app, id)?;
        Ok(SessionView {
            row: row(&app.units(), detail.row, named.unwrap_or(Boundaries::AsWas)),
            form,
            findings,
            receipt,
            history,
        })
    }
}

/// Why the centre refuses it, and the warnings it was saved with.
fn findings(operation: &StoredOperation) -> Vec<crate::contract::FindingView> {
    let all = operation.centre_findings.iter().chain(&operation.findings);
    let mut told: Vec<hocvu_model::Finding> = Vec::new();
    for finding in all {
        if !told.contains(finding) {
            told.push(finding.clone());
        }
    }
    form::findings(told)
}

/// `create`, `edit`, `void`, `restore`.
pub(crate) fn kind(operation: &StoredOperation) -> String {
    match operation.kind {
        Kind::Put if operation.before.is_empty() => "create",
        Kind::Put => "edit",
        Kind::Void => "void",
        Kind::Restore => "restore",
        other => other.as_str(),
    }
    .to_owned()
}

/// The fields it changed; none for a creation.
pub(crate) fn changes(operation: &StoredOperation) -> Vec<Change> {
    if operation.kind != Kind::Put || operation.before.is_empty() {
        return Vec::new();
    }
    let changes = body::changes(&operation.before, &operation.after);
    changes
        .into_iter()
        .map(|(path, from, to)| Change { path, from, to })
        .collect()
}

/// Where it stands, for a screen.
pub(crate) fn status(operation: &StoredOperation) -> Status {
    from_store(operation.state.status())
}
