//! `cargo xtask run`: from a fresh machine to the app on the screen, or to the main job done without one.

use std::env;

use crate::failure::Result;
use crate::project::Project;
use crate::setup::{self, Purpose};
use crate::shell::{Shell, timed};
use crate::ui;

/// Sets up, builds, and opens the app; or, where nobody could see it, does the main job in it.
pub fn run(project: &Project) -> Result {
    let display = has_display();
    if !display {
        println!("No display here: the app will run under a virtual one, do the main job, and leave a screenshot.");
    }
    setup::setup(if display { Purpose::Build } else { Purpose::Headless })?;
    ui::build(project)?;
    timed("cargo build", || {
        project
            .cargo("build")
            .args(["--workspace", "--bins", "--exclude", "xtask"])
            .run()
    })?;
    let (what, program) = if display {
        ("the app on a sample commune", "sample-commune")
    } else {
        ("the main job, in the real app", "main-job")
    };
    timed(what, || {
        Shell::new(project.binary(program)).within(project.root()).run()
    })?;
    println!("\nDone: {what}.");
    Ok(())
}

fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(windows) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
