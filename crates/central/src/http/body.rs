//! Bodies: reading them within bounds, unpacking, packing answers, telling problems.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use hocvu_wire::problem::{MEDIA_TYPE, Problem, ProblemCode};
use hocvu_wire::{PACKED, limits, packing};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;

use super::{Shared, blocking};
use crate::config::Limits;
use crate::error::Error;

const JSON: &str = "application/json";

/// A request's problem, ready to be sent.
pub(crate) type Refusal = Box<Problem>;

/// A body as it travelled, with the right to unpack it.
pub(crate) struct Received {
    bytes: Vec<u8>,
    packed: bool,
    _permit: OwnedSemaphorePermit,
}

/// How the answer is to travel.
#[derive(Clone, Copy)]
pub(crate) struct Wants {
    packed: bool,
}

impl Wants {
    /// Packed when the request was, or asked for it.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let names = |header| {
            headers
                .get_all(header)
                .iter()
                .any(|value| value.to_str().is_ok_and(|value| value.contains(PACKED)))
        };
        Self {
            packed: names(CONTENT_TYPE) || names(ACCEPT),
        }
    }
}

/// Reads a body within the limits of size and time; checks its media type and, where `digest` says so, its digest.
pub(crate) async fn receive(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    body: Body,
    digest: bool,
) -> Result<Received, Refusal> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let packed = match kind.map(|kind| kind.split(';').next().unwrap_or_default().trim()) {
        Some(PACKED) => true,
        Some(JSON) => false,
        _ => {
            discard(shared, body).await;
            return Err(Box::new(Problem::new(ProblemCode::UnsupportedMedia)));
        }
    };
    let max = if packed {
        limits::BODY_PACKED_MAX
    } else {
        limits::BODY_UNPACKED_MAX
    };
    let bytes = tokio::time::timeout(shared.limits.body_timeout, collect(body, max, &shared.limits))
        .await
        .map_err(|_| Box::new(Problem::new(ProblemCode::Malformed).detail("the body took too long")))??;
    if digest {
        let told = headers.get("content-digest").and_then(|value| value.to_str().ok());
        if told != Some(packing::content_digest(&bytes).as_str()) {
            return Err(Box::new(Problem::new(ProblemCode::DigestMismatch)));
        }
    }
    let permit = Arc::clone(&shared.bodies)
        .acquire_owned()
        .await
        .map_err(|_| Box::new(Problem::new(ProblemCode::Unavailable)))?;
    Ok(Received {
        bytes,
        packed,
        _permit: permit,
    })
}

impl Received {
    /// Unpacks and reads the body. Computes: call it where that may take its time.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let unpacked;
        let json = if self.packed {
            unpacked = packing::unpack(&self.bytes).map_err(|bad| {
                Box::new(Problem::new(match bad {
                    packing::BadPack::Malformed => ProblemCode::Malformed,
                    packing::BadPack::TooLarge => ProblemCode::TooLarge,
                }))
            })?;
            &unpacked
        } else {
            &self.bytes
        };
        // Nesting cannot hurt here: what no type asks for is skipped, and the reader stops long before the stack ends.
        serde_json::from_slice(json).map_err(|error| Box::new(Problem::new(ProblemCode::Malformed).detail(error)))
    }
}

pub(super) async fn collect(mut body: Body, max: usize, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    loop {
        let next = tokio::time::timeout(limits.body_stall, body.frame())
            .await
            .map_err(|_| Box::new(Problem::new(ProblemCode::Malformed).detail("the body stalled")))?;
        let Some(frame) = next else { return Ok(bytes) };
        let frame = frame.map_err(|_| Box::new(Problem::new(ProblemCode::Malformed).detail("the body broke off")))?;
        if let Some(data) = frame.data_ref() {
            if bytes.len() + data.len() > max {
                return Err(Box::new(Problem::new(ProblemCode::TooLarge)));
            }
            bytes.extend_from_slice(data);
        }
    }
}

/// Lets a refused request finish sending: closing on a client that still sends would destroy the answer on its way.
pub(crate) async fn discard(shared: &Shared, mut body: Body) {
    let mut left = limits::BODY_PACKED_MAX;
    let all = async {
        while let Ok(Some(Ok(frame))) = tokio::time::timeout(shared.limits.body_stall, body.frame()).await {
            match left.checked_sub(frame.data_ref().map_or(0, |data| data.len())) {
                Some(rest) => left = rest,
                None => break,
            }
        }
    };
    drop(tokio::time::timeout(shared.limits.body_timeout, all).await);
}

/// The answer to a request that could be read.
pub(crate) async fn answer<T: Serialize + Send + 'static>(wants: Wants, value: T) -> Response {
    let written = blocking(move || {
        let json = serde_json::to_vec(&value).map_err(|error| Error::Damaged(error.to_string()))?;
        if wants.packed {
            Ok((PACKED, packing::pack_answer(&json))) // The smallest too: its checksum is worth as much as its bytes.
        } else {
            Ok((JSON, json))
        }
    });
    match written.await {
        Ok((kind, bytes)) => respond(StatusCode::OK, kind, bytes),
        Err(error) => fault(&error),
    }
}

/// A problem of the request.
pub(crate) fn problem(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = respond(status, MEDIA_TYPE, json);
    if problem.code == ProblemCode::Unavailable {
        retry_after(&mut response, Duration::from_secs(5));
    }
    response
}

/// A problem that passes with time.
pub(crate) fn problem_for(problem_: &Problem, wait: Duration) -> Response {
    let mut response = problem(problem_);
    retry_after(&mut response, wait);
    response
}

/// A fault of the centre, logged here and told without its text.
pub(crate) fn fault(error: &Error) -> Response {
    match error {
        Error::Busy | Error::Stopped => tracing::info!(%error, "a request was turned away"),
        error => tracing::error!(%error, "a request failed"),
    }
    problem(&error.problem())
}

pub(super) fn respond(status: StatusCode, kind: &'static str, bytes: Vec<u8>) -> Response {
    let digest = HeaderValue::from_str(&packing::content_digest(&bytes));
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(digest) = digest {
        response.headers_mut().insert("content-digest", digest);
    }
    response
}

fn retry_after(response: &mut Response, wait: Duration) {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
}
