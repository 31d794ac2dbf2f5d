use crate::{Device, Meter, TestCentral, Workload};

/// Bytes that uploading `count` realistic sessions (five count lines, a 60-character note) costs: all of `POST /v1/ops` and
/// its answers, headers included, without TLS. The session's token, good for an hour, and the request for changes are
/// apart, as they do not depend on how much is sent.
///
/// # Panics
/// A session did not get its receipt.
pub async fn upload_bytes(count: u32) -> u64 {
    let centre = TestCentral::start().await;
    let meter = Meter::default();
    let proxy = meter.before(centre.address()).await.expect("a port");
    let hamlet = Device::new("2025-11-22T08:00:00+07:00", count.into());
    hamlet
        .enrol_at(&centre, &centre.hamlet(), format!("http://{proxy}"))
        .await;
    hamlet.sync().await.expect("the log is open");
    let before = meter.of("/v1/ops");
    let mut workload = Workload::new(count.into(), &centre.hamlet(), "2025-01-05".parse().expect("a date"));
    for _ in 0..count {
        hamlet.save(workload.form()).expect("a good session");
    }
    assert_eq!(hamlet.sync().await, Ok(count), "every session has its receipt");
    meter.of("/v1/ops") - before
}
