//! Where things lie.

use std::path::{Path, PathBuf};

use crate::trouble::{Outcome, Trouble};

/// A built program; it lies beside the one that asks.
pub fn binary(name: &str) -> Outcome<PathBuf> {
    let this = std::env::current_exe()?;
    let folder = this.parent().ok_or("this program lies nowhere")?;
    // Tests lie one folder deeper, in `deps`.
    let folder = if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder)
    } else {
        folder
    };
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if path.exists() {
        return Ok(path);
    }
    Err(Trouble(format!(
        "{} is not built: run `cargo build --workspace`",
        path.display()
    )))
}

/// Where pictures and logs are left, made if missing: `target/<name>` of the checkout.
pub fn results(name: &str) -> Outcome<PathBuf> {
    let folder = checkout().join("target").join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}

/// The accessibility checker, as the front end's packages bring it.
pub fn axe_source() -> Outcome<String> {
    let file = checkout().join("ui/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&file).map_err(|error| Trouble(format!("{}: {error}; run `npm ci` in ui/", file.display())))
}

fn checkout() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A folder that goes away with its guard, unless a failing test wants it looked at.
pub struct Folder(tempfile::TempDir);

impl Folder {
    /// A new, empty one.
    pub fn new() -> Outcome<Folder> {
        Ok(Folder(tempfile::Builder::new().prefix("hocvu-").tempdir()?))
    }

    /// A folder inside it, made if missing.
    pub fn inside(&self, name: &str) -> Outcome<PathBuf> {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(path)
    }
}
