//! The centre was put back from a copy: `have` says what it holds, not what it made of it. What another carrier brought it
//! since may have been judged otherwise than before, and every device comes to stand where the centre stands now.

use std::path::Path;

use hocvu_app::contract::{
    ListInput, SessionForm, Status, UsbExportInput, UsbExportView, UsbImportInput, UsbImportView, UsbOutcome, UsbScope,
};
use hocvu_model::{RecordId, operation};
use hocvu_store::{State, StoredOperation, Verdict};
use hocvu_testkit::{Device, TestCentral, count_line, form};

use crate::NOW;

fn attended(figure: &str) -> impl FnOnce(&mut SessionForm) + '_ {
    move |form| form.counts = count_line("adult", &[("attended", figure)])
}

/// The latest operation a device wrote on a session.
fn latest(device: &Device, id: &str) -> StoredOperation {
    let id: RecordId = id.parse().expect("a record id");
    let history = device.app().store().read(|r| r.history(id)).expect("readable");
    history.into_iter().next().expect("it wrote one")
}

fn seen(device: &Device, id: &str) -> u64 {
    let id: RecordId = id.parse().expect("a record id");
    let view = device.app().store().read(|r| r.record(id)).expect("readable");
    view.expect("the session").body["counts"][0]["attended"]
        .as_u64()
        .expect("a figure")
}

fn export(device: &Device, stick: &Path) {
    let input = UsbExportInput {
        folder: stick.display().to_string(),
        what: UsbScope::Unsent,
    };
    let view: UsbExportView = device.call("usb.export", input).expect("the store works");
    assert!(matches!(view, UsbExportView::Done { operations: 1, .. }), "{view:?}");
}

fn import(device: &Device, stick: &Path) {
    let input = UsbImportInput {
        path: stick.display().to_string(),
    };
    let view: UsbImportView = device.call("usb.import", input).expect("the store works");
    assert_eq!(view.files[0].outcome, UsbOutcome::Carried);
}

fn diary_has(device: &Device, code: &str) -> bool {
    let lines = device.app().store().read(|r| r.diary_lines(50)).expect("readable");
    lines.iter().any(|line| line.code == code)
}

/// One device's figure was accepted, another's stood beside it. The centre is put back to before both; the other sends again
/// first, and the bundle of the one comes by an office: now the other's figure is the head. Only then is the one in reach.
async fn judged_otherwise() -> (TestCentral, Device, Device, String) {
    let mut centre = TestCentral::start().await;
    let one = Device::enrolled(&centre, NOW, 1).await;
    let other = Device::enrolled(&centre, NOW, 2).await;
    let office = Device::new(NOW, 3);
    office.enrol(&centre, &centre.commune()).await;
    let saved = one.save(form(&centre.hamlet(), "20/11/2025")).expect("a good session");
    for device in [&one, &other, &office] {
        device.sync().await.expect("a good link");
    }
    let yesterday = centre.copy();

    let stick = tempfile::tempdir().expect("a folder");
    one.edit(&saved.id, attended("33")).expect("an edit");
    export(&one, stick.path());
    other.edit(&saved.id, attended("35")).expect("an edit");
    one.sync().await.expect("a good link");
    other.sync().await.expect("a good link");
    assert_eq!(latest(&one, &saved.id).state, State::Stored(Verdict::Accepted));
    assert_eq!(latest(&other, &saved.id).state, State::Stored(Verdict::Conflicted));

    centre.restore(&yesterday).await;
    for device in [&one, &other, &office] {
        device.follow(&centre);
    }
    other.sync().await.expect("a good link");
    import(&office, stick.path());
    office.sync().await.expect("a good link");
    assert_eq!(
        centre.ask::<i64>("SELECT count(*) FROM operation WHERE verdict = 'conflicted'"),
        1,
        "what was accepted once stands beside the other now"
    );
    (centre, one, other, saved.id)
}

/// The device stands where the centre stands, its author sees it, and the receipt is the present centre's.
async fn assert_stands_beside(centre: &TestCentral, one: &Device, id: &str) {
    let own = latest(one, id);
    assert_eq!(own.state, State::Stored(Verdict::Conflicted));
    assert_eq!(own.code.as_deref(), Some("BASE_CHANGED"));
    assert_eq!(one.read(id).row.status, Status::Conflicted, "its author is told");
    assert_eq!(one.status().conflicts, 1);
    assert_eq!(seen(one, id), 35, "the head is the centre's");
    let fseq: i64 = centre.ask("SELECT fseq FROM operation WHERE verdict = 'conflicted'");
    let receipt = operation::receipt("vl", own.id, &own.digest, fseq.unsigned_abs());
    assert_eq!(
        own.receipt,
        Some(receipt),
        "the receipt of a centre that is no more proves nothing"
    );
    let rulings = one.app().store().read(|r| r.rulings(own.id)).expect("readable");
    let states: Vec<State> = rulings.iter().map(|ruling| ruling.state).collect();
    assert_eq!(
        states,
        [Verdict::Accepted, Verdict::Conflicted].map(State::Stored),
        "both lives are told"
    );
    assert!(diary_has(one, "judged_again"));
    assert_eq!(one.status().waiting, 0, "nothing had to be sent again");
    assert_eq!(one.compare().await, Ok(0), "I9");
}

#[tokio::test]
async fn i7_conservation_what_a_restored_centre_judged_otherwise_is_asked_again() {
    let (centre, one, other, id) = judged_otherwise().await;
    one.sync().await.expect("a good link");
    assert_stands_beside(&centre, &one, &id).await;
    other.sync().await.expect("a good link");
    assert_eq!(latest(&other, &id).state, State::Stored(Verdict::Accepted));
    one.sync().await.expect("a good link");
    assert_stands_beside(&centre, &one, &id).await;
}

#[tokio::test]
async fn i7_conservation_a_kill_between_the_news_and_the_question_forgets_nothing() {
    let (centre, mut one, _other, id) = judged_otherwise().await;
    one.link.cut_path(Some("/v1/receipts"));
    one.sync().await.expect_err("the question got lost");
    assert!(diary_has(&one, "epoch"), "the device knows of the restored centre");
    one.restart();
    one.link.cut_path(None);
    one.sync().await.expect("a good link");
    assert_stands_beside(&centre, &one, &id).await;
}

/// A copy nobody could tell apart used the number at the restored centre. That the centre has the number says nothing.
#[tokio::test]
async fn i12_fork_safety_a_number_taken_at_the_restored_centre_is_noticed() {
    let mut centre = TestCentral::start().await;
    let mut origin = Device::enrolled(&centre, NOW, 1).await;
    origin
        .save(form(&centre.hamlet(), "17/11/2025"))
        .expect("a good session");
    origin.sync().await.expect("a good link");
    origin.off();
    let clone = Device::with_copy_of(origin.folder(), NOW, 2, "");
    origin.restart();
    let yesterday = centre.copy();
    origin
        .save(form(&centre.hamlet(), "18/11/2025"))
        .expect("a good session");
    origin.sync().await.expect("a good link");

    centre.restore(&yesterday).await;
    origin.follow(&centre);
    clone.follow(&centre);
    clone
        .save(form(&centre.hamlet(), "19/11/2025"))
        .expect("a good session");
    clone.sync().await.expect("a good link");
    origin.sync().await.expect("a good link");
    assert_eq!(
        centre.ask::<i64>("SELECT count(*) FROM record"),
        3,
        "what lost its number was said again"
    );
    assert_eq!(origin.status().waiting, 0);
    origin.sync().await.expect("a good link");
    clone.sync().await.expect("a good link");
    for device in [&origin, &clone] {
        assert_eq!(device.list(ListInput::default()).totals.sessions, 3);
        assert_eq!(device.compare().await, Ok(0), "I9");
    }
}

/// A token is good beyond a restoration, for the copy has the secret it was made with: also then the device offers again what
/// the centre lacks, at once.
#[tokio::test]
async fn i11_regress_repair_a_session_that_outlives_the_restoration_is_renewed() {
    let mut centre = TestCentral::start().await;
    let device = Device::enrolled(&centre, NOW, 1).await;
    let yesterday = centre.copy();
    device.app().start_engine().expect("a thread");
    device
        .save(form(&centre.hamlet(), "18/11/2025"))
        .expect("a good session");
    device.until("sent", |device| device.status().waiting == 0).await;
    centre.restore(&yesterday).await;
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), 0, "the copy lacks it");
    device.follow(&centre);
    device
        .save(form(&centre.hamlet(), "19/11/2025"))
        .expect("a good session");
    device
        .until("both sent", |device| {
            device.status().waiting == 0 && centre.ask::<i64>("SELECT count(*) FROM record") == 2
        })
        .await;
    device.app().stop_engine();
}
