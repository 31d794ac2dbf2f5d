//! `/v1/bundles` and `/v1/keys`: what an office carries for others, and the keys everybody seals to.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use hocvu_wire::bundle::{BadBundle, BundleId, BundleNamed, BundleReply, BundleStatus, MEDIA_TYPE};
use hocvu_wire::problem::{Problem, ProblemCode};
use serde::Deserialize;

use super::Shared;
use super::body::{self, Wants};
use super::ops::admit;
use super::{parts, spool};
use crate::bundles::{self, receipt_file};
use crate::keys;

/// Any enrolled device may carry any bundle; it is the bundle that proves whose it is. The body is the bundle, or the name
/// of one that was sent in chunks.
pub(super) async fn upload(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    let device = match admit(&shared, &headers) {
        Ok(device) => device,
        Err(refusal) => {
            body::discard(&shared, body).await;
            return *refusal;
        }
    };
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if kind == Some(MEDIA_TYPE) {
        return direct(&shared, &headers, body).await;
    }
    let named: BundleNamed = match body::receive(&shared, &headers, body, false)
        .await
        .and_then(|body| body.read())
    {
        Ok(named) => named,
        Err(problem) => return body::problem(&problem),
    };
    let Some(sha256) = hex_32(&named.sha256) else {
        return body::problem(&Problem::new(ProblemCode::Malformed));
    };
    let known = shared
        .read(move |reader| bundles::by_content(reader.db(), &sha256))
        .await;
    match known {
        // Taken before, whoever brought it: nothing needs to be sent again.
        Ok(Some(known)) => return reply(&headers, known.id, named.sha256, BundleStatus::Stored).await,
        Ok(None) => {}
        Err(error) => return body::fault(&error),
    }
    match parts::take(&shared, sha256, device).await {
        Ok(None) => body::problem(&Problem::new(ProblemCode::NotFound)),
        Ok(Some(Ok(took))) => reply(&headers, took.header.id, named.sha256, BundleStatus::Stored).await,
        Ok(Some(Err(bad))) => reply(&headers, BundleId([0; 16]), named.sha256, refused(bad)).await,
        Err(error) => body::fault(&error),
    }
}

async fn direct(shared: &Arc<Shared>, headers: &HeaderMap, body: Body) -> Response {
    let spool = match spool::receive(shared, body).await {
        Ok(Ok(spool)) => spool,
        Ok(Err(problem)) => return body::problem(&problem),
        Err(error) => return body::fault(&error),
    };
    let header = match spool.header() {
        Ok(header) => header,
        Err(bad) => return body::problem(&Problem::new(ProblemCode::Malformed).detail(bad.code())),
    };
    match spool.take(shared).await {
        Ok(Ok(_)) => reply(headers, header.id, header.sha256_hex(), BundleStatus::Stored).await,
        Ok(Err(bad)) => reply(headers, header.id, header.sha256_hex(), refused(bad)).await,
        Err(error) => body::fault(&error),
    }
}

async fn reply(headers: &HeaderMap, id: BundleId, sha256: String, status: BundleStatus) -> Response {
    let id = id.to_string();
    body::answer(Wants::of(headers), BundleReply { id, sha256, status }).await
}

fn refused(bad: BadBundle) -> BundleStatus {
    let c = bad.code().to_owned();
    BundleStatus::Refused { c }
}

/// Query of a receipt: which content, should two bundles have one id.
#[derive(Deserialize)]
pub(super) struct Asked {
    pub(super) sha256: Option<String>,
}

pub(super) async fn receipt(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let device = match admit(&shared, &headers) {
        Ok(device) => i64::from(device),
        Err(refusal) => return *refusal,
    };
    // A revoked device downloads nothing (I14), not even what only another could read.
    let revoked = shared
        .writer
        .directory()
        .device_no(device)
        .is_none_or(|device| device.revoked);
    if revoked {
        return body::problem(&Problem::new(ProblemCode::DeviceRevoked));
    }
    found(&shared, &id, asked.ok().and_then(|Query(asked)| asked.sha256)).await
}

/// The receipt's file, or that there is none.
pub(super) async fn found(shared: &Arc<Shared>, id: &str, sha256: Option<String>) -> Response {
    let none = || body::problem(&Problem::new(ProblemCode::NotFound));
    let Ok(id) = id.parse::<BundleId>() else { return none() };
    let sha256 = match sha256.map(|hex| hex_32(&hex)) {
        Some(None) => return none(),
        other => other.flatten(),
    };
    match shared
        .read(move |reader| receipt_file(reader.db(), id, sha256.as_ref()))
        .await
    {
        Ok(Some(file)) => {
            let mut response = Response::new(Body::from(file));
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
            response
        }
        Ok(None) => none(),
        Err(error) => body::fault(&error),
    }
}

pub(super) async fn keys(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    match shared.read(|reader| keys::public(reader.db())).await {
        Ok(Some(reply)) => body::answer(Wants::of(&headers), reply).await,
        Ok(None) => body::problem(&Problem::new(ProblemCode::NotFound)),
        Err(error) => body::fault(&error),
    }
}

/// 64 hex digits.
pub(super) fn hex_32(text: &str) -> Option<[u8; 32]> {
    let (head, tail) = text.split_at_checked(32)?;
    let (head, tail): (BundleId, BundleId) = (head.parse().ok()?, tail.parse().ok()?);
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&head.0);
    bytes[16..].copy_from_slice(&tail.0);
    Some(bytes)
}
