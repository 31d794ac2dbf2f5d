//! What becomes of each kind of operation, on a real file.

mod common;

use common::{Device, Office, rulings, session};
use hocvu_central::Core;
use hocvu_model::FindingCode;
use hocvu_model::operation::Kind;
use hocvu_wire::batch::{Outcome, Verdict};
use hocvu_wire::changes::Change;
use hocvu_wire::limits;
use serde_json::{Value, json};

fn with(field: &str, value: Value) -> Value {
    let mut body = session(20);
    body[field] = value;
    body
}

fn line(cells: Value) -> Value {
    let mut line = json!({"group": "adult"});
    line.as_object_mut()
        .expect("an object")
        .extend(cells.as_object().expect("an object").clone());
    with("counts", json!([line]))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn i5_no_head_of_line_blocking() {
    let nfd = "a\u{301}p ho\u{300}a";
    let cases: Vec<(&str, Value, Verdict, Option<FindingCode>)> = vec![
        (
            "female over attended",
            line(json!({"attended": 22, "female": 25})),
            Verdict::Rejected,
            Some(FindingCode::OfWhichOverTotal),
        ),
        (
            "negative",
            line(json!({"attended": -3})),
            Verdict::Rejected,
            Some(FindingCode::CountNegative),
        ),
        (
            "a fraction",
            line(json!({"attended": 12.5})),
            Verdict::Rejected,
            Some(FindingCode::CountNotInteger),
        ),
        (
            "4,000 attendees",
            line(json!({"attended": 4000})),
            Verdict::Accepted,
            None,
        ),
        (
            "the year 2009",
            with("date", json!("2009-11-22")),
            Verdict::Accepted,
            None,
        ),
        ("loose marks", with("note", json!(nfd)), Verdict::Accepted, None),
        (
            "a null byte",
            with("note", json!("a\0b")),
            Verdict::Rejected,
            Some(FindingCode::TextControl),
        ),
        (
            "a wrong code",
            with("form", json!("klass")),
            Verdict::Rejected,
            Some(FindingCode::FormUnknown),
        ),
        (
            "a field nobody knows",
            with("future", json!({"x": [1]})),
            Verdict::Accepted,
            None,
        ),
        ("no shape at all", with("venue", json!("chợ")), Verdict::Rejected, None),
    ];
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    for (n, (_, body, _, _)) in cases.iter().enumerate() {
        device.create(100 + n as u128, "u:1", body.clone());
        device.create(200 + n as u128, "u:1", session(7));
    }
    let reply = office.send(device.frames(64));
    let rulings = rulings(&reply);
    for (n, (name, _, verdict, code)) in cases.iter().enumerate() {
        let (_, _, ruling) = &rulings[2 * n];
        assert_eq!(ruling.v, *verdict, "{name}: {ruling:?}");
        assert_eq!(ruling.f.first().map(|finding| finding.code), *code, "{name}");
        assert_eq!(
            rulings[2 * n + 1].2.v,
            Verdict::Accepted,
            "what follows {name} must not wait"
        );
    }
    assert_eq!(
        office.attended("u:1"),
        70 + 4000 + 20 * 3,
        "only what was accepted counts"
    );
    let bodies = office.state().join("\n");
    assert!(
        bodies.contains("áp hòa") && !bodies.contains(nfd),
        "the body is stored composed"
    );
    office.assert_sound();
}

#[test]
fn a_note_of_a_megabyte_is_refused_by_name_and_the_rest_is_stored() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    device.create(1, "u:1", session(5));
    device.create(2, "u:1", with("note", json!("a".repeat(1 << 20))));
    device.create(3, "u:1", session(6));
    device.create(4, "u:1", with("note", json!("a".repeat(limits::OP_BYTES_MAX))));
    let reply = office.send(vec![device.frame(1, 1), device.frame(2, 2), device.frame(3, 4)]);
    let refused = Outcome::Refused {
        i: 1,
        c: "FRAME_TOO_LARGE".into(),
    };
    assert_eq!(reply.r[1], refused);
    assert_eq!(reply.have, [(1, 1), (3, 4)], "what is missing can be seen");
    assert_eq!(office.verdict(4), ("rejected".into(), Some("OP_TOO_LARGE".into())));
    assert_eq!(office.attended("u:1"), 11);
}

#[test]
fn an_unknown_unit_waits_until_it_is_added() {
    let mut office = Office::open();
    let mut device = office.device(1, "new:29242");
    let made = device.create(1, "u:new", session(20));
    device.edit(1, "u:new", made, json!({"note": "sửa"}));
    let before = rulings(&office.send(device.frames(64)));
    assert_eq!(office.verdict(1), ("held".into(), Some("UNIT_UNKNOWN".into())));
    assert_eq!(office.verdict(2), ("held".into(), Some("PARENT_HELD".into())));
    assert_eq!(office.count("record"), 0);
    office.add_unit("u:new", "new:29242");
    assert_eq!(office.verdict(1), ("accepted".into(), None));
    assert_eq!(
        office.verdict(2),
        ("accepted".into(), None),
        "those that waited for it follow"
    );
    let after = rulings(&office.send(device.frames(64)));
    let fseqs = |rulings: &[(u64, u64, _)]| rulings.iter().map(|ruling| ruling.1).collect::<Vec<_>>();
    assert_eq!(fseqs(&before), fseqs(&after), "the receipt never changes");
    let feed = office.feed(&device, 2);
    let told: Vec<_> = feed
        .iter()
        .filter_map(|change| match change {
            Change::Verdict { seq, ruling, .. } => Some((*seq, ruling.v)),
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        [(1, Verdict::Accepted), (2, Verdict::Accepted)],
        "the device learns it"
    );
    assert!(
        feed.iter()
            .any(|change| matches!(change, Change::Unit { unit, .. } if unit.uid.as_str() == "u:new"))
    );
    assert!(
        feed.iter()
            .any(|change| matches!(change, Change::Record { body, .. } if body["note"] == "sửa"))
    );
    office.assert_sound();
}

#[test]
fn frames_that_cannot_be_attributed_are_refused_by_index() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    device.create(1, "u:1", session(20));
    let good = device.frame(1, 1);
    let mut altered = good.clone();
    altered.p = altered.p.replace("\"attended\":20", "\"attended\":29");
    let mut stranger = Device::blank(7);
    stranger.create(2, "u:1", session(5));
    let mut elsewhere = good.clone();
    elsewhere.p = elsewhere.p.replace("\"dep\":\"thu\"", "\"dep\":\"xa\"");
    let mut deep = good.clone();
    deep.p = deep
        .p
        .replace("\"class\"", &format!("{}{}", "[".repeat(20), "]".repeat(20)));
    let mut far = device.clone();
    far.texts = vec![far.texts[0].clone()];
    let beyond = hocvu_wire::frame::seal(&far.key, common::DEPLOYMENT, far.log, "u", u64::MAX, &[&far.texts[0]]);
    let reply = office.send(vec![altered, stranger.frame(1, 1), elsewhere, deep, beyond, good]);
    let codes: Vec<_> = reply
        .r
        .iter()
        .map(|outcome| match outcome {
            Outcome::Refused { i, c } => (*i, c.as_str()),
            Outcome::Stored { .. } => (9, "stored"),
        })
        .collect();
    assert_eq!(
        codes,
        [
            (0, "BAD_SIGNATURE"),
            (1, "LOG_UNKNOWN"),
            (2, "WRONG_DEPLOYMENT"),
            (3, "FRAME_MALFORMED"),
            (4, "FRAME_MALFORMED"),
            (9, "stored")
        ]
    );
    assert_eq!(office.count("operation"), 1);
}

#[test]
fn i12_a_forked_log_is_set_aside_and_neither_side_is_dropped() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    device.create(1, "u:1", session(20));
    let mut clone = device.clone();
    device.create(2, "u:1", session(30));
    clone.create(3, "u:1", session(40));
    office.send(device.frames(64));
    let first = rulings(&office.send(clone.frames(64)));
    assert_eq!(
        (first[1].2.v, first[1].2.c.as_deref()),
        (Verdict::Quarantined, Some("LOG_FORKED"))
    );
    assert_eq!(rulings(&office.send(clone.frames(64))), first, "the same receipt again");
    assert_eq!((office.count("operation"), office.count("quarantine")), (2, 1));
    assert_eq!(office.attended("u:1"), 50);
    office.assert_sound();
}

#[test]
fn a_log_opens_under_the_key_of_the_device_it_names() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    device.log = hocvu_model::ids::LogId([77; 16]); // Restored from a copy: a new log, the same machine.
    device.open();
    device.create(1, "u:1", session(20));
    device.create(2, "u:1", session(20));
    let mut thief = device.clone();
    thief.key = ed25519_dalek::SigningKey::from_bytes(&[8; 32]);
    let refused = office.send(vec![thief.frame(1, 2)]);
    assert_eq!(
        refused.r,
        [Outcome::Refused {
            i: 0,
            c: "BAD_SIGNATURE".into()
        }]
    );
    let reply = office.send(vec![device.frame(2, 2), device.frame(1, 1), device.frame(3, 3)]);
    assert_eq!(
        rulings(&reply).len(),
        3,
        "in any order within the request: {:?}",
        reply.r
    );
    assert_eq!(reply.have, [(1, 3)]);
}

#[test]
fn what_a_later_version_wrote_waits() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    device.write(r#"{"k":"invented_later","id":"x","future":true}"#.into());
    device.create(1, "u:1", session(1));
    let later = device.texts[1].replace("\"sv\":1", "\"sv\":2");
    device.texts[1] = later;
    let unknown = device.texts[1]
        .replace("training_session", "later_record")
        .replace("\"sv\":2", "\"sv\":1");
    device.write(unknown);
    device.write("[1,2]".into());
    device.write(r#"{"k":"put","k":"void"}"#.into());
    device.create(2, "u:1", session(20));
    let twice = device.texts[5].replace("\"note\":", "\"x\":1,\"x\":2,\"note\":");
    device.texts[5] = twice;
    office.send(device.frames(64));
    for seq in 1..=3 {
        assert_eq!(
            office.verdict(seq),
            ("held".into(), Some("SCHEMA_AHEAD".into())),
            "operation {seq}"
        );
    }
    for seq in 4..=6 {
        assert_eq!(
            office.verdict(seq),
            ("rejected".into(), Some("MALFORMED".into())),
            "operation {seq}"
        );
    }
    office.assert_sound();
}

#[test]
fn void_and_restore_follow_the_same_rules() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    let made = device.create(1, "u:1", session(20));
    let void = device.act(Kind::Void, 1, "u:1", Some(made), None);
    device.act(Kind::Void, 1, "u:1", Some(made), None); // The same again, from the same base.
    device.edit(1, "u:1", made, json!({"note": "muộn"}));
    office.send(device.frames(64));
    assert_eq!(office.attended("u:1"), 0, "a void session counts nowhere");
    assert_eq!(
        office.verdict(3),
        ("accepted".into(), None),
        "it says what stands already"
    );
    assert_eq!(office.verdict(4), ("conflicted".into(), Some("BASE_CHANGED".into())));
    device.act(Kind::Restore, 1, "u:1", Some(void), None);
    device.act(Kind::Void, 2, "u:1", None, None);
    office.send(device.frames(64));
    assert_eq!(office.attended("u:1"), 20);
    assert_eq!(
        office.verdict(6),
        ("rejected".into(), Some("MALFORMED".into())),
        "there is nothing to declare void"
    );
    office.assert_sound();
}

#[test]
fn figures_follow_every_change_of_a_session() {
    let mut office = Office::open();
    let mut device = office.device(1, "new:29242");
    let made = device.create(1, "u:1", session(20));
    let more = device.edit(1, "u:1", made, json!({"counts": [{"group": "student", "attended": 9}]}));
    let moved = device.edit(1, "u:2", more, json!({}));
    office.send(device.frames(64));
    assert_eq!((office.attended("u:1"), office.attended("u:2")), (0, 9));
    device.edit(1, "u:2", moved, json!({"note": null}));
    office.send(device.frames(64));
    let state = office.state().join("\n");
    assert!(!state.contains("\"note\""), "null removes a field");
    office.assert_sound();
}

#[test]
fn work_out_of_scope_waits_for_a_grant() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    let made = device.create(1, "u:9", session(20));
    device.edit(1, "u:1", made, json!({}));
    office.send(device.frames(64));
    assert_eq!(office.verdict(1), ("held".into(), Some("SCOPE".into())));
    let id = device.id.clone();
    office
        .core
        .transact(|desk| desk.grant("test", &id, "u:9", "team"))
        .expect("granted");
    assert_eq!(office.verdict(1), ("accepted".into(), None));
    assert_eq!(office.verdict(2), ("accepted".into(), None), "moved to its own unit");
    office.assert_sound();
}

#[test]
fn work_held_for_a_record_elsewhere_is_judged_when_the_record_comes() {
    let mut office = Office::open();
    let (mut mover, mut other) = (office.device(1, "u:1"), office.device(2, "u:9"));
    let made = mover.create(1, "u:1", session(20));
    other.create(1, "u:9", session(30));
    office.send(mover.frames(64));
    office.send(other.frames(64));
    let last = |office: &Office| office.ruled(&other).pop().expect("it sent something");
    assert_eq!(
        last(&office),
        ("held".into(), Some("SCOPE".into())),
        "its record is elsewhere"
    );
    let id = mover.id.clone();
    office
        .core
        .transact(|desk| desk.grant("test", &id, "u:9", "team"))
        .expect("granted");
    mover.edit(1, "u:9", made, json!({}));
    office.send(mover.frames(64));
    assert_eq!(
        last(&office),
        ("conflicted".into(), Some("BASE_CHANGED".into())),
        "now it is here"
    );
    office.assert_sound();
}

#[test]
fn another_process_may_administer_while_this_one_serves() {
    let mut office = Office::open();
    let mut device = office.device(1, "new:29242");
    let made = device.create(1, "u:new", session(20));
    office.send(device.frames(64));
    let mut other = Core::open(&office.path, None, office.world.clone()).expect("the same file");
    let unit = common::hamlet("u:new", "new:29242");
    other.transact(|desk| desk.add_unit("cli", unit)).expect("added");
    assert_eq!(
        office.verdict(1),
        ("accepted".into(), None),
        "the other process judged it"
    );
    device.edit(1, "u:new", made, json!({"note": "tiếp"}));
    device.create(2, "u:new", session(5));
    let ruled = rulings(&office.send(device.frames(64)));
    assert!(
        ruled.iter().all(|(_, _, ruling)| ruling.v == Verdict::Accepted),
        "{ruled:?}"
    );
    other.transact(|desk| desk.revoke("cli", &device.id)).expect("revoked");
    device.create(3, "u:new", session(5));
    assert_eq!(rulings(&office.send(device.frames(64)))[3].2.v, Verdict::Quarantined);
    office.assert_sound();
}

#[test]
fn a_newer_file_and_another_deployment_are_refused() {
    let office = Office::open();
    let open = |deployment| Core::open(&office.path, deployment, office.world.clone()).err();
    assert!(matches!(
        open(Some("khac")),
        Some(hocvu_central::Error::Deployment { .. })
    ));
    let db = rusqlite::Connection::open(&office.path).expect("a second connection");
    db.pragma_update(None, "user_version", 99).expect("sql");
    assert!(matches!(
        open(None),
        Some(hocvu_central::Error::Newer { found: 99, .. })
    ));
    let nowhere = office.path.with_extension("none");
    let missing = Core::open(&nowhere, None, office.world.clone()).err();
    assert!(matches!(missing, Some(hocvu_central::Error::Missing(_))) && !nowhere.exists());
}
