use hocvu_model::operation::Kind;
use hocvu_model::session;
use hocvu_store::StoredOperation;

use super::list::from_store;
use super::{form_from_body, record_id, row};
use crate::App;
use crate::command::Command;
use crate::contract::{Change, HistoryEntry, IdInput, SessionView, Status};
use crate::error::{Error, Result};
use crate::{form, system};

/// `session.read`
pub struct Read;

impl Command for Read {
    const NAME: &'static str = "session.read";
    type Input = IdInput;
    type Output = SessionView;

    fn run(app: &App, input: IdInput) -> Result<SessionView> {
        let id = record_id(&input.id)?;
        let (detail, operations, shadow, own) = app
            .store()
            .read(|read| Ok((read.session(id)?, read.history(id)?, read.shadow(id)?, read.identity()?)))?;
        let detail = detail.ok_or(Error::NotFound)?;
        let form = form_from_body(app, &detail.body, &detail.unit);
        let latest = operations.first();
        let findings = latest.map(findings).unwrap_or_default();
        let receipt = latest.and_then(|operation| operation.receipt.clone());
        let user = own.map(|own| own.user_name).unwrap_or_default();
        let mut history: Vec<HistoryEntry> = operations.iter().map(|operation| entry(operation, &user)).collect();
        // The centre's latest change is somebody else's when its head is none of ours.
        if let Some(shadow) = shadow
            && operations.iter().all(|operation| operation.id != shadow.head)
        {
            history.insert(
                0,
                HistoryEntry {
                    operation: shadow.head.to_string(),
                    kind: if shadow.void { Kind::Void } else { Kind::Put }.as_str().to_owned(),
                    at: system::from_unix(shadow.at),
                    by: shadow.by,
                    reason: None,
                    changes: Vec::new(),
                    status: Status::Sent,
                    receipt: None,
                },
            );
        }
        Ok(SessionView {
            row: row(detail.row),
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

fn entry(operation: &StoredOperation, user: &str) -> HistoryEntry {
    HistoryEntry {
        operation: operation.id.to_string(),
        kind: kind(operation),
        at: system::from_unix(operation.at),
        by: user.to_owned(),
        reason: operation.reason.clone(),
        changes: changes(operation),
        status: status(operation),
        receipt: operation.receipt.clone(),
    }
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
    let changes = session::changes(&operation.before, &operation.after);
    changes
        .into_iter()
        .map(|(path, from, to)| Change { path, from, to })
        .collect()
}

/// Where it stands, for a screen.
pub(crate) fn status(operation: &StoredOperation) -> Status {
    from_store(operation.state.status())
}
