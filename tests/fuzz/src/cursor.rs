//! Cursors of the feed: any text is a page or `CURSOR_GONE`, a page holds its bounds and only what is in scope (I13), and
//! following cursors ends, having seen everything (I10).

use std::cell::RefCell;
use std::collections::BTreeSet;

use hocvu_central::Reader;
use hocvu_model::operation::Kind;
use hocvu_wire::batch::OpsRequest;
use hocvu_wire::changes::{Change, ChangesReply};
use hocvu_wire::limits::PAGE_CHANGES_MAX;
use hocvu_wire::problem::ProblemCode;
use serde_json::json;

use crate::office::{DEVICES, Hand, Office, session};
use crate::split;

/// Records each hamlet has.
const RECORDS: u32 = 20;

struct Library {
    office: Office,
    reader: Reader,
    /// What each device sees when it reads everything.
    all: [BTreeSet<u64>; DEVICES.len()],
    /// A cursor of each device, without its number.
    prefix: [String; DEVICES.len()],
}

thread_local! {
    /// Reading changes nothing, so one office serves every run.
    static LIBRARY: RefCell<Library> = RefCell::new(Library::open());
}

pub(crate) fn run(data: &[u8]) {
    let (mode, rest) = split(data);
    let (limit, rest) = split(rest);
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let device = usize::from(mode / 2) % DEVICES.len();
    LIBRARY.with_borrow_mut(|library| {
        let cursor = match mode % 2 {
            0 => text.to_owned(),
            _ => format!("{}{text}", library.prefix[device]),
        };
        library.follow(device, cursor, limit.into());
    });
}

impl Library {
    fn open() -> Self {
        let mut office = Office::open();
        let mut hands: Vec<Hand> = DEVICES.iter().map(|(n, ..)| Hand::of(*n)).collect();
        for (hand, unit) in hands.iter_mut().zip(["u:1", "u:9", "u:2"]) {
            hand.open();
            for n in 0..RECORDS {
                let record = u128::from(n) + 1_000 * u128::from(unit.as_bytes()[2]);
                let made = hand.create(record, unit, session(n));
                if n % 5 == 0 {
                    hand.act(Kind::Put, record, unit, Some(made), Some(json!({ "note": "sửa" })));
                }
            }
        }
        for hand in &hands {
            let frames = vec![hand.frame(1, hand.count())];
            office.deliver(OpsRequest { frames }).expect("taken");
        }
        let mut reader = office.feed();
        let mut all = [const { BTreeSet::new() }; DEVICES.len()];
        let mut prefix = [const { String::new() }; DEVICES.len()];
        for (at, (n, ..)) in DEVICES.iter().enumerate() {
            let page = reader.page(office.device_no(*n), None, PAGE_CHANGES_MAX);
            let page = page.expect("no fault").expect("allowed");
            assert!(!page.more, "one page holds everything here");
            all[at] = page.changes.iter().map(fseq).collect();
            let number = page.cursor.rfind('.').expect("a number at its end");
            prefix[at] = page.cursor[..=number].to_owned();
        }
        Self {
            office,
            reader,
            all,
            prefix,
        }
    }

    fn follow(&mut self, device: usize, cursor: String, limit: usize) {
        let no = self.office.device_no(DEVICES[device].0);
        let mut seen = BTreeSet::new();
        let (mut cursor, mut first) = (cursor, true);
        loop {
            let page = self.reader.page(no, Some(&cursor), limit);
            let page = match page.expect("no cursor is a fault of the centre") {
                Ok(page) => page,
                Err(code) => {
                    assert_eq!(code, ProblemCode::CursorGone);
                    assert!(first, "a cursor the centre gave is a good one");
                    return;
                }
            };
            self.holds(device, &page, limit);
            let before = seen.len();
            seen.extend(page.changes.iter().map(fseq));
            assert_eq!(seen.len(), before + page.changes.len(), "nothing is told twice");
            assert!(page.cursor != cursor || !page.more || first, "pages go on");
            if !page.more {
                break;
            }
            assert!(
                !page.changes.is_empty() || seen.len() < self.all[device].len() || !first,
                "no empty page is followed for ever"
            );
            (cursor, first) = (page.cursor, false);
        }
        let start = seen.first().copied().unwrap_or(u64::MAX);
        let rest: BTreeSet<u64> = self.all[device].range(start..).copied().collect();
        assert_eq!(seen, rest, "I10: from its first change on, everything");
    }

    fn holds(&self, device: usize, page: &ChangesReply, limit: usize) {
        assert!(
            page.changes.len() <= limit.clamp(1, PAGE_CHANGES_MAX),
            "I19: a page has a bound"
        );
        assert!(
            page.changes.iter().map(fseq).is_sorted(),
            "in the order of their numbers"
        );
        for change in &page.changes {
            if let Change::Record { unit, .. } = change {
                let mine = match DEVICES[device].1 {
                    "new:29242" => unit.as_str() != "u:9",
                    granted => unit.as_str() == granted,
                };
                assert!(mine, "I13: {unit} is not in the scope of device {device}");
            }
        }
    }
}

fn fseq(change: &Change) -> u64 {
    match change {
        Change::Record { fseq, .. }
        | Change::Verdict { fseq, .. }
        | Change::Unit { fseq, .. }
        | Change::Device { fseq, .. }
        | Change::Succession { fseq, .. }
        | Change::Gone { fseq, .. } => *fseq,
        Change::Case(case) => case.fseq,
        Change::Unknown => panic!("the centre writes only what it knows"),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    LIBRARY.with_borrow(|library| {
        let whole = |device: usize, number: &str| format!("{}{number}", library.prefix[device]).into_bytes();
        vec![
            [vec![0, 5], whole(0, "0")].concat(),
            [vec![0, 5], whole(2, "7")].concat(), // Another device's.
            [vec![1, 1], b"3".to_vec()].concat(),
            [vec![3, 255], b"12".to_vec()].concat(),
            [vec![5, 7], b"0".to_vec()].concat(),
            [vec![4, 0], Vec::new()].concat(),
            [vec![0, 9], b"e.t.1".to_vec()].concat(),
        ]
    })
}
