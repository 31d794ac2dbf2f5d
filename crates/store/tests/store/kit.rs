use hocvu_model::operation::{Kind, TRAINING_SESSION};
use hocvu_model::{LogId, OperationId, RecordId, UnitUid};
use hocvu_store::{Append, DataKey, Identity, Settlement, State, Store, Verdict, Write};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

pub const LOG: LogId = LogId([7; 16]);
pub const NOW: &str = "2025-11-22T19:30:00+07:00";

pub struct Device {
    pub dir: tempfile::TempDir,
    pub store: Store,
}

pub fn key() -> DataKey {
    DataKey::new([42; 32])
}

impl Device {
    /// An enrolled device with an empty ledger.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("a.db"), &key()).unwrap();
        store.write(|w| w.put_identity(&identity(LOG), 1)).unwrap();
        Self { dir, store }
    }

    pub fn reopen(self) -> Self {
        let Self { dir, store } = self;
        drop(store);
        let store = Store::open(&dir.path().join("a.db"), &key()).unwrap();
        Self { dir, store }
    }

    pub fn save(&self, record: u128, set: Value) -> OperationId {
        self.store.write(|w| put(w, record, "u:1", &set)).unwrap()
    }

    pub fn settle(&self, from: u64, to: u64, fseq: u64, verdict: Verdict) -> u32 {
        self.store
            .write(|w| w.settle(&[settlement(from, to, fseq, verdict)], NOW))
            .unwrap()
    }

    pub fn state(&self, seq: u64) -> State {
        let operation = self.store.read(|r| r.operation(OperationId { log: LOG, seq })).unwrap();
        operation.unwrap().state
    }
}

pub fn identity(log: LogId) -> Identity {
    Identity {
        deployment: "vl".into(),
        device: "dev_1".into(),
        log,
        unit: UnitUid::from("u:1"),
        unit_name: "Ấp Hòa Thuận".into(),
        parent_name: Some("Xã Long Hòa".into()),
        role: "team".into(),
        user_id: "usr_1".into(),
        user_name: "Lê Thị Út".into(),
        centre: "http://127.0.0.1:1".into(),
        sign_key: Zeroizing::new([1; 32]),
        seal_key: Zeroizing::new([2; 32]),
        sample: false,
    }
}

pub fn id(record: u128) -> RecordId {
    RecordId(uuid::Uuid::from_u128(record))
}

pub fn map(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

pub fn put(w: &Write<'_>, record: u128, unit: &str, set: &Value) -> hocvu_store::Result<OperationId> {
    append(w, record, Kind::Put, unit, Some(set))
}

pub fn append(
    w: &Write<'_>,
    record: u128,
    kind: Kind,
    unit: &str,
    set: Option<&Value>,
) -> hocvu_store::Result<OperationId> {
    w.append(&Append {
        record: id(record),
        kind,
        record_type: TRAINING_SESSION,
        schema_version: 1,
        unit: &UnitUid::from(unit),
        set: set.map(map).as_ref(),
        reason: None,
        void: None,
        supersedes: &[],
        at: 5,
        findings: &[],
    })
}

pub fn settlement(from: u64, to: u64, fseq: u64, verdict: Verdict) -> Settlement {
    Settlement {
        log: LOG,
        from,
        to,
        fseq,
        verdict,
        code: None,
        findings: Vec::new(),
        message: None,
    }
}

pub fn a_session(date: &str, attended: u32, female: u32) -> Value {
    json!({
        "date": date, "form": "class", "topics": ["vneid", "cashless_payment"],
        "venue": {"type": "culture_house", "name": "Nhà văn hóa ấp Đầu Giồng"},
        "facilitators": {"count": 1, "names": "Thạch Thị Đượm"},
        "counts": [{"group": "adult", "attended": attended, "female": female}, {"group": "student", "attended": 1}],
    })
}
