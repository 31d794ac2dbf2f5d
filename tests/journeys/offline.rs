//! Weeks without a link, and clocks that are wrong.

use hocvu_app::contract::ListInput;
use hocvu_testkit::{Device, TestCentral, Workload};

/// The device's clock is two years behind, then it is offline for 30 days and records 1,000 sessions.
#[tokio::test]
async fn i15_a_wrong_clock_and_thirty_days_offline_change_no_figure() {
    let centre = TestCentral::start().await;
    let right = Device::enrolled(&centre, "2025-11-22T08:00:00+07:00", 1).await;
    let wrong = Device::enrolled(&centre, "2023-11-22T08:00:00+07:00", 2).await;
    wrong.link.cut(true);
    assert!(wrong.sync().await.is_err(), "there is no link");

    let mut workload = Workload::new(42, &centre.hamlet(), "2025-01-05".parse().expect("a date"));
    let mut expected = std::collections::BTreeMap::<String, (u32, u64)>::new();
    for at in 0..1000 {
        let form = workload.form();
        let saved = wrong
            .save(form)
            .expect("a date by the person's calendar is never refused for the clock");
        let day = saved.date.iso.parse().expect("a date");
        let month = hocvu_model::period::ReportMonth::of(day).label();
        let (sessions, attended) = expected.entry(month).or_default();
        *sessions += 1;
        *attended += u64::from(saved.attended);
        if at % 34 == 33 {
            wrong.time.advance_days(1);
        }
    }
    wrong.link.cut(false);
    wrong.sync().await.expect("the link is back");
    right.sync().await.expect("a good link");

    assert_eq!(
        centre.ask::<i64>("SELECT count(*) FROM record"),
        1000,
        "every session once"
    );
    for (month, (sessions, attended)) in expected {
        for device in [&wrong, &right] {
            let list = device.list(ListInput {
                month: month.clone(),
                ..ListInput::default()
            });
            assert_eq!(
                (list.totals.sessions, list.totals.attended),
                (sessions, attended),
                "{month}"
            );
        }
        let (first, last) = hocvu_model::period::ReportMonth::parse(&month)
            .expect("a label")
            .window();
        let at_centre: i64 = centre.ask(&format!(
            "SELECT coalesce(sum(attended), 0) FROM rollup \
             WHERE target_group <> '' AND date BETWEEN '{first}' AND '{last}'"
        ));
        assert_eq!(
            at_centre.unsigned_abs(),
            attended,
            "the centre counts {month} in the right month"
        );
    }
}
