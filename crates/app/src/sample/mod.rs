//! "Dùng thử": made-up data in a file of its own, never merged with real data, never sent.

mod commune;
mod hamlet;

use std::fs;
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use hocvu_model::unit::Unit;
use hocvu_model::{LogId, UnitUid};
use hocvu_store::{Identity, Store};
use zeroize::Zeroizing;

use crate::command::Command;
use crate::contract::{Done, NoInput, SampleInput, SampleWhat};
use crate::error::{Error, Result};
use crate::{App, SAMPLE_FILE};

/// Part of every id made in a sample.
const DEPLOYMENT: &str = "mau";
/// The commune both samples lie in: Xã Long Hòa.
const COMMUNE: &str = "new:29413";

/// `sample.start`
pub struct Start;

impl Command for Start {
    const NAME: &'static str = "sample.start";
    type Input = SampleInput;
    type Output = Done;

    fn run(app: &App, input: SampleInput) -> Result<Done> {
        if app.is_sample() {
            return Ok(Done {});
        }
        remove(app)?;
        let store = Store::open(&app.folder.join(SAMPLE_FILE), &app.key)?;
        match input.what {
            SampleWhat::Hamlet => hamlet::fill(app, store)?,
            SampleWhat::Commune => commune::fill(app, store)?,
        }
        app.announce(&["state", "sessions", "records", "drafts", "sync"]);
        Ok(Done {})
    }
}

/// `sample.discard`
pub struct Discard;

impl Command for Discard {
    const NAME: &'static str = "sample.discard";
    type Input = NoInput;
    type Output = Done;

    fn run(app: &App, _: NoInput) -> Result<Done> {
        if app.is_sample() {
            app.switch(Arc::clone(&app.real), false)?;
            remove(app)?;
        }
        app.announce(&["state", "sessions", "records", "drafts", "sync", "enrol"]);
        Ok(Done {})
    }
}

/// Only ever the sample's own files.
fn remove(app: &App) -> Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(app.folder.join(format!("{SAMPLE_FILE}{suffix}"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::Disk(error.to_string())),
            _ => {}
        }
    }
    Ok(())
}

/// Who uses the sample: somebody of `unit`, of no centre.
fn identity(app: &App, unit: &str, name: &str, parent: Option<&UnitUid>, role: &str) -> Identity {
    let parent = parent.and_then(|uid| app.units().get(uid.as_str()).map(|parent| parent.name.clone()));
    Identity {
        deployment: DEPLOYMENT.into(),
        device: "mau".into(),
        log: LogId([0; 16]),
        unit: unit.into(),
        unit_name: name.into(),
        parent_name: parent,
        role: role.into(),
        user_id: "mau".into(),
        user_name: "Lan".into(),
        centre: String::new(),
        sign_key: Zeroizing::new([0; 32]),
        seal_key: Zeroizing::new([0; 32]),
        sample: true,
    }
}

/// Makes the file the one the screens work on.
fn begin(app: &App, store: Store, own: &Identity, units: &[Unit]) -> Result<()> {
    store.write(|tx| {
        tx.put_identity(own, app.environment().unix())?;
        tx.put_units(units)
    })?;
    app.switch(Arc::new(store), true)
}

/// How far days are moved so that a sample's last one becomes yesterday.
fn shift(app: &App, last: &str) -> Result<TimeDelta> {
    let last: NaiveDate = last.parse().map_err(|_| Error::BadCall("sample".into()))?;
    Ok(app.today() - last - TimeDelta::days(1))
}
