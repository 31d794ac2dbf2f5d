use hocvu_model::session::PhotoId;
use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Read, Result, Write};

/// A photo of another device that somebody wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedPhoto {
    /// Its name.
    pub id: PhotoId,
    /// Bytes, as the session says.
    pub size: u32,
    /// Bytes that have arrived.
    pub arrived: u32,
    /// Why it cannot be had.
    pub code: Option<String>,
}

impl Read<'_> {
    /// A photo that was asked for and is not here yet.
    ///
    /// # Errors
    /// Reading failed.
    pub fn wanted_photo(&self, id: PhotoId) -> Result<Option<WantedPhoto>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT sha256, size, length(part), code FROM blob_wanted WHERE sha256 = ?1")?;
        Ok(statement.query_row([id.0], read).optional()?)
    }

    /// Photos still to be fetched, the one asked for first in front.
    ///
    /// # Errors
    /// Reading failed.
    pub fn photos_to_fetch(&self, limit: u32) -> Result<Vec<WantedPhoto>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT sha256, size, length(part), code FROM blob_wanted WHERE code IS NULL ORDER BY rowid LIMIT ?1",
        )?;
        let wanted = statement.query_map([limit], read)?.collect::<rusqlite::Result<_>>()?;
        Ok(wanted)
    }
}

impl Write<'_> {
    /// Asks for a photo; asking again forgets why it could not be had.
    ///
    /// # Errors
    /// Writing failed.
    pub fn want_photo(&self, id: PhotoId, size: u32) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO blob_wanted (sha256, size, part) VALUES (?1, ?2, x'')
                 ON CONFLICT (sha256) DO UPDATE SET code = NULL",
            )?
            .execute(params![id.0, size])?;
        Ok(())
    }

    /// Adds bytes that arrived. With the last of them the photo is here; bytes that do not make the photo are thrown away
    /// and it is wanted from its beginning.
    ///
    /// # Errors
    /// Not wanted; writing failed.
    pub fn add_photo_part(&self, id: PhotoId, part: &[u8]) -> Result<WantedPhoto> {
        self.connection
            .prepare_cached("UPDATE blob_wanted SET part = CAST(part || ?2 AS BLOB) WHERE sha256 = ?1")?
            .execute(params![id.0, part])?;
        let wanted = self.wanted_photo(id)?.ok_or(Error::NotFound("photo"))?;
        if wanted.arrived < wanted.size {
            return Ok(wanted);
        }
        let bytes: Vec<u8> = self
            .connection
            .prepare_cached("SELECT part FROM blob_wanted WHERE sha256 = ?1")?
            .query_row([id.0], |row| row.get(0))?;
        if PhotoId::of(&bytes) != id {
            self.connection
                .prepare_cached("UPDATE blob_wanted SET part = x'' WHERE sha256 = ?1")?
                .execute([id.0])?;
            return Ok(WantedPhoto { arrived: 0, ..wanted });
        }
        self.connection
            .prepare_cached(
                "INSERT INTO blob (sha256, size, bytes, own, state, confirmed) VALUES (?1, ?2, ?3, 0, 2, ?2)
                 ON CONFLICT (sha256) DO UPDATE SET bytes = coalesce(bytes, excluded.bytes)",
            )?
            .execute(params![id.0, bytes.len(), bytes])?;
        self.connection
            .prepare_cached("DELETE FROM blob_wanted WHERE sha256 = ?1")?
            .execute([id.0])?;
        Ok(wanted)
    }

    /// Notes why a photo cannot be had.
    ///
    /// # Errors
    /// Writing failed.
    pub fn fail_wanted_photo(&self, id: PhotoId, code: &str) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE blob_wanted SET code = ?2 WHERE sha256 = ?1")?
            .execute(params![id.0, code])?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<WantedPhoto> {
    Ok(WantedPhoto {
        id: PhotoId(row.get(0)?),
        size: row.get(1)?,
        arrived: row.get(2)?,
        code: row.get(3)?,
    })
}
