//! From answers to steps, purely: what to write after a batch or a page, without a store or a socket.

use hocvu_model::ids::LogId;
use hocvu_model::operation::Kind;
use hocvu_store::{Case, Frame, Grant, OfficeDevice, Pulled, Settlement, ShadowRecord, Verdict};
use hocvu_wire::batch::{self, OpsReply, Outcome};
use hocvu_wire::changes::{self, Change, ChangesReply};
use hocvu_wire::frame::SealedFrame;
use hocvu_wire::session::SessionOpen;

/// What the centre's answer to a batch asks the store to write.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    /// Receipts and verdicts.
    pub settlements: Vec<Settlement>,
    /// Frames the centre cannot store: log, first, last operation, code.
    pub refusals: Vec<(LogId, u64, u64, String)>,
}

/// Turns the answer to `batch` into steps. An outcome about something that was not sent is passed over: the centre cannot
/// acknowledge what it was not given.
pub(crate) fn settle(batch: &[Frame], reply: &OpsReply) -> Steps {
    let mut steps = Steps::default();
    let Some(first_log) = batch.first().map(|frame| frame.log) else {
        return steps;
    };
    let was_sent = |log: LogId, seq: u64| batch.iter().any(|f| f.log == log && (f.from..=f.to).contains(&seq));
    for outcome in &reply.r {
        match outcome {
            Outcome::Stored {
                log,
                from,
                to,
                fseq,
                ruling,
            } => {
                let (log, to) = (log.unwrap_or(first_log), to.unwrap_or(*from));
                if to < *from || !was_sent(log, *from) || !was_sent(log, to) {
                    continue;
                }
                steps
                    .settlements
                    .push(settlement(log, *from, to, *fseq, ruling.clone()));
            }
            Outcome::Refused { i, c } => {
                if let Some(frame) = batch.get(*i) {
                    steps.refusals.push((frame.log, frame.from, frame.to, c.clone()));
                }
            }
        }
    }
    steps
}

/// Receipts the centre gives again for operations of `log`.
pub(crate) fn receipts(log: LogId, outcomes: &[Outcome]) -> Vec<Settlement> {
    let mut settlements = Vec::new();
    for outcome in outcomes {
        if let Outcome::Stored {
            log: None,
            from,
            to,
            fseq,
            ruling,
        } = outcome
        {
            settlements.push(settlement(log, *from, to.unwrap_or(*from), *fseq, ruling.clone()));
        }
    }
    settlements
}

/// What the centre says this device may see and write.
pub(crate) fn grants(open: &SessionOpen) -> Vec<Grant> {
    let grants = open.grants.iter().map(|grant| Grant {
        unit: grant.unit.as_str().into(),
        role: grant.role.clone(),
    });
    grants.collect()
}

/// Turns a page of the feed into one write.
pub(crate) fn pulled(page: ChangesReply) -> Pulled {
    let ChangesReply {
        epoch,
        changes,
        cursor,
        more: _,
    } = page;
    let mut pulled = Pulled {
        epoch,
        cursor,
        ..Pulled::default()
    };
    changes.into_iter().for_each(|change| add(&mut pulled, change));
    pulled
}

fn add(pulled: &mut Pulled, change: Change) {
    match change {
        Change::Record { .. } => pulled.records.extend(record(change)),
        Change::Verdict { fseq, log, seq, ruling } => {
            pulled.verdicts.push(settlement(log, seq, seq, fseq, ruling));
        }
        Change::Unit { fseq: _, unit } => pulled.units.push(unit),
        Change::Case(told) => pulled.cases.push(case(*told)),
        Change::Device {
            fseq,
            device,
            user,
            role,
            unit,
            revoked,
            enrolled_at,
        } => pulled.devices.push(OfficeDevice {
            device,
            user,
            role,
            unit,
            revoked,
            enrolled_at,
            fseq,
        }),
        Change::Succession { fseq: _, succession } => pulled.successions.push(succession),
        Change::Gone { fseq, id } => pulled.gone.push((id, fseq)),
        Change::Unknown => {}
    }
}

/// The record a change is about; none for other changes.
pub(crate) fn record(change: Change) -> Option<ShadowRecord> {
    let Change::Record {
        fseq,
        id,
        t,
        unit,
        head,
        body,
        void,
        at,
        by,
        act,
        why,
    } = change
    else {
        return None;
    };
    Some(ShadowRecord {
        id,
        record_type: t,
        unit,
        head,
        body,
        void,
        fseq,
        at,
        by,
        act: act.as_deref().and_then(Kind::parse),
        why,
    })
}

fn case(told: changes::Case) -> Case {
    let changes::Case {
        fseq,
        op,
        kind,
        ruling,
        open,
        t,
        record,
        unit,
        base,
        body,
        void,
        device,
        at,
        by,
    } = told;
    let batch::Ruling { v, c, f, m } = ruling;
    Case {
        op,
        kind,
        verdict: verdict(v),
        code: c,
        message: m,
        findings: f,
        open,
        record_type: t,
        record,
        unit,
        base,
        body,
        void,
        device,
        by,
        at,
        fseq,
    }
}

/// A stored frame as it travels.
pub(crate) fn sealed(frame: &Frame) -> SealedFrame {
    SealedFrame {
        p: frame.text.clone(),
        s: frame.signature.clone(),
    }
}

pub(crate) fn settlement(log: LogId, from: u64, to: u64, fseq: u64, ruling: batch::Ruling) -> Settlement {
    let batch::Ruling { v, c, f, m } = ruling;
    Settlement {
        log,
        from,
        to,
        fseq,
        verdict: verdict(v),
        code: c,
        findings: f,
        message: m,
    }
}

fn verdict(verdict: batch::Verdict) -> Verdict {
    match verdict {
        batch::Verdict::Accepted => Verdict::Accepted,
        batch::Verdict::Merged => Verdict::Merged,
        batch::Verdict::Conflicted => Verdict::Conflicted,
        batch::Verdict::Rejected => Verdict::Rejected,
        batch::Verdict::Held => Verdict::Held,
        batch::Verdict::Quarantined => Verdict::Quarantined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(from: u64, to: u64) -> Frame {
        Frame {
            log: LogId([1; 16]),
            from,
            to,
            text: String::new(),
            signature: String::new(),
        }
    }

    fn stored(from: u64, to: u64) -> Outcome {
        let ruling = batch::Ruling {
            v: batch::Verdict::Accepted,
            c: None,
            f: Vec::new(),
            m: None,
        };
        Outcome::Stored {
            log: None,
            from,
            to: Some(to),
            fseq: 7,
            ruling,
        }
    }

    #[test]
    fn only_what_was_sent_can_be_acknowledged() {
        let batch = [frame(1, 64), frame(65, 70)];
        let reply = OpsReply {
            epoch: "e1".into(),
            r: vec![
                stored(1, 70),
                stored(71, 80),
                stored(60, 200),
                Outcome::Refused { i: 9, c: "X".into() },
            ],
            have: Vec::new(),
            changes: None,
        };
        let steps = settle(&batch, &reply);
        assert_eq!(steps.settlements.len(), 1);
        assert_eq!((steps.settlements[0].from, steps.settlements[0].to), (1, 70));
        assert!(steps.refusals.is_empty());
    }

    #[test]
    fn a_refused_frame_names_its_operations() {
        let reply = OpsReply {
            epoch: "e1".into(),
            r: vec![Outcome::Refused {
                i: 1,
                c: "BAD_SIGNATURE".into(),
            }],
            have: Vec::new(),
            changes: None,
        };
        let steps = settle(&[frame(1, 64), frame(65, 70)], &reply);
        assert_eq!(steps.refusals, [(LogId([1; 16]), 65, 70, "BAD_SIGNATURE".to_owned())]);
    }
}
