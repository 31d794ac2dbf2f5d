//! Digests to compare a replica with, and the records of one unit to mend it with (I9).

use std::collections::BTreeMap;

use hocvu_model::ids::{LogId, OperationId, RecordId};
use hocvu_wire::b64;
use hocvu_wire::digest::{DigestReply, SnapshotReply, Sum, UnitDigest, of_record};
use hocvu_wire::problem::ProblemCode;

use super::{PAGE_BYTES_MAX, Reader, Refused, record_of};
use crate::error::Result;
use crate::reading;

/// Records summed for one page before it ends with the unit under way: some 20 ms (I19).
const DIGEST_RECORDS_MAX: u64 = 2_000;
/// Units in one page of digests.
const DIGEST_UNITS_MAX: usize = 500;
/// Records in one page of a unit.
const SNAPSHOT_RECORDS_MAX: usize = 200;

impl Reader {
    /// Digests of the units in scope that have records, by uid, after `after`.
    ///
    /// # Errors
    /// SQLite's own; the inner code is the client's problem.
    pub fn digest(&mut self, device: i64, after: Option<&str>) -> Result<Refused<DigestReply>> {
        self.db.execute_batch("BEGIN")?;
        let reply = self.digest_inside(device, after.unwrap_or_default());
        self.db.execute_batch("COMMIT")?;
        reply
    }

    /// Records of one unit by id, after `after`. A unit out of scope is no unit.
    ///
    /// # Errors
    /// SQLite's own; the inner code is the client's problem.
    pub fn snapshot(&mut self, device: i64, unit: &str, after: Option<RecordId>) -> Result<Refused<SnapshotReply>> {
        self.db.execute_batch("BEGIN")?;
        let reply = self.snapshot_inside(device, unit, after);
        self.db.execute_batch("COMMIT")?;
        reply
    }

    fn digest_inside(&mut self, device: i64, after: &str) -> Result<Refused<DigestReply>> {
        let scope = match self.admit(device)? {
            Ok(scope) => scope,
            Err(code) => return Ok(Err(code)),
        };
        let mut units: BTreeMap<String, i64> = BTreeMap::new();
        let mut read = self.db.prepare_cached("SELECT uid, no FROM place WHERE uid > ?1")?;
        let mut rows = read.query([after])?;
        while let Some(row) = rows.next()? {
            let uid: String = row.get(0)?;
            if self.covers(&scope, &uid) {
                units.insert(uid, row.get(1)?);
            }
        }
        let mut reply = DigestReply {
            epoch: self.epoch()?,
            fseq: self.top()?,
            units: Vec::new(),
            more: false,
        };
        let mut summed = 0;
        for (unit, place) in units {
            if summed > DIGEST_RECORDS_MAX || reply.units.len() == DIGEST_UNITS_MAX {
                reply.more = true;
                break;
            }
            let (n, sum) = self.sum(&unit, place)?;
            summed += n;
            if n > 0 {
                let d = b64::encode(sum.0);
                reply.units.push(UnitDigest { unit, n, d });
            }
        }
        Ok(Ok(reply))
    }

    fn sum(&self, unit: &str, place: i64) -> Result<(u64, Sum)> {
        let mut read = self.db.prepare_cached(
            "SELECT r.id, l.id, o.seq, r.void, r.body
             FROM record r JOIN operation o ON o.fseq = r.head JOIN log l ON l.no = o.log WHERE r.unit = ?1",
        )?;
        let mut rows = read.query([place])?;
        let (mut n, mut sum) = (0, Sum::default());
        while let Some(row) = rows.next()? {
            let id = RecordId(uuid::Uuid::from_bytes(row.get(0)?));
            let head = OperationId {
                log: LogId(row.get(1)?),
                seq: row.get(2)?,
            };
            let body = reading::parse_body(row.get_ref(4)?.as_str().unwrap_or_default())?;
            sum.toggle(of_record(id, head, unit, row.get(3)?, &body));
            n += 1;
        }
        Ok((n, sum))
    }

    fn snapshot_inside(&mut self, device: i64, unit: &str, after: Option<RecordId>) -> Result<Refused<SnapshotReply>> {
        let scope = match self.admit(device)? {
            Ok(scope) => scope,
            Err(code) => return Ok(Err(code)),
        };
        if !self.covers(&scope, unit) {
            return Ok(Err(ProblemCode::NotFound));
        }
        let after = after.map_or_else(Vec::new, |id| id.0.as_bytes().to_vec()); // Nothing is less than any id.
        let mut read = self.db.prepare_cached(include_str!("../queries/snapshot.sql"))?;
        let mut rows = read.query((unit, after, SNAPSHOT_RECORDS_MAX + 1))?;
        let mut reply = SnapshotReply {
            epoch: self.epoch()?,
            records: Vec::new(),
            more: false,
        };
        let mut bytes = 0;
        while let Some(row) = rows.next()? {
            if reply.records.len() == SNAPSHOT_RECORDS_MAX || bytes > PAGE_BYTES_MAX {
                reply.more = true;
                break;
            }
            reply.records.push(record_of(row, &mut bytes)?);
        }
        Ok(Ok(reply))
    }
}
