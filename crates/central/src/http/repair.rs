//! `GET /v1/digest` and `GET /v1/snapshot`: whether a replica is right, and what mends it.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use hocvu_model::RecordId;
use hocvu_wire::problem::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};

use super::Shared;
use super::body::{self, Wants};
use super::ops::admit;
use crate::error::Result;
use crate::feed::Reader;

/// Query of digests.
#[derive(Deserialize)]
pub(super) struct AskedDigest {
    after: Option<String>,
}

/// Query of a unit's records.
#[derive(Deserialize)]
pub(super) struct AskedSnapshot {
    unit: String,
    after: Option<RecordId>,
}

pub(super) async fn digest(
    State(shared): State<Arc<Shared>>,
    asked: std::result::Result<Query<AskedDigest>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let asked = asked.map(|Query(asked)| asked);
    answer(&shared, asked, &headers, |reader, device, asked| {
        reader.digest(device, asked.after.as_deref())
    })
    .await
}

pub(super) async fn snapshot(
    State(shared): State<Arc<Shared>>,
    asked: std::result::Result<Query<AskedSnapshot>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let asked = asked.map(|Query(asked)| asked);
    answer(&shared, asked, &headers, |reader, device, asked| {
        reader.snapshot(device, &asked.unit, asked.after)
    })
    .await
}

async fn answer<A, R>(
    shared: &Arc<Shared>,
    asked: std::result::Result<A, QueryRejection>,
    headers: &HeaderMap,
    read: impl FnOnce(&mut Reader, i64, A) -> Result<std::result::Result<R, ProblemCode>> + Send + 'static,
) -> Response
where
    A: Send + 'static,
    R: Serialize + Send + 'static,
{
    let device = match admit(shared, headers) {
        Ok(device) => device,
        Err(refusal) => return *refusal,
    };
    let Ok(asked) = asked else {
        return body::problem(&Problem::new(ProblemCode::Malformed));
    };
    match shared.read(move |reader| read(reader, device.into(), asked)).await {
        Ok(Ok(reply)) => body::answer(Wants::of(headers), reply).await,
        Ok(Err(code)) => body::problem(&Problem::new(code)),
        Err(error) => body::fault(&error),
    }
}
