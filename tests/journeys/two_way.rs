//! Several devices and a supervisor on the same sessions: what one writes the others see, and where two contradict each
//! other both versions stay until a person chooses.

use hocvu_app::contract::{CorrectInput, ListInput, SaveView, Status};
use hocvu_model::operation::{Kind, TRAINING_SESSION};
use hocvu_model::{RecordId, session};
use hocvu_store::{Append, Conflict, Verdict};
use hocvu_testkit::{Device, TestCentral, count_line, form};
use serde_json::{Map, Value};

use crate::NOW;

fn attended(figure: &str) -> impl FnOnce(&mut hocvu_app::contract::SessionForm) + '_ {
    move |form| form.counts = count_line("adult", &[("attended", figure)])
}

fn record(id: &str) -> RecordId {
    id.parse().expect("a record id")
}

fn conflict(device: &Device, id: &str) -> Option<Conflict> {
    device.app().store().read(|r| r.conflict(record(id))).expect("readable")
}

fn figure(body: &Map<String, Value>) -> u64 {
    body["counts"][0]["attended"].as_u64().expect("a figure")
}

fn seen(device: &Device, id: &str) -> u64 {
    let view = device.app().store().read(|r| r.record(record(id))).expect("readable");
    figure(&view.expect("the session").body)
}

/// Chooses the figures of the first branch.
fn choose_branch(device: &Device, id: &str) {
    let Conflict { head, branches, .. } = conflict(device, id).expect("two versions");
    let (head, branch) = (head.expect("a head"), &branches[0]);
    let set = session::patch(&head.body, &branch.body);
    let supersedes: Vec<_> = branches.iter().map(|branch| branch.op).collect();
    let resolve = |tx: &hocvu_store::Write<'_>| {
        tx.append(&Append {
            record: record(id),
            kind: Kind::Resolve,
            record_type: TRAINING_SESSION,
            schema_version: 1,
            unit: &head.unit,
            set: Some(&set),
            reason: Some("Chị Lan đếm lại"),
            void: None,
            supersedes: &supersedes,
            at: 1_763_800_000,
            findings: &[],
        })
    };
    device.app().store().write(resolve).expect("the store works");
}

/// I7 on a device: every operation it ever wrote stands in exactly one place.
fn assert_conserved(device: &Device) {
    let logs = device.app().store().read(|r| r.conservation()).expect("readable");
    for log in logs {
        let judged = [
            Verdict::Accepted,
            Verdict::Merged,
            Verdict::Conflicted,
            Verdict::Rejected,
            Verdict::Held,
            Verdict::Quarantined,
        ];
        let sum: u32 = judged.iter().map(|verdict| log.of(*verdict)).sum();
        assert_eq!(log.authored, sum + log.unsent, "{}", log.log);
    }
}

/// Two devices of one hamlet with one session, both having edited it offline: the first one's figure is the head.
async fn contradicting(centre: &TestCentral) -> (Device, Device, String) {
    let one = Device::enrolled(centre, NOW, 1).await;
    let two = Device::enrolled(centre, NOW, 2).await;
    let saved = one.save(form(&centre.hamlet(), "20/11/2025")).expect("a good session");
    one.sync().await.expect("a good link");
    two.sync().await.expect("a good link");
    one.edit(&saved.id, attended("33")).expect("an edit");
    two.edit(&saved.id, attended("35")).expect("an edit");
    one.sync().await.expect("a good link");
    two.sync().await.expect("a good link");
    one.sync().await.expect("a good link");
    (one, two, saved.id)
}

#[tokio::test]
async fn i6_two_devices_of_one_team_contradict_each_other_and_nothing_is_overwritten() {
    let centre = TestCentral::start().await;
    let (one, two, id) = contradicting(&centre).await;
    for device in [&one, &two] {
        assert_eq!(seen(device, &id), 33, "who came first counts until a person chooses");
        assert_eq!(device.read(&id).row.status, Status::Conflicted);
        let branches = conflict(device, &id).expect("two versions").branches;
        assert_eq!(
            branches.iter().map(|branch| figure(&branch.body)).collect::<Vec<_>>(),
            [35]
        );
    }
    assert_eq!(
        centre.ask::<i64>("SELECT sum(attended) FROM rollup WHERE target_group = 'adult'"),
        33
    );

    choose_branch(&one, &id);
    assert_eq!((seen(&one, &id), one.read(&id).row.status), (35, Status::Waiting));
    one.sync().await.expect("a good link");
    two.sync().await.expect("a good link");
    for device in [&one, &two] {
        assert_eq!(seen(device, &id), 35);
        assert_eq!(conflict(device, &id), None);
        assert_eq!(device.read(&id).row.status, Status::Sent);
        let versions = device
            .app()
            .store()
            .read(|r| r.versions(record(&id)))
            .expect("readable");
        let figures: Vec<u64> = versions.iter().map(|version| figure(&version.body)).collect();
        for figure in [31, 33, 35] {
            assert!(figures.contains(&figure), "both histories remain: {figures:?}");
        }
        assert!(
            versions.iter().any(|version| version.closed_by.is_some()),
            "and who chose"
        );
        assert_conserved(device);
        assert_eq!(device.compare().await, Ok(0), "I9");
    }
    assert_eq!(
        centre.ask::<i64>("SELECT sum(attended) FROM rollup WHERE target_group = 'adult'"),
        35
    );
}

#[tokio::test]
async fn i6_a_chain_of_offline_edits_is_one_branch() {
    let centre = TestCentral::start().await;
    let one = Device::enrolled(&centre, NOW, 1).await;
    let two = Device::enrolled(&centre, NOW, 2).await;
    let id = one
        .save(form(&centre.hamlet(), "20/11/2025"))
        .expect("a good session")
        .id;
    one.sync().await.expect("a good link");
    two.sync().await.expect("a good link");
    one.edit(&id, attended("33")).expect("an edit");
    one.sync().await.expect("a good link");
    two.edit(&id, attended("35")).expect("an edit");
    two.edit(&id, attended("36")).expect("an edit of the edit");
    two.sync().await.expect("a good link");
    let branches = conflict(&two, &id).expect("two versions").branches;
    assert_eq!(
        branches.iter().map(|branch| figure(&branch.body)).collect::<Vec<_>>(),
        [36]
    );
    // An edit made now builds on what is seen, and counts.
    two.edit(&id, |form| form.note = "Trời mưa".into()).expect("an edit");
    two.sync().await.expect("a good link");
    assert_eq!(seen(&two, &id), 33);
    choose_branch(&two, &id);
    two.sync().await.expect("a good link");
    assert_eq!(seen(&two, &id), 36);
    assert_eq!(conflict(&two, &id), None);
    assert_conserved(&two);
    assert_eq!(two.compare().await, Ok(0));
}

#[tokio::test]
async fn a_supervisor_corrects_and_the_hamlet_sees_who_and_why() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let commune = Device::new(NOW, 2);
    commune.enrol(&centre, &centre.commune()).await;
    let id = hamlet
        .save(form(&centre.hamlet(), "20/11/2025"))
        .expect("a good session")
        .id;
    hamlet.sync().await.expect("a good link");
    commune.sync().await.expect("a good link");
    let begin: hocvu_app::contract::BeginView = commune
        .call(
            "session.begin",
            hocvu_app::contract::BeginInput::Edit { id: id.clone() },
        )
        .expect("a form");
    let mut typed = begin.form;
    attended("28")(&mut typed);
    let input = CorrectInput {
        draft_id: begin.draft_id,
        id: id.clone(),
        form: typed,
        reason: "Đếm trùng một nhóm".into(),
    };
    let _: SaveView = commune.call("session.correct", input).expect("corrected");
    assert_eq!(seen(&commune, &id), 28, "at once");
    commune.sync().await.expect("a good link");
    hamlet.sync().await.expect("a good link");
    assert_eq!(seen(&hamlet, &id), 28);
    // Who was corrected may write again, but not over the correction.
    hamlet.edit(&id, attended("31")).expect("an edit");
    hamlet.sync().await.expect("a good link");
    commune.sync().await.expect("a good link");
    for device in [&hamlet, &commune] {
        assert_eq!(seen(device, &id), 28);
        assert_eq!(conflict(device, &id).expect("two versions").branches.len(), 1);
        assert_eq!(device.compare().await, Ok(0));
    }
}

#[tokio::test]
async fn i9_convergence_a_damaged_replica_is_found_and_mended() {
    let centre = TestCentral::start().await;
    let one = Device::enrolled(&centre, NOW, 1).await;
    let two = Device::enrolled(&centre, NOW, 2).await;
    let ids: Vec<String> = ["18/11/2025", "19/11/2025", "20/11/2025"]
        .map(|day| one.save(form(&centre.hamlet(), day)).expect("a good session").id)
        .into();
    one.sync().await.expect("a good link");
    assert_eq!(two.compare().await, Ok(0), "a fresh replica is right");
    let store = two.app().store();
    let kept = store
        .read(|r| r.shadow(record(&ids[1])))
        .expect("readable")
        .expect("pulled");
    let damaged = hocvu_store::ShadowRecord {
        fseq: kept.fseq + 1_000,
        void: true,
        ..kept
    };
    let damage =
        |tx: &hocvu_store::Write<'_>| tx.mend_unit(&centre.hamlet().as_str().into(), std::slice::from_ref(&damaged));
    assert_eq!(store.write(damage).expect("damaged"), 3, "one altered, two lost");
    two.save(form(&centre.hamlet(), "17/11/2025")).expect("a good session");
    assert_eq!(
        two.compare().await,
        Ok(3),
        "found and mended, though it claimed to be newer"
    );
    assert_eq!(two.compare().await, Ok(0));
    assert_eq!(two.list(ListInput::default()).totals.sessions, 4);
    let diary = store.read(|r| r.diary_lines(9)).expect("readable");
    assert!(
        diary
            .iter()
            .any(|line| line.code == "mended" && line.params["count"] == "3")
    );
}

/// Acceptance: the office lost its disk and put yesterday's copy in place; each device syncs once, nobody acts.
#[tokio::test]
async fn i11_regress_repair_each_device_syncs_once_and_the_centre_is_as_before() {
    let mut centre = TestCentral::start().await;
    let one = Device::enrolled(&centre, NOW, 1).await;
    let two = Device::enrolled(&centre, NOW, 2).await;
    let commune = Device::new(NOW, 3);
    commune.enrol(&centre, &centre.commune()).await;
    let early = one
        .save(form(&centre.hamlet(), "18/11/2025"))
        .expect("a good session")
        .id;
    for device in [&one, &two, &commune] {
        device.sync().await.expect("a good link");
    }
    let yesterday = centre.copy();

    one.edit(&early, attended("40")).expect("an edit");
    let late = one
        .save(form(&centre.hamlet(), "19/11/2025"))
        .expect("a good session")
        .id;
    one.sync().await.expect("a good link");
    two.sync().await.expect("a good link");
    two.edit(&late, attended("21"))
        .expect("an edit on what only the lost centre had");
    two.save(form(&centre.hamlet(), "20/11/2025")).expect("a good session");
    two.sync().await.expect("a good link");
    one.sync().await.expect("a good link");
    one.void(&early);
    one.sync().await.expect("a good link");
    let before = centre.picture();
    assert!(before.contains("accepted"));

    centre.restore(&yesterday).await;
    assert_ne!(centre.picture(), before, "the copy lacks today");
    // In another order than it was written in: what builds on what has not come yet waits for it.
    for device in [&two, &one, &commune] {
        device.follow(&centre);
        device.sync().await.expect("a good link");
        assert_eq!(device.status().waiting, 0);
    }
    assert_eq!(centre.picture(), before);
    for device in [&one, &two, &commune] {
        device.sync().await.expect("a good link");
        assert_eq!(device.compare().await, Ok(0), "I9");
        assert_conserved(device);
    }
}

/// What a later program says, this one carries: fields it does not know stay, and a schema it does not know waits.
#[tokio::test]
async fn i16_schema_survival_unknown_fields_cross_an_old_client_and_later_schemas_wait() {
    let centre = TestCentral::start().await;
    let later = Device::enrolled(&centre, NOW, 1).await;
    let older = Device::enrolled(&centre, NOW, 2).await;
    let known = later
        .save(form(&centre.hamlet(), "20/11/2025"))
        .expect("a good session")
        .id;
    let say = |schema_version: u32, set: Value| {
        let set = set.as_object().expect("an object").clone();
        let put = |tx: &hocvu_store::Write<'_>| {
            tx.append(&Append {
                record: record(&known),
                kind: Kind::Put,
                record_type: TRAINING_SESSION,
                schema_version,
                unit: &centre.hamlet().as_str().into(),
                set: Some(&set),
                reason: None,
                void: None,
                supersedes: &[],
                at: 1_763_800_000,
                findings: &[],
            })
        };
        later.app().store().write(put).expect("the store works")
    };
    say(1, serde_json::json!({ "weather": { "rain": true } }));
    later.sync().await.expect("a good link");
    older.sync().await.expect("a good link");
    older
        .edit(&known, |form| form.note = "Trời mưa".into())
        .expect("an edit");
    older.sync().await.expect("a good link");
    later.sync().await.expect("a good link");
    for device in [&older, &later] {
        let view = device
            .app()
            .store()
            .read(|r| r.record(record(&known)))
            .expect("readable");
        let body = view.expect("the session").body;
        assert_eq!(
            (&body["weather"]["rain"], &body["note"]),
            (&Value::Bool(true), &Value::from("Trời mưa"))
        );
        assert_eq!(device.compare().await, Ok(0));
    }
    let ahead = say(9_000, serde_json::json!({ "counts": "another shape" }));
    later.sync().await.expect("a good link");
    older.sync().await.expect("a good link");
    let held = later
        .app()
        .store()
        .read(|r| r.operation(ahead))
        .expect("readable")
        .expect("I20: it stays");
    assert_eq!(
        (held.state.verdict(), held.code.as_deref()),
        (Some(Verdict::Held), Some("SCHEMA_AHEAD"))
    );
    assert_eq!(seen(&older, &known), 31, "who cannot read it goes on with what was");
    assert_conserved(&later);
}
