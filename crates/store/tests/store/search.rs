use hocvu_model::operation::Kind;
use hocvu_model::unit::{Level, Unit};
use hocvu_model::{Finding, FindingCode, UnitUid};
use hocvu_store::{Append, Query, Status, Totals, Verdict};
use serde_json::json;

use crate::kit::*;

fn found(device: &Device, query: &Query) -> Vec<u128> {
    let page = device.store.read(|r| r.sessions(query)).unwrap();
    page.rows.iter().map(|row| row.id.0.as_u128()).collect()
}

fn text(text: &str) -> Query {
    Query {
        text: text.into(),
        limit: 50,
        ..Query::default()
    }
}

#[test]
fn search_does_not_care_about_marks() {
    let device = Device::new();
    device.save(1, a_session("2025-11-22", 22, 13));
    device.save(2, json!({"date": "2025-11-20", "note": "gần chợ Đường Đức"}));
    for typed in [
        "dau giong",
        "Đầu Giồng",
        "DAU",
        "Đa\u{302}\u{300}u Gio\u{302}\u{300}ng",
        "giong thach",
        "duom",
        "vneid giong",
    ] {
        assert_eq!(found(&device, &text(typed)), [1], "{typed}");
    }
    for typed in ["duong", "đường", "duong duc", "cho"] {
        assert_eq!(found(&device, &text(typed)), [2], "{typed}");
    }
    assert_eq!(found(&device, &text("long hoa")), [1, 2], "the unit above");
    assert_eq!(
        found(&device, &text("hoa thuan duong")),
        [2],
        "words from different places"
    );
    assert_eq!(found(&device, &text("  ")), [1, 2]);
    for typed in ["khong co", "%", "_", "'", "\" OR 1=1", "vneid zz"] {
        assert!(found(&device, &text(typed)).is_empty(), "{typed}");
    }
}

#[test]
fn what_was_typed_with_marks_comes_first() {
    let device = Device::new();
    device.save(1, json!({"date": "2025-11-10", "note": "chợ Hoà"}));
    device.save(2, json!({"date": "2025-11-20", "note": "chớ hòa"}));
    assert_eq!(found(&device, &text("cho hoa")), [2, 1], "no marks: by date");
    assert_eq!(found(&device, &text("chợ hoà")), [1, 2]);
}

#[test]
fn a_renamed_unit_is_found_by_its_new_name() {
    let device = Device::new();
    device
        .store
        .write(|w| put(w, 1, "u:9", &a_session("2025-11-22", 22, 13)))
        .unwrap();
    assert!(found(&device, &text("bung tau")).is_empty());
    let unit = Unit {
        uid: UnitUid::from("u:9"),
        code: None,
        level: Level::Hamlet,
        name: "Ấp Bưng Tàu".into(),
        parent: Some(UnitUid::from("old:29242")),
        valid_from: None,
        valid_to: None,
        sort: None,
        members: Vec::new(),
        void: false,
    };
    device
        .store
        .write(|w| w.put_units(std::slice::from_ref(&unit)))
        .unwrap();
    assert_eq!(found(&device, &text("bung tau")), [1]);
    assert_eq!(found(&device, &text("phường 3")), [1], "a shipped unit above it");
    let row = device.store.read(|r| r.session(id(1))).unwrap().unwrap().row;
    assert_eq!(row.unit_name, "Ấp Bưng Tàu");
    assert_eq!(device.store.read(|r| r.units()).unwrap(), [unit]);
}

/// Every filter against sums computed without the store.
#[test]
#[allow(clippy::too_many_lines)] // One table of cases.
fn totals_equal_independent_sums_under_every_filter() {
    let device = Device::new();
    struct Fact {
        record: u128,
        day: u32,
        unit: &'static str,
        topic: &'static str,
        attended: u32,
        female: Option<u32>,
        void: bool,
        warned: bool,
        sent: bool,
    }
    let facts: Vec<Fact> = (0..120u32)
        .map(|n| Fact {
            record: u128::from(n) + 1,
            day: n % 28 + 1,
            unit: ["u:1", "u:2", "u:3"][n as usize % 3],
            topic: ["vneid", "ecommerce"][n as usize / 3 % 2],
            attended: n * 7 % 31,
            female: (n % 4 != 0).then_some(n % 5),
            void: n % 11 == 0,
            warned: n % 7 == 0,
            sent: n < 60,
        })
        .collect();
    device
        .store
        .write(|w| {
            for fact in &facts {
                let mut line = json!({"group": "adult", "attended": fact.attended});
                if let Some(female) = fact.female {
                    line["female"] = json!(female);
                }
                let set =
                    map(&json!({"date": format!("2025-11-{:02}", fact.day), "topics": [fact.topic], "counts": [line]}));
                let findings = [Finding::new(FindingCode::DateFuture, "date")];
                w.append(&Append {
                    record: id(fact.record),
                    kind: Kind::Put,
                    record_type: "training_session",
                    schema_version: 1,
                    unit: &UnitUid::from(fact.unit),
                    set: Some(&set),
                    reason: None,
                    void: None,
                    supersedes: &[],
                    at: 1,
                    findings: if fact.warned { &findings } else { &[] },
                })?;
            }
            w.settle(&[settlement(1, 61, 1, Verdict::Accepted)], NOW)?;
            for fact in facts.iter().filter(|fact| fact.void) {
                append(w, fact.record, Kind::Void, fact.unit, None)?;
            }
            Ok(())
        })
        .unwrap();
    type Check = fn(&Fact) -> bool;
    let cases: Vec<(Query, Check)> = vec![
        (Query::default(), |f| !f.void),
        (
            Query {
                void: true,
                ..Query::default()
            },
            |f| f.void,
        ),
        (
            Query {
                month: Some("2025-11".into()),
                ..Query::default()
            },
            |f| !f.void && f.day <= 14,
        ),
        (
            Query {
                month: Some("2025-12".into()),
                unit: Some("u:2".into()),
                ..Query::default()
            },
            |f| !f.void && f.day >= 15 && f.unit == "u:2",
        ),
        (
            Query {
                month: Some("nonsense".into()),
                ..Query::default()
            },
            |_| false,
        ),
        (
            Query {
                topic: Some("vneid".into()),
                ..Query::default()
            },
            |f| !f.void && f.topic == "vneid",
        ),
        (
            Query {
                topic: Some("vne".into()),
                ..Query::default()
            },
            |_| false,
        ),
        (
            Query {
                status: Some(Status::Sent),
                ..Query::default()
            },
            |f| !f.void && f.sent,
        ),
        (
            Query {
                status: Some(Status::Waiting),
                ..Query::default()
            },
            |f| !f.void && !f.sent,
        ),
        (
            Query {
                with_warnings: true,
                text: "thuong mai".into(),
                ..Query::default()
            },
            |f| !f.void && f.warned && f.topic == "ecommerce",
        ),
    ];
    for (query, check) in cases {
        let matched: Vec<&Fact> = facts.iter().filter(|fact| check(fact)).collect();
        let totals = Totals {
            sessions: matched.len() as u32,
            attended: matched.iter().map(|fact| u64::from(fact.attended)).sum(),
            female: matched.iter().filter_map(|fact| fact.female).map(u64::from).sum(),
        };
        for oldest_first in [false, true] {
            let query = Query {
                limit: 500,
                oldest_first,
                ..query.clone()
            };
            let page = device.store.read(|r| r.sessions(&query)).unwrap();
            assert_eq!(page.totals, totals, "{query:?}");
            assert_eq!(page.rows.len(), matched.len(), "{query:?}");
            let key = |row: &hocvu_store::SessionRow| if oldest_first { row.date } else { None };
            assert!(page.rows.is_sorted_by_key(key));
            let part = device
                .store
                .read(|r| {
                    r.sessions(&Query {
                        offset: 3,
                        limit: 5,
                        ..query.clone()
                    })
                })
                .unwrap();
            assert_eq!(part.totals, totals);
            assert_eq!(part.rows[..], page.rows[page.rows.len().min(3)..page.rows.len().min(8)]);
        }
    }
    let totals = device.store.read(|r| r.month_totals("2025-11")).unwrap();
    let living: Vec<&Fact> = facts.iter().filter(|f| !f.void && f.day <= 14).collect();
    assert_eq!(totals.sessions as usize, living.len());
    assert_eq!(
        totals.attended,
        living.iter().map(|f| u64::from(f.attended)).sum::<u64>()
    );
    assert_eq!(device.store.read(|r| r.months()).unwrap(), ["2025-12", "2025-11"]);
    let mut units = device.store.read(|r| r.units_used()).unwrap();
    units.sort();
    assert_eq!(units, ["u:1", "u:2", "u:3"].map(UnitUid::from));
}

#[test]
fn the_form_is_helped_by_what_was_written_before() {
    let device = Device::new();
    device.save(1, a_session("2025-11-20", 22, 13));
    device.save(
        2,
        json!({"date": "2025-11-21", "venue": {"type": "market"}, "facilitators": {"count": 2},
        "counts": [{"group": "adult", "attended": 40}], "topics": ["vneid"]}),
    );
    device
        .store
        .write(|w| put(w, 3, "u:2", &a_session("2025-11-21", 90, 1)))
        .unwrap();
    device.save(1, json!({"note": "sửa"}));
    let unit = UnitUid::from("u:1");
    let day = |text: &str| text.parse().unwrap();
    device
        .store
        .read(|r| {
            assert_eq!(r.last_session(None)?.unwrap().0, id(1), "by writing, not by date");
            assert_eq!(r.last_session(Some(&UnitUid::from("u:2")))?.unwrap().0, id(3));
            assert_eq!(r.last_session(Some(&UnitUid::from("u:7")))?, None);
            assert_eq!(r.largest(&unit, None)?, Some(40));
            assert_eq!(r.largest(&unit, Some(id(2)))?, Some(23));
            let topics = ["vneid".to_owned()];
            assert_eq!(r.duplicate(&unit, day("2025-11-21"), &topics, None)?, Some(40));
            assert_eq!(r.duplicate(&unit, day("2025-11-21"), &topics, Some(id(2)))?, None);
            assert_eq!(
                r.duplicate(&unit, day("2025-11-21"), &["other".to_owned()], None)?,
                None
            );
            assert_eq!(r.venues(&unit, 9)?, ["Chợ", "Nhà văn hóa ấp Đầu Giồng"]);
            assert_eq!(r.venues(&unit, 1)?.len(), 1);
            assert_eq!(r.facilitators(&unit, 9)?, ["2", "Thạch Thị Đượm"]);
            assert_eq!(
                r.recent(2)?.iter().map(|row| row.id).collect::<Vec<_>>(),
                [id(3), id(2)]
            );
            Ok(())
        })
        .unwrap();
}
