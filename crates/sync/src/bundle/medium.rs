use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

/// A file on a medium.
pub trait MediumFile: Read + Write + Seek {
    /// Puts what was written on the medium itself.
    ///
    /// # Errors
    /// The medium's.
    fn sync(&mut self) -> io::Result<()>;
}

/// Where bundles are written: a stick, another disk, or in a test one that is full.
pub trait Medium: Send + Sync {
    /// A new file; one that is there is written anew.
    ///
    /// # Errors
    /// The medium's.
    fn create(&self, path: &Path) -> io::Result<Box<dyn MediumFile>>;

    /// Opens a file to be read.
    ///
    /// # Errors
    /// The medium's.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>>;
}

/// The file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl MediumFile for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

impl Medium for Disk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn MediumFile>> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)?;
        Ok(Box::new(file))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(File::open(path)?))
    }
}

/// Writes a whole small file so that after a cut there is the old one, the new one or none.
pub(super) fn write_whole(medium: &dyn Medium, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = part_of(path);
    let written = (|| {
        let mut file = medium.create(&part)?;
        file.write_all(bytes)?;
        file.sync()?;
        drop(file);
        settle(&part, path)
    })();
    if written.is_err() {
        drop(fs::remove_file(&part));
    }
    written
}

/// Gives a written file its name, and puts the name on the medium.
pub(super) fn settle(part: &Path, path: &Path) -> io::Result<()> {
    fs::rename(part, path)?;
    #[cfg(unix)] // Elsewhere a folder cannot be opened, and renaming is journalled.
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The name of a file while it is being written.
pub(super) fn part_of(path: &Path) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}
