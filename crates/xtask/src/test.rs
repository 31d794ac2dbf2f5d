//! `cargo xtask test`: every check and every test, in an order that fails early, with a table and one closing line.

use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::failure::{At, Failure, Result};
use crate::project::{self, Project};
use crate::setup::{self, Purpose};
use crate::shell::{Shell, spoken, timed};
use crate::tally::Tally;
use crate::{codegen, tidy, ui};

/// cargo-deny, compiled when missing. Its checks change with its version.
const DENY_VERSION: &str = "~0.20";

/// Seeds of a test run: a minute on two cores. `cargo xtask sim` plays more.
const SIM_SEEDS: &str = "200";

/// What is run, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// The code is formatted.
    Fmt,
    /// Clippy has nothing to say.
    Clippy,
    /// Unit tests, property tests, journeys, the command line.
    Cargo,
    /// A few hundred deployments that fail in every way.
    Sim,
    /// The TypeScript contract is what the Rust types say.
    Contract,
    /// Dependency rules, file sizes, links, catalogues.
    Tidy,
    /// The front end's types.
    Svelte,
    /// The front end's parts.
    Vitest,
    /// The front end in a real browser, with the real Rust behind it.
    Web,
    /// The real app.
    Desktop,
    /// Bans, licences, sources.
    Deny,
}

/// Runs the steps (all, if none is named) until one fails.
pub fn test(project: &Project, only: &[Step]) -> Result {
    let chosen: Vec<Step> = Step::value_variants()
        .iter()
        .copied()
        .filter(|step| only.is_empty() || only.contains(step))
        .collect();
    let mut table = Vec::new();
    let mut stopped = prepare(project, &chosen).err().map(|failure| ("preparation", failure));
    if stopped.is_some() {
        table.push(Row {
            name: "preparation",
            tally: Tally { passed: 0, failed: 1 },
            time: Duration::ZERO,
        });
    }
    for step in chosen {
        if stopped.is_some() {
            break;
        }
        let begun = Instant::now();
        let mut tally = Tally::default();
        let result = timed(step.name(), || step.run(project, &mut tally));
        if result.is_err() {
            tally.failed = tally.failed.max(1); // A compile error, a crash: nothing was counted, and yet it failed.
        }
        table.push(Row {
            name: step.name(),
            tally,
            time: begun.elapsed(),
        });
        stopped = result.err().map(|failure| (step.name(), failure));
    }
    let sum = show(&table);
    if let Some((step, failure)) = &stopped {
        println!("Stopped at {step}: {failure}");
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    match stopped {
        None => Ok(()),
        Some(_) => std::process::exit(1), // The closing line stays the last one.
    }
}

struct Row {
    name: &'static str,
    tally: Tally,
    time: Duration,
}

fn show(table: &[Row]) -> Tally {
    println!("\n{:<12}{:>8}{:>8}   time", "step", "passed", "failed");
    for Row { name, tally, time } in table {
        println!("{name:<12}{:>8}{:>8}   {}", tally.passed, tally.failed, spoken(*time));
    }
    table.iter().fold(Tally::default(), |sum, row| sum.plus(row.tally))
}

/// What the chosen steps stand on.
fn prepare(project: &Project, chosen: &[Step]) -> Result {
    let any = |steps: &[Step]| chosen.iter().any(|step| steps.contains(step));
    if any(&[Step::Clippy, Step::Cargo, Step::Contract, Step::Web, Step::Desktop]) {
        setup::setup(Purpose::Test)?;
        ui::build(project)?; // The shell embeds the bundle.
    } else if any(&[Step::Svelte, Step::Vitest]) {
        ui::packages(project)?;
    }
    Ok(())
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Step::Fmt => "fmt",
            Step::Clippy => "clippy",
            Step::Cargo => "cargo",
            Step::Sim => "sim",
            Step::Contract => "contract",
            Step::Tidy => "tidy",
            Step::Svelte => "svelte",
            Step::Vitest => "vitest",
            Step::Web => "web",
            Step::Desktop => "desktop",
            Step::Deny => "deny",
        }
    }

    fn run(self, project: &Project, tally: &mut Tally) -> Result {
        match self {
            Step::Fmt => one(tally, project.cargo("fmt").args(["--all", "--", "--check"]).run()),
            Step::Clippy => one(tally, clippy(project)),
            Step::Cargo => some(tally, |tally| {
                build(project)?;
                project
                    .cargo("test")
                    .args(["--workspace", "--no-fail-fast"])
                    .run_hearing(|line| tally.hear(line))
            }),
            Step::Sim => some(tally, |tally| {
                build(project)?;
                Shell::new(project.binary("hocvu-sim"))
                    .args(["--seeds", SIM_SEEDS])
                    .run_hearing(|line| tally.hear(line))
            }),
            Step::Contract => one(tally, codegen::codegen(project, true)),
            Step::Tidy => one(tally, tidy::tidy(project)),
            Step::Svelte => one(tally, types(project)),
            Step::Vitest => some(tally, |tally| {
                ui::npm(project)
                    .args(["run", "test"])
                    .run_hearing(|line| tally.hear(line))
            }),
            Step::Web => some(tally, |tally| {
                build(project)?;
                web(project).run_hearing(|line| tally.hear(line))
            }),
            Step::Desktop => some(tally, |tally| {
                build(project)?;
                let cargo = project
                    .cargo("test")
                    .args(["--workspace", "--no-fail-fast", "--test", "desktop"]);
                cargo
                    .args(["--", "--test-threads=2"])
                    .run_hearing(|line| tally.hear(line))
            }),
            Step::Deny => one(tally, deny(project)),
        }
    }
}

/// A check counts as one.
fn one(tally: &mut Tally, result: Result) -> Result {
    tally.passed += u32::from(result.is_ok());
    result
}

/// A suite counts its tests, and one that ran none proves nothing.
fn some(tally: &mut Tally, run: impl FnOnce(&mut Tally) -> Result) -> Result {
    run(tally)?;
    match tally {
        Tally { passed: 0, .. } => Err("no test ran".into()),
        Tally { failed: 0, .. } => Ok(()),
        Tally { failed, .. } => Err(Failure(format!("{failed} tests did not pass"))),
    }
}

/// Everything the suites start, built with the features that `cargo test` uses, so that nothing is built twice.
fn build(project: &Project) -> Result {
    project.cargo("build").args(["--workspace", "--all-targets"]).run()
}

fn clippy(project: &Project) -> Result {
    project
        .cargo("clippy")
        .args(["--workspace", "--all-targets", "--", "--deny", "warnings"])
        .run()?;
    // Not among all targets: a plain `cargo test` leaves it alone, for it needs the built app and a virtual display.
    project
        .cargo("clippy")
        .args(["--workspace", "--test", "desktop", "--", "--deny", "warnings"])
        .run()
}

/// The front end's types, and those of the suite that drives it.
fn types(project: &Project) -> Result {
    ui::npm(project).args(["run", "check"]).run()?;
    let compiler = project.ui().join("node_modules/typescript/bin/tsc");
    Shell::new("node")
        .within(project.root())
        .arg(compiler)
        .args(["--project", "tests/web/tsconfig.json"])
        .run()
}

fn web(project: &Project) -> Shell {
    let ui = project.ui();
    Shell::new("node")
        .within(&ui)
        .arg(ui.join("node_modules/@playwright/test/cli.js"))
        .args(["test", "--config"])
        .arg(project.root().join("tests/web/playwright.config.ts"))
        .env("NODE_PATH", ui.join("node_modules"))
        .env("HOCVU_BINARIES", project.binaries())
}

fn deny(project: &Project) -> Result {
    let tools = project::cache()?.join("tools");
    let program = tools
        .join("bin")
        .join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        println!("  cargo-deny is missing; compiling it once for this user");
        std::fs::create_dir_all(&tools).at(tools.display())?;
        // A debug build takes a fifth of the time and checks within four seconds.
        let cargo = project
            .cargo("install")
            .args(["--locked", "--debug", "--quiet", "--version", DENY_VERSION]);
        cargo
            .without("CARGO_TARGET_DIR")
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .arg("--root")
            .arg(&tools)
            .arg("cargo-deny")
            .run()?;
    }
    let cargo_deny = Shell::new(program)
        .within(project.root())
        .args(["--log-level", "error", "check"]);
    cargo_deny
        .args(["--hide-inclusion-graph", "bans", "licenses", "sources"])
        .run()
}
