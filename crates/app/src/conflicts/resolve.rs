use hocvu_model::operation::{Kind, TRAINING_SESSION};
use hocvu_model::session::SCHEMA_VERSION;
use hocvu_model::{OperationId, RecordId};
use hocvu_store::{Append, Version, Write};
use serde_json::Map;

use super::{Versions, compose};
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
        let composed = compose::compose(app, &versions, &input)?;
        let checked = app.store().read(|read| compose::check(app, read, &composed, id))?;
        let settled = compose::settle(app, &versions, composed, checked)?;
        let void = (settled.void != versions.all[0].void).then_some(settled.void);
        app.store().write(|tx| {
            tx.append(&Append {
                unit: &settled.unit,
                set: Some(&settled.set),
                void,
                findings: &settled.checked.findings,
                ..resolving(app, id, &versions, &closed(&versions))
            })
        })?;
        app.saved();
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
                create(app, tx, *id, version)?;
            }
            tx.append(&Append {
                set: Some(&set),
                ..resolving(app, id, &versions, &closed(&versions))
            })
        })?;
        app.saved();
        Ok(SplitView {
            ids: ids.iter().map(ToString::to_string).collect(),
        })
    }
}

fn closed(versions: &Versions) -> Vec<OperationId> {
    versions.branches().iter().map(|version| version.op).collect()
}

fn resolving<'a>(app: &App, id: RecordId, versions: &'a Versions, supersedes: &'a [OperationId]) -> Append<'a> {
    Append {
        record: id,
        kind: Kind::Resolve,
        record_type: TRAINING_SESSION,
        schema_version: SCHEMA_VERSION,
        unit: &versions.all[0].unit,
        set: None,
        reason: None,
        void: None,
        supersedes,
        at: app.environment().unix(),
        findings: &[],
    }
}

/// A session of its own, with the fields the version had, those this build does not know included.
fn create(app: &App, tx: &Write<'_>, id: RecordId, version: &Version) -> hocvu_store::Result<()> {
    let raw = sessions::raw_of_body(&version.body, &version.unit);
    let checked = sessions::check_raw(app, tx, &raw, Some(id))?;
    tx.append(&Append {
        record: id,
        kind: Kind::Put,
        record_type: TRAINING_SESSION,
        schema_version: SCHEMA_VERSION,
        unit: &version.unit,
        set: Some(&version.body),
        reason: None,
        void: None,
        supersedes: &[],
        at: app.environment().unix(),
        findings: &checked.findings,
    })?;
    Ok(())
}
