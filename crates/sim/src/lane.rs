//! The lane of bundles that devices pass on for others: chunks by offset, through the same doors as over a socket.
//!
//! Bundles are sealed with randomness of their own, so nothing here may depend on their bytes: a bit is flipped where the
//! digest is sure to notice, and elsewhere a damaged exchange is a lost one.

use hocvu_central::Answer;
use hocvu_sync::{BlobRequest, BlobResponse, BlobStep, LinkError};
use hocvu_wire::blobs::{CHUNK, UPLOAD_OFFSET};
use hocvu_wire::packing::content_digest;

use crate::centre::Centre;
use crate::link::{Fault, response};
use crate::observer::{Exchange, Observer};

/// The fault of an exchange about sealed things.
pub(crate) fn of_path(fault: Fault, path: &str) -> Fault {
    match fault {
        _ if !path.starts_with("/v1/bundles") => fault,
        Fault::CutRequest | Fault::FlipRequest => Fault::LoseRequest,
        Fault::CutAnswer | Fault::FlipAnswer => Fault::LoseAnswer,
        other => other,
    }
}

/// Carries one step to the centre, with this fault.
pub(crate) fn carry(
    (centre, observer): (&Centre, &Observer),
    request: &BlobRequest,
    fault: Option<Fault>,
) -> Result<BlobResponse, LinkError> {
    let step = |damaged| step((centre, observer), request, damaged);
    let lost = |what: &str| Err(LinkError(what.to_owned()));
    match fault {
        None => step(false),
        Some(Fault::Duplicate) => {
            step(false)?;
            step(false)
        }
        Some(Fault::LoseAnswer | Fault::CutAnswer | Fault::FlipAnswer) => {
            step(false)?;
            lost("the answer was lost")
        }
        Some(Fault::FlipRequest | Fault::CutRequest) => step(true),
        Some(_) => lost("the chunk was lost"),
    }
}

/// One step. With `damaged`, what arrives is not what was sent.
fn step(
    (centre, observer): (&Centre, &Observer),
    request: &BlobRequest,
    damaged: bool,
) -> Result<BlobResponse, LinkError> {
    let BlobRequest { path, token, step } = request;
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("authorization", bearer.as_str())];
    let (at, digest);
    let (method, body) = match step {
        BlobStep::Offset => ("HEAD", Vec::new()),
        BlobStep::Add { offset, chunk } => {
            (at, digest) = (offset.to_string(), content_digest(chunk));
            headers.extend([
                ("content-type", CHUNK),
                (UPLOAD_OFFSET, at.as_str()),
                ("content-digest", digest.as_str()),
            ]);
            let mut body = chunk.clone();
            if let Some(first) = body.first_mut().filter(|_| damaged) {
                *first ^= 1;
            }
            ("PATCH", body)
        }
        BlobStep::Read { .. } => return Err(LinkError("runs carry no photos".into())),
    };
    let answer: Answer = centre
        .ask(method, path, &headers, body)
        .ok_or_else(|| LinkError("nobody answers".into()))?;
    observer.see(&Exchange {
        device: "",
        path,
        sent: None,
        answer: &answer,
        calls: 0,
    });
    let header = |name: &str| {
        let found = answer
            .headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    };
    Ok(BlobResponse {
        offset: header(UPLOAD_OFFSET).and_then(|offset| offset.parse().ok()),
        digest: header("content-digest"),
        response: response(answer),
    })
}
