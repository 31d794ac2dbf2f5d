//! `cargo xtask crash`: kills the real programs at random moments and tells whether anything said was lost or doubled.
#![expect(clippy::print_stdout, reason = "tells a person what it does")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use hocvu_tests::Outcome;
use hocvu_tests::crash::{Options, Report, run};

const USAGE: &str = "usage: crash --kills N --seed K [--cli FILE] [--control]";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match crash().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            println!("  ✗ {trouble}");
            ExitCode::FAILURE
        }
    }
}

async fn crash() -> Outcome<bool> {
    let (options, control) = read(std::env::args().skip(1)).ok_or(USAGE)?;
    let began = Instant::now();
    let tell = |what: &str| println!("  {:>6.1} s  {what}", began.elapsed().as_secs_f64());
    let report = run(&options, tell).await?;
    show(&report);
    let clean = report.wrong.is_empty();
    match (control, clean) {
        (false, true) => println!("  ✓ nothing said was lost, nothing was doubled (seed {})", options.seed),
        (false, false) => println!("  ✗ {} things are wrong (seed {})", report.wrong.len(), options.seed),
        (true, false) => println!("  ✓ the control was caught: a program that speaks too early does not pass"),
        (true, true) => println!("  ✗ the control was not caught: this harness proves nothing"),
    }
    Ok(clean != control)
}

fn show(report: &Report) {
    let Report {
        kills: (programs, centre),
        saves: (tried, said),
        rounds: (rounds, well),
        said_and_killed,
        wrong,
        line,
    } = report;
    println!("  kills     {programs} of command lines, {centre} of the centre");
    println!("  saves     {tried} tried, {said} said; {said_and_killed} said and killed before the program ended");
    println!("  rounds    {rounds} begun, {well} ended well");
    println!("  line      {line}");
    wrong.iter().take(20).for_each(|wrong| println!("  ✗ {wrong}"));
}

fn read(mut words: impl Iterator<Item = String>) -> Option<(Options, bool)> {
    let mut options = Options {
        kills: 200,
        seed: 1,
        cli: None,
    };
    let mut control = false;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--kills" => options.kills = words.next()?.parse().ok()?,
            "--seed" => options.seed = words.next()?.parse().ok()?,
            "--cli" => options.cli = Some(PathBuf::from(words.next()?)),
            "--control" => control = true,
            _ => return None,
        }
    }
    Some((options, control))
}
