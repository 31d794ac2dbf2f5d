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
fn the_roll_up_follows_saves_edits_and_voids() {
    let device = Device::new();
    device.save(1, a_session("2025-11-14", 20, 12));
    device.save(2, a_session("2025-11-15", 30, 13));
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
    assert_eq!(
        flows(Some("2025-10-15"), "2025-11-14").1,
        (0, 0, 0),
        "moved to another day"
    );
    assert_eq!(flows(Some("2025-11-15"), "2025-12-14").1, (2, 51, 23));
    device.store.write(|w| append(w, 2, Kind::Void, "u:1", None)).unwrap();
    assert_eq!(flows(None, "2025-12-31"), ((1, 0, 0), (1, 21, 10)));
    let found = device
        .store
        .read(|r| r.sessions_of(&["u:1".into()], &["adult"], day("2025-12-31"), 0, 9));
    let (rows, total) = found.unwrap();
    assert_eq!((total, rows[0].id), (1, id(1)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_window_is_the_sum_of_its_sessions(days in prop::collection::vec(0u64..400, 1..20), from in 0u64..400, length in 0u64..200) {
        let device = Device::new();
        let first = day("2025-01-01");
        let date = |offset: u64| first + chrono::Days::new(offset);
        device.store.write(|w| {
            for (at, offset) in (0u128..).zip(&days) {
                put(w, at + 1, "u:1", &a_session(&date(*offset).to_string(), 10 + u32::try_from(*offset).unwrap(), 5))?;
            }
            Ok(())
        }).unwrap();
        let inside = days.iter().filter(|offset| (from..=from + length).contains(*offset));
        let wanted: u64 = inside.map(|offset| 10 + offset).sum();
        let rows = device.store.read(|r| r.flows(Some(date(from)), date(from + length))).unwrap();
        prop_assert_eq!(flow(&rows, "adult").1, wanted);
    }
}
