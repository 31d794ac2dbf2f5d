//! Looks up what an operation names: its record, the operations it builds on, earlier states.

use hocvu_model::RecordKind;
use hocvu_model::ids::{OperationId, RecordId};
use hocvu_wire::batch::Verdict;
use rusqlite::{OptionalExtension, Row};

use super::Desk;
use crate::db;
use crate::error::{Error, Result};
use crate::judge::State;
use crate::reading;

/// A record as it stands.
pub(super) struct Record {
    pub(super) no: i64,
    pub(super) kind: RecordKind,
    pub(super) place: i64,
    pub(super) unit: String,
    pub(super) head: u64,
    pub(super) void: bool,
    pub(super) body: String,
    pub(super) floor: u8,
}

/// An operation that has arrived and that another names.
pub(super) struct Named {
    /// The one whose state it stands for: itself, or the head it said the same as.
    pub(super) fseq: u64,
    pub(super) verdict: Verdict,
    pub(super) record: Option<i64>,
    /// When that state took effect.
    position: u64,
    pub(super) superseded: bool,
    pub(super) rank: u8,
    pub(super) device: i64,
}

impl Desk<'_> {
    /// Whether somebody of a higher rank changed the record after the state the author saw.
    pub(super) fn outranked(&self, record: Option<&Record>, parent: Option<&Named>, rank: u8) -> Result<bool> {
        let (Some(record), Some(parent)) = (record, parent) else {
            return Ok(false);
        };
        let mut find = self
            .db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM weight WHERE record = ?1 AND rank > ?2 AND applied > ?3)")?;
        Ok(find.query_row((record.no, rank, parent.position), |row| row.get(0))?)
    }

    pub(super) fn highest_rank(&self, device: i64) -> u8 {
        let device = self.directory().device_no(device);
        device
            .and_then(|device| device.grants.iter().map(|grant| grant.role.rank()).max())
            .unwrap_or(1)
    }

    pub(super) fn record(&self, id: RecordId) -> Result<Option<Record>> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT r.no, r.unit, p.uid, r.head, r.void, r.body, r.floor, r.kind
                 FROM record r JOIN place p ON p.no = r.unit WHERE r.id = ?1",
            )?
            .query_row([id.0.as_bytes()], Record::from_row)
            .optional()?)
    }

    pub(super) fn named(&self, id: OperationId) -> Result<Option<Named>> {
        let Some(log) = self.directory().log(id.log) else {
            return Ok(None);
        };
        let mut find = self.db.prepare_cached(include_str!("../queries/named.sql"))?;
        let mut rows = find.query((log.no, id.seq))?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let verdict: String = row.get(1)?;
        Ok(Some(Named {
            fseq: row.get(0)?,
            verdict: Verdict::parse(&verdict).ok_or_else(|| Error::Damaged(format!("a verdict “{verdict}”")))?,
            record: row.get(2)?,
            position: row.get(3)?,
            superseded: row.get(4)?,
            rank: row.get(5)?,
            device: log.device,
        }))
    }

    pub(super) fn version(&self, op: u64) -> Result<State> {
        let mut find = self.db.prepare_cached(
            "SELECT p.uid, v.void, v.body, r.kind FROM version v JOIN place p ON p.no = v.unit
                    JOIN operation o ON o.fseq = v.op JOIN record r ON r.no = o.record WHERE v.op = ?1",
        )?;
        let (unit, void, body, kind): (_, _, String, _) = find.query_row([op], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, db::kind_of(row, 3)?))
        })?;
        Ok(State {
            kind,
            unit,
            void,
            body: reading::parse_body(&body)?,
        })
    }
}

impl Record {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            no: row.get(0)?,
            kind: db::kind_of(row, 7)?,
            place: row.get(1)?,
            unit: row.get(2)?,
            head: row.get(3)?,
            void: row.get(4)?,
            body: row.get(5)?,
            floor: row.get(6)?,
        })
    }

    pub(super) fn state(&self) -> Result<State> {
        Ok(State {
            kind: self.kind,
            unit: self.unit.clone(),
            void: self.void,
            body: reading::parse_body(&self.body)?,
        })
    }
}
