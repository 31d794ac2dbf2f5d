//! I12, fork safety: a file that was put back or copied never puts two operations under one number, and neither side's work
//! is dropped.

use hocvu_app::contract::ListInput;
use hocvu_testkit::{Device, TestCentral, form};

use crate::NOW;

fn sessions(device: &Device) -> u32 {
    device.list(ListInput::default()).totals.sessions
}

fn quarantined(centre: &TestCentral) -> i64 {
    centre.ask(
        "SELECT (SELECT count(*) FROM quarantine) + (SELECT count(*) FROM operation WHERE verdict = 'quarantined')",
    )
}

fn save(device: &Device, centre: &TestCentral, day: &str) {
    device.save(form(&centre.hamlet(), day)).expect("a good session");
}

/// A device with one session sent, and a copy of its folder of that moment.
async fn with_copy(centre: &TestCentral) -> (Device, tempfile::TempDir) {
    let mut device = Device::enrolled(centre, NOW, 1).await;
    save(&device, centre, "17/11/2025");
    device.sync().await.expect("a good link");
    device.off();
    let copy = tempfile::tempdir().expect("a folder");
    for name in ["so.db", "so.witness"] {
        std::fs::copy(device.folder().join(name), copy.path().join(name)).expect("room");
    }
    device.restart();
    (device, copy)
}

#[tokio::test]
async fn i12_a_file_put_back_without_its_witness_is_noticed_here() {
    let centre = TestCentral::start().await;
    let (mut device, copy) = with_copy(&centre).await;
    save(&device, &centre, "18/11/2025");
    device.sync().await.expect("a good link");
    save(&device, &centre, "19/11/2025"); // Lost with the file: it was on this disk only.
    device.off();
    std::fs::remove_file(copy.path().join("so.witness")).expect("it was there");
    device.put_back(copy.path());
    save(&device, &centre, "20/11/2025");
    device.sync().await.expect("a good link");
    assert_eq!(quarantined(&centre), 0, "no number was taken twice");
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), 3);
    assert_eq!(sessions(&device), 3, "what the centre had came back");
    let diary = device.app().store().read(|r| r.diary_lines(20)).expect("readable");
    assert!(diary.iter().any(|line| line.code == "log_restored"));
    assert_eq!(device.compare().await, Ok(0));
}

#[tokio::test]
async fn i12_a_whole_folder_put_back_is_noticed_by_the_centre() {
    let centre = TestCentral::start().await;
    let (mut device, copy) = with_copy(&centre).await;
    save(&device, &centre, "18/11/2025");
    device.sync().await.expect("a good link");
    device.off();
    device.put_back(copy.path()); // The witness too: nothing on this machine knows better.
    save(&device, &centre, "20/11/2025"); // Under the number of the session of the 18th.
    device.sync().await.expect("a good link");
    assert_eq!(sessions(&device), 3, "nothing a person wrote is dropped");
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), 3);
    assert_eq!(device.status().waiting, 0);
    save(&device, &centre, "21/11/2025");
    device.sync().await.expect("a good link");
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), 4);
    assert_eq!(device.compare().await, Ok(0));
}

#[tokio::test]
async fn i12_a_cloned_machine_and_its_origin_both_go_on() {
    let centre = TestCentral::start().await;
    let mut origin = Device::enrolled(&centre, NOW, 1).await;
    origin.time.be_machine("pc-1");
    origin.restart();
    save(&origin, &centre, "17/11/2025");
    origin.off();
    let clone = Device::with_copy_of(origin.folder(), NOW, 2, "pc-2");
    origin.restart();
    save(&origin, &centre, "18/11/2025");
    save(&clone, &centre, "19/11/2025");
    clone.sync().await.expect("a good link");
    origin.sync().await.expect("a good link");
    clone.sync().await.expect("a good link");
    assert_eq!(
        quarantined(&centre),
        0,
        "what both had is one operation, the rest has numbers of its own"
    );
    for device in [&origin, &clone] {
        assert_eq!(sessions(device), 3);
        assert_eq!(device.status().waiting, 0);
        assert_eq!(device.compare().await, Ok(0));
    }
}

#[tokio::test]
async fn i12_two_copies_nobody_could_tell_apart_lose_nothing() {
    let centre = TestCentral::start().await;
    let mut origin = Device::enrolled(&centre, NOW, 1).await;
    save(&origin, &centre, "17/11/2025");
    origin.sync().await.expect("a good link");
    origin.off();
    let clone = Device::with_copy_of(origin.folder(), NOW, 2, "");
    origin.restart();
    for (device, days) in [
        (&origin, ["18/11/2025", "19/11/2025"]),
        (&clone, ["20/11/2025", "21/11/2025"]),
    ] {
        for day in days {
            save(device, &centre, day);
        }
    }
    origin.sync().await.expect("a good link");
    clone.sync().await.expect("a good link");
    origin.sync().await.expect("a good link");
    for device in [&origin, &clone] {
        assert_eq!(sessions(device), 5, "neither side's work is dropped");
        let status = device.status();
        assert_eq!((status.waiting, status.refused), (0, 0));
        assert_eq!(device.compare().await, Ok(0));
    }
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), 5);
    assert_eq!(clone.status().sent, 3, "each of its sessions counts once");
}
