//! Devices that only write and sign, a world of one's own, and an office: a real centre on a real file without a socket.

#![allow(dead_code, reason = "every test binary uses another part")]

pub mod socket;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use ed25519_dalek::{Signer, SigningKey};
use hocvu_central::world::World;
use hocvu_central::{Core, NewCode, Reader};
use hocvu_model::ids::{LogId, OperationId, RecordId, UnitUid};
use hocvu_model::operation::{Draft, Kind, OfficeDraft, TRAINING_SESSION, open_text};
use hocvu_model::unit::{Level, Unit};
use hocvu_wire::b64;
use hocvu_wire::batch::{OpsReply, OpsRequest, Outcome, Ruling};
use hocvu_wire::changes::{Case, Change};
use hocvu_wire::enrol::{DeviceKeys, EnrolRequest, proof};
use hocvu_wire::frame::{SealedFrame, seal};
use serde_json::{Map, Value, json};
use uuid::Uuid;

pub const DEPLOYMENT: &str = "thu";
/// 22 November 2025, noon in Viet Nam.
const NOON: i64 = 1_763_787_600;

/// Time that stands still, randomness that repeats, a disk that fails on demand.
pub struct TestWorld {
    pub now: AtomicI64,
    seed: AtomicU64,
    pub disk_fails: AtomicBool,
}

impl Default for TestWorld {
    fn default() -> Self {
        Self {
            now: AtomicI64::new(NOON),
            seed: AtomicU64::new(1),
            disk_fails: AtomicBool::new(false),
        }
    }
}

impl World for TestWorld {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.now.load(Ordering::Relaxed), 0).expect("a time")
    }

    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let mut x = self.seed.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (x >> 40) as u8;
        }
    }

    fn commit_fails(&self) -> bool {
        self.disk_fails.load(Ordering::Relaxed)
    }
}

/// A centre without a socket.
pub struct Office {
    pub core: Core,
    pub world: Arc<TestWorld>,
    pub path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Office {
    pub fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("central.db");
        let world = Arc::new(TestWorld::default());
        let mut office = Self {
            core: Core::open(&path, Some(DEPLOYMENT), world.clone()).expect("a new database"),
            world,
            path,
            _folder: folder,
        };
        for (uid, parent) in [("u:1", "new:29242"), ("u:2", "new:29242"), ("u:9", "new:29254")] {
            office.add_unit(uid, parent);
        }
        office
    }

    pub fn add_unit(&mut self, uid: &str, parent: &str) {
        let unit = hamlet(uid, parent);
        self.core
            .transact(|desk| desk.add_unit("test", unit))
            .expect("a good unit");
    }

    /// A device of this unit; `n` gives its key and log.
    pub fn device(&mut self, n: u8, unit: &str) -> Device {
        let new = NewCode {
            unit: unit.into(),
            role: None,
            user_name: None,
            days: 7,
        };
        let code = self.core.transact(|desk| desk.make_code("test", new)).expect("a code");
        let mut device = Device::blank(n);
        let request = device.enrolment(&code);
        let reply = self
            .core
            .transact(|desk| desk.enrol(&request))
            .expect("no fault")
            .expect("enrolled");
        device.id = reply.device.expect("a device");
        device.user = reply.user.expect("a user");
        device
    }

    /// An officer's device over this unit.
    pub fn officer(&mut self, n: u8, unit: &str, role: &str) -> Device {
        let device = self.device(n, unit);
        let id = device.id.clone();
        self.core
            .transact(|desk| desk.grant("test", &id, unit, role))
            .expect("a known unit");
        device
    }

    /// The last ruling of each operation of this device, by number.
    pub fn ruled(&self, device: &Device) -> Vec<(String, Option<String>)> {
        let db = rusqlite::Connection::open(&self.path).expect("a second connection");
        let mut read = db
            .prepare("SELECT verdict, code FROM operation o JOIN log l ON l.no = o.log WHERE l.id = ?1 ORDER BY seq")
            .expect("sql");
        read.query_map([device.log.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("rows")
            .collect::<Result<_, _>>()
            .expect("rows")
    }

    /// Verdict and code of the last operation of this device.
    pub fn last(&self, device: &Device) -> String {
        let (verdict, code) = self.ruled(device).pop().expect("stored");
        code.map_or(verdict.clone(), |code| format!("{verdict} {code}"))
    }

    /// Sends everything the device wrote and gives the ruling on its last operation.
    pub fn deliver(&mut self, device: &Device) -> String {
        self.send(device.frames(64));
        self.last(device)
    }

    /// Cases in the whole feed of a device, by operation.
    pub fn cases(&self, device: &Device) -> Vec<Case> {
        let cases = self.feed(device, 7).into_iter().filter_map(|change| match change {
            Change::Case(case) => Some(*case),
            _ => None,
        });
        cases.collect()
    }

    pub fn ask<T: rusqlite::types::FromSql>(&self, sql: &str) -> T {
        let db = rusqlite::Connection::open(&self.path).expect("a second connection");
        db.query_row(sql, [], |row| row.get(0)).expect("the question is right")
    }

    pub fn send(&mut self, frames: Vec<SealedFrame>) -> OpsReply {
        self.core
            .ingest(OpsRequest { frames })
            .expect("no fault of the centre")
            .expect("no problem of the request")
    }

    /// The ruling on each operation, as the database has it.
    pub fn verdicts(&self) -> Vec<(u64, String, Option<String>)> {
        let db = rusqlite::Connection::open(&self.path).expect("a second connection");
        let mut read = db
            .prepare("SELECT seq, verdict, code FROM operation ORDER BY log, seq")
            .expect("sql");
        read.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .expect("rows")
            .collect::<Result<_, _>>()
            .expect("rows")
    }

    pub fn verdict(&self, seq: u64) -> (String, Option<String>) {
        let (_, verdict, code) = self.verdicts().into_iter().find(|row| row.0 == seq).expect("stored");
        (verdict, code)
    }

    pub fn count(&self, table: &str) -> i64 {
        let db = rusqlite::Connection::open(&self.path).expect("a second connection");
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
            .expect("a table")
    }

    /// Record id, unit, body and void of every record, and every figure, as texts: the state to compare.
    pub fn state(&self) -> Vec<String> {
        let db = rusqlite::Connection::open(&self.path).expect("a second connection");
        let mut state = Vec::new();
        for sql in [
            "SELECT hex(r.id) || ' ' || p.uid || ' ' || r.void || ' ' || r.body FROM record r JOIN place p ON p.no = r.unit",
            "SELECT p.uid || date || target_group || '|' || sessions || '|' || attended || '|' || female FROM rollup JOIN place p ON p.no = unit WHERE sessions <> 0",
            "SELECT hex(l.id) || ' ' || seq || ' ' || verdict || ' ' || coalesce(code, '') FROM operation o JOIN log l ON l.no = o.log",
        ] {
            let mut read = db.prepare(sql).expect("sql");
            let rows: Result<Vec<String>, _> = read.query_map([], |row| row.get(0)).expect("rows").collect();
            state.extend(rows.expect("texts"));
        }
        state.sort();
        state
    }

    pub fn attended(&self, unit: &str) -> i64 {
        let db = rusqlite::Connection::open(&self.path).expect("a second connection");
        db.query_row(
            "SELECT coalesce(sum(attended), 0) FROM rollup JOIN place p ON p.no = unit WHERE target_group = '' AND p.uid = ?1",
            [unit],
            |row| row.get(0),
        )
        .expect("a sum")
    }

    pub fn no(&self, device: &Device) -> i64 {
        self.core.directory().device(&device.id).expect("enrolled").no
    }

    /// The whole feed of a device, in pages of `limit`.
    pub fn feed(&self, device: &Device, limit: usize) -> Vec<Change> {
        let mut reader = Reader::open(&self.path).expect("a reader");
        let (mut changes, mut cursor) = (Vec::new(), None);
        loop {
            let page = reader
                .page(self.no(device), cursor.as_deref(), limit)
                .expect("no fault")
                .expect("allowed");
            changes.extend(page.changes);
            cursor = Some(page.cursor);
            if !page.more {
                return changes;
            }
        }
    }

    /// A copy of the file as it is.
    pub fn copy(&self) -> PathBuf {
        let copy = self.path.with_extension(format!("copy{}", self.count("operation")));
        let db = rusqlite::Connection::open(&self.path).expect("a second connection");
        db.execute("VACUUM INTO ?1", [copy.to_str().expect("a plain path")])
            .expect("a copy");
        copy
    }

    /// Puts a file in the place of the database, as somebody would who knows nothing of epochs.
    pub fn put_back(&mut self, copy: &std::path::Path) {
        let elsewhere = self.path.with_extension("elsewhere");
        self.core = Core::open(&elsewhere, Some(DEPLOYMENT), self.world.clone()).expect("a new database");
        for ending in ["", "-wal", "-shm"] {
            let mut name = self.path.clone().into_os_string();
            name.push(ending);
            drop(std::fs::remove_file(name));
        }
        std::fs::copy(copy, &self.path).expect("copied");
        self.core = Core::open(&self.path, None, self.world.clone()).expect("the copy opens");
    }

    /// The file proves itself: I8 and the rest of `verify`.
    pub fn assert_sound(&self) {
        let db = rusqlite::Connection::open(&self.path).expect("a second connection");
        let verified = hocvu_central::verify::verify(&db).expect("readable");
        assert_eq!(verified.faults, Vec::<String>::new());
    }
}

pub fn hamlet(uid: &str, parent: &str) -> Unit {
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

/// A machine that writes operations and signs them.
#[derive(Clone)]
pub struct Device {
    pub key: SigningKey,
    pub log: LogId,
    pub id: String,
    pub user: String,
    pub texts: Vec<String>,
    pub at: i64,
}

impl Device {
    pub fn blank(n: u8) -> Self {
        Self {
            key: SigningKey::from_bytes(&[n; 32]),
            log: LogId([n; 16]),
            id: String::new(),
            user: "usr".into(),
            texts: Vec::new(),
            at: NOON,
        }
    }

    pub fn enrolment(&self, code: &str) -> EnrolRequest {
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

    pub fn op(&self, seq: u64) -> OperationId {
        OperationId { log: self.log, seq }
    }

    /// Writes any text as the next operation.
    pub fn write(&mut self, text: String) -> OperationId {
        self.texts.push(text);
        self.op(self.texts.len() as u64)
    }

    pub fn open(&mut self) -> OperationId {
        let text = open_text(&self.id.clone(), None, "new", self.at);
        self.write(text)
    }

    pub fn act(
        &mut self,
        kind: Kind,
        record: u128,
        unit: &str,
        base: Option<OperationId>,
        set: Option<Value>,
    ) -> OperationId {
        self.act_of(TRAINING_SESSION, kind, record, unit, base, set)
    }

    /// An act on a record of this kind.
    pub fn act_of(
        &mut self,
        record_kind: &str,
        kind: Kind,
        record: u128,
        unit: &str,
        base: Option<OperationId>,
        set: Option<Value>,
    ) -> OperationId {
        let set: Option<Map<String, Value>> = set.map(|set| set.as_object().expect("an object").clone());
        let text = Draft {
            k: kind,
            t: record_kind,
            sv: 1,
            id: RecordId(Uuid::from_u128(record)),
            unit: &UnitUid::from(unit),
            base,
            set: set.as_ref(),
            reason: None,
            void: None,
            supersedes: &[],
            at: self.at,
        }
        .text();
        self.write(text)
    }

    /// An act with a reason: a correction, or a settlement of branches.
    pub fn decide(
        &mut self,
        kind: Kind,
        record: u128,
        base: OperationId,
        set: Value,
        closes: &[OperationId],
    ) -> OperationId {
        let set = set.as_object().expect("an object").clone();
        let text = Draft {
            k: kind,
            t: TRAINING_SESSION,
            sv: 1,
            id: RecordId(Uuid::from_u128(record)),
            unit: &UnitUid::from("u:1"),
            base: Some(base),
            set: Some(&set),
            reason: Some("Đã gọi điện kiểm tra"),
            void: None,
            supersedes: closes,
            at: self.at,
        }
        .text();
        self.write(text)
    }

    pub fn correct(&mut self, record: u128, base: OperationId, set: Value) -> OperationId {
        self.decide(Kind::Correct, record, base, set, &[])
    }

    pub fn resolve(&mut self, record: u128, base: OperationId, closes: &[OperationId], set: Value) -> OperationId {
        self.decide(Kind::Resolve, record, base, set, closes)
    }

    /// An act of an office about these operations.
    pub fn office(&mut self, kind: Kind, cites: &[OperationId], unit: Option<&str>) -> OperationId {
        let unit = unit.map(UnitUid::from);
        let text = OfficeDraft {
            cites,
            unit: unit.as_ref(),
            reason: Some("Không phải địa bàn của ấp"),
            ..OfficeDraft::new(kind, self.at)
        }
        .text();
        self.write(text)
    }

    pub fn create(&mut self, record: u128, unit: &str, body: Value) -> OperationId {
        self.act(Kind::Put, record, unit, None, Some(body))
    }

    pub fn edit(&mut self, record: u128, unit: &str, base: OperationId, set: Value) -> OperationId {
        self.act(Kind::Put, record, unit, Some(base), Some(set))
    }

    /// Operations `from..=to` as one frame.
    pub fn frame(&self, from: u64, to: u64) -> SealedFrame {
        let texts: Vec<&str> = self.texts[from as usize - 1..to as usize]
            .iter()
            .map(String::as_str)
            .collect();
        seal(&self.key, DEPLOYMENT, self.log, &self.user, from, &texts)
    }

    /// Everything written so far in frames of `size`.
    pub fn frames(&self, size: usize) -> Vec<SealedFrame> {
        (1..=self.texts.len() as u64)
            .step_by(size)
            .map(|from| self.frame(from, (from + size as u64 - 1).min(self.texts.len() as u64)))
            .collect()
    }
}

/// A session of one line.
pub fn session(attended: u32) -> Value {
    json!({
        "date": "2025-11-20", "form": "class", "topics": ["vneid"], "note": "Tại nhà văn hóa ấp",
        "counts": [{"group": "adult", "attended": attended, "female": attended / 2}]
    })
}

/// Pupils of one class as told on a day.
pub fn coverage(numerator: u32, day: &str) -> Value {
    json!({
        "target_group": "pupil_lower_secondary", "grade": 6, "class": "6A1", "measure": "skilled",
        "numerator": numerator, "population": 41, "as_of": day, "evidence_kind": "school_assessed",
        "school_year": "2025-2026", "source": "Báo cáo của trường"
    })
}

/// A body of every kind of record, good as it is.
pub fn of_every_kind() -> Vec<(&'static str, Value)> {
    let subject = RecordId(Uuid::from_u128(10));
    vec![
        (TRAINING_SESSION, session(20)),
        ("coverage", coverage(38, "2025-11-20")),
        (
            "population",
            json!({
                "target_group": "adult", "value": 1234, "excluded": 34, "exclusion_reason": "Đi làm ăn xa",
                "basis": "actual_residents", "as_of": "2025-11-20", "source": "Công an xã"
            }),
        ),
        (
            "team",
            json!({"name": "Tổ ấp Hòa Thuận", "members": 7, "female": 3, "leader_name": "Lan", "active_from": "2025-07-01"}),
        ),
        (
            "comment",
            json!({"subject": subject, "text": "Xem lại số nữ", "flag": "question"}),
        ),
        (
            "period_report",
            json!({
                "regime": "decree09", "label": "2025-11", "from": "2025-10-15", "to": "2025-11-14", "state": "draft",
                "results": "31 lượt người", "figures": {"sessions": 1}
            }),
        ),
    ]
}

/// One outcome per operation, in order.
pub fn rulings(reply: &OpsReply) -> Vec<(u64, u64, Ruling)> {
    let mut all = Vec::new();
    for outcome in &reply.r {
        if let Outcome::Stored {
            from, to, fseq, ruling, ..
        } = outcome
        {
            for seq in *from..=to.unwrap_or(*from) {
                all.push((seq, fseq + seq - from, ruling.clone()));
            }
        }
    }
    all
}
