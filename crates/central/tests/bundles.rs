//! Bundles at the centre: whatever they come by and however often, the centre is the same; what is not whole applies nothing.

mod common;

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use common::{DEPLOYMENT, Device, Office, TestWorld, session};
use ed25519_dalek::Signer;
use hocvu_central::bundles::{receipt_file, take};
use hocvu_central::world::World;
use hocvu_central::{Config, Core, Local, keys};
use hocvu_wire::b64;
use hocvu_wire::batch::OpsRequest;
use hocvu_wire::bundle::{BadBundle, BundleId, BundleReply, BundleStatus, Kind, MEDIA_TYPE, Writer, inspect};
use hocvu_wire::frame::SealedFrame;
use hocvu_wire::keys::KeySet;
use hocvu_wire::session::{SessionOpen, SessionReply, SessionRequest, challenge};
use rusqlite::Connection;

const ID: BundleId = BundleId([9; 16]);

fn key_set(path: &Path) -> KeySet {
    let db = Connection::open(path).expect("a second connection");
    keys::working(&db).expect("readable").expect("keys").set
}

fn bundle(keys: &KeySet, device: &Device, frames: &[SealedFrame]) -> Vec<u8> {
    let mut writer = Writer::new(Cursor::new(Vec::new()), ID, keys).expect("memory");
    frames.iter().for_each(|frame| writer.frame(frame).expect("memory"));
    let at = "2025-11-22T08:00:00+07:00";
    let (_, file) = writer.finish(DEPLOYMENT, &device.id, at, &device.key).expect("memory");
    file.into_inner()
}

/// An office with keys, and a device that has written so many sessions.
fn prepared(sessions: u32) -> (Office, Device) {
    let mut office = Office::open();
    let folder = office.path.parent().expect("a folder").to_owned();
    office.core.ensure_keys(&folder).expect("room").expect("none before");
    let mut device = office.device(1, "u:1");
    device.open();
    for n in 0..sessions {
        device.create(n.into(), "u:1", session(10 + n));
    }
    (office, device)
}

/// Every row of every table, and every file beside the database.
fn picture(path: &Path) -> String {
    let db = Connection::open(path).expect("a second connection");
    let mut tables = db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .expect("sql");
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("names");
    let mut out = String::new();
    for table in tables {
        out.push_str(&format!("== {table}\n"));
        let mut rows = db.prepare(&format!("SELECT * FROM {table}")).expect("sql");
        let columns = rows.column_count();
        let mut rows = rows.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            for column in 0..columns {
                out.push_str(&format!("{:?}|", row.get_ref(column).expect("a value")));
            }
            out.push('\n');
        }
    }
    let mut files: Vec<String> = walk(path.parent().expect("a folder"));
    files.retain(|file| !file.contains("central.db"));
    files.sort();
    out + &files.join("\n")
}

fn walk(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            let bytes = std::fs::read(&path).expect("readable");
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            files.push(format!("{name} {}", hocvu_wire::packing::content_digest(&bytes)));
        }
    }
    files
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Operations,
    Relay,
    Stick,
}

/// Every different order.
fn orders(ways: &mut [Way]) -> Vec<Vec<Way>> {
    ways.sort_unstable();
    let mut all = vec![ways.to_vec()];
    loop {
        let Some(at) = (1..ways.len()).rev().find(|at| ways[at - 1] < ways[*at]) else {
            return all;
        };
        let swap = (at..ways.len())
            .rev()
            .find(|other| ways[*other] > ways[at - 1])
            .expect("a larger one");
        ways.swap(at - 1, swap);
        ways[at..].reverse();
        all.push(ways.to_vec());
    }
}

async fn token(local: &Local, device: &Device) -> String {
    let ask = async |request: &SessionRequest| -> SessionReply {
        let body = serde_json::to_vec(request).expect("json");
        let answer = local
            .ask("POST", "/v1/session", &[("content-type", "application/json")], body)
            .await
            .expect("an answer");
        serde_json::from_slice(&answer.body).expect("a reply")
    };
    let mut request = SessionRequest {
        device: device.id.clone(),
        ..SessionRequest::default()
    };
    let SessionReply::Nonce { nonce } = ask(&request).await else {
        panic!("a nonce first")
    };
    let signature = device.key.sign(&challenge(DEPLOYMENT, &device.id, &nonce));
    (request.nonce, request.sig) = (Some(nonce), Some(b64::encode(signature.to_bytes())));
    match ask(&request).await {
        SessionReply::Open(SessionOpen { token, .. }) => token,
        SessionReply::Nonce { .. } => panic!("proven, so open"),
    }
}

async fn deliver(way: Way, path: &Path, world: &Arc<TestWorld>, carrier: &Device, file: &[u8], frames: &[SealedFrame]) {
    let world = Arc::clone(world) as Arc<dyn World>;
    match way {
        Way::Operations => {
            let mut core = Core::open(path, Some(DEPLOYMENT), world).expect("the copy opens");
            let frames = frames.to_vec();
            core.ingest(OpsRequest { frames })
                .expect("no fault")
                .expect("no problem");
        }
        Way::Stick => {
            let mut core = Core::open(path, Some(DEPLOYMENT), world).expect("the copy opens");
            take(&mut Cursor::new(file), &mut core)
                .expect("no fault")
                .expect("taken");
        }
        Way::Relay => {
            let local = Local::open(Config::new(path, DEPLOYMENT, world)).expect("the copy opens");
            let bearer = format!("Bearer {}", token(&local, carrier).await);
            let headers = [("content-type", MEDIA_TYPE), ("authorization", &*bearer)];
            let answer = local
                .ask("POST", "/v1/bundles", &headers, file.to_vec())
                .await
                .expect("an answer");
            let reply: BundleReply = serde_json::from_slice(&answer.body).expect("a reply");
            assert_eq!(reply.status, BundleStatus::Stored);
            local.stop().await;
        }
    }
}

#[tokio::test]
async fn i3_the_same_bundle_by_network_twice_and_by_usb_twice_in_any_order_gives_a_byte_identical_centre() {
    let (mut office, device) = prepared(5);
    let carrier = office.device(2, "u:9"); // Without any right on what it carries.
    let frames = device.frames(4);
    let file = bundle(&key_set(&office.path), &device, &frames);
    office.core.checkpoint().expect("room");
    let mut first: Option<String> = None;
    let mut ways = [Way::Operations, Way::Relay, Way::Stick].repeat(2);
    let orders = orders(&mut ways);
    assert_eq!(orders.len(), 90);
    for order in orders {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("central.db");
        std::fs::copy(&office.path, &path).expect("room");
        for way in &order {
            deliver(*way, &path, &office.world, &carrier, &file, &frames).await;
        }
        let picture = picture(&path);
        match &first {
            None => first = Some(picture),
            Some(first) => assert!(picture == *first, "{order:?} differs:\n{picture}\n-- from --\n{first}"),
        }
    }
    let picture = first.expect("ninety orders");
    assert!(picture.contains("== bundle\n") && picture.contains("== record\n"));
}

#[test]
fn i17_altered_truncated_and_reaimed_bundles_apply_nothing() {
    let (mut office, device) = prepared(6);
    let file = bundle(&key_set(&office.path), &device, &device.frames(64));
    let before = picture(&office.path);
    let mut refused = |bytes: &[u8]| {
        take(&mut Cursor::new(bytes), &mut office.core)
            .expect("no fault")
            .expect_err("refused")
    };
    for at in 0..file.len() {
        let mut altered = file.clone();
        altered[at] ^= 1 << (at % 8);
        refused(&altered);
        refused(&file[..at]);
    }
    let mut elsewhere = Office::open();
    let folder = elsewhere.path.parent().expect("a folder").to_owned();
    elsewhere.world.now.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    elsewhere.device(7, "u:1"); // Randomness goes on: its keys are others.
    elsewhere.core.ensure_keys(&folder).expect("room");
    let reaimed = bundle(&key_set(&elsewhere.path), &device, &device.frames(64));
    assert_eq!(refused(&reaimed), BadBundle::OtherPlace, "sealed to another centre");
    let stranger = Device {
        id: "dev_unknown".into(),
        ..device.clone()
    };
    let unsigned = bundle(&key_set(&office.path), &stranger, &device.frames(64));
    assert_eq!(
        take(&mut Cursor::new(&unsigned), &mut office.core).expect("no fault"),
        Err(BadBundle::BadSignature)
    );
    assert_eq!(picture(&office.path), before, "nothing was applied");
    take(&mut Cursor::new(&file), &mut office.core)
        .expect("no fault")
        .expect("whole");
    assert_eq!(office.count("record"), 6);
    office.assert_sound();
}

#[test]
fn i19_a_bundle_of_many_operations_is_taken_in_portions_of_a_request() {
    let (mut office, device) = prepared(1_200);
    let file = bundle(&key_set(&office.path), &device, &device.frames(7));
    let took = take(&mut Cursor::new(&file), &mut office.core)
        .expect("no fault")
        .expect("whole");
    assert_eq!(took.operations, 1_201);
    assert_eq!(office.count("record"), 1_200);
    let receipt: String = office.ask("SELECT receipt FROM bundle");
    assert!(
        receipt.len() < 40_000,
        "runs are told as ranges: {} bytes",
        receipt.len()
    );
    office.assert_sound();
}

#[test]
fn i14_what_a_revoked_device_handed_in_is_set_aside_and_it_gets_no_receipt() {
    let (mut office, device) = prepared(2);
    let file = bundle(&key_set(&office.path), &device, &device.frames(64));
    office
        .core
        .transact(|desk| desk.revoke("test", &device.id))
        .expect("a known device");
    take(&mut Cursor::new(&file), &mut office.core)
        .expect("no fault")
        .expect("whole");
    assert!(office.verdicts().iter().all(|(_, verdict, _)| verdict == "quarantined"));
    let db = Connection::open(&office.path).expect("a second connection");
    assert_eq!(receipt_file(&db, ID, None).expect("readable"), None);
}

#[test]
fn keys_rotate_by_the_root_alone_and_slow_bundles_still_open() {
    let (mut office, device) = prepared(2);
    let folder = office.path.parent().expect("a folder").to_owned();
    let file = |ending: &str| {
        let found = std::fs::read_dir(&folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path());
        found
            .into_iter()
            .find(|path| path.to_string_lossy().ends_with(ending))
            .expect("written")
    };
    let old = key_set(&office.path);
    let slow = bundle(&old, &device, &device.frames(64));
    assert!(office.core.rotate_keys(&file(".recovery.key")).is_err(), "no root");
    assert_eq!(office.core.rotate_keys(&file(".root.key")).expect("the root"), 2);
    let new = key_set(&office.path);
    assert_eq!((new.version, new.recovery), (2, old.recovery));
    assert!(new.seal != old.seal && new.sign != old.sign);
    assert_eq!(
        office.core.ensure_keys(&folder).expect("readable").map(|_| ()),
        None,
        "made once"
    );
    take(&mut Cursor::new(&slow), &mut office.core)
        .expect("no fault")
        .expect("sealed to the old key");
    let db = Connection::open(&office.path).expect("a second connection");
    let receipt = receipt_file(&db, ID, None).expect("readable").expect("a receipt");
    let header = inspect(receipt.as_slice()).expect("a receipt");
    assert_eq!((header.kind, header.id, header.key), (Kind::Receipt, ID, new.sign.id()));
    office.assert_sound();
}
