//! `cargo xtask fuzz`: every way in, fed by libFuzzer with coverage to guide it. Part of no build: a nightly toolchain and
//! minutes per target are asked for by a person. What it finds becomes a file of `tests/fuzz/regressions/<target>/`, which
//! the ordinary tests then run for ever.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{At, Failure, Result};
use crate::project::{self, Project};
use crate::setup;
use crate::shell::{Shell, timed};

/// cargo-fuzz, compiled when missing.
const FUZZ_VERSION: &str = "~0.13";
const TOOLCHAIN: &str = "nightly";
/// libFuzzer is C++; a C compiler comes with every build.
const PACKAGES: &[&str] = &["build-essential", "g++"];
/// Where the programs and their findings are.
const FOLDER: &str = "tests/fuzz/run";
/// A run that takes longer is a finding: no input may cost that much (I19).
const RUN_SECONDS: u32 = 20;
/// So is one that takes more memory.
const MEMORY_MIB: u32 = 2_048;

/// Runs one target, or each in turn, for so many minutes.
pub fn fuzz(project: &Project, only: Option<&str>, minutes: u32) -> Result {
    let all = targets(project)?;
    let chosen: Vec<&String> = all
        .iter()
        .filter(|name| only.is_none_or(|only| only == *name))
        .collect();
    if chosen.is_empty() {
        return Err(Failure(format!("no such target; there are: {}", all.join(", "))));
    }
    setup::install(PACKAGES)?;
    let tools = prepare(project)?;
    let corpus = project.results().join("fuzz-corpus");
    timed("seeds", || {
        let cargo = project
            .cargo("run")
            .args(["--quiet", "--package", "hocvu-fuzz", "--example", "seeds", "--"]);
        cargo.arg(&corpus).run()
    })?;
    for name in chosen {
        timed(name, || run(project, &tools, &corpus, name, minutes))?;
    }
    println!("\nDone: nothing found.");
    Ok(())
}

/// Names of the programs.
fn targets(project: &Project) -> Result<Vec<String>> {
    let folder = project.root().join(FOLDER).join("fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).at(folder.display())? {
        let path = entry.at(folder.display())?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// The toolchain and the program that builds with it; gives the folder of the program.
fn prepare(project: &Project) -> Result<PathBuf> {
    let tools = project::cache()?.join("tools");
    timed("toolchain", || {
        let there = Shell::new("rustup")
            .args(["run", TOOLCHAIN, "rustc", "--version"])
            .capture_quietly();
        if there.is_none() {
            Shell::new("rustup")
                .args(["toolchain", "install", TOOLCHAIN, "--profile", "minimal"])
                .run()?;
        }
        let program = tools
            .join("bin")
            .join(format!("cargo-fuzz{}", std::env::consts::EXE_SUFFIX));
        if program.exists() {
            return Ok(());
        }
        println!("  cargo-fuzz is missing; compiling it once for this user");
        fs::create_dir_all(&tools).at(tools.display())?;
        let cargo = project
            .cargo("install")
            .args(["--locked", "--debug", "--quiet", "--version", FUZZ_VERSION]);
        cargo
            .without("CARGO_TARGET_DIR")
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .arg("--root")
            .arg(&tools)
            .arg("cargo-fuzz")
            .run()
    })?;
    Ok(tools.join("bin"))
}

fn run(project: &Project, tools: &Path, corpus: &Path, name: &str, minutes: u32) -> Result {
    let folder = project.root().join(FOLDER);
    // rustup sets the toolchain; what this very program was built with must not leak into it.
    let shell = Shell::new("rustup")
        .without("CARGO")
        .without("RUSTUP_TOOLCHAIN")
        .without("RUSTFLAGS")
        .env("CARGO_TARGET_DIR", project.results().join("fuzz"))
        .within(&folder)
        .args(["run", TOOLCHAIN])
        .arg(tools.join("cargo-fuzz"));
    shell
        .args(["run", "--fuzz-dir"])
        .arg(&folder)
        .arg(name)
        .arg(corpus.join(name))
        .arg("--")
        .arg(format!("-max_total_time={}", minutes * 60))
        .arg(format!("-timeout={RUN_SECONDS}"))
        .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
        .arg("-print_final_stats=1")
        .run()
}
