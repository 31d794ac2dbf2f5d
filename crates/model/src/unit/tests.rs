use chrono::NaiveDate;

use super::*;

#[test]
fn the_shipped_units_are_the_ones_of_the_law() {
    let book = UnitBook::shipped();
    let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
    let communes = |date| {
        book.iter()
            .filter(|unit| unit.level == Level::Commune && unit.exists_on(date))
            .count()
    };
    assert_eq!(communes(day("2025-06-30")), 104, "the old communes of Trà Vinh");
    assert_eq!(communes(day("2025-07-01")), 124, "the communes of the new Vĩnh Long");
    let old: Vec<_> = book
        .iter()
        .filter(|unit| unit.uid.as_str().starts_with("old:") && unit.level == Level::Commune)
        .collect();
    let mut heirs: Vec<_> = old.iter().map(|unit| book.current(&unit.uid)).collect();
    heirs.sort();
    heirs.dedup();
    assert_eq!(heirs.len(), 41, "104 old communes became 41");
    assert!(heirs.iter().all(|uid| uid.as_str().starts_with("new:")));
}

#[test]
fn a_reused_code_is_two_units() {
    let book = UnitBook::shipped();
    let (old, new) = (
        book.get("old:29242").expect("shipped"),
        book.get("new:29242").expect("shipped"),
    );
    assert_eq!(
        (old.code.as_deref(), new.code.as_deref()),
        (Some("29242"), Some("29242"))
    );
    assert_eq!((old.name.as_str(), new.name.as_str()), ("Phường 3", "Phường Trà Vinh"));
    assert!(
        !old.exists_on("2025-07-01".parse().expect("a date")) && new.exists_on("2025-07-01".parse().expect("a date"))
    );
}

#[test]
fn within_reads_both_boundaries() {
    let mut book = UnitBook::shipped();
    let hamlet = made("u:1", Level::Hamlet, "Ấp Hòa Thuận", "old:29242");
    book.put(book.check_new(hamlet).expect("a good hamlet"));
    assert!(book.is_within("u:1", "old:29242", Boundaries::AsWas));
    assert!(book.is_within("u:1", "old:84", Boundaries::AsWas));
    assert!(!book.is_within("u:1", "new:86", Boundaries::AsWas));
    assert!(book.is_within("u:1", "new:29242", Boundaries::AsIsNow));
    assert!(book.is_within("u:1", "new:86", Boundaries::AsIsNow));
    assert!(!book.is_within("nowhere", "new:86", Boundaries::AsIsNow));
}

fn made(uid: &str, level: Level, name: &str, parent: &str) -> Unit {
    Unit {
        parent: Some(parent.into()),
        ..Unit::new(uid.into(), level, name)
    }
}

fn said(book: &UnitBook, unit: &Unit) -> Vec<String> {
    let findings = book.check(unit).findings;
    findings
        .iter()
        .map(|it| format!("{} {}", it.code.as_str(), it.path))
        .collect()
}

#[test]
fn a_unit_lies_where_its_level_may() {
    let book = UnitBook::shipped();
    for (level, parent, expected) in [
        (Level::Hamlet, "new:29242", ""),
        (Level::Hamlet, "new:86", "unit_place parent"),
        (Level::School, "new:29242", ""),
        (Level::School, "new:86", ""),
        (Level::Commune, "new:86", ""),
        (Level::Commune, "new:29242", "unit_place parent"),
        (Level::Area, "new:86", ""),
        (Level::Hamlet, "old:842", "unit_place parent"),
        (Level::Province, "new:86", "unit_place parent"),
        (Level::Hamlet, "nowhere", "unit_unknown parent"),
    ] {
        let found = said(&book, &made("u:1", level, "Đơn vị", parent));
        assert_eq!(found.join(","), expected, "{level:?} in {parent}");
    }
}

#[test]
fn everything_about_a_unit_is_found_at_once() {
    let mut book = UnitBook::shipped();
    book.put(made("u:1", Level::Hamlet, "Ấp Hòa Thuận", "new:29242"));
    let wrong = Unit {
        code: Some("mã số".into()),
        valid_from: Some("2026-01-02".parse().expect("a day")),
        valid_to: Some("2026-01-01".parse().expect("a day")),
        members: vec![Member {
            unit: "new:29242".into(),
            from: None,
            to: None,
        }],
        ..made("u:2", Level::Hamlet, "  ", "new:29242")
    };
    assert_eq!(
        said(&book, &wrong),
        [
            "name_missing name",
            "unit_code code",
            "dates_reversed valid_to",
            "unit_member members"
        ]
    );
    let twice = made("u:2", Level::Hamlet, "ẤP HÒA THUẬN", "new:29242");
    assert_eq!(
        said(&book, &twice),
        ["unit_name_twice name"],
        "a warning: it may be right"
    );
    assert!(book.check(&twice).unit.is_some());
    let elsewhere = made("u:2", Level::Hamlet, "Ấp Hòa Thuận", "new:29254");
    assert!(said(&book, &elsewhere).is_empty());
}

#[test]
fn a_known_unit_is_revised_but_keeps_its_level_and_the_laws_are_left_alone() {
    let mut book = UnitBook::shipped();
    book.put(made("u:1", Level::Hamlet, "Ấp Hòa Thuân", "new:29242"));
    assert!(said(&book, &made("u:1", Level::Hamlet, "Ấp Hòa Thuận", "new:29242")).is_empty());
    let school = made("u:1", Level::School, "Ấp Hòa Thuận", "new:29242");
    assert_eq!(said(&book, &school), ["unit_level_fixed level"]);
    let law = made("new:29242", Level::Commune, "Phường 3", "new:86");
    assert_eq!(said(&book, &law), ["unit_shipped uid"]);
}

#[test]
fn who_makes_what() {
    use crate::role::Role;
    let made_by = |role: Role| -> Vec<&str> {
        let levels = Level::ALL.iter().filter(|level| level.is_made_by(role));
        levels.map(|level| level.as_str()).collect()
    };
    assert_eq!(made_by(Role::Team), Vec::<&str>::new());
    assert_eq!(
        made_by(Role::Commune),
        ["hamlet", "school", "agency", "enterprise", "coop"]
    );
    assert_eq!(made_by(Role::Province).len(), 7, "all but a province");
}

#[test]
fn a_split_keeps_its_facts_and_a_transfer_takes_them_along() {
    let mut book = UnitBook::shipped();
    for uid in ["u:1", "u:a", "u:b"] {
        book.put(made(uid, Level::Hamlet, uid, "new:29242"));
    }
    book.put(made("u:moved", Level::Hamlet, "u:1", "new:29254"));
    let follow = |old: &str, new: &str, kind| Succession {
        old: old.into(),
        new: new.into(),
        kind,
        effective: "2026-01-01".parse().expect("a day"),
        legal_basis: "NQ 01".into(),
    };
    let mut split = book.clone();
    split.succeed(follow("u:1", "u:a", SuccessionKind::Split));
    assert_eq!(
        split.current(&"u:1".into()).as_str(),
        "u:1",
        "even while only one part is known"
    );
    split.succeed(follow("u:1", "u:b", SuccessionKind::Split));
    assert!(split.is_split(&"u:1".into()) && split.is_within("u:1", "new:29242", Boundaries::AsIsNow));
    assert_eq!(split.last_day(&"u:1".into()), "2025-12-31".parse().ok());
    book.succeed(follow("u:1", "u:moved", SuccessionKind::Transfer));
    assert!(book.is_within("u:1", "new:29254", Boundaries::AsIsNow));
    assert!(!book.is_within("u:1", "new:29242", Boundaries::AsIsNow));
    assert!(book.is_within("u:1", "new:29242", Boundaries::AsWas));
}

#[test]
fn an_area_has_members_and_owns_nothing() {
    let mut book = UnitBook::shipped();
    let member = |unit: &str, to: Option<&str>| Member {
        unit: unit.into(),
        from: None,
        to: to.map(|day| day.parse().expect("a day")),
    };
    let area = Unit {
        members: vec![member("new:29242", None), member("new:29254", Some("2026-01-31"))],
        ..made("u:area", Level::Area, "Khu vực 1", "new:86")
    };
    assert!(said(&book, &area).is_empty());
    book.put(area);
    book.put(made("u:1", Level::Hamlet, "Khóm 1", "new:29242"));
    assert!(book.is_within("u:1", "u:area", Boundaries::AsIsNow));
    assert!(
        book.is_within("old:29242", "u:area", Boundaries::AsIsNow),
        "what became the ward"
    );
    assert!(!book.is_within("new:29254", "u:area", Boundaries::AsIsNow), "it left");
    assert!(book.is_within("new:29254", "u:area", Boundaries::AsWas));
    let line: Vec<_> = book
        .line(&"u:1".into(), Boundaries::AsIsNow)
        .iter()
        .map(|unit| unit.uid.as_str())
        .collect();
    assert_eq!(
        line,
        ["u:1", "new:29242", "new:86"],
        "the way of a report leaves areas out"
    );
}

#[test]
fn an_old_reader_and_a_new_one_read_the_same_unit() {
    let old = r#"{"uid":"u:1","level":"hamlet","name":"Ấp 1","parent":"new:29242"}"#;
    let unit: Unit = serde_json::from_str(old).expect("an older program's unit");
    assert_eq!(
        serde_json::to_string(&unit).expect("plain data"),
        old,
        "nothing is added to it"
    );
}

#[test]
fn a_level_is_read_from_words() {
    for (typed, level) in [
        ("hamlet", Some(Level::Hamlet)),
        ("Ấp", Some(Level::Hamlet)),
        ("Trường THCS Long Hòa", Some(Level::School)),
        ("TH Long Hòa A", Some(Level::School)),
        ("HTX Rạch Lọp", Some(Level::Coop)),
        ("Xã Long Hòa", Some(Level::Commune)),
        ("Thị trấn Cầu Kè", Some(Level::Commune)),
        ("Hòa Thuận", None),
    ] {
        assert_eq!(Level::read(typed), level, "{typed}");
    }
}

#[test]
fn a_void_unit_is_in_the_book_no_more_than_one_that_was_never_made() {
    let before = UnitBook::shipped();
    let mut book = before.clone();
    let hamlet = made("u:1", Level::Hamlet, "Ấp Hòa Thuận", "new:29242");
    let below = made("u:2", Level::Hamlet, "Tổ 1", "u:1");
    book.put(hamlet.clone());
    book.put(below.clone());
    assert!(book.is_leant_on(&"u:1".into()) && !book.is_leant_on(&"u:2".into()));
    for unit in [&below, &hamlet] {
        book.put(Unit {
            void: true,
            ..unit.clone()
        });
    }
    assert!(book.get("u:1").is_none() && book.get("u:2").is_none());
    assert_eq!(book.iter().count(), before.iter().count());
    assert!(!book.is_leant_on(&"u:1".into()), "a void unit rests on nothing");
    assert!(book.line(&"u:2".into(), Boundaries::AsIsNow).is_empty());
    assert!(
        said(&book, &made("u:3", Level::Hamlet, "ẤP HÒA THUẬN", "new:29242")).is_empty(),
        "nobody has the name"
    );
    assert_eq!(said(&book, &below), ["unit_unknown parent"]);
    assert_eq!(book.name_of("u:2"), Some("Tổ 1"));
    assert!(
        book.is_within("u:2", "new:29242", Boundaries::AsIsNow),
        "who had it in scope is told of it"
    );
    book.put(book.check_new(hamlet.clone()).expect("said again"));
    assert_eq!(book.get("u:1"), Some(&hamlet));
    assert!(book.voided("u:1").is_none() && book.voided("u:2").is_some());
}

#[test]
fn what_rests_on_a_unit_is_found_in_areas_and_successions_too() {
    let mut book = UnitBook::shipped();
    for uid in ["u:1", "u:2", "u:3"] {
        book.put(made(uid, Level::Hamlet, uid, "new:29242"));
    }
    book.put(made("u:commune", Level::Commune, "Xã Mới", "new:86"));
    book.put(Unit {
        members: vec![Member {
            unit: "u:commune".into(),
            from: None,
            to: None,
        }],
        ..made("u:area", Level::Area, "Khu vực 1", "new:86")
    });
    book.succeed(Succession {
        old: "u:1".into(),
        new: "u:2".into(),
        kind: SuccessionKind::Merge,
        effective: "2026-01-01".parse().expect("a day"),
        legal_basis: "NQ 1".into(),
    });
    let leant: Vec<&str> = ["u:1", "u:2", "u:3", "u:commune", "u:area"]
        .into_iter()
        .filter(|uid| book.is_leant_on(&UnitUid::from(*uid)))
        .collect();
    assert_eq!(leant, ["u:1", "u:2", "u:commune"]);
}

#[test]
fn void_is_written_only_where_it_is_so() {
    let unit = made("u:1", Level::Hamlet, "Ấp 1", "new:29242");
    let text = serde_json::to_string(&unit).expect("plain data");
    assert!(!text.contains("void"), "{text}");
    let void = Unit { void: true, ..unit };
    let text = serde_json::to_string(&void).expect("plain data");
    assert!(text.ends_with(r#","void":true}"#), "{text}");
    assert_eq!(serde_json::from_str::<Unit>(&text).expect("own text"), void);
}
