//! Somebody who writes their own program: a device by right, whose uploads no screen would make, and a stranger without any.

use std::sync::Arc;

use ed25519_dalek::{Signer, SigningKey};
use hocvu_model::{LogId, OperationId};
use hocvu_sync::{Client, Request, SyncError, Transport};
use hocvu_wire::batch::OpsRequest;
use hocvu_wire::bundle::{BundleReply, BundleStatus, MEDIA_TYPE};
use hocvu_wire::enrol::{DeviceKeys, EnrolRequest, proof};
use hocvu_wire::frame::{SealedFrame, seal};
use hocvu_wire::{PACKED, b64, packing, session};
use serde_json::json;

use super::Run;
use super::rounds::alone;
use crate::{Checked, DEPLOYMENT, Dice, people};

/// A device without our program.
pub(super) struct Rogue {
    link: Arc<dyn Transport>,
    key: SigningKey,
    log: LogId,
    next: u64,
    code: String,
    /// Name at the centre and of the user, once enrolled.
    pub(super) ids: Option<(String, String)>,
}

impl Rogue {
    pub(super) fn new(link: Arc<dyn Transport>, code: String, dice: &mut Dice) -> Self {
        let (mut key, mut log) = ([0; 32], LogId([0; 16]));
        dice.fill(&mut key);
        dice.fill(&mut log.0);
        Self {
            link,
            key: SigningKey::from_bytes(&key),
            log,
            next: 1,
            code,
            ids: None,
        }
    }

    async fn enrol(&mut self) -> Result<(), SyncError> {
        let mut keys = DeviceKeys {
            sign: b64::encode(self.key.verifying_key().as_bytes()),
            seal: b64::encode([9; 32]),
            proof: String::new(),
            user: "Ai đó".into(),
            log: self.log.to_string(),
        };
        keys.proof = b64::encode(self.key.sign(&proof(&self.code, &keys)).to_bytes());
        let request = EnrolRequest {
            code: self.code.clone(),
            keys: Some(keys),
        };
        let reply = Client::new(Arc::clone(&self.link)).enrol(&request).await?;
        self.ids = reply.device.zip(reply.user);
        Ok(())
    }

    async fn token(&self) -> Result<String, SyncError> {
        let Some((device, _)) = &self.ids else {
            return Ok(String::new());
        };
        let client = Client::new(Arc::clone(&self.link));
        let sign = |nonce: &str| {
            let bytes = session::challenge(DEPLOYMENT, device, nonce);
            b64::encode(self.key.sign(&bytes).to_bytes())
        };
        let open = client
            .open_session(device, &self.log.to_string(), Vec::new(), sign)
            .await?;
        Ok(open.token)
    }

    fn frame(&self, from: u64, ops: &[String]) -> SealedFrame {
        let by = self.ids.as_ref().map_or("", |(_, user)| user.as_str());
        let texts: Vec<&str> = ops.iter().map(String::as_str).collect();
        seal(&self.key, DEPLOYMENT, self.log, by, from, &texts)
    }
}

impl Run {
    /// The rogue becomes a device, or sends something odd.
    pub(super) fn the_rogue_acts(&mut self) -> Checked {
        let Some(mut rogue) = self.rogue.take() else {
            return Ok(());
        };
        if rogue.ids.is_none() {
            drop(alone(rogue.enrol()));
            if let Some((device, _)) = &rogue.ids {
                let unit = people::HAMLETS[0].0.to_owned();
                self.grants.insert("rogue".into(), vec![unit]);
                self.rogue_id = Some(device.clone());
                self.copies.clear();
                self.tell_scopes();
            }
        } else if let Ok(token) = alone(rogue.token()) {
            self.count("rogue uploads");
            let frames = self.odd_frames(&mut rogue);
            let json = serde_json::to_vec(&OpsRequest { frames }).unwrap_or_default();
            let request = Request {
                body: Some(packing::pack(&json)),
                path: "/v1/ops".into(),
                token: Some(token),
                digest: true,
            };
            let sent = alone(rogue.link.send(request)).map(|answer| answer.status);
            self.trace
                .line(format!("the rogue sends something odd: {:?}", sent.ok()));
        }
        self.rogue = Some(rogue);
        Ok(())
    }

    fn odd_frames(&mut self, rogue: &mut Rogue) -> Vec<SealedFrame> {
        let mut ops = Vec::new();
        if rogue.next == 1 {
            let device = rogue.ids.as_ref().map(|(device, _)| device.clone());
            ops.push(json!({ "k": "open", "device": device, "reason": "new", "at": 1 }).to_string());
        }
        for _ in 0..=self.dice.below(2) {
            ops.push(self.odd_operation(rogue));
        }
        let from = if rogue.next > 1 && self.dice.one_in(3) {
            1 + self.dice.below(rogue.next - 1) // Numbers taken already: a forked log.
        } else {
            rogue.next
        };
        rogue.next = rogue.next.max(from + ops.len() as u64);
        let mut frame = rogue.frame(from, &ops);
        let mut frames = Vec::new();
        match self.dice.below(8) {
            0 => frame.s = b64::encode([7; 64]),
            1 => frame.p = frame.p.replace("\"dep\":\"sim\"", "\"dep\":\"other\""),
            2 => frames.push(SealedFrame {
                p: "{}".into(),
                s: String::new(),
            }),
            3 => frames.extend((0..9).map(|_| rogue.frame(from, &vec![ops[0].clone(); 64]))),
            _ => {}
        }
        frames.push(frame);
        frames
    }

    fn odd_operation(&mut self, rogue: &Rogue) -> String {
        let record = people::record_id(&mut self.dice);
        let known = self.records.first().map(ToString::to_string);
        let unit = people::HAMLETS[0].0;
        let set = people::session(&mut self.dice);
        let log = rogue.log;
        let any = OperationId {
            log,
            seq: 1 + self.dice.below(rogue.next + 3),
        };
        let put = |base: serde_json::Value, id: String| json!({ "k": "put", "t": "training_session", "sv": 1, "id": id, "unit": unit, "base": base, "set": set, "at": 1 });
        let id = if self.dice.one_in(2) { known } else { None };
        let id = id.unwrap_or_else(|| record.to_string());
        let op = match self.dice.below(6) {
            0 => put(json!(any.to_string()), id),
            1 => {
                json!({ "k": "void", "t": "training_session", "sv": 1, "id": id, "unit": unit, "base": null, "at": 1 })
            }
            2 => json!({ "k": "dance", "at": 1 }),
            3 => json!({ "k": "adopt", "cites": [any.to_string()], "at": 1 }),
            4 => put(json!(any.to_string()), record.to_string()),
            _ => put(serde_json::Value::Null, record.to_string()),
        };
        op.to_string()
    }

    /// The rogue, who may see nothing of it, brings a whole bundle through the front door. Says whether the centre has it;
    /// nothing when nobody answered that.
    pub(super) fn the_rogue_carries(&mut self, bundle: &[u8]) -> Option<bool> {
        let rogue = self.rogue.as_ref().filter(|rogue| rogue.ids.is_some())?;
        let bearer = format!("Bearer {}", alone(rogue.token()).ok()?);
        let headers = [("content-type", MEDIA_TYPE), ("authorization", bearer.as_str())];
        let answer = self.centre.ask("POST", "/v1/bundles", &headers, bundle.to_vec())?;
        match (answer.status, serde_json::from_slice::<BundleReply>(&answer.body)) {
            (200, Ok(reply)) => Some(reply.status == BundleStatus::Stored),
            (400 | 413, _) => Some(false),
            _ => None,
        }
    }

    /// Somebody who is no device tries the doors.
    pub(super) fn a_stranger_knocks(&mut self) -> Checked {
        self.count("stranger");
        let ask = |path: &str, kind: &str, token: &str, body: Vec<u8>| {
            let digest = packing::content_digest(&body);
            let bearer = format!("Bearer {token}");
            let headers = [
                ("content-type", kind),
                ("content-digest", digest.as_str()),
                ("authorization", bearer.as_str()),
            ];
            drop(self.network.ask_raw(path, &headers, body));
        };
        let packed = |value: serde_json::Value| packing::pack(value.to_string().as_bytes());
        ask("/v1/ops", PACKED, "AAAA", packed(json!({ "frames": [] })));
        ask("/v1/enrol", "text/plain", "", b"hello".to_vec());
        ask("/v1/enrol", PACKED, "", vec![0; 300 * 1024]);
        ask("/v1/enrol", PACKED, "", packed(json!({ "code": "AAAAA-AAAAA" })));
        ask("/v1/nowhere", PACKED, "", Vec::new());
        ask("/v1/session", PACKED, "", packed(json!({ "device": "dev_nobody" })));
        if let Some(device) = self.devices.iter().find_map(|device| device.id.clone()) {
            let proof = json!({ "device": device, "nonce": "AAAA", "sig": b64::encode([7; 64]) });
            ask("/v1/session", PACKED, "", packed(proof));
        }
        self.a_code_grows_old();
        if self.dice.one_in(4) && self.devices.iter().all(|device| device.id.is_some()) {
            for _ in 0..7 {
                let ask_again = packed(json!({ "code": "BBBBB-BBBBB" }));
                let digest = packing::content_digest(&ask_again);
                let headers = [("content-type", PACKED), ("content-digest", digest.as_str())];
                drop(self.network.ask_raw("/v1/enrol", &headers, ask_again));
            }
        }
        Ok(())
    }

    /// A code nobody used is tried after its time.
    fn a_code_grows_old(&mut self) {
        let new = hocvu_central::NewCode {
            unit: people::HAMLETS[0].0.to_owned(),
            role: None,
            user_name: None,
            days: 0,
        };
        let Some(Ok(code)) = self.centre.act(move |desk| desk.make_code("sim", new.clone())) else {
            return;
        };
        self.centre.clock.advance(5);
        let body = packing::pack(json!({ "code": code }).to_string().as_bytes());
        let headers = [("content-type", PACKED)];
        drop(self.network.ask_raw("/v1/enrol", &headers, body));
    }
}
