//! Exactly once, whatever the link does.

use hocvu_app::contract::{ListInput, SyncTab};
use hocvu_testkit::{Device, Fault, TestCentral, Workload, form};

use crate::NOW;

#[tokio::test]
async fn a_saved_session_reaches_the_centre_and_gets_a_receipt() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let saved = hamlet
        .save(form(&centre.hamlet(), "21/11/2025"))
        .expect("a good session");
    assert_eq!(hamlet.status().waiting, 1, "saved is not sent");
    assert_eq!(hamlet.read(&saved.id).receipt, None);

    assert_eq!(hamlet.sync().await, Ok(2), "the opening of the log and the session");

    assert_eq!((hamlet.status().waiting, hamlet.status().sent), (0, 1));
    let receipt = hamlet
        .read(&saved.id)
        .receipt
        .expect("a receipt for that very operation");
    assert!(receipt.contains('-'), "{receipt}");
    let attended: i64 = centre.ask("SELECT sum(attended) FROM rollup WHERE target_group = 'adult'");
    assert_eq!(attended, 31, "the centre counts it");
}

#[tokio::test]
async fn i3_exactly_once_under_every_fault() {
    for (seed, fault) in [
        Fault::LoseRequest,
        Fault::LoseReply,
        Fault::Duplicate,
        Fault::TruncateReply,
        Fault::CaptivePortal,
    ]
    .into_iter()
    .enumerate()
    {
        let centre = TestCentral::start().await;
        let hamlet = Device::enrolled(&centre, NOW, seed as u64).await;
        let saved = hamlet
            .save(form(&centre.hamlet(), "21/11/2025"))
            .expect("a good session");
        hamlet.link.plan(fault);
        let first = hamlet.sync().await;
        if fault != Fault::Duplicate {
            assert!(first.is_err(), "{fault:?} must not pass for a success");
            assert_eq!(hamlet.status().waiting, 1, "{fault:?}: no receipt, so it waits again");
        }
        hamlet.sync().await.expect("the link is good again");
        let receipt = hamlet.read(&saved.id).receipt;
        assert!(receipt.is_some(), "{fault:?}");
        let sessions: i64 = centre.ask("SELECT count(*) FROM record");
        assert_eq!(sessions, 1, "{fault:?} must not duplicate the session");
        let operations: i64 = centre.ask("SELECT count(*) FROM operation");
        assert_eq!(operations, 2, "{fault:?}: one row for each operation");
        hamlet.sync().await.expect("nothing left to do");
        assert_eq!(hamlet.read(&saved.id).receipt, receipt, "a receipt never changes");
    }
}

#[tokio::test]
async fn i2_nothing_lost_over_a_link_that_keeps_breaking() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 9).await;
    let mut workload = Workload::new(5, &centre.hamlet(), "2025-01-05".parse().expect("a date"));
    let mut attended = 0;
    for _ in 0..150 {
        attended += u64::from(hamlet.save(workload.form()).expect("a good session").attended);
    }
    for fault in [
        Fault::LoseReply,
        Fault::LoseRequest,
        Fault::TruncateReply,
        Fault::None,
        Fault::LoseReply,
    ] {
        hamlet.link.plan(fault);
    }
    let mut rounds = 0;
    while hamlet.status().waiting > 0 {
        rounds += 1;
        assert!(rounds < 20, "every round with a good link gets further");
        let _ = hamlet.sync().await;
    }
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), 150);
    let total: i64 = centre.ask("SELECT sum(attended) FROM rollup WHERE target_group <> ''");
    assert_eq!(
        total.unsigned_abs(),
        attended,
        "the centre's figure equals the sum of what was saved"
    );
    let receipt = hamlet.receipt();
    assert_eq!(
        (receipt.operations, receipt.sessions, receipt.attended),
        (150, 150, attended)
    );
}

#[tokio::test]
async fn i18_a_hint_is_no_receipt_even_over_a_restart() {
    let centre = TestCentral::start().await;
    let mut hamlet = Device::enrolled(&centre, NOW, 3).await;
    hamlet
        .save(form(&centre.hamlet(), "21/11/2025"))
        .expect("a good session");
    hamlet.link.plan(Fault::LoseReply);
    assert!(hamlet.sync().await.is_err());
    hamlet.restart();
    assert_eq!(
        hamlet.operations(SyncTab::Waiting).total,
        1,
        "without a receipt it waits, whatever was sent"
    );
    hamlet.sync().await.expect("a good link");
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), 1);
}

#[tokio::test]
async fn i9_two_devices_of_a_hamlet_see_each_others_sessions() {
    let centre = TestCentral::start().await;
    let lan = Device::enrolled(&centre, NOW, 1).await;
    let bay = Device::enrolled(&centre, NOW, 2).await;
    lan.save(form(&centre.hamlet(), "20/11/2025")).expect("a good session");
    bay.save(form(&centre.hamlet(), "21/11/2025")).expect("a good session");
    for device in [&lan, &bay, &lan] {
        device.sync().await.expect("a good link");
    }
    for device in [&lan, &bay] {
        let list = device.list(ListInput::default());
        assert_eq!(
            (list.totals.sessions, list.totals.attended),
            (2, 62),
            "both devices hold both sessions"
        );
    }
}

#[tokio::test]
async fn a_restarted_centre_has_everything_it_acknowledged() {
    let mut centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    hamlet
        .save(form(&centre.hamlet(), "21/11/2025"))
        .expect("a good session");
    hamlet.sync().await.expect("a good link");
    let before = centre.picture();
    centre.restart().await;
    assert_eq!(centre.picture(), before);
}
