use hocvu_model::{Finding, OperationId};
use rusqlite::params;

use crate::{Read, Result, Settlement, State, Write, columns};

/// How the centre judged an operation at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruling {
    /// Where the operation stood by it.
    pub state: State,
    /// Why, e.g. `PARENT_MISSING`.
    pub code: Option<String>,
    /// Why, in a person's words.
    pub message: Option<String>,
    /// What the centre found.
    pub findings: Vec<Finding>,
    /// Feed number it came with.
    pub fseq: u64,
    /// When it arrived here, RFC 3339.
    pub told_at: String,
}

impl Read<'_> {
    /// Every ruling this device was told about one of its operations, oldest first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn rulings(&self, id: OperationId) -> Result<Vec<Ruling>> {
        // An operation that was judged once says so itself.
        let mut statement = self.connection.prepare_cached(
            "WITH one AS (SELECT o.* FROM operation o JOIN log l ON l.number = o.log WHERE l.id = ?1 AND o.seq = ?2)
             SELECT number, state, code, message, findings, fseq, told_at FROM ruling
             WHERE operation = (SELECT number FROM one)
             UNION ALL
             SELECT 0, state, code, message, centre_findings, fseq, received_at FROM one
             WHERE fseq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ruling WHERE operation = one.number)
             ORDER BY 1",
        )?;
        let mut rows = statement.query(params![id.log.0, id.seq])?;
        let mut rulings = Vec::new();
        while let Some(row) = rows.next()? {
            rulings.push(Ruling {
                state: State::from_number(row.get(1)?)?,
                code: row.get(2)?,
                message: row.get(3)?,
                findings: serde_json::from_str(columns::text(row, 4)?)?,
                fseq: row.get(5)?,
                told_at: row.get::<_, Option<String>>(6)?.unwrap_or_default(),
            });
        }
        Ok(rulings)
    }
}

impl Write<'_> {
    /// Keeps a ruling on an operation that was judged before, and the first one too. Told the same again, nothing is kept,
    /// unless it came with another receipt. To be called while the operation still says what it said. Returns whether it
    /// was kept.
    pub(crate) fn note_ruling(
        &self,
        operation: i64,
        new: &Settlement,
        findings: &str,
        fseq: u64,
        with_receipt: bool,
        at: &str,
    ) -> Result<bool> {
        let state = State::Stored(new.verdict).number();
        let is_news: bool = self
            .connection
            .prepare_cached(
                "SELECT fseq IS NULL OR state <> ?2 OR code IS NOT ?3 OR message IS NOT ?4 OR (?5 AND fseq <> ?6)
                 FROM operation WHERE number = ?1",
            )?
            .query_row(
                params![operation, state, new.code, new.message, with_receipt, fseq],
                |row| row.get(0),
            )?;
        if !is_news {
            return Ok(false);
        }
        self.keep_first_ruling(operation)?;
        self.connection
            .prepare_cached(
                "INSERT INTO ruling (operation, state, code, message, findings, fseq, told_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![operation, state, new.code, new.message, findings, fseq, at])?;
        Ok(true)
    }

    /// Keeps what the operation says of itself, unless a ruling is kept already.
    pub(crate) fn keep_first_ruling(&self, operation: i64) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO ruling (operation, state, code, message, findings, fseq, told_at)
                 SELECT number, state, code, message, centre_findings, fseq, coalesce(received_at, '') FROM operation
                 WHERE number = ?1 AND fseq IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ruling WHERE operation = ?1)",
            )?
            .execute([operation])?;
        Ok(())
    }
}
