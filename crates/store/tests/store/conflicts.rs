//! Two people, one record: branches, what is seen meanwhile, what a person settles, what stays for the history.

use hocvu_model::operation::{Kind, TRAINING_SESSION};
use hocvu_model::{LogId, OperationId, UnitUid};
use hocvu_store::{Append, Case, CaseFilter, Pulled, Settlement, ShadowRecord, State, Status, Tab, Verdict};
use serde_json::{Value, json};

use crate::kit::*;

fn theirs(seq: u64) -> OperationId {
    OperationId {
        log: LogId([9; 16]),
        seq,
    }
}

fn own(seq: u64) -> OperationId {
    OperationId { log: LOG, seq }
}

fn head(op: OperationId, fseq: u64, body: &Value) -> ShadowRecord {
    ShadowRecord {
        id: id(1),
        record_type: TRAINING_SESSION.into(),
        unit: UnitUid::from("u:1"),
        head: op,
        body: map(body),
        void: false,
        fseq,
        at: 5,
        by: "usr_2".into(),
        act: None,
        why: None,
    }
}

fn case(op: OperationId, base: Option<OperationId>, fseq: u64, verdict: Verdict, body: &Value) -> Case {
    Case {
        op,
        kind: "put".into(),
        verdict,
        code: Some("BASE_CHANGED".into()),
        message: None,
        findings: Vec::new(),
        open: true,
        record_type: TRAINING_SESSION.into(),
        record: Some(id(1)),
        unit: Some(UnitUid::from("u:1")),
        base,
        body: map(body),
        void: false,
        device: "dev_9".into(),
        by: "usr_9".into(),
        at: 6,
        fseq,
    }
}

fn pull(device: &Device, records: Vec<ShadowRecord>, cases: Vec<Case>) {
    let pulled = Pulled {
        records,
        cases,
        epoch: "e1".into(),
        cursor: "c1".into(),
        ..Pulled::default()
    };
    device.store.write(|w| w.pull(&pulled, NOW)).unwrap();
}

fn note(device: &Device) -> Value {
    device.store.read(|r| r.record(id(1))).unwrap().unwrap().body["note"].clone()
}

fn status(device: &Device) -> Status {
    device.store.read(|r| r.session(id(1))).unwrap().unwrap().row.status
}

fn resolve(device: &Device, set: Value, supersedes: &[OperationId]) -> OperationId {
    let append = |w: &hocvu_store::Write<'_>| {
        w.append(&Append {
            record: id(1),
            kind: Kind::Resolve,
            record_type: TRAINING_SESSION,
            schema_version: 1,
            unit: &UnitUid::from("u:1"),
            set: Some(&map(&set)),
            reason: Some("Hai người cùng ghi"),
            void: None,
            supersedes,
            at: 9,
            findings: &[],
        })
    };
    device.store.write(append).unwrap()
}

/// A device whose offline edit lost the race: theirs is the head, its own a branch of two operations.
fn raced() -> Device {
    let device = Device::new();
    pull(
        &device,
        vec![head(theirs(1), 5, &json!({"date": "2025-11-22", "note": "first"}))],
        vec![],
    );
    device.save(1, json!({"note": "mine"}));
    device.save(1, json!({"note": "mine too"}));
    let newer = json!({"date": "2025-11-22", "note": "theirs"});
    pull(&device, vec![head(theirs(2), 6, &newer)], vec![]);
    device.settle(2, 2, 7, Verdict::Conflicted);
    device
}

#[test]
fn i6_a_lost_race_leaves_the_head_alone_and_stands_beside_it() {
    let device = raced();
    assert_eq!(note(&device), "theirs", "what was built on a branch is on the branch");
    assert_eq!(status(&device), Status::Conflicted);
    let conflict = device.store.read(|r| r.conflict(id(1))).unwrap().expect("two versions");
    assert_eq!(conflict.head.expect("a head").op, theirs(2));
    assert_eq!(conflict.base.expect("both began there").body["note"], "first");
    let branch = &conflict.branches[..];
    assert_eq!(branch.len(), 1, "a branch is told by its end");
    assert_eq!((branch[0].op, &branch[0].body["note"]), (own(3), &json!("mine too")));
    assert_eq!(branch[0].body["date"], "2025-11-22", "the whole state");
    // The next edit builds on what is seen, and does not hide that a branch is open.
    let next = device.save(1, json!({"note": "after"}));
    let text = device.store.read(|r| r.operation(next)).unwrap().unwrap().text;
    assert!(text.contains(&format!("\"base\":\"{}\"", theirs(2))), "{text}");
    assert_eq!((note(&device), status(&device)), (json!("after"), Status::Conflicted));
    assert_eq!(device.store.read(|r| r.tally()).unwrap().conflicts, 1);
}

#[test]
fn what_a_person_settles_shows_at_once_and_stays_settled() {
    let device = raced();
    device.settle(3, 3, 8, Verdict::Conflicted);
    let chosen = resolve(&device, json!({"note": "both"}), &[own(3)]);
    assert_eq!((note(&device), status(&device)), (json!("both"), Status::Waiting));
    assert_eq!(device.store.read(|r| r.conflict(id(1))).unwrap(), None);
    device.settle(4, 4, 9, Verdict::Accepted);
    assert_eq!(status(&device), Status::Sent);
    let closed = |seq, base| Case {
        open: false,
        ..case(own(seq), Some(base), 9, Verdict::Conflicted, &json!({"note": "mine"}))
    };
    let merged = json!({"date": "2025-11-22", "note": "both"});
    pull(
        &device,
        vec![head(chosen, 9, &merged)],
        vec![closed(2, theirs(1)), closed(3, own(2))],
    );
    assert_eq!((note(&device), status(&device)), (json!("both"), Status::Sent));
    let tally = device.store.read(|r| r.tally()).unwrap();
    assert_eq!(
        (tally.waiting, tally.sent, tally.attention, tally.conflicts),
        (0, 3, 0, 0)
    );
    let versions = device.store.read(|r| r.versions(id(1))).unwrap();
    let told: Vec<_> = versions.iter().map(|version| version.op).collect();
    for op in [theirs(1), theirs(2), own(2), own(3), chosen] {
        assert!(told.contains(&op), "{op} stays in the history");
    }
    let branch = versions.iter().find(|version| version.op == own(3)).unwrap();
    assert_eq!((branch.open, branch.closed_by), (false, Some(chosen)));
    assert_eq!(
        versions
            .iter()
            .filter(|version| version.is_head)
            .map(|v| v.op)
            .collect::<Vec<_>>(),
        [chosen]
    );
}

#[test]
fn a_resolve_that_came_too_late_settles_nothing() {
    let device = raced();
    device.settle(3, 3, 8, Verdict::Conflicted);
    resolve(&device, json!({"note": "both"}), &[own(3)]);
    device.settle(4, 4, 9, Verdict::Conflicted);
    assert_eq!((note(&device), status(&device)), (json!("theirs"), Status::Conflicted));
    let heads = device.store.read(|r| r.conflict(id(1))).unwrap().unwrap().branches;
    assert_eq!(
        heads.iter().map(|version| version.op).collect::<Vec<_>>(),
        [own(3), own(4)]
    );
}

#[test]
fn a_colleagues_branch_is_seen_by_who_wrote_nothing() {
    let device = Device::new();
    let theirs_now = json!({"date": "2025-11-22", "note": "theirs"});
    let branch = json!({"date": "2025-11-22", "note": "a colleague's"});
    pull(
        &device,
        vec![head(theirs(2), 6, &theirs_now)],
        vec![case(theirs(7), Some(theirs(1)), 7, Verdict::Conflicted, &branch)],
    );
    assert_eq!((note(&device), status(&device)), (json!("theirs"), Status::Conflicted));
    let (records, total) = device.store.read(|r| r.conflicts(0, 10)).unwrap();
    assert_eq!((records, total), (vec![id(1)], 1));
    let conflict = device.store.read(|r| r.conflict(id(1))).unwrap().unwrap();
    assert_eq!(conflict.branches[0].by, "usr_9");
    assert_eq!(
        device.store.read(|r| r.list(Tab::Attention, 0, 9)).unwrap().1,
        0,
        "no own operation to look at"
    );
    let choice = resolve(&device, json!({}), &[theirs(7)]);
    assert_eq!((note(&device), status(&device)), (json!("theirs"), Status::Waiting));
    assert_eq!(device.store.read(|r| r.record(id(1))).unwrap().unwrap().head, choice);
}

#[test]
fn the_centre_read_anew_settles_what_it_does_not_bring_again() {
    let device = raced();
    device.settle(3, 3, 8, Verdict::Conflicted);
    let both = vec![
        case(
            own(2),
            Some(theirs(1)),
            7,
            Verdict::Conflicted,
            &json!({"note": "mine"}),
        ),
        case(
            own(3),
            Some(own(2)),
            8,
            Verdict::Conflicted,
            &json!({"note": "mine too"}),
        ),
    ];
    pull(&device, vec![], both);
    assert_eq!(status(&device), Status::Conflicted);
    device.store.write(|w| w.renew_shadow()).unwrap();
    pull(&device, vec![head(theirs(2), 6, &json!({"note": "theirs"}))], vec![]);
    device.store.write(|w| w.sweep_shadow()).unwrap();
    assert_eq!((note(&device), status(&device)), (json!("theirs"), Status::Sent));
}

#[test]
fn i20_own_work_stays_when_the_record_leaves_the_scope() {
    let device = Device::new();
    let saved = device.save(1, json!({"date": "2025-11-22", "note": "mine"}));
    device.settle(2, 2, 5, Verdict::Accepted);
    pull(
        &device,
        vec![head(saved, 5, &json!({"date": "2025-11-22", "note": "mine"}))],
        vec![],
    );
    pull(
        &device,
        vec![head(theirs(1), 6, &json!({"date": "2025-11-22", "note": "theirs"}))],
        vec![],
    );
    let gone = |fseq| Pulled {
        gone: vec![(id(1), fseq)],
        epoch: "e1".into(),
        cursor: "c2".into(),
        ..Pulled::default()
    };
    device.store.write(|w| w.pull(&gone(5), NOW)).unwrap();
    assert_eq!(note(&device), "theirs", "an older page turns nothing back");
    device.store.write(|w| w.pull(&gone(7), NOW)).unwrap();
    assert_eq!(device.store.read(|r| r.shadow(id(1))).unwrap(), None);
    assert_eq!(note(&device), "mine");
    let versions = device.store.read(|r| r.versions(id(1))).unwrap();
    assert_eq!(versions.iter().map(|version| version.op).collect::<Vec<_>>(), [saved]);
}

#[test]
fn every_ruling_is_kept_and_each_once() {
    let device = Device::new();
    device.save(1, json!({"date": "2025-11-22"}));
    let ruling = |verdict, code: &str, message: Option<&str>, fseq| Settlement {
        code: Some(code.into()),
        message: message.map(str::to_owned),
        ..settlement(2, 2, fseq, verdict)
    };
    let tell = |ruling: &Settlement| {
        device
            .store
            .write(|w| w.settle(std::slice::from_ref(ruling), NOW))
            .unwrap()
    };
    let rulings = || device.store.read(|r| r.rulings(own(2))).unwrap();
    let held = ruling(Verdict::Held, "SCOPE", None, 7);
    tell(&held);
    assert_eq!(rulings().len(), 1);
    tell(&held);
    let returned = ruling(Verdict::Rejected, "RETURNED", Some("Ghi vào ấp Hòa Thuận"), 9);
    tell(&returned);
    tell(&returned);
    let told = rulings();
    assert_eq!(
        told.iter()
            .map(|ruling| (ruling.state, ruling.fseq))
            .collect::<Vec<_>>(),
        [(State::Stored(Verdict::Held), 7), (State::Stored(Verdict::Rejected), 9)]
    );
    let operation = device.store.read(|r| r.operation(own(2))).unwrap().unwrap();
    assert_eq!(operation.message.as_deref(), Some("Ghi vào ấp Hòa Thuận"));
    assert_eq!(operation.fseq, Some(7), "the receipt stays the first");
    // A centre that lost it judges anew: both lives are told.
    device.store.write(|w| w.reoffer(LOG, &[(1, 1)])).unwrap();
    tell(&ruling(Verdict::Accepted, "", None, 3));
    assert_eq!(rulings().len(), 3);
}

#[test]
fn cases_for_an_officer_are_filtered_and_never_go_back() {
    let device = Device::new();
    let body = json!({"date": "2025-11-22"});
    let held = Case {
        record: Some(id(2)),
        ..case(theirs(4), None, 11, Verdict::Held, &body)
    };
    let apart = Case {
        record: Some(id(3)),
        unit: Some("u:2".into()),
        ..case(theirs(5), None, 12, Verdict::Quarantined, &body)
    };
    let beside = case(own(9), None, 13, Verdict::Conflicted, &body);
    pull(&device, vec![], vec![held.clone(), apart.clone(), beside]);
    let ask = |filter: &CaseFilter| {
        let (cases, total) = device.store.read(|r| r.cases(filter)).unwrap();
        assert_eq!(cases.len(), total as usize);
        cases.into_iter().map(|case| case.op).collect::<Vec<_>>()
    };
    let all = CaseFilter {
        conflicted: true,
        ..CaseFilter::default()
    };
    assert_eq!(ask(&CaseFilter::default()), [theirs(4), theirs(5)]);
    assert_eq!(
        ask(&CaseFilter {
            unit: Some("u:2".into()),
            ..CaseFilter::default()
        }),
        [theirs(5)]
    );
    assert_eq!(
        ask(&CaseFilter {
            own: Some(true),
            ..all.clone()
        }),
        [own(9)]
    );
    assert_eq!(
        ask(&CaseFilter {
            own: Some(false),
            ..all
        }),
        [theirs(4), theirs(5)]
    );
    assert_eq!(device.store.read(|r| r.tally()).unwrap().cases, 2);
    pull(
        &device,
        vec![],
        vec![Case {
            open: false,
            fseq: 20,
            ..held.clone()
        }],
    );
    pull(&device, vec![], vec![held]);
    assert_eq!(ask(&CaseFilter::default()), [theirs(5)]);
    assert!(
        !device
            .store
            .read(|r| r.case(theirs(4)))
            .unwrap()
            .expect("kept for the history")
            .open
    );
    assert_eq!(device.store.read(|r| r.case(theirs(5))).unwrap(), Some(apart));
}
