//! What officers do: take over, send back, release, revoke, invite, merge units. Each is a signed operation within a scope.

mod common;

use common::{DEPLOYMENT, Device, Office, hamlet, rulings, session};
use hocvu_model::OperationId;
use hocvu_model::operation::{Kind, OfficeDraft};
use hocvu_model::unit::{Boundaries, Level, Member, Succession, SuccessionKind, Unit};
use hocvu_wire::b64;
use hocvu_wire::batch::Verdict;
use hocvu_wire::changes::Change;
use serde_json::json;

/// The commune's ward, its hamlets u:1 and u:2, and an officer of it.
fn ward(office: &mut Office) -> Device {
    office.officer(40, "new:29242", "commune")
}

fn succession(old: &str, new: &str) -> Succession {
    Succession {
        old: old.into(),
        new: new.into(),
        kind: SuccessionKind::Merge,
        effective: "2026-01-01".parse().expect("a day"),
        legal_basis: "NQ 01/2026".into(),
    }
}

fn succeed(device: &mut Device, units: &[Unit], successions: &[Succession]) -> OperationId {
    let text = OfficeDraft {
        units,
        successions,
        ..OfficeDraft::new(Kind::Succeed, device.at)
    }
    .text();
    device.write(text)
}

#[test]
fn work_out_of_scope_is_taken_over_by_an_officer() {
    let mut office = Office::open();
    let mut officer = ward(&mut office);
    let mut far = office.officer(41, "new:29254", "commune");
    let mut team = office.device(1, "u:1");
    let stray = team.create(1, "u:2", session(20));
    let edit = team.edit(1, "u:2", stray, json!({"note": "tiếp"}));
    team.create(2, "u:typo", session(7));
    office.send(team.frames(64));
    assert_eq!(
        office
            .ruled(&team)
            .iter()
            .map(|r| r.1.as_deref().unwrap_or(""))
            .collect::<Vec<_>>(),
        ["SCOPE", "PARENT_HELD", "UNIT_UNKNOWN"]
    );
    let shown = office.cases(&officer);
    assert_eq!(shown.len(), 3, "the officer sees what waits");
    assert_eq!(
        shown.iter().find(|case| case.op == stray).expect("shown").body["form"],
        "class"
    );
    assert_eq!(office.cases(&team).len(), 3, "so does the author");
    assert!(office.cases(&far).is_empty(), "and nobody else");

    far.office(Kind::Adopt, &[stray], None);
    assert_eq!(office.deliver(&far), "rejected RIGHTS");
    team.office(Kind::Adopt, &[stray], None);
    assert_eq!(office.deliver(&team), "rejected RIGHTS", "nobody takes over their own");
    officer.office(Kind::Adopt, &[team.op(3)], None);
    assert_eq!(office.deliver(&officer), "rejected RIGHTS", "it would end up nowhere");
    officer.office(Kind::Adopt, &[stray, edit], None);
    officer.office(Kind::Adopt, &[team.op(3)], Some("u:1"));
    assert_eq!(office.deliver(&officer), "accepted");
    let verdicts: Vec<_> = office.ruled(&team).into_iter().map(|r| r.0).collect();
    assert_eq!(verdicts, ["accepted", "accepted", "accepted", "rejected"]);
    assert_eq!((office.attended("u:1"), office.attended("u:2")), (7, 20));
    assert!(office.cases(&officer).iter().all(|case| !case.open));
    let told = office.feed(&team, 50).into_iter().filter_map(|change| match change {
        Change::Verdict { seq, ruling, .. } if ruling.v == Verdict::Accepted => Some(seq),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [1, 2, 3], "the author is told of each");
    assert!(
        !office
            .feed(&team, 50)
            .iter()
            .any(|change| matches!(change, Change::Record { unit, .. } if unit.as_str() == "u:2"))
    );
    office.assert_sound();
}

#[test]
fn an_act_waits_for_what_it_is_about_and_is_judged_once() {
    let mut office = Office::open();
    let mut officer = ward(&mut office);
    let mut team = office.device(1, "u:1");
    let (one, two) = (team.create(1, "u:2", session(20)), team.create(2, "u:2", session(7)));
    officer.office(Kind::Adopt, &[one, two], None);
    assert_eq!(office.deliver(&officer), "held PARENT_MISSING");
    office.send(vec![team.frame(2, 2)]);
    assert_eq!(
        office.last(&officer),
        "held PARENT_MISSING",
        "the other is still missing"
    );
    office.send(team.frames(64));
    assert_eq!(office.last(&officer), "accepted");
    assert_eq!(office.attended("u:2"), 27);
    let before = office.state();
    office.send(officer.frames(64));
    assert_eq!(office.state(), before);
    office.assert_sound();
}

#[test]
fn work_is_sent_back_with_a_reason() {
    let mut office = Office::open();
    let mut officer = ward(&mut office);
    let mut team = office.device(1, "u:1");
    let stray = team.create(1, "u:9", session(20));
    team.edit(1, "u:9", stray, json!({"note": "tiếp"}));
    office.send(team.frames(64));
    officer.write(
        OfficeDraft {
            cites: &[stray],
            ..OfficeDraft::new(Kind::Return, officer.at)
        }
        .text(),
    );
    assert_eq!(office.deliver(&officer), "rejected REASON_MISSING");
    officer.write(
        OfficeDraft {
            reason: Some("x"),
            ..OfficeDraft::new(Kind::Return, officer.at)
        }
        .text(),
    );
    assert_eq!(office.deliver(&officer), "rejected MALFORMED");
    officer.office(Kind::Return, &[stray], None);
    assert_eq!(office.deliver(&officer), "accepted");
    assert_eq!(office.ruled(&team)[0], ("rejected".into(), Some("RETURNED".into())));
    assert_eq!(office.ruled(&team)[1], ("held".into(), Some("PARENT_HELD".into())));
    let ruling = &rulings(&office.send(team.frames(64)))[0].2;
    assert_eq!(
        ruling.m.as_deref(),
        Some("Không phải địa bàn của ấp"),
        "the words reach the author"
    );
    let told = office.feed(&team, 50).into_iter().find_map(|change| match change {
        Change::Verdict { ruling, .. } => ruling.m,
        _ => None,
    });
    assert_eq!(told.as_deref(), Some("Không phải địa bàn của ấp"));
    let id = team.id.clone();
    office
        .core
        .transact(|desk| desk.grant("test", &id, "u:9", "team"))
        .expect("granted");
    assert_eq!(
        office.ruled(&team)[0].1.as_deref(),
        Some("RETURNED"),
        "what was sent back stays back"
    );
    office.assert_sound();
}

#[test]
fn i14_a_revoked_device_is_set_aside_until_an_officer_releases_it() {
    let mut office = Office::open();
    let mut officer = ward(&mut office);
    let mut far = office.officer(41, "new:29254", "commune");
    let mut team = office.device(1, "u:1");
    let made = team.create(1, "u:1", session(20));
    office.send(team.frames(64));
    let revoke = |device: &mut Device, target: &str, reason: Option<&str>| {
        let text = OfficeDraft {
            device: Some(target),
            reason,
            ..OfficeDraft::new(Kind::Revoke, device.at)
        }
        .text();
        device.write(text)
    };
    let id = team.id.clone();
    for (from_far, target, reason, expected) in [
        (true, id.as_str(), Some("mất máy"), "rejected RIGHTS"),
        (false, "dev_nobody", Some("mất máy"), "rejected RIGHTS"),
        (false, id.as_str(), None, "rejected REASON_MISSING"),
        (false, id.as_str(), Some("mất máy"), "accepted"),
    ] {
        let device = if from_far { &mut far } else { &mut officer };
        revoke(device, target, reason);
        assert_eq!(office.deliver(device), expected);
    }
    let listed = office.feed(&officer, 50).into_iter().find_map(|change| match change {
        Change::Device { device, revoked, .. } if device == id => Some(revoked),
        _ => None,
    });
    assert_eq!(listed, Some(true));
    let late = team.edit(1, "u:1", made, json!({"note": "trước khi mất"}));
    assert_eq!(office.deliver(&team), "quarantined DEVICE_REVOKED");
    officer.office(Kind::Adopt, &[late], None);
    assert_eq!(office.deliver(&officer), "accepted");
    assert_eq!(
        office.last(&team),
        "quarantined DEVICE_REVOKED",
        "taking over releases nothing"
    );
    far.office(Kind::Release, &[late], None);
    assert_eq!(office.deliver(&far), "rejected RIGHTS");
    officer.office(Kind::Release, &[late], None);
    assert_eq!(office.deliver(&officer), "accepted");
    assert_eq!(office.last(&team), "accepted");
    assert!(office.state().join("\n").contains("trước khi mất"));
    team.create(2, "u:1", session(4));
    assert_eq!(
        office.deliver(&team),
        "quarantined DEVICE_REVOKED",
        "what comes later is set aside again"
    );
    office.assert_sound();
}

#[test]
fn an_officer_invites_within_their_rank_and_scope() {
    use sha2::{Digest, Sha256};
    let mut office = Office::open();
    let mut officer = ward(&mut office);
    let code = "ABCDE-01234";
    let hash = b64::encode(Sha256::digest(code));
    for (unit, role, hash, expected) in [
        ("u:9", "team", hash.as_str(), "rejected RIGHTS"),
        ("u:1", "province", hash.as_str(), "rejected RIGHTS"),
        ("u:1", "emperor", hash.as_str(), "rejected MALFORMED"),
        ("u:1", "team", "short", "rejected MALFORMED"),
        ("u:none", "team", hash.as_str(), "held UNIT_UNKNOWN"),
        ("u:1", "team", hash.as_str(), "accepted"),
        ("u:2", "team", hash.as_str(), "rejected INVALID"),
    ] {
        let unit_uid = unit.into();
        let text = OfficeDraft {
            unit: Some(&unit_uid),
            role: Some(role),
            code: Some(hash),
            name: Some("Bảy"),
            ..OfficeDraft::new(Kind::Invite, officer.at)
        }
        .text();
        officer.write(text);
        assert_eq!(office.deliver(&officer), expected, "{unit} {role}");
    }
    let device = Device::blank(9);
    let request = device.enrolment(code);
    let reply = office
        .core
        .transact(|desk| desk.enrol(&request))
        .expect("no fault")
        .expect("enrolled");
    assert_eq!((reply.unit.as_str(), reply.user_name.as_deref()), ("u:1", Some("Bảy")));
    office.assert_sound();
}

#[test]
fn a_commune_is_merged_while_a_hamlet_is_offline_and_its_work_counts_in_both_views() {
    let mut office = Office::open();
    let mut province = office.officer(40, "new:86", "province");
    let mut old_officer = office.officer(41, "new:29242", "commune");
    let mut team = office.device(1, "u:1");
    team.create(1, "u:1", session(20));
    office.send(team.frames(64));
    let before = office.feed(&team, 50).len();
    let ward = Unit {
        level: hocvu_model::unit::Level::Commune,
        name: "Phường Hợp Nhất".into(),
        ..hamlet("u:ward", "new:86")
    };
    succeed(
        &mut old_officer,
        std::slice::from_ref(&ward),
        &[succession("new:29242", "u:ward")],
    );
    assert_eq!(office.deliver(&old_officer), "rejected RIGHTS");
    succeed(
        &mut province,
        &[ward],
        &[succession("new:29242", "u:ward"), succession("new:29254", "u:ward")],
    );
    assert_eq!(office.deliver(&province), "accepted");
    team.create(2, "u:1", session(7));
    old_officer.edit(1, "u:1", team.op(1), json!({"note": "cũ vẫn làm được"}));
    assert_eq!(
        office.deliver(&team),
        "accepted",
        "recorded for the old unit, as it was written"
    );
    assert_eq!(office.deliver(&old_officer), "accepted");
    let mut officer = office.officer(42, "u:ward", "commune");
    assert_eq!(
        office
            .feed(&officer, 50)
            .iter()
            .filter(|change| matches!(change, Change::Record { .. }))
            .count(),
        2
    );
    assert!(
        office
            .feed(&officer, 50)
            .iter()
            .any(|change| matches!(change, Change::Succession { .. }))
    );
    officer.edit(1, "u:1", old_officer.op(2), json!({"note": "phường mới"}));
    assert_eq!(
        office.deliver(&officer),
        "accepted",
        "the new ward's officer has the old hamlets"
    );
    let units = office.core.directory().units.clone();
    let db = rusqlite::Connection::open(&office.path).expect("a second connection");
    for (unit, boundaries, expected) in [
        ("u:ward", Boundaries::AsIsNow, 27),
        ("u:ward", Boundaries::AsWas, 0),
        ("new:29242", Boundaries::AsWas, 27),
    ] {
        let figures = hocvu_central::figures::figures(&db, &units, unit, None, boundaries).expect("known");
        assert_eq!(figures.total.attended, expected, "{unit} {boundaries:?}");
    }
    assert!(office.feed(&team, 50).len() > before);
    office.assert_sound();
}

#[test]
fn units_cannot_follow_themselves_and_shipped_ones_stay_as_they_are() {
    let mut office = Office::open();
    let mut officer = ward(&mut office);
    let fake = Unit {
        name: "Của tôi".into(),
        ..hamlet("new:29254", "new:29242")
    };
    let cases: Vec<(Vec<Unit>, Vec<Succession>, &str)> = vec![
        (vec![], vec![], "rejected MALFORMED"),
        (vec![fake], vec![], "rejected INVALID"),
        (vec![hamlet("u:3", "u:nowhere")], vec![], "rejected INVALID"),
        (vec![hamlet("u:3", "new:29254")], vec![], "rejected RIGHTS"),
        (vec![hamlet("", "new:29242")], vec![], "rejected INVALID"),
        (vec![], vec![succession("u:1", "u:1")], "rejected INVALID"),
        (vec![], vec![succession("new:29242", "u:1")], "rejected RIGHTS"),
        (vec![], vec![succession("u:1", "u:later")], "held UNIT_UNKNOWN"),
        (
            vec![],
            vec![Succession {
                legal_basis: " ".into(),
                ..succession("u:1", "u:2")
            }],
            "rejected REASON_MISSING",
        ),
        (
            vec![],
            vec![succession("u:1", "u:2"), succession("u:2", "u:1")],
            "rejected INVALID",
        ),
        (vec![], vec![succession("u:1", "u:9")], "rejected RIGHTS"),
        (
            vec![hamlet("u:3", "new:29242")],
            vec![succession("u:1", "u:3"), succession("u:2", "u:3")],
            "accepted",
        ),
        (vec![], vec![succession("u:3", "u:1")], "rejected INVALID"),
        (vec![hamlet("u:3", "new:29242")], vec![], "accepted"),
    ];
    for (n, (units, successions, expected)) in cases.into_iter().enumerate() {
        succeed(&mut officer, &units, &successions);
        assert_eq!(office.deliver(&officer), expected, "case {n}");
    }
    assert_eq!(office.count("unit"), 4, "three of before, one new");
    let mut team = office.device(1, "u:1");
    team.create(1, "u:1", session(5));
    assert_eq!(
        office.deliver(&team),
        "accepted",
        "a device of a merged hamlet keeps working"
    );
    office.assert_sound();
}

#[test]
fn the_centre_signs_what_its_administrator_decides() {
    let mut office = Office::open();
    let mut team = office.device(1, "u:1");
    let stray = team.create(1, "u:9", session(20));
    office.send(team.frames(64));
    let text = OfficeDraft {
        cites: &[stray],
        ..OfficeDraft::new(Kind::Adopt, 5)
    }
    .text();
    let authored = office.core.transact(|desk| desk.author("cli", &text)).expect("stored");
    assert_eq!(authored.ruling.v, Verdict::Accepted);
    assert_eq!(
        (authored.id.seq, office.ruled(&team)[0].0.as_str()),
        (2, "accepted"),
        "after the log's opening"
    );
    assert_eq!(office.attended("u:9"), 20);
    let again = office
        .core
        .transact(|desk| desk.author("cli", "{\"k\":\"adopt\"}"))
        .expect("stored");
    assert_eq!((again.id.seq, again.ruling.v), (3, Verdict::Rejected));
    let thief = Device {
        log: authored.id.log,
        ..Device::blank(9)
    };
    let mut thief = Device {
        id: "centre".into(),
        ..thief
    };
    thief.texts = vec![text.clone(), text.clone(), text.clone(), text];
    let refused = office.send(vec![thief.frame(4, 4)]);
    assert!(
        matches!(&refused.r[0], hocvu_wire::batch::Outcome::Refused { c, .. } if c == "BAD_SIGNATURE"),
        "{DEPLOYMENT}"
    );
    office.assert_sound();
}

fn unit(uid: &str, level: Level, name: &str, parent: &str) -> Unit {
    Unit {
        parent: Some(parent.into()),
        ..Unit::new(uid.into(), level, name)
    }
}

fn name_of(office: &Office, uid: &str) -> String {
    office
        .core
        .directory()
        .units
        .get(uid)
        .map(|unit| unit.name.clone())
        .unwrap_or_default()
}

#[test]
fn a_unit_is_revised_by_who_has_it_before_and_after() {
    let mut office = Office::open();
    let mut officer = ward(&mut office);
    let mut far = office.officer(41, "new:29254", "commune");
    succeed(
        &mut officer,
        &[unit("u:7", Level::Hamlet, "Khóm Bải", "new:29242")],
        &[],
    );
    assert_eq!(office.deliver(&officer), "accepted");
    let mut team = office.device(1, "u:7");
    team.create(1, "u:7", session(20));
    office.send(team.frames(64));
    let before = office.feed(&officer, 50).len();

    succeed(
        &mut officer,
        &[unit("u:7", Level::Hamlet, "Khóm Bảy", "new:29242")],
        &[],
    );
    assert_eq!(office.deliver(&officer), "accepted", "a slip of the pen");
    assert_eq!(name_of(&office, "u:7"), "Khóm Bảy");
    let told = office.feed(&officer, 50);
    let mut names = told.iter().filter_map(|change| match change {
        Change::Unit { unit, .. } if unit.uid.as_str() == "u:7" => Some(unit.name.as_str()),
        _ => None,
    });
    assert!(
        told.len() > before && names.next_back() == Some("Khóm Bảy"),
        "who knew it is told anew"
    );
    assert_eq!(office.attended("u:7"), 20, "its figures stay");

    succeed(
        &mut officer,
        &[unit("u:7", Level::School, "Khóm Bảy", "new:29242")],
        &[],
    );
    assert_eq!(office.deliver(&officer), "rejected INVALID", "it stays a hamlet");
    succeed(
        &mut officer,
        &[unit("u:7", Level::Hamlet, "Khóm Bảy", "new:29254")],
        &[],
    );
    assert_eq!(office.deliver(&officer), "rejected RIGHTS", "not into another commune");
    succeed(&mut far, &[unit("u:7", Level::Hamlet, "Khóm Bảy", "new:29254")], &[]);
    assert_eq!(office.deliver(&far), "rejected RIGHTS", "nor out of another's");
    succeed(
        &mut officer,
        &[unit("new:29242", Level::Commune, "Phường 3", "new:86")],
        &[],
    );
    assert_eq!(office.deliver(&officer), "rejected INVALID", "the law's is left alone");
    let mut province = office.officer(42, "new:86", "province");
    let tag = |office: &Office, device: &Device| office.feed(device, 50).len();
    let had = tag(&office, &far);
    succeed(
        &mut province,
        &[unit("u:7", Level::Hamlet, "Khóm Bảy", "new:29254")],
        &[],
    );
    assert_eq!(office.deliver(&province), "accepted", "who has both");
    assert!(tag(&office, &far) > had, "the other commune sees what is its own now");
    office.assert_sound();
}

#[test]
fn communes_and_areas_are_made_by_the_province() {
    let mut office = Office::open();
    let mut officer = ward(&mut office);
    let mut province = office.officer(42, "new:86", "province");
    let area = Unit {
        members: vec![Member {
            unit: "new:29242".into(),
            from: None,
            to: None,
        }],
        ..unit("u:area", Level::Area, "Khu vực Trà Vinh", "new:86")
    };
    succeed(&mut officer, &[unit("u:x", Level::Hamlet, "Ấp", "new:86")], &[]);
    assert_eq!(
        office.deliver(&officer),
        "rejected INVALID",
        "a hamlet lies in a commune"
    );
    succeed(&mut officer, std::slice::from_ref(&area), &[]);
    assert_eq!(office.deliver(&officer), "rejected RIGHTS");
    succeed(&mut province, &[area], &[]);
    assert_eq!(office.deliver(&province), "accepted");
    let directory = office.core.directory();
    assert!(directory.units.is_within("u:1", "u:area", Boundaries::AsIsNow));
    office.assert_sound();
}

#[test]
fn a_split_leaves_the_figures_and_a_transfer_takes_them() {
    let mut office = Office::open();
    let mut province = office.officer(42, "new:86", "province");
    let mut team = office.device(1, "u:1");
    team.create(1, "u:1", session(20));
    office.send(team.frames(64));
    let parts = [
        unit("u:1a", Level::Hamlet, "Khóm 1A", "new:29242"),
        unit("u:1b", Level::Hamlet, "Khóm 1B", "new:29242"),
    ];
    let split = |new: &str| Succession {
        kind: SuccessionKind::Split,
        ..succession("u:1", new)
    };
    succeed(&mut province, &parts, &[split("u:1a"), split("u:1b")]);
    assert_eq!(office.deliver(&province), "accepted");
    let book = office.core.directory().units.clone();
    assert_eq!(book.current(&"u:1".into()).as_str(), "u:1", "nobody placed them yet");
    assert!(book.is_within("u:1", "new:29242", Boundaries::AsIsNow));

    let moved = unit("u:2b", Level::Hamlet, "Khóm 2", "new:29254");
    let transfer = Succession {
        kind: SuccessionKind::Transfer,
        ..succession("u:2", "u:2b")
    };
    succeed(&mut province, &[moved], &[transfer]);
    assert_eq!(office.deliver(&province), "accepted");
    let book = office.core.directory().units.clone();
    assert!(book.is_within("u:2", "new:29254", Boundaries::AsIsNow));
    assert!(book.is_within("u:2", "new:29242", Boundaries::AsWas));
    office.assert_sound();
}
