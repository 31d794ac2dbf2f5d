//! Two people change one session: what is put together, what waits for a person, and who may settle it.

mod common;

use common::{Device, Office, session};
use hocvu_model::operation::Kind;
use hocvu_wire::changes::Change;
use serde_json::{Value, json};

/// Two teams of one hamlet and an officer of its commune, with one session all have seen.
struct Desks {
    office: Office,
    lan: Device,
    bay: Device,
    officer: Device,
    made: hocvu_model::OperationId,
}

fn desks() -> Desks {
    let mut office = Office::open();
    let (mut lan, bay) = (office.device(1, "u:1"), office.device(2, "u:1"));
    let officer = office.officer(3, "new:29242", "commune");
    let made = lan.create(1, "u:1", session(20));
    office.send(lan.frames(64));
    Desks {
        office,
        lan,
        bay,
        officer,
        made,
    }
}

fn head(office: &Office, device: &Device) -> (hocvu_model::OperationId, serde_json::Map<String, Value>) {
    let feed = office.feed(device, 50);
    let record = feed.into_iter().rev().find_map(|change| match change {
        Change::Record { head, body, .. } => Some((head, body)),
        _ => None,
    });
    record.expect("a record in the feed")
}

/// One change of every group of fields; the last moves the session.
fn changes() -> Vec<(&'static str, Value)> {
    vec![
        ("counts", json!({"counts": [{"group": "adult", "attended": 21}]})),
        ("when", json!({"date": "2025-11-19"})),
        ("where", json!({"form": "hands_on"})),
        ("what", json!({"topics": ["cashless_payment"]})),
        ("note", json!({"note": "của người khác"})),
        ("facilitators", json!({"facilitators": {"count": 2}})),
        ("of a later version", json!({"later": {"x": 1}})),
        ("unit", json!({})),
    ]
}

#[test]
fn i6_changes_of_different_groups_are_put_together_and_of_one_group_are_not() {
    let mut office = Office::open();
    let mut lan = office.officer(11, "new:29242", "team");
    let mut bay = office.officer(12, "new:29242", "team");
    let unit = |group: &str, to: &'static str| if group == "unit" { to } else { "u:1" };
    let (mut record, mut expected) = (0, Vec::new());
    for (n, (theirs, first)) in changes().iter().enumerate() {
        for (m, (ours, second)) in changes().iter().enumerate() {
            record += 1;
            let made = lan.create(record, "u:1", session(20));
            lan.edit(record, unit(theirs, "u:2"), made, first.clone());
            let same_group = match *ours {
                "counts" => json!({"household_businesses": 3}),
                "when" => json!({"start": "07:30"}),
                "where" => json!({"venue": {"type": "market"}}),
                "what" => json!({"language": "km"}),
                "note" => json!({"note": "của tôi"}),
                "facilitators" => json!({"facilitators": {"count": 3}}),
                "of a later version" => json!({"later": 2}),
                _ => json!({}),
            };
            let (set, to) = if n == m {
                (same_group, "new:29242")
            } else {
                (second.clone(), "u:2")
            };
            bay.edit(record, unit(ours, to), made, set);
            let verdict = if n == m { "conflicted" } else { "merged" };
            expected.push((format!("{theirs} then {ours}"), verdict.to_owned()));
        }
    }
    office.send(lan.frames(64));
    assert!(office.ruled(&lan).iter().all(|(verdict, _)| verdict == "accepted"));
    office.send(bay.frames(64));
    let found: Vec<_> = office
        .ruled(&bay)
        .into_iter()
        .map(|(verdict, code)| (verdict, code.unwrap_or_default()))
        .collect();
    for ((pair, verdict), found) in expected.into_iter().zip(found) {
        let code = if verdict == "merged" { "" } else { "BASE_CHANGED" };
        assert_eq!(found, (verdict, code.to_owned()), "{pair}");
    }
    office.assert_sound();
}

#[test]
fn i6_a_void_goes_with_nothing() {
    let mut desks = desks();
    desks.lan.act(Kind::Void, 1, "u:1", Some(desks.made), None);
    desks.bay.edit(1, "u:1", desks.made, json!({"note": "khác"}));
    assert_eq!(desks.office.deliver(&desks.lan), "accepted");
    assert_eq!(desks.office.deliver(&desks.bay), "conflicted BASE_CHANGED");
    let mut desks = self::desks();
    desks.lan.edit(1, "u:1", desks.made, json!({"note": "khác"}));
    desks.bay.act(Kind::Void, 1, "u:1", Some(desks.made), None);
    assert_eq!(desks.office.deliver(&desks.lan), "accepted");
    assert_eq!(desks.office.deliver(&desks.bay), "conflicted BASE_CHANGED");
    assert_eq!(desks.office.attended("u:1"), 20, "the branch counts nowhere");
    desks.office.assert_sound();
}

#[test]
fn a_correction_stands_against_lower_ranks() {
    let mut desks = desks();
    let corrected = desks
        .officer
        .correct(1, desks.made, json!({"counts": [{"group": "adult", "attended": 18}]}));
    assert_eq!(desks.office.deliver(&desks.officer), "accepted");
    desks.lan.edit(1, "u:1", desks.made, json!({"note": "cùng lúc"}));
    assert_eq!(
        desks.office.deliver(&desks.lan),
        "conflicted RANK_FLOOR",
        "nobody below undoes it"
    );
    desks.lan.edit(1, "u:1", corrected, json!({"note": "sau khi xem"}));
    assert_eq!(
        desks.office.deliver(&desks.lan),
        "conflicted RANK_FLOOR",
        "not even on top of it"
    );
    desks.officer.edit(1, "u:1", corrected, json!({"note": "cán bộ"}));
    assert_eq!(desks.office.deliver(&desks.officer), "accepted");
    let head = desks.officer.op(2);
    for (mut device, reason, expected) in [
        (desks.lan.clone(), true, "rejected RIGHTS"),
        (desks.officer.clone(), false, "rejected REASON_MISSING"),
    ] {
        device.correct(1, head, json!({"note": "x"}));
        if !reason {
            let text = device.texts.pop().expect("just written");
            device.write(text.replace(",\"reason\":\"Đã gọi điện kiểm tra\"", ""));
        }
        assert_eq!(desks.office.deliver(&device), expected);
    }
    assert_eq!(desks.office.attended("u:1"), 18);
    desks.office.assert_sound();
}

#[test]
fn what_a_higher_rank_touched_since_is_not_merged_over() {
    let mut desks = desks();
    desks.officer.edit(1, "u:1", desks.made, json!({"note": "cán bộ ghi"}));
    desks
        .lan
        .edit(1, "u:1", desks.made, json!({"topics": ["cashless_payment"]}));
    assert_eq!(desks.office.deliver(&desks.officer), "accepted");
    assert_eq!(desks.office.deliver(&desks.lan), "conflicted BASE_CHANGED");
    let mut desks = self::desks();
    desks.lan.edit(1, "u:1", desks.made, json!({"note": "tổ ghi"}));
    desks
        .officer
        .edit(1, "u:1", desks.made, json!({"topics": ["cashless_payment"]}));
    assert_eq!(desks.office.deliver(&desks.lan), "accepted");
    assert_eq!(
        desks.office.deliver(&desks.officer),
        "merged",
        "a higher word may join a lower one"
    );
    desks.office.assert_sound();
}

#[test]
fn two_possible_changes_may_be_impossible_together() {
    let mut desks = desks();
    desks.lan.edit(1, "u:1", desks.made, json!({"form": "broadcast"}));
    desks.bay.edit(1, "u:1", desks.made, json!({"broadcast_items": 2}));
    let (first, second) = (desks.office.deliver(&desks.lan), desks.office.deliver(&desks.bay));
    assert!(["accepted", "rejected INVALID"].contains(&first.as_str()), "{first}");
    assert!(
        ["merged", "conflicted BASE_CHANGED", "rejected INVALID"].contains(&second.as_str()),
        "{second}"
    );
    desks.office.assert_sound();
}

#[test]
fn a_conflict_is_settled_and_both_histories_remain() {
    let mut desks = desks();
    let hers = desks.lan.edit(1, "u:1", desks.made, json!({"note": "của Lan"}));
    let his = desks.bay.edit(1, "u:1", desks.made, json!({"note": "của Bảy"}));
    desks.office.send(desks.lan.frames(64));
    assert_eq!(desks.office.deliver(&desks.bay), "conflicted BASE_CHANGED");
    let more = desks.bay.edit(1, "u:1", his, json!({"start": "08:00"}));
    assert_eq!(desks.office.deliver(&desks.bay), "conflicted BASE_CHANGED");
    let open: Vec<_> = desks
        .office
        .cases(&desks.lan)
        .into_iter()
        .filter(|case| case.open)
        .collect();
    assert_eq!(open.len(), 1, "a branch its author went on from is one case");
    assert_eq!(
        (open[0].op, &open[0].body["note"], &open[0].body["start"]),
        (more, &json!("của Bảy"), &json!("08:00"))
    );
    assert_eq!(open[0].ruling.c.as_deref(), Some("BASE_CHANGED"));

    desks.lan.resolve(1, desks.made, &[more], json!({"note": "cả hai"}));
    assert_eq!(
        desks.office.deliver(&desks.lan),
        "conflicted BASE_CHANGED",
        "it must have seen the head"
    );
    let stale = desks.lan.op(3);
    desks.lan.resolve(
        1,
        hers,
        &[more, stale],
        json!({"note": "của Lan và Bảy", "start": "08:00"}),
    );
    assert_eq!(desks.office.deliver(&desks.lan), "accepted");
    let (_, body) = head(&desks.office, &desks.bay);
    assert_eq!(body["note"], "của Lan và Bảy");
    assert!(
        desks.office.cases(&desks.bay).iter().all(|case| !case.open),
        "nothing waits any more"
    );
    assert_eq!(
        desks.office.ruled(&desks.bay)[1].0,
        "conflicted",
        "what was decided then stays decided"
    );
    desks.bay.edit(1, "u:1", more, json!({"start": "09:00"}));
    assert_eq!(
        desks.office.deliver(&desks.bay),
        "conflicted BASE_CHANGED",
        "a settled branch leads nowhere"
    );
    assert_eq!(desks.office.count("operation"), 7);
    desks.office.assert_sound();
}

#[test]
fn only_branches_of_the_record_can_be_settled_and_no_higher_word_by_a_lower() {
    let mut desks = desks();
    let hers = desks.lan.edit(1, "u:1", desks.made, json!({"note": "của Lan"}));
    let other = desks.lan.create(2, "u:1", session(5));
    desks.office.send(desks.lan.frames(64));
    desks.officer.edit(1, "u:1", desks.made, json!({"note": "cán bộ"}));
    assert_eq!(desks.office.deliver(&desks.officer), "conflicted BASE_CHANGED");
    let branch = desks.officer.op(1);
    for (closes, expected) in [
        (vec![other], "rejected BASE_FOREIGN"),
        (vec![hers], "rejected BASE_FOREIGN"),
        (vec![], "rejected MALFORMED"),
        (vec![branch], "conflicted RANK_FLOOR"),
        (vec![branch, desks.bay.op(1)], "held PARENT_MISSING"),
    ] {
        desks.lan.resolve(1, hers, &closes, json!({}));
        assert_eq!(desks.office.deliver(&desks.lan), expected, "{closes:?}");
    }
    desks.bay.create(1, "u:1", session(3));
    desks.office.send(desks.bay.frames(64));
    assert_eq!(
        desks.office.last(&desks.lan),
        "conflicted RANK_FLOOR",
        "judged once everything it names is there"
    );
    let open: Vec<_> = desks
        .office
        .cases(&desks.lan)
        .into_iter()
        .filter(|case| case.open)
        .map(|case| case.op)
        .collect();
    desks.officer.resolve(1, hers, &open, json!({}));
    assert_eq!(desks.office.deliver(&desks.officer), "accepted");
    assert!(desks.office.cases(&desks.lan).iter().all(|case| !case.open));
    desks.office.assert_sound();
}

#[test]
fn a_session_that_moves_away_is_gone_for_those_it_left() {
    let mut office = Office::open();
    let mut near = office.device(1, "u:1");
    let far = office.device(2, "u:2");
    let mut officer = office.officer(3, "new:29242", "commune");
    let made = near.create(1, "u:1", session(20));
    office.send(near.frames(64));
    near.edit(1, "u:1", made, json!({"note": "a"}));
    officer.edit(1, "u:1", made, json!({"note": "b"}));
    office.send(near.frames(64));
    office.send(officer.frames(64));
    let moved = officer.edit(1, "u:2", near.op(2), json!({}));
    assert_eq!(office.deliver(&officer), "accepted");
    let of_near = office.feed(&near, 3);
    assert!(of_near.iter().any(|change| matches!(change, Change::Gone { .. })));
    assert!(!of_near.iter().any(|change| matches!(change, Change::Record { .. })));
    assert!(
        !of_near.iter().any(|change| matches!(change, Change::Case(_))),
        "nor what waits on it"
    );
    assert_eq!(
        office.cases(&far).len(),
        1,
        "where it is now, what waits on it is shown"
    );
    officer.edit(1, "u:1", moved, json!({}));
    office.deliver(&officer);
    let of_near = office.feed(&near, 3);
    assert!(
        !of_near.iter().any(|change| matches!(change, Change::Gone { .. })),
        "it came back"
    );
    assert!(of_near.iter().any(|change| matches!(change, Change::Record { .. })));
    assert!(
        office
            .feed(&far, 3)
            .iter()
            .any(|change| matches!(change, Change::Gone { .. }))
    );
    office.assert_sound();
}
