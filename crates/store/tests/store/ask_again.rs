//! Verdicts of a centre that is no more, and verdicts that overtake each other.

use hocvu_model::{LogId, operation};
use hocvu_store::{AskAgain, Pulled, Settlement, State, Status, Verdict};

use crate::kit::{Device, LOG, NOW, a_session, id, settlement};

const LATER: &str = "2025-11-23T08:00:00+07:00";

fn next(device: &Device) -> Option<AskAgain> {
    device.store.read(|r| r.next_to_ask()).unwrap()
}

fn asked(from: u64, lost: bool) -> AskAgain {
    AskAgain { log: LOG, from, lost }
}

/// A device that the centre of `e1` told that its `count` sessions are accepted.
fn with_receipts(count: u128) -> Device {
    let device = Device::new();
    device.store.write(|w| w.set_position("e1", "c1")).unwrap();
    for record in 1..=count {
        device.save(record, a_session("2025-11-22", 22, 13));
    }
    let last = u64::try_from(count).unwrap() + 1;
    receive(&device, "e1", &settlement(1, last, 100, Verdict::Accepted));
    device
}

fn receive(device: &Device, epoch: &str, told: &Settlement) -> u32 {
    let told = std::slice::from_ref(told);
    device.store.write(|w| w.receive(epoch, told, NOW)).unwrap()
}

fn feed(device: &Device, told: Settlement) {
    let page = Pulled {
        verdicts: vec![told],
        epoch: "e1".into(),
        cursor: "c2".into(),
        ..Pulled::default()
    };
    device.store.write(|w| w.pull(&page, NOW)).unwrap();
}

#[test]
fn i7_another_epoch_calls_for_the_verdicts_again_and_a_kill_does_not_undo_it() {
    let device = with_receipts(2);
    assert_eq!(next(&device), None, "told by this very centre");
    device.store.write(|w| w.set_position("e1", "c2")).unwrap();
    assert_eq!(next(&device), None);
    device.store.write(|w| w.set_position("e2", "")).unwrap();
    let device = device.reopen();
    assert_eq!(next(&device), Some(asked(1, true)));
    // Page by page: what was answered for is not asked again, also after another kill.
    let page = [settlement(1, 2, 7, Verdict::Accepted)];
    device
        .store
        .write(|w| w.settle_again(asked(1, true), &page, LATER))
        .unwrap();
    let device = device.reopen();
    assert_eq!(next(&device), Some(asked(3, true)));
    device.store.write(|w| w.set_position("e3", "")).unwrap();
    assert_eq!(next(&device), Some(asked(1, true)), "restored again meanwhile");
    let page = [settlement(1, 3, 9, Verdict::Accepted)];
    device
        .store
        .write(|w| w.settle_again(asked(1, true), &page, LATER))
        .unwrap();
    assert_eq!(next(&device), None, "the end of the log");
}

#[test]
fn i7_the_present_centre_replaces_verdict_receipt_and_view() {
    let device = with_receipts(1);
    device.store.write(|w| w.set_position("e2", "")).unwrap();
    let held = Settlement {
        code: Some("SCOPE".into()),
        ..settlement(2, 2, 31, Verdict::Held)
    };
    let told = [settlement(1, 1, 100, Verdict::Accepted), held];
    let settled = device
        .store
        .write(|w| w.settle_again(asked(1, true), &told, LATER))
        .unwrap();
    assert_eq!((settled.newly, settled.otherwise), (0, 1));
    let own = device
        .store
        .read(|r| r.list(hocvu_store::Tab::Sent, 0, 9))
        .unwrap()
        .0
        .remove(0);
    assert_eq!(
        (own.state, own.code.as_deref()),
        (State::Stored(Verdict::Held), Some("SCOPE"))
    );
    assert_eq!(own.receipt, Some(operation::receipt("vl", own.id, &own.digest, 31)));
    assert_eq!(own.received_at.as_deref(), Some(LATER));
    let rulings = device.store.read(|r| r.rulings(own.id)).unwrap();
    assert_eq!(rulings.iter().map(|told| told.fseq).collect::<Vec<_>>(), [101, 31]);
    let session = device.store.read(|r| r.session(id(1))).unwrap().unwrap();
    assert_eq!(session.row.status, Status::Held, "its author sees it");
    assert_eq!(device.store.read(|r| r.tally()).unwrap().attention, 1);
}

#[test]
fn i12_what_the_centre_cannot_answer_for_is_offered_again() {
    let device = with_receipts(3);
    device.store.write(|w| w.set_position("e2", "")).unwrap();
    assert_eq!(
        device.store.write(|w| w.offer_again(asked(1, true), Some(2))).unwrap(),
        2
    );
    assert_eq!(
        (device.state(2), device.state(3)),
        (State::Queued, State::Stored(Verdict::Accepted))
    );
    assert_eq!(next(&device), Some(asked(3, true)));
    assert_eq!(device.store.write(|w| w.offer_again(asked(3, true), None)).unwrap(), 2);
    assert_eq!((device.state(4), next(&device)), (State::Queued, None));
}

#[test]
fn a_receipt_of_another_epoch_than_the_known_one_is_asked_about() {
    let device = with_receipts(1);
    device.save(2, a_session("2025-11-23", 5, 1));
    assert_eq!(receive(&device, "e0", &settlement(3, 3, 900, Verdict::Accepted)), 1);
    assert_eq!(next(&device), Some(asked(3, true)), "only from there on");
}

#[test]
fn an_answer_never_overrides_what_the_feed_told_after_it() {
    let device = with_receipts(1);
    feed(&device, settlement(2, 2, 120, Verdict::Conflicted));
    assert_eq!(
        receive(&device, "e1", &settlement(1, 2, 100, Verdict::Accepted)),
        0,
        "a frame sent again, answered late"
    );
    assert_eq!(device.state(2), State::Stored(Verdict::Conflicted));
    assert_eq!(next(&device), None);
}

#[test]
fn i12_a_verdict_of_the_feed_is_no_receipt_and_is_asked_about_when_there_is_one() {
    let device = with_receipts(1);
    let saved = device.save(2, a_session("2025-11-23", 5, 1));
    feed(&device, settlement(3, 3, 140, Verdict::Accepted));
    assert_eq!(
        device.state(3),
        State::Queued,
        "perhaps a copy of this file wrote that one"
    );
    assert_eq!(next(&device), None, "it will be sent, and answered for");
    // The answer left the centre before that verdict and comes after it.
    receive(&device, "e1", &settlement(3, 3, 130, Verdict::Held));
    assert_eq!(next(&device), Some(asked(3, false)));
    let told = [settlement(3, 3, 130, Verdict::Accepted)];
    device
        .store
        .write(|w| w.settle_again(asked(3, false), &told, LATER))
        .unwrap();
    let own = device.store.read(|r| r.operation(saved)).unwrap().unwrap();
    assert_eq!((own.state, own.fseq), (State::Stored(Verdict::Accepted), Some(130)));
    assert_eq!(next(&device), None);
}

#[test]
fn a_log_of_another_file_calls_for_nothing() {
    let device = with_receipts(1);
    let foreign = Settlement {
        log: LogId([9; 16]),
        ..settlement(1, 1, 1, Verdict::Accepted)
    };
    assert_eq!(receive(&device, "e0", &foreign), 0);
    assert_eq!(next(&device), None);
}
