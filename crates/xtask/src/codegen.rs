//! `cargo xtask codegen`: the TypeScript contract, printed by the Rust types themselves.

use std::fs;

use crate::failure::{At, Result};
use crate::project::Project;
use crate::shell::Shell;

/// The committed file.
const CONTRACT: &str = "ui/src/lib/generated/contract.ts";

/// Writes the contract, or compares it with the committed file.
pub fn codegen(project: &Project, check: bool) -> Result {
    // Built with the features of the whole workspace, as every other step builds it.
    project
        .cargo("build")
        .args(["--quiet", "--workspace", "--example", "contract"])
        .run()?;
    let wanted = Shell::new(project.binaries().join("examples/contract"))
        .within(project.root())
        .capture()?;
    let file = project.root().join(CONTRACT);
    let found = fs::read_to_string(&file).unwrap_or_default();
    if found == wanted {
        println!("  {CONTRACT} is up to date");
        return Ok(());
    }
    if check {
        return Err(difference(&found, &wanted).into());
    }
    fs::write(&file, wanted).at(file.display())?;
    println!("  {CONTRACT} written");
    Ok(())
}

fn difference(found: &str, wanted: &str) -> String {
    let at = found
        .lines()
        .zip(wanted.lines())
        .take_while(|(found, wanted)| found == wanted)
        .count();
    let line = |text: &str| text.lines().nth(at).unwrap_or("(nothing)").to_owned();
    format!(
        "{CONTRACT} is not up to date (line {}: has `{}`, should have `{}`). Run `cargo xtask codegen` and commit it",
        at + 1,
        line(found),
        line(wanted)
    )
}
