//! Files people bring: any bytes are an import or a sentence, every remark names a line of the file, a dry run changes
//! nothing, a strict import takes all or nothing, and the same file again adds nothing.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hocvu_app::import::{COLUMNS, ImportOptions, ImportReport, import_sessions};
use hocvu_app::{App, Error, FileKeys, Setup};
use hocvu_store::Tally;
use hocvu_sync::{Environment, LinkError};
use serde_json::json;
use tempfile::TempDir;

use crate::office::folder;

/// The sample this program ships: real rows of a hamlet `u:mau`.
const SAMPLE: &str = include_str!("../../../assets/samples/ap-hoa-thuan.csv");
const STRICT: ImportOptions = ImportOptions {
    strict: true,
    dry_run: false,
};
const DRY: ImportOptions = ImportOptions {
    strict: false,
    dry_run: true,
};

/// Noon of 22 November 2025 for ever.
struct StillTime(AtomicU64);

impl Environment for StillTime {
    fn now(&self) -> String {
        self.in_seconds(0)
    }

    fn unix(&self) -> i64 {
        1_763_787_600
    }

    fn in_seconds(&self, _: u64) -> String {
        "2025-11-22T12:00:00+07:00".into()
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| (self.0.fetch_add(0x9e37_79b9, Ordering::Relaxed) >> 7) as u8);
    }
}

/// A machine with the sample on it.
struct Machine {
    app: App,
    folder: TempDir,
}

thread_local! {
    /// Changed by no run: what would change it is done on a copy.
    static MACHINE: OnceCell<Machine> = const { OnceCell::new() };
}

pub(crate) fn run(data: &[u8]) {
    MACHINE.with(|machine| check(machine.get_or_init(Machine::new), data));
}

fn check(machine: &Machine, data: &[u8]) {
    let before = machine.tally();
    let dry = machine.import(data, DRY);
    if let Ok(report) = &dry {
        assert_eq!(report.added, 0, "a dry run adds nothing");
        let lines = data.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64 + 2;
        for remark in &report.remarks {
            assert!(
                (1..=lines).contains(&remark.line),
                "{remark:?} names a line of the file"
            );
            let named = remark.column.is_empty() || COLUMNS.contains(&remark.column.as_str());
            assert!(
                named && !remark.sentence.is_empty(),
                "{remark:?} names a column of the format"
            );
        }
    }
    match dry {
        Err(_) | Ok(ImportReport { refused: 1.., .. }) => {
            let strict = machine.import(data, STRICT);
            assert!(
                strict.is_err() || strict.is_ok_and(|report| report.added == 0),
                "all or nothing"
            );
        }
        Ok(dry) if dry.lines > 0 => all_of_it(&machine.copy(), data, &dry),
        Ok(_) => {}
    }
    assert_eq!(machine.tally(), before, "what adds nothing changes nothing");
}

/// Every session of the file is valid: a strict import takes each once.
fn all_of_it(copy: &Machine, data: &[u8], dry: &ImportReport) {
    let before = copy.tally();
    let first = copy.import(data, STRICT).expect("it was readable");
    assert_eq!(
        (first.refused, first.unchanged, first.lines),
        (0, dry.unchanged, dry.lines)
    );
    let now = copy.tally();
    assert_eq!(
        u64::from(now.waiting - before.waiting),
        first.added,
        "one operation for each session"
    );
    let again = copy.import(data, STRICT).expect("it was readable");
    assert_eq!((again.added, again.refused), (0, 0), "the same file again adds nothing");
    assert_eq!(copy.tally(), now);
}

impl Machine {
    fn new() -> Self {
        let machine = Self::at(folder());
        machine.app.call("sample.start", json!({})).expect("the sample opens");
        machine
    }

    fn at(folder: TempDir) -> Self {
        let setup = Setup {
            folder: folder.path().to_path_buf(),
            centre: String::new(),
            announcer: Arc::new(|_| {}),
        };
        let no_link = Arc::new(|_: &str| Err(LinkError("no link here".into())));
        let time = Arc::new(StillTime(AtomicU64::new(1)));
        let app = App::open_with(setup, &FileKeys, time, no_link).expect("the data file opens");
        Self { app, folder }
    }

    /// The machine as it stands, to be changed.
    fn copy(&self) -> Self {
        let folder = folder();
        self.app
            .store()
            .backup_to(&folder.path().join("mau.db"))
            .expect("a copy");
        copy_file(self.folder.path(), folder.path(), "so.key");
        Self::at(folder)
    }

    fn import(&self, data: &[u8], options: ImportOptions) -> Result<ImportReport, String> {
        match import_sessions(&self.app, || Ok(data), options, &|_| {}) {
            Ok(report) => Ok(report),
            Err(Error::BadCall(sentence)) => {
                assert!(!sentence.is_empty(), "a file that is none is told so");
                Err(sentence)
            }
            Err(error) => panic!("a file is never a fault of the machine: {error}"),
        }
    }

    fn tally(&self) -> Tally {
        self.app.store().read(|read| read.tally()).expect("readable")
    }
}

fn copy_file(from: &Path, to: &Path, name: &str) {
    std::fs::copy(from.join(name), to.join(name)).expect("a file and a folder");
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let header = SAMPLE.lines().next().unwrap_or_default();
    let some: Vec<&str> = SAMPLE.lines().take(9).collect();
    let few = "unit,date,form,topics,target_group,attended\nu:mau,22/11/2025,class,vneid,adult,1.234\n";
    vec![
        some.join("\n").into_bytes(),
        some.join("\r\n").replace("mau-", "moi-").into_bytes(),
        format!("\u{feff}{few}").into_bytes(),
        format!("{few}u:mau,20.11.2025,class,vneid,adult,\"1,5\"\nu:9,31/02/2025,class,x;y,,\n").into_bytes(),
        format!("{header}\n{}", ",".repeat(21)).into_bytes(),
        format!("{header}\nx,u:mau,2025-11-20,19h30,90,class,vneid,\"Nhà \"\"Bảy\"\"\",Lan; Bảy,km,=1+1,adult,5,5,5,5,5,5,5,5,5,5\n").into_bytes(),
        b"unit,date\xff\n".to_vec(),
    ]
}
