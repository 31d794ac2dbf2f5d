use std::collections::BTreeSet;

use hocvu_model::{Finding, LogId, RecordId};
use rusqlite::params;

use crate::ask_again::Settled;
use crate::{Read, Result, State, Verdict, Write};

/// The centre's answer for a run of operations.
#[derive(Debug, Clone, PartialEq)]
pub struct Settlement {
    /// The log.
    pub log: LogId,
    /// First operation it speaks of.
    pub from: u64,
    /// Last one.
    pub to: u64,
    /// Feed number of `from`; the others follow on.
    pub fseq: u64,
    /// How they were judged.
    pub verdict: Verdict,
    /// Why, e.g. `PARENT_MISSING`.
    pub code: Option<String>,
    /// What is wrong, when rejected.
    pub findings: Vec<Finding>,
    /// Why, in a person's words: an officer sent it back.
    pub message: Option<String>,
}

/// In which way verdicts were told, and so which of them count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// By the answer to a delivery: those of operations without a receipt. `foreign`: by another incarnation of the centre
    /// than the one this device knows.
    First { foreign: bool },
    /// By the feed: those of operations with a receipt. One without may not be the operation that was judged (I12), and
    /// its receipt, still on its way, may tell an older verdict: it is to be asked for again.
    Later,
    /// In the order in which they were given.
    InOrder,
    /// By the answer to a question about operations this device knows. `lost`: what was told before was told by a centre that
    /// is no more, receipts included.
    Again { lost: bool },
}

/// Whether operations that were said again in a later log lose their receipts too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    Too,
    Stay,
}

/// An operation whose standing changes.
struct Target {
    number: i64,
    seq: u64,
    record: Option<RecordId>,
    has_receipt: bool,
    /// Whether it ever had a receipt, also one a centre has since lost.
    judged_before: bool,
    is_moved: bool,
}

/// Writes a verdict; the receipt, once there, stays.
const SETTLE: &str = "UPDATE operation SET state = ?2, code = ?3, centre_findings = ?4, message = ?8, fseq = coalesce(fseq, ?5),
        applied = CASE WHEN ?6 THEN max(coalesce(applied, 0), ?5) ELSE applied END, received_at = coalesce(received_at, ?7)
     WHERE number = ?1";
/// Writes a verdict and its receipt in place of those before; a receipt that differs is kept aside.
const REPLACE: &str = "UPDATE operation SET state = ?2, code = ?3, centre_findings = ?4, message = ?8,
        lost_fseq = CASE WHEN fseq = ?5 THEN lost_fseq ELSE fseq END, applied = CASE WHEN ?6 THEN ?5 END,
        received_at = CASE WHEN fseq = ?5 THEN received_at ELSE ?7 END, fseq = ?5
     WHERE number = ?1";

impl Write<'_> {
    /// Notes what became of operations, told in the order in which they were judged. May be told again: a receipt once
    /// stored stays, a verdict may change. Returns how many have a receipt that had none. What a delivery was answered goes
    /// to [`Write::receive`], what the feed tells to [`Write::pull`]: they may overtake each other.
    ///
    /// # Errors
    /// Writing failed.
    pub fn settle(&self, settlements: &[Settlement], received_at: &str) -> Result<u32> {
        let mut touched = BTreeSet::new();
        let settled = self.settle_all(settlements, received_at, Told::InOrder, &mut touched)?;
        self.refold_settled(touched)?;
        Ok(settled.newly)
    }

    /// Notes that the centre could not keep these operations. They stay without a receipt.
    ///
    /// # Errors
    /// Writing failed.
    pub fn refuse(&self, log: LogId, from: u64, to: u64, code: &str) -> Result<()> {
        let Some(log) = self.log_number(log)? else {
            return Ok(());
        };
        self.connection
            .prepare_cached(
                "UPDATE operation SET state = 2, code = ?4 WHERE log = ?1 AND seq BETWEEN ?2 AND ?3 AND state < 3",
            )?
            .execute(params![log, from, to, code])?;
        self.spread_states(log, from, to)
    }

    /// Queues refused operations again, for when their cause was mended. Returns how many.
    ///
    /// # Errors
    /// Writing failed.
    pub fn retry_refused(&self) -> Result<u32> {
        self.requeue(State::Refused)
    }

    /// Queues operations that were in flight. Returns how many.
    ///
    /// # Errors
    /// Writing failed.
    pub fn reset_sent(&self) -> Result<u32> {
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::LostAnswerIsSent) {
            return Ok(0);
        }
        self.requeue(State::Sent)
    }

    /// Queues again what the centre once confirmed and does not have any more; `have` is what it has of this log, as
    /// ranges with both ends. The lost receipt is kept aside, so that there will be a new one. Returns how many.
    ///
    /// # Errors
    /// Writing failed.
    pub fn reoffer(&self, log: LogId, have: &[(u64, u64)]) -> Result<u32> {
        let Some(log) = self.log_number(log)? else { return Ok(0) };
        let mut lost = 0;
        let mut touched = BTreeSet::new();
        for (from, to) in gaps(have) {
            lost += self.lose_receipts(log, from, to, Moved::Too, &mut touched)?;
        }
        for record in touched {
            self.refold(record)?;
        }
        Ok(lost)
    }

    /// Queues again what has a receipt in this range, and keeps the receipt aside. Returns how many.
    pub(crate) fn lose_receipts(
        &self,
        log: i64,
        from: u64,
        to: u64,
        moved: Moved,
        touched: &mut BTreeSet<RecordId>,
    ) -> Result<u32> {
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::ReofferForgets) {
            return Ok(0);
        }
        let mut lost = 0;
        for target in self.targets(log, from, to)? {
            if !target.has_receipt || (target.is_moved && moved == Moved::Stay) {
                continue;
            }
            self.keep_first_ruling(target.number)?;
            self.connection
                .prepare_cached(
                    "UPDATE operation SET state = 0, lost_fseq = fseq, fseq = NULL, applied = NULL, code = NULL,
                                          message = NULL, centre_findings = '[]', received_at = NULL, closed = 0
                     WHERE number = ?1",
                )?
                .execute([target.number])?;
            lost += 1;
            touched.extend(target.record);
        }
        Ok(lost)
    }

    pub(crate) fn settle_all(
        &self,
        settlements: &[Settlement],
        received_at: &str,
        told: Told,
        touched: &mut BTreeSet<RecordId>,
    ) -> Result<Settled> {
        let mut settled = Settled::default();
        for settlement in settlements {
            let Some(log) = self.log_number(settlement.log)? else {
                continue; // Another incarnation of this device's file.
            };
            let state = State::Stored(settlement.verdict);
            let findings = serde_json::to_string(&settlement.findings)?;
            for target in self.targets(log, settlement.from, settlement.to)? {
                let fseq = settlement.fseq + (target.seq - settlement.from);
                match told {
                    Told::First { .. } if target.has_receipt => continue,
                    Told::First { foreign: true } => self.ask_again(log, target.seq, true)?,
                    Told::Later if !target.has_receipt => {
                        self.ask_again(log, target.seq, false)?;
                        continue;
                    }
                    _ => {}
                }
                let replaces = told == Told::Again { lost: true } && target.has_receipt;
                if target.judged_before {
                    let news = self.note_ruling(target.number, settlement, &findings, fseq, replaces, received_at)?;
                    settled.otherwise += u32::from(news && target.has_receipt);
                }
                // Being told of an old verdict again must not move the point from which the shadow holds the operation. The
                // numbers of another incarnation of the centre say nothing beside those of this one.
                self.connection
                    .prepare_cached(if replaces { REPLACE } else { SETTLE })?
                    .execute(params![
                        target.number,
                        state.number(),
                        settlement.code,
                        findings,
                        fseq,
                        state.is_applied(),
                        received_at,
                        settlement.message
                    ])?;
                settled.newly += u32::from(!target.has_receipt);
                if let Some(record) = target.record {
                    self.stand(target.number, record, state)?;
                    touched.insert(record);
                }
            }
        }
        Ok(settled)
    }

    /// Makes the views of records anew whose operations were settled.
    pub(crate) fn refold_settled(&self, touched: BTreeSet<RecordId>) -> Result<()> {
        for record in touched {
            // A single own operation laid over nothing is what is seen, whatever its verdict.
            if self.has_shadow(record)? || self.has_several(record)? {
                self.refold(record)?;
            }
        }
        Ok(())
    }

    /// Gives the records and sessions whose latest operation is in the range its state. Those with an open branch go on
    /// saying so.
    pub(crate) fn spread_states(&self, log: i64, from: u64, to: u64) -> Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE record SET state = o.state FROM operation o
                 WHERE o.log = ?1 AND o.seq BETWEEN ?2 AND ?3 AND record.own = o.number AND record.state <> 5",
            )?
            .execute(params![log, from, to])?;
        self.connection
            .prepare_cached(
                "UPDATE session SET state = o.state FROM operation o JOIN record r ON r.own = o.number
                 WHERE o.log = ?1 AND o.seq BETWEEN ?2 AND ?3 AND session.number = r.number AND r.state <> 5",
            )?
            .execute(params![log, from, to])?;
        Ok(())
    }

    fn stand(&self, operation: i64, record: RecordId, state: State) -> Result<()> {
        let changed = self
            .connection
            .prepare_cached("UPDATE record SET state = ?3 WHERE id = ?1 AND own = ?2")?
            .execute(params![record.0.as_bytes(), operation, state.number()])?;
        if changed > 0 {
            self.connection
                .prepare_cached(
                    "UPDATE session SET state = ?2 WHERE number = (SELECT number FROM record WHERE id = ?1)",
                )?
                .execute(params![record.0.as_bytes(), state.number()])?;
        }
        Ok(())
    }

    fn requeue(&self, from: State) -> Result<u32> {
        let from = from.number();
        for sql in [
            "UPDATE session SET state = 0 WHERE number IN (SELECT r.number FROM operation o JOIN record r ON r.own = o.number
                                                           WHERE o.state = ?1 AND o.state < 3 AND o.moved IS NULL
                                                             AND r.state <> 5)",
            "UPDATE record SET state = 0 WHERE state <> 5 AND own IN (SELECT number FROM operation
                                                                      WHERE state = ?1 AND state < 3 AND moved IS NULL)",
        ] {
            self.connection.prepare_cached(sql)?.execute([from])?;
        }
        let count = self
            .connection
            .prepare_cached(
                "UPDATE operation SET state = 0, code = NULL WHERE state = ?1 AND state < 3 AND moved IS NULL",
            )?
            .execute([from])?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

impl Read<'_> {
    /// Whether this device wrote more than one operation on the record.
    fn has_several(&self, record: RecordId) -> Result<bool> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT count(*) > 1 FROM (SELECT 1 FROM operation WHERE record = ?1 LIMIT 2)")?;
        Ok(statement.query_row([record.0.as_bytes()], |row| row.get(0))?)
    }

    fn targets(&self, log: i64, from: u64, to: u64) -> Result<Vec<Target>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number, seq, record, fseq IS NOT NULL, coalesce(fseq, lost_fseq) IS NOT NULL, moved IS NOT NULL FROM operation
             WHERE log = ?1 AND seq BETWEEN ?2 AND ?3",
        )?;
        let targets = statement
            .query_map(params![log, from, to], |row| {
                Ok(Target {
                    number: row.get(0)?,
                    seq: row.get(1)?,
                    record: row
                        .get::<_, Option<[u8; 16]>>(2)?
                        .map(|id| RecordId(uuid::Uuid::from_bytes(id))),
                    has_receipt: row.get(3)?,
                    judged_before: row.get(4)?,
                    is_moved: row.get(5)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(targets)
    }
}

/// Highest number SQLite can hold.
pub(crate) const SEQ_MAX: u64 = i64::MAX as u64;

/// What lies between the ranges, both ends inside.
fn gaps(have: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut have = have.to_vec();
    have.sort_unstable();
    let (mut gaps, mut next) = (Vec::new(), 1);
    for (from, to) in have {
        if from > next {
            gaps.push((next, from - 1));
        }
        next = next.max(to.saturating_add(1));
    }
    if next <= SEQ_MAX {
        gaps.push((next, SEQ_MAX));
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_what_ranges_leave_out() {
        assert_eq!(gaps(&[]), [(1, SEQ_MAX)]);
        assert_eq!(gaps(&[(4, 6), (1, 2), (5, 9)]), [(3, 3), (10, SEQ_MAX)]);
        assert_eq!(gaps(&[(1, u64::MAX)]), []);
    }
}
