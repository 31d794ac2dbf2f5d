//! Operations as released programs wrote and signed them: read, verified and judged as on the day (I16).

mod common;

use common::{DEPLOYMENT, Device, Office, of_every_kind, session};
use hocvu_model::RecordKind;
use hocvu_model::operation::{KINDS, Kind, OfficeDraft};
use hocvu_model::unit::{Succession, SuccessionKind};
use hocvu_wire::frame::SealedFrame;
use serde_json::json;

/// Everything one officer can write, once: one operation of every kind, in one log.
fn everything(officer: &mut Device) -> Vec<SealedFrame> {
    officer.open();
    let made = officer.create(1, "u:1", session(20));
    let edited = officer.edit(
        1,
        "u:1",
        made,
        json!({"note": "ấp", "later": {"x": [1, null]}, "start": null}),
    );
    let void = officer.act(Kind::Void, 1, "u:1", Some(edited), None);
    let back = officer.act(Kind::Restore, 1, "u:1", Some(void), None);
    let branch = officer.edit(1, "u:1", made, json!({"note": "khác"}));
    let settled = officer.resolve(1, back, &[branch], json!({}));
    officer.correct(1, settled, json!({"counts": [{"group": "adult", "attended": 18}]}));
    for kind in [Kind::Adopt, Kind::Return, Kind::Release] {
        officer.office(kind, &[made], (kind == Kind::Adopt).then_some("u:1"));
    }
    let at = officer.at;
    let unit = "u:1".into();
    let code = hocvu_wire::b64::encode([7; 32]);
    let successions = [Succession {
        old: "u:1".into(),
        new: "u:3".into(),
        kind: SuccessionKind::Merge,
        effective: "2026-01-01".parse().expect("a day"),
        legal_basis: "NQ 1".into(),
    }];
    for act in [
        OfficeDraft {
            unit: Some(&unit),
            role: Some("team"),
            code: Some(&code),
            name: Some("Bảy"),
            ..OfficeDraft::new(Kind::Invite, at)
        },
        OfficeDraft {
            units: &[common::hamlet("u:3", "new:29242")],
            successions: &successions,
            ..OfficeDraft::new(Kind::Succeed, at)
        },
        OfficeDraft {
            device: Some("dev_nobody"),
            reason: Some("mất máy"),
            ..OfficeDraft::new(Kind::Revoke, at)
        },
    ] {
        officer.write(act.text());
    }
    officer.frames(64)
}

#[test]
fn i16_frames_of_a_released_program_are_judged_as_ever() {
    let golden: Vec<SealedFrame> = serde_json::from_str(include_str!("golden/frames-1.json")).expect("frames");
    let mut office = Office::open();
    let mut officer = office.officer(7, "new:29242", "commune");
    assert_eq!(
        everything(&mut officer.clone()),
        golden,
        "this program still writes the same bytes in {DEPLOYMENT}"
    );
    office.send(golden.clone());
    let verdicts: Vec<_> = office
        .ruled(&officer)
        .into_iter()
        .map(|(verdict, code)| code.map_or(verdict.clone(), |code| format!("{verdict} {code}")))
        .collect();
    let accepted = "accepted";
    assert_eq!(
        verdicts,
        [
            accepted,
            accepted,
            accepted,
            accepted,
            accepted,
            "conflicted BASE_CHANGED",
            accepted,
            accepted,
            accepted,
            accepted,
            accepted,
            accepted,
            accepted,
            "rejected RIGHTS"
        ]
    );
    let state = office.state().join("\n");
    assert!(
        state.contains(r#""later":{"x":[1,null]}"#),
        "fields nobody knows survive: {state}"
    );
    let written: Vec<String> = KINDS
        .iter()
        .map(|kind| format!("\"k\":\"{}\"", kind.as_str()))
        .collect();
    assert!(
        written.iter().all(|kind| golden[0].p.contains(kind)),
        "every kind is among them"
    );
    everything(&mut officer);
    let next = officer.edit(1, "u:1", officer.op(8), json!({"note": "bởi chương trình cũ"}));
    office.send(vec![officer.frame(next.seq, next.seq)]);
    assert!(
        office.state().join("\n").contains(r#""later":{"x":[1,null]}"#),
        "also through an old program's edit"
    );
    office.assert_sound();
}

/// One record of every kind, each changed once.
fn every_kind(officer: &mut Device) -> Vec<SealedFrame> {
    officer.open();
    for (at, (kind, body)) in of_every_kind().into_iter().enumerate() {
        let record = 10 + at as u128;
        let made = officer.act_of(kind, Kind::Put, record, "u:1", None, Some(body));
        let later = json!({"later": {"x": [1, null]}});
        officer.act_of(kind, Kind::Put, record, "u:1", Some(made), Some(later));
    }
    officer.frames(64)
}

#[test]
fn i16_records_of_every_kind_are_read_as_a_released_program_wrote_them() {
    let golden: Vec<SealedFrame> = serde_json::from_str(include_str!("golden/frames-2.json")).expect("frames");
    let mut office = Office::open();
    let officer = office.officer(7, "new:29242", "commune");
    assert_eq!(every_kind(&mut officer.clone()), golden, "the same bytes");
    office.send(golden.clone());
    for (at, ruled) in office.ruled(&officer).into_iter().enumerate() {
        assert_eq!(ruled, ("accepted".into(), None), "operation {}", at + 1);
    }
    assert!(
        RecordKind::ALL
            .iter()
            .all(|kind| golden[0].p.contains(&format!("\"t\":\"{}\"", kind.as_str()))),
        "every kind is among them"
    );
    let state = office.state().join("\n");
    assert_eq!(
        state.matches(r#""later":{"x":[1,null]}"#).count(),
        RecordKind::ALL.len()
    );
    office.assert_sound();
}

#[test]
#[ignore = "writes the golden frames of a new version; released ones never change"]
fn write_golden_kinds() {
    let mut office = Office::open();
    let mut officer = office.officer(7, "new:29242", "commune");
    let frames = serde_json::to_string_pretty(&every_kind(&mut officer)).expect("JSON");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/frames-2.json");
    std::fs::write(path, frames + "\n").expect("written");
}

#[test]
#[ignore = "writes the golden frames of a new version; released ones never change"]
fn write_golden_frames() {
    let mut office = Office::open();
    let mut officer = office.officer(7, "new:29242", "commune");
    let frames = serde_json::to_string_pretty(&everything(&mut officer)).expect("JSON");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/frames-1.json");
    std::fs::write(path, frames + "\n").expect("written");
}
