//! Bytes on a poor line: everything that crosses the socket, both ways, headers included.

use hocvu_testkit::upload_bytes;

async fn per_session(count: u32) -> u64 {
    upload_bytes(count).await.div_ceil(count.into())
}

#[tokio::test]
async fn a_thousand_sessions_cost_at_most_90_bytes_each() {
    let bytes = per_session(1_000).await;
    assert!(bytes <= 90, "{bytes} bytes per session");
}

#[tokio::test]
async fn thirty_sessions_cost_at_most_150_bytes_each() {
    let bytes = per_session(30).await;
    assert!(bytes <= 150, "{bytes} bytes per session");
}

#[tokio::test]
async fn one_session_costs_at_most_1000_bytes() {
    let bytes = per_session(1).await;
    assert!(bytes <= 1_000, "{bytes} bytes");
}
