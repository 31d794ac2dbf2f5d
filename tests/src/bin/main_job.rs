//! The main job, whole and real, for a machine without a display: the desktop app under a virtual one, the centre beside
//! it, a session recorded offline, the power cut, the receipt days later.
#![expect(clippy::print_stdout, reason = "tells a person what it does")]

use std::process::ExitCode;
use std::time::Instant;

use hocvu_tests::centre::HAMLET;
use hocvu_tests::flows::{EVENING, enrol, record, send};
use hocvu_tests::{Centre, Desktop, Folder, Outcome, Trouble, results};

/// Who records.
const NAME: &str = "Nguyễn Thị Lan";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match main_job().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            println!("  ✗ {trouble}");
            ExitCode::FAILURE
        }
    }
}

async fn main_job() -> Outcome {
    let begun = Instant::now();
    let tell = |what: &str| println!("  {:>5.1} s  {what}", begun.elapsed().as_secs_f64());
    let (unit, unit_name) = HAMLET;
    let folder = Folder::new()?;
    let picture = results("run")?.join("main-job.png");

    let mut centre = Centre::new(folder.inside("centre")?)?;
    centre.up().await?;
    centre.add_hamlet(unit, unit_name)?;
    let code = centre.enrol_code(unit, NAME)?;
    tell(&format!(
        "The centre runs at {} and gave out the code {code} for {unit_name}.",
        centre.url()
    ));

    let mut pc = Desktop::new(&centre.url())?;
    enrol(&pc.open().await?, &code, unit_name, NAME).await?;
    tell("The app is open; the code was typed, the unit confirmed. This machine now writes for it.");

    centre.down();
    tell("The centre is gone: no network from here on.");

    let notice = record(&pc.screen()?, &EVENING).await?;
    pc.kill().await?;
    tell(&format!(
        "A session was typed in Vietnamese and saved: “{}”.",
        one_line(&notice)
    ));
    tell("The app was killed at once (kill -9), as a power cut would.");

    let screen = pc.open().await?;
    let row = saved_session(&screen).await?;
    tell(&format!(
        "The app was opened again. The session is there: {}.",
        one_line(&row)
    ));

    centre.up().await?;
    tell("The centre is back.");
    let receipt = send(&screen).await?;
    screen.picture(&picture).await?;
    tell("F5. The app shows the receipt:");
    receipt
        .iter()
        .for_each(|(name, value)| println!("             {name}: {value}"));

    let figures = centre.figures(unit)?;
    let total = &figures["total"];
    tell(&format!(
        "The centre now counts for {unit_name}: {} session, {} attendances, {} of them women, {} Khmer.",
        total["sessions"], total["attended"], total["female"], total["khmer"]
    ));
    for column in ["attended", "female", "khmer"] {
        let wanted = EVENING.count(column);
        if total[column].as_u64() != wanted.parse().ok() {
            return Err(Trouble(format!(
                "the centre should count {wanted} in {column}, not {}",
                total[column]
            )));
        }
    }
    pc.close().await?;
    println!("  Screenshot: {}", picture.display());
    Ok(())
}

async fn saved_session(screen: &hocvu_tests::Screen) -> Outcome<String> {
    screen.click("nav-sessions").await?;
    screen.wait_for_text("session-row", EVENING.count("attended")).await
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
