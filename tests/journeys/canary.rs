//! What a person writes is nowhere in the clear: not in the data file, its log, copies, exports or anything else the program
//! leaves in a folder. A canary is written into every text field and then looked for in every byte.

use std::path::{Path, PathBuf};

use hocvu_app::contract::{BeginInput, BeginView, DraftInput, UsbExportInput, UsbExportView, UsbScope};
use hocvu_testkit::{Device, TestCentral, form};

use crate::NOW;

/// Found nowhere by chance, in letters that have more than one encoding.
const CANARY: &str = "Chim hoàng yến 7Q4Z9";

/// The canary as bytes may hold it: composed and not, UTF-8 and UTF-16, and its ASCII end alone.
fn traces() -> Vec<(&'static str, Vec<u8>)> {
    let loose = "Chim hoàng ye\u{302}\u{301}n 7Q4Z9";
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    vec![
        ("UTF-8", CANARY.as_bytes().to_vec()),
        ("loose marks", loose.as_bytes().to_vec()),
        ("UTF-16", wide(CANARY)),
        ("its end", b"7Q4Z9".to_vec()),
        ("its end in UTF-16", wide("7Q4Z9")),
    ]
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Every hit in every file of the folder, and how many bytes were looked at.
fn scan(folder: &Path) -> (Vec<String>, usize) {
    let (mut hits, mut looked) = (Vec::new(), 0);
    for path in files(folder) {
        let bytes = std::fs::read(&path).expect("readable");
        looked += bytes.len();
        for (how, trace) in traces() {
            if bytes.windows(trace.len()).any(|window| window == trace) {
                hits.push(format!("{} ({how})", path.display()));
            }
        }
    }
    (hits, looked)
}

#[tokio::test]
async fn nothing_a_person_wrote_lies_in_the_clear() {
    let centre = TestCentral::start().await;
    let mut device = Device::enrolled(&centre, NOW, 1).await;
    let stick = tempfile::tempdir().expect("a folder");
    let mut written = form(&centre.hamlet(), "21/11/2025");
    written.note = CANARY.into();
    written.venue = CANARY.into();
    written.facilitators = CANARY.into();
    let saved = device.save(written.clone()).expect("a good session");
    let begun: BeginView = device.call("session.begin", BeginInput::New).expect("a draft");
    let draft = DraftInput {
        draft_id: begun.draft_id,
        record_id: None,
        form: written.clone(),
    };
    let _: serde_json::Value = device.call("draft.save", draft).expect("a draft is kept");
    let folder = stick.path().display().to_string();
    let what = UsbScope::Unsent;
    let exported: UsbExportView = device
        .call("usb.export", UsbExportInput { folder, what })
        .expect("exported");
    assert!(matches!(exported, UsbExportView::Done { .. }), "{exported:?}");
    device.sync().await.expect("sent");
    device
        .edit(&saved.id, |form| form.note = format!("{CANARY} sửa"))
        .expect("edited");

    let (hits, looked) = scan(device.folder());
    assert_eq!(hits, Vec::<String>::new(), "while it is open, with its write-ahead log");
    assert!(looked > 50_000, "{looked} bytes are no data file");
    let log = files(device.folder())
        .into_iter()
        .any(|path| path.to_string_lossy().ends_with("-wal"));
    assert!(log, "the write-ahead log was among them");
    assert_eq!(scan(stick.path()).0, Vec::<String>::new(), "what is carried away");
    device.restart(); // The daily copy is made at the start.
    let copies = files(device.folder())
        .iter()
        .any(|path| path.to_string_lossy().contains("backups"));
    assert!(copies, "the daily copy was among them");
    assert_eq!(
        scan(device.folder()).0,
        Vec::<String>::new(),
        "closed, copied and opened again"
    );

    // Whoever looks must be able to find it: the program itself shows it, and a plain file with it is found.
    assert_eq!(device.read(&saved.id).form.venue, CANARY);
    std::fs::write(stick.path().join("plain.txt"), format!("x{CANARY}x")).expect("a file");
    assert_eq!(scan(stick.path()).0.len(), 2, "the scan finds what is in the clear");
}
