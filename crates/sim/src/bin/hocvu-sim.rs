//! Plays runs and says what broke: `cargo xtask sim`.
#![expect(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use hocvu_sim::campaign::{NEVER, Totals, VERDICTS, campaign, seed_with_others};

/// From so many runs on, a verdict or a problem that none met is a hole in the net.
const COMPLETE_FROM: u64 = 500;

/// Plays whole deployments whose machines, links and people fail on purpose.
#[derive(Parser)]
struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 500)]
    seeds: u64,
    /// Only this one, with its trace.
    #[arg(long)]
    seed: Option<u64>,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Runs at a time.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Plants each known bug in turn and fails unless every one is caught; needs the feature `planted`.
    #[arg(long)]
    planted: bool,
    /// Plants this bug only.
    #[arg(long, value_name = "BUG")]
    plant: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ok = if arguments.planted || arguments.plant.is_some() {
        planted::all(&arguments)
    } else if let Some(seed) = arguments.seed {
        one(seed)
    } else {
        many(&arguments)
    };
    if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One run, told line by line.
fn one(seed: u64) -> bool {
    let outcome = seed_with_others(seed);
    outcome.trace.lines().iter().for_each(|line| println!("{line}"));
    match outcome.violation {
        None => {
            println!("seed {seed}: nothing broke");
            true
        }
        Some(violation) => {
            println!("seed {seed}: {violation}");
            false
        }
    }
}

fn many(arguments: &Arguments) -> bool {
    let seeds = seeds(arguments);
    let begun = Instant::now();
    let totals = campaign(&seeds, arguments.jobs, &|seed, outcome| {
        if let Some(violation) = &outcome.violation {
            println!("seed {seed}: {violation}");
            println!("  again, with its trace: cargo xtask sim --seed {seed}");
        }
        true
    });
    let seconds = begun.elapsed().as_secs_f64();
    tell(&totals, totals.runs >= COMPLETE_FROM);
    let minutes = seconds / 60.0;
    println!(
        "{} runs in {seconds:.0} s, {:.0} a minute",
        totals.runs,
        totals.runs as f64 / minutes
    );
    let complete = totals.runs < COMPLETE_FROM || (totals.never_hit().is_empty() && totals.unknown().is_empty());
    let failed = totals.broken.len() as u64 + u64::from(!complete);
    println!(
        "test result: {}. {} passed; {failed} failed;",
        if failed == 0 { "ok" } else { "FAILED" },
        totals.runs - totals.broken.len() as u64
    );
    failed == 0
}

/// Those that once broke something, and those asked for.
fn seeds(arguments: &Arguments) -> Vec<u64> {
    let regressions = include_str!("../../regressions.txt").lines();
    let regressions = regressions.filter_map(|line| line.split('#').next()?.trim().parse().ok());
    regressions
        .chain(arguments.from..arguments.from + arguments.seeds)
        .collect()
}

fn tell(totals: &Totals, complete: bool) {
    println!("faults:");
    totals
        .faults
        .iter()
        .for_each(|(fault, count)| println!("  {count:>8}  {fault}"));
    println!("verdicts:");
    for (verdict, code) in VERDICTS {
        let key = ((*verdict).to_owned(), code.map(str::to_owned));
        let count = totals.verdicts.get(&key).copied().unwrap_or(0);
        println!("  {count:>8}  {verdict} {}", code.unwrap_or(""));
    }
    println!("problems and refused frames:");
    let both = totals.problems.iter().chain(&totals.refusals);
    both.for_each(|(code, count)| println!("  {count:>8}  {code}"));
    for unknown in totals.unknown() {
        println!("not in the table: {unknown}");
    }
    for missed in totals.never_hit() {
        println!("{}: {missed}", if complete { "NEVER HIT" } else { "not hit yet" });
    }
    for (code, why) in NEVER {
        println!("cannot be met: {} ({why})", code.as_str());
    }
}

#[cfg(feature = "planted")]
mod planted {
    use std::sync::atomic::{AtomicU64, Ordering};

    use hocvu_model::planted::{BUGS, Bug, plant};
    use hocvu_sim::campaign::campaign;

    use super::Arguments;

    /// Plants each bug until a seed catches it.
    pub fn all(arguments: &Arguments) -> bool {
        let chosen = |bug: &&Bug| arguments.plant.as_deref().is_none_or(|name| bug.name() == name);
        let (mut planted, mut missed) = (0, 0);
        for bug in BUGS.iter().filter(chosen) {
            plant(Some(*bug));
            planted += 1;
            let seeds = super::seeds(arguments);
            let played = AtomicU64::new(0);
            let totals = campaign(&seeds, arguments.jobs, &|_, outcome| {
                played.fetch_add(1, Ordering::Relaxed);
                outcome.violation.is_none()
            });
            match totals.broken.first_key_value() {
                Some((seed, violation)) => println!(
                    "{:<28} caught after {:>3} seeds, by seed {seed}: {:.160}",
                    bug.name(),
                    played.into_inner(),
                    violation.to_string()
                ),
                None => {
                    missed += 1;
                    println!("{:<28} NOT CAUGHT by {} seeds", bug.name(), arguments.seeds);
                }
            }
        }
        plant(None);
        println!("{planted} bugs planted, {missed} not caught");
        missed == 0
    }
}

#[cfg(not(feature = "planted"))]
mod planted {
    /// Says how to get there.
    pub fn all(_: &super::Arguments) -> bool {
        println!("this program was built without planted bugs: cargo xtask sim --planted");
        false
    }
}
