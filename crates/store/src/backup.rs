use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::{Error, Result, Store};

/// Copies end in this, so that nothing else in the folder is ever thrown away.
const SUFFIX: &str = ".hocvu-backup";

impl Store {
    /// Writes a whole copy of the file, encrypted with the same key, to a path where there is none yet. The copy is on the
    /// disk when this returns.
    ///
    /// # Errors
    /// The path exists or cannot be written.
    pub fn backup_to(&self, path: &Path) -> Result<()> {
        if path.exists() {
            return Err(Error::Disk("the backup exists already".into()));
        }
        let name = path
            .to_str()
            .ok_or_else(|| Error::Disk("the path is not Unicode".into()))?;
        self.lock().execute("VACUUM INTO ?1", [name])?;
        File::options().write(true).open(path)?.sync_all()?;
        Ok(())
    }

    /// Writes a copy named after `stamp` (which sorts by time) into `dir` and throws away all but the newest `keep`.
    /// A cut on the way leaves the older copies as they were.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn rotate_backups(&self, dir: &Path, keep: usize, stamp: &str) -> Result<PathBuf> {
        fs::create_dir_all(dir)?;
        let path = dir.join(format!("{stamp}{SUFFIX}"));
        let part = dir.join(format!("{stamp}.part"));
        if part.exists() {
            fs::remove_file(&part)?;
        }
        self.backup_to(&part)?;
        fs::rename(&part, &path)?;
        #[cfg(unix)] // Elsewhere a folder cannot be opened, and renaming is journalled.
        File::open(dir)?.sync_all()?;
        let mut copies: Vec<PathBuf> = fs::read_dir(dir)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.to_string_lossy().ends_with(SUFFIX))
            .collect();
        copies.sort();
        for old in copies.iter().take(copies.len().saturating_sub(keep.max(1))) {
            fs::remove_file(old)?;
        }
        Ok(path)
    }
}
