use std::collections::BTreeMap;

use hocvu_model::operation::Kind;
use hocvu_model::{OperationId, RecordId, body};
use hocvu_store::{State, StoredOperation, Version};

use crate::App;
use crate::command::Command;
use crate::contract::{Branch, Change, HistoryEntry, HistoryView, IdInput, Status};
use crate::error::{Error, Result};
use crate::sessions::{self, record_id};
use crate::system;

/// `history.get`
pub struct ReadHistory;

impl Command for ReadHistory {
    const NAME: &'static str = "history.get";
    type Input = IdInput;
    type Output = HistoryView;

    fn run(app: &App, input: IdInput) -> Result<HistoryView> {
        let entries = history(app, record_id(&input.id)?)?;
        if entries.is_empty() {
            return Err(Error::NotFound);
        }
        Ok(HistoryView { entries })
    }
}

/// Everything this machine was shown or wrote of a record, newest first: what counts, what stands beside it, what was not
/// chosen.
pub(crate) fn history(app: &App, id: RecordId) -> Result<Vec<HistoryEntry>> {
    let (versions, operations, people) = app
        .store()
        .read(|read| Ok((read.versions(id)?, read.history(id)?, People::read(read)?)))?;
    let own: BTreeMap<OperationId, &StoredOperation> =
        operations.iter().map(|operation| (operation.id, operation)).collect();
    let states: BTreeMap<OperationId, &Version> = versions.iter().map(|version| (version.op, version)).collect();
    let entry = |version: &Version| {
        let before = version.base.and_then(|base| states.get(&base).copied());
        let own = own.get(&version.op).copied();
        HistoryEntry {
            operation: version.op.to_string(),
            kind: kind(version, before),
            at: system::from_unix(version.at),
            by: people.name(&version.by),
            reason: version.reason.clone(),
            changes: changes(version, before),
            status: own.map_or_else(|| status(version), sessions::status),
            receipt: own.and_then(|operation| operation.receipt.clone()),
            mine: version.own,
            branch: branch(version),
            closed_by: closed_by(version, &states).map(|by| people.name(by)),
            code: own
                .and_then(|operation| operation.code.as_ref())
                .map(|code| code.to_lowercase()),
            message: own.and_then(|operation| operation.message.clone()),
        }
    };
    Ok(versions.iter().rev().map(entry).collect())
}

fn kind(version: &Version, before: Option<&Version>) -> String {
    let before_void = before.is_some_and(|before| before.void);
    match version.kind {
        Some(Kind::Put) if version.base.is_none() => "create",
        Some(Kind::Put) => "edit",
        Some(other) => other.as_str(),
        // What somebody else did is told by what became of the record.
        None if version.void && !before_void => "void",
        None => "state",
    }
    .to_owned()
}

fn changes(version: &Version, before: Option<&Version>) -> Vec<Change> {
    let Some(before) = before else { return Vec::new() };
    body::changes(&before.body, &version.body)
        .into_iter()
        .map(|(path, from, to)| Change { path, from, to })
        .collect()
}

fn status(version: &Version) -> Status {
    match version.state {
        Some(state) => sessions::from_store(state.status()),
        None => Status::Sent,
    }
}

fn branch(version: &Version) -> Branch {
    let beside = matches!(version.state, Some(State::Stored(hocvu_store::Verdict::Conflicted)));
    match (version.open, version.closed_by.is_some() || beside) {
        (true, _) => Branch::Open,
        (false, true) => Branch::Closed,
        (false, false) => Branch::None,
    }
}

fn closed_by<'a>(version: &Version, states: &'a BTreeMap<OperationId, &Version>) -> Option<&'a str> {
    let closer = version.closed_by.and_then(|op| states.get(&op))?;
    Some(&closer.by)
}

/// Names of authors: the centre's name for this machine's user is an id.
pub(crate) struct People {
    own: Option<(String, String)>,
}

impl People {
    /// Reads who uses this machine.
    pub fn read(read: &hocvu_store::Read<'_>) -> hocvu_store::Result<Self> {
        let own = read.identity()?.map(|own| (own.user_id, own.user_name));
        Ok(Self { own })
    }

    /// An author for people to read.
    pub fn name(&self, by: &str) -> String {
        match &self.own {
            Some((id, name)) if id == by => name.clone(),
            _ => by.to_owned(),
        }
    }
}
