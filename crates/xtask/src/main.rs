//! The project's own commands: `cargo xtask run | test | sim | bench | codegen | tidy | windows`.
//!
//! **Invariant:** a fresh Debian with Rust and Node is enough. What else is needed is installed by name, and every step
//! says what it does and how long it took.
#![expect(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

mod bench;
mod codegen;
mod crash;
mod failure;
mod fuzz;
mod project;
mod run;
mod setup;
mod shell;
mod sim;
mod tally;
mod test;
mod tidy;
mod ui;
mod windows;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use failure::Result;
use project::Project;

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds everything and opens the app on a sample commune; without a display, performs the main job and says so.
    Run,
    /// Runs every check and every test, and ends with `N passed, M failed`.
    Test {
        /// Only these steps, with what they need.
        #[arg(long, value_name = "STEP")]
        only: Vec<test::Step>,
    },
    /// Measures against raw SQLite in the same run.
    Bench {
        /// Only the figures with this in their name.
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
        /// One JSON object per figure.
        #[arg(long)]
        json: bool,
    },
    /// Plays whole deployments whose machines, links and people fail on purpose, and says what broke.
    Sim(sim::Sim),
    /// Kills the real programs at random moments behind a chaos proxy: nothing said may be lost, nothing doubled.
    Crash {
        /// How often to kill.
        #[arg(long, default_value_t = 200)]
        kills: u32,
        /// Where the dice begin.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Runs a program that says “saved” too early; ends well only if it is caught.
        #[arg(long)]
        control: bool,
    },
    /// Writes the TypeScript contract from the Rust types.
    Codegen {
        /// Only compares, and fails when the committed file is not up to date.
        #[arg(long)]
        check: bool,
    },
    /// Feeds every way in from libFuzzer, with a nightly toolchain; installs what it needs.
    Fuzz {
        /// Only this one: batch, bundle, code, cursor, frame, import, packing, sheets.
        #[arg(long, value_name = "NAME")]
        target: Option<String>,
        /// How long each runs.
        #[arg(long, value_name = "MINUTES", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
        minutes: u32,
    },
    /// Checks what a reader relies on: dependency rules, file sizes, links, catalogues, ADR numbers.
    Tidy,
    /// Checks or tests the parts without a window for Windows, from Debian.
    Windows {
        /// What to do.
        #[arg(value_enum, default_value_t = windows::Action::Check)]
        action: windows::Action,
    },
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    match Project::find().and_then(|project| dispatch(&project, command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("xtask failed: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(project: &Project, command: Command) -> Result {
    match command {
        Command::Run => run::run(project),
        Command::Test { only } => test::test(project, &only),
        Command::Bench { only, json } => bench::bench(project, only.as_deref(), json),
        Command::Sim(arguments) => sim::sim(project, arguments),
        Command::Crash { kills, seed, control } => crash::crash(project, kills, seed, control),
        Command::Codegen { check } => codegen::codegen(project, check),
        Command::Fuzz { target, minutes } => fuzz::fuzz(project, target.as_deref(), minutes),
        Command::Tidy => tidy::tidy(project),
        Command::Windows { action } => windows::windows(project, action),
    }
}
