//! What the oracles excuse, and what they must never excuse.

use std::collections::BTreeMap;
use std::sync::Arc;

use hocvu_model::{LogId, OperationId, UnitUid};
use hocvu_sim::centre::Centre;
use hocvu_sim::device::{Act, Device};
use hocvu_sim::link::Network;
use hocvu_sim::oracle::{Row, nothing_lost};
use hocvu_sim::people::{self, HAMLETS};
use hocvu_sim::{DEPLOYMENT, Dice};
use hocvu_store::{Fork, Frame, Identity, Settlement, Verdict};

const OLD: LogId = LogId([1; 16]);
const NEW: LogId = LogId([2; 16]);

fn identity() -> Identity {
    Identity {
        deployment: DEPLOYMENT.into(),
        device: "dev_1".into(),
        log: OLD,
        unit: UnitUid::from(HAMLETS[0].0),
        unit_name: HAMLETS[0].2.into(),
        parent_name: None,
        role: "team".into(),
        user_id: "usr_1".into(),
        user_name: "Lan".into(),
        centre: "http://127.0.0.1:1".into(),
        sign_key: [1; 32].into(),
        seal_key: [2; 32].into(),
        sample: false,
    }
}

fn in_new(seq: u64) -> OperationId {
    OperationId { log: NEW, seq }
}

/// A machine that was put back: what it saved as number 2 of its old log is another's at the centre. In its new log number 2
/// builds on that, and was sealed, alone, before the machine heard of it; number 3 has nothing to do with it.
fn put_back(name: &str) -> Device {
    let mut dice = Dice::new(1);
    let centre = Arc::new(Centre::new(&format!("{name}-centre"), dice.fork(1)));
    let link = Arc::new(Network::new(centre, dice.fork(2))).link("lan");
    let mut device = Device::new("lan", name, HAMLETS[0].0, "team", link, &dice.fork(3));
    device.switch_on().expect("a good disk");
    let write = |device: &Device, act: &dyn Fn(&hocvu_store::Write<'_>) -> hocvu_store::Result<()>| {
        let store = device.store().expect("it is on");
        store.write(|tx| act(tx)).expect("a good disk");
    };
    write(&device, &|tx| tx.put_identity(&identity(), 1));
    device.id = Some(identity().device);
    device.forked = true;
    let (record, other) = (people::record_id(&mut dice), people::record_id(&mut dice));
    let acts = [
        Act::put(record, HAMLETS[0].0, people::session(&mut dice)),
        Act::put(record, HAMLETS[0].0, people::edit(&mut dice)),
        Act::put(other, HAMLETS[0].0, people::session(&mut dice)),
    ];
    device.save(&acts[0]).expect("saved");
    write(&device, &|tx| tx.renew_log(NEW, Fork::Restored, 2));
    for act in &acts[1..] {
        device.save(act).expect("saved");
    }
    for seq in 1..=3 {
        let (text, signature) = (String::new(), String::new());
        let (log, from, to) = (NEW, seq, seq);
        write(&device, &|tx| {
            tx.put_frame(&Frame {
                log,
                from,
                to,
                text: text.clone(),
                signature: signature.clone(),
            })
        });
    }
    let taken = Settlement {
        log: OLD,
        from: 2,
        to: 2,
        fseq: 9,
        verdict: Verdict::Quarantined,
        code: Some("LOG_FORKED".into()),
        findings: Vec::new(),
        message: None,
    };
    write(&device, &|tx| tx.settle(std::slice::from_ref(&taken), "").map(drop));
    write(&device, &|tx| tx.salvage_forked(LogId([3; 16]), 3).map(drop));
    device
}

/// The centre with these operations of the device's new log.
fn centre_with(device: &Device, numbers: &[u64]) -> Vec<Row> {
    let store = device.store().expect("it is on");
    let row = |seq: &u64| {
        let found = store.read(|read| read.operation(in_new(*seq))).expect("readable");
        let found = found.expect("it wrote that");
        Row {
            fseq: *seq,
            id: found.id,
            device: identity().device,
            verdict: "accepted".into(),
            code: None,
            applied: None,
            judged: *seq,
            digest: found.digest,
            says: serde_json::from_str(&found.text).expect("JSON"),
            text: found.text,
        }
    };
    numbers.iter().map(row).collect()
}

fn judged(device: &Device, rows: &[Row]) -> Result<(), String> {
    let by_id: BTreeMap<_, _> = rows.iter().map(|row| (row.id, row)).collect();
    nothing_lost(device, &by_id).map_err(|violation| violation.to_string())
}

#[test]
fn i2_a_number_that_stays_empty_is_no_loss_when_its_work_is_elsewhere() {
    let device = put_back("oracles-elsewhere");
    let store = device.store().expect("it is on");
    let moved = |seq| {
        store
            .read(|read| read.operation(in_new(seq)))
            .expect("readable")
            .expect("there")
            .moved
    };
    assert!(moved(2) && !moved(3), "only what names the other's number moves");
    let frames = store.read(|read| read.frames_to_send(64)).expect("readable");
    let sent: Vec<u64> = frames.iter().map(|frame| frame.from).filter(|from| *from > 1).collect();
    assert!(!sent.contains(&2), "number 2 never leaves: {sent:?}");
    assert_eq!(judged(&device, &centre_with(&device, &[3, 4, 5])), Ok(()));
}

#[test]
fn i2_what_was_said_again_and_never_came_is_lost() {
    let device = put_back("oracles-lost");
    for missing in [3, 4, 5] {
        let there: Vec<u64> = [3, 4, 5].into_iter().filter(|seq| *seq != missing).collect();
        let found = judged(&device, &centre_with(&device, &there));
        assert!(
            found.as_ref().is_err_and(|found| found.starts_with("i2_nothing_lost")),
            "without number {missing}: {found:?}"
        );
    }
}

#[test]
fn i2_the_same_words_of_somebody_else_are_no_excuse() {
    let device = put_back("oracles-others");
    let mut rows = centre_with(&device, &[3, 4, 5]);
    rows[2].device = "dev_2".into();
    assert!(judged(&device, &rows).is_err(), "another's machine said it");
    let mut rows = centre_with(&device, &[3, 4, 5]);
    rows[2].id = in_new(77);
    assert!(judged(&device, &rows).is_err(), "its own file knows of no number 77");
    let mut rows = centre_with(&device, &[3, 4, 5]);
    rows[2].says.insert("at".into(), 12.into());
    assert!(judged(&device, &rows).is_err(), "that is another act");
}
