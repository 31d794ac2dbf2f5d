//! "Dùng thử": a hamlet's season of sessions in a file of its own, never merged with real data, never sent.

use std::fs;
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use hocvu_model::LogId;
use hocvu_model::unit::{Level, Unit};
use hocvu_store::{Identity, Store};
use zeroize::Zeroizing;

use crate::command::Command;
use crate::contract::{Done, NoInput};
use crate::error::{Error, Result};
use crate::import::{TableKind, import_bytes};
use crate::{App, SAMPLE_FILE};

/// Sessions of a made-up hamlet, in the documented CSV format.
const SESSIONS: &str = include_str!("../../../assets/samples/ap-hoa-thuan.csv");
/// The last day in that file; all days are moved so that it becomes yesterday.
const LAST_DAY: &str = "2025-11-21";

/// `sample.start`
pub struct Start;

impl Command for Start {
    const NAME: &'static str = "sample.start";
    type Input = NoInput;
    type Output = Done;

    fn run(app: &App, _: NoInput) -> Result<Done> {
        if app.is_sample() {
            return Ok(Done {});
        }
        remove(app)?;
        let store = Store::open(&app.folder.join(SAMPLE_FILE), &app.key)?;
        let unit = Unit {
            uid: "u:mau".into(),
            code: None,
            level: Level::Hamlet,
            name: "Ấp Hòa Thuận".into(),
            parent: Some("new:29413".into()),
            valid_from: None,
            valid_to: None,
            sort: None,
            members: Vec::new(),
        };
        let parent = app.units().get("new:29413").map(|parent| parent.name.clone());
        let identity = Identity {
            deployment: "mau".into(),
            device: "mau".into(),
            log: LogId([0; 16]),
            unit: unit.uid.clone(),
            unit_name: unit.name.clone(),
            parent_name: parent,
            role: "team".into(),
            user_id: "mau".into(),
            user_name: "Lan".into(),
            centre: String::new(),
            sign_key: Zeroizing::new([0; 32]),
            seal_key: Zeroizing::new([0; 32]),
            sample: true,
        };
        store.write(|tx| {
            tx.put_identity(&identity, app.environment().unix())?;
            tx.put_units(&[unit])
        })?;
        app.switch(Arc::new(store), true)?;
        let csv = moved(app.today())?;
        import_bytes(app, "mau.csv", csv.as_bytes(), TableKind::Session, &|_| {})?;
        app.announce(&["state", "sessions", "drafts", "sync"]);
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
        app.announce(&["state", "sessions", "drafts", "sync", "enrol"]);
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

/// The sample with its days moved so that it ends yesterday.
fn moved(today: NaiveDate) -> Result<String> {
    let last: NaiveDate = LAST_DAY.parse().map_err(|_| Error::BadCall("sample".into()))?;
    let shift = (today - last).num_days() - 1;
    let mut reader = csv::Reader::from_reader(SESSIONS.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fail = |error: csv::Error| Error::BadCall(error.to_string());
    let header = reader.headers().map_err(fail)?.clone();
    writer.write_record(&header).map_err(fail)?;
    for record in reader.records() {
        let record = record.map_err(fail)?;
        let cells = header
            .iter()
            .zip(&record)
            .map(|(name, cell)| match cell.parse::<NaiveDate>() {
                Ok(day) if name == "date" => (day + TimeDelta::days(shift)).to_string(),
                _ => cell.to_owned(),
            });
        writer.write_record(cells).map_err(fail)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::BadCall(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| Error::BadCall(error.to_string()))
}
