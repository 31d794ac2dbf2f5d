//! `cargo xtask sim`: whole deployments whose machines, links and people fail on purpose.

use clap::Args;

use crate::failure::Result;
use crate::project::Project;
use crate::setup::{self, Purpose};

/// What to play.
#[derive(Args)]
pub struct Sim {
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
    jobs: u64,
    /// Plants each known bug in turn and fails unless every one is caught.
    #[arg(long)]
    planted: bool,
    /// Plants this bug only.
    #[arg(long, value_name = "BUG")]
    plant: Option<String>,
}

/// Builds the simulator and plays.
pub fn sim(project: &Project, sim: Sim) -> Result {
    setup::setup(Purpose::Build)?;
    let Sim {
        seeds,
        seed,
        from,
        jobs,
        planted,
        plant,
    } = sim;
    let cargo = project.cargo("run").args(["--quiet", "--package", "hocvu-sim"]);
    let cargo = if planted || plant.is_some() {
        cargo.args(["--features", "planted"])
    } else {
        cargo
    };
    let numbers = [("--seeds", seeds), ("--from", from), ("--jobs", jobs)];
    let cargo = numbers
        .into_iter()
        .chain(seed.map(|seed| ("--seed", seed)))
        .fold(cargo.arg("--"), |cargo, (name, number)| {
            cargo.arg(name).arg(number.to_string())
        });
    let cargo = cargo.args(planted.then_some("--planted"));
    cargo.args(plant.iter().flat_map(|bug| ["--plant", bug])).run()
}
