use rusqlite::OptionalExtension;

use crate::{Read, Result, Write};

impl Read<'_> {
    /// A setting, as JSON text.
    ///
    /// # Errors
    /// Reading failed.
    pub fn setting(&self, key: &str) -> Result<Option<String>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT value FROM setting WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }
}

impl Write<'_> {
    /// Keeps a setting, as JSON text.
    ///
    /// # Errors
    /// Writing failed.
    pub fn put_setting(&self, key: &str, value: &str) -> Result<()> {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)")?
            .execute([key, value])?;
        Ok(())
    }
}
