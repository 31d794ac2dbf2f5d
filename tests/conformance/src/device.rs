//! A device as another program would be one: keys, a log, operations written by hand, frames.

use ed25519_dalek::{Signer, SigningKey};
use hocvu_model::ids::{LogId, OperationId};
use hocvu_wire::b64;
use hocvu_wire::batch::{OpsReply, OpsRequest, Outcome, Ruling};
use hocvu_wire::changes::{Change, ChangesReply};
use hocvu_wire::enrol::{DeviceKeys, EnrolReply, EnrolRequest, proof};
use hocvu_wire::frame::{SealedFrame, seal};
use hocvu_wire::keys::PublicKey;
use hocvu_wire::session::{SessionOpen, SessionReply, SessionRequest, challenge};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ask::Asker;
use crate::outcome::{Result, holds};

/// Seconds since 1970 in every operation: clocks decide nothing.
pub const AT: i64 = 1_763_787_600;

/// One enrolled device.
#[derive(Clone)]
pub struct Device {
    pub sign: SigningKey,
    pub seal: [u8; 32],
    pub log: LogId,
    pub dep: String,
    pub unit: String,
    pub id: String,
    pub user: String,
    pub token: String,
    pub epoch: String,
    /// Texts of the log's operations.
    pub texts: Vec<String>,
}

/// So many random bytes.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("a machine has randomness");
    bytes
}

impl Device {
    /// Keys and a log that nobody knows yet.
    pub fn blank() -> Self {
        Self {
            sign: SigningKey::from_bytes(&random()),
            seal: random(),
            log: LogId(random()),
            dep: String::new(),
            unit: String::new(),
            id: String::new(),
            user: String::new(),
            token: String::new(),
            epoch: String::new(),
            texts: Vec::new(),
        }
    }

    /// The request that makes this device.
    pub fn enrolment(&self, code: &str) -> EnrolRequest {
        let mut keys = DeviceKeys {
            sign: b64::encode(self.sign.verifying_key().to_bytes()),
            seal: b64::encode(PublicKey::of_secret(&self.seal).0),
            proof: String::new(),
            user: "Người kiểm tra".into(),
            log: self.log.to_string(),
        };
        keys.proof = b64::encode(self.sign.sign(&proof(code, &keys)).to_bytes());
        EnrolRequest {
            code: code.to_owned(),
            keys: Some(keys),
        }
    }

    /// Becomes what the centre answered.
    pub fn enrolled(&mut self, reply: &EnrolReply) -> Result<()> {
        self.dep.clone_from(&reply.dep);
        self.unit.clone_from(&reply.unit);
        self.id = reply.device.clone().ok_or("no device in the answer")?;
        self.user = reply.user.clone().ok_or("no user in the answer")?;
        Ok(())
    }

    /// Opens a session; `log` is whose ranges are asked for.
    pub fn open_session(&mut self, asker: &Asker, log: LogId) -> Result<SessionOpen> {
        let first = SessionRequest {
            device: self.id.clone(),
            ..SessionRequest::default()
        };
        let nonce = match asker.post("/v1/session", &first, None)?.read()? {
            SessionReply::Nonce { nonce } => nonce,
            SessionReply::Open(_) => return Err("a session without a signature".into()),
        };
        let second = self.answer_to(&nonce, Some(log));
        match asker.post("/v1/session", &second, None)?.read()? {
            SessionReply::Open(open) => {
                self.token.clone_from(&open.token);
                self.epoch.clone_from(&open.epoch);
                Ok(open)
            }
            SessionReply::Nonce { .. } => Err("a second nonce instead of a session".into()),
        }
    }

    /// The nonce, signed.
    pub fn answer_to(&self, nonce: &str, log: Option<LogId>) -> SessionRequest {
        let signature = self.sign.sign(&challenge(&self.dep, &self.id, nonce));
        SessionRequest {
            device: self.id.clone(),
            nonce: Some(nonce.to_owned()),
            sig: Some(b64::encode(signature.to_bytes())),
            log: log.map(|log| log.to_string()),
            ..SessionRequest::default()
        }
    }

    /// Id of operation `seq` of this log.
    pub fn op(&self, seq: u64) -> OperationId {
        OperationId { log: self.log, seq }
    }

    /// Number of the last operation written.
    pub fn last(&self) -> u64 {
        self.texts.len() as u64
    }

    /// Writes any text as the next operation.
    pub fn write(&mut self, text: impl ToString) -> OperationId {
        self.texts.push(text.to_string());
        self.op(self.last())
    }

    /// A session of its unit with one line; gives the record with the operation.
    pub fn create(&mut self, attended: u32) -> (Uuid, OperationId) {
        let record = Uuid::from_bytes(uuid::Builder::from_random_bytes(random()).into_uuid().into_bytes());
        let unit = self.unit.clone();
        (record, self.put(record, &unit, None, session(attended)))
    }

    /// A put.
    pub fn put(&mut self, record: Uuid, unit: &str, base: Option<OperationId>, set: Value) -> OperationId {
        self.act("put", record, unit, base, json!({ "set": set }))
    }

    /// Any act on a record; `more` are its other fields.
    pub fn act(&mut self, kind: &str, record: Uuid, unit: &str, base: Option<OperationId>, more: Value) -> OperationId {
        let mut op = json!({
            "k": kind, "t": "training_session", "sv": 1, "id": record, "unit": unit, "base": base, "at": AT
        });
        if let (Some(op), Some(more)) = (op.as_object_mut(), more.as_object()) {
            op.extend(more.clone());
        }
        self.write(op)
    }

    /// Operations `from..=to` as a frame.
    pub fn frame(&self, from: u64, to: u64) -> SealedFrame {
        let texts = &self.texts[from as usize - 1..to as usize];
        self.seal(self.log, from, &texts.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Any texts as a frame of any log.
    pub fn seal(&self, log: LogId, from: u64, texts: &[&str]) -> SealedFrame {
        seal(&self.sign, &self.dep, log, &self.user, from, texts)
    }

    /// Sends frames.
    pub fn send(&self, asker: &Asker, frames: Vec<SealedFrame>) -> Result<OpsReply> {
        asker.post("/v1/ops", &OpsRequest { frames }, Some(&self.token))?.read()
    }

    /// Sends what was written from `from` on; one ruling for each, with its arrival number.
    pub fn deliver(&self, asker: &Asker, from: u64) -> Result<Vec<(u64, Ruling)>> {
        let last = self.last();
        let frames: Vec<_> = (from..=last)
            .step_by(64)
            .map(|start| self.frame(start, last.min(start + 63)))
            .collect();
        let reply = self.send(asker, frames)?;
        let rulings = rulings(&reply)?;
        holds(rulings.len() as u64 == last + 1 - from, || {
            format!("{} outcomes for {} operations", rulings.len(), last + 1 - from)
        })?;
        Ok(rulings)
    }

    /// Sends the last operation; its ruling.
    pub fn deliver_last(&self, asker: &Asker) -> Result<Ruling> {
        let rulings = self.deliver(asker, self.last())?;
        rulings
            .into_iter()
            .next()
            .map(|(_, ruling)| ruling)
            .ok_or("no outcome".into())
    }

    /// A page of the feed.
    pub fn page(&self, asker: &Asker, cursor: &str, limit: usize) -> Result<ChangesReply> {
        let path = format!("/v1/changes?cursor={cursor}&limit={limit}");
        asker.get(&path, Some(&self.token))?.read()
    }

    /// The feed from `cursor` to its present end, and the cursor there.
    pub fn feed(&self, asker: &Asker, cursor: &str, limit: usize) -> Result<(Vec<Change>, String)> {
        let (mut changes, mut cursor) = (Vec::new(), cursor.to_owned());
        for _ in 0..100_000 {
            let page = self.page(asker, &cursor, limit)?;
            holds(page.changes.len() <= limit.clamp(1, 500), || {
                "a page over its limit".into()
            })?;
            changes.extend(page.changes);
            cursor = page.cursor;
            if !page.more {
                return Ok((changes, cursor));
            }
        }
        Err("a feed without end".into())
    }
}

/// A plain good body.
pub fn session(attended: u32) -> Value {
    json!({
        "date": "2025-11-20", "form": "class", "topics": ["vneid"], "note": "Kiểm tra giao thức",
        "counts": [{ "group": "adult", "attended": attended, "female": attended / 2 }]
    })
}

/// One ruling per operation, in the order of the answer.
pub fn rulings(reply: &OpsReply) -> Result<Vec<(u64, Ruling)>> {
    let mut all = Vec::new();
    for outcome in &reply.r {
        match outcome {
            Outcome::Stored {
                from, to, fseq, ruling, ..
            } => {
                let count = to
                    .unwrap_or(*from)
                    .checked_sub(*from)
                    .ok_or("a range that ends before it begins")?;
                all.extend((0..=count).map(|at| (fseq + at, ruling.clone())));
            }
            Outcome::Refused { i, c } => return Err(format!("frame {i} refused: {c}")),
        }
    }
    Ok(all)
}
