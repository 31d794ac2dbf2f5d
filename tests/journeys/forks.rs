//! I12, fork safety: a file that was put back or copied never puts two operations under one number, and neither side's work
//! is dropped.

use hocvu_app::contract::ListInput;
use hocvu_model::OperationId;
use hocvu_testkit::{Device, Fault, TestCentral, form};

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

/// Operations of the file, in every log it wrote, that the centre does not have once each and byte for byte. What a later
/// log says again counts there.
fn missing(device: &Device, centre: &TestCentral) -> Vec<String> {
    let written = device.app().store().read(|read| {
        let mut written = Vec::new();
        for log in read.log_ids()? {
            for seq in 2..=read.last_seq(log)? {
                written.extend(read.operation(OperationId { log, seq })?);
            }
        }
        Ok(written)
    });
    let here = |digest: &[u8; 32]| -> i64 {
        let hex: String = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        centre.ask(&format!("SELECT count(*) FROM operation WHERE hex(sha256) = '{hex}'"))
    };
    let written = written.expect("readable").into_iter();
    let lost = written.filter(|operation| !operation.moved && here(&operation.digest) != 1);
    lost.map(|operation| operation.id.to_string()).collect()
}

#[tokio::test]
async fn i2_what_was_built_on_a_number_of_others_arrives_though_its_own_never_does() {
    let centre = TestCentral::start().await;
    let (mut device, copy) = with_copy(&centre).await;
    save(&device, &centre, "18/11/2025");
    save(&device, &centre, "19/11/2025");
    device.sync().await.expect("a good link");
    device.off();
    device.put_back(copy.path());
    let saved = device
        .save(form(&centre.hamlet(), "20/11/2025"))
        .expect("a good session");
    // The centre knows more of the log than the file: a new one begins, and its first frame is sealed. But nothing leaves.
    device.link.plan(Fault::LoseRequest);
    device.sync().await.expect_err("a lost request");
    device
        .edit(&saved.id, |form| form.note = "sửa".into())
        .expect("a good edit");
    device.link.plan(Fault::LoseRequest); // The edit is in a frame of its own now.
    device.sync().await.expect_err("a lost request");
    device.sync().await.expect("a good link");

    let new = device.app().store().read(|read| read.identity()).expect("readable");
    let edit = OperationId {
        log: new.expect("enrolled").log,
        seq: 2,
    };
    let edit = device
        .app()
        .store()
        .read(|read| read.operation(edit))
        .expect("readable")
        .expect("the edit");
    assert!(edit.moved, "it named a session whose number another has");
    assert_eq!(edit.fseq, None, "so its own number never left the machine");
    assert_eq!(missing(&device, &centre), Vec::<String>::new(), "and nothing is lost");
    let status = device.status();
    assert_eq!(
        (status.waiting, status.refused, status.sent),
        (0, 0, 3),
        "each counts once"
    );
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), 4);
    assert_eq!(
        centre.ask::<i64>("SELECT count(*) FROM record WHERE body LIKE '%sửa%'"),
        1
    );
    assert_eq!(device.compare().await, Ok(0));
}

/// What a number of persons becomes in a session.
fn attended(device: &Device, session: &str, attended: &str) {
    let edited = device.edit(session, |form| {
        let adults = form.counts.entry("adult".into()).or_default();
        adults.insert("attended".into(), attended.into());
    });
    edited.expect("a good edit");
}

#[tokio::test]
async fn i6_a_change_of_a_lost_version_never_lands_on_the_one_that_took_its_number() {
    let centre = TestCentral::start().await;
    let mut device = Device::enrolled(&centre, NOW, 1).await;
    device.time.be_machine("pc-1");
    device.restart();
    let saved = device
        .save(form(&centre.hamlet(), "17/11/2025"))
        .expect("a good session");
    device.sync().await.expect("a good link");
    device.off();
    let copy = tempfile::tempdir().expect("a folder");
    for name in ["so.db", "so.witness"] {
        std::fs::copy(device.folder().join(name), copy.path().join(name)).expect("room");
    }
    device.restart();
    attended(&device, &saved.id, "35"); // Number 3 as the centre has it.
    device.sync().await.expect("a good link");
    device.off();
    device.put_back(copy.path());
    attended(&device, &saved.id, "41"); // Number 3 again, and nobody here knows.
    device.off();
    // The next machine begins a log of its own at once, and builds on that.
    let next = Device::with_copy_of(device.folder(), NOW, 2, "pc-2");
    attended(&next, &saved.id, "42");
    next.sync().await.expect("a good link");
    let head: String = centre.ask("SELECT body FROM record");
    assert!(
        head.contains(r#""attended":35"#),
        "nobody who saw 35 changed it: {head}"
    );
    assert!(
        next.app()
            .store()
            .read(|read| read.conflict(saved.id.parse().expect("an id")))
            .expect("readable")
            .is_some()
    );
}
