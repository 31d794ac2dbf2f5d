use hocvu_model::operation::Kind;
use hocvu_model::record::{self, Context};
use hocvu_model::{OperationId, RecordId, RecordKind};
use hocvu_store::{Append, Version, Write};
use serde_json::Map;

use super::{Versions, compose, plain};
use crate::App;
use crate::command::Command;
use crate::contract::{ConflictInput, Done, SplitInput, SplitView};
use crate::error::{Error, Result};
use crate::sessions::{self, record_id};

/// `conflict.resolve`
pub struct Resolve;

/// `conflict.split`: what looked like two versions were two sessions.
pub struct Split;

impl Command for Resolve {
    const NAME: &'static str = "conflict.resolve";
    type Input = ConflictInput;
    type Output = Done;

    fn run(app: &App, input: ConflictInput) -> Result<Done> {
        let id = record_id(&input.id)?;
        let versions = Versions::as_seen(app, id, &input.versions)?;
        let kind = plain::kind(app, id)?;
        let settled = match kind {
            None => {
                let composed = compose::compose(app, &versions, &input)?;
                let checked = app.store().read(|read| compose::check(app, read, &composed, id))?;
                compose::settle(app, &versions, composed, checked)?
            }
            Some(kind) => {
                let composed = plain::compose(kind, &versions, &input)?;
                let checked = app.store().read(|read| plain::check(app, read, kind, &composed))?;
                plain::settle(kind, &versions, composed, checked)?
            }
        };
        let void = (settled.void != versions.all[0].void).then_some(settled.void);
        let kind = kind.unwrap_or(RecordKind::TrainingSession);
        app.store().write(|tx| {
            tx.append(&Append {
                unit: &settled.unit,
                set: Some(&settled.set),
                void,
                findings: &settled.findings,
                ..resolving(app, id, kind, &versions, &closed(&versions))
            })
        })?;
        match kind {
            RecordKind::TrainingSession => app.saved(),
            _ => app.recorded(),
        }
        Ok(Done {})
    }
}

impl Command for Split {
    const NAME: &'static str = "conflict.split";
    type Input = SplitInput;
    type Output = SplitView;

    fn run(app: &App, input: SplitInput) -> Result<SplitView> {
        let id = record_id(&input.id)?;
        let versions = Versions::as_seen(app, id, &input.versions)?;
        if versions.all.iter().any(|version| version.void) {
            return Err(Error::BadCall(
                "a version that only voids is no session of its own".into(),
            ));
        }
        let kind = plain::kind(app, id)?.unwrap_or(RecordKind::TrainingSession);
        if !matches!(kind, RecordKind::TrainingSession | RecordKind::Team) {
            return Err(Error::BadCall("a figure of one day is one figure".into()));
        }
        // Without one that counts, the oldest branch goes on as this record.
        let kept = usize::from(!versions.has_head);
        let others = &versions.branches()[kept..];
        let ids: Vec<RecordId> = others.iter().map(|_| RecordId(app.new_id())).collect();
        let set = if versions.has_head {
            Map::new()
        } else {
            versions.all[0].body.clone()
        };
        app.store().write(|tx| {
            for (id, version) in ids.iter().zip(others) {
                create(app, tx, *id, kind, version)?;
            }
            tx.append(&Append {
                set: Some(&set),
                ..resolving(app, id, kind, &versions, &closed(&versions))
            })
        })?;
        app.recorded();
        Ok(SplitView {
            ids: ids.iter().map(ToString::to_string).collect(),
        })
    }
}

fn closed(versions: &Versions) -> Vec<OperationId> {
    versions.branches().iter().map(|version| version.op).collect()
}

fn resolving<'a>(
    app: &App,
    id: RecordId,
    kind: RecordKind,
    versions: &'a Versions,
    supersedes: &'a [OperationId],
) -> Append<'a> {
    Append {
        record: id,
        kind: Kind::Resolve,
        record_type: kind.as_str(),
        schema_version: kind.schema_version(),
        unit: &versions.all[0].unit,
        set: None,
        reason: None,
        void: None,
        supersedes,
        at: app.environment().unix(),
        findings: &[],
    }
}

/// A record of its own, with the fields the version had, those this build does not know included.
fn create(app: &App, tx: &Write<'_>, id: RecordId, kind: RecordKind, version: &Version) -> hocvu_store::Result<()> {
    let findings = if kind == RecordKind::TrainingSession {
        let raw = sessions::raw_of_body(&version.body, &version.unit);
        sessions::check_raw(app, tx, &raw, Some(id))?.findings
    } else {
        let units = app.units();
        let find = |uid: &str| units.get(uid);
        let body = serde_json::Value::Object(version.body.clone()).to_string();
        let context = Context::new(app.today(), &find);
        let checked = record::check(kind, &body, Some(version.unit.as_str()), &context);
        checked.map(|checked| checked.findings).unwrap_or_default()
    };
    tx.append(&Append {
        record: id,
        kind: Kind::Put,
        record_type: kind.as_str(),
        schema_version: kind.schema_version(),
        unit: &version.unit,
        set: Some(&version.body),
        reason: None,
        void: None,
        supersedes: &[],
        at: app.environment().unix(),
        findings: &findings,
    })?;
    Ok(())
}
