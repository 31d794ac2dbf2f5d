//! Bytes on the wire per session: all of request and answer of `POST /v1/ops`, headers included, without TLS.

use hocvu_testkit::{Device, Meter, TestCentral, Workload};

use crate::Figure;

/// Bytes allowed per session, by how many are sent together.
const LIMITS: [(u64, f64); 3] = [(1, 1_000.0), (30, 150.0), (1_000, 90.0)];

/// The figures for 1, 30 and 1,000 sessions; the baseline is the limit.
pub async fn bytes() -> Vec<Figure> {
    let mut figures = Vec::new();
    for (count, limit) in LIMITS {
        let bytes = meter(count).await as f64 / count as f64;
        figures.push(Figure::new(
            format!("wire.batch_{count}"),
            bytes,
            "bytes/session",
            limit,
        ));
    }
    figures
}

async fn meter(count: u64) -> u64 {
    let centre = TestCentral::start().await;
    let meter = Meter::default();
    let proxy = meter.before(centre.address()).await.expect("a port");
    let hamlet = Device::new("2025-11-22T08:00:00+07:00", count);
    hamlet
        .enrol_at(&centre, &centre.hamlet(), format!("http://{proxy}"))
        .await;
    hamlet.sync().await.expect("the log is open");
    let before = meter.of("/v1/ops");
    let mut workload = Workload::new(count, &centre.hamlet(), "2025-01-05".parse().expect("a date"));
    for _ in 0..count {
        hamlet.save(workload.form()).expect("a good session");
    }
    assert_eq!(
        hamlet.sync().await,
        Ok(u32::try_from(count).expect("small")),
        "every session has its receipt"
    );
    meter.of("/v1/ops") - before
}
