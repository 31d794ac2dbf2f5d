//! From a one-time code to a device, over a link that breaks.

use hocvu_app::EnrolNow;
use hocvu_testkit::{Device, TestCentral};

use crate::NOW;

async fn enrol(device: &Device, code: &str, centre: &str) -> Result<String, String> {
    let enrol = EnrolNow {
        code: code.into(),
        centre: centre.into(),
        user: "Lan".into(),
    };
    enrol.run(device.app()).await.expect("the store works")
}

#[tokio::test]
async fn a_code_serves_one_machine_and_every_failure_has_its_sentence() {
    let centre = TestCentral::start().await;
    let code = centre.code_for(&centre.hamlet()).await;
    let (first, second) = (Device::new(NOW, 1), Device::new(NOW, 2));
    let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
    assert_eq!(
        enrol(&first, &typed, &centre.url()).await,
        Ok("Ấp Hòa Thuận".into()),
        "typed any way"
    );
    assert_eq!(enrol(&first, &code, &centre.url()).await, Err("not_empty".into()));
    assert_eq!(enrol(&second, &code, &centre.url()).await, Err("code_used".into()));
    assert_eq!(
        enrol(&second, "AAAAA-AAAAA", &centre.url()).await,
        Err("code_unknown".into())
    );
    assert_eq!(enrol(&second, "ABC", &centre.url()).await, Err("code_malformed".into()));
    assert_eq!(enrol(&second, &code, "không phải").await, Err("bad_address".into()));
    assert_eq!(enrol(&second, &code, "http://127.0.0.1:1").await, Err("no_link".into()));
}

#[tokio::test]
async fn guessing_codes_is_slowed_down() {
    let centre = TestCentral::start().await;
    let device = Device::new(NOW, 1);
    let mut answers = Vec::new();
    for _ in 0..8 {
        answers.push(enrol(&device, "AAAAA-AAAAA", &centre.url()).await);
    }
    assert!(answers.contains(&Err("too_many_tries".into())), "{answers:?}");
}

#[test]
fn without_a_unit_nothing_can_be_recorded_as_real() {
    let device = Device::new(NOW, 1);
    let error = device.save(hocvu_testkit::form("u:x", "t")).expect_err("no unit yet");
    assert_eq!(error.code, hocvu_app::contract::ErrorCode::NotEnrolled);
}
