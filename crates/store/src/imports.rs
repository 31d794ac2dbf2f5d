use std::collections::BTreeMap;

use hocvu_model::operation::Operation;
use hocvu_model::unit::Unit;
use hocvu_model::{LogId, OperationId, RecordId};
use rusqlite::{Row, params};
use serde_json::{Map, Value};

use crate::{Read, Result, Write, columns};

/// One import: what it appended, to be undone as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Its own id.
    pub id: String,
    /// When, RFC 3339.
    pub at: String,
    /// What the table was read as.
    pub kind: String,
    /// Name of the file.
    pub file: String,
    /// First and last operation; nothing else was appended between them.
    pub run: (OperationId, u64),
    /// Records made or said again.
    pub added: u32,
    /// Records changed.
    pub changed: u32,
    /// What those that were changed held before.
    pub before: BTreeMap<String, Map<String, Value>>,
    /// When it was undone.
    pub undone: Option<String>,
}

const COLUMNS: &str = "id, at, kind, file, log, first, last, added, changed, before, undone";

impl Read<'_> {
    /// Imports, newest first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn imports(&self, limit: u32) -> Result<Vec<Import>> {
        let sql = format!("SELECT {COLUMNS} FROM import ORDER BY at DESC, id LIMIT ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([limit])?;
        let mut imports = Vec::new();
        while let Some(row) = rows.next()? {
            imports.push(import(row)?);
        }
        Ok(imports)
    }

    /// The import with this id.
    ///
    /// # Errors
    /// Reading failed.
    pub fn import(&self, id: &str) -> Result<Option<Import>> {
        let sql = format!("SELECT {COLUMNS} FROM import WHERE id = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(import).transpose()
    }

    /// The records a run of operations is about, each with the last of the run on it, in the order they were appended.
    ///
    /// # Errors
    /// Reading failed.
    pub fn records_of_run(&self, log: LogId, first: u64, last: u64) -> Result<Vec<(RecordId, OperationId)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT o.record, max(o.seq) FROM operation o JOIN log l ON l.number = o.log
             WHERE l.id = ?1 AND o.seq BETWEEN ?2 AND ?3 AND o.record IS NOT NULL
             GROUP BY o.record ORDER BY min(o.seq)",
        )?;
        let mut rows = statement.query(params![log.0, first, last])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            let seq = row.get(1)?;
            records.push((RecordId(uuid::Uuid::from_bytes(row.get(0)?)), OperationId { log, seq }));
        }
        Ok(records)
    }

    /// The units an import made, in the order in which it did.
    ///
    /// # Errors
    /// Reading failed.
    pub fn units_of_import(&self, import: &Import) -> Result<Vec<Unit>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT o.text FROM operation o JOIN log l ON l.number = o.log
             WHERE l.id = ?1 AND o.seq BETWEEN ?2 AND ?3 AND o.kind = 'succeed' ORDER BY o.seq",
        )?;
        let (first, last) = import.run;
        let mut rows = statement.query(params![first.log.0, first.seq, last])?;
        let mut units = Vec::new();
        while let Some(row) = rows.next()? {
            units.extend(Operation::parse(columns::text(row, 0)?)?.units);
        }
        Ok(units)
    }
}

impl Write<'_> {
    /// Keeps what an import did.
    ///
    /// # Errors
    /// Writing failed.
    pub fn put_import(&self, import: &Import) -> Result<()> {
        let Import {
            id,
            at,
            kind,
            file,
            run: (first, last),
            added,
            changed,
            before,
            undone,
        } = import;
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO import ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
            ))?
            .execute(params![
                id,
                at,
                kind,
                file,
                first.log.0,
                first.seq,
                last,
                added,
                changed,
                serde_json::to_string(before)?,
                undone
            ])?;
        Ok(())
    }

    /// Notes that an import was undone.
    ///
    /// # Errors
    /// Writing failed.
    pub fn import_is_undone(&self, id: &str, at: &str) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE import SET undone = ?2 WHERE id = ?1")?
            .execute([id, at])?;
        Ok(())
    }
}

fn import(row: &Row<'_>) -> Result<Import> {
    let log = LogId(row.get(4)?);
    Ok(Import {
        id: row.get(0)?,
        at: row.get(1)?,
        kind: row.get(2)?,
        file: row.get(3)?,
        run: (OperationId { log, seq: row.get(5)? }, row.get(6)?),
        added: row.get(7)?,
        changed: row.get(8)?,
        before: serde_json::from_str(columns::text(row, 9)?)?,
        undone: row.get(10)?,
    })
}
