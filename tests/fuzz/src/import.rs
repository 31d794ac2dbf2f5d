//! Files people bring: any bytes are an import or a sentence, every remark names a row of the file, a check changes nothing,
//! a commit does what the check told, the same file again adds nothing, and an undo leaves everything counting as before.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hocvu_app::import::{Opened, Report, TableKind, Wanted, check as check_table, commit, undo, wanted};
use hocvu_app::{App, FileKeys, Setup};
use hocvu_store::Tally;
use hocvu_sync::{Environment, LinkError};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::office::folder;

/// The sample this program ships: real rows of a hamlet `u:mau`.
const SAMPLE: &str = include_str!("../../../assets/samples/ap-hoa-thuan.csv");
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
        // SplitMix64 (Steele, Lea, Flood 2014): no two ids of one run are alike.
        bytes.fill_with(|| {
            let mut mixed = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed ^ (mixed >> 31)) as u8
        });
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
    let Ok(opened) = Opened::of_bytes("tep", data) else {
        return;
    };
    let Ok(wanted) = wanted(&opened, TableKind::Session) else {
        return;
    };
    let app = &machine.app;
    let dry = check_table(app, &opened, &wanted, &|_| {}).expect("a file is never a fault of the machine");
    let sheet = &opened.book.sheets[0];
    for remark in &dry.remarks {
        assert!(
            (1..=sheet.height() as u64).contains(&remark.line),
            "{remark:?} names a row of the file"
        );
        assert!(
            !remark.sentence.is_empty() && !remark.address.is_empty(),
            "{remark:?} says something of a place"
        );
    }
    assert!(dry.batch.is_none(), "a check writes nothing");
    assert_eq!(machine.tally(), before, "a check changes nothing");
    if dry.added > 0 {
        all_of_it(&machine.copy(), &opened, &wanted, &dry);
    }
}

/// A commit does what the check told, once; undone, nothing of it counts; again, all of it does.
fn all_of_it(copy: &Machine, opened: &Opened, wanted: &Wanted, dry: &Report) {
    let (app, before) = (&copy.app, copy.totals());
    let first = commit(app, opened, wanted, &|_| {}).expect("it was readable");
    let told = |report: &Report| (report.rows, report.added, report.refused, report.unchanged);
    assert_eq!(told(&first), told(dry), "what was told is what was done");
    let now = copy.totals();
    let again = commit(app, opened, wanted, &|_| {}).expect("it was readable");
    assert_eq!(
        (again.added, again.unchanged),
        (0, dry.added + dry.unchanged),
        "the same file again adds nothing"
    );
    assert_eq!(copy.totals(), now);
    let batch = first.batch.expect("something was written");
    assert_eq!(u64::from(undo(app, &batch).expect("it was there").undone), first.added);
    assert_eq!(copy.totals(), before, "undone, everything counts as before");
    let once_more = commit(app, opened, wanted, &|_| {}).expect("it was readable");
    assert_eq!(
        (once_more.added, copy.totals()),
        (first.added, now),
        "what was undone can be said again"
    );
}

impl Machine {
    fn new() -> Self {
        let machine = Self::at(folder(), 1);
        machine.app.call("sample.start", json!({})).expect("the sample opens");
        machine
    }

    /// `seed` begins its randomness: a copy never makes the ids its original made.
    fn at(folder: TempDir, seed: u64) -> Self {
        let setup = Setup {
            folder: folder.path().to_path_buf(),
            centre: String::new(),
            announcer: Arc::new(|_| {}),
        };
        let no_link = Arc::new(|_: &str| Err(LinkError("no link here".into())));
        let time = Arc::new(StillTime(AtomicU64::new(seed)));
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
        Self::at(folder, 1 << 32)
    }

    fn totals(&self) -> Value {
        self.app.call("session.list", json!({})).expect("readable")["totals"].clone()
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
