use std::fs;
use std::path::Path;

use hocvu_model::OperationId;
use hocvu_store::{DataKey, Error, Store};
use rusqlite::Connection;
use serde_json::json;

use crate::kit::*;

/// The database opened behind the store's back.
fn raw(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(&format!("PRAGMA key = \"x'{}'\"", "2a".repeat(32)))
        .unwrap();
    connection
}

#[test]
fn i1_saved_is_durable() {
    let device = Device::new();
    let saved = device.save(1, a_session("2025-11-22", 22, 13));
    // What a power cut would leave: the bytes on the disk, the store still open.
    let crashed = tempfile::tempdir().unwrap();
    for name in ["a.db", "a.db-wal"] {
        fs::copy(device.dir.path().join(name), crashed.path().join(name)).unwrap();
    }
    let store = Store::open(&crashed.path().join("a.db"), &key()).unwrap();
    assert_eq!(store.integrity(), "");
    let operation = store.read(|r| r.operation(saved)).unwrap();
    assert!(
        operation.is_some(),
        "what the store returned from saving must survive a power cut"
    );
    assert_eq!(store.read(|r| r.record(id(1))).unwrap().unwrap().head, saved);
}

#[test]
fn nothing_readable_reaches_the_disk() {
    let device = Device::new();
    device.save(1, json!({"date": "2025-11-22", "note": "chim-hoang-yen-4711"}));
    device.store.backup_to(&device.dir.path().join("copy.db")).unwrap();
    let mut scanned = 0;
    for entry in fs::read_dir(device.dir.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        scanned += bytes.len();
        for canary in [&b"chim-hoang-yen-4711"[..], b"training_session", b"SQLite format 3"] {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary));
        }
    }
    assert!(scanned > 8_192, "the scan must have had something to read");
}

#[test]
fn a_wrong_key_is_refused_and_the_file_stays() {
    let device = Device::new();
    device.save(1, a_session("2025-11-22", 22, 13));
    let path = device.dir.path().join("a.db");
    let Device { dir, store } = device;
    drop(store);
    let before = fs::read(&path).unwrap();
    assert!(matches!(
        Store::open(&path, &DataKey::new([1; 32])),
        Err(Error::WrongKey)
    ));
    assert_eq!(fs::read(&path).unwrap(), before);
    Store::open(&path, &key()).unwrap();
    drop(dir);
}

#[test]
fn a_foreign_file_is_refused_and_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (plain, text, other) = (
        dir.path().join("plain"),
        dir.path().join("text"),
        dir.path().join("other"),
    );
    Connection::open(&plain)
        .unwrap()
        .execute_batch("CREATE TABLE a (b)")
        .unwrap();
    fs::write(&text, "Kính gửi: Ủy ban nhân dân\n".repeat(500)).unwrap();
    raw(&other).execute_batch("CREATE TABLE a (b)").unwrap();
    for path in [plain, text, other] {
        let before = fs::read(&path).unwrap();
        assert!(matches!(Store::open(&path, &key()), Err(Error::WrongKey)), "{path:?}");
        assert_eq!(fs::read(&path).unwrap(), before, "{path:?}");
    }
}

#[test]
fn a_newer_file_is_refused_and_stays() {
    let device = Device::new();
    let path = device.dir.path().join("a.db");
    let Device { dir, store } = device;
    drop(store);
    raw(&path).execute_batch("PRAGMA user_version = 999").unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(
        Store::open(&path, &key()),
        Err(Error::Newer { found: 999, known: 2.. })
    ));
    assert_eq!(fs::read(&path).unwrap(), before);
    drop(dir);
}

#[test]
fn the_file_is_held_alone() {
    let device = Device::new();
    let path = device.dir.path().join("a.db");
    assert!(matches!(Store::open(&path, &key()), Err(Error::InUse)));
    drop(device.store);
    Store::open(&path, &key()).unwrap();
}

#[test]
fn i20_operations_are_neither_deleted_nor_rewritten() {
    let device = Device::new();
    device.save(1, a_session("2025-11-22", 22, 13));
    let path = device.dir.path().join("a.db");
    let Device { dir, store } = device;
    drop(store);
    let raw = raw(&path);
    raw.execute_batch("PRAGMA recursive_triggers = ON").unwrap(); // As the store does.
    for sql in [
        "DELETE FROM operation",
        "UPDATE operation SET text = ''",
        "UPDATE operation SET digest = x''",
        "UPDATE operation SET seq = seq + 10",
        "UPDATE operation SET log = 9",
        "REPLACE INTO operation (number, log, seq, kind, text, digest, findings) VALUES (2, 1, 2, 'put', '', x'', '')",
    ] {
        assert!(raw.execute(sql, []).is_err(), "{sql} must be refused");
    }
    raw.execute("UPDATE operation SET state = 1", []).unwrap();
    drop(dir);
}

#[test]
fn a_failed_write_leaves_nothing() {
    let device = Device::new();
    let failed = device.store.write(|w| {
        put(w, 1, "u:1", &a_session("2025-11-22", 22, 13))?;
        Err::<(), _>(Error::NotFound("courage"))
    });
    assert!(matches!(failed, Err(Error::NotFound("courage"))));
    assert_eq!(device.store.read(|r| r.record(id(1))).unwrap(), None);
    let next = device.save(2, a_session("2025-11-22", 22, 13));
    assert_eq!(next, OperationId { log: LOG, seq: 2 }, "numbers stay dense");
}

#[test]
fn a_panic_inside_a_write_leaves_nothing_and_the_store_usable() {
    let device = Device::new();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        device.store.write(|w| -> hocvu_store::Result<()> {
            put(w, 1, "u:1", &a_session("2025-11-22", 22, 13))?;
            panic!("on purpose");
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(device.store.read(|r| r.record(id(1))).unwrap(), None);
    device.save(1, a_session("2025-11-22", 22, 13));
}

#[test]
fn backups_open_with_the_same_key_and_only_the_newest_stay() {
    let device = Device::new();
    let saved = device.save(1, a_session("2025-11-22", 22, 13));
    let dir = device.dir.path().join("backups");
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("letter.txt"), "not mine").unwrap();
    for day in 1..=5 {
        device
            .store
            .rotate_backups(&dir, 3, &format!("2025-11-0{day}"))
            .unwrap();
    }
    let mut names: Vec<_> = fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "2025-11-03.hocvu-backup",
            "2025-11-04.hocvu-backup",
            "2025-11-05.hocvu-backup",
            "letter.txt"
        ]
    );
    let copy = Store::open(&dir.join("2025-11-05.hocvu-backup"), &key()).unwrap();
    assert!(copy.read(|r| r.operation(saved)).unwrap().is_some());
}

#[test]
fn the_file_runs_with_the_settings_that_make_a_save_durable() {
    let device = Device::new();
    let store = &device.store;
    store.write(|w| w.put_setting("a", "1")).unwrap();
    assert!(device.dir.path().join("a.db-wal").exists(), "write-ahead log");
    assert!(
        !device.dir.path().join("a.db-shm").exists(),
        "held alone: no shared memory"
    );
    fn needs_send_and_sync<T: Send + Sync>(_: &T) {}
    needs_send_and_sync(store);
}

#[test]
fn damage_is_told_and_what_is_whole_can_be_read() {
    let device = Device::new();
    for record in 1..=200 {
        device.save(record, a_session("2025-11-22", 22, 13));
    }
    let path = device.dir.path().join("a.db");
    let Device { dir, store } = device;
    drop(store);
    let whole = fs::read(&path).unwrap();
    let pages = whole.len() / 4_096;
    let (mut told, mut readable) = (0, 0);
    for page in 0..pages {
        let mut bytes = whole.clone();
        bytes[page * 4_096 + 2_000] ^= 1;
        fs::write(&path, bytes).unwrap();
        let store = match Store::open(&path, &key()) {
            Ok(store) => store,
            // The first pages say what there is: without them nothing can be opened, and that is said.
            Err(Error::Damaged(_) | Error::WrongKey) => {
                told += 1;
                continue;
            }
            Err(other) => panic!("page {page}: {other}"),
        };
        // A page that is free holds nothing to be told of.
        told += usize::from(!store.integrity().is_empty());
        match store.read(|r| r.identity()) {
            Ok(found) => {
                assert_eq!(found, Some(identity(LOG)), "page {page}");
                readable += 1;
            }
            Err(Error::Damaged(_)) => assert_ne!(store.integrity(), "", "page {page}"),
            Err(other) => panic!("page {page}: {other}"),
        }
    }
    assert!(
        told * 10 > pages * 9 && readable * 4 > pages * 3,
        "{told} and {readable} of {pages}"
    );
    drop(dir);
}
