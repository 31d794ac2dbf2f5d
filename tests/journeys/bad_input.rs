//! What cannot be right is told at its field; what is only unusual is saved and told; nothing else is blocked or lost.

use hocvu_app::contract::{ErrorCode, SessionForm, Severity};
use hocvu_model::wording::{Locale, message};
use hocvu_testkit::{Device, TestCentral, count_line, form};

use crate::NOW;

type Spoil = fn(&mut SessionForm);

/// Each bad input with the code and field of its finding; whether it is refused.
fn cases() -> Vec<(&'static str, Spoil, &'static str, &'static str, bool)> {
    vec![
        (
            "female > attended",
            |f| f.counts = count_line("adult", &[("attended", "22"), ("female", "25")]),
            "of_which_over_total",
            "counts.adult.female",
            true,
        ),
        (
            "negative",
            |f| f.counts = count_line("adult", &[("attended", "-4")]),
            "count_negative",
            "counts.adult.attended",
            true,
        ),
        (
            "fractional",
            |f| f.counts = count_line("adult", &[("attended", "12,5")]),
            "count_not_integer",
            "counts.adult.attended",
            true,
        ),
        (
            "4,000 attendees",
            |f| f.counts = count_line("adult", &[("attended", "4.000")]),
            "attended_very_many",
            "counts",
            false,
        ),
        (
            "a date in 2009",
            |f| f.date = "22/11/2009".into(),
            "date_before_plan",
            "date",
            false,
        ),
        (
            "an unknown unit",
            |f| f.unit = "u:nowhere".into(),
            "unit_unknown",
            "unit",
            true,
        ),
        (
            "a 1 MB note",
            |f| f.note = "a".repeat(1 << 20),
            "text_too_long",
            "note",
            true,
        ),
        (
            "an NFD name",
            |f| f.venue = "Nha\u{300} anh Ba\u{309}y".into(),
            "text_normalised",
            "venue",
            false,
        ),
        ("a null byte", |f| f.note = "a\0b".into(), "text_control", "note", true),
        (
            "a wrong code",
            |f| f.topics = vec!["vn-eid".into()],
            "topic_unknown",
            "topics",
            true,
        ),
    ]
}

#[tokio::test]
async fn each_bad_input_gets_its_own_sentence_and_blocks_nothing_else() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let mut sentences = std::collections::BTreeSet::new();
    let mut saved = 0;
    for (at, (name, spoil, code, path, refused)) in cases().into_iter().enumerate() {
        let mut spoiled = form(&centre.hamlet(), &format!("{}/10/2025", at + 1));
        spoil(&mut spoiled);
        let findings = match hamlet.save(spoiled) {
            Ok(view) => {
                assert!(!refused, "{name} must be refused");
                saved += 1;
                view.findings
            }
            Err(error) => {
                assert_eq!(error.code, ErrorCode::Invalid, "{name}");
                assert!(refused, "{name} must be saved and told");
                error.findings
            }
        };
        let [finding] = findings.as_slice() else {
            panic!("{name}: one finding, not {findings:?}")
        };
        assert_eq!((finding.code.as_str(), finding.path.as_str()), (code, path), "{name}");
        assert_eq!(finding.severity == Severity::Error, refused, "{name}");
        let sentence = message(Locale::Vi, &format!("finding_{code}"), &finding.params);
        assert!(
            !sentence.contains(['{', '}']) && sentence.chars().count() < 200,
            "{name}: {sentence}"
        );
        assert!(sentences.insert(sentence), "{name} has a sentence of its own");
    }
    hamlet
        .save(form(&centre.hamlet(), "21/11/2025"))
        .expect("a good one after all the bad ones");
    saved += 1;
    hamlet.sync().await.expect("a good link");
    assert_eq!(
        hamlet.status().refused,
        0,
        "what the rules let pass here, the centre takes"
    );
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), saved);
    let venue: String = centre.ask("SELECT body FROM record WHERE body LIKE '%\"home\"%'");
    assert!(venue.contains("Nhà anh Bảy"), "stored composed: {venue}");
}

/// Appends what the rules refuse, as a program without them would.
fn append_unchecked(hamlet: &Device, centre: &TestCentral) -> hocvu_model::RecordId {
    let body = serde_json::json!({
        "date": "2025-11-21", "form": "class", "topics": ["vneid"],
        "counts": [{ "group": "adult", "attended": 22, "female": 25 }],
    });
    let bad = hocvu_model::RecordId(uuid::Uuid::from_u128(7));
    let unit = centre.hamlet().as_str().into();
    hamlet
        .app()
        .store()
        .write(|tx| {
            tx.append(&hocvu_store::Append {
                record: bad,
                kind: hocvu_model::operation::Kind::Put,
                record_type: hocvu_model::operation::TRAINING_SESSION,
                schema_version: 1,
                unit: &unit,
                set: body.as_object(),
                reason: None,
                void: None,
                supersedes: &[],
                at: 0,
                findings: &[],
            })
        })
        .expect("a careless program appends anything");
    bad
}

/// What was refused may also be thrown away: then it nags nobody.
#[tokio::test]
async fn a_refused_session_that_is_voided_needs_nobody() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let bad = append_unchecked(&hamlet, &centre);
    hamlet.sync().await.expect("a good link");
    assert_eq!(hamlet.status().refused, 1);
    hamlet.void(&bad.to_string());
    hamlet.sync().await.expect("a good link");
    assert_eq!((hamlet.status().refused, hamlet.status().waiting), (0, 0));
    assert_eq!(hamlet.operations(hocvu_app::contract::SyncTab::Refused).total, 0);
    assert_eq!(centre.ask::<i64>("SELECT coalesce(sum(attended), 0) FROM rollup"), 0);
}

/// The centre gets operations a careless client made: each is judged by the same rules and by itself.
#[tokio::test]
async fn the_centre_refuses_by_the_same_rules_and_the_person_sees_why() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let good = hamlet
        .save(form(&centre.hamlet(), "20/11/2025"))
        .expect("a good session");
    let bad = append_unchecked(&hamlet, &centre);
    hamlet.sync().await.expect("a good link");

    assert!(
        hamlet.read(&good.id).receipt.is_some(),
        "I5: the good one beside it is accepted"
    );
    let refused = hamlet.read(&bad.to_string());
    assert!(
        refused.receipt.is_some(),
        "the centre keeps what it refuses, and says so"
    );
    assert_eq!(refused.row.status, hocvu_app::contract::Status::Refused);
    assert_eq!(refused.findings[0].code, "of_which_over_total");
    assert_eq!(hamlet.status().refused, 1);
    assert_eq!(
        centre.ask::<i64>("SELECT sum(attended) FROM rollup WHERE target_group = 'adult'"),
        31
    );

    // "Sửa ngay": mend it, send it, it counts.
    hamlet
        .edit(&bad.to_string(), |form| {
            form.counts = count_line("adult", &[("attended", "25"), ("female", "22")])
        })
        .expect("mended");
    hamlet.sync().await.expect("a good link");
    assert_eq!(
        hamlet.status().refused,
        0,
        "mended: {:?}",
        hamlet.operations(hocvu_app::contract::SyncTab::Refused)
    );
    assert_eq!(
        centre.ask::<i64>("SELECT sum(attended) FROM rollup WHERE target_group = 'adult'"),
        56
    );
}

/// A unit the centre does not know yet: kept there with a reason, counted as soon as the unit exists.
#[tokio::test]
async fn an_unknown_unit_is_held_and_counts_once_it_is_known() {
    let centre = TestCentral::start().await;
    let commune = Device::new(NOW, 4);
    commune.enrol(&centre, &centre.commune()).await;
    let unit = hocvu_model::unit::Unit {
        uid: "u:moi".into(),
        code: None,
        level: hocvu_model::unit::Level::Hamlet,
        name: "Ấp Mới".into(),
        parent: Some(centre.commune().as_str().into()),
        valid_from: None,
        valid_to: None,
        sort: None,
        members: Vec::new(),
        void: false,
    };
    commune
        .app()
        .store()
        .write(|tx| tx.put_units(&[unit]))
        .expect("a unit only this machine knows");
    let mut commune = commune;
    commune.restart();
    let saved = commune.save(form("u:moi", "20/11/2025")).expect("known here");
    commune.sync().await.expect("a good link");
    assert_eq!(commune.read(&saved.id).row.status, hocvu_app::contract::Status::Held);
    let row = &commune.operations(hocvu_app::contract::SyncTab::Refused).rows[0];
    assert_eq!(row.reason.as_deref(), Some("unit_unknown"));
    let receipt = row.receipt.clone().expect("held is kept, with a receipt");

    centre.add_unit("u:moi", &centre.commune(), "Ấp Mới").await;
    commune.sync().await.expect("a good link");
    assert_eq!(commune.read(&saved.id).row.status, hocvu_app::contract::Status::Sent);
    assert_eq!(
        commune.read(&saved.id).receipt,
        Some(receipt),
        "a receipt never changes"
    );
    assert_eq!(
        centre.ask::<i64>("SELECT sum(attended) FROM rollup WHERE target_group = 'adult'"),
        31
    );
}

/// Whatever the centre may answer, the person reads a sentence, never a code.
#[test]
fn every_reason_of_the_centre_has_its_sentence() {
    for code in [
        "invalid",
        "base_changed",
        "base_foreign",
        "parent_missing",
        "parent_held",
        "unit_unknown",
        "scope",
        "schema_ahead",
        "log_forked",
        "log_unknown",
        "device_revoked",
        "op_too_large",
        "malformed",
        "bad_signature",
        "frame_too_large",
        "frame_malformed",
        "wrong_deployment",
    ] {
        let key = format!("verdict_{code}");
        assert_ne!(
            message(Locale::Vi, &key, &std::collections::BTreeMap::new()),
            key,
            "{code} has no sentence"
        );
    }
}
