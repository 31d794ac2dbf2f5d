//! `HEAD`, `PATCH` and `GET /v1/blobs/{sha256}`: photos by byte offset. See [`hocvu_wire::blobs`].

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_RANGE, CONTENT_TYPE, RANGE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use hocvu_model::session::{KIND_JPEG, PhotoId};
use hocvu_wire::blobs::{CHUNK, CHUNK_BYTES_MAX, UPLOAD_OFFSET};
use hocvu_wire::packing::content_digest;
use hocvu_wire::problem::{Problem, ProblemCode};

use super::ops::admit;
use super::{Shared, blocking, body};
use crate::blobs::{Added, Wish, named};
use crate::error::Result;

/// A photo a device may send or see.
struct Asked {
    id: PhotoId,
    device: u32,
    size: u32,
}

pub(super) async fn offset(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let asked = match ask(&shared, &headers, &name, Wish::Send).await {
        Ok(asked) => asked,
        Err(refusal) => return *refusal,
    };
    let blobs = Arc::clone(&shared);
    match blocking(move || blobs.blobs.offset(asked.id, asked.device)).await {
        Ok(offset) => at(empty(StatusCode::OK), offset),
        Err(error) => body::fault(&error),
    }
}

pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let chunk = match take(&shared, &name, &headers, body).await {
        Ok(chunk) => chunk,
        Err(refusal) => return *refusal,
    };
    let (Asked { id, device, size }, offset, bytes) = chunk;
    if let Some(wait) = shared
        .guard
        .photo_bytes(device, bytes.len(), shared.world.now().timestamp())
    {
        return body::problem_for(&Problem::new(ProblemCode::TooMany), wait);
    }
    let blobs = Arc::clone(&shared);
    let problem = |code| body::problem(&Problem::new(code));
    match blocking(move || blobs.blobs.add(id, device, size, offset, &bytes)).await {
        Ok(Added::Now(offset)) => at(empty(StatusCode::NO_CONTENT), offset),
        Ok(Added::Elsewhere(offset)) => at(problem(ProblemCode::OffsetMismatch), offset),
        Ok(Added::TooLong) => problem(ProblemCode::TooLarge),
        Ok(Added::Damaged) => problem(ProblemCode::DigestMismatch),
        Ok(Added::Refused(flaw)) => {
            tracing::warn!(%id, device, %flaw, "a photo was refused");
            body::problem(&Problem::new(ProblemCode::PhotoRefused).detail(flaw))
        }
        Err(error) => body::fault(&error),
    }
}

pub(super) async fn read(State(shared): State<Arc<Shared>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let asked = match ask(&shared, &headers, &name, Wish::See).await {
        Ok(asked) => asked,
        Err(refusal) => return *refusal,
    };
    let wanted = match headers.get(RANGE) {
        None => Some((0, asked.size)),
        Some(range) => range.to_str().ok().and_then(|range| window(range, asked.size)),
    };
    let Some((from, length)) = wanted else {
        return body::problem(&Problem::new(ProblemCode::Malformed).detail("the range"));
    };
    let blobs = Arc::clone(&shared);
    let bytes = match blocking(move || blobs.blobs.read(asked.id, from, length)).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return body::problem(&Problem::new(ProblemCode::NotFound)),
        Err(error) => return body::fault(&error),
    };
    let partial = headers.contains_key(RANGE);
    let status = if partial {
        StatusCode::PARTIAL_CONTENT
    } else {
        StatusCode::OK
    };
    let digest = content_digest(&bytes);
    let last = (u64::from(from) + bytes.len() as u64).saturating_sub(1);
    let mut response = body::respond(status, KIND_JPEG, bytes);
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(digest) = HeaderValue::try_from(digest) {
        headers.insert("content-digest", digest);
    }
    if let (true, Ok(range)) = (partial, format!("bytes {from}-{last}/{}", asked.size).try_into()) {
        headers.insert(CONTENT_RANGE, range);
    }
    response
}

/// Who asks, and whether there is such a photo for them.
async fn ask(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    name: &str,
    wish: Wish,
) -> std::result::Result<Asked, Box<Response>> {
    let device = admit(shared, headers)?;
    let problem = |code| Box::new(body::problem(&Problem::new(code)));
    let id: PhotoId = name.parse().map_err(|_| problem(ProblemCode::NotFound))?;
    let directory = shared.writer.directory();
    let size: Result<_> = shared
        .read(move |reader| named(reader.db(), &directory, device.into(), id, wish))
        .await;
    match size {
        Ok(Ok(size)) => Ok(Asked { id, device, size }),
        Ok(Err(code)) => Err(problem(code)),
        Err(error) => Err(Box::new(body::fault(&error))),
    }
}

/// A chunk with its place, read within the limits and proven by its digest.
async fn take(
    shared: &Arc<Shared>,
    name: &str,
    headers: &HeaderMap,
    body: Body,
) -> std::result::Result<(Asked, u32, Vec<u8>), Box<Response>> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let problem = |code| Box::new(body::problem(&Problem::new(code)));
    let asked = match ask(shared, headers, name, Wish::Send).await {
        Ok(asked) if text(CONTENT_TYPE.as_str()) == Some(CHUNK) => asked,
        refused => {
            body::discard(shared, body).await;
            return Err(refused.err().unwrap_or_else(|| problem(ProblemCode::UnsupportedMedia)));
        }
    };
    let read = body::collect(body, CHUNK_BYTES_MAX, &shared.limits);
    let bytes = tokio::time::timeout(shared.limits.body_timeout, read)
        .await
        .map_err(|_| problem(ProblemCode::Malformed))?
        .map_err(|refusal| Box::new(body::problem(&refusal)))?;
    let offset = text(UPLOAD_OFFSET)
        .and_then(|offset| offset.parse().ok())
        .filter(|_| !bytes.is_empty())
        .ok_or_else(|| problem(ProblemCode::Malformed))?;
    if text("content-digest") != Some(content_digest(&bytes).as_str()) {
        return Err(problem(ProblemCode::DigestMismatch));
    }
    Ok((asked, offset, bytes))
}

/// `bytes=from-` or `bytes=from-last` as offset and length.
fn window(range: &str, size: u32) -> Option<(u32, u32)> {
    let (from, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let from: u32 = from.parse().ok()?;
    let last = match last {
        "" => size.checked_sub(1)?,
        last => last.parse::<u32>().ok()?.min(size.checked_sub(1)?),
    };
    (from <= last).then(|| (from, last - from + 1))
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn at(mut response: Response, offset: u32) -> Response {
    response.headers_mut().insert(UPLOAD_OFFSET, HeaderValue::from(offset));
    response
}

#[cfg(test)]
mod tests {
    use super::window;

    #[test]
    fn ranges_stay_within_the_photo() {
        for (range, found) in [
            ("bytes=0-", Some((0, 100))),
            ("bytes=10-19", Some((10, 10))),
            ("bytes=90-4000", Some((90, 10))),
            ("bytes=100-", None),
            ("bytes=-5", None),
            ("bytes=5-4", None),
            ("bytes=0-1,3-4", None),
            ("items=0-1", None),
        ] {
            assert_eq!(window(range, 100), found, "{range}");
        }
    }
}
