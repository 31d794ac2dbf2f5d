//! Units declared not to be: only while nothing hangs on them, and without the loss of anything that arrives later.

mod common;

use common::{Device, Office, hamlet, session};
use hocvu_model::operation::{Kind, OfficeDraft};
use hocvu_model::unit::{Level, Member, Succession, SuccessionKind, Unit};
use hocvu_wire::b64;
use hocvu_wire::changes::Change;
use serde_json::json;

const WARD: &str = "new:29242";

fn say(device: &mut Device, units: &[Unit]) {
    succeed(device, units, &[]);
}

fn succeed(device: &mut Device, units: &[Unit], successions: &[Succession]) {
    let text = OfficeDraft {
        units,
        successions,
        ..OfficeDraft::new(Kind::Succeed, device.at)
    }
    .text();
    device.write(text);
}

fn void(unit: Unit) -> Unit {
    Unit { void: true, ..unit }
}

/// What the feed says last of a unit: whether it is void.
fn told(office: &Office, device: &Device, uid: &str) -> Option<bool> {
    let mut units = office.feed(device, 3).into_iter().filter_map(|change| match change {
        Change::Unit { unit, .. } if unit.uid.as_str() == uid => Some(unit.void),
        _ => None,
    });
    units.next_back()
}

fn names(office: &Office) -> Vec<String> {
    let directory = office.core.directory();
    let mut names: Vec<String> = directory.units.iter().map(|unit| unit.uid.to_string()).collect();
    names.sort();
    names
}

#[test]
fn a_slip_is_taken_back_everywhere_and_what_was_recorded_for_it_counts_once_it_is_said_again() {
    let mut office = Office::open();
    let mut officer = office.officer(40, WARD, "commune");
    let other = office.officer(41, WARD, "commune");
    let far = office.officer(42, "new:29254", "commune");
    let mut team = office.device(1, WARD);
    let before = names(&office);
    say(&mut officer, &[hamlet("u:7", WARD), hamlet("u:8", "u:7")]);
    assert_eq!(office.deliver(&officer), "accepted");
    assert_eq!(told(&office, &other, "u:7"), Some(false));

    say(&mut officer, &[void(hamlet("u:7", WARD))]);
    assert_eq!(office.deliver(&officer), "rejected UNIT_IN_USE", "another lies in it");
    say(&mut officer, &[void(hamlet("u:8", "u:7"))]);
    say(&mut officer, &[void(hamlet("u:7", WARD))]);
    assert_eq!(office.deliver(&officer), "accepted");
    assert_eq!(names(&office), before, "as if they had never been made");
    for device in [&officer, &other] {
        assert_eq!(
            (told(&office, device, "u:7"), told(&office, device, "u:8")),
            (Some(true), Some(true))
        );
    }
    assert_eq!(told(&office, &far, "u:7"), None, "I13");
    say(&mut officer, &[void(hamlet("u:7", WARD))]);
    assert_eq!(office.deliver(&officer), "accepted", "told twice, done once");

    let made = team.create(1, "u:7", session(20));
    team.edit(1, "u:7", made, json!({"note": "khi chưa có mạng"}));
    office.send(team.frames(64));
    let rulings = |office: &Office| office.ruled(&team).into_iter().map(|it| it.1).collect::<Vec<_>>();
    assert_eq!(
        rulings(&office),
        [Some("UNIT_UNKNOWN".into()), Some("PARENT_HELD".into())]
    );
    assert_eq!((office.attended("u:7"), office.cases(&other).len()), (0, 2));
    office.assert_sound();

    say(&mut officer, &[hamlet("u:7", WARD)]);
    assert_eq!(office.deliver(&officer), "accepted", "said again");
    assert_eq!(rulings(&office), [None, None]);
    assert_eq!(office.attended("u:7"), 20, "nothing was lost");
    assert_eq!(told(&office, &other, "u:7"), Some(false));
    say(&mut officer, &[void(hamlet("u:7", WARD))]);
    assert_eq!(office.deliver(&officer), "rejected UNIT_IN_USE");
    assert_eq!(office.attended("u:7"), 20);
    office.assert_sound();
}

#[test]
fn a_unit_something_hangs_on_stays() {
    let mut office = Office::open();
    let mut officer = office.officer(40, WARD, "commune");
    let mut province = office.officer(43, "new:86", "province");
    let mut team = office.device(1, WARD);
    let used = ["u:a", "u:b", "u:c", "u:d", "u:e", "u:f", "u:g", "u:h"];
    let all: Vec<Unit> = used.iter().map(|uid| hamlet(uid, WARD)).collect();
    say(&mut officer, &all);
    assert_eq!(office.deliver(&officer), "accepted");

    let made = team.create(1, "u:a", session(20));
    team.act(Kind::Void, 1, "u:a", Some(made), None);
    let elsewhere = team.create(2, "u:b", session(7));
    team.edit(2, WARD, elsewhere, json!({}));
    let missing = office.device(9, WARD).op(5);
    team.edit(3, "u:c", missing, json!({"note": "bản gốc chưa đến"}));
    office.send(team.frames(64));
    office.device(2, "u:d");
    let unit = "u:e".into();
    let code = b64::encode([7; 32]);
    officer.write(
        OfficeDraft {
            unit: Some(&unit),
            role: Some("team"),
            code: Some(&code),
            name: Some("Bảy"),
            ..OfficeDraft::new(Kind::Invite, officer.at)
        }
        .text(),
    );
    assert_eq!(office.deliver(&officer), "accepted");
    let follows = Succession {
        old: "u:f".into(),
        new: "u:g".into(),
        kind: SuccessionKind::Merge,
        effective: "2026-01-01".parse().expect("a day"),
        legal_basis: "NQ 1".into(),
    };
    succeed(&mut officer, &[], &[follows]);
    assert_eq!(office.deliver(&officer), "accepted");
    office
        .core
        .transact(|desk| desk.lock_period("cli", "u:h", "2025-11"))
        .expect("closed");
    let before = names(&office);
    for uid in used {
        say(&mut officer, &[void(hamlet(uid, WARD))]);
        assert_eq!(office.deliver(&officer), "rejected UNIT_IN_USE", "{uid}");
    }
    let commune = |uid: &str| Unit {
        level: Level::Commune,
        ..hamlet(uid, "new:86")
    };
    let area = Unit {
        level: Level::Area,
        members: vec![Member {
            unit: "u:xa".into(),
            from: None,
            to: None,
        }],
        ..hamlet("u:area", "new:86")
    };
    say(&mut province, &[commune("u:xa"), area]);
    assert_eq!(office.deliver(&province), "accepted");
    say(&mut province, &[void(commune("u:xa"))]);
    assert_eq!(office.deliver(&province), "rejected UNIT_IN_USE", "member of an area");
    assert_eq!(names(&office).len(), before.len() + 2);
    office.assert_sound();
}

#[test]
fn who_may_not_make_a_unit_may_not_take_it_back() {
    let mut office = Office::open();
    let mut officer = office.officer(40, WARD, "commune");
    let mut far = office.officer(41, "new:29254", "commune");
    let mut team = office.officer(44, WARD, "team");
    say(&mut officer, &[hamlet("u:7", WARD)]);
    assert_eq!(office.deliver(&officer), "accepted");
    for (who, unit, expected) in [
        ("far", hamlet("u:7", WARD), "rejected RIGHTS"),
        ("far", hamlet("u:7", "new:29254"), "rejected RIGHTS"), // Whatever it says of where the unit lies.
        ("team", hamlet("u:7", WARD), "rejected RIGHTS"),
        ("officer", hamlet(WARD, "new:86"), "rejected INVALID"),
        ("officer", hamlet("u:none", "new:29254"), "rejected RIGHTS"),
        ("officer", hamlet("u:none", "u:nowhere"), "rejected RIGHTS"),
    ] {
        let device = match who {
            "far" => &mut far,
            "team" => &mut team,
            _ => &mut officer,
        };
        say(device, &[void(unit.clone())]);
        assert_eq!(office.deliver(device), expected, "{unit:?}");
    }
    assert_eq!(told(&office, &officer, "u:7"), Some(false));
    let renamed = Unit {
        name: "Tên khác".into(),
        ..hamlet("u:7", WARD)
    };
    say(&mut officer, &[void(renamed)]);
    assert_eq!(office.deliver(&officer), "accepted");
    assert_eq!(
        office
            .core
            .directory()
            .units
            .voided("u:7")
            .map(|unit| unit.name.clone()),
        Some("Ấp u:7".into()),
        "a void says nothing else of a unit"
    );
    office.assert_sound();
}

#[test]
fn a_void_that_overtakes_its_unit_waits_for_it() {
    let mut office = Office::open();
    let mut officer = office.officer(40, WARD, "commune");
    say(&mut officer, &[hamlet("u:7", WARD)]);
    say(&mut officer, &[void(hamlet("u:7", WARD))]);
    let before = names(&office);
    office.send(vec![officer.frame(2, 2)]);
    assert_eq!(office.last(&officer), "held UNIT_UNKNOWN");
    office.send(vec![officer.frame(1, 1)]);
    let verdicts: Vec<_> = office.ruled(&officer).into_iter().map(|it| it.0).collect();
    assert_eq!(verdicts, ["accepted", "accepted"]);
    assert_eq!(names(&office), before);

    let mut both = office.officer(41, WARD, "commune");
    say(&mut both, &[hamlet("u:8", WARD), void(hamlet("u:8", WARD))]);
    assert_eq!(office.deliver(&both), "accepted", "said and taken back in one act");
    assert_eq!(names(&office), before);
    office.assert_sound();
}
