//! An operation that waits for a person, as a device may see it.

use hocvu_model::ids::{LogId, OperationId, RecordId, UnitUid};
use hocvu_model::operation::Operation;
use hocvu_wire::batch::{Ruling, Verdict};
use hocvu_wire::changes::{Case, Change};
use rusqlite::{OptionalExtension, Row};

use super::Reader;
use super::scope::Scope;
use crate::desk::ruling_of;
use crate::error::Result;
use crate::reading::{self, Body};

/// A matter's operation, its record and its author.
struct Found {
    op: u64,
    id: OperationId,
    ruling: Ruling,
    open: bool,
    text: String,
    device: String,
    device_no: i64,
    at: i64,
    by: String,
    /// Unit of its record as it stands.
    record_unit: Option<String>,
}

impl Reader {
    /// The case; nothing where the device may not know of it.
    pub(super) fn matter(&self, op: u64, fseq: u64, scope: &Scope, bytes: &mut usize) -> Result<Option<Change>> {
        let mut find = self.db.prepare_cached(include_str!("../queries/feed_matter.sql"))?;
        let mut rows = find.query([op])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let found = Found::from_row(op, row)?;
        let said = Operation::parse(&found.text).ok();
        let unit = said.as_ref().and_then(|said| said.unit.clone());
        let own = found.device_no == scope.device;
        let sees_record = found.record_unit.as_ref().is_some_and(|unit| self.covers(scope, unit));
        if !own && !sees_record && !self.may_settle(scope, unit.as_ref(), found.device_no)? {
            return Ok(None);
        }
        let mut case = Case {
            fseq,
            op: found.id,
            kind: said.as_ref().map_or("", |said| said.k.as_str()).to_owned(),
            t: said
                .as_ref()
                .map_or_else(String::new, |said| said.t.clone().into_owned()),
            record: said.as_ref().and_then(|said| said.id),
            base: said.as_ref().and_then(|said| said.base),
            unit,
            ruling: found.ruling.clone(),
            open: found.open,
            body: Body::new(),
            void: false,
            device: found.device.clone(),
            at: found.at,
            by: found.by.clone(),
        };
        // A branch that was settled stays in the history of the record, also where it is first heard of now.
        if found.open || found.ruling.v == Verdict::Conflicted {
            self.show_state(&mut case, &found, said.as_ref(), scope, sees_record)?;
        }
        *bytes += found.text.len();
        Ok(Some(Change::Case(Box::new(case))))
    }

    /// Whether an officer of this scope may say what becomes of the operation.
    fn may_settle(&self, scope: &Scope, unit: Option<&UnitUid>, author: i64) -> Result<bool> {
        if !scope.is_officer() {
            return Ok(false);
        }
        if unit.is_some_and(|unit| self.commands(scope, unit.as_str())) {
            return Ok(true);
        }
        let mut grants = self
            .db
            .prepare_cached("SELECT unit FROM device_grant WHERE device = ?1")?;
        let mut rows = grants.query([author])?;
        while let Some(row) = rows.next()? {
            if self.commands(scope, row.get_ref(0)?.as_str().unwrap_or_default()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The state it would make. Of a branch it has parts of the record that the author did not write: only for who sees the
    /// record. Of others it is laid over the base where that is known and in scope, else it is what the author set.
    fn show_state(
        &self,
        case: &mut Case,
        found: &Found,
        said: Option<&Operation<'_>>,
        scope: &Scope,
        sees_record: bool,
    ) -> Result<()> {
        if found.ruling.v == Verdict::Conflicted && found.record_unit.is_some() {
            if let Some((_, void, body)) = self.version(found.op)?.filter(|_| sees_record) {
                (case.void, case.body) = (void, body);
            }
            return Ok(());
        }
        let Some(said) = said else { return Ok(()) };
        let set = said
            .set
            .and_then(|set| reading::composed(set.get()))
            .unwrap_or_default();
        let base = match said.base {
            Some(base) => self.state_of(base, said.id)?,
            None => None,
        };
        let (void, before) = match base.filter(|(unit, ..)| self.covers(scope, unit)) {
            Some((_, void, body)) => (void, body),
            None => (false, Body::new()),
        };
        case.void = said.k.void_after(void, said.void);
        case.body = if before.is_empty() {
            set
        } else {
            hocvu_model::body::merge(&before, &set)
        };
        Ok(())
    }

    /// The state an operation made of a record: unit, void, body.
    fn state_of(&self, id: OperationId, record: Option<RecordId>) -> Result<Option<(String, bool, Body)>> {
        let Some(record) = record else { return Ok(None) };
        let mut find = self.db.prepare_cached(
            "SELECT coalesce(o.stands_for, o.fseq), r.head, p.uid, r.void, r.body
             FROM operation o JOIN log l ON l.no = o.log JOIN record r ON r.no = o.record JOIN place p ON p.no = r.unit
             WHERE l.id = ?1 AND o.seq = ?2 AND r.id = ?3",
        )?;
        let found: Option<(u64, u64, String, bool, String)> = find
            .query_row((id.log.0, id.seq, record.0.as_bytes()), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })
            .optional()?;
        match found {
            Some((op, head, unit, void, body)) if op == head => Ok(Some((unit, void, reading::parse_body(&body)?))),
            Some((op, ..)) => self.version(op),
            None => Ok(None),
        }
    }

    fn version(&self, op: u64) -> Result<Option<(String, bool, Body)>> {
        let mut find = self.db.prepare_cached(
            "SELECT p.uid, v.void, v.body FROM version v JOIN place p ON p.no = v.unit WHERE v.op = ?1",
        )?;
        let found: Option<(String, bool, String)> = find
            .query_row([op], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        match found {
            Some((unit, void, body)) => Ok(Some((unit, void, reading::parse_body(&body)?))),
            None => Ok(None),
        }
    }
}

impl Found {
    /// From a row of `feed_matter.sql`.
    fn from_row(op: u64, row: &Row<'_>) -> Result<Self> {
        let (start, length): (usize, usize) = (row.get(6)?, row.get(7)?);
        let frame = row.get_ref(8)?.as_str().unwrap_or_default();
        Ok(Self {
            op,
            id: OperationId {
                log: LogId(row.get(0)?),
                seq: row.get(1)?,
            },
            ruling: ruling_of(row, 2)?,
            text: frame.get(start..start + length).unwrap_or_default().to_owned(),
            open: row.get(9)?,
            device: row.get(10)?,
            device_no: row.get(11)?,
            at: row.get(12)?,
            by: row.get(13)?,
            record_unit: row.get(14)?,
        })
    }
}
