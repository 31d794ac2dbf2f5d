use serde_json::json;

use super::*;
use crate::finding::FindingCode as Code;
use crate::unit::{Level, Unit};
use crate::wording::{Locale, sentence};

fn unit() -> Unit {
    Unit {
        uid: "u:1".into(),
        code: None,
        level: Level::School,
        name: "Trường THCS Long Đức".into(),
        parent: None,
        valid_from: None,
        valid_to: None,
        sort: None,
        members: Vec::new(),
        void: false,
    }
}

fn judge_with(kind: RecordKind, body: &Value, told: Option<Told>, skilled: Option<u32>) -> Checked {
    let unit = unit();
    let find = |uid: &str| (uid == "u:1").then_some(&unit);
    let today = "2025-11-22".parse().expect("a date");
    let context = Context {
        previous: told,
        skilled,
        ..Context::new(today, &find)
    };
    check(kind, &body.to_string(), Some("u:1"), &context).expect("an object")
}

fn judge(kind: RecordKind, body: &Value) -> Checked {
    judge_with(kind, body, None, None)
}

fn codes(checked: &Checked) -> Vec<Code> {
    checked.findings.iter().map(|finding| finding.code).collect()
}

fn coverage() -> Value {
    json!({
        "target_group": "pupil_lower_secondary", "grade": 6, "class": "6A1", "measure": "equipped", "numerator": 38,
        "population": 41, "as_of": "2025-11-20", "evidence_kind": "school_assessed", "school_year": "2025-2026",
    })
}

fn population() -> Value {
    json!({
        "target_group": "adult", "value": 1284, "basis": "actual_residents", "as_of": "2025-11-01",
        "source": "Công an xã, báo cáo 12/BC-CAX",
    })
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

#[test]
fn every_kind_reads_back_its_own_body() {
    let team = json!({ "name": "Tổ CNSCĐ ấp Hòa Thuận", "members": 7, "female": 3, "leader_phone": "0294 3855 246" });
    let comment =
        json!({ "subject": "8c1e0000-0000-4000-8000-000000000000", "text": "Số này lấy ở đâu?", "flag": "question" });
    let report = json!({
        "regime": "decree09", "label": "2025-11", "from": "2025-10-15", "to": "2025-11-14", "state": "draft",
        "situation": "Đã triển khai.", "figures": { "sessions": 12 },
    });
    for (kind, body) in [
        (RecordKind::Coverage, coverage()),
        (RecordKind::Population, population()),
        (RecordKind::Team, team),
        (RecordKind::Comment, comment),
        (RecordKind::PeriodReport, report),
    ] {
        let checked = judge(kind, &body);
        assert_eq!(codes(&checked), [], "{kind:?}");
        let record = checked.record.expect("a record");
        assert_eq!(
            Value::Object(record.body()),
            body,
            "{kind:?} loses nothing and adds nothing"
        );
        assert_eq!(record.kind(), kind);
        let known = body
            .as_object()
            .expect("an object")
            .keys()
            .all(|key| kind.fields().contains(&key.as_str()));
        assert!(known, "{kind:?} knows its fields");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_cannot_be_is_refused_with_a_sentence() {
    use RecordKind::{Coverage, Population, Team};
    for (kind, body, code) in [
        (
            Coverage,
            with(coverage(), "numerator", json!(42)),
            Code::NumeratorOverPopulation,
        ),
        (Coverage, with(coverage(), "numerator", Value::Null), Code::CountMissing),
        (
            Coverage,
            with(coverage(), "numerator", json!(38.5)),
            Code::CountNotInteger,
        ),
        (Coverage, with(coverage(), "grade", json!(10)), Code::GradeNotForGroup),
        (
            Coverage,
            with(coverage(), "measure", json!("vneid_confirmed")),
            Code::MeasureNotForGroup,
        ),
        (
            Coverage,
            with(coverage(), "school_year", Value::Null),
            Code::SchoolYearMissing,
        ),
        (
            Coverage,
            with(coverage(), "school_year", json!("2025-2027")),
            Code::SchoolYearUnreadable,
        ),
        (
            Coverage,
            with(coverage(), "evidence_kind", json!("guess")),
            Code::EvidenceUnknown,
        ),
        (
            Population,
            with(population(), "source", Value::Null),
            Code::SourceMissing,
        ),
        (Population, with(population(), "basis", Value::Null), Code::BasisMissing),
        (
            Population,
            with(population(), "excluded", json!(3)),
            Code::ReasonMissing,
        ),
        (
            Population,
            with(population(), "excluded", json!(1285)),
            Code::ExcludedOverPopulation,
        ),
        (
            Team,
            json!({ "name": "Tổ 1", "members": 3, "female": 4 }),
            Code::OfWhichOverTotal,
        ),
        (
            Team,
            json!({ "name": "Tổ 1", "members": 3, "leader_phone": "anh Ba" }),
            Code::PhoneUnreadable,
        ),
        (
            Team,
            json!({ "name": "Tổ 1", "members": 3, "active_from": "2025-02-01", "active_to": "2025-01-01" }),
            Code::DatesReversed,
        ),
        (Team, json!({ "members": 3 }), Code::NameMissing),
    ] {
        let checked = judge(kind, &body);
        assert!(
            codes(&checked).contains(&code),
            "{body} gives {code:?}, got {:?}",
            codes(&checked)
        );
        assert_eq!(checked.record, None, "{body} is no record");
        for finding in &checked.findings {
            let sentence = sentence(Locale::Vi, finding);
            assert!(!sentence.contains(['{', '@']), "{sentence}");
        }
    }
}

#[test]
fn a_figure_confirmed_on_vneid_has_a_source_and_its_own_evidence() {
    let body = json!({
        "target_group": "adult", "measure": "vneid_confirmed", "numerator": 500, "as_of": "2025-11-20",
        "evidence_kind": "self_declared",
    });
    let found = codes(&judge(RecordKind::Coverage, &body));
    assert_eq!(found, [Code::EvidenceNotForMeasure, Code::SourceMissing]);
    let body = with(
        with(body, "evidence_kind", json!("vneid_confirmed")),
        "source",
        json!("Công an tỉnh"),
    );
    assert_eq!(codes(&judge(RecordKind::Coverage, &body)), []);
    let over = judge_with(RecordKind::Coverage, &body, None, Some(499));
    assert_eq!(
        codes(&over),
        [Code::ConfirmedOverSkilled],
        "D above C is asked about, not refused"
    );
    assert!(over.record.is_some());
}

#[test]
fn a_falling_stock_is_asked_about() {
    let told = |value| {
        Some(Told {
            value,
            as_of: "2025-10-14".parse().expect("a date"),
        })
    };
    let fallen = judge_with(RecordKind::Coverage, &coverage(), told(39), None);
    assert_eq!(codes(&fallen), [Code::StockFalls]);
    assert_eq!(
        sentence(Locale::Vi, &fallen.findings[0]),
        "Số này (38) thấp hơn số đã báo ngày 14/10/2025 (39). Nếu đúng, ghi chú lý do."
    );
    assert_eq!(
        codes(&judge_with(RecordKind::Coverage, &coverage(), told(38), None)),
        []
    );
}

#[test]
fn excluded_persons_are_documented_and_not_asked_for() {
    let body = with(
        with(population(), "excluded", json!(84)),
        "exclusion_reason",
        json!("Đi làm ăn xa trên 12 tháng"),
    );
    let Some(Record::Population(population)) = judge(RecordKind::Population, &body).record else {
        panic!("a population");
    };
    assert_eq!(population.counted(), 1200);
}

#[test]
fn the_same_figure_of_two_devices_is_one_record() {
    let id = |body: &Value| {
        judge(RecordKind::Coverage, body)
            .record
            .and_then(|record| record.natural_id("vl"))
    };
    assert_eq!(
        id(&coverage()),
        id(&with(coverage(), "numerator", json!(40))),
        "another number, the same figure"
    );
    assert_ne!(id(&coverage()), id(&with(coverage(), "as_of", json!("2025-11-21"))));
    assert_ne!(id(&coverage()), id(&with(coverage(), "class", json!("6A2"))));
}
