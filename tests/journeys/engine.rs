//! Sending by itself: nobody presses anything.

use hocvu_app::contract::{EnrolConfirmInput, EnrolLookupInput, EnrolState, EnrolView, NoInput, Phase, SyncPhase};
use hocvu_testkit::{Device, Fault, TestCentral, form};

use crate::NOW;

#[tokio::test]
async fn it_sends_by_itself_when_a_link_appears() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    hamlet.link.cut(true);
    hamlet.app().start_engine().expect("a thread");
    let saved = hamlet
        .save(form(&centre.hamlet(), "21/11/2025"))
        .expect("a good session");
    hamlet
        .until("the engine notices that there is no link", |d| {
            d.status().phase == SyncPhase::Offline
        })
        .await;
    assert_eq!(hamlet.status().problem.as_deref(), Some("no_link"));
    assert_eq!(hamlet.status().waiting, 1, "nothing is lost meanwhile");

    hamlet.link.cut(false);
    hamlet
        .until("the receipt", |d| d.read(&saved.id).receipt.is_some())
        .await;
    hamlet
        .until("the engine rests", |d| d.status().phase == SyncPhase::Idle)
        .await;
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), 1);
    hamlet.app().stop_engine();
}

#[tokio::test]
async fn a_link_that_breaks_in_the_middle_is_tried_again() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    hamlet.link.plan(Fault::LoseReply);
    hamlet.link.plan(Fault::CaptivePortal);
    let saved = hamlet
        .save(form(&centre.hamlet(), "21/11/2025"))
        .expect("a good session");
    hamlet.app().start_engine().expect("a thread");
    hamlet
        .until("the receipt", |d| d.read(&saved.id).receipt.is_some())
        .await;
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), 1);
    hamlet.app().stop_engine();
}

/// The first-start screen: it asks, shows whose code it is, and confirms, without ever waiting in a command.
#[tokio::test]
async fn a_screen_enrols_without_waiting() {
    let centre = TestCentral::start().await;
    let device = Device::new(NOW, 1);
    device.app().start_engine().expect("a thread");
    let state = |device: &Device| {
        device
            .call::<EnrolView>("enrol.state", NoInput {})
            .expect("readable")
            .state
    };
    let lookup = |code: &str| EnrolLookupInput {
        code: code.into(),
        centre: centre.url(),
    };
    let _: hocvu_app::contract::Done = device.call("enrol.lookup", lookup("abc")).expect("returns at once");
    assert_eq!(
        state(&device),
        EnrolState::Failed {
            problem: "code_malformed".into()
        }
    );

    let code = centre.code_for(&centre.hamlet()).await;
    let _: hocvu_app::contract::Done = device.call("enrol.lookup", lookup(&code)).expect("returns at once");
    device
        .until("the offer", |d| matches!(state(d), EnrolState::Found { .. }))
        .await;
    let EnrolState::Found {
        unit_name,
        parent_name,
        role,
        user,
    } = state(&device)
    else {
        panic!("found")
    };
    assert_eq!(
        (unit_name.as_str(), parent_name.as_deref()),
        ("Ấp Hòa Thuận", Some("Xã Long Hòa"))
    );
    assert_eq!((role.as_str(), user.as_deref()), ("team", Some("Lan")));

    let confirm = EnrolConfirmInput {
        user: "Nguyễn Thị Lan".into(),
    };
    let _: hocvu_app::contract::Done = device.call("enrol.confirm", confirm).expect("returns at once");
    device
        .until("the device is enrolled", |d| state(d) == EnrolState::Done)
        .await;
    let app: hocvu_app::contract::AppState = device.call("app.state", NoInput {}).expect("the state");
    assert_eq!((app.phase, app.user.as_deref()), (Phase::Ready, Some("Nguyễn Thị Lan")));
    device.app().stop_engine();
}
