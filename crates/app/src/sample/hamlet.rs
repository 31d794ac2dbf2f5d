//! A hamlet's season of sessions, for a team.

use chrono::{NaiveDate, TimeDelta};
use hocvu_model::unit::{Level, Unit};
use hocvu_store::Store;

use super::{COMMUNE, begin, identity, shift};
use crate::App;
use crate::error::{Error, Result};
use crate::import::{TableKind, import_bytes};

/// Sessions of a made-up hamlet, in the documented CSV format.
const SESSIONS: &str = include_str!("../../../../assets/samples/ap-hoa-thuan.csv");
/// The last day in that file.
const LAST_DAY: &str = "2025-11-21";

/// Fills the sample's file.
pub fn fill(app: &App, store: Store) -> Result<()> {
    let unit = Unit {
        parent: Some(COMMUNE.into()),
        ..Unit::new("u:mau".into(), Level::Hamlet, "Ấp Hòa Thuận")
    };
    let own = identity(app, "u:mau", &unit.name, unit.parent.as_ref(), "team");
    begin(app, store, &own, &[unit])?;
    let csv = moved(shift(app, LAST_DAY)?)?;
    import_bytes(app, "mau.csv", csv.as_bytes(), TableKind::Session, &|_| {})?;
    Ok(())
}

/// The sample with its days moved so that it ends yesterday.
fn moved(shift: TimeDelta) -> Result<String> {
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
                Ok(day) if name == "date" => (day + shift).to_string(),
                _ => cell.to_owned(),
            });
        writer.write_record(cells).map_err(fail)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::BadCall(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| Error::BadCall(error.to_string()))
}
