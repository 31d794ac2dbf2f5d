//! §14: photos by offset, only where a session names them.

use hocvu_model::session::PhotoId;
use hocvu_wire::problem::ProblemCode;
use hocvu_wire::{blobs, packing};

use super::{Rule, rule};
use crate::ask::{Answer, Request, bearer};
use crate::device::random;
use crate::outcome::{Outcome, Result, holds};
use crate::stage::Stage;

pub(super) const RULES: &[Rule] = &[
    rule("§14 I13", "a photo nobody named is not there", unknown),
    rule(
        "§14",
        "a chunk at a wrong offset, without digest or of another type is refused",
        chunks,
    ),
];

fn patch(stage: &Stage, id: PhotoId, offset: &str, kind: &str, digest: bool) -> Result<Answer> {
    let body = b"no photo".to_vec();
    let mut headers = vec![
        ("content-type", kind.to_owned()),
        (blobs::UPLOAD_OFFSET, offset.to_owned()),
        bearer(&stage.device.token),
    ];
    if digest {
        headers.push(("content-digest", packing::content_digest(&body)));
    }
    let path = blobs::path(id);
    stage.asker.ask(Request {
        method: "PATCH",
        path: &path,
        headers,
        body,
    })
}

fn unknown(stage: &mut Stage) -> Result {
    let path = blobs::path(PhotoId(random()));
    stage
        .asker
        .get(&path, Some(&stage.device.token))?
        .refused(ProblemCode::NotFound)?;
    Ok(Outcome::Kept)
}

fn chunks(stage: &mut Stage) -> Result {
    let id = PhotoId(random());
    for (offset, kind, digest) in [
        ("7", blobs::CHUNK, true),
        ("x", blobs::CHUNK, true),
        ("0", blobs::CHUNK, false),
        ("0", "text/plain", true),
        ("18446744073709551615", blobs::CHUNK, true),
    ] {
        let answer = patch(stage, id, offset, kind, digest)?;
        let refused = (400..500).contains(&answer.status);
        holds(refused, || {
            format!("offset {offset}, {kind}, digest {digest}: {}", answer.status)
        })?;
    }
    Ok(Outcome::Kept)
}
