use hocvu_model::RecordId;
use rusqlite::{OptionalExtension, Row, params};

use crate::{Read, Result, Write};

/// A form not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its key, made by the caller.
    pub id: String,
    /// The record it changes; `None` for a new one.
    pub record_id: Option<RecordId>,
    /// The form as typed, JSON.
    pub form: String,
    /// When it was kept, RFC 3339.
    pub at: String,
}

impl Read<'_> {
    /// One draft.
    ///
    /// # Errors
    /// Reading failed.
    pub fn draft(&self, id: &str) -> Result<Option<Draft>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, record, form, at FROM draft WHERE id = ?1")?;
        Ok(statement.query_row([id], read).optional()?)
    }

    /// Every draft, the one made last first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn drafts(&self) -> Result<Vec<Draft>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, record, form, at FROM draft ORDER BY rowid DESC")?;
        let drafts = statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
        Ok(drafts)
    }
}

impl Write<'_> {
    /// Keeps a draft in place of the one with its id.
    ///
    /// # Errors
    /// Writing failed.
    pub fn put_draft(&self, draft: &Draft) -> Result<()> {
        let Draft {
            id,
            record_id,
            form,
            at,
        } = draft;
        self.connection
            .prepare_cached(
                "INSERT INTO draft (id, record, form, at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET record = excluded.record, form = excluded.form, at = excluded.at",
            )?
            .execute(params![
                id,
                record_id.as_ref().map(|record| record.0.as_bytes()),
                form,
                at
            ])?;
        Ok(())
    }

    /// Throws a draft away; says whether there was one.
    ///
    /// # Errors
    /// Writing failed.
    pub fn discard_draft(&self, id: &str) -> Result<bool> {
        let gone = self
            .connection
            .prepare_cached("DELETE FROM draft WHERE id = ?1")?
            .execute([id])?;
        Ok(gone > 0)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
    Ok(Draft {
        id: row.get(0)?,
        record_id: row
            .get::<_, Option<[u8; 16]>>(1)?
            .map(|id| RecordId(uuid::Uuid::from_bytes(id))),
        form: row.get(2)?,
        at: row.get(3)?,
    })
}
