use std::collections::BTreeMap;

use hocvu_model::operation::{Kind, Operation};
use hocvu_model::{LogId, OperationId, UnitUid};
use hocvu_store::{Pulled, RecordView, ShadowRecord, Verdict};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::kit::*;

fn shadow(record: u128, head: OperationId, fseq: u64, body: &Value) -> ShadowRecord {
    ShadowRecord {
        id: id(record),
        record_type: "training_session".into(),
        unit: UnitUid::from("u:1"),
        head,
        body: map(body),
        void: false,
        fseq,
        at: 5,
        by: "usr_2".into(),
        act: None,
        why: None,
    }
}

fn page(records: Vec<ShadowRecord>) -> Pulled {
    Pulled {
        records,
        epoch: "e1".into(),
        cursor: "c1".into(),
        ..Pulled::default()
    }
}

fn theirs(seq: u64) -> OperationId {
    OperationId {
        log: LogId([9; 16]),
        seq,
    }
}

fn pull(device: &Device, pulled: &Pulled) {
    device.store.write(|w| w.pull(pulled, NOW)).unwrap();
}

#[test]
fn i9_pulling_back_own_accepted_work_changes_nothing() {
    let device = Device::new();
    let body = a_session("2025-11-22", 22, 13);
    let saved = device.save(1, body.clone());
    device.settle(1, 2, 10, Verdict::Accepted);
    let view = || {
        device
            .store
            .read(|r| Ok((r.record(id(1))?, r.session(id(1))?)))
            .unwrap()
    };
    let before = view();
    pull(&device, &page(vec![shadow(1, saved, 11, &body)]));
    assert_eq!(view(), before);
    device.store.write(|w| w.clear_shadow()).unwrap();
    assert_eq!(view(), before, "own work needs no shadow to be seen");
    assert_eq!(device.store.read(|r| r.cursor()).unwrap(), None);
}

#[test]
fn own_work_not_yet_reflected_lies_over_the_centres() {
    let device = Device::new();
    pull(
        &device,
        &page(vec![shadow(
            1,
            theirs(1),
            5,
            &json!({"note": "centre", "form": "class", "future_field": [1]}),
        )]),
    );
    let saved = device.save(1, json!({"note": "mine"}));
    pull(
        &device,
        &page(vec![shadow(
            1,
            theirs(2),
            6,
            &json!({"note": "newer", "form": "online", "future_field": [2]}),
        )]),
    );
    let view = device.store.read(|r| r.record(id(1))).unwrap().unwrap();
    assert_eq!(
        view.body,
        map(&json!({"note": "mine", "form": "online", "future_field": [2]}))
    );
    assert_eq!(view.head, saved);
    device.settle(2, 2, 7, Verdict::Accepted);
    pull(
        &device,
        &page(vec![shadow(1, theirs(3), 9, &json!({"note": "newest"}))]),
    );
    let view = device.store.read(|r| r.record(id(1))).unwrap().unwrap();
    assert_eq!(
        (view.body, view.head),
        (map(&json!({"note": "newest"})), theirs(3)),
        "accepted before fseq 9"
    );
    pull(&device, &page(vec![shadow(1, theirs(2), 6, &json!({"note": "newer"}))]));
    assert_eq!(
        device.store.read(|r| r.shadow(id(1))).unwrap().unwrap().fseq,
        9,
        "a late page never turns back"
    );
}

#[test]
fn a_later_verdict_moves_the_point_of_reflection() {
    let device = Device::new();
    pull(
        &device,
        &page(vec![shadow(1, theirs(1), 5, &json!({"note": "centre"}))]),
    );
    let saved = device.save(1, json!({"note": "mine"}));
    device.settle(2, 2, 6, Verdict::Held);
    pull(
        &device,
        &page(vec![shadow(1, theirs(2), 8, &json!({"note": "centre 2"}))]),
    );
    let note = || device.store.read(|r| r.record(id(1))).unwrap().unwrap().body["note"].clone();
    assert_eq!(note(), "mine", "held: not part of the centre's record");
    let accepted = Pulled {
        verdicts: vec![settlement(2, 2, 12, Verdict::Accepted)],
        ..page(vec![shadow(1, saved, 12, &json!({"note": "mine"}))])
    };
    pull(&device, &accepted);
    assert_eq!(note(), "mine");
    pull(
        &device,
        &page(vec![shadow(1, theirs(3), 13, &json!({"note": "centre 3"}))]),
    );
    assert_eq!(note(), "centre 3");
}

#[test]
fn reading_the_feed_anew_empties_no_list() {
    let device = Device::new();
    let two = vec![
        shadow(1, theirs(1), 50, &json!({"note": "a"})),
        shadow(2, theirs(2), 51, &json!({"note": "b"})),
    ];
    pull(&device, &page(two));
    device.store.write(|w| w.renew_shadow()).unwrap();
    let seen = |record| {
        device
            .store
            .read(|r| r.record(id(record)))
            .unwrap()
            .map(|view| view.body)
    };
    assert_eq!(device.store.read(|r| r.cursor()).unwrap(), None);
    assert!(seen(1).is_some() && seen(2).is_some());
    pull(&device, &page(vec![shadow(1, theirs(7), 3, &json!({"note": "c"}))]));
    assert_eq!(
        seen(1),
        Some(map(&json!({"note": "c"}))),
        "another incarnation counts anew"
    );
    assert_eq!(device.store.write(|w| w.sweep_shadow()).unwrap(), 1);
    assert_eq!((seen(1).is_some(), seen(2)), (true, None));
    assert_eq!(device.store.write(|w| w.sweep_shadow()).unwrap(), 0);
}

#[test]
fn fields_of_a_later_program_survive_an_edit() {
    let device = Device::new();
    let body = json!({"date": "2025-11-22", "future": {"deep": [1, {"x": null}]}, "counts": [{"group": "new_group", "attended": 3, "new_column": 1}]});
    pull(&device, &page(vec![shadow(1, theirs(1), 5, &body)]));
    device.save(1, json!({"note": "mine"}));
    let view = device.store.read(|r| r.session(id(1))).unwrap().unwrap();
    assert_eq!(
        (&view.body["future"], &view.body["counts"]),
        (&body["future"], &body["counts"])
    );
    assert_eq!(view.row.attended, 3);
}

#[test]
fn bodies_without_anything_do_not_stop_the_list() {
    let device = Device::new();
    let odd =
        json!({"date": "soon", "topics": "vneid", "venue": 4, "facilitators": [], "counts": [1, {}, {"group": 3}]});
    pull(
        &device,
        &page(vec![shadow(1, theirs(1), 5, &json!({})), shadow(2, theirs(2), 6, &odd)]),
    );
    let page = device
        .store
        .read(|r| {
            r.sessions(&hocvu_store::Query {
                limit: 9,
                ..Default::default()
            })
        })
        .unwrap();
    assert_eq!(
        page.rows.iter().map(|row| (row.date, row.attended)).collect::<Vec<_>>(),
        [(None, 0), (None, 0)]
    );
    device.store.write(|w| w.clear_shadow()).unwrap();
    assert_eq!(
        device.store.read(|r| r.record(id(1))).unwrap(),
        None,
        "nothing of this device's own is in it"
    );
}

#[derive(Debug, Clone)]
enum Move {
    Put(u128, Map<String, Value>),
    Void(u128),
    Restore(u128),
    Settle(usize, Verdict),
    Pull(u128, Map<String, Value>, bool),
    Reoffer(u64),
    Clear,
}

/// An own operation, and how it was last judged.
struct Fact {
    operation: OperationId,
    base: Option<OperationId>,
    record: u128,
    kind: Kind,
    set: Map<String, Value>,
    standing: Option<(Verdict, u64)>,
}

impl Fact {
    fn applied(&self) -> bool {
        matches!(self.standing, Some((Verdict::Accepted | Verdict::Merged, _)))
    }
}

/// The record as a plain re-reading of everything that happened.
#[derive(Default)]
struct Oracle {
    own: Vec<Fact>,
    shadows: BTreeMap<u128, ShadowRecord>,
}

impl Oracle {
    /// Rejected, or not applied and built on such: never part of the centre's record.
    fn is_dead(&self, fact: &Fact) -> bool {
        let rejected = matches!(fact.standing, Some((Verdict::Rejected, _)));
        let parent = self.own.iter().find(|other| Some(other.operation) == fact.base);
        rejected || (!fact.applied() && parent.is_some_and(|parent| !self.reflected(parent) && self.is_dead(parent)))
    }

    fn reflected(&self, fact: &Fact) -> bool {
        let shown = self.shadows.get(&fact.record).map(|shadow| shadow.fseq);
        fact.applied() && fact.standing.map(|(_, fseq)| fseq) <= shown
    }

    /// Conflicted, or not applied and built on such: it stands beside the record.
    fn is_beside(&self, fact: &Fact) -> bool {
        let conflicted = matches!(fact.standing, Some((Verdict::Conflicted, _)));
        let parent = self.own.iter().find(|other| Some(other.operation) == fact.base);
        !self.is_dead(fact) && (conflicted || (!fact.applied() && parent.is_some_and(|parent| self.is_beside(parent))))
    }

    /// What is seen: with what is dead while the last of it is, else what can still count; a branch where there is nothing
    /// else.
    fn view(&self, record: u128) -> Option<RecordView> {
        let own: Vec<&Fact> = self.own.iter().filter(|fact| fact.record == record).collect();
        let all = own
            .last()
            .is_some_and(|last| !self.reflected(last) && self.is_dead(last));
        let seen = |fact: &&&Fact| !self.reflected(fact) && !self.is_beside(fact) && (all || !self.is_dead(fact));
        let shadow = self.shadows.get(&record).map(|s| (s.body.clone(), s.void, s.head));
        let view = fold(shadow, own.iter().filter(seen).copied());
        let view = view.or_else(|| fold(None, own.iter().filter(|fact| self.is_beside(fact)).copied()));
        let (body, void, head) = view?;
        Some(RecordView {
            id: id(record),
            record_type: "training_session".into(),
            unit: UnitUid::from("u:1"),
            body,
            void,
            head,
        })
    }
}

type View = (Map<String, Value>, bool, OperationId);

fn fold<'a>(mut view: Option<View>, facts: impl Iterator<Item = &'a Fact>) -> Option<View> {
    for fact in facts {
        let (mut body, void, _) = view.unwrap_or_default_view(fact.operation);
        for (key, value) in &fact.set {
            if value.is_null() {
                body.remove(key);
            } else {
                body.insert(key.clone(), value.clone());
            }
        }
        let void = match fact.kind {
            Kind::Void => true,
            Kind::Restore => false,
            _ => void,
        };
        view = Some((body, void, fact.operation));
    }
    view
}

trait DefaultView {
    fn unwrap_or_default_view(self, head: OperationId) -> (Map<String, Value>, bool, OperationId);
}

impl DefaultView for Option<(Map<String, Value>, bool, OperationId)> {
    fn unwrap_or_default_view(self, head: OperationId) -> (Map<String, Value>, bool, OperationId) {
        self.unwrap_or_else(|| (Map::new(), false, head))
    }
}

fn a_set() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![Just(Value::Null), (0..4u8).prop_map(|n| json!(format!("giá trị {n}")))];
    proptest::collection::btree_map("[abc]|note", value, 0..3).prop_map(|set| set.into_iter().collect())
}

fn a_move() -> impl Strategy<Value = Move> {
    let verdict = proptest::sample::select(vec![
        Verdict::Accepted,
        Verdict::Merged,
        Verdict::Conflicted,
        Verdict::Rejected,
        Verdict::Held,
        Verdict::Quarantined,
    ]);
    prop_oneof![
        4 => (1..4u128, a_set()).prop_map(|(record, set)| Move::Put(record, set)),
        1 => (1..4u128).prop_map(Move::Void),
        1 => (1..4u128).prop_map(Move::Restore),
        4 => (0..20usize, verdict).prop_map(|(which, verdict)| Move::Settle(which, verdict)),
        3 => (1..4u128, a_set(), any::<bool>()).prop_map(|(record, mut body, void)| {
            body.retain(|_, value| !value.is_null());
            Move::Pull(record, body, void)
        }),
        1 => (1..20u64).prop_map(Move::Reoffer),
        1 => Just(Move::Clear),
    ]
}

fn play(device: &Device, oracle: &mut Oracle, fseq: &mut u64, step: Move) {
    *fseq += 1;
    let (record, kind, set) = match step {
        Move::Put(record, set) => (record, Kind::Put, set),
        Move::Void(record) => (record, Kind::Void, Map::new()),
        Move::Restore(record) => (record, Kind::Restore, Map::new()),
        Move::Settle(which, verdict) => {
            if let Some(fact) = oracle.own.get_mut(which) {
                device.settle(fact.operation.seq, fact.operation.seq, *fseq, verdict);
                fact.standing = Some((verdict, *fseq));
            }
            return;
        }
        Move::Pull(record, body, void) => {
            let pulled = ShadowRecord {
                void,
                ..shadow(record, theirs(*fseq), *fseq, &Value::Object(body))
            };
            pull(device, &page(vec![pulled.clone()]));
            oracle.shadows.insert(record, pulled);
            return;
        }
        Move::Reoffer(upto) => {
            device.store.write(|w| w.reoffer(LOG, &[(1, upto)])).unwrap();
            for fact in oracle.own.iter_mut().filter(|fact| fact.operation.seq > upto) {
                fact.standing = None;
            }
            return;
        }
        Move::Clear => {
            device.store.write(|w| w.clear_shadow()).unwrap();
            oracle.shadows.clear();
            return;
        }
    };
    let value = Value::Object(set.clone());
    let operation = device
        .store
        .write(|w| append(w, record, kind, "u:1", Some(&value)))
        .unwrap();
    let stored = device.store.read(|r| r.operation(operation)).unwrap().unwrap();
    let base = Operation::parse(&stored.text).unwrap().base;
    let parent = oracle.own.iter().find(|fact| Some(fact.operation) == base);
    let on_dead = parent.is_some_and(|parent| oracle.is_dead(parent));
    assert!(
        kind != Kind::Put || !on_dead,
        "figures are never set on what was rejected"
    );
    oracle.own.push(Fact {
        operation,
        base,
        record,
        kind,
        set,
        standing: None,
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn i8_the_record_is_a_fold_of_the_operations(moves in proptest::collection::vec(a_move(), 1..40)) {
        let device = Device::new();
        let (mut oracle, mut fseq) = (Oracle::default(), 100);
        for step in moves {
            play(&device, &mut oracle, &mut fseq, step);
            for record in 1..4 {
                let seen = device.store.read(|r| Ok((r.record(id(record))?, r.session(id(record))?))).unwrap();
                prop_assert_eq!(&seen.0, &oracle.view(record));
                prop_assert_eq!(seen.0.map(|view| view.void), seen.1.map(|session| session.row.void));
            }
        }
        let tally = device.store.read(|r| r.tally()).unwrap();
        prop_assert_eq!((tally.waiting + tally.sent) as usize, oracle.own.len(), "I7: nothing is counted twice or lost");
        let waiting = oracle.own.iter().filter(|fact| fact.standing.is_none()).count();
        prop_assert_eq!(tally.waiting as usize, waiting);
    }
}
