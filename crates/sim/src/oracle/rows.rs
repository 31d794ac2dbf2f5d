//! The centre's operations as stored.

use hocvu_model::{LogId, OperationId};
use rusqlite::Connection;
use serde_json::{Map, Value};

use super::{digest, unreadable};
use crate::{Checked, Violation};

/// One operation of the centre.
#[derive(Debug, Clone)]
pub struct Row {
    /// Arrival number.
    pub fseq: u64,
    /// Its log and number.
    pub id: OperationId,
    /// The device whose log it is, as named on the wire.
    pub device: String,
    /// The verdict's name.
    pub verdict: String,
    /// The verdict's code.
    pub code: Option<String>,
    /// Feed number at which it moved the head.
    pub applied: Option<u64>,
    /// Feed number of its last verdict.
    pub judged: u64,
    /// The exact text.
    pub text: String,
    /// SHA-256 of it.
    pub digest: [u8; 32],
    /// What it says.
    pub says: Map<String, Value>,
}

impl Row {
    /// A text it says.
    pub fn text_of(&self, field: &str) -> Option<&str> {
        self.says.get(field)?.as_str()
    }

    /// An operation it names.
    pub fn operation(&self, field: &str) -> Option<OperationId> {
        self.text_of(field)?.parse().ok()
    }

    /// Whether it acts on a record.
    pub fn record(&self) -> Option<&str> {
        self.text_of("id")
    }
}

/// Every operation in order of arrival, each once and with the text that was signed (I3).
///
/// # Errors
/// Two rows of one number, or a text that is not what its digest says.
pub fn rows(db: &Connection) -> Checked<Vec<Row>> {
    let oracle = "i3_exactly_once";
    let mut read = db
        .prepare(
            "SELECT o.fseq, l.id, o.seq, d.id, o.verdict, o.code, o.applied, o.sha256,
                    substr(CAST(f.text AS BLOB), o.start + 1, o.length),
                    coalesce((SELECT max(e.fseq) FROM event e WHERE e.log = o.log AND e.seq = o.seq), o.fseq)
             FROM operation o JOIN log l ON l.no = o.log JOIN device d ON d.no = l.device JOIN frame f ON f.no = o.frame
             ORDER BY o.fseq",
        )
        .map_err(unreadable(oracle))?;
    let found = read.query_map([], |row| {
        let text = String::from_utf8_lossy(&row.get::<_, Vec<u8>>(8)?).into_owned();
        Ok(Row {
            fseq: row.get::<_, i64>(0)?.unsigned_abs(),
            id: OperationId {
                log: LogId(row.get(1)?),
                seq: row.get::<_, i64>(2)?.unsigned_abs(),
            },
            device: row.get(3)?,
            verdict: row.get(4)?,
            code: row.get(5)?,
            applied: row.get::<_, Option<i64>>(6)?.map(i64::unsigned_abs),
            judged: row.get::<_, i64>(9)?.unsigned_abs(),
            digest: row.get(7)?,
            says: serde_json::from_str(&text).unwrap_or_default(),
            text,
        })
    });
    let rows: Vec<Row> = found.and_then(Iterator::collect).map_err(unreadable(oracle))?;
    let mut seen = std::collections::BTreeSet::new();
    for row in &rows {
        if !seen.insert(row.id) {
            return Err(Violation::new(oracle, format!("{} is there twice", row.id)));
        }
        if digest(&row.text) != row.digest {
            return Err(Violation::new(
                "i2_nothing_lost",
                format!("{} is not what was signed", row.id),
            ));
        }
    }
    Ok(rows)
}
