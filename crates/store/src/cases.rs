use std::collections::BTreeSet;

use hocvu_model::{Finding, OperationId, RecordId, UnitUid};
use rusqlite::{Row, params};
use serde_json::{Map, Value};

use crate::{Read, Result, State, Verdict, Write, columns};

/// An operation, anybody's, that waits for a person at the centre, or did.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The operation.
    pub op: OperationId,
    /// What it does, a name of [`hocvu_model::operation::Kind`] or of a later one.
    pub kind: String,
    /// How it stands.
    pub verdict: Verdict,
    /// Why, e.g. `SCOPE`.
    pub code: Option<String>,
    /// Why, in a person's words.
    pub message: Option<String>,
    /// What the centre found.
    pub findings: Vec<Finding>,
    /// Whether it still waits for a person.
    pub open: bool,
    /// Kind of its record; empty for an act of an office.
    pub record_type: String,
    /// Its record.
    pub record: Option<RecordId>,
    /// The unit it puts the record in.
    pub unit: Option<UnitUid>,
    /// The head its author saw.
    pub base: Option<OperationId>,
    /// The whole state it would make; empty where it was settled before this device was shown it.
    pub body: Map<String, Value>,
    /// Whether the record would be void.
    pub void: bool,
    /// The author's device.
    pub device: String,
    /// Author, as the centre names them.
    pub by: String,
    /// Author's clock, seconds since 1970.
    pub at: i64,
    /// Feed number of its last change.
    pub fseq: u64,
}

/// A case with what only this device knows of it.
pub(crate) struct KnownCase {
    pub case: Case,
    /// Feed number this device was first told of it with.
    pub opened: u64,
}

/// Which open cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFilter {
    /// Branches beside a record's head.
    pub conflicted: bool,
    /// Kept until their cause is gone.
    pub held: bool,
    /// Of revoked devices and forked logs.
    pub quarantined: bool,
    /// That put their record in this unit.
    pub unit: Option<UnitUid>,
    /// Only this device's own, or only others'.
    pub own: Option<bool>,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
}

impl Default for CaseFilter {
    /// What waits for an officer, the first hundred.
    fn default() -> Self {
        Self {
            conflicted: false,
            held: true,
            quarantined: true,
            unit: None,
            own: None,
            offset: 0,
            limit: 100,
        }
    }
}

const SELECT: &str =
    "SELECT op, kind, state, code, message, findings, open, type, record, unit, base, body, void, device,
    by, at, fseq, opened FROM centre_case c";

impl Read<'_> {
    /// A page of the open cases a filter lets through, oldest first, and how many there are in all.
    ///
    /// # Errors
    /// Reading failed.
    pub fn cases(&self, filter: &CaseFilter) -> Result<(Vec<Case>, u32)> {
        let wanted = [
            (filter.conflicted, Verdict::Conflicted),
            (filter.held, Verdict::Held),
            (filter.quarantined, Verdict::Quarantined),
        ];
        let states: Vec<String> = wanted
            .iter()
            .filter(|(wanted, _)| *wanted)
            .map(|(_, verdict)| State::Stored(*verdict).number().to_string())
            .collect();
        let clause = format!(
            "WHERE open = 1 AND state IN ({}) AND (?1 IS NULL OR unit = ?1) AND (?2 IS NULL OR ?2 = EXISTS
               (SELECT 1 FROM log WHERE lower(hex(log.id)) = substr(c.op, 1, 32)))",
            states.join(", ")
        );
        let unit = filter.unit.as_ref().map(UnitUid::as_str);
        let total = self
            .connection
            .prepare_cached(&format!("SELECT count(*) FROM centre_case c {clause}"))?
            .query_row(params![unit, filter.own], |row| row.get(0))?;
        let mut statement = self
            .connection
            .prepare_cached(&format!("{SELECT} {clause} ORDER BY fseq LIMIT ?3 OFFSET ?4"))?;
        let cases = read_all(statement.query(params![unit, filter.own, filter.limit, filter.offset])?)?;
        Ok((cases, total))
    }

    /// Every open case, conflicted ones included, oldest first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn open_cases(&self) -> Result<Vec<Case>> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("{SELECT} WHERE open = 1 ORDER BY fseq"))?;
        read_all(statement.query([])?)
    }

    /// Every case of a record, settled ones included, oldest first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn cases_of(&self, record: RecordId) -> Result<Vec<Case>> {
        Ok(self.known_cases(record)?.into_iter().map(|known| known.case).collect())
    }

    pub(crate) fn known_cases(&self, record: RecordId) -> Result<Vec<KnownCase>> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("{SELECT} WHERE record = ?1 ORDER BY fseq"))?;
        let mut rows = statement.query([record.0.as_bytes()])?;
        let mut cases = Vec::new();
        while let Some(row) = rows.next()? {
            cases.push(KnownCase {
                case: read(row)?,
                opened: row.get(17)?,
            });
        }
        Ok(cases)
    }

    /// The case of an operation, if it ever was one.
    ///
    /// # Errors
    /// Reading failed.
    pub fn case(&self, op: OperationId) -> Result<Option<Case>> {
        let mut statement = self.connection.prepare_cached(&format!("{SELECT} WHERE op = ?1"))?;
        Ok(read_all(statement.query([op.to_string()])?)?.pop())
    }
}

impl Write<'_> {
    /// Takes over cases from the feed. One may come again, also in an older state: it never goes back. One that is settled
    /// comes without its state: what this device was shown of it stays.
    pub(crate) fn put_cases(&self, cases: &[Case], touched: &mut BTreeSet<RecordId>) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO centre_case (op, opened, kind, state, code, message, findings, open, type, record, unit, base, body, void,
                                      device, by, at, fseq)
             VALUES (?1, ?17, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
             ON CONFLICT (op) DO UPDATE SET kind = excluded.kind, state = excluded.state, code = excluded.code,
                 message = excluded.message, findings = excluded.findings, open = excluded.open, type = excluded.type,
                 record = excluded.record, unit = excluded.unit, base = excluded.base,
                 body = CASE WHEN excluded.open THEN excluded.body ELSE centre_case.body END,
                 void = CASE WHEN excluded.open THEN excluded.void ELSE centre_case.void END, device = excluded.device, by = excluded.by, at = excluded.at,
                 fseq = excluded.fseq, stale = 0
             WHERE excluded.fseq >= centre_case.fseq OR centre_case.stale = 1",
        )?;
        for case in cases {
            let changed = statement.execute(params![
                case.op.to_string(),
                case.kind,
                State::Stored(case.verdict).number(),
                case.code,
                case.message,
                serde_json::to_string(&case.findings)?,
                case.open,
                case.record_type,
                case.record.as_ref().map(|record| record.0.as_bytes()),
                case.unit.as_ref().map(UnitUid::as_str),
                case.base.map(|base| base.to_string()),
                serde_json::to_string(&case.body)?,
                case.void,
                case.device,
                case.by,
                case.at,
                case.fseq
            ])?;
            if changed > 0 {
                self.close_own(case.op, !case.open)?;
                touched.extend(case.record);
            }
        }
        Ok(())
    }

    /// Settles the cases that the feed, read anew to its end, did not bring again. They stay for the history.
    pub(crate) fn sweep_cases(&self, touched: &mut BTreeSet<RecordId>) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("{SELECT} WHERE stale = 1 AND open = 1"))?;
        for case in read_all(statement.query([])?)? {
            self.close_own(case.op, true)?;
            touched.extend(case.record);
        }
        self.connection
            .prepare_cached("UPDATE centre_case SET open = 0, stale = 0 WHERE stale = 1")?
            .execute([])?;
        Ok(())
    }

    /// Notes whether an own branch is settled.
    fn close_own(&self, op: OperationId, closed: bool) -> Result<()> {
        if let Some(log) = self.log_number(op.log)? {
            self.connection
                .prepare_cached("UPDATE operation SET closed = ?3 WHERE log = ?1 AND seq = ?2")?
                .execute(params![log, op.seq, closed])?;
        }
        Ok(())
    }
}

fn read_all(mut rows: rusqlite::Rows<'_>) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    while let Some(row) = rows.next()? {
        cases.push(read(row)?);
    }
    Ok(cases)
}

fn read(row: &Row<'_>) -> Result<Case> {
    let base: Option<String> = row.get(10)?;
    let state = State::from_number(row.get(2)?)?;
    Ok(Case {
        op: columns::text(row, 0)?.parse()?,
        kind: row.get(1)?,
        verdict: state
            .verdict()
            .ok_or_else(|| crate::Error::Damaged("a case without a verdict".to_owned()))?,
        code: row.get(3)?,
        message: row.get(4)?,
        findings: serde_json::from_str(columns::text(row, 5)?)?,
        open: row.get(6)?,
        record_type: row.get(7)?,
        record: columns::record(row, 8)?,
        unit: row.get::<_, Option<String>>(9)?.map(UnitUid),
        base: base.map(|base| base.parse()).transpose()?,
        body: serde_json::from_str(columns::text(row, 11)?)?,
        void: row.get(12)?,
        device: row.get(13)?,
        by: row.get(14)?,
        at: row.get(15)?,
        fseq: row.get(16)?,
    })
}
