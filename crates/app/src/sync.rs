//! The sync screen: what waits, what has a receipt, what must be looked at, the diary, the machine's receipt.

use hocvu_model::RecordKind;
use hocvu_model::operation::{Kind, Operation};
use hocvu_store::{Confirmed, DiaryLine, StoredOperation, Tab};
use hocvu_sync::{Client, Phase, Round, RoundReport, SyncError};

use crate::App;
use crate::command::Command;
use crate::contract::{
    Done, LogInput, LogLine, LogView, NoInput, PhotoTally, ReceiptView, RecordForm, SyncListInput, SyncListView,
    SyncPhase, SyncRow, SyncSeenInput, SyncStatus, SyncTab,
};
use crate::error::{Error, Result};
use crate::{boundaries, form, records, sessions, system};

const PAGE_MAX: u32 = 500;

/// `sync.status`
pub struct ReadStatus;

impl Command for ReadStatus {
    const NAME: &'static str = "sync.status";
    type Input = NoInput;
    type Output = SyncStatus;

    fn run(app: &App, _: NoInput) -> Result<SyncStatus> {
        status(app)
    }
}

/// `sync.now`
pub struct Now;

impl Command for Now {
    const NAME: &'static str = "sync.now";
    type Input = NoInput;
    type Output = Done;

    fn run(app: &App, _: NoInput) -> Result<Done> {
        app.with_engine(hocvu_sync::Engine::now);
        Ok(Done {})
    }
}

/// `sync.stop`
pub struct Stop;

impl Command for Stop {
    const NAME: &'static str = "sync.stop";
    type Input = NoInput;
    type Output = Done;

    fn run(app: &App, _: NoInput) -> Result<Done> {
        app.with_engine(hocvu_sync::Engine::stop_round);
        Ok(Done {})
    }
}

/// `sync.list`
pub struct ListOperations;

impl Command for ListOperations {
    const NAME: &'static str = "sync.list";
    type Input = SyncListInput;
    type Output = SyncListView;

    fn run(app: &App, input: SyncListInput) -> Result<SyncListView> {
        let tab = match input.tab {
            SyncTab::Waiting => Tab::Waiting,
            SyncTab::Sent => Tab::Sent,
            SyncTab::Refused => Tab::Attention,
        };
        let (operations, total) = app
            .store()
            .read(|read| read.list(tab, input.offset, input.limit.min(PAGE_MAX)))?;
        Ok(SyncListView {
            rows: operations.iter().map(|operation| row(app, operation)).collect(),
            total,
        })
    }
}

/// `sync.seen`: the author of an act of an office has read why the centre rejected it.
pub struct Seen;

/// `sync.log`
pub struct ReadLog;

impl Command for Seen {
    const NAME: &'static str = "sync.seen";
    type Input = SyncSeenInput;
    type Output = Done;

    fn run(app: &App, input: SyncSeenInput) -> Result<Done> {
        let id = input.operation.parse();
        let id = id.map_err(|_| Error::BadCall(format!("{} is no operation", input.operation)))?;
        if !app.store().write(|tx| tx.act_is_seen(id))? {
            return Err(Error::NotFound);
        }
        app.announce(&["sync", "state"]);
        Ok(Done {})
    }
}

impl Command for ReadLog {
    const NAME: &'static str = "sync.log";
    type Input = LogInput;
    type Output = LogView;

    fn run(app: &App, input: LogInput) -> Result<LogView> {
        let lines = app.store().read(|read| read.diary_lines(input.limit.min(PAGE_MAX)))?;
        let line = |DiaryLine { at, code, params }| LogLine { at, code, params };
        Ok(LogView {
            lines: lines.into_iter().map(line).collect(),
        })
    }
}

/// `sync.receipt`
pub struct ReadReceipt;

impl Command for ReadReceipt {
    const NAME: &'static str = "sync.receipt";
    type Input = NoInput;
    type Output = ReceiptView;

    fn run(app: &App, _: NoInput) -> Result<ReceiptView> {
        let (own, confirmed) = app.store().read(|read| Ok((read.identity()?, read.confirmed()?)))?;
        let Confirmed {
            operations,
            sessions,
            attended,
            waiting,
            digest_hex,
            latest_receipt,
            at,
        } = confirmed;
        Ok(ReceiptView {
            unit_name: own.map(|own| own.unit_name).unwrap_or_default(),
            operations,
            sessions,
            attended,
            waiting,
            digest: digest_hex,
            latest: latest_receipt,
            at,
        })
    }
}

/// Sync in one glance. Every number is counted from receipts on the disk.
pub(crate) fn status(app: &App) -> Result<SyncStatus> {
    let (tally, photos, own, last_success) = app.store().read(|read| {
        Ok((
            read.tally()?,
            read.photo_tally()?,
            read.identity()?,
            read.setting("sync.last_success")?,
        ))
    })?;
    let engine = app.with_engine(hocvu_sync::Engine::snapshot).unwrap_or_default();
    Ok(SyncStatus {
        phase: match engine.phase {
            Phase::Idle => SyncPhase::Idle,
            Phase::Running => SyncPhase::Running,
            Phase::Offline => SyncPhase::Offline,
            Phase::Failing => SyncPhase::Failing,
        },
        waiting: tally.waiting,
        sent: tally.sent,
        refused: tally.attention,
        conflicts: tally.conflicts,
        cases: tally.cases,
        last_success,
        next_try: engine.next_try,
        problem: engine.problem,
        progress: engine.progress,
        centre: own.filter(|own| !own.sample).map(|own| own.centre),
        photos: PhotoTally {
            total: photos.total,
            sent: photos.sent,
            refused: photos.refused,
        },
    })
}

/// One round for the command line, which may wait.
pub struct SyncOnce;

impl SyncOnce {
    /// Runs one round.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`]; a round that fails gives its `sync_problem_<code>` in the inner result.
    pub async fn run(self, app: &App) -> Result<std::result::Result<RoundReport, String>> {
        once(app, false).await
    }
}

/// One round that ends by comparing this device's replica with the centre, and mends it where it differs.
pub struct SyncAndCompare;

impl SyncAndCompare {
    /// Runs one round.
    ///
    /// # Errors
    /// As [`SyncOnce::run`].
    pub async fn run(self, app: &App) -> Result<std::result::Result<RoundReport, String>> {
        once(app, true).await
    }
}

async fn once(app: &App, compare: bool) -> Result<std::result::Result<RoundReport, String>> {
    let store = app.store();
    let own = store
        .read(|read| read.identity())?
        .filter(|own| !own.sample)
        .ok_or(Error::NotEnrolled)?;
    let round = async {
        let client = Client::new((app.transports)(&own.centre)?);
        let mut round = Round::new(&store, &client, app.environment(), &|_, _| {})?;
        if compare {
            round = round.comparing();
        }
        round.run().await
    };
    let outcome = round.await;
    app.reload_units();
    match outcome {
        Ok(report) => {
            let now = app.environment().now();
            store.write(|tx| tx.put_setting("sync.last_success", &now))?;
            Ok(Ok(report))
        }
        Err(SyncError::Store(error)) => Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "sync round failed");
            Ok(Err(error.code().to_owned()))
        }
    }
}

/// An operation as a row of the sync screen and of what must be looked at.
pub(crate) fn row(app: &App, operation: &StoredOperation) -> SyncRow {
    let session = sessions::from_body(app, &operation.after, &operation.unit);
    let on_units = on_units(operation);
    let unit_name = match &on_units {
        Some((_, names)) => names.clone(),
        None => boundaries::name_now(&app.units(), &operation.unit),
    };
    let reason = operation.code.as_ref().map(|code| code.to_lowercase());
    SyncRow {
        operation: operation.id.to_string(),
        record_id: operation.record.map(|record| record.to_string()).unwrap_or_default(),
        kind: on_units.map_or_else(|| sessions::kind(operation), |(kind, _)| kind.to_owned()),
        record: plain(operation),
        date: session.as_ref().map(|session| form::date_view(session.date)),
        unit_name,
        topics: session
            .map(|session| session.topics.iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
        changes: sessions::changes(operation),
        at: system::from_unix(operation.at),
        status: sessions::status(operation),
        receipt: operation.receipt.clone(),
        received_at: operation.received_at.clone(),
        findings: form::findings(operation.centre_findings.clone()),
        reason,
        message: operation.message.clone(),
    }
}

/// Names of units told in one row; what is more is dots.
const NAMES_MAX: usize = 5;

/// What an act that only says units does to them, and which they are.
fn on_units(operation: &StoredOperation) -> Option<(&'static str, String)> {
    let act = Operation::parse(&operation.text).ok()?;
    if act.k != Kind::Succeed || !act.successions.is_empty() {
        return None;
    }
    let kind = match act.units.iter().all(|unit| unit.void) {
        true => "unit_void",
        false => "unit_say",
    };
    let names = act.units.iter().take(NAMES_MAX).map(|unit| unit.name.as_str());
    let mut names = names.collect::<Vec<_>>().join(", ");
    if act.units.len() > NAMES_MAX {
        names.push('…');
    }
    Some((kind, names))
}

/// The record after an operation, when it is no session.
fn plain(operation: &StoredOperation) -> Option<RecordForm> {
    let text: serde_json::Value = serde_json::from_str(&operation.text).ok()?;
    let kind = RecordKind::parse(text.get("t")?.as_str()?)?;
    (kind != RecordKind::TrainingSession).then(|| RecordForm {
        kind: kind.as_str().to_owned(),
        id: operation.record.map(|record| record.to_string()),
        unit: operation.unit.to_string(),
        fields: records::fields(&operation.after),
    })
}
