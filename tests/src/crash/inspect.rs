//! Reading the centre's file from outside, with code of its own.

use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::witness::Found;
use crate::trouble::{Outcome, Trouble};

/// The centre's file.
pub(super) struct File(Connection);

impl File {
    pub fn open(path: &Path) -> Outcome<Self> {
        let db = Connection::open(path).map_err(trouble)?;
        db.busy_timeout(std::time::Duration::from_secs(10)).map_err(trouble)?;
        Ok(Self(db))
    }

    /// The machine enrolled last.
    pub fn last_device(&self) -> Outcome<i64> {
        self.0
            .query_row("SELECT max(no) FROM device", [], |row| row.get(0))
            .map_err(trouble)
    }

    /// Operations of a device that the centre has, openings of logs left out.
    pub fn operations_of(&self, device: i64) -> Outcome<u64> {
        let sql = "SELECT count(*) FROM operation o JOIN log l ON l.no = o.log WHERE l.device = ?1 AND o.seq > 1";
        self.0.query_row(sql, [device], |row| row.get(0)).map_err(trouble)
    }

    /// Logs of a device; a kill must never cost it one.
    pub fn logs_of(&self, device: i64) -> Outcome<u64> {
        let sql = "SELECT count(*) FROM log WHERE device = ?1";
        self.0.query_row(sql, [device], |row| row.get(0)).map_err(trouble)
    }

    /// SHA-256, hex, over the SHA-256 of each operation's exact text as it lies in the stored frames, by number: what the
    /// device's receipt must show.
    pub fn digest_of(&self, device: i64) -> Outcome<String> {
        let mut find = self
            .0
            .prepare(
                "SELECT CAST(f.text AS BLOB), o.start, o.length FROM operation o JOIN log l ON l.no = o.log
                 JOIN frame f ON f.no = o.frame WHERE l.device = ?1 ORDER BY o.seq",
            )
            .map_err(trouble)?;
        let mut rows = find.query([device]).map_err(trouble)?;
        let mut all = Sha256::new();
        while let Some(row) = rows.next().map_err(trouble)? {
            let frame: Vec<u8> = row.get(0).map_err(trouble)?;
            let (start, length): (usize, usize) = (row.get(1).map_err(trouble)?, row.get(2).map_err(trouble)?);
            let text = frame
                .get(start..start + length)
                .ok_or("an operation outside its frame")?;
            all.update(Sha256::digest(text));
        }
        Ok(all.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Every living record, as the witness knows it.
    pub fn found(&self) -> Outcome<Vec<Found>> {
        let mut find = self
            .0
            .prepare(
                "SELECT p.uid, json(r.body), (SELECT count(*) FROM operation o WHERE o.record = r.no)
                 FROM record r JOIN place p ON p.no = r.unit WHERE r.void = 0",
            )
            .map_err(trouble)?;
        let mut rows = find.query([]).map_err(trouble)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(trouble)? {
            let body: Value = serde_json::from_str(&row.get::<_, String>(1).map_err(trouble)?)?;
            let sum = |column: &str| {
                let lines = body["counts"].as_array().into_iter().flatten();
                lines.filter_map(|line| line[column].as_u64()).sum()
            };
            found.push(Found {
                note: body["note"].as_str().unwrap_or_default().to_owned(),
                unit: row.get(0).map_err(trouble)?,
                figures: (sum("attended"), sum("female")),
                operations: row.get(2).map_err(trouble)?,
            });
        }
        Ok(found)
    }
}

fn trouble(error: rusqlite::Error) -> Trouble {
    Trouble(format!("the centre's file: {error}"))
}
