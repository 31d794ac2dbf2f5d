//! Operations that wait: for their parent, for a unit, for a grant, for a newer program. When the cause is gone they are
//! judged again in the same transaction, and those that wait for them after them.

use hocvu_model::ids::{LogId, OperationId, RecordId};
use hocvu_wire::batch::{Ruling, Verdict};
use rusqlite::{OptionalExtension, params};

use super::Desk;
use super::ingest::to_json;
use super::judging::{Adopted, Author, Judged};
use super::matters::Subject;
use crate::error::{Error, Result};
use crate::judge::code;
use crate::reading::{self, Candidate, Reading};

/// What an operation waits for when no device has a right to its unit.
pub(crate) const SCOPE: &str = "scope";
/// What an operation of a later version waits for.
pub(crate) const SCHEMA: &str = "schema";
/// What a session of a closed month waits for, besides an officer who takes it in.
pub(crate) const PERIOD: &str = "period";

/// A stored operation, as needed to judge it again.
pub(super) struct Stored {
    fseq: u64,
    id: OperationId,
    log: i64,
    pub(super) verdict: String,
    code: Option<String>,
    author: Author,
    /// It is a branch of a record.
    branched: bool,
    text: String,
}

impl Desk<'_> {
    /// Notes what an operation waits for that is held, or kept for a closed month.
    pub(super) fn wait(&mut self, fseq: u64, ruling: &Ruling, candidate: &Candidate) -> Result<()> {
        let cause = match ruling.c.as_deref() {
            Some(code::SCOPE) => SCOPE.to_owned(),
            Some(code::PERIOD_LOCKED) => PERIOD.to_owned(),
            Some(code::UNIT_UNKNOWN) => unit_cause(&self.unknown_unit(candidate)),
            Some(code::PARENT_MISSING | code::PARENT_HELD) => {
                let parent = self.awaited_by(candidate)?;
                self.cache.awaited.insert(parent);
                operation_cause(parent)
            }
            _ => SCHEMA.to_owned(),
        };
        let mut note = self
            .db
            .prepare_cached("INSERT OR IGNORE INTO waiting (cause, fseq) VALUES (?1, ?2)")?;
        if let (SCOPE, Reading::Act(act)) = (cause.as_str(), &candidate.reading) {
            note.execute((record_cause(act.record), fseq))?;
        }
        note.execute((cause, fseq))?;
        Ok(())
    }

    /// The first operation this one names that has not arrived or is not applied.
    fn awaited_by(&self, candidate: &Candidate) -> Result<OperationId> {
        let named: Vec<OperationId> = match &candidate.reading {
            Reading::Act(act) => act.base.into_iter().chain(act.supersedes.iter().copied()).collect(),
            Reading::Office(office) => office.cites.clone(),
            _ => Vec::new(),
        };
        if let [only] = named[..] {
            return Ok(only);
        }
        for id in &named {
            if !self.has_settled(*id)? {
                return Ok(*id);
            }
        }
        named
            .first()
            .copied()
            .ok_or_else(|| Error::Damaged("waiting for no parent".into()))
    }

    fn has_settled(&self, id: OperationId) -> Result<bool> {
        let Some(log) = self.directory().log(id.log) else {
            return Ok(false);
        };
        let mut find = self.db.prepare_cached(
            "SELECT verdict IN ('accepted', 'merged') OR verdict = 'conflicted' AND record IS NOT NULL
             FROM operation WHERE log = ?1 AND seq = ?2",
        )?;
        let found: Option<bool> = find.query_row((log.no, id.seq), |row| row.get(0)).optional()?;
        Ok(found.unwrap_or(false))
    }

    fn unknown_unit(&self, candidate: &Candidate) -> String {
        let known = |uid: &str| self.directory().units.get(uid).is_some();
        match &candidate.reading {
            Reading::Act(act) => act.unit.as_ref().map(|unit| unit.0.clone()).unwrap_or_default(),
            Reading::Office(office) => {
                let named = office.successions.iter().flat_map(|it| [&it.old, &it.new]);
                let void = office.units.iter().filter(|unit| unit.void).map(|unit| &unit.uid);
                let mut void = void.filter(|uid| self.directory().units.voided(uid.as_str()).is_none());
                let mut named = office.unit.iter().chain(named);
                named
                    .find(|uid| !known(uid.as_str()))
                    .or_else(|| void.find(|uid| !known(uid.as_str())))
                    .map(|uid| uid.0.clone())
                    .unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    /// An operation arrived or its verdict changed: judges those that wait for it, and so on. Iterative, since chains may
    /// be long.
    pub(super) fn settled(&mut self, id: OperationId) -> Result<()> {
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::HeldForgotten) {
            return Ok(());
        }
        let mut settled = vec![id];
        loop {
            while let Some(id) = settled.pop() {
                if self.cache.awaited.remove(&id) {
                    self.judge_waiting(&operation_cause(id), &mut settled)?;
                }
            }
            // Who had no right to a record in its old unit may have one in its new.
            let Some(record) = self.cache.relocated.pop() else {
                return Ok(());
            };
            self.judge_waiting(&record_cause(record), &mut settled)?;
        }
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
                .prepare_cached("DELETE FROM waiting WHERE fseq = ?1")?
                .execute([fseq])?;
            settled.extend(self.judge_again(fseq)?);
        }
        Ok(())
    }

    /// Judges a stored operation anew, whatever it waited for; gives its id when the verdict changed. Its arrival number,
    /// the receipt, stays.
    pub(super) fn judge_again(&mut self, fseq: u64) -> Result<Option<OperationId>> {
        let stored = self.stored(fseq)?;
        let candidate = reading::read(&stored.text, &self.cache.directory, self.today);
        let judged = self.judge(&stored.author, &candidate)?;
        if judged.ruling.v.as_str() == stored.verdict && judged.ruling.c == stored.code {
            if must_wait(&judged.ruling, stored.branched) {
                self.wait(fseq, &judged.ruling, &candidate)?;
            }
            return Ok(None);
        }
        self.rule_again(&stored, &candidate, judged)?;
        Ok(Some(stored.id))
    }

    /// A person's ruling on a stored operation, whatever it waited for.
    pub(super) fn overrule(&mut self, fseq: u64, ruling: Ruling) -> Result<OperationId> {
        let stored = self.stored(fseq)?;
        let candidate = reading::read(&stored.text, &self.cache.directory, self.today);
        self.rule_again(&stored, &candidate, Judged::stored(ruling))?;
        Ok(stored.id)
    }

    fn rule_again(&mut self, stored: &Stored, candidate: &Candidate, mut judged: Judged<'_>) -> Result<()> {
        let fseq = stored.fseq;
        let feed = self.cache.last_fseq + 1; // Taken only if the head moves.
        let applied = self.apply(&mut judged, fseq, feed)?;
        if applied.moved {
            self.next_fseq();
        }
        let ruling = &judged.ruling;
        let findings = (!judged.findings.is_empty()).then(|| to_json(&judged.findings));
        self.db
            .prepare_cached(include_str!("../queries/operation_rule.sql"))?
            .execute(params![
                fseq,
                ruling.v.as_str(),
                ruling.c,
                findings,
                applied.record,
                applied.moved.then_some(feed),
                judged.rank,
                judged.stands_for,
                ruling.m,
            ])?;
        if must_wait(ruling, applied.record.is_some()) {
            self.wait(fseq, ruling, candidate)?;
        }
        let told = serde_json::to_string(ruling).expect("plain data is always JSON");
        let entry = self.next_fseq();
        self.db
            .prepare_cached("INSERT INTO event (fseq, log, seq, ruling) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![entry, stored.log, stored.id.seq, told])?;
        let device = stored.author.device;
        let subject = Subject {
            fseq,
            device,
            candidate,
            ruling,
        };
        self.follow(&subject, &applied, None)?;
        match applied.office {
            Some(office) => self.perform(office, fseq, device),
            None => Ok(()),
        }
    }

    pub(super) fn stored(&self, fseq: u64) -> Result<Stored> {
        let mut find = self.db.prepare_cached(include_str!("../queries/stored.sql"))?;
        let stored = find.query_row([fseq], |row| {
            let (start, length): (usize, usize) = (row.get(6)?, row.get(7)?);
            let frame = row.get_ref(8)?.as_str()?;
            let adopted: Option<i64> = row.get(10)?;
            Ok(Stored {
                fseq,
                id: OperationId {
                    log: LogId(row.get(0)?),
                    seq: row.get(1)?,
                },
                log: row.get(2)?,
                verdict: row.get(4)?,
                code: row.get(5)?,
                author: Author {
                    device: row.get(3)?,
                    released: row.get(9)?,
                    adopted: match adopted {
                        Some(device) => Some(Adopted {
                            device,
                            unit: row.get(11)?,
                        }),
                        None => None,
                    },
                },
                branched: row.get(12)?,
                text: frame.get(start..start + length).unwrap_or_default().to_owned(),
            })
        })?;
        if stored.text.is_empty() {
            return Err(Error::Damaged(format!("operation {fseq} is not in its frame")));
        }
        Ok(stored)
    }
}

impl Stored {
    /// What it says.
    pub(super) fn candidate(&self, desk: &Desk<'_>) -> Candidate {
        reading::read(&self.text, desk.directory(), desk.today)
    }

    pub(super) fn device(&self) -> i64 {
        self.author.device
    }

    /// Whether it is kept without any effect, for somebody to say what becomes of it.
    pub(super) fn is_kept(&self) -> bool {
        matches!(self.verdict.as_str(), "held" | "quarantined") || self.is_kept_for_the_month()
    }

    pub(super) fn is_revoked(&self) -> bool {
        self.verdict == Verdict::Quarantined.as_str() && self.code.as_deref() == Some(code::DEVICE_REVOKED)
    }

    fn is_kept_for_the_month(&self) -> bool {
        self.code.as_deref() == Some(code::PERIOD_LOCKED)
            && self.verdict == Verdict::Conflicted.as_str()
            && !self.branched
    }
}

/// Whether something may yet have the operation judged again.
pub(super) fn must_wait(ruling: &Ruling, has_record: bool) -> bool {
    ruling.v == Verdict::Held || (ruling.v == Verdict::Conflicted && !has_record)
}

/// What an operation waits for when its unit is not in the book.
pub(crate) fn unit_cause(uid: &str) -> String {
    format!("unit:{uid}")
}

/// What an operation waits for besides a right: that the record comes into a unit where its author has one. Named so that
/// it comes after [`SCOPE`], which is the cause people are told.
fn record_cause(id: RecordId) -> String {
    format!("unit-of:{id}")
}

fn operation_cause(id: OperationId) -> String {
    format!("op:{id}")
}
