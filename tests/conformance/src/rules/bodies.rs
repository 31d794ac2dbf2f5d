//! §1, §2, §15, §16: what travels, and what it may cost.

use std::io::Write;

use hocvu_wire::batch::{OpsReply, OpsRequest};
use hocvu_wire::limits::{BODY_PACKED_MAX, BODY_UNPACKED_MAX};
use hocvu_wire::problem::ProblemCode;
use hocvu_wire::{PACKED, packing};
use serde_json::json;

use super::{Rule, rule};
use crate::ask::{JSON, Request, bearer};
use crate::outcome::{Outcome, Result, holds, same};
use crate::stage::Stage;

pub(super) const RULES: &[Rule] = &[
    rule("§2", "what is not there is a problem with a code", not_found),
    rule(
        "§1",
        "plain and packed bodies say the same; answers travel as asked",
        both_ways,
    ),
    rule(
        "§1",
        "a missing or wrong digest is noticed, and nothing is stored",
        digest,
    ),
    rule(
        "§1",
        "a cut body, a larger window and what is no JSON cannot be read",
        unreadable,
    ),
    rule("§15", "another media type is not taken", media_type),
    rule("§16 I19", "a body over the outer limit is refused", too_large),
    rule("§16 I19", "a bomb is refused though it is small outside", bomb),
    rule("§16 I19", "nesting without end is refused", nesting),
];

fn empty() -> OpsRequest {
    OpsRequest::default()
}

fn not_found(stage: &mut Stage) -> Result {
    for path in ["/v1/nothing", "/v2/ops", "/v1/../etc/passwd", "/v1/blobs/x/y/z"] {
        let answer = stage.asker.get(path, Some(&stage.device.token))?;
        answer
            .refused(ProblemCode::NotFound)
            .map_err(|why| format!("{path}: {why}"))?;
    }
    Ok(Outcome::Kept)
}

fn both_ways(stage: &mut Stage) -> Result {
    let token = stage.device.token.clone();
    let plain = stage
        .asker
        .send("/v1/ops", JSON, br#"{"frames":[]}"#.to_vec(), Some(&token))?;
    same("type of a plain answer", plain.kind(), JSON)?;
    let packed = stage.asker.post("/v1/ops", &empty(), Some(&token))?;
    same("the two answers", packed.read::<OpsReply>()?, plain.read::<OpsReply>()?)?;
    same(
        "the epoch",
        packed.read::<OpsReply>()?.epoch,
        stage.device.epoch.clone(),
    )?;
    let page = stage.asker.ask(Request {
        method: "GET",
        path: "/v1/changes",
        headers: vec![bearer(&token)],
        body: Vec::new(),
    })?;
    same("an answer nobody asked to pack", page.kind(), JSON)?;
    Ok(Outcome::Kept)
}

fn digest(stage: &mut Stage) -> Result {
    let mut device = stage.device.clone();
    device.create(1);
    let body = serde_json::to_vec(&OpsRequest {
        frames: vec![device.frame(1, device.last())],
    });
    let body = packing::pack(&body.map_err(|error| error.to_string())?);
    let mut damaged = body.clone();
    damaged[4] ^= 1;
    let wrong = packing::content_digest(&damaged);
    for (digest, body) in [
        (None, &body),
        (Some(wrong), &body),
        (Some(packing::content_digest(&body)), &damaged),
    ] {
        let mut headers = vec![("content-type", PACKED.to_owned()), bearer(&device.token)];
        headers.extend(digest.map(|digest| ("content-digest", digest)));
        let answer = stage.asker.ask(Request {
            method: "POST",
            path: "/v1/ops",
            headers,
            body: body.clone(),
        })?;
        answer.refused(ProblemCode::DigestMismatch)?;
    }
    let log = device.log;
    same(
        "what was stored of it",
        device.open_session(&stage.asker, log)?.have,
        Vec::new(),
    )?;
    Ok(Outcome::Kept)
}

fn unreadable(stage: &mut Stage) -> Result {
    let token = stage.device.token.clone();
    let good = packing::pack(br#"{"frames":[]}"#);
    let wide = || -> std::io::Result<Vec<u8>> {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3)?;
        encoder.window_log(23)?;
        encoder.write_all(br#"{"frames":[]}"#)?;
        encoder.finish()
    };
    let bodies = [
        ("a cut body", PACKED, good[..good.len() - 1].to_vec()),
        ("an empty body", PACKED, Vec::new()),
        ("no zstd", PACKED, b"garbage".to_vec()),
        ("a window of 8 MiB", PACKED, wide().map_err(|error| error.to_string())?),
        ("packed nothing", PACKED, packing::pack(b"")),
        ("no JSON", JSON, b"{".to_vec()),
        ("another JSON", JSON, b"[1]".to_vec()),
        ("no UTF-8", JSON, b"{\"frames\":[\"\xff\"]}".to_vec()),
    ];
    for (what, kind, body) in bodies {
        let answer = stage.asker.send("/v1/ops", kind, body, Some(&token))?;
        answer
            .refused(ProblemCode::Malformed)
            .map_err(|why| format!("{what}: {why}"))?;
    }
    Ok(Outcome::Kept)
}

fn media_type(stage: &mut Stage) -> Result {
    let token = stage.device.token.clone();
    for kind in ["text/plain", "application/zstd", ""] {
        let answer = stage.asker.send("/v1/ops", kind, b"{}".to_vec(), Some(&token))?;
        answer.refused(ProblemCode::UnsupportedMedia)?;
    }
    Ok(Outcome::Kept)
}

fn too_large(stage: &mut Stage) -> Result {
    let token = stage.device.token.clone();
    for (kind, max) in [(PACKED, BODY_PACKED_MAX), (JSON, BODY_UNPACKED_MAX)] {
        let answer = stage.asker.send("/v1/ops", kind, vec![b' '; max + 1], Some(&token));
        match answer {
            Ok(answer) => answer.refused(ProblemCode::TooLarge)?,
            // The connection may be closed on somebody who goes on sending.
            Err(why) => holds(why.contains("no answer"), || why)?,
        }
    }
    Ok(Outcome::Kept)
}

fn bomb(stage: &mut Stage) -> Result {
    let packed = || -> std::io::Result<Vec<u8>> {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3)?;
        encoder.window_log(20)?;
        let chunk = vec![b' '; 1 << 20];
        (0..256).try_for_each(|_| encoder.write_all(&chunk))?;
        encoder.finish()
    };
    let packed = packed().map_err(|error| error.to_string())?;
    holds(packed.len() < BODY_PACKED_MAX, || {
        "the bomb is too large outside".into()
    })?;
    let answer = stage.asker.send("/v1/ops", PACKED, packed, Some(&stage.device.token))?;
    answer.refused(ProblemCode::TooLarge)?;
    Ok(Outcome::Kept)
}

fn nesting(stage: &mut Stage) -> Result {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let answer = stage
        .asker
        .send("/v1/ops", JSON, deep.clone().into_bytes(), Some(&stage.device.token))?;
    answer.refused(ProblemCode::Malformed)?;
    let asked = json!({ "device": stage.device.id, "later": 1 }).to_string();
    let asked = asked.replace('1', &deep[99_900..100_100]);
    let answer = stage.asker.send("/v1/session", JSON, asked.into_bytes(), None)?;
    holds(answer.status < 500, || {
        format!("nesting in a field nobody asks for: {}", answer.status)
    })?;
    Ok(Outcome::Kept)
}
