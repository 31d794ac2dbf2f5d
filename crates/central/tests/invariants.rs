//! The invariants of the protocol, by name, on real files.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use common::{DEPLOYMENT, Device, Office, rulings, session};
use hocvu_central::world::day;
use hocvu_central::{Core, Error, Reader, Writer, intake};
use hocvu_model::ids::OperationId;
use hocvu_model::operation::Kind;
use hocvu_wire::batch::{OpsReply, OpsRequest, Verdict};
use hocvu_wire::changes::Change;
use hocvu_wire::frame::SealedFrame;
use hocvu_wire::problem::ProblemCode;
use proptest::prelude::*;
use serde_json::json;

/// A log with creations, edits of edits, a move, a void and a restore.
fn busy(device: &mut Device, records: u128) {
    for n in 0..records {
        let made = device.create(n, "u:1", session(10 + n as u32));
        let edited = device.edit(n, "u:1", made, json!({"note": format!("lần {n}")}));
        if n % 3 == 0 {
            let void = device.act(Kind::Void, n, "u:1", Some(edited), None);
            device.act(Kind::Restore, n, "u:1", Some(void), None);
        }
    }
}

#[test]
fn i3_exactly_once() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    busy(&mut device, 40);
    let mut frames = device.frames(7);
    let first = rulings(&office.send(frames.clone())); // This reply is lost on the way.
    let (state, counts) = (office.state(), (office.count("frame"), office.count("operation")));
    let again = rulings(&office.send(frames.clone()));
    assert_eq!(first, again, "the same receipts");
    frames.reverse();
    for pair in frames.chunks(2) {
        office.send(pair.to_vec());
    }
    let recut = rulings(&office.send(device.frames(11))); // Another cut of the same operations, e.g. from a bundle.
    assert_eq!(first, recut, "the same receipts however they were framed");
    assert_eq!(office.state(), state, "one row and one effect each");
    assert_eq!((office.count("frame"), office.count("operation")), counts);
    office.assert_sound();
}

async fn deliver(
    writer: &Writer,
    world: &dyn hocvu_central::world::World,
    frames: Vec<SealedFrame>,
) -> Result<OpsReply, Error> {
    let batch = intake::prepare(OpsRequest { frames }, &writer.directory(), day(world.now())).expect("no problem");
    writer.run(batch.operations, move |desk| desk.ingest(batch)).await
}

fn into_writer(office: Office) -> (Writer, Office) {
    let core = Core::open(&office.path, Some(DEPLOYMENT), office.world.clone()).expect("the same file");
    (Writer::start(core, 64).expect("a thread"), office)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i4_ack_after_commit() {
    let mut office = Office::open();
    let mut devices: Vec<Device> = (1..=6).map(|n| office.device(n, "u:1")).collect();
    for (n, device) in devices.iter_mut().enumerate() {
        device.create(n as u128, "u:1", session(10));
    }
    let (writer, office) = into_writer(office);
    office.world.disk_fails.store(true, Ordering::Relaxed);
    let attempts: Vec<_> = devices
        .iter()
        .map(|device| {
            let (writer, world, frames) = (writer.clone(), office.world.clone(), device.frames(64));
            tokio::spawn(async move { deliver(&writer, &*world, frames).await })
        })
        .collect();
    for attempt in attempts {
        let answer = attempt.await.expect("no panic");
        assert!(
            matches!(answer, Err(Error::NotCommitted)),
            "nobody may be told of what is not on the disk"
        );
    }
    assert_eq!(
        (office.count("operation"), office.count("frame"), office.count("record")),
        (0, 0, 0)
    );
    office.world.disk_fails.store(false, Ordering::Relaxed);
    for device in &devices {
        let reply = deliver(&writer, &*office.world, device.frames(64))
            .await
            .expect("stored");
        let (_, fseq, _) = rulings(&reply)[0];
        assert_eq!(
            office.count(&format!("operation WHERE fseq = {fseq}")),
            1,
            "another connection sees it already"
        );
    }
    writer.stop().await;
    assert!(matches!(
        deliver(&writer, &*office.world, vec![]).await,
        Err(Error::Stopped)
    ));
    office.assert_sound();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_fails_takes_no_other_with_it() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    device.create(1, "u:1", session(10));
    device.create(2, "u:1", session(10));
    let (writer, office) = into_writer(office);
    let (release, held) = std::sync::mpsc::channel();
    let slow = writer.run(0, move |_| {
        let _ = held.recv(); // Until the next three are queued, to become one group.
        Ok(())
    });
    let one = deliver(&writer, &*office.world, vec![device.frame(1, 1)]);
    let bad = writer.run(1, |desk| desk.revoke("test", "nobody"));
    let two = deliver(&writer, &*office.world, vec![device.frame(2, 2)]);
    let queued = async {
        let _ = release.send(()); // Polled last: the others have been queued by now.
    };
    let (slow, one, bad, two, ()) = tokio::join!(slow, one, bad, two, queued);
    assert!(slow.is_ok() && one.is_ok() && two.is_ok());
    assert!(matches!(bad, Err(Error::Refused(_))));
    assert_eq!(office.count("operation"), 2);
    let alone = writer.run(1, |desk| desk.revoke("test", "nobody")).await;
    assert!(
        matches!(alone, Err(Error::Refused(_))),
        "told why also when it is alone"
    );
    writer.stop().await;
    office.assert_sound();
}

#[test]
fn i6_no_silent_overwrite() {
    let mut office = Office::open();
    let (mut lan, mut bay) = (office.device(1, "u:1"), office.device(2, "u:1"));
    let made = lan.create(1, "u:1", session(20));
    office.send(lan.frames(64));
    let hers = lan.edit(1, "u:1", made, json!({"note": "của Lan"}));
    let his = bay.edit(1, "u:1", made, json!({"note": "của Bảy"}));
    bay.edit(1, "u:1", his, json!({"start": "08:00"}));
    bay.edit(1, "u:1", made, json!({"note": "của Lan"}));
    bay.create(1, "u:1", session(99));
    office.send(lan.frames(64));
    let ruled = rulings(&office.send(bay.frames(64)));
    let verdicts: Vec<_> = ruled
        .iter()
        .map(|(_, _, ruling)| (ruling.v, ruling.c.as_deref()))
        .collect();
    assert_eq!(
        verdicts,
        [
            (Verdict::Conflicted, Some("BASE_CHANGED")),
            (Verdict::Conflicted, Some("BASE_CHANGED")),
            (Verdict::Accepted, None),
            (Verdict::Conflicted, Some("BASE_CHANGED"))
        ],
        "a branch, its extension, the same words, a second creation"
    );
    let records = office.feed(&lan, 10).into_iter();
    let mut records = records.filter(|change| matches!(change, Change::Record { .. }));
    let Some(Change::Record { head, body, .. }) = records.next_back() else {
        panic!("a record is in the feed");
    };
    assert_eq!((head, &body["note"]), (hers, &json!("của Lan")), "the head never moved");
    bay.edit(1, "u:1", bay.op(3), json!({"start": "09:00"}));
    let next = rulings(&office.send(vec![bay.frame(5, 5)]));
    assert_eq!(next[0].2.v, Verdict::Accepted, "who said the same has seen what stands");
    office.assert_sound();
}

#[test]
fn i8_state_is_a_fold() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    busy(&mut device, 50);
    let mut other = office.device(2, "new:29242");
    other.edit(0, "u:1", device.op(1), json!({"note": "cùng lúc"}));
    other.create(900, "u:later", session(3));
    office.send(other.frames(64));
    office.send(device.frames(64));
    office.add_unit("u:later", "new:29242");
    office.assert_sound();
    for (spoil, named) in [
        ("UPDATE record SET void = 1 WHERE no = 2", "record"),
        (
            "UPDATE rollup SET female = female + 1 WHERE target_group = 'adult'",
            "figures",
        ),
        (
            "UPDATE frame SET text = replace(text, '\"attended\":11', '\"attended\":91')",
            "frame",
        ),
        (
            "UPDATE operation SET verdict = 'accepted' WHERE verdict = 'conflicted'",
            "operation",
        ),
        ("UPDATE counter SET fseq = fseq + 1", "numbers"),
        ("UPDATE audit SET actor = 'nobody' WHERE no = 2", "audit row 2"),
    ] {
        let copy = office.path.with_extension("copy");
        let db = rusqlite::Connection::open(&office.path).expect("a second connection");
        db.execute("VACUUM INTO ?1", [copy.to_str().expect("a plain path")])
            .expect("a copy");
        let db = rusqlite::Connection::open(&copy).expect("the copy");
        db.execute_batch(spoil).expect("sql");
        let faults = hocvu_central::verify::verify(&db).expect("readable").faults.join("\n");
        assert!(faults.contains(named), "{spoil} must be named: {faults}");
        drop(db); // Windows removes no open file.
        std::fs::remove_file(&copy).expect("removed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i10_feed_completeness() {
    let mut office = Office::open();
    let reader_device = office.device(50, "new:29242");
    let number = office.no(&reader_device);
    let mut devices: Vec<Device> = (1..=5).map(|n| office.device(n, "u:1")).collect();
    for (n, device) in (0_u128..).zip(&mut devices) {
        for m in 0..40 {
            let made = device.create(1000 * n + m, "u:1", session(5));
            device.edit(1000 * n + m, "u:2", made, json!({})); // Out of scope of this device: held.
            device.edit(1000 * n + m, "u:1", made, json!({"note": "xong"}));
        }
    }
    let (writer, office) = into_writer(office);
    let senders: Vec<_> = devices
        .iter()
        .cloned()
        .map(|device| {
            let (writer, world) = (writer.clone(), office.world.clone());
            tokio::spawn(async move {
                for frame in device.frames(4) {
                    deliver(&writer, &*world, vec![frame]).await.expect("stored");
                }
            })
        })
        .collect();
    let mut reader = Reader::open(&office.path).expect("a reader");
    let (mut seen, mut cursor, mut last) = (BTreeMap::new(), None, 0);
    loop {
        let finished = senders.iter().all(tokio::task::JoinHandle::is_finished);
        let page = reader
            .page(number, cursor.as_deref(), 7)
            .expect("no fault")
            .expect("allowed");
        for change in page.changes {
            if let Change::Record { fseq, id, body, .. } = change {
                assert!(fseq > last, "numbers only rise: {fseq} after {last}");
                last = fseq;
                seen.insert(id, body);
            }
        }
        cursor = Some(page.cursor);
        if finished && !page.more {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(seen.len(), 200, "every record was seen while five devices wrote");
    assert!(
        seen.values().all(|body| body.get("note") == Some(&json!("xong"))),
        "in its last state"
    );
    writer.stop().await;
    office.assert_sound();
}

#[test]
fn every_size_of_page_shows_the_same_feed() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    busy(&mut device, 30);
    device.create(700, "u:1x", session(1));
    office.send(device.frames(64));
    for n in 0..30 {
        office.add_unit(&format!("u:1{}", char::from(b'a' + n)), "u:1");
    }
    // That something waits no more is told only to who may have been told that it waits.
    let feed = |limit| {
        let all = office.feed(&device, limit).into_iter();
        let kept = all.filter(|change| !matches!(change, Change::Case(case) if !case.open));
        kept.collect::<Vec<_>>()
    };
    let all = feed(500);
    assert!(all.len() > 60);
    for limit in [1, 2, 3, 7, 29, 30, 31, 60] {
        assert_eq!(feed(limit), all, "pages of {limit}");
    }
}

#[test]
fn i14_revocation() {
    let mut office = Office::open();
    let (mut device, mut other) = (office.device(1, "u:1"), office.device(2, "u:1"));
    let made = device.create(1, "u:1", session(20));
    device.create(2, "u:later", session(20));
    office.send(device.frames(64));
    let number = office.no(&device);
    office
        .core
        .transact(|desk| desk.revoke("test", &device.id))
        .expect("revoked");
    let mut reader = Reader::open(&office.path).expect("a reader");
    assert_eq!(
        reader.page(number, None, 10).expect("no fault").err(),
        Some(ProblemCode::DeviceRevoked)
    );
    let late = device.edit(1, "u:1", made, json!({"note": "sau khi thu hồi"}));
    let ruled = rulings(&office.send(device.frames(64)));
    assert_eq!(ruled[0].2.v, Verdict::Accepted, "what was accepted before stays");
    assert_eq!(
        (ruled[2].2.v, ruled[2].2.c.as_deref()),
        (Verdict::Quarantined, Some("DEVICE_REVOKED"))
    );
    office.add_unit("u:later", "u:1");
    assert_eq!(
        office.verdict(2).0,
        "quarantined",
        "what waited is set aside, not applied"
    );
    other.edit(1, "u:1", late, json!({"note": "tiếp"}));
    assert_eq!(
        rulings(&office.send(other.frames(64)))[0].2.c.as_deref(),
        Some("PARENT_HELD")
    );
    assert!(!office.state().join("\n").contains("sau khi"), "nothing of it applies");
    office.assert_sound();
}

#[test]
fn i15_clock_independence() {
    let states: BTreeSet<Vec<String>> = [0, -2_000_000_000, 4_000_000_000, i64::MAX]
        .into_iter()
        .map(|shift| {
            let mut office = Office::open();
            let mut device = office.device(1, "u:1");
            device.at = device.at.saturating_add(shift);
            busy(&mut device, 12);
            office.send(device.frames(64));
            office.assert_sound();
            // Digests differ, since the clock is in the text; verdicts, bodies and figures must not.
            office.state()
        })
        .collect();
    assert_eq!(states.len(), 1, "no clock of a device decides anything");
}

/// One operation of a random stream: on which record, from which parent, to which unit.
#[derive(Debug, Clone)]
struct Step {
    record: u8,
    edit: bool,
    unit: u8,
    attended: u32,
}

const UNITS: [&str; 4] = ["u:1", "u:2", "u:9", "u:nowhere"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..6_u8, any::<bool>(), 0..4_u8, 0..3_000_u32);
    let step = step.prop_map(|(record, edit, unit, attended)| Step {
        record,
        edit,
        unit,
        attended,
    });
    proptest::collection::vec(step, 1..30)
}

/// Writes the steps as one log: each edits what the log itself last wrote on that record. `private` keeps records apart.
fn write(device: &mut Device, steps: &[Step], private: u128) {
    let mut heads: BTreeMap<u8, OperationId> = BTreeMap::new();
    for step in steps {
        let (record, unit) = (private + u128::from(step.record), UNITS[usize::from(step.unit)]);
        let op = match heads.get(&step.record) {
            Some(head) if step.edit => device.edit(record, unit, *head, session(step.attended)),
            Some(head) => device.act(Kind::Void, record, unit, Some(*head), None),
            None => device.create(record, unit, session(step.attended)),
        };
        heads.insert(step.record, op);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 24 } else { 200 }))]

    /// Two devices on records of their own: split, shuffled, doubled, interleaved, the end is the same.
    #[test]
    fn any_delivery_ends_in_the_same_state(one in steps(), two in steps(), cut in 1usize..6, order in any::<u64>()) {
        let run = |shuffled: bool| {
            let mut office = Office::open();
            let (mut a, mut b) = (office.device(1, "u:1"), office.device(2, "new:29242"));
            write(&mut a, &one, 0);
            write(&mut b, &two, 100);
            let mut deliveries: Vec<_> = a.frames(cut).into_iter().chain(b.frames(cut)).collect();
            if shuffled {
                let twice = deliveries.clone();
                deliveries.extend(twice);
                let mut x = order | 1;
                for at in (1..deliveries.len()).rev() {
                    x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    deliveries.swap(at, (x >> 33) as usize % (at + 1));
                }
            }
            let middle = deliveries.len() / 2;
            for (at, frame) in deliveries.into_iter().enumerate() {
                if at == middle {
                    office.add_unit("u:nowhere", "u:1");
                }
                office.send(vec![frame]);
            }
            office.assert_sound();
            office.state()
        };
        prop_assert_eq!(run(false), run(true));
    }

    /// I13: whatever a device sends, records of units it has no grant for never change and never come down to it.
    #[test]
    fn i13_scope(steps in steps(), at in 0u8..4) {
        let mut office = Office::open();
        let mut owner = office.device(1, "new:29254"); // u:9
        let mut theirs = Vec::new();
        for n in 0..6 {
            theirs.push(owner.create(n, "u:9", session(50)));
        }
        office.send(owner.frames(64));
        // The owner is an officer, who is shown what waits; nothing of it may have changed a record.
        let records = |office: &Office, device: &Device| {
            let all = office.feed(device, 100).into_iter();
            all.filter(|change| !matches!(change, Change::Case(_))).collect::<Vec<_>>()
        };
        let before = records(&office, &owner);
        let mut intruder = office.device(2, "u:1");
        for step in &steps {
            let (record, unit) = (u128::from(step.record), UNITS[usize::from((step.unit + at) % 4)]);
            let base = theirs[usize::from(step.record)];
            if step.edit {
                intruder.edit(record, unit, base, session(step.attended));
            } else {
                intruder.create(record, unit, session(step.attended));
            }
            intruder.create(1_000 + record, unit, session(step.attended));
        }
        office.send(intruder.frames(64));
        prop_assert_eq!(records(&office, &owner), before);
        for change in office.feed(&intruder, 3) {
            if let Change::Record { unit, .. } = change {
                prop_assert_eq!(unit.as_str(), "u:1");
            }
        }
        office.assert_sound();
    }
}
