use hocvu_model::operation::{self, Kind, Operation};
use hocvu_model::{Finding, FindingCode, LogId, OperationId};
use hocvu_store::{Frame, State, Status, Tab, Tally, Verdict};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::kit::*;

fn frame(from: u64, to: u64) -> Frame {
    Frame {
        log: LOG,
        from,
        to,
        text: format!("text {from}-{to}"),
        signature: "signature".into(),
    }
}

#[test]
fn a_log_begins_with_open_and_numbers_are_dense() {
    let device = Device::new();
    let run = device.store.read(|r| r.unframed(LOG, 10, usize::MAX)).unwrap();
    assert_eq!(run.len(), 1);
    assert_eq!(Operation::parse(&run[0].1).unwrap().k, Kind::Open);
    for record in 1..=3 {
        assert_eq!(
            device.save(record, json!({"date": "2025-11-22"})).seq,
            record as u64 + 1
        );
    }
    assert_eq!(
        device.store.read(|r| r.tally()).unwrap(),
        Tally {
            waiting: 3,
            sent: 0,
            attention: 0,
            ..Tally::default()
        },
        "open is no work of a person"
    );
}

#[test]
fn the_base_is_the_head_this_device_sees() {
    let device = Device::new();
    let first = device.save(1, json!({"note": "a"}));
    let second = device.save(1, json!({"note": "b"}));
    let base = |id| {
        let text = device.store.read(|r| r.operation(id)).unwrap().unwrap().text;
        Operation::parse(&text).unwrap().base
    };
    assert_eq!((base(first), base(second)), (None, Some(first)));
    let stored = device.store.read(|r| r.operation(second)).unwrap().unwrap();
    assert_eq!(stored.digest, operation::digest(&stored.text));
}

#[test]
fn frames_are_cut_once_and_sent_whole() {
    let device = Device::new();
    for record in 1..=9 {
        device.save(record, json!({"date": "2025-11-22"}));
    }
    let unframed = |ops, bytes| -> Vec<u64> {
        let run = device.store.read(|r| r.unframed(LOG, ops, bytes)).unwrap();
        run.into_iter().map(|(seq, _)| seq).collect()
    };
    assert_eq!(unframed(4, usize::MAX), [1, 2, 3, 4]);
    assert_eq!(unframed(4, 1), [1], "at least one, however large");
    device.store.write(|w| w.put_frame(&frame(1, 4))).unwrap();
    assert_eq!(unframed(4, usize::MAX), [5, 6, 7, 8]);
    device.store.write(|w| w.put_frame(&frame(5, 8))).unwrap();
    let sending = |max| -> Vec<u64> {
        let frames = device.store.read(|r| r.frames_to_send(max)).unwrap();
        frames.into_iter().map(|frame| frame.from).collect()
    };
    assert_eq!(sending(100), [1, 5], "what no frame holds yet is not sent");
    assert_eq!(sending(7), [1]);
    assert_eq!(sending(1), [1], "at least one frame, however large");
    device.settle(1, 3, 100, Verdict::Accepted);
    assert_eq!(sending(100), [1, 5], "one of its operations has no receipt");
    device.settle(4, 4, 103, Verdict::Held);
    assert_eq!(sending(100), [5]);
    assert_eq!(device.store.read(|r| r.frames_to_send(100)).unwrap(), [frame(5, 8)]);
    assert!(
        device.store.write(|w| w.put_frame(&frame(5, 9))).is_err(),
        "never cut anew"
    );
}

#[test]
fn i18_in_flight_is_only_a_hint() {
    let device = Device::new();
    device.save(1, a_session("2025-11-22", 22, 13));
    device.store.write(|w| w.put_frame(&frame(1, 2))).unwrap();
    device.store.write(|w| w.mark_sent(LOG, 1, 2)).unwrap();
    let status = |device: &Device| device.store.read(|r| r.session(id(1))).unwrap().unwrap().row.status;
    assert_eq!((device.state(2), status(&device)), (State::Sent, Status::Sending));
    assert!(device.store.read(|r| r.frames_to_send(9)).unwrap().is_empty());
    let device = device.reopen();
    assert_eq!((device.state(2), status(&device)), (State::Queued, Status::Waiting));
    assert_eq!(device.store.read(|r| r.frames_to_send(9)).unwrap().len(), 1);
}

#[test]
fn a_receipt_never_changes_and_settling_twice_counts_once() {
    let device = Device::new();
    let saved = device.save(1, a_session("2025-11-22", 22, 13));
    assert_eq!(device.settle(1, 2, 90, Verdict::Held), 2);
    let held = device.store.read(|r| r.operation(saved)).unwrap().unwrap();
    assert_eq!(held.receipt, Some(operation::receipt("vl", saved, &held.digest, 91)));
    assert_eq!(device.settle(1, 2, 90, Verdict::Held), 0);
    assert_eq!(device.settle(2, 2, 400, Verdict::Accepted), 0);
    let accepted = device.store.read(|r| r.operation(saved)).unwrap().unwrap();
    assert_eq!(accepted.receipt, held.receipt);
    assert_eq!(accepted.state, State::Stored(Verdict::Accepted));
    assert_eq!(accepted.received_at.as_deref(), Some(NOW));
    let foreign = hocvu_store::Settlement {
        log: LogId([9; 16]),
        ..settlement(1, 2, 1, Verdict::Accepted)
    };
    assert_eq!(device.store.write(|w| w.settle(&[foreign], NOW)).unwrap(), 0);
}

#[test]
fn i11_what_the_centre_lost_is_offered_again() {
    let device = Device::new();
    for record in 1..=4 {
        device.save(record, a_session("2025-11-22", 22, 13));
    }
    device.store.write(|w| w.put_frame(&frame(1, 5))).unwrap();
    device.settle(1, 4, 90, Verdict::Accepted);
    assert_eq!(
        device.store.write(|w| w.reoffer(LOG, &[(1, 2)])).unwrap(),
        2,
        "5 never had a receipt"
    );
    assert_eq!(device.state(2), State::Stored(Verdict::Accepted));
    assert_eq!((device.state(3), device.state(4)), (State::Queued, State::Queued));
    assert_eq!(
        device.store.read(|r| r.frames_to_send(9)).unwrap().len(),
        1,
        "the very same frame"
    );
    assert_eq!(device.settle(3, 4, 12, Verdict::Accepted), 2);
    let again = device
        .store
        .read(|r| r.operation(OperationId { log: LOG, seq: 3 }))
        .unwrap()
        .unwrap();
    assert_eq!(again.fseq, Some(12), "the new centre's receipt, not the lost one");
}

#[test]
fn attention_is_counted_by_record_and_mending_ends_it() {
    let device = Device::new();
    for record in 1..=5 {
        device.save(record, a_session("2025-11-22", 22, 13));
    }
    device.settle(1, 1, 1, Verdict::Accepted);
    device.settle(2, 2, 2, Verdict::Accepted);
    let finding = Finding::new(FindingCode::DateMissing, "date");
    let rejected = hocvu_store::Settlement {
        code: Some("INVALID".into()),
        findings: vec![finding.clone()],
        ..settlement(3, 3, 3, Verdict::Rejected)
    };
    device.store.write(|w| w.settle(&[rejected], NOW)).unwrap();
    device.settle(4, 4, 4, Verdict::Held);
    device.settle(5, 5, 5, Verdict::Conflicted);
    device.store.write(|w| w.refuse(LOG, 6, 6, "BAD_SIG")).unwrap();
    let tally = || device.store.read(|r| r.tally()).unwrap();
    assert_eq!(
        tally(),
        Tally {
            waiting: 1,
            sent: 4,
            attention: 4,
            conflicts: 1,
            cases: 0,
        }
    );
    let (rows, total) = device.store.read(|r| r.list(Tab::Attention, 0, 10)).unwrap();
    assert_eq!(
        (rows.iter().map(|row| row.id.seq).collect::<Vec<_>>(), total),
        (vec![6, 5, 4, 3], 4)
    );
    assert_eq!(
        (rows[3].code.as_deref(), &rows[3].centre_findings),
        (Some("INVALID"), &vec![finding])
    );
    device.save(2, json!({"note": "mended"}));
    assert_eq!(
        tally(),
        Tally {
            waiting: 2,
            sent: 4,
            attention: 3,
            conflicts: 1,
            cases: 0,
        }
    );
    let statuses = [Status::Refused, Status::Held, Status::Conflicted];
    let rows = device.store.read(|r| r.by_status(&statuses, 9)).unwrap();
    assert_eq!(
        rows.iter().map(|row| row.status).collect::<Vec<_>>(),
        [Status::Refused, Status::Conflicted, Status::Held]
    );
    assert_eq!(device.store.write(|w| w.retry_refused()).unwrap(), 1);
    assert_eq!(device.state(6), State::Queued);
}

#[test]
fn lists_are_newest_first_and_show_what_changed() {
    let device = Device::new();
    device.save(1, json!({"note": "a", "date": "2025-11-22"}));
    device.save(1, json!({"note": null, "form": "class"}));
    device.save(2, json!({"note": "c"}));
    device.settle(1, 3, 10, Verdict::Accepted);
    let (rows, total) = device.store.read(|r| r.list(Tab::Sent, 0, 1)).unwrap();
    assert_eq!((rows.len(), total), (1, 2));
    assert_eq!(rows[0].before, map(&json!({"note": "a", "date": "2025-11-22"})));
    assert_eq!(rows[0].after, map(&json!({"form": "class", "date": "2025-11-22"})));
    let (rows, total) = device.store.read(|r| r.list(Tab::Waiting, 0, 9)).unwrap();
    assert_eq!((rows.len(), total, rows[0].id.seq), (1, 1, 4));
    let history = device.store.read(|r| r.history(id(1))).unwrap();
    assert_eq!(history.iter().map(|entry| entry.id.seq).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(history[1].before, map(&json!({})));
    assert_eq!(
        history[0],
        device.store.read(|r| r.operation(history[0].id)).unwrap().unwrap()
    );
}

#[test]
fn the_confirmation_hashes_what_the_centre_has() {
    let device = Device::new();
    let texts: Vec<String> = device
        .store
        .read(|r| r.unframed(LOG, 1, 1))
        .unwrap()
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let first = device.save(1, a_session("2025-11-22", 22, 13));
    device.save(2, a_session("2025-11-22", 5, 1));
    device.settle(1, 2, 10, Verdict::Accepted);
    let stored = device.store.read(|r| r.operation(first)).unwrap().unwrap();
    let mut hash = Sha256::new();
    hash.update(operation::digest(&texts[0]));
    hash.update(stored.digest);
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let confirmed = device.store.read(|r| r.confirmed()).unwrap();
    assert_eq!(
        (
            confirmed.operations,
            confirmed.sessions,
            confirmed.attended,
            confirmed.waiting
        ),
        (1, 1, 23, 1)
    );
    assert_eq!(confirmed.digest_hex, digest);
    assert_eq!(
        (confirmed.latest_receipt, confirmed.at.as_deref()),
        (stored.receipt, Some(NOW))
    );
}

#[test]
fn i12_a_new_log_names_the_one_it_goes_on_from() {
    let device = Device::new();
    device.save(1, json!({"note": "a"}));
    let other = LogId([8; 16]);
    device.store.write(|w| w.put_identity(&identity(other), 9)).unwrap();
    let run = device.store.read(|r| r.unframed(other, 9, usize::MAX)).unwrap();
    let open = Operation::parse(&run[0].1).unwrap();
    assert_eq!(open.predecessor, Some(LOG.to_string()));
    assert_eq!(device.save(1, json!({"note": "b"})), OperationId { log: other, seq: 2 });
    assert_eq!(
        device.store.read(|r| r.history(id(1))).unwrap().len(),
        2,
        "both logs are this device's own"
    );
    assert_eq!(device.store.read(|r| r.tally()).unwrap().waiting, 2);
}
