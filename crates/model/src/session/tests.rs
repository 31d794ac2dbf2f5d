use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::body::merge;
use crate::finding::FindingCode as Code;
use crate::unit::{Level, Unit, UnitBook};
use crate::wording::{Locale, sentence};

fn book() -> UnitBook {
    let mut book = UnitBook::shipped();
    book.put(Unit {
        uid: "u:1".into(),
        code: None,
        level: Level::Hamlet,
        name: "Ấp Hòa Thuận".into(),
        parent: Some("new:29242".into()),
        valid_from: None,
        valid_to: None,
        sort: None,
        members: Vec::new(),
        void: false,
    });
    book
}

fn judge(raw: &RawSession) -> Checked {
    let book = book();
    let today = "2025-11-22".parse().expect("a date");
    check(raw, &Context::new(today, &|uid| book.get(uid)))
}

fn typed_line(group: &str, cells: &[(&str, &str)]) -> RawLine {
    RawLine::typed(group, |column| {
        cells
            .iter()
            .find(|(name, _)| *name == column)
            .map_or("", |(_, text)| *text)
    })
}

fn good() -> RawSession {
    let mut raw = RawSession {
        unit: Raw::typed("u:1"),
        date: Raw::typed("22/11"),
        form: Raw::typed("class"),
        topics: RawList::Items(vec![Raw::typed("vneid")]),
        counts: RawList::Items(vec![typed_line(
            "adult",
            &[("attended", "31"), ("female", "18"), ("khmer", "9")],
        )]),
        ..RawSession::default()
    };
    raw.venue.field = Raw::typed("Nhà văn hóa ấp");
    raw.facilitators.field = Raw::typed("Lan; Bảy");
    raw
}

fn codes(checked: &Checked) -> Vec<Code> {
    checked.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_good_session_has_no_findings() {
    let checked = judge(&good());
    assert_eq!(checked.findings, []);
    let session = checked.session.expect("a session");
    assert_eq!(session.attended(), 31);
    assert_eq!(session.total("female"), Some(18));
    assert_eq!(session.total("poor"), None, "not collected is not zero");
    assert_eq!(session.facilitators.and_then(|who| who.count), Some(2));
    assert_eq!(
        session.venue.map(|venue| (venue.kind.as_str(), venue.name)),
        Some(("hamlet_hall", None))
    );
}

/// Makes a good session bad in one way.
type Spoil = Box<dyn Fn(&mut RawSession)>;

#[test]
fn every_bad_input_gets_its_own_clear_sentence() {
    let line = |cells: &[(&str, &str)]| RawList::Items(vec![typed_line("adult", cells)]);
    let nfd: String = unicode_normalization::UnicodeNormalization::nfd("Nhà anh Bảy").collect();
    let cases: Vec<(Spoil, Code, &str)> = vec![
        (
            Box::new(move |s| s.counts = line(&[("attended", "22"), ("female", "25")])),
            Code::OfWhichOverTotal,
            "Nữ (25) lớn hơn tổng số (22). Sửa một trong hai ô.",
        ),
        (
            Box::new(move |s| s.counts = line(&[("attended", "-3")])),
            Code::CountNegative,
            "Số người không thể nhỏ hơn 0. Đang nhập “-3”.",
        ),
        (
            Box::new(move |s| s.counts = line(&[("attended", "12,5")])),
            Code::CountNotInteger,
            "Số người phải là số nguyên. Đang nhập “12,5”.",
        ),
        (
            Box::new(move |s| s.counts = line(&[("attended", "4000")])),
            Code::AttendedVeryMany,
            "4.000 lượt trong một buổi là rất nhiều (trên 500). Đúng thì cứ lưu.",
        ),
        (
            Box::new(|s| s.date = Raw::typed("22/11/2009")),
            Code::DateBeforePlan,
            "Ngày 22/11/2009 trước năm 2025, khi kế hoạch chưa bắt đầu. Đúng thì cứ lưu.",
        ),
        (
            Box::new(|s| s.unit = Raw::typed("u:9")),
            Code::UnitUnknown,
            "Không có đơn vị “u:9” trong danh sách của máy này. Kiểm tra lại, hoặc nhờ xã thêm đơn vị.",
        ),
        (
            Box::new(|s| s.note = Raw::Typed("a".repeat(1 << 20))),
            Code::TextTooLong,
            "Đoạn chữ dài 1.048.576 ký tự, nhiều nhất là 1.000. Rút ngắn lại giúp.",
        ),
        (
            Box::new(move |s| s.venue.field = Raw::typed(&nfd)),
            Code::TextNormalised,
            "Dấu tiếng Việt trong ô này gõ kiểu rời, máy đã ghép lại; chữ đọc vẫn như cũ.",
        ),
        (
            Box::new(|s| s.note = Raw::typed("a\0b")),
            Code::TextControl,
            "Đoạn chữ có ký tự lạ không in được (U+0000). Xóa đi rồi gõ lại.",
        ),
        (
            Box::new(|s| s.topics = RawList::Items(vec![Raw::typed("vn_eid")])),
            Code::TopicUnknown,
            "Không có nội dung “vn_eid” trong danh mục. Chọn lại trong danh sách.",
        ),
    ];
    for (spoil, code, text) in cases {
        let mut raw = good();
        spoil(&mut raw);
        let checked = judge(&raw);
        assert_eq!(codes(&checked), [code], "{text}");
        assert_eq!(sentence(Locale::Vi, &checked.findings[0]), text);
        assert_eq!(
            checked.session.is_none(),
            checked.findings[0].is_error(),
            "only the impossible is refused"
        );
    }
}

#[test]
fn every_finding_is_told_at_once() {
    let mut raw = good();
    raw.date = Raw::typed("31/11");
    raw.topics = RawList::default();
    raw.counts = RawList::Items(vec![
        typed_line("adult", &[("female", "3")]),
        typed_line("adlt", &[("attended", "3")]),
        typed_line(
            "student",
            &[
                ("attended", "5"),
                ("khmer", "4"),
                ("ethnic_minority", "3"),
                ("assessed", "2"),
                ("completed", "3"),
            ],
        ),
    ]);
    let found = codes(&judge(&raw));
    for code in [
        Code::DateNoSuchDay,
        Code::TopicsMissing,
        Code::AttendedMissing,
        Code::GroupUnknown,
        Code::KhmerOverMinority,
        Code::CompletedOverAssessed,
    ] {
        assert!(found.contains(&code), "{code:?} is missing in {found:?}");
    }
}

#[test]
fn a_body_from_another_machine_must_be_exact() {
    let read = |body: Value| {
        let mut raw: RawSession = serde_json::from_value(body).expect("lenient");
        raw.unit = Raw::typed("u:1");
        codes(&judge(&raw))
    };
    let body = |attended: Value| json!({"date": "2025-11-22", "form": "class", "topics": ["vneid"], "counts": [{"group": "adult", "attended": attended}]});
    assert_eq!(read(body(json!(31))), []);
    assert_eq!(read(body(json!(-1))), [Code::CountNegative]);
    assert_eq!(read(body(json!(1.5))), [Code::CountNotInteger]);
    assert_eq!(
        read(body(json!("31"))),
        [Code::CountNotInteger],
        "a text is not a number between machines"
    );
    assert_eq!(read(body(json!([3]))), [Code::CountNotInteger]);
    assert_eq!(read(body(json!(9_999_999))), [Code::CountTooLarge]);
    assert_eq!(
        read(
            json!({"date": "22/11", "form": "class", "topics": ["vneid"], "counts": [{"group": "adult", "attended": 1}]})
        ),
        [Code::DateUnreadable]
    );
    assert_eq!(
        read(json!({"date": "2025-11-22", "form": "class", "topics": "vneid", "counts": 3, "note": {"x": 1}})),
        [Code::WrongType, Code::WrongType, Code::WrongType]
    );
}

#[test]
fn broadcasts_need_no_attendance() {
    let mut raw = good();
    raw.counts = RawList::default();
    assert_eq!(codes(&judge(&raw)), [Code::CountsEmpty]);
    raw.form = Raw::typed("broadcast");
    raw.broadcast_items = Raw::typed("2");
    assert_eq!(codes(&judge(&raw)), []);
}

#[test]
fn venues_are_recognised_by_what_people_write() {
    for (field, kind, name) in [
        ("market", "market", None),
        ("Chợ", "market", None),
        ("Chợ Long Hòa", "market", Some("Chợ Long Hòa")),
        ("Chùa Ông Mẹt", "pagoda", Some("Chùa Ông Mẹt")),
        ("Nhà văn hóa ấp", "hamlet_hall", None),
        ("Nhà anh Bảy", "home", Some("Nhà anh Bảy")),
        ("school: Trường TH Long Hòa A", "school", Some("Trường TH Long Hòa A")),
        ("Quán cà phê Mỹ", "other", Some("Quán cà phê Mỹ")),
    ] {
        let venue = Venue::read(field).expect("readable");
        assert_eq!((venue.kind.as_str(), venue.name.as_deref()), (kind, name), "{field}");
    }
    assert!(
        Venue::read("makret: Chợ").is_err(),
        "a mistyped code must not become a name"
    );
}

fn any_body() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![
        Just(json!(1)),
        Just(json!("a")),
        Just(json!([1, 2])),
        Just(json!({"x": 1}))
    ];
    proptest::collection::btree_map(
        prop_oneof!["note", "venue", "future_field", "counts", "start"],
        value,
        0..5,
    )
    .prop_map(|map| map.into_iter().collect())
}

proptest! {
    /// I16: a patch made by a program that knows only today's fields keeps every field it does not know.
    #[test]
    fn i16_unknown_fields_survive_a_patch(before in any_body(), after in any_body()) {
        let known: Map<_, _> = after.into_iter().filter(|(key, _)| key != "future_field").collect();
        let merged = merge(&before, &patch(&before, &known));
        prop_assert_eq!(merged.get("future_field"), before.get("future_field"));
        for (key, value) in &known {
            prop_assert_eq!(merged.get(key), Some(value));
        }
        prop_assert_eq!(merged.keys().filter(|key| *key != "future_field").count(), known.len());
    }

    /// What a form accepts, its stored body says exactly; reading the body again changes nothing.
    #[test]
    fn a_saved_body_reads_back_the_same(attended in 0u32..3000, female in proptest::option::of(0u32..3000), note in "\\PC{0,60}") {
        let mut raw = good();
        let female_text = female.map(|count| count.to_string()).unwrap_or_default();
        raw.counts = RawList::Items(vec![typed_line("adult", &[("attended", &attended.to_string()), ("female", &female_text)])]);
        raw.note = Raw::typed(&note);
        let checked = judge(&raw);
        prop_assert_eq!(checked.session.is_none(), female.is_some_and(|count| count > attended) || crate::text::control_character(&note).is_some());
        if let Some(session) = checked.session {
            let stored = body(&session);
            let mut again: RawSession = serde_json::from_value(Value::Object(stored.clone())).expect("own body");
            again.unit = Raw::Text(session.unit.0.clone());
            let reread = judge(&again);
            prop_assert_eq!(reread.session.as_ref(), Some(&session));
            prop_assert_eq!(body(&session), stored);
        }
    }
}
