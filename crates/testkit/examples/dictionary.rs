//! Trains the dictionary of the wire on synthetic batches of all sizes and writes it to the path given.
//!
//! Only for a new version of the protocol: a released dictionary never changes.

use chrono::NaiveDate;
use ed25519_dalek::SigningKey;
use hocvu_model::operation::{Draft, Kind, TRAINING_SESSION, open_text};
use hocvu_model::{LogId, OperationId, RecordId, session};
use hocvu_sync::Environment;
use hocvu_testkit::{FakeTime, Workload};
use hocvu_wire::batch::OpsRequest;
use hocvu_wire::frame;

/// Small enough to read into memory on a cold start, large enough for the shape of every line.
const BYTES_MAX: usize = 8 * 1024;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: dictionary PATH")?;
    let samples: Vec<Vec<u8>> = (0..1500).map(sample).collect();
    let dictionary = zstd::dict::from_samples(&samples, BYTES_MAX)?;
    std::fs::write(path, dictionary)?;
    Ok(())
}

fn sample(seed: u64) -> Vec<u8> {
    let time = FakeTime::at("2025-11-22T08:00:00+07:00", seed);
    let (mut log, mut key) = (LogId([0; 16]), [0; 32]);
    time.random(&mut log.0);
    time.random(&mut key);
    let key = SigningKey::from_bytes(&key);
    let unit = format!("u:{}", uuid_from(&time));
    let day = NaiveDate::from_ymd_opt(2025, 1 + (seed % 12) as u32, 1 + (seed % 28) as u32).expect("a date");
    let mut workload = Workload::new(seed, &unit, day);
    let mut seq = 1 + seed * 7 % 400;
    let mut texts = Vec::new();
    if seed.is_multiple_of(9) {
        seq = 1;
        texts.push(open_text(&uuid_from(&time).to_string(), None, "new", time.unix()));
    }
    for _ in 0..=(seed % 3) {
        let session = workload.session();
        let unit = session.unit.clone();
        let at = time.unix() + (seed * 3_571 % 30_000_000) as i64;
        let id = RecordId(uuid_from(&time));
        let edit = seed % 7 == 3;
        let base = edit.then_some(OperationId {
            log,
            seq: seq.max(2) - 1,
        });
        let mut set = session::body(&session);
        if edit {
            set.retain(|key, _| key == "counts");
        }
        let draft = Draft {
            k: Kind::Put,
            t: TRAINING_SESSION,
            sv: 1,
            id,
            unit: &unit,
            base,
            set: Some(&set),
            reason: None,
            void: None,
            supersedes: &[],
            at,
        };
        texts.push(draft.text());
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let sealed = frame::seal(&key, "vl", log, &format!("usr_{}", seed % 90), seq, &texts);
    serde_json::to_vec(&OpsRequest { frames: vec![sealed] }).expect("wire types are JSON")
}

fn uuid_from(time: &FakeTime) -> uuid::Uuid {
    let mut bytes = [0; 16];
    time.random(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
