//! A made-up commune, area or province in a data folder, to try the program on: `hocvu-harness --data FOLDER` shows it. It
//! belongs to no centre and is never sent.
#![expect(clippy::print_stdout, reason = "tells a person what it made")]

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::{Parser, ValueEnum};
use hocvu_app::{App, FileKeys, Setup};
use hocvu_model::unit::UnitBook;
use hocvu_model::{LogId, RecordId, UnitUid};
use hocvu_store::Identity;
use hocvu_testkit::append;
use hocvu_testkit::sample::{Plan, Sample, Scope, shipped};

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// Xã Long Hòa.
    Commune,
    /// What was the district of Châu Thành.
    Area,
    /// The 41 communes of the former Trà Vinh.
    Province,
    /// The same with its 104 old communes until 30/06/2025.
    Merger,
}

/// Makes a sample.
#[derive(Parser)]
struct Arguments {
    /// Data folder; must have none yet.
    #[arg(long, required_unless_present = "asset")]
    data: Option<PathBuf>,
    /// Writes the commune the program ships, nothing else.
    #[arg(long)]
    asset: bool,
    /// How much.
    #[arg(long, value_enum, default_value_t = What::Commune)]
    what: What,
    /// The same seed gives the same sample.
    #[arg(long, default_value_t = 67)]
    seed: u64,
    /// Its last day; eighteen months end there.
    #[arg(long, default_value = "2026-03-31")]
    until: NaiveDate,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Arguments {
        data,
        asset,
        what,
        seed,
        until,
    } = Arguments::parse();
    if asset {
        let (file, text) = shipped();
        return Ok(std::fs::write(file, text)?);
    }
    let data = data.ok_or("no folder")?;
    let (scope, unit, role) = match what {
        What::Commune => (Scope::Commune("new:29413".into()), "new:29413", "commune"),
        What::Area => (Scope::Area("old:847".into()), "new:86", "province"),
        What::Province => (Scope::Province, "new:86", "province"),
        What::Merger => (Scope::OldCommunes, "new:86", "province"),
    };
    std::fs::create_dir_all(&data)?;
    let setup = Setup {
        folder: data,
        centre: String::new(),
        announcer: Arc::new(|_| {}),
    };
    let store = App::open(setup, &FileKeys)?.store();
    if store.read(|read| read.identity())?.is_some() {
        return Err("there is data in this folder already".into());
    }
    let sample = Sample::new(Plan::until(until, scope, seed));
    let mut made = 0_u128;
    store.write(|tx| {
        tx.put_identity(&identity(unit, role), 1)?;
        tx.put_units(&sample.units)?;
        tx.put_successions(&sample.successions)?;
        for record in sample.records() {
            made += 1;
            let day = record.day().unwrap_or(until);
            let at = day.and_hms_opt(13, 0, 0).map_or(1, |at| at.and_utc().timestamp());
            append(tx, RecordId(uuid::Uuid::from_u128(made)), &record, at)?;
        }
        Ok(())
    })?;
    println!("{} units, {made} records.", sample.units.len());
    Ok(())
}

fn identity(unit: &str, role: &str) -> Identity {
    let book = UnitBook::shipped();
    let name = |uid: &str| book.get(uid).map(|unit| unit.name.clone());
    let parent = book.get(unit).and_then(|unit| unit.parent.clone());
    Identity {
        deployment: "mau".into(),
        device: "mau".into(),
        log: LogId([7; 16]),
        unit: UnitUid::from(unit),
        unit_name: name(unit).unwrap_or_default(),
        parent_name: parent.and_then(|uid| name(uid.as_str())),
        role: role.into(),
        user_id: "mau".into(),
        user_name: "Lan".into(),
        centre: String::new(),
        sign_key: [0; 32].into(),
        seal_key: [0; 32].into(),
        sample: false,
    }
}
