//! §4, §17: who proves its key gets a token; nobody else gets anything.

use hocvu_model::ids::LogId;
use hocvu_wire::b64;
use hocvu_wire::problem::ProblemCode;
use hocvu_wire::session::{SessionReply, SessionRequest};

use super::{Rule, rule};
use crate::device::{Device, random};
use crate::outcome::{Outcome, Result, holds, same};
use crate::stage::Stage;

pub(super) const RULES: &[Rule] = &[
    rule("§4", "a signature by another key opens no session", wrong_signature),
    rule("§4", "a nonce is the centre's own, for one device", foreign_nonce),
    rule("§4", "an unknown device is told so", unknown_device),
    rule(
        "§4",
        "a token lives at most an hour, and a log of nobody has nothing",
        open,
    ),
    rule(
        "§2",
        "without a token, or with an altered one, nothing is told",
        no_token,
    ),
];

/// Every path that needs a token.
const GUARDED: [&str; 4] = [
    "/v1/changes",
    "/v1/receipts?log=00000000000000000000000000000000&from=1",
    "/v1/digest",
    "/v1/snapshot?unit=u:1",
];

fn nonce(stage: &Stage) -> Result<String> {
    let request = SessionRequest {
        device: stage.device.id.clone(),
        ..SessionRequest::default()
    };
    match stage.asker.post("/v1/session", &request, None)?.read()? {
        SessionReply::Nonce { nonce } => Ok(nonce),
        SessionReply::Open(_) => Err("a session without a signature".into()),
    }
}

fn wrong_signature(stage: &mut Stage) -> Result {
    let mut request = stage.device.answer_to(&nonce(stage)?, None);
    let other = Device {
        sign: Device::blank().sign,
        ..stage.device.clone()
    };
    request.sig = other.answer_to(request.nonce.as_deref().unwrap_or_default(), None).sig;
    stage
        .asker
        .post("/v1/session", &request, None)?
        .refused(ProblemCode::BadProof)?;
    request.sig = Some("?".into());
    stage
        .asker
        .post("/v1/session", &request, None)?
        .refused(ProblemCode::BadProof)?;
    let elsewhere = Device {
        dep: "another".into(),
        ..stage.device.clone()
    };
    let aimed = elsewhere.answer_to(request.nonce.as_deref().unwrap_or_default(), None);
    stage
        .asker
        .post("/v1/session", &aimed, None)?
        .refused(ProblemCode::BadProof)?;
    Ok(Outcome::Kept)
}

fn foreign_nonce(stage: &mut Stage) -> Result {
    let invented = stage.device.answer_to(&b64::encode(random::<28>()), None);
    let answer = stage.asker.post("/v1/session", &invented, None)?;
    answer.refused(ProblemCode::SessionExpired)?;
    Ok(Outcome::Kept)
}

fn unknown_device(stage: &mut Stage) -> Result {
    let request = SessionRequest {
        device: "dev_nobody".into(),
        ..SessionRequest::default()
    };
    let answer = stage.asker.post("/v1/session", &request, None)?;
    answer.refused(ProblemCode::DeviceUnknown)?;
    Ok(Outcome::Kept)
}

fn open(stage: &mut Stage) -> Result {
    let mut device = stage.device.clone();
    let open = device.open_session(&stage.asker, LogId(random()))?;
    same("what a log of nobody has", open.have, Vec::new())?;
    let life = open.expires_in;
    holds((1..=3_600).contains(&life), || format!("a token of {life} seconds"))?;
    same("the epoch of two sessions", open.epoch, stage.device.epoch.clone())?;
    Ok(Outcome::Kept)
}

fn no_token(stage: &mut Stage) -> Result {
    let token = stage.device.token.clone();
    let mut altered = token.clone();
    let last = altered.pop().ok_or("an empty token")?;
    altered.push(if last == 'A' { 'B' } else { 'A' });
    for path in GUARDED {
        for token in [None, Some(""), Some("x"), Some(altered.as_str())] {
            let answer = stage.asker.get(path, token)?;
            if answer.status == 404 {
                continue; // A centre that has not this path.
            }
            answer
                .refused(ProblemCode::SessionExpired)
                .map_err(|why| format!("{path}: {why}"))?;
        }
    }
    let answer = stage
        .asker
        .post("/v1/ops", &serde_json::json!({ "frames": [] }), Some(&altered))?;
    answer.refused(ProblemCode::SessionExpired)?;
    Ok(Outcome::Kept)
}
