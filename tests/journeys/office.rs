//! An officer's work from the commune's machine: every act is a signed operation, and what it does reaches the author.

use hocvu_app::contract::{
    AdoptInput, CorrectInput, DevicesView, Done, ErrorCode, HistoryView, IdInput, InviteInput, InviteView, NoInput,
    OfficeView, ReleaseInput, ReturnInput, RevokeInput, SaveView, Status, SucceedInput, SucceedView, SyncTab,
};
use hocvu_app::{EnrolNow, contract::BeginInput, contract::BeginView};
use hocvu_testkit::{Device, TestCentral, count_line, form};

use crate::NOW;

const OTHER: &str = "u:tri-phong";
/// Phường Trà Vinh, where neither of them has rights.
const ELSEWHERE: &str = "new:29242";

/// The commune's machine, one of its hamlet, and a second hamlet in which the first may not write.
async fn office() -> (TestCentral, Device, Device) {
    let centre = TestCentral::start().await;
    centre.add_unit(OTHER, &centre.commune(), "Ấp Tri Phong").await;
    let officer = Device::new(NOW, 1);
    officer.enrol(&centre, &centre.commune()).await;
    let hamlet = Device::enrolled(&centre, NOW, 2).await;
    officer.sync().await.expect("a good link");
    (centre, officer, hamlet)
}

fn read(device: &Device) -> OfficeView {
    device.call("office.read", NoInput {}).expect("an office")
}

/// A session of the hamlet's machine for another commune, as somebody chose by mistake: the centre keeps it for an officer.
async fn held(officer: &Device, hamlet: &Device) -> (String, String) {
    let saved = hamlet.save(form(ELSEWHERE, "20/11/2025")).expect("a good session");
    for device in [hamlet, officer] {
        device.sync().await.expect("a good link");
    }
    let office = read(officer);
    assert_eq!(office.cases.len(), 1, "{office:?}");
    assert_eq!(
        (office.cases[0].code.as_str(), office.cases[0].quarantined),
        ("scope", false)
    );
    (saved.id, office.cases[0].operation.clone())
}

#[tokio::test]
async fn a_team_has_no_office() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let refused = hamlet
        .call::<OfficeView>("office.read", NoInput {})
        .expect_err("no officer");
    assert_eq!(refused.code, ErrorCode::NotAllowed);
}

#[tokio::test]
async fn an_officer_adopts_what_was_held_for_its_unit_and_it_counts() {
    let (centre, officer, hamlet) = office().await;
    let (id, operation) = held(&officer, &hamlet).await;
    assert_eq!(hamlet.read(&id).row.status, Status::Held);
    let adopt = AdoptInput {
        operations: vec![operation],
        unit: centre.hamlet(),
    };
    let _: Done = officer.call("office.adopt", adopt).expect("adopted");
    assert_eq!(
        read(&officer).cases[0].decided.as_deref(),
        Some("adopt"),
        "decided, to be sent"
    );
    for device in [&officer, &hamlet, &officer] {
        device.sync().await.expect("a good link");
    }
    assert_eq!(hamlet.read(&id).row.status, Status::Sent);
    assert_eq!(read(&officer).cases.len(), 0, "nothing is left to decide");
    assert_eq!(
        centre.ask::<i64>("SELECT sum(attended) FROM rollup WHERE target_group = 'adult'"),
        31
    );
}

#[tokio::test]
async fn what_is_sent_back_shows_the_reason_to_its_author() {
    let (_centre, officer, hamlet) = office().await;
    let (id, operation) = held(&officer, &hamlet).await;
    let back = |reason: &str| ReturnInput {
        operations: vec![operation.clone()],
        reason: reason.into(),
    };
    let refused = officer
        .call::<Done>("office.return", back("  "))
        .expect_err("a reason is needed");
    assert_eq!(refused.findings[0].code, "reason_missing");
    let _: Done = officer.call("office.return", back("Ghi nhầm ấp")).expect("sent back");
    for device in [&officer, &hamlet] {
        device.sync().await.expect("a good link");
    }
    let view = hamlet.read(&id);
    assert_eq!(view.row.status, Status::Refused);
    assert_eq!(view.history[0].message.as_deref(), Some("Ghi nhầm ấp"));
    let rows = hamlet.operations(SyncTab::Refused).rows;
    assert_eq!(rows[0].message.as_deref(), Some("Ghi nhầm ấp"));
}

#[tokio::test]
async fn a_revoked_machine_is_kept_apart_and_let_in_by_an_officer() {
    let (centre, officer, hamlet) = office().await;
    let machines: DevicesView = officer.call("device.list", NoInput {}).expect("machines");
    let row = machines
        .devices
        .iter()
        .find(|device| !device.own)
        .expect("the hamlet's machine");
    assert_eq!(row.unit_name, "Ấp Hòa Thuận");
    let revoke = RevokeInput {
        device: row.device.clone(),
        reason: "Mất máy".into(),
    };
    let _: Done = officer.call("device.revoke", revoke).expect("revoked");
    hamlet
        .save(form(&centre.hamlet(), "20/11/2025"))
        .expect("it does not know yet");
    officer.sync().await.expect("a good link");
    drop(hamlet.sync().await);
    officer.sync().await.expect("a good link");
    let machines: DevicesView = officer.call("device.list", NoInput {}).expect("machines");
    assert!(machines.devices.iter().any(|device| device.revoked));
    let office = read(&officer);
    let kept: Vec<String> = office.cases.iter().map(|case| case.operation.clone()).collect();
    assert!(
        office.cases.iter().all(|case| case.quarantined) && !kept.is_empty(),
        "{office:?}"
    );
    let _: Done = officer
        .call("office.release", ReleaseInput { operations: kept })
        .expect("let in");
    officer.sync().await.expect("a good link");
    assert_eq!(
        centre.ask::<i64>("SELECT sum(attended) FROM rollup WHERE target_group = 'adult'"),
        31
    );
}

#[tokio::test]
async fn a_machine_is_invited_by_a_code_the_centre_never_saw() {
    let (centre, officer, _hamlet) = office().await;
    let invite = InviteInput {
        unit: OTHER.into(),
        role: "team".into(),
        name: "Trần Văn Út".into(),
    };
    let made: InviteView = officer.call("device.invite", invite).expect("invited");
    let machines: DevicesView = officer.call("device.list", NoInput {}).expect("machines");
    assert!(!machines.invites[0].sent, "not usable before it was sent");
    officer.sync().await.expect("a good link");
    let new = Device::new(NOW, 3);
    let enrol = EnrolNow {
        code: made.code,
        centre: centre.url(),
        user: String::new(),
    };
    let unit = enrol
        .run(new.app())
        .await
        .expect("the store works")
        .expect("the code works");
    assert_eq!(unit, "Ấp Tri Phong");
}

#[tokio::test]
async fn merged_hamlets_count_together_and_late_work_is_mapped() {
    let (centre, officer, hamlet) = office().await;
    hamlet
        .save(form(&centre.hamlet(), "20/11/2025"))
        .expect("a good session");
    for device in [&hamlet, &officer] {
        device.sync().await.expect("a good link");
    }
    let input = SucceedInput {
        old: vec![centre.hamlet(), OTHER.into()],
        new: String::new(),
        name: "Ấp Long Thuận".into(),
        effective: "21/11/2025".into(),
        legal_basis: "Nghị quyết 12/NQ-HĐND".into(),
        ..SucceedInput::default()
    };
    let preview: SucceedView = officer.call("unit.preview", &input).expect("a preview");
    assert_eq!(
        (preview.kind.as_str(), preview.sessions, preview.machines),
        ("merge", 1, 1)
    );
    let _: Done = officer.call("unit.succeed", &input).expect("merged");
    officer.sync().await.expect("a good link");
    let late = hamlet
        .save(form(&centre.hamlet(), "22/11/2025"))
        .expect("offline meanwhile");
    hamlet.sync().await.expect("a good link");
    assert_eq!(
        hamlet.read(&late.id).row.status,
        Status::Sent,
        "late work is taken and mapped"
    );
}

#[tokio::test]
async fn a_correction_needs_a_reason_and_tells_the_author_who_and_why() {
    let (centre, officer, hamlet) = office().await;
    let saved = hamlet
        .save(form(&centre.hamlet(), "20/11/2025"))
        .expect("a good session");
    for device in [&hamlet, &officer] {
        device.sync().await.expect("a good link");
    }
    let begun: BeginView = officer
        .call("session.begin", BeginInput::Edit { id: saved.id.clone() })
        .expect("it is in scope");
    let mut corrected = begun.form;
    corrected.counts = count_line("adult", &[("attended", "21"), ("female", "11")]);
    let input = |reason: &str| CorrectInput {
        draft_id: begun.draft_id.clone(),
        id: saved.id.clone(),
        form: corrected.clone(),
        reason: reason.into(),
    };
    let refused = officer
        .call::<SaveView>("session.correct", input(""))
        .expect_err("no reason");
    assert_eq!(refused.findings[0].path, "reason");
    let _: SaveView = officer
        .call("session.correct", input("Đối chiếu sổ điểm danh"))
        .expect("corrected");
    for device in [&officer, &hamlet] {
        device.sync().await.expect("a good link");
    }
    let view = hamlet.read(&saved.id);
    assert_eq!(view.row.attended, 21);
    let history: HistoryView = hamlet
        .call("history.get", IdInput { id: saved.id.clone() })
        .expect("a history");
    assert_eq!(history.entries[0].kind, "correct");
    assert_eq!(history.entries[0].reason.as_deref(), Some("Đối chiếu sổ điểm danh"));
}
