use std::collections::BTreeSet;

use hocvu_model::operation::{self, Kind, Operation};
use hocvu_model::{Finding, LogId, OperationId, RecordId};
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};

use crate::append::NewOperation;
use crate::identity::OwnLog;
use crate::{Error, Read, Result, State, Verdict, Write, columns};

/// Why a device goes on in a new log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fork {
    /// The file is an older copy of itself.
    Restored,
    /// The file came from another machine.
    Cloned,
    /// The centre found two operations under one number.
    Forked,
}

/// The centre's code for an operation whose number another one has.
const LOG_FORKED: &str = "LOG_FORKED";

impl Fork {
    /// The reason as written in `open`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Restored => "restored",
            Self::Cloned => "cloned",
            Self::Forked => "forked",
        }
    }
}

/// An operation to be said again.
struct Stranded {
    number: i64,
    record: Option<RecordId>,
    text: String,
    findings: Vec<Finding>,
}

impl Read<'_> {
    /// The last number this file has of a log; 0 of one it never wrote.
    ///
    /// # Errors
    /// Reading failed.
    pub fn last_seq(&self, log: LogId) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(
            "SELECT coalesce(max(seq), 0) FROM operation WHERE log = (SELECT number FROM log WHERE id = ?1)",
        )?;
        Ok(statement.query_row([log.0], |row| row.get(0))?)
    }

    /// Every log this file ever wrote, oldest first; the last is not always the one it writes now.
    ///
    /// # Errors
    /// Reading failed.
    pub fn log_ids(&self) -> Result<Vec<LogId>> {
        Ok(self.logs()?.into_iter().map(|log| log.id).collect())
    }

    /// Whether the centre found operations of this file under numbers that others have, and they were not said again yet.
    ///
    /// # Errors
    /// Reading failed.
    pub fn is_forked(&self) -> Result<bool> {
        Ok(self.first_forked()?.is_some())
    }

    /// The log and number of the first such operation.
    fn first_forked(&self) -> Result<Option<(i64, u64)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT log, seq FROM operation INDEXED BY operation_apart
             WHERE state = 8 AND moved IS NULL AND code = ?1 ORDER BY log, seq LIMIT 1",
        )?;
        Ok(statement
            .query_row([LOG_FORKED], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
    }

    /// Where an own operation is said now: in a later log when its number was taken twice.
    fn said_now(&self, id: OperationId) -> Result<OperationId> {
        let mut statement = self.connection.prepare_cached(
            "SELECT l.id, n.seq FROM operation o JOIN log was ON was.number = o.log JOIN operation n ON n.number = o.moved
             JOIN log l ON l.number = n.log WHERE was.id = ?1 AND o.seq = ?2",
        )?;
        let mut now = id;
        while let Some(next) = statement
            .query_row(params![now.log.0, now.seq], |row| {
                Ok(OperationId {
                    log: LogId(row.get(0)?),
                    seq: row.get(1)?,
                })
            })
            .optional()?
        {
            now = next;
        }
        Ok(now)
    }
}

impl Write<'_> {
    /// Goes on in a new log, which names the one before and why. What the log before has not sent yet is still sent under
    /// it: there the numbers are this file's own.
    ///
    /// # Errors
    /// Not found when the device has no identity; writing failed.
    pub fn renew_log(&self, new: LogId, why: Fork, at: i64) -> Result<()> {
        let identity = self.identity()?.ok_or(Error::NotFound("identity"))?;
        let log = self
            .connection
            .prepare_cached("INSERT INTO log (id) VALUES (?1)")?
            .insert([new.0])?;
        let log = OwnLog { number: log, id: new };
        self.connection
            .prepare_cached("UPDATE identity SET log = ?1")?
            .execute([log.number])?;
        let before = identity.log.to_string();
        self.insert_operation(&NewOperation {
            log,
            seq: 1,
            record: None,
            kind: Kind::Open,
            text: &operation::open_text(&identity.device, Some(&before), why.as_str(), at),
            findings: &[],
        })?;
        Ok(())
    }

    /// Says again, in the log this device writes now, what the centre found under numbers that others have, and what was
    /// never confirmed after it: there this file's numbers are not its own any more. Bases are carried over. When the fork
    /// is in the present log, a new one named `new` is begun first. Returns how many operations were said again.
    ///
    /// # Errors
    /// Not found when the device has no identity; writing failed.
    pub fn salvage_forked(&self, new: LogId, at: i64) -> Result<u32> {
        let mut said = 0;
        let mut touched = BTreeSet::new();
        while let Some((log, first)) = self.first_forked()? {
            if self.own_log()?.number == log {
                self.renew_log(new, Fork::Forked, at)?;
            }
            for stranded in self.stranded(log, first)? {
                self.say_again(&stranded)?;
                touched.extend(stranded.record);
                said += 1;
            }
        }
        // What was written since, in a later log, and names what was said again under its old number.
        while let Some(stranded) = self.names_what_moved()? {
            self.say_again(&stranded)?;
            touched.extend(stranded.record);
            said += 1;
        }
        for record in touched {
            self.refold(record)?;
        }
        Ok(said)
    }

    fn stranded(&self, log: i64, first: u64) -> Result<Vec<Stranded>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number, record, text, findings FROM operation
             WHERE log = ?1 AND seq >= ?2 AND seq > 1 AND moved IS NULL
               AND (fseq IS NULL OR (state = ?3 AND code = ?4)) ORDER BY seq",
        )?;
        let apart = State::Stored(Verdict::Quarantined).number();
        let mut rows = statement.query(params![log, first, apart, LOG_FORKED])?;
        let mut stranded = Vec::new();
        while let Some(row) = rows.next()? {
            stranded.push(Stranded {
                number: row.get(0)?,
                record: columns::record(row, 1)?,
                text: row.get(2)?,
                findings: serde_json::from_str(columns::text(row, 3)?)?,
            });
        }
        Ok(stranded)
    }

    /// The first operation never confirmed that names one that was said again.
    fn names_what_moved(&self) -> Result<Option<Stranded>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number, record, text, findings FROM operation
             WHERE state < 3 AND seq > 1 AND moved IS NULL ORDER BY number",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text = columns::text(row, 2)?;
            let operation = Operation::parse(text)?;
            let mut named = operation
                .base
                .iter()
                .chain(&operation.supersedes)
                .chain(&operation.cites);
            if named.any(|op| self.said_now(*op).is_ok_and(|now| now != *op)) {
                return Ok(Some(Stranded {
                    number: row.get(0)?,
                    record: columns::record(row, 1)?,
                    findings: serde_json::from_str(columns::text(row, 3)?)?,
                    text: text.to_owned(),
                }));
            }
        }
        Ok(None)
    }

    fn say_again(&self, stranded: &Stranded) -> Result<()> {
        let (log, seq) = self.next()?;
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::MovedCountsAsSaid) {
            let mut open = self
                .connection
                .prepare_cached("SELECT number FROM operation WHERE log = ?1 AND seq = 1")?;
            return self.is_said_as(stranded, open.query_row([log.number], |row| row.get(0))?);
        }
        let new = self.insert_operation(&NewOperation {
            log,
            seq,
            record: stranded.record,
            kind: Operation::parse(&stranded.text)?.k,
            text: &self.carried_over(&stranded.text)?,
            findings: &stranded.findings,
        })?;
        self.is_said_as(stranded, new)
    }

    fn is_said_as(&self, stranded: &Stranded, new: i64) -> Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE operation SET moved = ?2, state = CASE WHEN fseq IS NULL THEN 2 ELSE state END,
                        code = CASE WHEN fseq IS NULL THEN ?3 ELSE code END WHERE number = ?1",
            )?
            .execute(params![stranded.number, new, LOG_FORKED])?;
        Ok(())
    }

    /// The text with every own operation it names where that is said now. Nothing else of it changes, fields of a later
    /// version included.
    fn carried_over(&self, text: &str) -> Result<String> {
        let operation = Operation::parse(text)?;
        let mut fields: Map<String, Value> = serde_json::from_str(text)?;
        if let Some(base) = operation.base {
            fields.insert("base".to_owned(), self.said_now(base)?.to_string().into());
        }
        for (name, named) in [("supersedes", &operation.supersedes), ("cites", &operation.cites)] {
            if !named.is_empty() {
                let now: Result<Vec<String>> = named.iter().map(|op| Ok(self.said_now(*op)?.to_string())).collect();
                fields.insert(name.to_owned(), now?.into());
            }
        }
        Ok(serde_json::to_string(&fields)?)
    }
}
