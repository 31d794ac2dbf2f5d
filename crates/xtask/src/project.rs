//! Where things lie: the checkout, the build folder, the cache of this user.

use std::env;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::{At, Result};
use crate::shell::Shell;

/// The checkout and its build folder.
pub struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Finds both. On a build server (`CI` set) the build folder outlives the clone.
    pub fn find() -> Result<Project> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).join("../..");
        let root = root.canonicalize().at(root.display())?;
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(chosen) => root.join(chosen),
            None if env::var_os("CI").is_some() => cache()?.join("target"),
            None => metadata(&root)?.target_directory,
        };
        Ok(Project { root, target })
    }

    /// The checkout.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The front end.
    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// A program built without `--release`.
    pub fn binary(&self, name: &str) -> PathBuf {
        self.binaries().join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// The folder of those programs.
    pub fn binaries(&self) -> PathBuf {
        self.target.join("debug")
    }

    /// Where commands leave what a person may want to see; inside the checkout, wherever the build folder is.
    pub fn results(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Cargo in this checkout with this build folder, and without what the outer `cargo run` says about xtask itself:
    /// some build scripts would take it for a change and build again.
    pub fn cargo(&self, command: &str) -> Shell {
        self.cargo_at(Path::new("cargo"), command)
    }

    /// The same with another Cargo.
    pub fn cargo_at(&self, cargo: &Path, command: &str) -> Shell {
        let about_xtask = env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .filter(|name| {
                ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"]
                    .iter()
                    .any(|start| name.starts_with(start))
                    || ["CARGO", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"].contains(&name.as_str())
            });
        let shell = Shell::new(cargo)
            .within(&self.root)
            .arg(command)
            .env("CARGO_TARGET_DIR", &self.target);
        let shell = about_xtask.fold(shell, |shell, name| shell.without(&name));
        // Incremental data is for the next edit; a build server has none, and it doubles the folder.
        if env::var_os("CI").is_some() {
            shell.env("CARGO_INCREMENTAL", "0")
        } else {
            shell
        }
    }
}

/// This user's cache for the project: build folder of build servers, tools, the Windows sysroot.
pub fn cache() -> Result<PathBuf> {
    let home = || {
        env::var_os("HOME")
            .or_else(|| env::var_os("USERPROFILE"))
            .map(|home| Path::new(&home).join(".cache"))
    };
    let base = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(home);
    Ok(base.ok_or("neither XDG_CACHE_HOME nor HOME is set")?.join("hocvu"))
}

/// What `cargo metadata` says of the members.
#[derive(Deserialize)]
pub struct Metadata {
    /// The members.
    pub packages: Vec<Package>,
    target_directory: PathBuf,
}

/// One member.
#[derive(Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// What its manifest asks for.
    pub dependencies: Vec<Dependency>,
}

/// One line of a `[dependencies]` table.
#[derive(Deserialize)]
pub struct Dependency {
    /// The crate's name, whatever it is renamed to.
    pub name: String,
    /// `dev`, `build`, or nothing for an ordinary one.
    pub kind: Option<String>,
}

/// Asks Cargo about the members; needs no network.
pub fn metadata(root: &Path) -> Result<Metadata> {
    let text = Shell::new("cargo")
        .within(root)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .capture()?;
    serde_json::from_str(&text).at("the answer of cargo metadata")
}
