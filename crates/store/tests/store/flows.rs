use hocvu_model::operation::Kind;
use hocvu_store::FlowRow;
use proptest::prelude::*;

use crate::kit::*;

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn flow(rows: &[FlowRow], group: &str) -> (u64, u64, u64) {
    rows.iter()
        .find(|row| row.target_group == group)
        .map_or((0, 0, 0), |row| (row.sessions, row.attended, row.female))
}

#[test]
fn sums_follow_saves_edits_and_voids() {
    follows(&Device::new(), |_| {});
}

#[test]
fn sums_follow_saves_edits_and_voids_of_what_is_rolled_up() {
    follows(&Device::new(), |device| device.store.write(|tx| tx.roll_up()).unwrap());
}

/// `between` comes after every change: sums are the same whatever waits to be rolled up.
fn follows(device: &Device, between: impl Fn(&Device)) {
    device.save(1, a_session("2025-11-14", 20, 12));
    device.save(2, a_session("2025-11-15", 30, 13));
    between(device);
    let flows = |first: Option<&str>, last: &str| {
        let rows = device.store.read(|r| r.flows(first.map(day), day(last))).unwrap();
        (flow(&rows, ""), flow(&rows, "adult"))
    };
    assert_eq!(flows(None, "2025-12-31"), ((2, 0, 0), (2, 50, 25)), "each session once");
    assert_eq!(
        flows(Some("2025-10-15"), "2025-11-14").1,
        (1, 20, 12),
        "the report month"
    );
    assert_eq!(
        flows(Some("2025-11-14"), "2025-11-15").1,
        (2, 50, 25),
        "days at the edge of halves"
    );
    assert_eq!(flows(Some("2025-11-15"), "2025-11-15").1, (1, 30, 13));
    device.save(1, a_session("2025-11-20", 21, 10));
    between(device);
    assert_eq!(
        flows(Some("2025-10-15"), "2025-11-14").1,
        (0, 0, 0),
        "moved to another day"
    );
    assert_eq!(flows(Some("2025-11-15"), "2025-12-14").1, (2, 51, 23));
    device.store.write(|w| append(w, 2, Kind::Void, "u:1", None)).unwrap();
    between(device);
    assert_eq!(flows(None, "2025-12-31"), ((1, 0, 0), (1, 21, 10)));
    let found = device
        .store
        .read(|r| r.sessions_of(&["u:1".into()], &["adult"], day("2025-12-31"), 0, 9));
    let (rows, total) = found.unwrap();
    assert_eq!((total, rows[0].id), (1, id(1)));
}

#[test]
fn a_roll_up_is_due_when_much_waits() {
    let device = Device::new();
    let due = || device.store.read(|r| r.roll_up_is_due()).unwrap();
    let save = |from: u128, to: u128| {
        let all = |w: &hocvu_store::Write<'_>| {
            (from..to).try_for_each(|at| put(w, at, "u:1", &a_session("2025-11-14", 20, 12)).map(drop))
        };
        device.store.write(all).unwrap();
    };
    save(1, 501);
    assert!(!due());
    save(501, 502);
    assert!(due());
    device.store.write(|tx| tx.roll_up()).unwrap();
    assert!(!due());
}

/// What happens to the sessions of a machine, one thing after another.
#[derive(Debug, Clone)]
enum Deed {
    /// A session of this number is held on that day: a new one, or an earlier one is changed.
    Save(u128, u64),
    Void(u128),
    RollUp,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        5 => (1u128..15, 0u64..800).prop_map(|(at, offset)| Deed::Save(at, offset)),
        1 => (1u128..15).prop_map(Deed::Void),
        2 => Just(Deed::RollUp),
    ];
    prop::collection::vec(deed, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_window_is_the_sum_of_its_sessions(deeds in deeds(), windows in prop::collection::vec((0u64..800, 0u64..600), 1..4)) {
        let device = Device::new();
        let first = day("2024-06-03");
        let date = |offset: u64| first + chrono::Days::new(offset);
        let mut held = std::collections::BTreeMap::new();
        for deed in deeds {
            match deed {
                Deed::Save(at, offset) if held.get(&at) != Some(&None) => {
                    let attended = 10 + u32::try_from(offset).unwrap();
                    device.save(at, a_session(&date(offset).to_string(), attended, 5));
                    held.insert(at, Some(offset));
                }
                Deed::Void(at) if matches!(held.get(&at), Some(Some(_))) => {
                    device.store.write(|w| append(w, at, Kind::Void, "u:1", None)).unwrap();
                    held.insert(at, None);
                }
                Deed::RollUp => device.store.write(|tx| tx.roll_up()).unwrap(),
                Deed::Save(..) | Deed::Void(_) => {}
            }
        }
        let asked: Vec<_> = windows.iter().map(|(from, length)| (Some(date(*from)), date(from + length))).collect();
        let all = [asked.as_slice(), &[(None, date(2_000))]].concat();
        let found = device.store.read(|r| r.flows_in(&all)).unwrap();
        let sum = |from: u64, to: u64| {
            let inside: Vec<u64> = held.values().flatten().copied().filter(|offset| (from..=to).contains(offset)).collect();
            (inside.len() as u64, inside.iter().map(|offset| 10 + offset).sum::<u64>())
        };
        for ((from, length), rows) in windows.iter().zip(&found) {
            let (_, attended, _) = flow(rows, "adult");
            prop_assert_eq!((flow(rows, "").0, attended), sum(*from, from + length));
        }
        prop_assert_eq!(flow(&found[windows.len()], "adult").1, sum(0, 2_000).1);
    }
}
