//! I12: an older or foreign copy of the file never puts two operations under one number, and nothing of either is dropped.

use std::fs;

use hocvu_model::operation::Operation;
use hocvu_model::{LogId, OperationId};
use hocvu_store::{ExportScope, Fork, Frame, Settlement, Store, Tab, Verdict};
use serde_json::json;

use crate::kit::*;

const NEW: LogId = LogId([8; 16]);

fn watch(store: &Store, device: &Device, machine: &str, new: LogId) -> Option<Fork> {
    store
        .watch(&device.dir.path().join("a.witness"), machine, new, 9)
        .unwrap()
}

fn log(store: &Store) -> LogId {
    store.read(|r| r.identity()).unwrap().unwrap().log
}

#[test]
fn i12_an_older_copy_goes_on_in_a_new_log() {
    let device = Device::new();
    assert_eq!(watch(&device.store, &device, "pc-1", NEW), None);
    device.save(1, a_session("2025-11-22", 20, 10));
    let copy = device.dir.path().join("copy.db");
    device.store.backup_to(&copy).unwrap();
    device.save(2, a_session("2025-11-22", 21, 11));
    let device = device.reopen();
    assert_eq!(
        watch(&device.store, &device, "pc-1", NEW),
        None,
        "the file itself is no copy"
    );
    let Device { dir, store } = device;
    drop(store);
    for name in ["a.db-wal", "a.db-shm"] {
        let _ = fs::remove_file(dir.path().join(name));
    }
    fs::rename(&copy, dir.path().join("a.db")).unwrap();
    let device = Device {
        store: Store::open(&dir.path().join("a.db"), &key()).unwrap(),
        dir,
    };
    assert_eq!(watch(&device.store, &device, "pc-1", NEW), Some(Fork::Restored));
    assert_eq!(log(&device.store), NEW);
    let next = device.save(3, a_session("2025-11-23", 5, 1));
    assert_eq!(next, OperationId { log: NEW, seq: 2 });
    let open = device.store.read(|r| r.unframed(NEW, 1, usize::MAX)).unwrap();
    assert!(
        open[0].1.contains("restored") && open[0].1.contains(&LOG.to_string()),
        "{}",
        open[0].1
    );
    let logs = device.store.read(|r| r.logs_to_seal()).unwrap();
    assert_eq!(logs, [LOG, NEW], "what the old log has not sent is still sent");
    let device = device.reopen();
    assert_eq!(watch(&device.store, &device, "pc-1", LogId([3; 16])), None, "once");
}

#[test]
fn i12_a_copy_on_another_machine_goes_on_in_a_new_log() {
    let device = Device::new();
    watch(&device.store, &device, "pc-1", NEW);
    device.save(1, a_session("2025-11-22", 20, 10));
    let device = device.reopen();
    assert_eq!(
        watch(&device.store, &device, "", NEW),
        None,
        "a machine that cannot be told proves nothing"
    );
    let device = device.reopen();
    assert_eq!(watch(&device.store, &device, "pc-2", NEW), Some(Fork::Cloned));
    assert_eq!(
        device.save(1, json!({"note": "mended"})),
        OperationId { log: NEW, seq: 2 }
    );
    let device = device.reopen();
    assert_eq!(watch(&device.store, &device, "pc-2", LogId([3; 16])), None, "once");
}

#[test]
fn i12_a_lost_or_torn_witness_stops_nobody() {
    let device = Device::new();
    watch(&device.store, &device, "pc-1", NEW);
    device.save(1, a_session("2025-11-22", 20, 10));
    let witness = device.dir.path().join("a.witness");
    let whole = fs::read(&witness).unwrap();
    fs::write(&witness, &whole[..30]).unwrap();
    let device = device.reopen();
    assert_eq!(watch(&device.store, &device, "pc-1", NEW), None);
    assert_eq!(fs::read(&witness).unwrap(), whole, "and it is kept again");
    fs::remove_file(&witness).unwrap();
    let device = device.reopen();
    assert_eq!(watch(&device.store, &device, "pc-1", NEW), None);
    assert_eq!(log(&device.store), LOG);
}

#[test]
fn i12_what_lost_its_number_is_said_again_and_counted_once() {
    let device = Device::new();
    device.save(1, a_session("2025-11-22", 20, 10)); // 2, confirmed before the fork.
    device.save(1, json!({"note": "forked"})); // 3
    device.save(2, a_session("2025-11-23", 5, 1)); // 4, never confirmed.
    device.save(1, json!({"note": "on the forked one"})); // 5
    device.settle(1, 2, 1, Verdict::Accepted);
    let forked = Settlement {
        code: Some("LOG_FORKED".into()),
        ..settlement(3, 3, 3, Verdict::Quarantined)
    };
    let before = device.store.read(|r| Ok((r.record(id(1))?, r.record(id(2))?))).unwrap();
    device.store.write(|w| w.settle(&[forked], NOW)).unwrap();
    assert!(device.store.read(|r| r.is_forked()).unwrap());
    assert_eq!(device.store.write(|w| w.salvage_forked(NEW, 9)).unwrap(), 3);
    assert!(!device.store.read(|r| r.is_forked()).unwrap());
    assert_eq!(
        device.store.write(|w| w.salvage_forked(LogId([3; 16]), 9)).unwrap(),
        0,
        "once"
    );

    let after = device.store.read(|r| Ok((r.record(id(1))?, r.record(id(2))?))).unwrap();
    let bodies = |pair: &(Option<hocvu_store::RecordView>, Option<hocvu_store::RecordView>)| {
        [&pair.0, &pair.1].map(|view| view.as_ref().unwrap().body.clone())
    };
    assert_eq!(bodies(&after), bodies(&before), "nothing a person wrote is dropped");
    let (waiting, total) = device.store.read(|r| r.list(Tab::Waiting, 0, 9)).unwrap();
    let ids: Vec<_> = waiting.iter().map(|row| row.id).collect();
    assert_eq!(ids, [4, 3, 2].map(|seq| OperationId { log: NEW, seq }));
    let tally = device.store.read(|r| r.tally()).unwrap();
    assert_eq!((tally.waiting, tally.sent, total), (3, 1, 3), "each counts once");
    let base = |row: usize| Operation::parse(&waiting[row].text).unwrap().base;
    assert_eq!(
        base(2),
        Some(OperationId { log: LOG, seq: 2 }),
        "what stayed is named as it was"
    );
    assert_eq!(
        base(0),
        Some(OperationId { log: NEW, seq: 2 }),
        "what moved is named where it is now"
    );
    assert_eq!(
        device.store.write(|w| w.retry_refused()).unwrap(),
        0,
        "the old ones are not sent any more"
    );
    let told = device
        .store
        .read(|r| r.operation(OperationId { log: LOG, seq: 4 }))
        .unwrap()
        .unwrap();
    assert!(told.moved);
}

#[test]
fn i12_what_names_a_moved_operation_moves_with_it() {
    let device = Device::new();
    device.save(1, a_session("2025-11-22", 20, 10)); // old log, 2
    device.store.write(|w| w.renew_log(NEW, Fork::Restored, 9)).unwrap();
    device.save(1, json!({"note": "in the new log"})); // NEW:2, on LOG:2
    let forked = Settlement {
        code: Some("LOG_FORKED".into()),
        ..settlement(2, 2, 3, Verdict::Quarantined)
    };
    device.settle(1, 1, 1, Verdict::Accepted);
    device.store.write(|w| w.settle(&[forked], NOW)).unwrap();
    assert_eq!(device.store.write(|w| w.salvage_forked(LogId([3; 16]), 9)).unwrap(), 2);
    assert_eq!(log(&device.store), NEW, "the present log is not forked");
    let (waiting, _) = device.store.read(|r| r.list(Tab::Waiting, 0, 9)).unwrap();
    let base = Operation::parse(&waiting[0].text).unwrap().base;
    assert_eq!(base, Some(waiting[1].id));
    let view = device.store.read(|r| r.record(id(1))).unwrap().unwrap();
    assert_eq!(
        (view.body["note"].as_str(), view.head),
        (Some("in the new log"), waiting[0].id)
    );
}

#[test]
fn i6_what_moved_before_it_was_sealed_never_leaves() {
    let device = Device::new();
    device.save(1, a_session("2025-11-22", 20, 10)); // old log, 2
    device.store.write(|w| w.renew_log(NEW, Fork::Restored, 9)).unwrap();
    device.save(2, a_session("2025-11-23", 5, 1)); // NEW:2
    device.save(1, json!({"note": "of the lost one"})); // NEW:3, on LOG:2
    device.save(3, a_session("2025-11-24", 6, 2)); // NEW:4
    let forked = Settlement {
        code: Some("LOG_FORKED".into()),
        ..settlement(2, 2, 3, Verdict::Quarantined)
    };
    device.settle(1, 1, 1, Verdict::Accepted);
    device.store.write(|w| w.settle(&[forked], NOW)).unwrap();
    device.store.write(|w| w.salvage_forked(LogId([3; 16]), 9)).unwrap(); // NEW:5 and NEW:6
    let mut sealed = Vec::new();
    loop {
        let run = device.store.read(|r| r.unframed(NEW, 64, usize::MAX)).unwrap();
        let (Some((from, _)), Some((to, _))) = (run.first(), run.last()) else {
            break;
        };
        let frame = Frame {
            log: NEW,
            from: *from,
            to: *to,
            text: String::new(),
            signature: String::new(),
        };
        device.store.write(|w| w.put_frame(&frame)).unwrap();
        sealed.push((*from, *to));
    }
    assert_eq!(
        sealed,
        [(1, 2), (4, 6)],
        "at the centre its base would be another's work"
    );
    let unsent = |r: &hocvu_store::Read<'_>| r.frames_to_export(ExportScope::Unsent, 0, 9);
    let by_hand = device.store.read(unsent).unwrap().into_iter();
    let by_hand: Vec<_> = by_hand.map(|(_, frame)| (frame.from, frame.to)).collect();
    assert_eq!(by_hand, sealed, "nor is it carried there by hand");
    let sending = || device.store.read(|r| r.frames_to_send(64)).unwrap().len();
    assert_eq!(sending(), 2);
    let all = Settlement {
        log: NEW,
        ..settlement(1, 2, 10, Verdict::Accepted)
    };
    let rest = Settlement {
        log: NEW,
        ..settlement(4, 6, 12, Verdict::Accepted)
    };
    device.store.write(|w| w.settle(&[all, rest], NOW)).unwrap();
    assert_eq!(sending(), 0);
    let tally = device.store.read(|r| r.tally()).unwrap();
    assert_eq!((tally.waiting, tally.sent), (0, 4), "each counts once");
}

#[test]
fn i7_conservation_every_operation_of_a_log_is_in_one_state() {
    let device = Device::new();
    for record in 1..=8 {
        device.save(record, a_session("2025-11-22", 20, 10));
    }
    let verdicts = [
        Verdict::Accepted,
        Verdict::Merged,
        Verdict::Conflicted,
        Verdict::Rejected,
        Verdict::Held,
        Verdict::Quarantined,
    ];
    for (seq, verdict) in (2..).zip(verdicts) {
        device.settle(seq, seq, seq, verdict);
    }
    let kept = device.store.read(|r| r.conservation()).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].log, kept[0].authored), (LOG, 9));
    assert_eq!(kept[0].unsent, 3, "open too");
    assert_eq!(verdicts.map(|verdict| kept[0].of(verdict)), [1; 6]);
    assert_eq!(
        kept[0].authored,
        kept[0].unsent + verdicts.map(|verdict| kept[0].of(verdict)).iter().sum::<u32>()
    );
}
