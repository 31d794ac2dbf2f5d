//! I13 at random, a hundred thousand times: whoever writes whatever on whichever record, no record enters, leaves or changes
//! outside its author's grants, and no feed tells one that is not in its reader's.

mod common;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use common::{Device, Office, session};
use hocvu_model::ids::OperationId;
use hocvu_model::operation::Kind;
use hocvu_wire::changes::Change;
use serde_json::json;

/// Operations tried.
const CASES: usize = 100_000;
/// Operations of one request: the most there may be.
const BATCH: usize = 500;
/// Records there are to guess; most of them others'. Enough that what is held for one record does not grow without end.
const RECORDS: u128 = 20_000;

/// Hamlets and the communes they lie in. The oracle knows nothing of the unit book.
const HAMLETS: [(&str, &str); 7] = [
    ("u:1", "new:29242"),
    ("u:2", "new:29242"),
    ("u:3", "new:29242"),
    ("u:9", "new:29254"),
    ("u:8", "new:29254"),
    ("u:7", "new:29254"),
    ("u:6", "new:29413"),
];
/// Grants of the devices; two of them see a commune.
const GRANTS: [&str; 7] = ["u:1", "u:2", "u:9", "u:8", "u:6", "new:29242", "new:29254"];

fn covers(grant: &str, unit: &str) -> bool {
    grant == unit || HAMLETS.contains(&(unit, grant))
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn unit(&mut self) -> &'static str {
        match self.below(20) {
            0 => "u:nowhere",
            1 => "new:29242",
            2 => "new:29254",
            _ => HAMLETS[self.below(HAMLETS.len())].0,
        }
    }
}

/// A record as the database has it: unit and the log that wrote its head.
type Heads = BTreeMap<u128, (String, [u8; 16], OperationId)>;

/// Records that changed after this feed number.
fn changed(office: &Office, after: u64) -> Heads {
    let db = rusqlite::Connection::open(&office.path).expect("a second connection");
    let sql = "SELECT r.id, p.uid, l.id, o.seq FROM record r JOIN place p ON p.no = r.unit
               JOIN operation o ON o.fseq = r.head JOIN log l ON l.no = o.log
               WHERE r.fseq > ?1";
    let mut read = db.prepare(sql).expect("sql");
    let rows = read.query_map([after], |row| {
        let (id, log): ([u8; 16], [u8; 16]) = (row.get(0)?, row.get(2)?);
        let head = OperationId {
            log: hocvu_model::ids::LogId(log),
            seq: row.get(3)?,
        };
        Ok((u128::from_be_bytes(id), (row.get(1)?, log, head)))
    });
    rows.expect("rows").collect::<Result<_, _>>().expect("rows")
}

/// One random operation on a record that no other of this request is about.
fn write(device: &mut Device, dice: &mut Dice, known: &Heads, taken: &mut BTreeSet<u128>) {
    let record = loop {
        let record = 1 + dice.below(RECORDS as usize) as u128;
        if taken.insert(record) {
            break record;
        }
    };
    let base = known.get(&record).map(|(_, _, head)| *head);
    let guessed = device.op(1 + dice.below(50) as u64);
    let base = match dice.below(10) {
        0 => None,
        1 => Some(guessed),
        _ => base,
    };
    let unit = dice.unit();
    match (dice.below(12), base) {
        (_, None) => drop(device.create(record, unit, session(1 + dice.below(40) as u32))),
        (0, base) => drop(device.act(Kind::Void, record, unit, base, None)),
        (1, base) => drop(device.act(Kind::Restore, record, unit, base, None)),
        (2, base) => drop(device.act(Kind::Correct, record, unit, base, Some(json!({ "note": "sửa" })))),
        (n, Some(base)) => drop(device.edit(record, unit, base, json!({ "note": format!("{n}") }))),
    }
}

#[test]
fn i13_scope_holds_for_a_hundred_thousand_random_operations() {
    let mut office = Office::open();
    for (uid, parent) in HAMLETS {
        office.add_unit(uid, parent);
    }
    let mut devices: Vec<Device> = Vec::new();
    for (n, grant) in GRANTS.iter().enumerate() {
        let mut device = office.device(n as u8 + 1, grant);
        device.open();
        devices.push(device);
    }
    let grants: HashMap<[u8; 16], &str> = devices.iter().map(|d| d.log.0).zip(GRANTS).collect();
    let (mut dice, mut known, mut moved) = (Dice(13), Heads::new(), 0);
    for round in 0..CASES / BATCH {
        let writer = dice.below(devices.len());
        let device = &mut devices[writer];
        let first = device.texts.len() as u64 + 1;
        let mut taken = BTreeSet::new();
        (0..BATCH).for_each(|_| write(device, &mut dice, &known, &mut taken));
        let last = device.texts.len() as u64;
        let frames = (first..=last).step_by(64).map(|at| device.frame(at, last.min(at + 63)));
        let before: u64 = office.ask("SELECT fseq FROM counter");
        office.send(frames.collect());
        for (record, (unit, log, head)) in changed(&office, before) {
            moved += 1;
            let grant = grants[&log];
            assert!(covers(grant, &unit), "{head} of {grant} put a record into {unit}");
            if let Some((left, ..)) = known.get(&record) {
                assert!(covers(grant, left), "{head} of {grant} took a record from {left}");
            }
            known.insert(record, (unit, log, head));
        }
        if round % 50 == 0 {
            feeds_tell_their_scope(&office, &devices, &known);
        }
    }
    feeds_tell_their_scope(&office, &devices, &known);
    assert!(
        moved > CASES / 20,
        "{moved} operations were applied: enough to mean something"
    );
    let held = office
        .verdicts()
        .iter()
        .filter(|row| row.2.as_deref() == Some("SCOPE"))
        .count();
    assert!(
        held > CASES / 20,
        "{held} operations were held back: enough to mean something"
    );
    office.assert_sound();
}

/// Each feed, read from its beginning, tells exactly the records under its device's grant.
fn feeds_tell_their_scope(office: &Office, devices: &[Device], known: &Heads) {
    for (device, grant) in devices.iter().zip(GRANTS) {
        let mut told = BTreeSet::new();
        for change in office.feed(device, 500) {
            match change {
                Change::Record { id, unit, .. } => {
                    assert!(covers(grant, unit.as_str()), "{grant} is told of {unit}");
                    told.insert(id.0.as_u128());
                }
                Change::Case(case) => {
                    let unit = case.unit.as_ref().map(|unit| unit.as_str());
                    let own = case.device == device.id;
                    let mine = unit.is_some_and(|unit| covers(grant, unit)) || grant.starts_with("new:");
                    let seen = case.record.and_then(|id| known.get(&id.0.as_u128()));
                    let record = seen.is_some_and(|(unit, ..)| covers(grant, unit));
                    assert!(own || mine || record, "{grant} is told of a case of {unit:?}");
                }
                _ => {}
            }
        }
        let mine = known.iter().filter(|(_, (unit, ..))| covers(grant, unit));
        assert_eq!(
            told,
            mine.map(|(id, _)| *id).collect(),
            "{grant} is told of everything in it"
        );
    }
}
