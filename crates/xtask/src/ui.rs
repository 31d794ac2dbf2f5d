//! The front end: packages and bundle, built again only when what they are made of has changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::failure::{At, Result};
use crate::project::Project;
use crate::shell::{Shell, timed};

/// What the bundle is made of, beside the packages. Paths in the checkout.
const SOURCES: &[&str] = &[
    "ui/src",
    "ui/messages",
    "ui/public",
    "ui/project.inlang/settings.json",
    "ui/index.html",
    "ui/package.json",
    "ui/package-lock.json",
    "ui/svelte.config.js",
    "ui/tsconfig.json",
    "ui/vite.config.ts",
    "assets/messages",
];
/// Written by the build itself.
const WRITTEN: &[&str] = &["ui/src/lib/paraglide"];

/// Installs the packages of `ui/` when the lock file changed.
pub fn packages(project: &Project) -> Result {
    timed("npm ci", || {
        let node = Shell::new("node").arg("--version").capture()?;
        let mut state = DefaultHasher::new();
        node.hash(&mut state);
        for name in ["package.json", "package-lock.json"] {
            take(&project.ui().join(name), &mut state)?;
        }
        let stamp = Stamp::new(project, "npm", state.finish());
        if stamp.holds() && project.ui().join("node_modules/.package-lock.json").exists() {
            println!("  the packages are up to date");
            return Ok(());
        }
        npm(project).args(["ci", "--no-audit", "--no-fund"]).run()?;
        stamp.set()
    })
}

/// Builds `ui/dist` when anything it is made of changed.
pub fn build(project: &Project) -> Result {
    packages(project)?;
    timed("npm run build", || {
        let mut state = DefaultHasher::new();
        for source in SOURCES {
            take_all(project.root(), &project.root().join(source), &mut state)?;
        }
        let stamp = Stamp::new(project, "ui", state.finish());
        if stamp.holds() && project.ui().join("dist/index.html").exists() {
            println!("  ui/dist is up to date");
            return Ok(());
        }
        npm(project).args(["run", "build"]).run()?;
        stamp.set()
    })
}

/// npm in `ui/`.
pub fn npm(project: &Project) -> Shell {
    Shell::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
        .within(&project.ui())
        .env("npm_config_update_notifier", "false")
}

/// Remembers what the last success was made of.
struct Stamp {
    file: PathBuf,
    wanted: String,
}

impl Stamp {
    fn new(project: &Project, name: &str, hash: u64) -> Stamp {
        let file = project.results().join("xtask").join(format!("{name}.stamp"));
        Stamp {
            file,
            wanted: format!("{hash:016x}"),
        }
    }

    fn holds(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|found| found == self.wanted)
    }

    fn set(&self) -> Result {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder).at(folder.display())?;
        }
        fs::write(&self.file, &self.wanted).at(self.file.display())
    }
}

fn take_all(root: &Path, path: &Path, state: &mut DefaultHasher) -> Result {
    if !path.exists() || WRITTEN.iter().any(|written| path == root.join(written)) {
        return Ok(());
    }
    if !path.is_dir() {
        return take(path, state);
    }
    let mut entries = fs::read_dir(path)
        .and_then(|entries| {
            entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<std::io::Result<Vec<_>>>()
        })
        .at(path.display())?;
    entries.sort();
    entries.iter().try_for_each(|entry| take_all(root, entry, state))
}

fn take(file: &Path, state: &mut DefaultHasher) -> Result {
    file.hash(state);
    fs::read(file).at(file.display())?.hash(state);
    Ok(())
}
