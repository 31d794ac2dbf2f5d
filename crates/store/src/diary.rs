use std::collections::BTreeMap;

use rusqlite::params;

use crate::{Read, Result, Write, columns};

/// Lines kept: some months of rounds on a bad link.
const DIARY_LINES_MAX: u32 = 2_000;

/// One event of sending and receiving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiaryLine {
    /// When, RFC 3339.
    pub at: String,
    /// What, as a code.
    pub code: String,
    /// Values for its sentence.
    pub params: BTreeMap<String, String>,
}

impl Read<'_> {
    /// The latest lines, newest first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn diary_lines(&self, limit: u32) -> Result<Vec<DiaryLine>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT at, code, params FROM diary ORDER BY number DESC LIMIT ?1")?;
        let mut rows = statement.query([limit])?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            lines.push(DiaryLine {
                at: row.get(0)?,
                code: row.get(1)?,
                params: serde_json::from_str(columns::text(row, 2)?)?,
            });
        }
        Ok(lines)
    }
}

impl Write<'_> {
    /// Adds a line; the oldest go when there are too many.
    ///
    /// # Errors
    /// Writing failed.
    pub fn diary_append(&self, at: &str, code: &str, params: &BTreeMap<String, String>) -> Result<()> {
        let number = self
            .connection
            .prepare_cached("INSERT INTO diary (at, code, params) VALUES (?1, ?2, ?3)")?
            .insert(params![at, code, serde_json::to_string(params)?])?;
        self.connection
            .prepare_cached("DELETE FROM diary WHERE number <= ?1")?
            .execute([number - i64::from(DIARY_LINES_MAX)])?;
        Ok(())
    }
}
