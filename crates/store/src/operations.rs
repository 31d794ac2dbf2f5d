use hocvu_model::operation::{self, Kind, Operation};
use hocvu_model::{Finding, LogId, OperationId, RecordId, UnitUid};
use rusqlite::{Row, params};
use serde_json::{Map, Value};

use crate::columns;
use crate::{Read, Result, State};

/// An operation of this device, with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredOperation {
    /// Its log and number.
    pub id: OperationId,
    /// The record it is about; `None` for an act of an office.
    pub record: Option<RecordId>,
    /// What it does.
    pub kind: Kind,
    /// Author's clock, seconds since 1970.
    pub at: i64,
    /// The unit of the record after it.
    pub unit: UnitUid,
    /// Why, as the author wrote.
    pub reason: Option<String>,
    /// The exact signed text.
    pub text: String,
    /// SHA-256 of the text.
    pub digest: [u8; 32],
    /// Where it stands, verdict included.
    pub state: State,
    /// The centre's code, e.g. `PARENT_MISSING`.
    pub code: Option<String>,
    /// Why, in a person's words: an officer sent it back.
    pub message: Option<String>,
    /// Whether it was a branch beside the record's head that a person has settled.
    pub closed: bool,
    /// Whether a later log of this device says the same, since this number was taken twice.
    pub moved: bool,
    /// The warnings it was saved with.
    pub findings: Vec<Finding>,
    /// What the centre found.
    pub centre_findings: Vec<Finding>,
    /// Its arrival at the centre.
    pub fseq: Option<u64>,
    /// Receipt number, once the centre has it.
    pub receipt: Option<String>,
    /// When the receipt arrived here, RFC 3339.
    pub received_at: Option<String>,
    /// The body before it, by this device's own operations.
    pub before: Map<String, Value>,
    /// The body after it.
    pub after: Map<String, Value>,
}

/// Which operations of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// Without receipt.
    Waiting,
    /// With receipt.
    Sent,
    /// The latest of each record that is refused, rejected, held, conflicted or quarantined, and acts of an office that are and
    /// that nobody has read of.
    Attention,
}

/// The outbox in numbers, `open` left out: counted from receipts and from what the centre told, nothing else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Operations without a receipt.
    pub waiting: u32,
    /// Operations with a receipt.
    pub sent: u32,
    /// Records with an own operation to be looked at, and own acts of an office.
    pub attention: u32,
    /// Records of which two versions or more stand side by side, whoever wrote them.
    pub conflicts: u32,
    /// Operations, anybody's, that are held or quarantined until an officer settles them.
    pub cases: u32,
}

const SELECT: &str = "SELECT o.number, l.id, o.seq, o.record, o.text, o.digest, o.state, o.code, o.findings,
    o.centre_findings, o.fseq, o.received_at, o.message, o.closed, o.moved IS NOT NULL FROM operation o JOIN log l ON l.number = o.log";

impl Read<'_> {
    /// When the latest own operation on a record was written, by its author's clock; `None` before the first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn latest_at(&self) -> Result<Option<i64>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT text FROM operation WHERE record IS NOT NULL ORDER BY number DESC LIMIT 1")?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(Operation::parse(columns::text(row, 0)?)?.at))
    }

    /// One of this device's operations, `open` left out.
    ///
    /// # Errors
    /// Reading failed.
    pub fn operation(&self, id: OperationId) -> Result<Option<StoredOperation>> {
        let sql = format!("{SELECT} WHERE l.id = ?1 AND o.seq = ?2 AND o.kind <> 'open'");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![id.log.0, id.seq])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let (number, mut operation) = read(row, &self.deployment()?)?;
        self.fill_change(number, &mut operation)?;
        Ok(Some(operation))
    }

    /// This device's operations on a record, newest first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn history(&self, record: RecordId) -> Result<Vec<StoredOperation>> {
        let deployment = self.deployment()?;
        let sql = format!("{SELECT} WHERE o.record = ?1 ORDER BY o.number");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([record.0.as_bytes()])?;
        let (mut history, mut body) = (Vec::new(), Map::new());
        while let Some(row) = rows.next()? {
            let (_, mut operation) = read(row, &deployment)?;
            operation.before = body;
            operation.after = patched(&operation.before, &operation.text)?;
            body = operation.after.clone();
            history.push(operation);
        }
        history.reverse();
        Ok(history)
    }

    /// A page of the outbox, newest first, and how many there are in all.
    ///
    /// # Errors
    /// Reading failed.
    pub fn list(&self, tab: Tab, offset: u32, limit: u32) -> Result<(Vec<StoredOperation>, u32)> {
        let tally = self.tally()?;
        let (numbers, total) = match tab {
            Tab::Waiting => (
                "SELECT number FROM operation INDEXED BY operation_unconfirmed WHERE state < 3 AND seq > 1 AND moved IS NULL
                 ORDER BY number DESC LIMIT ?1 OFFSET ?2",
                tally.waiting,
            ),
            Tab::Sent => (
                "SELECT number FROM operation INDEXED BY operation_sent WHERE state >= 3 AND seq > 1 AND moved IS NULL
                 ORDER BY number DESC LIMIT ?1 OFFSET ?2",
                tally.sent,
            ),
            Tab::Attention => (
                "SELECT own FROM record WHERE state IN (2, 5, 6, 7, 8) AND own IS NOT NULL AND NOT (void AND NOT EXISTS
                   (SELECT 1 FROM shadow WHERE shadow.id = record.id))
                 UNION ALL
                 SELECT number FROM operation INDEXED BY operation_act
                 WHERE record IS NULL AND seen = 0 AND state IN (2, 6, 7, 8) AND seq > 1 AND moved IS NULL
                 ORDER BY 1 DESC LIMIT ?1 OFFSET ?2",
                tally.attention,
            ),
        };
        if offset >= total {
            return Ok((Vec::new(), total)); // Without walking every operation to find that none is there.
        }
        Ok((self.stored(numbers, offset, limit)?, total))
    }

    /// The operations whose numbers a question gives, newest first; `?1` and `?2` of it are limit and offset.
    pub(crate) fn stored(&self, numbers: &str, offset: u32, limit: u32) -> Result<Vec<StoredOperation>> {
        let deployment = self.deployment()?;
        let sql = format!("{SELECT} WHERE o.number IN ({numbers}) ORDER BY o.number DESC");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([limit, offset])?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            let (number, mut operation) = read(row, &deployment)?;
            self.fill_change(number, &mut operation)?;
            page.push(operation);
        }
        Ok(page)
    }

    /// The outbox in numbers.
    ///
    /// # Errors
    /// Reading failed.
    pub fn tally(&self) -> Result<Tally> {
        // A refused record that its author voided, and that the centre never showed, needs nobody any more.
        // Logs are dense and begin with open, so what is not waiting is known without counting it. What was said again in
        // a later log counts there.
        let mut statement = self.connection.prepare_cached(
            "SELECT unconfirmed - lost, total - opens - unconfirmed - (moved - lost), attention + acts, conflicts, cases FROM
               (SELECT count(*) AS unconfirmed FROM operation WHERE state < 3 AND seq > 1),
               (SELECT count(*) AS moved, count(*) FILTER (WHERE state < 3) AS lost FROM operation
                WHERE moved IS NOT NULL AND seq > 1),
               (SELECT count(*) AS opens, coalesce(sum((SELECT max(seq) FROM operation WHERE log = log.number)), 0) AS total
                FROM log),
               (SELECT count(*) AS attention FROM record WHERE state IN (2, 5, 6, 7, 8) AND own IS NOT NULL
                 AND NOT (void AND NOT EXISTS (SELECT 1 FROM shadow WHERE shadow.id = record.id))),
               (SELECT count(*) AS acts FROM operation INDEXED BY operation_act
                WHERE record IS NULL AND seen = 0 AND state IN (2, 6, 7, 8) AND seq > 1 AND moved IS NULL),
               (SELECT count(*) AS conflicts FROM record WHERE state = 5),
               (SELECT count(*) AS cases FROM centre_case WHERE open = 1 AND state IN (7, 8))",
        )?;
        let tally = statement.query_row([], |row| {
            Ok(Tally {
                waiting: row.get(0)?,
                sent: row.get(1)?,
                attention: row.get(2)?,
                conflicts: row.get(3)?,
                cases: row.get(4)?,
            })
        })?;
        Ok(tally)
    }

    fn fill_change(&self, number: i64, operation: &mut StoredOperation) -> Result<()> {
        let Some(record) = operation.record else {
            return Ok(());
        };
        let mut statement = self
            .connection
            .prepare_cached("SELECT text FROM operation WHERE record = ?1 AND number < ?2 ORDER BY number")?;
        let mut rows = statement.query(params![record.0.as_bytes(), number])?;
        let mut body = Map::new();
        while let Some(row) = rows.next()? {
            body = patched(&body, columns::text(row, 0)?)?;
        }
        operation.after = patched(&body, &operation.text)?;
        operation.before = body;
        Ok(())
    }
}

fn patched(body: &Map<String, Value>, text: &str) -> Result<Map<String, Value>> {
    let operation = Operation::parse(text)?;
    Ok(match operation.set {
        Some(set) => hocvu_model::body::merge(body, &serde_json::from_str(set.get())?),
        None => body.clone(),
    })
}

fn read(row: &Row<'_>, deployment: &str) -> Result<(i64, StoredOperation)> {
    let id = OperationId {
        log: LogId(row.get(1)?),
        seq: row.get(2)?,
    };
    let text: String = row.get(4)?;
    let digest: [u8; 32] = row.get(5)?;
    let fseq: Option<u64> = row.get(10)?;
    let parsed = Operation::parse(&text)?;
    let operation = StoredOperation {
        id,
        record: columns::record(row, 3)?,
        kind: parsed.k,
        at: parsed.at,
        unit: parsed.unit.unwrap_or_else(|| UnitUid(String::new())),
        reason: parsed.reason,
        digest,
        state: State::from_number(row.get(6)?)?,
        code: row.get(7)?,
        findings: serde_json::from_str(columns::text(row, 8)?)?,
        centre_findings: serde_json::from_str(columns::text(row, 9)?)?,
        fseq,
        receipt: fseq.map(|fseq| operation::receipt(deployment, id, &digest, fseq)),
        received_at: row.get(11)?,
        message: row.get(12)?,
        closed: row.get(13)?,
        moved: row.get(14)?,
        before: Map::new(),
        after: Map::new(),
        text,
    };
    Ok((row.get(0)?, operation))
}
