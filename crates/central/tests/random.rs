//! Many hands at random: teams, officers, every kind of act, any delivery. Whatever comes of it, the file proves itself (I8),
//! every operation has exactly one verdict (I7), and a replica built from the feed is what the centre says (I9).

mod common;

use std::collections::BTreeMap;

use common::{Device, Office, session};
use hocvu_central::Reader;
use hocvu_model::operation::Kind;
use hocvu_model::{OperationId, RecordId};
use hocvu_wire::b64;
use hocvu_wire::changes::Change;
use hocvu_wire::digest::{Sum, of_record};
use proptest::prelude::*;
use serde_json::{Value, json};

/// One act: who, on which record, on what it builds, what it does.
#[derive(Debug, Clone)]
struct Step {
    who: usize,
    record: u8,
    /// Which of the operations on that record it builds on, from the newest.
    behind: usize,
    act: u8,
    value: u8,
    /// Whether everybody delivers afterwards.
    deliver: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        0..5_usize,
        0..4_u8,
        0..3_usize,
        0..16_u8,
        any::<u8>(),
        prop::bool::weighted(0.3),
    );
    let step = step.prop_map(|(who, record, behind, act, value, deliver)| Step {
        who,
        record,
        behind,
        act,
        value,
        deliver,
    });
    proptest::collection::vec(step, 1..40)
}

fn set(value: u8) -> Value {
    match value % 6 {
        0 => json!({"counts": [{"group": "adult", "attended": value}]}),
        1 => json!({"note": format!("lần {value}")}),
        2 => json!({"start": "08:00"}),
        3 => json!({"form": "hands_on"}),
        4 => json!({"later": value}),
        _ => json!({"note": null}),
    }
}

/// Operations on each record, as their authors could name them.
type Written = BTreeMap<u8, Vec<OperationId>>;

fn act(device: &mut Device, step: &Step, written: &mut Written) {
    const UNITS: [&str; 4] = ["u:1", "u:2", "u:9", "u:nowhere"];
    let Step {
        record, behind, value, ..
    } = *step;
    let on_record = written.entry(record).or_default();
    let unit = if value < 200 {
        "u:1"
    } else {
        UNITS[usize::from(value % 4)]
    };
    let (no, seen) = (u128::from(record) + 1, on_record.iter().rev().nth(behind).copied());
    let Some(base) = seen else {
        on_record.push(device.create(no, unit, session(value.into())));
        return;
    };
    let some: Vec<OperationId> = on_record.iter().rev().skip(behind / 2).take(2).copied().collect();
    let op = match step.act {
        0..=6 => device.edit(no, unit, base, set(value)),
        7 => device.create(no, unit, session(value.into())),
        8 => device.act(Kind::Void, no, "u:1", Some(base), None),
        9 => device.act(Kind::Restore, no, "u:1", Some(base), None),
        10 | 11 => device.correct(no, base, set(value)),
        12 | 13 => device.resolve(no, base, &some, if value % 2 == 0 { json!({}) } else { set(value) }),
        14 => {
            device.office(Kind::Adopt, &some, (value % 2 == 0).then_some("u:2"));
            return;
        }
        _ => {
            device.office(if value % 3 == 0 { Kind::Release } else { Kind::Return }, &some, None);
            return;
        }
    };
    on_record.push(op);
}

/// Everything the feed gives a device from its beginning, as a replica keeps it, and its sums by unit.
fn replica(office: &Office, device: &Device, limit: usize) -> BTreeMap<String, (u64, String)> {
    let mut records: BTreeMap<RecordId, (String, Sum)> = BTreeMap::new();
    for change in office.feed(device, limit) {
        match change {
            Change::Record {
                id,
                unit,
                head,
                body,
                void,
                ..
            } => {
                let sum = of_record(id, head, unit.as_str(), void, &body);
                records.insert(id, (unit.0, sum));
            }
            Change::Gone { id, .. } => drop(records.remove(&id)),
            _ => {}
        }
    }
    let mut sums: BTreeMap<String, (u64, Sum)> = BTreeMap::new();
    for (unit, sum) in records.into_values() {
        let entry = sums.entry(unit).or_default();
        entry.0 += 1;
        entry.1.toggle(sum);
    }
    sums.into_iter()
        .map(|(unit, (n, sum))| (unit, (n, b64::encode(sum.0))))
        .collect()
}

fn digests(office: &Office, device: &Device) -> BTreeMap<String, (u64, String)> {
    let mut reader = Reader::open(&office.path).expect("a reader");
    let (mut all, mut after) = (BTreeMap::new(), None);
    loop {
        let page = reader
            .digest(office.no(device), after.as_deref())
            .expect("no fault")
            .expect("allowed");
        after = page.units.last().map(|unit| unit.unit.clone());
        all.extend(page.units.into_iter().map(|unit| (unit.unit, (unit.n, unit.d))));
        if !page.more {
            return all;
        }
    }
}

fn run(steps: &[Step], shuffle: u64) -> (Office, Vec<Device>) {
    let mut office = Office::open();
    let mut devices = vec![
        office.device(1, "u:1"),
        office.device(2, "u:1"),
        office.device(3, "u:2"),
        office.officer(4, "new:29242", "commune"),
        office.officer(5, "new:86", "province"),
    ];
    let mut written = Written::new();
    let mut x = shuffle | 1;
    for (n, step) in steps.iter().enumerate() {
        act(&mut devices[step.who], step, &mut written);
        if n == steps.len() / 2 {
            office.add_unit("u:nowhere", "new:29242");
        }
        if step.deliver {
            x = x
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let from = (x >> 33) as usize;
            for at in 0..devices.len() {
                let device = devices[(from + at) % devices.len()].clone();
                office.send(device.frames(3));
            }
        }
    }
    for device in &devices {
        office.send(device.frames(5));
    }
    (office, devices)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 16 } else { 300 }))]

    #[test]
    fn i7_i8_i9_many_hands(steps in steps(), shuffle in any::<u64>()) {
        let (mut office, devices) = run(&steps, shuffle);
        office.assert_sound();
        let authored: usize = devices.iter().map(|device| device.texts.len()).sum();
        let counted: i64 = office.ask(
            "SELECT count(*) FROM operation WHERE verdict IN
             ('accepted', 'merged', 'conflicted', 'rejected', 'held', 'quarantined')",
        );
        prop_assert_eq!(counted as usize, authored, "I7: each has one verdict");
        for device in &devices {
            prop_assert_eq!(replica(&office, device, 4), digests(&office, device), "I9");
            prop_assert_eq!(replica(&office, device, 500), digests(&office, device), "I9");
        }
        let before = office.state();
        for device in devices.iter().rev() {
            office.send(device.frames(2));
        }
        prop_assert_eq!(office.state(), before, "I3: again changes nothing");
    }
}
