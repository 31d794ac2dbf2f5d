//! A sample commune to try things on: a centre on loopback, a machine enrolled for one of its hamlets, a season of
//! sessions already recorded, and the app open on it. Everything stays in `target/run/commune` until it is deleted.
#![expect(clippy::print_stdout, reason = "tells a person what it does")]

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use chrono::{NaiveDate, TimeDelta};
use hocvu_tests::centre::HAMLET;
use hocvu_tests::{Centre, Device, Outcome, Trouble, binary, results};

/// The machine remembers the centre's address, so the port stays from one run to the next.
const PORT: u16 = 47_417;
const NAME: &str = "Nguyễn Thị Lan";
const SEASON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/samples/ap-hoa-thuan.csv");

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match sample_commune().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            println!("  ✗ {trouble}");
            ExitCode::FAILURE
        }
    }
}

async fn sample_commune() -> Outcome {
    let folder = results("run")?.join("commune");
    let (data, enrolled) = (folder.join("device"), folder.join("enrolled"));
    let mut centre = Centre::at(folder.join("centre"), PORT)?;
    centre.up().await?;
    println!("  The centre runs at {}.", centre.url());
    if !enrolled.exists() {
        enrol(&centre, &data)?;
        fs::write(&enrolled, "")?;
    }
    println!("  The app is open on {}. Close its window to end.", data.display());
    let status = Command::new(binary("hocvu")?)
        .env("HOCVU_DATA", &data)
        .env("HOCVU_CENTRAL", centre.url())
        .status()?;
    let total = &centre.figures(HAMLET.0)?["total"];
    println!(
        "  The centre has {} sessions of {} with {} attendances.",
        total["sessions"], HAMLET.1, total["attended"]
    );
    println!("  To begin anew, delete {}.", folder.display());
    if status.success() {
        Ok(())
    } else {
        Err(Trouble(format!("the app ended with {status}")))
    }
}

/// Makes the hamlet, enrols the machine, records the season.
fn enrol(centre: &Centre, data: &Path) -> Outcome {
    // What a run that was cut short left is of no use: its code is spent.
    if data.exists() {
        fs::remove_dir_all(data)?;
    }
    if centre.figures(HAMLET.0).is_err() {
        centre.add_hamlet(HAMLET.0, HAMLET.1)?;
    }
    let device = Device::new(data);
    device.enrol(&centre.enrol_code(HAMLET.0, NAME)?, &centre.url(), NAME)?;
    println!("  A machine is enrolled for {}.", HAMLET.1);
    let season = data.with_file_name("season.csv");
    fs::write(&season, moved(&fs::read_to_string(SEASON)?)?)?;
    let said = device.run(&["session", "import", &season.to_string_lossy()])?;
    println!("  {}", said.trim());
    Ok(())
}

/// The season, for this hamlet, with its days moved so that the last one was yesterday.
#[expect(
    clippy::disallowed_methods,
    reason = "an edge: a season that ended yesterday asks what today is"
)]
fn moved(season: &str) -> Outcome<String> {
    let day = |line: &str| line.split(',').nth(2).and_then(|text| text.parse::<NaiveDate>().ok());
    let last = season.lines().filter_map(day).max().ok_or("the season has no days")?;
    let by = chrono::Local::now().date_naive() - last - TimeDelta::days(1);
    let lines = season.lines().map(|line| match day(line) {
        None => line.to_owned(),
        Some(day) => line
            .replacen("u:mau", HAMLET.0, 1)
            .replacen(&day.to_string(), &(day + by).to_string(), 1),
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}
