//! The centre: batches over real HTTP, signatures checked, judged, rolled up, acknowledged after the commit.

use std::time::Instant;

use ed25519_dalek::SigningKey;
use hocvu_model::operation::{Draft, Kind, TRAINING_SESSION, open_text};
use hocvu_model::session::{self, TrainingSession};
use hocvu_model::{LogId, RecordId};
use hocvu_sync::{Client, DeviceKeyPair, Environment, HttpTransport, Request, Transport};
use hocvu_testkit::{FakeTime, TestCentral, Workload};
use hocvu_wire::batch::{OpsReply, OpsRequest, Outcome};
use hocvu_wire::enrol::{self, DeviceKeys, EnrolRequest};
use hocvu_wire::{PACKED, frame, limits, packing, session as wire_session};

use crate::Figure;
use crate::raw::Raw;

/// Sessions sent altogether.
const SESSIONS: usize = 24_000;
/// Operations of one batch: whole frames within the limit.
const BATCH: usize = limits::BATCH_OPS_MAX - limits::BATCH_OPS_MAX % limits::FRAME_OPS_MAX;

/// Operations per second with so many devices sending at once, each one batch after the other.
pub async fn ingest(devices: usize) -> Figure {
    let centre = TestCentral::start().await;
    let mut senders = Vec::new();
    let mut sessions: Vec<TrainingSession> = Vec::new();
    for at in 0..devices {
        let mut workload = Workload::new(at as u64, &centre.hamlet(), "2025-01-05".parse().expect("a date"));
        let own: Vec<_> = (0..SESSIONS / devices).map(|_| workload.session()).collect();
        senders.push(Sender::prepare(&centre, at as u64, &own).await);
        sessions.extend(own);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut raw = Raw::new(folder.path());
    let began = Instant::now();
    sessions.chunks(BATCH).for_each(|chunk| raw.insert(chunk));
    let theirs = SESSIONS as f64 / began.elapsed().as_secs_f64();

    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    senders
        .into_iter()
        .for_each(|sender| drop(tasks.spawn(sender.send_all())));
    tasks.join_all().await;
    let seconds = began.elapsed().as_secs_f64();
    let stored: i64 = centre.ask("SELECT count(*) FROM record");
    assert_eq!(stored as usize, SESSIONS / devices * devices, "every session counts");
    Figure::new(
        format!("ingest.devices_{devices}"),
        SESSIONS as f64 / seconds,
        "operations/s",
        theirs,
    )
}

/// A device with its batches packed beforehand: packing is the device's work, not the centre's.
struct Sender {
    transport: HttpTransport,
    token: String,
    batches: Vec<Vec<u8>>,
}

impl Sender {
    async fn prepare(centre: &TestCentral, seed: u64, sessions: &[TrainingSession]) -> Self {
        let time = FakeTime::at("2025-11-22T08:00:00+07:00", seed);
        let keys = DeviceKeyPair::generate(|bytes| time.random(bytes));
        let mut log = LogId([0; 16]);
        time.random(&mut log.0);
        let transport = HttpTransport::new(&centre.url()).expect("an address");
        let client = Client::new(std::sync::Arc::new(
            HttpTransport::new(&centre.url()).expect("an address"),
        ));
        let code = centre.code_for(&centre.hamlet()).await;
        let mut public = DeviceKeys {
            sign: keys.sign_public(),
            seal: keys.seal_public(),
            proof: String::new(),
            user: "Lan".into(),
            log: log.to_string(),
        };
        public.proof = keys.prove(&enrol::proof(&code, &public));
        let reply = client
            .enrol(&EnrolRequest {
                code,
                keys: Some(public),
            })
            .await
            .expect("enrolled");
        let (device, user) = (reply.device.expect("a device"), reply.user.expect("a user"));
        let sign = |nonce: &str| keys.prove(&wire_session::challenge("vl", &device, nonce));
        let open = client
            .open_session(&device, &log.to_string(), Vec::new(), sign)
            .await
            .expect("a session");
        let batches = batches(&keys.signing(), &time, log, &device, &user, sessions);
        Self {
            transport,
            token: open.token,
            batches,
        }
    }

    async fn send_all(self) {
        for body in self.batches {
            let request = Request {
                body: Some(body),
                path: "/v1/ops".into(),
                token: Some(self.token.clone()),
                digest: true,
            };
            let response = self.transport.send(request).await.expect("an answer");
            assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
            let json = if response.media_type == PACKED {
                packing::unpack(&response.body).expect("packed")
            } else {
                response.body
            };
            let reply: OpsReply = serde_json::from_slice(&json).expect("an answer");
            assert!(
                reply.r.iter().all(|outcome| matches!(outcome, Outcome::Stored { .. })),
                "{:?}",
                reply.r
            );
        }
    }
}

fn batches(
    key: &SigningKey,
    time: &FakeTime,
    log: LogId,
    device: &str,
    user: &str,
    sessions: &[TrainingSession],
) -> Vec<Vec<u8>> {
    let mut texts = vec![open_text(device, None, "new", time.unix())];
    for session in sessions {
        let mut bytes = [0; 16];
        time.random(&mut bytes);
        let id = RecordId(uuid::Builder::from_random_bytes(bytes).into_uuid());
        let set = session::body(session);
        let draft = Draft {
            k: Kind::Put,
            t: TRAINING_SESSION,
            sv: session::SCHEMA_VERSION,
            id,
            unit: &session.unit,
            base: None,
            set: Some(&set),
            reason: None,
            void: None,
            supersedes: &[],
            at: time.unix(),
        };
        texts.push(draft.text());
    }
    let mut batches = Vec::new();
    for (at, batch) in texts.chunks(BATCH).enumerate() {
        let mut frames = Vec::new();
        let mut from = (at * BATCH) as u64 + 1;
        let mut rest = batch;
        while !rest.is_empty() {
            let fits = frame::fitting(rest.iter().map(String::len));
            let ops: Vec<&str> = rest[..fits].iter().map(String::as_str).collect();
            frames.push(frame::seal(key, "vl", log, user, from, &ops));
            from += fits as u64;
            rest = &rest[fits..];
        }
        batches.push(packing::pack(
            &serde_json::to_vec(&OpsRequest { frames }).expect("wire types are JSON"),
        ));
    }
    batches
}
