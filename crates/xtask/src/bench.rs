//! `cargo xtask bench`: the figures of `docs/BENCHMARKS.md`, measured here and now.

use crate::failure::Result;
use crate::project::Project;
use crate::setup::{self, Purpose};
use crate::shell::timed;

/// Builds the benchmark with `--release` and runs it. With `json`, standard output holds nothing but its lines.
pub fn bench(project: &Project, only: Option<&str>, json: bool) -> Result {
    let cargo = project.cargo("run").args([
        "--quiet",
        "--release",
        "--package",
        "hocvu-testkit",
        "--bin",
        "hocvu-bench",
    ]);
    let cargo = cargo
        .arg("--")
        .args(only.iter().flat_map(|name| ["--only", name]))
        .args(json.then_some("--json"));
    if json {
        return cargo.run_silently();
    }
    setup::setup(Purpose::Build)?;
    timed("benchmarks", || cargo.run())
}
