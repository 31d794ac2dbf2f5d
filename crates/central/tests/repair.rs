//! What mends a replica, what a revoked device may not have, closed months, and what a request may cost.

mod common;

use std::time::{Duration, Instant};

use common::{Office, session};
use hocvu_central::Reader;
use hocvu_model::RecordId;
use hocvu_model::operation::Kind;
use hocvu_wire::changes::Change;
use hocvu_wire::problem::ProblemCode;
use serde_json::json;

/// CPU a request may take (I19); generous for a build without optimisation on a busy machine.
const REQUEST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 2_500 } else { 250 });

#[test]
fn a_units_records_come_by_id_in_pages_and_of_no_other_unit() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    for n in 0..450 {
        device.create(n * 7919 % 1009, "u:1", session(3));
    }
    let mut far = office.device(2, "u:9");
    far.create(5_000, "u:9", session(4));
    for frames in device.frames(64).chunks(7) {
        office.send(frames.to_vec());
    }
    office.send(far.frames(64));
    let number = office.no(&device);
    let mut reader = Reader::open(&office.path).expect("a reader");
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = reader
            .snapshot(number, "u:1", after)
            .expect("no fault")
            .expect("allowed");
        assert!(page.records.len() <= 200);
        for change in page.records {
            let Change::Record { id, .. } = change else {
                panic!("records only")
            };
            ids.push(id);
        }
        after = ids.last().copied();
        if !page.more {
            break;
        }
    }
    assert_eq!(ids.len(), 450);
    assert!(ids.is_sorted(), "each once, in order");
    for unit in ["u:9", "new:29242", "u:nowhere", ""] {
        let refused = reader.snapshot(number, unit, None).expect("no fault").err();
        assert_eq!(
            refused,
            Some(ProblemCode::NotFound),
            "I13: {unit} is no unit of this device"
        );
    }
    let seen = reader.digest(number, None).expect("no fault").expect("allowed");
    assert_eq!(
        seen.units
            .iter()
            .map(|unit| (unit.unit.as_str(), unit.n))
            .collect::<Vec<_>>(),
        [("u:1", 450)]
    );
    assert_eq!(seen.fseq, office.ask::<i64>("SELECT fseq FROM counter") as u64);
}

#[test]
fn i14_no_download_of_a_revoked_device_succeeds() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    device.create(1, "u:1", session(20));
    office.send(device.frames(64));
    let number = office.no(&device);
    let mut reader = Reader::open(&office.path).expect("a reader");
    let cursor = reader.page(number, None, 1).expect("no fault").expect("allowed").cursor;
    assert_eq!(reader.grants(number).expect("readable").len(), 1);
    office
        .core
        .transact(|desk| desk.revoke("test", &device.id))
        .expect("revoked");
    let refused = Some(ProblemCode::DeviceRevoked);
    assert_eq!(reader.page(number, None, 10).expect("no fault").err(), refused);
    assert_eq!(reader.page(number, Some(&cursor), 10).expect("no fault").err(), refused);
    assert_eq!(reader.digest(number, None).expect("no fault").err(), refused);
    let record = RecordId(uuid::Uuid::from_u128(0));
    assert_eq!(reader.snapshot(number, "u:1", None).expect("no fault").err(), refused);
    assert_eq!(
        reader.snapshot(number, "u:1", Some(record)).expect("no fault").err(),
        refused
    );
    assert_eq!(reader.grants(number).expect("readable").len(), 0);
}

#[test]
fn what_comes_for_a_closed_month_waits_for_an_officer() {
    let mut office = Office::open();
    let mut team = office.device(1, "u:1");
    let mut officer = office.officer(2, "new:29242", "commune");
    let made = team.create(1, "u:1", session(20));
    office.send(team.frames(64));
    office
        .core
        .transact(|desk| desk.lock_period("test", "new:29242", "2025-12"))
        .expect("a known unit");
    for (unit, month) in [("u:none", "2025-12"), ("u:1", "12/2025")] {
        assert!(
            office
                .core
                .transact(|desk| desk.lock_period("test", unit, month))
                .is_err()
        );
    }
    let edit = team.edit(1, "u:1", made, json!({"note": "muộn"}));
    let late = team.create(2, "u:1", session(7));
    team.edit(2, "u:1", late, json!({"note": "sửa"}));
    team.create(3, "u:1", json!({"date": "2025-12-20", "form": "class", "topics": ["vneid"], "counts": [{"group": "adult", "attended": 3}]}));
    team.create(4, "u:1", session(9));
    team.resolve(1, made, &[edit], json!({}));
    office.send(team.frames(64));
    let codes: Vec<_> = office
        .ruled(&team)
        .into_iter()
        .map(|(_, code)| code.unwrap_or_default())
        .collect();
    assert_eq!(
        codes,
        [
            "",
            "PERIOD_LOCKED",
            "PERIOD_LOCKED",
            "PARENT_HELD",
            "",
            "PERIOD_LOCKED",
            "PERIOD_LOCKED"
        ]
    );
    assert_eq!(office.attended("u:1"), 23, "what was reported stands");
    let waiting = office.cases(&officer);
    assert!(
        waiting
            .iter()
            .any(|case| case.op == late && case.body["form"] == "class" && case.open)
    );
    officer.office(Kind::Adopt, &[late], None);
    officer.resolve(1, made, &[edit, team.op(7)], json!({"note": "muộn"}));
    assert_eq!(office.deliver(&officer), "accepted");
    let verdicts: Vec<_> = office.ruled(&team).into_iter().map(|(verdict, _)| verdict).collect();
    assert_eq!(verdicts[2], "accepted", "an officer took it in");
    assert_eq!(verdicts[3], "conflicted", "what builds on it is late by itself");
    assert_eq!(office.attended("u:1"), 30);
    office
        .core
        .transact(|desk| desk.unlock_period("test", "new:29242", "2025-12"))
        .expect("a known unit");
    assert_eq!(
        office.ruled(&team)[5].0,
        "accepted",
        "open again, what was kept is judged"
    );
    assert_eq!(office.attended("u:1"), 39);
    office.assert_sound();
}

#[test]
fn i19_a_request_of_a_whole_province_stays_small() {
    let mut office = Office::open();
    let mut officer = office.officer(1, "new:86", "province");
    for hamlet in 0..60 {
        office.add_unit(&format!("u:h{hamlet}"), "new:29242");
    }
    let note = "ấ".repeat(900);
    for n in 0..1_500_u128 {
        let mut body = session(20);
        body["note"] = json!(note);
        officer.create(n, &format!("u:h{}", n % 60), body);
    }
    for n in 0..300 {
        officer.create(10_000 + n, "u:unknown", session(1)); // As many cases.
    }
    for frames in officer.frames(20).chunks(20) {
        office.send(frames.to_vec());
    }
    let number = office.no(&officer);
    let mut reader = Reader::open(&office.path).expect("a reader");
    let (mut cursor, mut pages, mut entries) = (None, 0, 0);
    loop {
        let begun = Instant::now();
        let page = reader
            .page(number, cursor.as_deref(), 500)
            .expect("no fault")
            .expect("allowed");
        let bytes = serde_json::to_vec(&page).expect("JSON").len();
        assert!(bytes < 512 * 1024, "{bytes} bytes in a page");
        assert!(begun.elapsed() < REQUEST, "{:?}", begun.elapsed());
        (pages, entries, cursor) = (pages + 1, entries + page.changes.len(), Some(page.cursor));
        if !page.more {
            break;
        }
    }
    assert!(pages > 10 && entries >= 1_860, "{pages} pages, {entries} entries");
    let begun = Instant::now();
    let digest = reader.digest(number, None).expect("no fault").expect("allowed");
    assert!(
        begun.elapsed() < REQUEST && digest.units.len() == 60,
        "{:?}",
        begun.elapsed()
    );
    let begun = Instant::now();
    let page = reader
        .snapshot(number, "u:h1", None)
        .expect("no fault")
        .expect("allowed");
    assert!(begun.elapsed() < REQUEST && page.records.len() == 25);
}
