//! `cargo xtask crash`: the real programs killed at random moments, behind a line with every fault.

use crate::failure::{At, Result};
use crate::project::Project;
use crate::setup::{self, Purpose};
use crate::shell::{Shell, timed};

/// Builds the programs and kills them; with `control` a command line that says “saved” too early, which must be caught.
pub fn crash(project: &Project, kills: u32, seed: u64, control: bool) -> Result {
    setup::setup(Purpose::Build)?;
    let mut harness = Shell::new(project.binary("crash")).within(project.root()).args([
        "--kills",
        &kills.to_string(),
        "--seed",
        &seed.to_string(),
    ]);
    if control {
        let planted = timed("building the control", || planted(project))?;
        harness = harness.arg("--control").arg("--cli").arg(planted);
    }
    timed("building the programs", || {
        let packages = [
            "--package",
            "hocvu-cli",
            "--package",
            "hocvu-central",
            "--package",
            "hocvu-tests",
        ];
        project.cargo("build").args(packages).arg("--bins").run()
    })?;
    timed(&format!("{kills} kills"), || harness.run())
}

/// The command line with the planted mistake, kept apart from the real one.
fn planted(project: &Project) -> Result<std::path::PathBuf> {
    project
        .cargo("build")
        .args(["--package", "hocvu-cli", "--features", "planted"])
        .run()?;
    let folder = project.results().join("crash");
    std::fs::create_dir_all(&folder).at(folder.display())?;
    let copy = folder.join(format!("hocvu-cli-planted{}", std::env::consts::EXE_SUFFIX));
    std::fs::copy(project.binary("hocvu-cli"), &copy).at(copy.display())?;
    Ok(copy)
}
