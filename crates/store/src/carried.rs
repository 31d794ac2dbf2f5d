use rusqlite::{Row, params};

use crate::{Error, Read, Result, Write};

/// Another device's bundle on its way through this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Its row.
    pub number: i64,
    /// Its id.
    pub id: [u8; 16],
    /// SHA-256 of its sealed part.
    pub sha256: [u8; 32],
    /// Bytes of its sealed part.
    pub size: u64,
    /// When it came, RFC 3339.
    pub at: String,
    /// How far it is.
    pub state: CarriedState,
}

/// How far a carried bundle is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CarriedState {
    /// Kept until there is a link.
    Waiting,
    /// The centre said it has it.
    Delivered,
    /// Its receipt is here.
    ReceiptHere,
    /// Its receipt went back on a medium.
    Returned,
    /// The centre does not take it, for this code.
    Refused(String),
}

/// The receipt of a carried bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedReceipt {
    /// Row of the bundle.
    pub number: i64,
    /// Its id.
    pub id: [u8; 16],
    /// The receipt's whole file.
    pub file: Vec<u8>,
}

const COLUMNS: &str = "number, id, sha256, size, at, state, code";

impl Read<'_> {
    /// Carried bundles, newest first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn carried(&self, limit: u32) -> Result<Vec<Carried>> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM carried ORDER BY number DESC LIMIT ?1"))?;
        let mut rows = statement.query([limit])?;
        let mut carried = Vec::new();
        while let Some(row) = rows.next()? {
            carried.push(read(row)?);
        }
        Ok(carried)
    }

    /// The oldest bundle after row `after` that is to be delivered or whose receipt is to be fetched.
    ///
    /// # Errors
    /// Reading failed.
    pub fn next_to_carry(&self, after: i64) -> Result<Option<Carried>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM carried WHERE state < 2 AND number > ?1 ORDER BY number LIMIT 1"
        ))?;
        let mut rows = statement.query([after])?;
        rows.next()?.map(read).transpose()
    }

    /// At most `length` bytes of a carried bundle's file from `offset` on.
    ///
    /// # Errors
    /// Reading failed.
    pub fn carried_part(&self, number: i64, offset: u64, length: u32) -> Result<Vec<u8>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT substr(bytes, ?2, ?3) FROM carried WHERE number = ?1")?;
        let part: Option<Vec<u8>> = statement.query_row(params![number, offset + 1, length], |row| row.get(0))?;
        Ok(part.unwrap_or_default())
    }

    /// Receipts that are here, also those that went back before.
    ///
    /// # Errors
    /// Reading failed.
    pub fn carried_receipts(&self) -> Result<Vec<CarriedReceipt>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number, id, receipt FROM carried WHERE state IN (2, 3) AND receipt IS NOT NULL ORDER BY number",
        )?;
        let receipts = statement
            .query_map([], |row| {
                Ok(CarriedReceipt {
                    number: row.get(0)?,
                    id: row.get(1)?,
                    file: row.get(2)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(receipts)
    }
}

impl Write<'_> {
    /// Keeps another device's bundle. Returns whether it was not here before.
    ///
    /// # Errors
    /// Writing failed.
    pub fn carry(&self, id: [u8; 16], sha256: [u8; 32], size: u64, at: &str, file: &[u8]) -> Result<bool> {
        let added = self
            .connection
            .prepare_cached(
                "INSERT INTO carried (id, sha256, size, at, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (sha256) DO NOTHING",
            )?
            .execute(params![id, sha256, size, at, file])?;
        Ok(added > 0)
    }

    /// Notes how far a carried bundle is. Its bytes stay until its receipt is here or it is refused.
    ///
    /// # Errors
    /// Writing failed.
    pub fn set_carried(&self, number: i64, state: &CarriedState) -> Result<()> {
        let (state, code) = match state {
            CarriedState::Waiting => (0, None),
            CarriedState::Delivered => (1, None),
            CarriedState::ReceiptHere => (2, None),
            CarriedState::Returned => (3, None),
            CarriedState::Refused(code) => (4, Some(code)),
        };
        self.connection
            .prepare_cached(
                "UPDATE carried SET state = ?2, code = ?3, bytes = CASE WHEN ?2 < 2 THEN bytes END WHERE number = ?1",
            )?
            .execute(params![number, state, code])?;
        Ok(())
    }

    /// Keeps the receipt of a carried bundle.
    ///
    /// # Errors
    /// Writing failed.
    pub fn put_carried_receipt(&self, number: i64, file: &[u8]) -> Result<()> {
        self.set_carried(number, &CarriedState::ReceiptHere)?;
        self.connection
            .prepare_cached("UPDATE carried SET receipt = ?2 WHERE number = ?1")?
            .execute(params![number, file])?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> Result<Carried> {
    let code: Option<String> = row.get(6)?;
    Ok(Carried {
        number: row.get(0)?,
        id: row.get(1)?,
        sha256: row.get(2)?,
        size: row.get(3)?,
        at: row.get(4)?,
        state: match row.get::<_, i64>(5)? {
            0 => CarriedState::Waiting,
            1 => CarriedState::Delivered,
            2 => CarriedState::ReceiptHere,
            3 => CarriedState::Returned,
            4 => CarriedState::Refused(code.unwrap_or_default()),
            other => return Err(Error::Damaged(format!("carried state {other}"))),
        },
    })
}
