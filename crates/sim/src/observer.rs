//! Sees every answer that leaves the centre and holds it to what left before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hocvu_central::Answer;
use hocvu_model::{LogId, OperationId};
use hocvu_wire::batch::{OpsReply, OpsRequest, Outcome, Verdict};
use hocvu_wire::changes::{Change, ChangesReply};
use hocvu_wire::frame::SealedFrame;
use hocvu_wire::problem::Problem;
use hocvu_wire::{PACKED, bundle, limits, packing, problem};
use serde_json::Value;

use crate::Violation;

/// Disk calls one request may cause: a page of 500 changes reads some thousands (I19, by proxy).
const CALLS_MAX: u64 = 20_000;

/// One exchange, as the centre saw it.
pub struct Exchange<'a> {
    /// Whose link it came by.
    pub device: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// The body that arrived.
    pub sent: Option<&'a [u8]>,
    /// What was answered.
    pub answer: &'a Answer,
    /// Disk calls it took.
    pub calls: u64,
}

/// What must never be unsaid.
#[derive(Default)]
pub struct Observer {
    state: Mutex<State>,
}

/// An acknowledgement that left the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Arrival number.
    pub fseq: u64,
    /// SHA-256 of the text it was given for.
    pub digest: [u8; 32],
}

#[derive(Default)]
struct State {
    epoch: String,
    receipts: BTreeMap<OperationId, Receipt>,
    /// Who may see which units, by the name of their link; a device not in here is not judged.
    may_see: BTreeMap<String, BTreeSet<String>>,
    revoked: BTreeSet<String>,
    /// What devices may see, by their name at the centre.
    devices: BTreeMap<String, BTreeSet<String>>,
    violations: Vec<Violation>,
    verdicts: BTreeMap<(&'static str, Option<String>), u64>,
    problems: BTreeMap<String, u64>,
    refusals: BTreeMap<String, u64>,
    bytes_up: u64,
    bytes_down: u64,
}

/// Counts of a run.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Verdicts and their codes.
    pub verdicts: BTreeMap<(&'static str, Option<String>), u64>,
    /// Problems of whole requests.
    pub problems: BTreeMap<String, u64>,
    /// Codes of refused frames.
    pub refusals: BTreeMap<String, u64>,
    /// Bytes of bodies that arrived at the centre.
    pub bytes_up: u64,
    /// Bytes of answers.
    pub bytes_down: u64,
}

impl Observer {
    /// Looks at an exchange.
    pub fn see(&self, exchange: &Exchange<'_>) {
        let mut state = self.state();
        state.bytes_up += exchange.sent.map_or(0, |body| body.len() as u64);
        state.bytes_down += exchange.answer.body.len() as u64;
        if exchange.calls > CALLS_MAX {
            let what = format!("{} took {} disk calls", exchange.path, exchange.calls);
            state.violations.push(Violation::new("i19_bounded_work", what));
        }
        let kind = header(exchange.answer, "content-type");
        if kind == problem::MEDIA_TYPE {
            if let Ok(problem) = serde_json::from_slice::<Problem>(&exchange.answer.body) {
                *state.problems.entry(problem.code.as_str().to_owned()).or_default() += 1;
            }
            return;
        }
        if exchange.answer.status != 200 {
            return;
        }
        let json = if kind == PACKED {
            packing::unpack(&exchange.answer.body).unwrap_or_default()
        } else {
            exchange.answer.body.clone()
        };
        if json.len() > limits::BODY_UNPACKED_MAX {
            let what = format!("{} answered {} bytes", exchange.path, json.len());
            state.violations.push(Violation::new("i19_bounded_work", what));
        }
        if exchange.path.starts_with("/v1/ops") {
            state.see_ops(exchange, &json);
        } else if exchange.path.starts_with("/v1/changes") {
            state.see_changes(exchange, &json);
        }
    }

    /// Hears of a receipt that leaves on a stick; `digests` are of what the bundle's machine had written.
    pub fn handed_in(&self, receipt: &bundle::Receipt, digests: &BTreeMap<OperationId, [u8; 32]>) {
        let mut state = self.state();
        state.same_epoch(&receipt.epoch);
        for outcome in &receipt.r {
            let Outcome::Stored {
                log: Some(log),
                from,
                to,
                fseq,
                ruling,
            } = outcome
            else {
                continue;
            };
            let forked = ruling.v == Verdict::Quarantined && ruling.c.as_deref() == Some("LOG_FORKED");
            for step in 0..=to.unwrap_or(*from) - from {
                let (log, seq) = (*log, from + step);
                let known = digests.get(&OperationId { log, seq }).filter(|_| !forked);
                if let Some(digest) = known {
                    state.receipt(OperationId { log, seq }, fseq + step, &[*digest]);
                }
            }
        }
    }

    /// What was seen wrong since it was last asked.
    pub fn violations(&self) -> Vec<Violation> {
        std::mem::take(&mut self.state().violations)
    }

    /// Every acknowledgement of this epoch.
    pub fn receipts(&self) -> BTreeMap<OperationId, Receipt> {
        self.state().receipts.clone()
    }

    /// The centre was restored from a copy: what it said since then does not bind it any more.
    pub fn forget_receipts(&self) {
        let mut state = self.state();
        state.receipts.clear();
        state.epoch.clear();
    }

    /// Says which units the device behind a link may see.
    pub fn set_scope(&self, device: &str, units: BTreeSet<String>) {
        self.state().may_see.insert(device.to_owned(), units);
    }

    /// Says what a device may see, by its name at the centre.
    pub fn set_device(&self, id: &str, units: BTreeSet<String>) {
        self.state().devices.insert(id.to_owned(), units);
    }

    /// Says whether the device behind a link is revoked.
    pub fn set_revoked(&self, device: &str, revoked: bool) {
        let mut state = self.state();
        if revoked {
            state.revoked.insert(device.to_owned());
        } else {
            state.revoked.remove(device);
        }
    }

    /// Counts so far.
    pub fn seen(&self) -> Seen {
        let state = self.state();
        Seen {
            verdicts: state.verdicts.clone(),
            problems: state.problems.clone(),
            refusals: state.refusals.clone(),
            bytes_up: state.bytes_up,
            bytes_down: state.bytes_down,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn see_ops(&mut self, exchange: &Exchange<'_>, json: &[u8]) {
        let Ok(reply) = serde_json::from_slice::<OpsReply>(json) else {
            return;
        };
        let sent = exchange.sent.and_then(|body| packing::unpack(body).ok());
        let sent = sent.and_then(|json| serde_json::from_slice::<OpsRequest>(&json).ok());
        let Some(sent) = sent else {
            self.wrong("i4_ack_after_commit", "an answer to what cannot be read".into());
            return;
        };
        self.same_epoch(&reply.epoch);
        let first = sent.frames.first().and_then(log_of);
        let texts: BTreeMap<OperationId, Vec<[u8; 32]>> = digests(&sent);
        for outcome in &reply.r {
            match outcome {
                Outcome::Refused { c, .. } => *self.refusals.entry(c.clone()).or_default() += 1,
                Outcome::Stored {
                    log,
                    from,
                    to,
                    fseq,
                    ruling,
                } => {
                    let Some(log) = log.or(first) else { continue };
                    let count = to.unwrap_or(*from) - from + 1;
                    *self.verdicts.entry((ruling.v.as_str(), ruling.c.clone())).or_default() += count;
                    let forked = ruling.v == Verdict::Quarantined && ruling.c.as_deref() == Some("LOG_FORKED");
                    for step in 0..count {
                        let id = OperationId { log, seq: from + step };
                        if !forked {
                            self.receipt(id, fseq + step, texts.get(&id).map_or(&[], Vec::as_slice));
                        }
                    }
                }
            }
        }
    }

    /// I3: an operation has one receipt, whoever carries it how often.
    fn receipt(&mut self, id: OperationId, fseq: u64, texts: &[[u8; 32]]) {
        match self.receipts.get(&id) {
            None => {
                // Two contents under one number in one request: which one the answer means is not to be told from here.
                if let [digest] = *texts {
                    self.receipts.insert(id, Receipt { fseq, digest });
                }
            }
            Some(known) if known.fseq != fseq && texts.contains(&known.digest) => {
                let what = format!("operation {id} had receipt {} and now {fseq}", known.fseq);
                self.wrong("i3_exactly_once", what);
            }
            Some(_) => {}
        }
    }

    fn see_changes(&mut self, exchange: &Exchange<'_>, json: &[u8]) {
        if self.revoked.contains(exchange.device) {
            let what = format!("{} is revoked and was sent changes", exchange.device);
            self.wrong("i14_revocation", what);
        }
        let Ok(reply) = serde_json::from_slice::<ChangesReply>(json) else {
            self.wrong("i10_feed_completeness", "a page that cannot be read".into());
            return;
        };
        self.same_epoch(&reply.epoch);
        let Some(units) = self.may_see.get(exchange.device).cloned() else {
            return;
        };
        for change in &reply.changes {
            if let Change::Device { device, .. } = change
                && self
                    .devices
                    .get(device)
                    .is_some_and(|theirs| theirs.is_disjoint(&units))
            {
                let what = format!("{} was sent device {device}", exchange.device);
                self.wrong("i13_scope", what);
            }
            let (seen, what) = match change {
                Change::Record { unit, id, .. } => (Some(unit), format!("record {id}")),
                Change::Unit { unit, .. } => (Some(&unit.uid), format!("unit {}", unit.uid)),
                _ => (None, String::new()),
            };
            if let Some(unit) = seen.filter(|unit| !units.contains(unit.as_str())) {
                let what = format!("{} was sent {what} of {unit}", exchange.device);
                self.wrong("i13_scope", what);
            }
        }
    }

    fn same_epoch(&mut self, epoch: &str) {
        if self.epoch != epoch {
            self.receipts.clear();
            epoch.clone_into(&mut self.epoch);
        }
    }

    fn wrong(&mut self, oracle: &'static str, what: String) {
        self.violations.push(Violation::new(oracle, what));
    }
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let found = answer.headers.iter().find(|(header, _)| header == name);
    found.map_or("", |(_, value)| value)
}

/// What a frame says of itself, read without the code under test.
fn frame_text(frame: &SealedFrame) -> Option<Value> {
    serde_json::from_str(&frame.p).ok()
}

fn log_of(frame: &SealedFrame) -> Option<LogId> {
    frame_text(frame)?.get("log")?.as_str()?.parse().ok()
}

fn digests(request: &OpsRequest) -> BTreeMap<OperationId, Vec<[u8; 32]>> {
    let mut all: BTreeMap<OperationId, Vec<[u8; 32]>> = BTreeMap::new();
    for frame in &request.frames {
        let Ok(text) = frame.read(crate::DEPLOYMENT) else {
            continue;
        };
        for (seq, op) in (text.from..).zip(&text.ops) {
            let digest = crate::oracle::digest(op.get());
            let digests = all.entry(OperationId { log: text.log, seq }).or_default();
            if !digests.contains(&digest) {
                digests.push(digest);
            }
        }
    }
    all
}
