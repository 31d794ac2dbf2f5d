//! The device: saving, searching, importing, through the use cases the screens call.

use std::time::Instant;

use hocvu_app::contract::{ListInput, ListView, SaveInput, SaveView};
use hocvu_app::import::{TableKind, import_bytes};
use hocvu_model::session::TrainingSession;
use hocvu_store::Identity;
use hocvu_testkit::{Device, Workload};

use crate::raw::Raw;
use crate::{Figure, quantile};

const UNIT: &str = "u:hoa-thuan";
const NOW: &str = "2025-12-30T08:00:00+07:00";
const SAVES: usize = 400;
const SEARCHED: usize = 50_000;
const IMPORTED: usize = 10_000;
const IMPORTS: usize = 7;
/// Rows of one transaction.
const CHUNK: usize = 500;

/// Saving one session: draft gone, operation appended, record and index folded, encrypted, one commit.
pub fn save() -> Vec<Figure> {
    let device = enrolled();
    let folder = tempfile::tempdir().expect("a folder");
    let mut raw = Raw::new(folder.path());
    let mut workload = workload();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for at in 0..SAVES + 20 {
        let (form, session) = (workload.clone().form(), workload.session());
        let input = SaveInput {
            draft_id: uuid::Uuid::new_v4().to_string(),
            record_id: None,
            form,
        };
        let began = Instant::now();
        let _: SaveView = device.call("session.save", input).expect("a good session");
        let us = began.elapsed().as_secs_f64() * 1e3;
        let began = Instant::now();
        raw.insert(&[session]);
        let raw_us = began.elapsed().as_secs_f64() * 1e3;
        if at >= 20 {
            ours.push(us);
            theirs.push(raw_us);
        }
    }
    vec![
        Figure::new("save.p50", quantile(&mut ours, 0.5), "ms", quantile(&mut theirs, 0.5)),
        Figure::new("save.p99", quantile(&mut ours, 0.99), "ms", quantile(&mut theirs, 0.99)),
    ]
}

/// Searching 50,000 sessions without accents, totals of the whole filtered set included.
pub fn search() -> Vec<Figure> {
    let device = enrolled();
    let folder = tempfile::tempdir().expect("a folder");
    let mut raw = Raw::new(folder.path());
    let sessions = sessions(SEARCHED);
    raw_in_chunks(&mut raw, &sessions);
    import_csv(&device, &sessions);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for (text, words) in [
        ("mạng yếu", ["mang", "yeu"]),
        ("chua ong", ["chua", "ong"]),
        ("qua ma", ["qua", "ma"]),
        ("khong co", ["khong", "co"]),
        ("lan huong", ["lan", "huong"]),
    ] {
        for _ in 0..5 {
            let began = Instant::now();
            let input = ListInput {
                text: text.into(),
                limit: 50,
                ..ListInput::default()
            };
            let _: ListView = device.call("session.list", input).expect("a list");
            ours.push(began.elapsed().as_secs_f64() * 1e3);
            let began = Instant::now();
            let _ = raw.search(&words);
            theirs.push(began.elapsed().as_secs_f64() * 1e3);
        }
    }
    vec![Figure::new(
        "search.50000.p50",
        quantile(&mut ours, 0.5),
        "ms",
        quantile(&mut theirs, 0.5),
    )]
}

/// The sync screen of a machine with 50,000 receipts: the machine's receipt, and pages of what was sent.
pub fn outbox() -> Vec<Figure> {
    let device = enrolled();
    import_csv(&device, &sessions(SEARCHED));
    let store = device.app().store();
    let log = store.read(|r| r.identity()).expect("readable").expect("enrolled").log;
    let all = store.read(|r| r.last_seq(log)).expect("readable");
    let settle = |from: u64, to: u64| {
        let settled = hocvu_store::Settlement {
            log,
            from,
            to,
            fseq: from,
            verdict: hocvu_store::Verdict::Accepted,
            code: None,
            findings: Vec::new(),
            message: None,
        };
        store.write(|tx| tx.settle(&[settled], NOW)).expect("settled");
    };
    (1..=all)
        .step_by(CHUNK)
        .for_each(|from| settle(from, all.min(from + CHUNK as u64 - 1)));
    let time = |work: &dyn Fn()| {
        let mut took: Vec<f64> = (0..15)
            .map(|_| {
                let began = Instant::now();
                work();
                began.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        quantile(&mut took, 0.5)
    };
    let digests = vec![7; 32 * usize::try_from(all).expect("fits")];
    let hashing = time(&|| drop(std::hint::black_box(hocvu_wire::packing::content_digest(&digests))));
    let receipt = time(&|| drop(store.read(|r| r.confirmed()).expect("readable")));
    let page = |offset: u32| {
        drop(
            store
                .read(|r| r.list(hocvu_store::Tab::Sent, offset, 50))
                .expect("readable"),
        )
    };
    let first = time(&|| page(0));
    vec![
        Figure::new("outbox.50000.receipt", receipt, "ms", hashing),
        Figure::new("outbox.50000.sent.first", first, "ms", first),
        Figure::new(
            "outbox.50000.sent.last",
            time(&|| page(SEARCHED as u32 - 60)),
            "ms",
            first,
        ),
    ]
}

/// Importing 10,000 sessions (50,000 lines) from CSV. Ours and theirs in turn, since a shared disk has moods; the medians.
pub fn import() -> Vec<Figure> {
    let sessions = sessions(IMPORTED);
    let rate = |seconds: f64| IMPORTED as f64 / seconds;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..IMPORTS {
        let folder = tempfile::tempdir().expect("a folder");
        let mut raw = Raw::new(folder.path());
        let began = Instant::now();
        raw_in_chunks(&mut raw, &sessions);
        theirs.push(rate(began.elapsed().as_secs_f64()));
        ours.push(rate(import_csv(&enrolled(), &sessions)));
    }
    vec![Figure::new(
        "import.10000",
        quantile(&mut ours, 0.5),
        "sessions/s",
        quantile(&mut theirs, 0.5),
    )]
}

/// Seconds it took.
/// In files as large as the program takes; the seconds of importing alone.
pub(crate) fn import_csv(device: &Device, sessions: &[TrainingSession]) -> f64 {
    let import = |(file, sessions): (usize, &[TrainingSession])| {
        let csv = csv(sessions, file * IMPORTED);
        let began = Instant::now();
        let report = import_bytes(device.app(), "bench.csv", csv.as_bytes(), TableKind::Session, &|_| {});
        let report = report.expect("a good file");
        assert_eq!(report.added as usize, sessions.len(), "{:?}", report.remarks.first());
        began.elapsed().as_secs_f64()
    };
    sessions.chunks(IMPORTED).enumerate().map(import).sum()
}

fn raw_in_chunks(raw: &mut Raw, sessions: &[TrainingSession]) {
    sessions.chunks(CHUNK).for_each(|chunk| raw.insert(chunk));
}

fn workload() -> Workload {
    Workload::new(67, UNIT, "2025-01-05".parse().expect("a date"))
}

fn sessions(count: usize) -> Vec<TrainingSession> {
    let mut workload = workload();
    (0..count).map(|_| workload.session()).collect()
}

/// A device with an identity, without a centre.
fn enrolled() -> Device {
    enrolled_for(UNIT, "Ấp Hòa Thuận", "team")
}

/// The same of a unit.
pub(crate) fn enrolled_for(unit: &str, name: &str, role: &str) -> Device {
    let mut device = Device::new(NOW, 1);
    let identity = Identity {
        deployment: "vl".into(),
        device: "bench".into(),
        log: hocvu_model::LogId([1; 16]),
        unit: unit.into(),
        unit_name: name.into(),
        parent_name: None,
        role: role.into(),
        user_id: "usr_1".into(),
        user_name: "Lan".into(),
        centre: "http://127.0.0.1:9".into(),
        sign_key: [1; 32].into(),
        seal_key: [2; 32].into(),
        sample: false,
    };
    device
        .app()
        .store()
        .write(|tx| tx.put_identity(&identity, 0))
        .expect("written");
    device.restart();
    device
}

/// The columns of [`csv`].
const COLUMNS: [&str; 22] = [
    "id",
    "unit",
    "date",
    "start",
    "duration_minutes",
    "form",
    "topics",
    "venue",
    "facilitators",
    "language",
    "note",
    "target_group",
    "attended",
    "female",
    "ethnic_minority",
    "khmer",
    "elderly",
    "disabled",
    "poor",
    "first_time",
    "assessed",
    "completed",
];

/// The documented format; keys are counted on from `first`.
fn csv(sessions: &[TrainingSession], first: usize) -> String {
    use std::fmt::Write;
    let mut out = COLUMNS.join(",");
    out.push('\n');
    for (at, session) in sessions.iter().enumerate() {
        let topics: Vec<&str> = session.topics.iter().map(|topic| topic.as_str()).collect();
        for line in &session.counts {
            let value = |column: &str| {
                let found = line.of_which().into_iter().find(|(name, _)| *name == column);
                found
                    .and_then(|(_, value)| value)
                    .map(|value| value.to_string())
                    .unwrap_or_default()
            };
            writeln!(
                out,
                "s{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}",
                first + at,
                session.unit,
                session.date,
                session
                    .start
                    .map(|start| start.format("%H:%M").to_string())
                    .unwrap_or_default(),
                session.duration_minutes.unwrap_or(60),
                session.form,
                topics.join(";"),
                session
                    .venue
                    .as_ref()
                    .map(hocvu_model::session::Venue::display)
                    .unwrap_or_default(),
                session
                    .facilitators
                    .as_ref()
                    .map(hocvu_model::session::Facilitators::display)
                    .unwrap_or_default(),
                session
                    .language
                    .map(|language| language.to_string())
                    .unwrap_or_default(),
                session.note.as_deref().unwrap_or_default(),
                line.group,
                line.attended,
                value("female"),
                value("ethnic_minority"),
                value("khmer"),
                value("elderly"),
                value("disabled"),
                value("poor"),
                value("first_time"),
                value("assessed"),
                value("completed"),
            )
            .expect("memory");
        }
    }
    out
}
