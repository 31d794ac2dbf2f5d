use std::collections::HashSet;

use rusqlite::{OptionalExtension, Row, params};

use crate::{Read, Result, Write};

/// Something typed on a screen and not saved. A session's form is a [`crate::Draft`]: it is listed as what it will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaved {
    /// Its key: the screen, and which of its forms.
    pub key: String,
    /// The unit it is typed for; may be empty.
    pub unit: String,
    /// As the screen reads it.
    pub text: String,
    /// When it was kept, RFC 3339.
    pub at: String,
}

impl Read<'_> {
    /// What is kept under keys that begin so, what was typed last first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn unsaved(&self, prefix: &str) -> Result<Vec<Unsaved>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT key, unit, text, at FROM unsaved WHERE substr(key, 1, length(?1)) = ?1 ORDER BY rowid DESC",
        )?;
        let kept = statement.query_map([prefix], read)?.collect::<rusqlite::Result<_>>()?;
        Ok(kept)
    }
}

impl Write<'_> {
    /// Takes lines out of the text kept under a key: they were saved, in this very transaction. A line that was typed over since
    /// is another one, and stays. The first line says what the others are of: when it alone is left it goes with them, unless
    /// `stays` says that something of it is not saved.
    ///
    /// # Errors
    /// Writing failed.
    pub fn drop_unsaved_lines(&self, key: &str, saved: &HashSet<&str>, stays: bool) -> Result<()> {
        let text: Option<String> = self
            .connection
            .prepare_cached("SELECT text FROM unsaved WHERE key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?;
        let Some(text) = text else { return Ok(()) };
        let left: Vec<&str> = text.lines().filter(|line| !saved.contains(line)).collect();
        if left.len() <= 1 && !stays {
            self.drop_unsaved(key)?;
            return Ok(());
        }
        self.connection
            .prepare_cached("UPDATE unsaved SET text = ?2 WHERE key = ?1")?
            .execute([key, &left.join("\n")])?;
        Ok(())
    }

    /// Keeps it in place of what has its key. It becomes the one typed last: clocks decide nothing.
    ///
    /// # Errors
    /// Writing failed.
    pub fn put_unsaved(&self, kept: &Unsaved) -> Result<()> {
        let Unsaved { key, unit, text, at } = kept;
        self.drop_unsaved(key)?;
        self.connection
            .prepare_cached(
                "INSERT INTO unsaved (rowid, key, unit, text, at)
                 VALUES ((SELECT coalesce(max(rowid), 0) + 1 FROM unsaved), ?1, ?2, ?3, ?4)",
            )?
            .execute(params![key, unit, text, at])?;
        Ok(())
    }

    /// It was saved or thrown away; says whether there was any.
    ///
    /// # Errors
    /// Writing failed.
    pub fn drop_unsaved(&self, key: &str) -> Result<bool> {
        let gone = self
            .connection
            .prepare_cached("DELETE FROM unsaved WHERE key = ?1")?
            .execute([key])?;
        Ok(gone > 0)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Unsaved> {
    Ok(Unsaved {
        key: row.get(0)?,
        unit: row.get(1)?,
        text: row.get(2)?,
        at: row.get(3)?,
    })
}
