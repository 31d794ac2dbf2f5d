use std::borrow::Cow;

use hocvu_model::operation::{self, Draft, Kind, OfficeDraft};
use hocvu_model::{Finding, OperationId, RecordId, Severity, UnitUid};
use rusqlite::params;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::fold::Step;
use crate::identity::OwnLog;
use crate::photos::photos_of;
use crate::records::{NewView, Standing};
use crate::witness::Testimony;
use crate::{Ready, RecordView, Result, State, Verdict, Write};

/// A fact to be appended to this device's log.
#[derive(Debug, Clone, Copy)]
pub struct Append<'a> {
    /// The record it is about.
    pub record: RecordId,
    /// What it does; not `open`.
    pub kind: Kind,
    /// Kind of record, e.g. `training_session`.
    pub record_type: &'a str,
    /// Schema version of `set`.
    pub schema_version: u32,
    /// The unit the record belongs to afterwards.
    pub unit: &'a UnitUid,
    /// Fields to set; null removes one.
    pub set: Option<&'a Map<String, Value>>,
    /// Why.
    pub reason: Option<&'a str>,
    /// Whether the record is void afterwards, for `correct` and `resolve`.
    pub void: Option<bool>,
    /// Branches a `resolve` closes.
    pub supersedes: &'a [OperationId],
    /// Author's clock, seconds since 1970: information for people.
    pub at: i64,
    /// The warnings it is saved with.
    pub findings: &'a [Finding],
}

/// A row to insert.
pub(crate) struct NewOperation<'a> {
    pub log: OwnLog,
    pub seq: u64,
    pub record: Option<RecordId>,
    pub kind: Kind,
    pub text: &'a str,
    pub findings: &'a [Finding],
}

impl Write<'_> {
    /// Appends a fact to this device's log, signed for nobody yet, and folds it into the record. Its base is what this
    /// device sees as the record's head.
    ///
    /// # Errors
    /// Not found when the device has no identity; writing failed.
    pub fn append(&self, append: &Append<'_>) -> Result<OperationId> {
        match (self.builds_on(append.record, append.kind)?, append.set) {
            (None, Some(set)) if append.kind == Kind::Put && !set.values().any(Value::is_null) => {
                self.append_first(append, &Ready::of(append.record_type, set))
            }
            (None, set) => self.append_onto(append, set, None, None),
            (Some((row, before)), set) => self.append_onto(append, set, Some(row), before),
        }
    }

    /// Puts a record that is known not to be here, without looking for it; its fields are those made ready. Most records
    /// are written once: the patch is the body then, and neither folded nor kept twice.
    ///
    /// # Errors
    /// As [`Write::append`]; it is here after all.
    pub fn append_first(&self, append: &Append<'_>, ready: &Ready) -> Result<OperationId> {
        self.name_photos(&ready.photos)?;
        let (id, own) = self.insert_draft(append, Some(&*ready.set), None)?;
        let view = NewView {
            id: append.record,
            record_type: append.record_type,
            unit: append.unit,
            body: "",
            void: false,
            head: id,
        };
        self.store_view(None, (&view, &ready.index), standing(own, append.findings))?;
        Ok(id)
    }

    fn append_onto(
        &self,
        append: &Append<'_>,
        set: Option<&Map<String, Value>>,
        row: Option<i64>,
        before: Option<RecordView>,
    ) -> Result<OperationId> {
        let Append {
            record,
            kind,
            record_type,
            unit,
            void,
            findings,
            ..
        } = *append;
        self.name_photos(&set.map(photos_of).unwrap_or_default())?;
        let (id, own) = self.insert_draft(append, set, before.as_ref().map(|view| view.head))?;
        // Beside an open branch, or when one is being settled, the record is more than its line.
        if kind == Kind::Resolve || (row.is_some() && self.has_branches(record)?) {
            self.refold(record)?;
            return Ok(id);
        }
        let step = Step {
            id,
            kind,
            record,
            record_type: Cow::Borrowed(record_type),
            unit: unit.clone(),
            set: set.map(Cow::Borrowed),
            void,
        };
        self.store_folded(row, &step.apply(before), standing(own, findings))?;
        Ok(id)
    }

    /// Writes the operation as text and keeps it; its id, and its row.
    fn insert_draft<S: Serialize + ?Sized>(
        &self,
        append: &Append<'_>,
        set: Option<&S>,
        base: Option<OperationId>,
    ) -> Result<(OperationId, i64)> {
        let (log, seq) = self.next()?;
        let text = Draft {
            k: append.kind,
            t: append.record_type,
            sv: append.schema_version,
            id: append.record,
            unit: append.unit,
            base,
            set,
            reason: append.reason,
            void: append.void,
            supersedes: append.supersedes,
            at: append.at,
        }
        .text();
        let own = self.insert_operation(&NewOperation {
            log,
            seq,
            record: Some(append.record),
            kind: append.kind,
            text: &text,
            findings: append.findings,
        })?;
        Ok((OperationId { log: log.id, seq }, own))
    }

    /// Appends an act of an office to this device's log: a fact about no record of its own.
    ///
    /// # Errors
    /// Not found when the device has no identity; writing failed.
    pub fn append_office(&self, draft: &OfficeDraft<'_>) -> Result<OperationId> {
        let (log, seq) = self.next()?;
        self.insert_operation(&NewOperation {
            log,
            seq,
            record: None,
            kind: draft.k,
            text: &draft.text(),
            findings: &[],
        })?;
        Ok(OperationId { log: log.id, seq })
    }

    /// The log this device writes, and the next number in it.
    pub(crate) fn next(&self) -> Result<(OwnLog, u64)> {
        let (log, last) = match self.tail.get() {
            Some(tail) => tail,
            None => {
                let log = self.own_log()?;
                let mut last = self
                    .connection
                    .prepare_cached("SELECT coalesce(max(seq), 0) FROM operation WHERE log = ?1")?;
                (log, last.query_row([log.number], |row| row.get(0))?)
            }
        };
        Ok((log, last + 1))
    }

    /// The row of the record, if it has one, and what an operation on it builds on.
    fn builds_on(&self, record: RecordId, kind: Kind) -> Result<Option<(i64, Option<RecordView>)>> {
        let Some((row, seen)) = self.numbered_record(record)? else {
            return Ok(None);
        };
        // A void takes back what is seen; figures are set on what the centre can still take.
        let takes_back = matches!(kind, Kind::Void | Kind::Restore);
        let line = if !takes_back && self.any_rejected(record)? {
            self.line(record)?
        } else {
            Some(seen)
        };
        Ok(Some((row, line)))
    }

    /// Whether an operation, anybody's, stands beside the record's head, or did.
    fn has_branches(&self, record: RecordId) -> Result<bool> {
        let mut statement = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM centre_case WHERE record = ?1 AND state = ?2)
                 OR EXISTS (SELECT 1 FROM operation WHERE record = ?1 AND state = ?2)",
        )?;
        let conflicted = State::Stored(Verdict::Conflicted).number();
        Ok(statement.query_row(params![record.0.as_bytes(), conflicted], |row| row.get(0))?)
    }

    /// Whether an own operation on the record was rejected: then nothing can be based on it, nor on what was built on it.
    fn any_rejected(&self, record: RecordId) -> Result<bool> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM operation WHERE record = ?1 AND state = ?2)")?;
        let rejected = State::Stored(Verdict::Rejected).number();
        Ok(statement.query_row(params![record.0.as_bytes(), rejected], |row| row.get(0))?)
    }

    pub(crate) fn insert_operation(&self, new: &NewOperation<'_>) -> Result<i64> {
        let findings = serde_json::to_string(new.findings)?;
        let number = self
            .connection
            .prepare_cached(
                "INSERT INTO operation (log, seq, record, kind, text, digest, findings) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .insert(params![
                new.log.number,
                new.seq,
                new.record.as_ref().map(|record| record.0.as_bytes()),
                new.kind.as_str(),
                new.text,
                operation::digest(new.text),
                findings
            ])?;
        self.tail.set(Some((new.log, new.seq)));
        self.appended.set(Some(Testimony {
            log: new.log.id,
            seq: new.seq,
        }));
        Ok(number)
    }
}

/// What is known of the operation just appended with those findings.
fn standing(own: i64, findings: &[Finding]) -> Standing {
    Standing {
        own: Some(own),
        state: Some(State::Queued),
        warnings: findings.iter().filter(|finding| is_warning(finding)).count(),
    }
}

/// How many of the stored findings are warnings.
pub(crate) fn warnings(json: &str) -> Result<usize> {
    if json == "[]" {
        return Ok(0);
    }
    let findings: Vec<Finding> = serde_json::from_str(json)?;
    Ok(findings.iter().filter(|finding| is_warning(finding)).count())
}

fn is_warning(finding: &Finding) -> bool {
    finding.severity == Severity::Warning
}
