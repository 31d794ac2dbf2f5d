//! `cargo xtask windows`: the parts without a window, compiled for Windows and tested under Wine, from Debian.
//!
//! Debian ships a matched set of a compiler, its sources and mingw. The standard library is built once from those
//! sources into a sysroot of this user's cache; the project's own toolchain is not touched. Wine proves neither fsync
//! nor locking, so this finds what does not compile and what asks for Unix, no more.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::failure::{At, Result};
use crate::project::{self, Project};
use crate::setup;
use crate::shell::{Shell, timed};

const TARGET: &str = "x86_64-pc-windows-gnu";
const PACKAGES: &[&str] = &[
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "gcc-mingw-w64-x86-64-posix",
    "perl",
    "make",
    "wine64",
];
/// What a device and a centre run without a window.
const MEMBERS: &[&str] = &[
    "hocvu-model",
    "hocvu-wire",
    "hocvu-store",
    "hocvu-sync",
    "hocvu-app",
    "hocvu-cli",
    "hocvu-central",
];

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Action {
    /// Compiles, tests included.
    Check,
    /// Runs the tests under Wine.
    Test,
}

/// Prepares the cross compiler where needed, then checks or tests.
pub fn windows(project: &Project, action: Action) -> Result {
    setup::install(PACKAGES)?;
    let home = project::cache()?.join("windows");
    let sysroot = timed("standard library for Windows", || sysroot(project, &home))?;
    let cargo = cross(project, &sysroot);
    match action {
        Action::Check => timed("check for Windows", || {
            cargo("check").args(members()).arg("--tests").run()
        })?,
        Action::Test => {
            let prefix = timed("Wine", || prefix(&home))?;
            let wine = |shell: Shell| {
                shell
                    .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", "/usr/lib/wine/wine64")
                    .env("WINEPREFIX", &prefix)
            };
            timed("tests under Wine", || {
                quiet_wine(wine(cargo("test")))
                    .args(members())
                    .args(["--lib", "--bins", "--tests", "--no-fail-fast"])
                    .run()
            })?;
        }
    }
    println!("\nDone: {} members for {TARGET}.", MEMBERS.len());
    Ok(())
}

fn members() -> impl Iterator<Item = &'static str> {
    MEMBERS.iter().flat_map(|member| ["--package", member])
}

/// Debian's Cargo and compiler, whatever rustup would choose.
fn debian_cargo(project: &Project, command: &str) -> Shell {
    project
        .cargo_at(Path::new("/usr/bin/cargo"), command)
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTDOC", "/usr/bin/rustdoc")
        .without("RUSTUP_TOOLCHAIN")
        .without("RUSTFLAGS")
}

fn cross(project: &Project, sysroot: &Path) -> impl Fn(&str) -> Shell {
    let flags = format!("--sysroot={}", sysroot.display());
    move |command| {
        debian_cargo(project, command)
            .args(["--target", TARGET])
            .env("CARGO_TARGET_DIR", project.results().join("windows"))
            .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS", &flags)
            .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER", "x86_64-w64-mingw32-gcc")
            .env("CC_x86_64_pc_windows_gnu", "x86_64-w64-mingw32-gcc")
            .env("AR_x86_64_pc_windows_gnu", "x86_64-w64-mingw32-ar")
    }
}

/// The sysroot of the installed compiler, built when it is not there yet.
fn sysroot(project: &Project, home: &Path) -> Result<PathBuf> {
    let version = Shell::new("dpkg-query")
        .args(["--show", "--showformat=${Version}", "rustc-web"])
        .capture()?;
    let sysroot = home.join(format!("sysroot-{}", version.trim().replace(['~', '+', ':'], "-")));
    let done = sysroot.join("done");
    if done.exists() {
        println!("  {} is there", sysroot.display());
        return Ok(sysroot);
    }
    let workshop = home.join("std");
    let (source, libraries) = (
        workshop.join("src"),
        sysroot.join("lib/rustlib").join(TARGET).join("lib"),
    );
    for folder in [&sysroot, &workshop] {
        if folder.exists() {
            fs::remove_dir_all(folder).at(folder.display())?;
        }
    }
    for folder in [&source, &libraries] {
        fs::create_dir_all(folder).at(folder.display())?;
    }
    let manifest = "[package]\nname = \"std-for-windows\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
                    [profile.release]\ndebug = 0\n[workspace]\n";
    fs::write(workshop.join("Cargo.toml"), manifest).at("the manifest of the standard library")?;
    fs::write(source.join("lib.rs"), "#![no_std]\n").at("the root of the standard library")?;
    debian_cargo(project, "build")
        .within(&workshop)
        .args([
            "--release",
            "--target",
            TARGET,
            "-Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test",
        ])
        .env("CARGO_TARGET_DIR", workshop.join("target"))
        .env("RUSTC_BOOTSTRAP", "1")
        .run()?;
    collect(&workshop.join("target").join(TARGET).join("release/deps"), &libraries)?;
    link_host(&sysroot)?;
    fs::remove_dir_all(&workshop).at(workshop.display())?;
    fs::write(&done, "").at(done.display())?;
    Ok(sysroot)
}

fn collect(from: &Path, to: &Path) -> Result {
    for entry in fs::read_dir(from).at(from.display())? {
        let path = entry.at(from.display())?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if name.ends_with(".rlib") && !name.contains("std_for_windows") {
            fs::copy(&path, to.join(&name)).at(path.display())?;
        }
    }
    Ok(())
}

/// Build scripts and macros run on this machine and look for its standard library in the same sysroot.
fn link_host(sysroot: &Path) -> Result {
    #[cfg(unix)]
    {
        let host = "lib/rustlib/x86_64-unknown-linux-gnu";
        let (from, to) = (Path::new("/usr").join(host), sysroot.join(host));
        std::os::unix::fs::symlink(&from, &to).at(to.display())?;
    }
    let _ = sysroot;
    Ok(())
}

/// A Wine home with what Wine 8 lacks: Rust's standard library imports `ProcessPrng`. For tests only, never shipped.
fn prefix(home: &Path) -> Result<PathBuf> {
    const SHIM: &str = "#include <windows.h>\n#include <ntsecapi.h>\n\
        __declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n) {\n\
        while (n) { ULONG k = n > 0x10000000 ? 0x10000000 : (ULONG)n; if (!RtlGenRandom(p, k)) return FALSE; p += k; n -= k; }\n\
        return TRUE; }\n";
    let prefix = home.join("wine");
    let system = prefix.join("drive_c/windows/system32");
    let library = system.join("bcryptprimitives.dll");
    if library.exists() {
        return Ok(prefix);
    }
    fs::create_dir_all(&prefix).at(prefix.display())?;
    // It complains about what this home does without, and yet leaves a good one: what counts is the folder.
    let boot = Shell::new("/usr/lib/wine/wine64")
        .args(["wineboot", "-i"])
        .env("WINEPREFIX", &prefix);
    let _ = quiet_wine(boot).run();
    let source = home.join("prng.c");
    fs::write(&source, SHIM).at(source.display())?;
    Shell::new("x86_64-w64-mingw32-gcc")
        .args(["-O2", "-shared", "-static-libgcc", "-o"])
        .arg(&library)
        .arg(&source)
        .arg("-ladvapi32")
        .run()?;
    Ok(prefix)
}

fn quiet_wine(shell: Shell) -> Shell {
    shell
        .env("WINEDEBUG", "-all")
        .env("WINEDLLOVERRIDES", "mscoree=;mshtml=")
}
