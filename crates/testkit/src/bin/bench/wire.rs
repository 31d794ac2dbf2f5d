//! Bytes on the wire per session: all of request and answer of `POST /v1/ops`, headers included, without TLS.

use hocvu_testkit::upload_bytes;

use crate::Figure;

/// Bytes allowed per session, by how many are sent together.
const LIMITS: [(u32, f64); 3] = [(1, 1_000.0), (30, 150.0), (1_000, 90.0)];

/// The figures for 1, 30 and 1,000 sessions; the baseline is the limit.
pub async fn bytes() -> Vec<Figure> {
    let mut figures = Vec::new();
    for (count, limit) in LIMITS {
        let bytes = upload_bytes(count).await as f64 / f64::from(count);
        figures.push(Figure::new(
            format!("wire.batch_{count}"),
            bytes,
            "bytes/session",
            limit,
        ));
    }
    figures
}
