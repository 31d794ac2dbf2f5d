//! Work that travels on a stick, in a chat, or through an office that may not see it.

use std::io::{self, Read};
use std::path::Path;

use hocvu_app::contract::{
    CarriedState, ListInput, NoInput, SecondPlaceInput, SecondPlaceView, SyncTab, UsbExportInput, UsbExportView,
    UsbImportInput, UsbImportView, UsbOutcome, UsbReason, UsbReceiptsInput, UsbReceiptsView, UsbScope, UsbView,
};
use hocvu_store::ExportScope;
use hocvu_sync::bundle::{Disk, ExportReason, Exporter, Medium, MediumFile, Trouble};
use hocvu_testkit::{Device, TestCentral, form};
use tempfile::TempDir;

use crate::NOW;

/// A commune elsewhere, whose office sees nothing of the hamlet.
const ELSEWHERE: &str = "new:29254";

fn stick() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn export(device: &Device, stick: &Path, what: UsbScope) -> UsbExportView {
    let folder = text(stick);
    device
        .call("usb.export", UsbExportInput { folder, what })
        .expect("the store works")
}

/// Exports what is unsent and gives the operations inside.
fn exported(device: &Device, stick: &Path) -> u32 {
    match export(device, stick, UsbScope::Unsent) {
        UsbExportView::Done { operations, .. } => operations,
        other => panic!("{other:?}"),
    }
}

fn import(device: &Device, path: &Path) -> Vec<UsbOutcome> {
    let path = text(path);
    let view: UsbImportView = device
        .call("usb.import", UsbImportInput { path })
        .expect("the store works");
    assert_eq!(view.problem, None);
    view.files.into_iter().map(|file| file.outcome).collect()
}

fn list(device: &Device) -> UsbView {
    device.call("usb.list", NoInput {}).expect("readable")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn i17_an_office_without_rights_carries_a_bundle_there_and_its_receipt_back() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let office = Device::new(NOW, 2);
    office.enrol(&centre, ELSEWHERE).await;
    let saved = hamlet
        .save(form(&centre.hamlet(), "21/11/2025"))
        .expect("a good session");
    let stick = stick();
    assert_eq!(
        exported(&hamlet, stick.path()),
        2,
        "the opening of the log and the session"
    );

    assert_eq!(import(&office, stick.path()), [UsbOutcome::Carried]);
    assert_eq!(import(&office, stick.path()), [UsbOutcome::Known]);
    let carried = &list(&office).carried;
    assert_eq!((carried.len(), &carried[0].state), (1, &CarriedState::Waiting));
    office.sync().await.expect("a good link");
    assert_eq!(list(&office).carried[0].state, CarriedState::ReceiptHere);
    assert_eq!(
        centre.ask::<i64>("SELECT count(*) FROM record"),
        1,
        "the session arrived"
    );
    assert_eq!(
        office.list(ListInput::default()).totals.sessions,
        0,
        "whoever carries it sees nothing of it"
    );

    let back: UsbReceiptsView = office
        .call(
            "usb.receipts",
            UsbReceiptsInput {
                folder: text(stick.path()),
            },
        )
        .expect("the store works");
    assert_eq!(back.files.len(), 1);
    assert_eq!(list(&office).carried[0].state, CarriedState::Returned);
    assert_eq!(
        import(&office, &stick.path().join(&back.files[0])),
        [UsbOutcome::Problem {
            problem: "other_place".into()
        }],
        "the receipt is for the hamlet alone"
    );
    let outcomes = import(&hamlet, stick.path());
    assert!(outcomes.contains(&UsbOutcome::Own), "{outcomes:?}");
    assert!(
        outcomes.contains(&UsbOutcome::Receipt { operations: 2 }),
        "{outcomes:?}"
    );
    assert_eq!((hamlet.status().waiting, hamlet.status().sent), (0, 1));
    let receipt = hamlet.read(&saved.id).receipt.expect("a receipt");
    assert!(list(&hamlet).exports[0].receipt_at.is_some());
    assert_eq!(
        import(&hamlet, stick.path()).last(),
        Some(&UsbOutcome::Own),
        "files in the order of their names"
    );

    hamlet.sync().await.expect("a link at last");
    assert_eq!(
        hamlet.read(&saved.id).receipt,
        Some(receipt),
        "the same receipt by network"
    );
    let arrived: i64 = centre.ask("SELECT count(*) FROM operation o JOIN log l ON l.no = o.log WHERE l.device = 1");
    assert_eq!(arrived, 2, "each once");
}

#[tokio::test]
async fn i18_exporting_changes_no_state_and_is_not_sending() {
    let centre = TestCentral::start().await;
    let mut hamlet = Device::enrolled(&centre, NOW, 1).await;
    hamlet
        .save(form(&centre.hamlet(), "21/11/2025"))
        .expect("a good session");
    let (before, stick) = (hamlet.operations(SyncTab::Waiting), stick());
    for what in [UsbScope::Unsent, UsbScope::All] {
        assert!(matches!(
            export(&hamlet, stick.path(), what),
            UsbExportView::Done { operations: 2, .. }
        ));
        assert_eq!(hamlet.operations(SyncTab::Waiting), before, "nothing of it changed");
    }
    hamlet.restart();
    assert_eq!(hamlet.operations(SyncTab::Waiting), before);
    assert_eq!(list(&hamlet).unsent, 1);
    assert_eq!(list(&hamlet).exports.len(), 2);
    assert_eq!(hamlet.sync().await, Ok(2), "it is sent as if nothing had been exported");
    assert_eq!(export(&hamlet, stick.path(), UsbScope::Unsent), UsbExportView::Nothing);
    let since = UsbScope::Since { date: "22/11".into() };
    assert!(matches!(
        export(&hamlet, stick.path(), since),
        UsbExportView::Done { .. }
    ));
    let later = UsbScope::Since {
        date: "23/11/2025".into(),
    };
    assert_eq!(export(&hamlet, stick.path(), later), UsbExportView::Nothing);
}

/// A stick with room for so many bytes.
struct Full(usize);

struct FullFile {
    file: Box<dyn MediumFile>,
    left: usize,
}

impl Medium for Full {
    fn create(&self, path: &Path) -> io::Result<Box<dyn MediumFile>> {
        let (file, left) = (Disk.create(path)?, self.0);
        Ok(Box::new(FullFile { file, left }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        Disk.open(path)
    }
}

impl io::Write for FullFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let some = &bytes[..bytes.len().min(self.left)];
        self.left -= some.len();
        self.file.write(some)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Read for FullFile {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.file.read(out)
    }
}

impl io::Seek for FullFile {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl MediumFile for FullFile {
    fn sync(&mut self) -> io::Result<()> {
        self.file.sync()
    }
}

#[tokio::test]
async fn i18_a_full_stick_is_an_error_and_no_half_file_is_left_or_counted() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    hamlet
        .save(form(&centre.hamlet(), "21/11/2025"))
        .expect("a good session");
    let (stick, store) = (stick(), hamlet.app().store());
    for room in [0, 1, 160, 200, 500, 1_000] {
        let exporter = Exporter {
            store: &store,
            environment: &*hamlet.time,
            medium: &Full(room),
        };
        let refused = exporter.export(stick.path(), ExportScope::Unsent, ExportReason::Asked);
        assert!(
            matches!(refused, Err(Trouble::Problem("full"))),
            "{room} bytes: {refused:?}"
        );
        assert_eq!(names(stick.path()), [] as [&str; 0], "{room} bytes");
        assert_eq!(list(&hamlet).exports, [], "{room} bytes");
    }
    assert_eq!(exported(&hamlet, stick.path()), 2, "with room it works");
    let gone = stick.path().join("gone");
    assert_eq!(
        export(&hamlet, &gone, UsbScope::Unsent),
        UsbExportView::Problem {
            problem: "no_folder".into()
        }
    );
}

#[tokio::test]
async fn i17_altered_cut_and_foreign_files_are_told_apart_and_apply_nothing() {
    let (centre, other) = (
        TestCentral::start().await,
        TestCentral::start_at("2025-11-22T09:00:00+07:00").await,
    );
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    hamlet
        .save(form(&centre.hamlet(), "21/11/2025"))
        .expect("a good session");
    let stick = stick();
    exported(&hamlet, stick.path());
    let bundle = stick.path().join(&names(stick.path())[0]);
    let whole = std::fs::read(&bundle).expect("readable");
    let office = Device::new(NOW, 2);
    office.enrol(&other, &other.hamlet()).await;

    let offer = |bytes: &[u8]| {
        let file = stick.path().join("x.hvb");
        std::fs::write(&file, bytes).expect("room");
        import(&office, &file)
    };
    let problem = |code: &str| [UsbOutcome::Problem { problem: code.into() }];
    let mut altered = whole.clone();
    *altered.last_mut().expect("bytes") ^= 1;
    assert_eq!(offer(&altered), problem("damaged"));
    assert_eq!(offer(&whole[..whole.len() - 1]), problem("damaged"));
    assert_eq!(offer(b"%PDF-1.7 something else altogether"), problem("not_a_bundle"));
    assert_eq!(list(&office).carried, [], "none of it is kept");

    // Carried to a centre it is not for: that one refuses, and the carrier is told. (Test centres share their keys; one with
    // keys of its own says other_place.)
    assert_eq!(offer(&whole), [UsbOutcome::Carried]);
    let before = other.picture();
    office.sync().await.expect("a good link");
    assert_eq!(
        list(&office).carried[0].state,
        CarriedState::Refused {
            problem: "bad_signature".into()
        }
    );
    assert_eq!(
        other.picture().lines().count(),
        before.lines().count() + 1,
        "only the office's own log opened"
    );
}

#[tokio::test]
async fn a_large_bundle_goes_on_where_the_link_broke() {
    use hocvu_testkit::{Fault, Workload};
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let mut workload = Workload::new(7, &centre.hamlet(), "2025-01-05".parse().expect("a date"));
    for _ in 0..400 {
        hamlet.save(workload.form()).expect("a good session");
    }
    let stick = stick();
    exported(&hamlet, stick.path());
    let office = Device::new(NOW, 2);
    office.enrol(&centre, ELSEWHERE).await;
    assert_eq!(import(&office, stick.path()), [UsbOutcome::Carried]);
    for fault in [Fault::None, Fault::LoseReply, Fault::LoseRequest, Fault::Duplicate] {
        office.link.plan_photo(fault);
    }
    let mut rounds = 0;
    while list(&office).carried[0].state != CarriedState::ReceiptHere {
        rounds += 1;
        assert!(rounds < 8, "every round gets further");
        office.sync().await.expect("carrying is no reason for a round to fail");
    }
    assert!(rounds > 1, "the faults were met");
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), 400);
}

#[tokio::test]
async fn i2_the_second_place_holds_what_a_lost_machine_never_sent() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let (place, gone) = (stick(), "/no/such/place");
    let set = |folder: &str| -> SecondPlaceView {
        let folder = Some(folder.to_owned());
        hamlet
            .call("usb.second_place", SecondPlaceInput { folder })
            .expect("the store works")
    };
    set(gone);
    hamlet
        .save(form(&centre.hamlet(), "21/11/2025"))
        .expect("a good session");
    hamlet.time.advance_days(2);
    hamlet.link.cut(true);
    hamlet.app().start_engine().expect("a thread");
    hamlet
        .until("the missing folder is told", |hamlet| {
            list(hamlet).second_place.problem.as_deref() == Some("no_folder")
        })
        .await;
    set(&text(place.path()));
    hamlet
        .until("a copy is written, for the session is two days old", |hamlet| {
            list(hamlet).second_place.last_at.is_some()
        })
        .await;
    assert_eq!(names(place.path()).len(), 1);
    assert_eq!(list(&hamlet).second_place.problem, None);
    for copy in 2_usize..=6 {
        hamlet.time.advance_days(2);
        hamlet
            .save(form(&centre.hamlet(), "22/11/2025"))
            .expect("a good session");
        hamlet.time.advance_days(2);
        hamlet
            .save(form(&centre.hamlet(), "23/11/2025"))
            .expect("a good session");
        hamlet
            .until("another copy", |hamlet| {
                let copies = list(hamlet).exports;
                copies.len() >= copy && copies.iter().all(|copy| copy.reason == UsbReason::SecondPlace)
            })
            .await;
    }
    // Whenever the engine happened to look: after another day the newest copy holds everything.
    let unsent = list(&hamlet).unsent;
    hamlet.time.advance_days(2);
    set(&text(place.path()));
    hamlet
        .until("a copy of everything, the opening of the log included", |hamlet| {
            list(hamlet).exports[0].operations == unsent + 1
        })
        .await;
    hamlet.app().stop_engine();
    assert_eq!(names(place.path()).len(), 3, "only the newest are kept");
    drop(hamlet); // The machine is lost.

    let office = Device::new(NOW, 2);
    office.enrol(&centre, ELSEWHERE).await;
    import(&office, place.path());
    office.sync().await.expect("a good link");
    let sessions: u32 = centre.ask("SELECT count(*) FROM operation WHERE seq > 1");
    assert_eq!(sessions, unsent, "every session of the lost machine is at the centre");
}

#[tokio::test]
async fn i2_what_can_be_read_of_a_damaged_file_reaches_the_centre() {
    use hocvu_testkit::Workload;
    let centre = TestCentral::start().await;
    let mut hamlet = Device::enrolled(&centre, NOW, 1).await;
    let mut workload = Workload::new(3, &centre.hamlet(), "2025-01-05".parse().expect("a date"));
    let stick = stick();
    for n in 0..150 {
        hamlet.save(workload.form()).expect("a good session");
        if n == 80 {
            exported(&hamlet, stick.path()); // So that some of it is in frames.
        }
    }
    hamlet.off();
    let file = hamlet.folder().join("so.db");
    let mut bytes = std::fs::read(&file).expect("readable");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 3 * 4096].fill(0x5a);
    std::fs::write(&file, &bytes).expect("writable");

    let to = tempfile::tempdir().expect("a folder");
    let saving = hocvu_app::Salvage {
        data: hamlet.folder().to_owned(),
        to: to.path().to_owned(),
    };
    let saved = saving
        .run(&hocvu_app::FileKeys)
        .expect("the identity is readable")
        .expect("room");
    assert!(saved.lost > 0, "something is gone: {saved:?}");
    assert!(saved.in_frames + saved.sealed_anew > 75, "most of it is not: {saved:?}");
    assert_eq!(
        std::fs::read(&file).expect("readable"),
        bytes,
        "the file is not touched"
    );

    let office = Device::new(NOW, 2);
    office.enrol(&centre, ELSEWHERE).await;
    assert_eq!(import(&office, to.path()), [UsbOutcome::Carried]);
    office.sync().await.expect("a good link");
    assert_eq!(list(&office).carried[0].state, CarriedState::ReceiptHere);
    let arrived: u32 = centre.ask("SELECT count(*) FROM operation o JOIN log l ON l.no = o.log WHERE l.device = 1");
    assert_eq!(arrived, saved.in_frames + saved.sealed_anew);
}

#[tokio::test]
async fn photos_travel_in_the_bundle_and_count_as_sent_by_its_receipt() {
    use base64::Engine;
    use hocvu_app::contract::{AttachmentForm, PhotoAddInput};
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let data = base64::engine::general_purpose::STANDARD.encode(hocvu_testkit::picture(1_400, 1_000, 1));
    let input = PhotoAddInput {
        record_id: None,
        data,
        caption: String::new(),
    };
    let photo: AttachmentForm = hamlet.call("photo.add", input).expect("a good picture");
    let mut with_photo = form(&centre.hamlet(), "21/11/2025");
    with_photo.attachments = vec![photo];
    hamlet.save(with_photo).expect("a good session");
    let stick = stick();
    exported(&hamlet, stick.path());
    assert_eq!(hamlet.status().photos.sent, 0, "exported is not sent");

    let office = Device::new(NOW, 2);
    office.enrol(&centre, ELSEWHERE).await;
    assert_eq!(import(&office, stick.path()), [UsbOutcome::Carried]);
    office.sync().await.expect("a good link");
    let _: UsbReceiptsView = office
        .call(
            "usb.receipts",
            UsbReceiptsInput {
                folder: text(stick.path()),
            },
        )
        .expect("the store works");
    assert!(import(&hamlet, stick.path()).contains(&UsbOutcome::Receipt { operations: 2 }));
    assert_eq!((hamlet.status().photos.sent, hamlet.status().photos.total), (1, 1));
    assert_eq!(export(&hamlet, stick.path(), UsbScope::Unsent), UsbExportView::Nothing);
    hamlet.sync().await.expect("a link at last");
    assert_eq!(hamlet.status().photos.sent, 1, "the centre has it indeed");
}
