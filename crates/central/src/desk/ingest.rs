//! Takes a batch: stores every operation of every verified frame once, judged, and answers one outcome for each.

use hocvu_model::Finding;
use hocvu_model::ids::{LogId, OperationId};
use hocvu_wire::batch::{OpsReply, Outcome, Ruling, Verdict, fold};
use rusqlite::{OptionalExtension, Row, params};

use super::Desk;
use super::held::must_wait;
use super::judging::Author;
use super::matters::Subject;
use crate::error::{Error, Result};
use crate::intake::{Batch, Frame, Placed};
use crate::judge::{self, code};
use crate::{blobs, directory};

/// A frame being taken: its row is written with the first operation that needs it.
struct Taking<'a> {
    frame: &'a Frame,
    log: i64,
    row: Option<i64>,
}

impl Desk<'_> {
    /// Takes a batch and answers it. Nothing of the answer may leave before the transaction has committed (I4).
    ///
    /// # Errors
    /// SQLite's own; an operation is never an error.
    pub fn ingest(&mut self, batch: Batch) -> Result<OpsReply> {
        let first = batch.first;
        let mut outcomes = Vec::with_capacity(batch.operations);
        for (i, frame) in batch.frames.iter().enumerate() {
            match frame {
                Err(code) => outcomes.push(Outcome::Refused {
                    i,
                    c: (*code).to_owned(),
                }),
                Ok(frame) => self.take(frame, first, &mut outcomes)?,
            }
        }
        let log = first.and_then(|log| self.directory().log(log));
        Ok(OpsReply {
            epoch: self.cache.epoch.clone(),
            r: fold(outcomes),
            have: match log {
                Some(log) => self.have(log.no)?.to_vec(),
                None => Vec::new(),
            },
            changes: None, // Read after the commit, beside the writer.
        })
    }

    fn take(&mut self, frame: &Frame, first: Option<LogId>, outcomes: &mut Vec<Outcome>) -> Result<()> {
        let log = self.log_of(frame)?;
        let mut taking = Taking { frame, log, row: None };
        for (seq, placed) in (frame.from..).zip(&frame.operations) {
            let (fseq, ruling) = if self.have(log)?.contains(seq) {
                self.known(&mut taking, seq, placed)?
            } else {
                self.store(&mut taking, seq, placed)?
            };
            outcomes.push(Outcome::Stored {
                log: (Some(frame.log) != first).then_some(frame.log),
                from: seq,
                to: None,
                fseq,
                ruling,
            });
        }
        Ok(())
    }

    /// The log's number; a log that opens with this frame is registered to the device whose key signed it.
    fn log_of(&mut self, frame: &Frame) -> Result<i64> {
        if let Some(log) = self.directory().log(frame.log) {
            return Ok(log.no);
        }
        let no = self
            .db
            .prepare_cached("INSERT INTO log (id, device) VALUES (?1, ?2)")?
            .insert((frame.log.0, frame.device))?;
        let log = directory::Log {
            no,
            device: frame.device,
        };
        std::sync::Arc::make_mut(&mut self.cache.directory).put_log(frame.log, log);
        Ok(no)
    }

    fn store(&mut self, taking: &mut Taking<'_>, seq: u64, placed: &Placed) -> Result<(u64, Ruling)> {
        let device = taking.frame.device;
        let author = Author {
            device,
            released: false,
            adopted: None,
        };
        let mut judged = self.judge(&author, &placed.candidate)?;
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::MistakeStopsLog) && judged.ruling.v == Verdict::Accepted
        {
            let last = "SELECT EXISTS (SELECT 1 FROM operation WHERE log = ?1 AND seq = ?2 - 1 AND code = 'INVALID')";
            let mut find = self.db.prepare_cached(last)?;
            if find.query_row((taking.log, seq), |row| row.get(0))? {
                judged = super::judging::Judged::stored(judge::ruling(Verdict::Rejected, "INVALID"));
            }
        }
        let frame = self.frame_row(taking)?;
        let fseq = self.next_fseq();
        let applied = self.apply(&mut judged, fseq, fseq)?;
        let findings = (!judged.findings.is_empty()).then(|| to_json(&judged.findings));
        self.db
            .prepare_cached(include_str!("../queries/operation_insert.sql"))?
            .execute(params![
                fseq,
                taking.log,
                seq,
                frame,
                placed.start,
                placed.length,
                placed.candidate.digest,
                placed.candidate.at,
                judged.ruling.v.as_str(),
                judged.ruling.c,
                findings,
                applied.record,
                applied.moved.then_some(fseq),
                judged.rank,
                judged.stands_for,
            ])?;
        self.have(taking.log)?.insert(seq);
        let text = taking.frame.text.get(placed.start..placed.start + placed.length);
        blobs::name(self.db, fseq, text.unwrap_or_default())?;
        let ruling = judged.ruling;
        if must_wait(&ruling, applied.record.is_some()) {
            self.wait(fseq, &ruling, &placed.candidate)?;
        }
        let subject = Subject {
            fseq,
            device,
            candidate: &placed.candidate,
            ruling: &ruling,
        };
        self.follow(&subject, &applied, Some(fseq))?;
        if let Some(office) = applied.office {
            self.perform(office, fseq, device)?;
        }
        let id = OperationId {
            log: taking.frame.log,
            seq,
        };
        self.settled(id)?;
        Ok((fseq, ruling))
    }

    /// A number already taken: the same content gets the receipt it has; another content is set aside.
    fn known(&mut self, taking: &mut Taking<'_>, seq: u64, placed: &Placed) -> Result<(u64, Ruling)> {
        let (digest, fseq, ruling) = self
            .db
            .prepare_cached(
                "SELECT sha256, fseq, verdict, code, findings, message FROM operation WHERE log = ?1 AND seq = ?2",
            )?
            .query_row((taking.log, seq), |row| {
                Ok((row.get::<_, [u8; 32]>(0)?, row.get(1)?, ruling_of(row, 2)))
            })?;
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::DuplicateIsNew) {
            return Ok((self.next_fseq(), ruling?));
        }
        if digest == placed.candidate.digest {
            return Ok((fseq, ruling?));
        }
        let forked = judge::ruling(Verdict::Quarantined, code::LOG_FORKED);
        let again = self
            .db
            .prepare_cached("SELECT fseq FROM quarantine WHERE log = ?1 AND seq = ?2 AND sha256 = ?3")?
            .query_row((taking.log, seq, placed.candidate.digest), |row| row.get(0))
            .optional()?;
        if let Some(fseq) = again {
            return Ok((fseq, forked));
        }
        let frame = self.frame_row(taking)?;
        let fseq = self.next_fseq();
        self.db
            .prepare_cached(
                "INSERT INTO quarantine (fseq, log, seq, frame, start, length, sha256)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                fseq,
                taking.log,
                seq,
                frame,
                placed.start,
                placed.length,
                placed.candidate.digest
            ])?;
        Ok((fseq, forked))
    }

    fn frame_row(&mut self, taking: &mut Taking<'_>) -> Result<i64> {
        if let Some(row) = taking.row {
            return Ok(row);
        }
        let (frame, log) = (taking.frame, taking.log);
        let row = self
            .db
            .prepare_cached("INSERT INTO frame (log, author, signature, arrived, text) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .insert(params![
                log,
                frame.author,
                frame.signature,
                self.now.timestamp(),
                frame.text
            ])?;
        taking.row = Some(row);
        Ok(row)
    }
}

/// The stored ruling (verdict, code, findings, message), as it goes to the device: findings only where they explain a refusal, for the device finds its
/// warnings itself and bytes are dear.
pub(crate) fn ruling_of(row: &Row<'_>, at: usize) -> Result<Ruling> {
    let verdict: String = row.get(at)?;
    let v = Verdict::parse(&verdict).ok_or_else(|| Error::Damaged(format!("a verdict “{verdict}”")))?;
    let findings: Option<String> = row.get(at + 2)?;
    let f = match findings.filter(|_| v == Verdict::Rejected) {
        Some(json) => serde_json::from_str(&json).map_err(|e| Error::Damaged(format!("stored findings: {e}")))?,
        None => Vec::new(),
    };
    Ok(Ruling {
        v,
        c: row.get(at + 1)?,
        f,
        m: row.get(at + 3)?,
    })
}

pub(super) fn to_json(findings: &[Finding]) -> String {
    serde_json::to_string(findings).expect("plain data is always JSON")
}
