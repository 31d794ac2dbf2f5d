//! Photos: their files beside the database, and who may send and see them.
//!
//! **Invariant:** a file under a photo's name is whole, was checked and is on the disk; bytes that are still arriving lie
//! beside it under the sender's number. The files are the truth: a database restored from a copy needs no repair here,
//! devices ask and send what is missing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use hocvu_model::session::{ATTACHMENTS_MAX, PHOTO_BYTES_MAX, PhotoId, attachments_of};
use hocvu_photo::{Flaw, inspect};
use hocvu_wire::problem::ProblemCode;
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::directory::Directory;
use crate::error::Result;

/// Chunks of so many photos are written at once; more of one photo wait for each other.
const LANES: usize = 32;

/// What a device wants of a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To send it, or to know how much of it is here.
    Send,
    /// To see it.
    See,
}

/// What became of a chunk.
#[derive(Debug, PartialEq, Eq)]
pub enum Added {
    /// It is on the disk; so many bytes are now.
    Now(u32),
    /// It does not begin where the bytes end: there.
    Elsewhere(u32),
    /// It goes beyond the photo's end.
    TooLong,
    /// The bytes are not those the name promises: dropped, from the beginning again.
    Damaged,
    /// The content is no photo: dropped.
    Refused(Flaw),
}

/// The files.
pub struct Blobs {
    folder: PathBuf,
    lanes: [Mutex<()>; LANES],
}

impl Blobs {
    /// Those beside this database.
    pub fn beside(db: &Path) -> Self {
        Self {
            folder: db.with_file_name("blobs"),
            lanes: std::array::from_fn(|_| Mutex::new(())),
        }
    }

    /// How many bytes of the photo are here: all, or those this device sent.
    ///
    /// # Errors
    /// The disk.
    pub fn offset(&self, id: PhotoId, device: u32) -> Result<u32> {
        let whole = length(&self.whole(id))?;
        Ok(match whole {
            Some(length) => length,
            None => length(&self.part(id, device))?.unwrap_or_default(),
        })
    }

    /// Adds a chunk of a photo of `size` bytes. What is answered as here is on the disk (I4).
    ///
    /// # Errors
    /// The disk, also when it is full.
    pub fn add(&self, id: PhotoId, device: u32, size: u32, offset: u32, chunk: &[u8]) -> Result<Added> {
        let lane = &self.lanes[usize::from(id.0[0]) % LANES];
        let _one_at_a_time = lane.lock().unwrap_or_else(PoisonError::into_inner);
        let have = self.offset(id, device)?;
        if have != offset {
            return Ok(Added::Elsewhere(have));
        }
        let after = u64::from(have) + chunk.len() as u64;
        if after > u64::from(size) {
            return Ok(Added::TooLong);
        }
        let part = self.part(id, device);
        self.append(id, &part, u64::from(have), chunk)?;
        if after < u64::from(size) {
            return Ok(Added::Now(u32::try_from(after).unwrap_or(size)));
        }
        self.finish(id, &part, size)
    }

    /// At most `length` bytes of a photo from `from` on; nothing while it is not here.
    ///
    /// # Errors
    /// The disk.
    pub fn read(&self, id: PhotoId, from: u32, length: u32) -> Result<Option<Vec<u8>>> {
        let mut file = match File::open(self.whole(id)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        file.seek(SeekFrom::Start(from.into()))?;
        let mut bytes = Vec::new();
        file.take(length.into()).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    fn append(&self, id: PhotoId, part: &Path, have: u64, chunk: &[u8]) -> Result<()> {
        let folder = self.folder_of(id);
        if !folder.exists() {
            fs::create_dir_all(&folder)?;
            settle(&self.folder)?;
            settle(self.folder.parent().unwrap_or(&self.folder))?;
        }
        let mut file = OpenOptions::new().append(true).create(true).open(part)?;
        let written = file.write_all(chunk).and_then(|()| file.sync_data());
        if let Err(error) = written {
            drop(file.set_len(have)); // What was not promised must not be counted.
            return Err(error.into());
        }
        Ok(())
    }

    /// All bytes are here: looks at them, and gives the photo its name.
    fn finish(&self, id: PhotoId, part: &Path, size: u32) -> Result<Added> {
        let bytes = fs::read(part)?;
        if PhotoId::of(&bytes) != id {
            fs::remove_file(part)?;
            return Ok(Added::Damaged);
        }
        if let Err(flaw) = inspect(&bytes) {
            fs::remove_file(part)?;
            return Ok(Added::Refused(flaw));
        }
        fs::rename(part, self.whole(id))?;
        let folder = self.folder_of(id);
        settle(&folder)?;
        // What others had begun to send of the same photo.
        let start = format!("{id}.");
        for entry in fs::read_dir(folder)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(&start) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(Added::Now(size))
    }

    fn folder_of(&self, id: PhotoId) -> PathBuf {
        self.folder.join(&id.to_string()[..2])
    }

    fn whole(&self, id: PhotoId) -> PathBuf {
        self.folder_of(id).join(id.to_string())
    }

    fn part(&self, id: PhotoId, device: u32) -> PathBuf {
        self.folder_of(id).join(format!("{id}.{device}.part"))
    }
}

/// The size of a photo this device may send or see. A photo no operation names, or only ones outside its scope, is not
/// there: names cannot be guessed, and guessing tells nothing (I13).
///
/// # Errors
/// SQLite's own; the inner code is the client's problem.
pub fn named(
    db: &Connection,
    directory: &Directory,
    device: i64,
    id: PhotoId,
    wish: Wish,
) -> Result<std::result::Result<u32, ProblemCode>> {
    let revoked = match directory.device_no(device) {
        None => return Ok(Err(ProblemCode::DeviceUnknown)),
        Some(device) => device.revoked,
    };
    if revoked && wish == Wish::See {
        return Ok(Err(ProblemCode::DeviceRevoked));
    }
    let mut find = db.prepare_cached(include_str!("queries/blob_named.sql"))?;
    let mut rows = find.query([id.0])?;
    while let Some(row) = rows.next()? {
        let (size, author, unit): (u32, i64, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        // What a revoked device still has of its own is taken, like its operations, and shown to nobody by it.
        let in_scope = || !revoked && unit.is_some_and(|unit| directory.in_scope(device, &unit));
        if author == device || in_scope() {
            return Ok(Ok(size));
        }
    }
    Ok(Err(ProblemCode::NotFound))
}

/// Remembers which photos the operation with this arrival number names, whatever its verdict: when it is adopted or
/// released, its photos are here.
///
/// # Errors
/// SQLite's own.
pub(crate) fn name(db: &Connection, fseq: u64, text: &str) -> Result<()> {
    #[derive(Deserialize)]
    struct Naming {
        #[serde(default)]
        set: Map<String, Value>,
    }
    if !text.contains("\"attachments\"") {
        return Ok(());
    }
    let Ok(Naming { set }) = serde_json::from_str(text) else {
        return Ok(());
    };
    let mut put = db.prepare_cached("INSERT OR IGNORE INTO blob_name (sha256, fseq, size) VALUES (?1, ?2, ?3)")?;
    for attachment in attachments_of(&set).into_iter().take(ATTACHMENTS_MAX) {
        if (1..=PHOTO_BYTES_MAX).contains(&attachment.size) {
            put.execute((attachment.sha256.0, fseq, attachment.size))?;
        }
    }
    Ok(())
}

/// What `verify` finds: photos here and good, photos still awaited, and what is wrong.
#[derive(Debug, Default)]
pub(crate) struct Proof {
    pub(crate) whole: u64,
    pub(crate) awaited: u64,
    pub(crate) faults: Vec<String>,
}

/// Looks at every photo an operation names.
///
/// # Errors
/// SQLite's own, and the disk.
pub(crate) fn prove(db: &Connection) -> Result<Proof> {
    let blobs = Blobs::beside(Path::new(db.path().unwrap_or_default()));
    let mut proof = Proof::default();
    let mut named = db.prepare("SELECT DISTINCT sha256 FROM blob_name")?;
    let mut rows = named.query([])?;
    while let Some(row) = rows.next()? {
        let id = PhotoId(row.get(0)?);
        match blobs.read(id, 0, PHOTO_BYTES_MAX + 1)? {
            None => proof.awaited += 1,
            Some(bytes) if PhotoId::of(&bytes) != id => proof
                .faults
                .push(format!("photo {id}: its bytes are not those it is named after")),
            Some(bytes) => match inspect(&bytes) {
                Ok(_) => proof.whole += 1,
                Err(flaw) => proof.faults.push(format!("photo {id}: {flaw}")),
            },
        }
    }
    Ok(proof)
}

fn length(path: &Path) -> Result<Option<u32>> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some(u32::try_from(found.len()).unwrap_or(u32::MAX))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Puts a folder's new names on the disk.
fn settle(folder: &Path) -> Result<()> {
    #[cfg(unix)] // Elsewhere a folder cannot be opened, and renaming is journalled.
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
