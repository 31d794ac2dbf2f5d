//! `HEAD` and `PATCH /v1/bundles/{sha256}`: a large bundle by byte offset, as photos travel; then `POST /v1/bundles` names it.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use hocvu_wire::blobs::{CHUNK, CHUNK_BYTES_MAX, UPLOAD_OFFSET};
use hocvu_wire::bundle::{self, BadBundle, Kind};
use hocvu_wire::packing::content_digest;
use hocvu_wire::problem::{Problem, ProblemCode};

use super::bundles::hex_32;
use super::ops::admit;
use super::spool::{Behind, folder, full};
use super::{Shared, blocking, body};
use crate::bundles::{self, Took};
use crate::error::{Error, Result};

/// Bundles one device may have begun and not ended: bounds what lies on the disk unchecked.
const PARTS_MAX: usize = 4;
const SUFFIX: &str = ".part";

/// What became of a chunk.
enum Added {
    Now(u64),
    Elsewhere(u64),
    Refused(ProblemCode),
}

pub(super) async fn offset(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let device = match admit(&shared, &headers) {
        Ok(device) => device,
        Err(refusal) => return *refusal,
    };
    let Some(sha256) = hex_32(&name) else {
        return body::problem(&Problem::new(ProblemCode::NotFound));
    };
    match length(&part(&shared, &sha256, device)) {
        Ok(have) => at(plain(StatusCode::OK), have),
        Err(error) => body::fault(&error),
    }
}

pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let problem = |code| body::problem(&Problem::new(code));
    let device = match admit(&shared, &headers) {
        Ok(device) => device,
        Err(refusal) => {
            body::discard(&shared, body).await;
            return *refusal;
        }
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let offset = text(UPLOAD_OFFSET).and_then(|offset| offset.parse::<u64>().ok());
    let (Some(sha256), Some(offset), Some(CHUNK)) = (hex_32(&name), offset, text(CONTENT_TYPE.as_str())) else {
        body::discard(&shared, body).await;
        return problem(ProblemCode::Malformed);
    };
    let read = body::collect(body, CHUNK_BYTES_MAX, &shared.limits);
    let chunk = match tokio::time::timeout(shared.limits.body_timeout, read).await {
        Ok(Ok(chunk)) => chunk,
        Ok(Err(refusal)) => return body::problem(&refusal),
        Err(_) => return problem(ProblemCode::Malformed),
    };
    if text("content-digest") != Some(content_digest(&chunk).as_str()) {
        return problem(ProblemCode::DigestMismatch);
    }
    let (path, prefix) = (part(&shared, &sha256, device), format!(".{device}{SUFFIX}"));
    let folder = folder(&shared);
    match blocking(move || append(&folder, &path, &prefix, &sha256, offset, &chunk)).await {
        Ok(Added::Now(have)) => at(plain(StatusCode::NO_CONTENT), have),
        Ok(Added::Elsewhere(have)) => at(problem(ProblemCode::OffsetMismatch), have),
        Ok(Added::Refused(code)) => problem(code),
        Err(error) => body::fault(&error),
    }
}

/// Takes what this device has sent of the bundle. The inner nothing: not all of it is here.
pub(super) async fn take(
    shared: &Arc<Shared>,
    sha256: [u8; 32],
    device: u32,
) -> Result<Option<std::result::Result<Took, BadBundle>>> {
    let path = part(shared, &sha256, device);
    let mut desks = Behind::new(Arc::clone(shared));
    blocking(move || {
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        match bundle::inspect(&mut file) {
            Ok(header) if length(&path)? < header.file_size() => return Ok(None),
            _ => {}
        }
        let took = bundles::take(&mut file, &mut desks)?;
        drop(file);
        fs::remove_file(&path)?; // Taken or refused, it is of no more use.
        Ok(Some(took))
    })
    .await
}

fn append(
    folder: &std::path::Path,
    path: &std::path::Path,
    of_device: &str,
    sha256: &[u8; 32],
    offset: u64,
    chunk: &[u8],
) -> Result<Added> {
    let have = length(path)?;
    if have != offset {
        return Ok(Added::Elsewhere(have));
    }
    let header = if have == 0 {
        fs::create_dir_all(folder)?;
        let begun = fs::read_dir(folder)?
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().ends_with(of_device))
            .count();
        if begun >= PARTS_MAX {
            return Ok(Added::Refused(ProblemCode::TooMany));
        }
        bundle::inspect(chunk)
    } else {
        bundle::inspect(File::open(path)?)
    };
    let header = match header {
        Ok(header) if header.kind == Kind::Bundle && header.sha256 == *sha256 => header,
        Err(BadBundle::TooLarge) => return Ok(Added::Refused(ProblemCode::TooLarge)),
        _ => return Ok(Added::Refused(ProblemCode::Malformed)),
    };
    let after = have + chunk.len() as u64;
    if after > header.file_size() {
        return Ok(Added::Refused(ProblemCode::TooLarge));
    }
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    file.seek(SeekFrom::Start(have))?;
    if let Err(error) = file.write_all(chunk).and_then(|()| file.sync_data()) {
        drop(file.set_len(have)); // What was not promised must not be counted.
        return Err(full(error));
    }
    Ok(Added::Now(after))
}

fn part(shared: &Shared, sha256: &[u8; 32], device: u32) -> PathBuf {
    let name: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    folder(shared).join(format!("{name}.{device}{SUFFIX}"))
}

fn length(path: &std::path::Path) -> Result<u64> {
    match fs::metadata(path) {
        Ok(data) => Ok(data.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Error::Io(error)),
    }
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn at(mut response: Response, offset: u64) -> Response {
    response.headers_mut().insert(UPLOAD_OFFSET, HeaderValue::from(offset));
    response
}
