//! Bytes on a poor line: everything that crosses the socket, both ways, headers included.

#![expect(clippy::print_stdout, reason = "a failing limit is read beside the figure")]

use hocvu_testkit::{Device, Meter, TestCentral, Workload};

use crate::NOW;

/// Bytes per session of uploading `count` sessions: all of `POST /v1/ops` and its answers. The session's token, good for an
/// hour, and the request for changes are apart, as they do not depend on how much is sent.
async fn bytes_per_session(count: u64) -> u64 {
    let centre = TestCentral::start().await;
    let meter = Meter::default();
    let proxy = meter.before(centre.address()).await.expect("a port");
    let hamlet = Device::new(NOW, count);
    hamlet
        .enrol_at(&centre, &centre.hamlet(), format!("http://{proxy}"))
        .await;
    hamlet.sync().await.expect("the log is open");
    let before = meter.of("/v1/ops");
    let mut workload = Workload::new(count, &centre.hamlet(), "2025-01-05".parse().expect("a date"));
    for _ in 0..count {
        hamlet.save(workload.form()).expect("a good session");
    }
    assert_eq!(hamlet.sync().await, Ok(u32::try_from(count).expect("small")));
    let bytes = (meter.of("/v1/ops") - before).div_ceil(count);
    println!("{count} sessions: {bytes} bytes each");
    bytes
}

#[tokio::test]
async fn a_thousand_sessions_cost_at_most_90_bytes_each() {
    let bytes = bytes_per_session(1_000).await;
    assert!(bytes <= 90, "{bytes} bytes per session");
}

#[tokio::test]
async fn thirty_sessions_cost_at_most_150_bytes_each() {
    let bytes = bytes_per_session(30).await;
    assert!(bytes <= 150, "{bytes} bytes per session");
}

#[tokio::test]
async fn one_session_costs_at_most_1000_bytes() {
    let bytes = bytes_per_session(1).await;
    assert!(bytes <= 1_000, "{bytes} bytes");
}
