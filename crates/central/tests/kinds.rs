//! Records that are no sessions: judged, merged, closed and corrected as sessions are.

mod common;

use common::{Device, Office, coverage, of_every_kind};
use hocvu_model::operation::{Draft, Kind, TRAINING_SESSION};
use hocvu_model::{OperationId, RecordId, UnitUid};
use serde_json::{Value, json};
use uuid::Uuid;

fn told(device: &mut Device, record: u128, body: Value) -> OperationId {
    device.act_of("coverage", Kind::Put, record, "u:1", None, Some(body))
}

fn changed(device: &mut Device, record: u128, base: OperationId, set: Value) -> OperationId {
    device.act_of("coverage", Kind::Put, record, "u:1", Some(base), Some(set))
}

#[test]
fn what_a_record_is_never_changes() {
    for (kind, body) in of_every_kind() {
        let mut office = Office::open();
        let mut device = office.device(1, "u:1");
        let made = device.act_of(kind, Kind::Put, 1, "u:1", None, Some(body));
        let other = if kind == "team" { TRAINING_SESSION } else { "team" };
        let note = Some(json!({"note": "đổi"}));
        device.act_of(other, Kind::Put, 1, "u:1", Some(made), note.clone());
        device.act_of(other, Kind::Void, 1, "u:1", Some(made), None);
        device.act_of(kind, Kind::Put, 1, "u:1", Some(made), note);
        office.send(device.frames(64));
        let malformed = ("rejected".to_owned(), Some("MALFORMED".to_owned()));
        let accepted = ("accepted".to_owned(), None);
        assert_eq!(
            office.ruled(&device),
            [accepted.clone(), malformed.clone(), malformed, accepted],
            "{kind} is not made {other}"
        );
        office.assert_sound();
    }
}

#[test]
fn a_kind_nobody_knows_yet_waits_for_a_later_version() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    device.act_of("survey", Kind::Put, 1, "u:1", None, Some(json!({"x": 1})));
    told(&mut device, 2, coverage(38, "2025-11-20"));
    office.send(device.frames(64));
    assert_eq!(office.ruled(&device)[0], ("held".into(), Some("SCHEMA_AHEAD".into())));
    assert_eq!(office.last(&device), "accepted", "what follows does not wait");
}

#[test]
fn a_figure_of_a_closed_month_waits_by_the_day_it_was_true() {
    let mut office = Office::open();
    let mut school = office.device(1, "u:1");
    let made = told(&mut school, 1, coverage(30, "2025-11-20"));
    office.send(school.frames(64));
    office
        .core
        .transact(|desk| desk.lock_period("test", "new:29242", "2025-12"))
        .expect("a known unit");
    changed(&mut school, 1, made, json!({"numerator": 31}));
    told(&mut school, 3, coverage(30, "2025-11-14"));
    told(&mut school, 4, coverage(30, "2025-11-15"));
    let population = json!({
        "target_group": "adult", "value": 900, "basis": "registered", "as_of": "2025-12-14", "source": "Công an xã"
    });
    school.act_of("population", Kind::Put, 2, "u:1", None, Some(population));
    school.act_of(
        "team",
        Kind::Put,
        5,
        "u:1",
        None,
        Some(json!({"name": "Tổ ấp", "members": 7})),
    );
    office.send(school.frames(64));
    let codes: Vec<String> = office
        .ruled(&school)
        .into_iter()
        .map(|(_, code)| code.unwrap_or_default())
        .collect();
    assert_eq!(
        codes,
        ["", "PERIOD_LOCKED", "", "PERIOD_LOCKED", "PERIOD_LOCKED", ""],
        "the window of December is 15/11 to 14/12; a team belongs to no month"
    );
}

#[test]
fn i6_two_changes_of_one_figure_wait_for_a_person_and_a_note_does_not() {
    let mut office = Office::open();
    let (mut lan, mut bay) = (office.device(1, "u:1"), office.device(2, "u:1"));
    let made = told(&mut lan, 1, coverage(30, "2025-11-20"));
    office.send(lan.frames(64));
    changed(&mut lan, 1, made, json!({"numerator": 33}));
    changed(&mut bay, 1, made, json!({"note": "đã kiểm tra"}));
    assert_eq!(office.deliver(&lan), "accepted");
    assert_eq!(office.deliver(&bay), "merged");
    changed(&mut bay, 1, made, json!({"population": 42}));
    assert_eq!(
        office.deliver(&bay),
        "conflicted BASE_CHANGED",
        "đạt and sĩ số are only true together"
    );
    let state = office.state().join("\n");
    assert!(
        state.contains("\"numerator\":33") && state.contains("đã kiểm tra") && !state.contains(":42"),
        "{state}"
    );
    office.assert_sound();
}

#[test]
fn an_officer_corrects_a_figure_and_the_school_no_longer_overwrites_it() {
    let mut office = Office::open();
    let mut school = office.device(1, "u:1");
    let mut officer = office.officer(2, "new:29242", "commune");
    let made = told(&mut school, 1, coverage(30, "2025-11-20"));
    office.send(school.frames(64));
    let (unit, set) = (UnitUid::from("u:1"), json!({"numerator": 28}));
    let text = Draft {
        k: Kind::Correct,
        t: "coverage",
        sv: 1,
        id: RecordId(Uuid::from_u128(1)),
        unit: &unit,
        base: Some(made),
        set: set.as_object(),
        reason: Some("Đã đối chiếu sổ"),
        void: None,
        supersedes: &[],
        at: officer.at,
    }
    .text();
    let corrected = officer.write(text);
    assert_eq!(office.deliver(&officer), "accepted");
    changed(&mut school, 1, made, json!({"numerator": 35}));
    assert_eq!(office.deliver(&school), "conflicted RANK_FLOOR");
    changed(&mut school, 1, corrected, json!({"numerator": 35}));
    assert_eq!(
        office.deliver(&school),
        "conflicted RANK_FLOOR",
        "also who saw the correction does not take it back alone"
    );
    assert!(office.state().join("\n").contains("\"numerator\":28"));
    office.assert_sound();
}
