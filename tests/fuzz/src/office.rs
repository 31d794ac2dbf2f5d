//! A centre without a socket, the same every time, and hands that write operations for it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use ed25519_dalek::{Signer, SigningKey};
use hocvu_central::world::World;
use hocvu_central::{Core, NewCode, Reader};
use hocvu_model::ids::{LogId, OperationId, RecordId, UnitUid};
use hocvu_model::operation::{Draft, Kind, TRAINING_SESSION, open_text};
use hocvu_model::unit::{Level, Unit};
use hocvu_wire::b64;
use hocvu_wire::batch::{OpsReply, OpsRequest};
use hocvu_wire::enrol::{DeviceKeys, EnrolRequest, proof};
use hocvu_wire::frame::{SealedFrame, seal};
use hocvu_wire::problem::Problem;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const DEPLOYMENT: &str = "fuzz";
/// 22 November 2025, noon in Viet Nam.
const NOON: i64 = 1_763_787_600;
/// Hamlets of two communes: `u:1` and `u:2` of one, `u:9` of the other.
const HAMLETS: [(&str, &str); 3] = [("u:1", "new:29242"), ("u:2", "new:29242"), ("u:9", "new:29254")];
/// Devices every office knows: key and log number, unit, role.
pub(crate) const DEVICES: [(u8, &str, &str); 3] = [(1, "u:1", "team"), (2, "u:9", "team"), (3, "new:29242", "commune")];

/// Time that stands still, randomness that repeats.
struct StillWorld(AtomicU64);

impl World for StillWorld {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(NOON, 0).expect("a time")
    }

    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let mut x = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (x >> 40) as u8;
        }
    }
}

/// A centre on a file of its own.
pub(crate) struct Office {
    pub(crate) core: Core,
    pub(crate) path: PathBuf,
    /// An enrolment code nobody used yet.
    pub(crate) code: String,
    _folder: TempDir,
}

thread_local! {
    /// The file every office begins as: made once, then copied.
    static TEMPLATE: OnceCell<(Vec<u8>, String)> = const { OnceCell::new() };
}

impl Office {
    /// The office of every run: three hamlets, three devices, one unused code, nothing sent yet.
    pub(crate) fn open() -> Self {
        let folder = folder();
        let path = folder.path().join("central.db");
        let code = TEMPLATE.with(|template| {
            let (bytes, code) = template.get_or_init(make);
            std::fs::write(&path, bytes).expect("a folder to write to");
            code.clone()
        });
        Self {
            core: Core::open(&path, None, Arc::new(StillWorld(AtomicU64::new(99)))).expect("a copy of a good file"),
            path,
            code,
            _folder: folder,
        }
    }

    /// Delivers a request: never a fault of the centre, whatever is in it.
    pub(crate) fn deliver(&mut self, request: OpsRequest) -> Result<OpsReply, Box<Problem>> {
        self.core
            .ingest(request)
            .expect("nothing a client sends is a fault of the centre")
    }

    /// Operations, quarantined ones, records, devices and the last feed number: what a refused request must not change.
    pub(crate) fn counts(&self) -> [u64; 6] {
        let db = self.reader();
        let sql = "SELECT (SELECT count(*) FROM operation), (SELECT count(*) FROM quarantine),
                   (SELECT count(*) FROM record), (SELECT count(*) FROM device), (SELECT count(*) FROM audit),
                   (SELECT fseq FROM counter)";
        db.query_row(sql, [], |row| {
            Ok([
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
            ])
        })
        .expect("known tables")
    }

    /// The file proves itself: signatures, the fold of all operations, every figure (I8).
    pub(crate) fn assert_sound(&self) {
        let verified = hocvu_central::verify::verify(&self.reader()).expect("readable");
        assert_eq!(verified.faults, Vec::<String>::new());
    }

    /// Number of the device of this hand.
    pub(crate) fn device_no(&self, n: u8) -> i64 {
        let log = self.core.directory().log(LogId([n; 16]));
        log.expect("a device of every office").device
    }

    pub(crate) fn feed(&self) -> Reader {
        Reader::open(&self.path).expect("a second connection")
    }

    fn reader(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(&self.path).expect("a second connection")
    }
}

/// A folder in memory where the system has one: a fuzzer would wear out a disk.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    folder.expect("a folder for temporary files")
}

fn make() -> (Vec<u8>, String) {
    let folder = folder();
    let path = folder.path().join("central.db");
    let mut core =
        Core::open(&path, Some(DEPLOYMENT), Arc::new(StillWorld(AtomicU64::new(1)))).expect("a new database");
    for (uid, parent) in HAMLETS {
        core.transact(|desk| desk.add_unit("fuzz", hamlet(uid, parent)))
            .expect("a good unit");
    }
    let code_for = |core: &mut Core, unit: &str, role: &str| {
        let new = NewCode {
            unit: unit.into(),
            role: Some(role.into()),
            user_name: None,
            days: 7,
        };
        core.transact(|desk| desk.make_code("fuzz", new)).expect("a code")
    };
    for (n, unit, role) in DEVICES {
        let code = code_for(&mut core, unit, role);
        let request = Hand::of(n).enrolment(&code);
        let enrolled = core.transact(|desk| desk.enrol(&request)).expect("no fault");
        enrolled.expect("enrolled");
    }
    let code = code_for(&mut core, "u:2", "team");
    core.checkpoint().expect("the log moves into the file");
    drop(core);
    (std::fs::read(&path).expect("the file"), code)
}

fn hamlet(uid: &str, parent: &str) -> Unit {
    Unit {
        uid: uid.into(),
        code: None,
        level: Level::Hamlet,
        name: format!("Ấp {uid}"),
        parent: Some(parent.into()),
        valid_from: None,
        valid_to: None,
        sort: None,
        members: Vec::new(),
        void: false,
    }
}

/// One who writes operations and signs them; its number gives key and log.
pub(crate) struct Hand {
    key: SigningKey,
    log: LogId,
    texts: Vec<String>,
}

impl Hand {
    pub(crate) fn of(n: u8) -> Self {
        Self {
            key: SigningKey::from_bytes(&[n; 32]),
            log: LogId([n; 16]),
            texts: Vec::new(),
        }
    }

    pub(crate) fn enrolment(&self, code: &str) -> EnrolRequest {
        let mut keys = DeviceKeys {
            sign: b64::encode(self.key.verifying_key().to_bytes()),
            seal: b64::encode([1; 32]),
            proof: String::new(),
            user: "Lan".into(),
            log: self.log.to_string(),
        };
        keys.proof = b64::encode(self.key.sign(&proof(code, &keys)).to_bytes());
        EnrolRequest {
            code: code.into(),
            keys: Some(keys),
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.texts.len() as u64
    }

    pub(crate) fn write(&mut self, text: String) -> OperationId {
        self.texts.push(text);
        OperationId {
            log: self.log,
            seq: self.count(),
        }
    }

    pub(crate) fn open(&mut self) -> OperationId {
        self.write(open_text("dev_fuzz", None, "new", NOON))
    }

    pub(crate) fn create(&mut self, record: u128, unit: &str, body: Value) -> OperationId {
        self.act(Kind::Put, record, unit, None, Some(body))
    }

    pub(crate) fn act(
        &mut self,
        kind: Kind,
        record: u128,
        unit: &str,
        base: Option<OperationId>,
        set: Option<Value>,
    ) -> OperationId {
        let set: Option<Map<String, Value>> = set.map(|set| set.as_object().expect("an object").clone());
        let draft = Draft {
            k: kind,
            t: TRAINING_SESSION,
            sv: 1,
            id: RecordId(Uuid::from_u128(record)),
            unit: &UnitUid::from(unit),
            base,
            set: set.as_ref(),
            reason: None,
            void: None,
            supersedes: &[],
            at: NOON,
        };
        self.write(draft.text())
    }

    /// Operations `from..=to` as one frame.
    pub(crate) fn frame(&self, from: u64, to: u64) -> SealedFrame {
        let chosen = &self.texts[from as usize - 1..to as usize];
        self.seal(from, &chosen.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Any texts as operations `from…`.
    pub(crate) fn seal(&self, from: u64, ops: &[&str]) -> SealedFrame {
        seal(&self.key, DEPLOYMENT, self.log, "usr_fuzz", from, ops)
    }

    /// What was written, one line per operation.
    pub(crate) fn lines(&self) -> String {
        self.texts.join("\n")
    }
}

/// A session with one line of counts.
pub(crate) fn session(attended: u32) -> Value {
    json!({
        "date": "2025-11-20", "form": "class", "topics": ["vneid"], "note": "Tại nhà văn hóa ấp",
        "counts": [{"group": "adult", "attended": attended, "female": attended / 2}]
    })
}
