//! A device on the line of a hamlet: the real engine's round, real HTTP, real time, through the proxy.

use std::time::{Duration, Instant};

use hocvu_testkit::proxy::{Line, Proxy};
use hocvu_testkit::{Device, TestCentral, Workload};

use crate::Figure;

/// One measurement.
pub struct Measure {
    /// Its name.
    pub name: &'static str,
    sessions: u32,
    kbits_up: u32,
    cut_every: Option<Duration>,
    /// Seconds it may take; without, the baseline is what the line needs for the bytes.
    limit: Option<f64>,
}

/// The measurements: up at the rate named, down at twice that, 600 ms there and back, 2 % loss.
pub const MEASURES: &[Measure] = &[
    Measure {
        name: "link.1000_at_64k",
        sessions: 1_000,
        kbits_up: 64,
        cut_every: None,
        limit: None,
    },
    Measure {
        name: "link.30_at_64k",
        sessions: 30,
        kbits_up: 64,
        cut_every: None,
        limit: Some(5.0),
    },
    Measure {
        name: "link.30_at_16k",
        sessions: 30,
        kbits_up: 16,
        cut_every: None,
        limit: Some(15.0),
    },
    Measure {
        name: "link.1000_cut_every_3s",
        sessions: 1_000,
        kbits_up: 64,
        cut_every: Some(Duration::from_secs(3)),
        limit: None,
    },
];

/// Seconds from F5 until everything has its receipt and everything new is here.
pub async fn measure(measure: &Measure) -> Figure {
    let centre = TestCentral::start().await;
    let proxy = Proxy::before(centre.address(), Line::default()).expect("a port");
    let device = Device::new("2025-11-22T08:00:00+07:00", measure.sessions.into());
    device.enrol_at(&centre, &centre.hamlet(), proxy.url()).await;
    let mut workload = Workload::new(
        measure.sessions.into(),
        &centre.hamlet(),
        "2025-01-05".parse().expect("a date"),
    );
    for _ in 0..measure.sessions {
        device.save(workload.form()).expect("a good session");
    }
    let line = Line {
        cut_every: measure.cut_every,
        ..Line::hamlet(measure.kbits_up, 67)
    };
    proxy.reset();
    proxy.set(line);
    let began = Instant::now();
    if measure.cut_every.is_some() {
        // As the app does it: by itself, again and again.
        device.app().start_engine().expect("a thread");
        device
            .until_within(Duration::from_secs(600), "all receipts", |d| d.status().waiting == 0)
            .await;
        device.app().stop_engine();
    } else {
        device.sync().await.expect("a poor line is a line");
    }
    let seconds = began.elapsed().as_secs_f64();
    let counts = proxy.counts();
    assert_eq!(device.status().waiting, 0, "every session has its receipt");
    let stored: i64 = centre.ask("SELECT count(*) FROM record");
    assert_eq!(stored, i64::from(measure.sessions));
    let ideal = counts.ideal(&line).as_secs_f64();
    #[expect(clippy::print_stderr, reason = "what the line did explains the figure")]
    {
        eprintln!("{}: {counts}; the bytes need {ideal:.1} s", measure.name);
    }
    Figure::new(measure.name, seconds, "s", measure.limit.unwrap_or(ideal))
}
