use hocvu_model::session::{PhotoId, attachments_of};
use rusqlite::{OptionalExtension, Row, params};
use serde_json::{Map, Value};

use crate::{Error, Read, Result, Write};

/// How far a photo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoState {
    /// Of a form not saved yet.
    Draft,
    /// An operation names it; the centre does not have it yet.
    Waiting,
    /// The centre has it and said so.
    Stored,
    /// The centre refuses it.
    Refused,
}

/// What is known of a photo, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Its name.
    pub id: PhotoId,
    /// Bytes.
    pub size: u32,
    /// Made on this device.
    pub own: bool,
    /// How far it is.
    pub state: PhotoState,
    /// Bytes the centre confirmed.
    pub confirmed: u32,
    /// Why it was refused.
    pub code: Option<String>,
    /// Whether its bytes are here.
    pub here: bool,
}

/// The photos a body names.
pub(crate) fn photos_of(body: &Map<String, Value>) -> Vec<PhotoId> {
    attachments_of(body).into_iter().map(|named| named.sha256).collect()
}

/// Photos of this device that operations name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PhotoTally {
    /// All of them.
    pub total: u32,
    /// The centre has them.
    pub sent: u32,
    /// The centre refuses them.
    pub refused: u32,
}

impl PhotoTally {
    /// Photos still to be sent.
    pub fn waiting(&self) -> u32 {
        self.total - self.sent - self.refused
    }
}

const COLUMNS: &str = "sha256, size, own, state, confirmed, code, bytes IS NOT NULL";

impl Read<'_> {
    /// What is known of a photo.
    ///
    /// # Errors
    /// Reading failed.
    pub fn photo(&self, id: PhotoId) -> Result<Option<Photo>> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM blob WHERE sha256 = ?1"))?;
        Ok(statement.query_row([id.0], read).optional()?)
    }

    /// Photos of this device that operations name and whose bytes are here, oldest first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn own_photos(&self, limit: u32) -> Result<Vec<PhotoId>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT sha256 FROM blob WHERE own = 1 AND state <> 0 AND bytes IS NOT NULL ORDER BY number LIMIT ?1",
        )?;
        let photos = statement
            .query_map([limit], |row| row.get(0).map(PhotoId))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(photos)
    }

    /// The bytes of a photo; `None` when they are not here.
    ///
    /// # Errors
    /// Reading failed.
    pub fn photo_bytes(&self, id: PhotoId) -> Result<Option<Vec<u8>>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT bytes FROM blob WHERE sha256 = ?1")?;
        Ok(statement.query_row([id.0], |row| row.get(0)).optional()?.flatten())
    }

    /// At most `length` bytes of a photo from `offset` on; nothing when they are not here.
    ///
    /// # Errors
    /// Reading failed.
    pub fn photo_part(&self, id: PhotoId, offset: u32, length: u32) -> Result<Vec<u8>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT substr(bytes, ?2 + 1, ?3) FROM blob WHERE sha256 = ?1")?;
        let part: Option<Vec<u8>> = statement
            .query_row(params![id.0, offset, length], |row| row.get(0))
            .optional()?
            .flatten();
        Ok(part.unwrap_or_default())
    }

    /// Photos the centre is still to get, the one named first in front.
    ///
    /// # Errors
    /// Reading failed.
    pub fn photos_to_send(&self, limit: u32) -> Result<Vec<Photo>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM blob WHERE state = 1 AND own = 1 ORDER BY number LIMIT ?1"
        ))?;
        let photos = statement.query_map([limit], read)?.collect::<rusqlite::Result<_>>()?;
        Ok(photos)
    }

    /// How many photos of this device the centre has, counted from what it confirmed.
    ///
    /// # Errors
    /// Reading failed.
    pub fn photo_tally(&self) -> Result<PhotoTally> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*), coalesce(sum(state = 2), 0), coalesce(sum(state = 3), 0) FROM blob WHERE own = 1 AND state > 0",
        )?;
        Ok(statement.query_row([], |row| {
            Ok(PhotoTally {
                total: row.get(0)?,
                sent: row.get(1)?,
                refused: row.get(2)?,
            })
        })?)
    }
}

impl Write<'_> {
    /// Keeps a photo of a form. It becomes a fact when an operation that names it is appended.
    ///
    /// # Errors
    /// Writing failed.
    pub fn put_photo(&self, bytes: &[u8]) -> Result<PhotoId> {
        let id = PhotoId::of(bytes);
        // One that was fetched from the centre, or given up for room, only gets its bytes back.
        self.connection
            .prepare_cached(
                "INSERT INTO blob (sha256, size, bytes, own, state) VALUES (?1, ?2, ?3, 1, 0)
                 ON CONFLICT (sha256) DO UPDATE SET bytes = coalesce(bytes, excluded.bytes), own = 1",
            )?
            .execute(params![id.0, bytes.len(), bytes])?;
        Ok(id)
    }

    /// Makes the photos an operation names facts of this device, in the operation's transaction.
    pub(crate) fn name_photos(&self, photos: &[PhotoId]) -> Result<()> {
        for photo in photos {
            self.connection
                .prepare_cached("UPDATE blob SET state = 1 WHERE sha256 = ?1 AND state = 0")?
                .execute([photo.0])?;
        }
        Ok(())
    }

    /// Notes how many bytes of a photo the centre of this epoch says it has. All of them: the photo is stored there.
    ///
    /// # Errors
    /// No such photo; writing failed.
    pub fn confirm_photo(&self, id: PhotoId, confirmed: u32, epoch: &str) -> Result<()> {
        let changed = self
            .connection
            .prepare_cached(
                "UPDATE blob SET confirmed = min(?2, size), epoch = ?3, code = NULL,
                        state = CASE WHEN ?2 >= size THEN 2 ELSE 1 END
                 WHERE sha256 = ?1 AND state > 0",
            )?
            .execute(params![id.0, confirmed, epoch])?;
        found(changed)
    }

    /// Notes that the centre refuses a photo. Its bytes stay.
    ///
    /// # Errors
    /// No such photo; writing failed.
    pub fn refuse_photo(&self, id: PhotoId, code: &str) -> Result<()> {
        let changed = self
            .connection
            .prepare_cached("UPDATE blob SET state = 3, confirmed = 0, code = ?2 WHERE sha256 = ?1 AND state > 0")?
            .execute(params![id.0, code])?;
        found(changed)
    }

    /// Offers again what another incarnation of the centre had confirmed (I11). Returns how many photos.
    ///
    /// # Errors
    /// Writing failed.
    pub fn reoffer_photos(&self, epoch: &str) -> Result<u32> {
        let count = self
            .connection
            .prepare_cached(
                "UPDATE blob SET state = 1, confirmed = 0
                 WHERE own = 1 AND state = 2 AND bytes IS NOT NULL AND epoch <> ?1",
            )?
            .execute([epoch])?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Throws away photos of forms that are gone. Meant for the start of the program, when no form is open.
    ///
    /// # Errors
    /// Writing failed.
    pub fn sweep_draft_photos(&self) -> Result<u32> {
        let count = self
            .connection
            .prepare_cached(
                "DELETE FROM blob WHERE state = 0
                   AND NOT EXISTS (SELECT 1 FROM draft WHERE instr(draft.form, lower(hex(blob.sha256))) > 0)",
            )?
            .execute([])?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Gives up bytes the centre has until at most `max` bytes of such photos are here: those of others first, then the
    /// oldest own ones. Returns how many photos.
    ///
    /// # Errors
    /// Writing failed.
    pub fn trim_photos(&self, max: u64) -> Result<u32> {
        let count = self
            .connection
            .prepare_cached(
                "UPDATE blob SET bytes = NULL WHERE number IN (
                   SELECT number FROM (
                     SELECT number, sum(size) OVER (ORDER BY own DESC, number DESC) AS total
                     FROM blob WHERE state = 2 AND bytes IS NOT NULL) WHERE total > ?1)",
            )?
            .execute([max])?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

fn found(changed: usize) -> Result<()> {
    if changed == 0 {
        return Err(Error::NotFound("photo"));
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Photo> {
    Ok(Photo {
        id: PhotoId(row.get(0)?),
        size: row.get(1)?,
        own: row.get(2)?,
        state: match row.get(3)? {
            0 => PhotoState::Draft,
            1 => PhotoState::Waiting,
            2 => PhotoState::Stored,
            _ => PhotoState::Refused,
        },
        confirmed: row.get(4)?,
        code: row.get(5)?,
        here: row.get(6)?,
    })
}
