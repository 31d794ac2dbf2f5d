//! Plays runs and says what broke.
#![expect(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

use clap::Parser;
use hocvu_sim::run::{Plan, play};

#[derive(Parser)]
struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// Only this one, with its trace.
    #[arg(long)]
    seed: Option<u64>,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from: u64,
}

fn main() {
    let Arguments { seeds, seed, from } = Arguments::parse();
    let range = seed.map_or(from..from + seeds, |seed| seed..seed + 1);
    for seed in range {
        let outcome = play(Plan::of(seed));
        if let Some(violation) = &outcome.violation {
            println!("seed {seed}: {violation}");
        }
        if seed == from || arguments_trace() {
            outcome.trace.lines().iter().for_each(|line| println!("{line}"));
        }
    }
}

fn arguments_trace() -> bool {
    std::env::args().any(|argument| argument == "--seed")
}
