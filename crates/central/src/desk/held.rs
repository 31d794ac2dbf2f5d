//! Operations that wait: for their parent, for a unit, for a grant, for a newer program. When the cause is gone they are
//! judged again in the same transaction, and those that wait for them after them.

use hocvu_model::ids::{LogId, OperationId};
use hocvu_wire::batch::{Ruling, Verdict};
use rusqlite::params;

use super::Desk;
use super::ingest::to_json;
use crate::error::{Error, Result};
use crate::judge::code;
use crate::reading::{self, Candidate, Reading};

/// What an operation waits for when no device has a right to its unit.
pub(crate) const SCOPE: &str = "scope";
/// What an operation of a later version waits for.
pub(crate) const SCHEMA: &str = "schema";

/// A stored operation, as needed to judge it again.
struct Stored {
    fseq: u64,
    id: OperationId,
    log: i64,
    device: i64,
    verdict: String,
    code: Option<String>,
    text: String,
}

impl Desk<'_> {
    /// Notes what a held operation waits for.
    pub(super) fn wait(&mut self, fseq: u64, ruling: &Ruling, candidate: &Candidate) -> Result<()> {
        let act = match &candidate.reading {
            Reading::Act(act) => Some(act),
            _ => None,
        };
        let cause = match ruling.c.as_deref() {
            Some(code::SCOPE) => SCOPE.to_owned(),
            Some(code::UNIT_UNKNOWN) => {
                unit_cause(act.and_then(|act| act.unit.as_ref()).map_or("", |unit| unit.as_str()))
            }
            Some(code::PARENT_MISSING | code::PARENT_HELD) => match act.and_then(|act| act.base) {
                Some(base) => {
                    self.cache.awaited.insert(base);
                    operation_cause(base)
                }
                None => return Err(Error::Damaged("waiting for no parent".into())),
            },
            _ => SCHEMA.to_owned(),
        };
        self.db
            .prepare_cached("INSERT INTO waiting (cause, fseq) VALUES (?1, ?2)")?
            .execute((cause, fseq))?;
        Ok(())
    }

    /// An operation arrived or its verdict changed: judges those that wait for it, and so on. Iterative, since chains may
    /// be long.
    pub(super) fn settled(&mut self, id: OperationId) -> Result<()> {
        let mut settled = vec![id];
        while let Some(id) = settled.pop() {
            if self.cache.awaited.remove(&id) {
                self.judge_waiting(&operation_cause(id), &mut settled)?;
            }
        }
        Ok(())
    }

    /// A cause other than an operation is gone: a unit was added, a grant changed, the program is newer.
    pub(crate) fn cause_gone(&mut self, cause: &str) -> Result<()> {
        let mut settled = Vec::new();
        self.judge_waiting(cause, &mut settled)?;
        settled.into_iter().try_for_each(|id| self.settled(id))
    }

    fn judge_waiting(&mut self, cause: &str, settled: &mut Vec<OperationId>) -> Result<()> {
        let waiting: Vec<u64> = self
            .db
            .prepare_cached("SELECT fseq FROM waiting WHERE cause = ?1 ORDER BY fseq")?
            .query_map([cause], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for fseq in waiting {
            self.db
                .prepare_cached("DELETE FROM waiting WHERE cause = ?1 AND fseq = ?2")?
                .execute((cause, fseq))?;
            settled.extend(self.judge_again(fseq)?);
        }
        Ok(())
    }

    /// Judges a held operation anew; gives its id when the verdict changed. Its arrival number, the receipt, stays.
    fn judge_again(&mut self, fseq: u64) -> Result<Option<OperationId>> {
        let stored = self.stored(fseq)?;
        let candidate = reading::read(&stored.text, &self.cache.directory, self.today);
        let judged = self.judge(stored.device, &candidate)?;
        if judged.ruling.v == Verdict::Held {
            self.wait(fseq, &judged.ruling, &candidate)?;
        }
        if judged.ruling.v.as_str() == stored.verdict && judged.ruling.c == stored.code {
            return Ok(None);
        }
        let feed = self.cache.last_fseq + 1; // Taken only if the head moves.
        let applied = self.apply(judged.plan, fseq, feed)?;
        if applied.moved {
            self.next_fseq();
        }
        let findings = (!judged.findings.is_empty()).then(|| to_json(&judged.findings));
        self.db
            .prepare_cached(
                "UPDATE operation SET verdict = ?2, code = ?3, findings = ?4, record = ?5, applied = ?6 WHERE fseq = ?1",
            )?
            .execute(params![
                fseq,
                judged.ruling.v.as_str(),
                judged.ruling.c,
                findings,
                applied.record,
                applied.moved.then_some(feed)
            ])?;
        let told = serde_json::to_string(&judged.ruling).expect("plain data is always JSON");
        let entry = self.next_fseq();
        self.db
            .prepare_cached("INSERT INTO event (fseq, log, seq, ruling) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![entry, stored.log, stored.id.seq, told])?;
        Ok(Some(stored.id))
    }

    fn stored(&self, fseq: u64) -> Result<Stored> {
        let mut find = self.db.prepare_cached(include_str!("../queries/stored.sql"))?;
        find.query_row([fseq], |row| {
            let (start, length): (usize, usize) = (row.get(6)?, row.get(7)?);
            let frame = row.get_ref(8)?.as_str()?;
            Ok(Stored {
                fseq,
                id: OperationId {
                    log: LogId(row.get(0)?),
                    seq: row.get(1)?,
                },
                log: row.get(2)?,
                device: row.get(3)?,
                verdict: row.get(4)?,
                code: row.get(5)?,
                text: frame.get(start..start + length).unwrap_or_default().to_owned(),
            })
        })
        .map_err(Error::from)
        .and_then(|stored| {
            if stored.text.is_empty() {
                Err(Error::Damaged(format!("operation {} is not in its frame", stored.fseq)))
            } else {
                Ok(stored)
            }
        })
    }
}

/// What an operation waits for when its unit is not in the book.
pub(crate) fn unit_cause(uid: &str) -> String {
    format!("unit:{uid}")
}

fn operation_cause(id: OperationId) -> String {
    format!("op:{id}")
}
