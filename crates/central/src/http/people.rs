//! `POST /v1/enrol` and `POST /v1/session`: who a machine is.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::SecondsFormat;
use ed25519_dalek::Signature;
use hocvu_model::LogId;
use hocvu_wire::b64;
use hocvu_wire::enrol::EnrolRequest;
use hocvu_wire::limits::{EARLIER_LOGS_MAX, TOKEN_SECONDS};
use hocvu_wire::problem::{Problem, ProblemCode};
use hocvu_wire::session::{LogHave, SessionOpen, SessionReply, SessionRequest, challenge};

use super::body::{self, Refusal, Wants};
use super::{Shared, client};

pub(super) async fn enrol(
    State(shared): State<Arc<Shared>>,
    Extension(ConnectInfo(peer)): Extension<ConnectInfo<SocketAddr>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let request: EnrolRequest = match body::receive(&shared, &headers, body, false)
        .await
        .and_then(|body| body.read())
    {
        Ok(request) => request,
        Err(problem) => return body::problem(&problem),
    };
    let address = client::address(peer.ip(), &headers, shared.trusted_proxy);
    let (code, now) = (request.code.clone(), shared.world.now().timestamp());
    if let Some(wait) = shared.guard.enrolment(address, &code, now) {
        return body::problem_for(&Problem::new(ProblemCode::TooMany), wait);
    }
    match shared.writer.run(1, move |desk| desk.enrol(&request)).await {
        Ok(Ok(reply)) => body::answer(Wants::of(&headers), reply).await,
        Ok(Err(code_)) => {
            if code_ == ProblemCode::CodeUnknown {
                shared.guard.wrong_code(address, &code, now);
            }
            body::problem(&Problem::new(code_))
        }
        Err(error) => body::fault(&error),
    }
}

pub(super) async fn session(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    let request: SessionRequest = match body::receive(&shared, &headers, body, false)
        .await
        .and_then(|body| body.read())
    {
        Ok(request) => request,
        Err(problem) => return body::problem(&problem),
    };
    let now = shared.world.now().timestamp();
    let device = match prove(&shared, &request, now) {
        Ok(Some(device)) => device,
        Ok(None) => {
            let mut random = [0; 8];
            shared.world.fill(&mut random);
            let nonce = shared.tokens.nonce(&request.device, random, now);
            return body::answer(Wants::of(&headers), SessionReply::Nonce { nonce }).await;
        }
        Err(problem) => return body::problem(&problem),
    };
    let log: Option<LogId> = request.log.as_ref().and_then(|log| log.parse().ok());
    let earlier = request.earlier.iter().take(EARLIER_LOGS_MAX);
    let earlier: Vec<LogId> = earlier.filter_map(|log| log.parse().ok()).collect();
    let have = shared.read(move |reader| {
        let have = log.map_or(Ok(Vec::new()), |log| reader.have(device, log))?;
        let earlier: crate::error::Result<Vec<LogHave>> = earlier
            .into_iter()
            .map(|log| {
                Ok(LogHave {
                    log,
                    have: reader.have(device, log)?,
                })
            })
            .collect();
        Ok((have, earlier?, reader.grants(device)?, reader.epoch()?))
    });
    match (have.await, u32::try_from(device)) {
        (Ok((have, earlier, grants, epoch)), Ok(number)) => {
            let open = SessionOpen {
                grants,
                token: shared.tokens.token(number, now),
                expires_in: TOKEN_SECONDS,
                epoch,
                have,
                earlier,
                time: shared.world.now().to_rfc3339_opts(SecondsFormat::Secs, true),
            };
            body::answer(Wants::of(&headers), SessionReply::Open(open)).await
        }
        (Err(error), _) => body::fault(&error),
        (_, Err(_)) => body::problem(&Problem::new(ProblemCode::Internal)),
    }
}

/// The device's number when the nonce came back signed; nothing at the first step. A revoked device may open a session:
/// what it still sends must arrive, to be set aside.
fn prove(shared: &Shared, request: &SessionRequest, now: i64) -> Result<Option<i64>, Refusal> {
    let refuse = |code| Box::new(Problem::new(code));
    let directory = shared.writer.directory();
    let device = directory
        .device(&request.device)
        .ok_or_else(|| refuse(ProblemCode::DeviceUnknown))?;
    let (Some(nonce), Some(signature)) = (&request.nonce, &request.sig) else {
        return Ok(None);
    };
    if !shared.tokens.nonce_is_good(&device.id, nonce, now) {
        return Err(refuse(ProblemCode::SessionExpired));
    }
    let signature = b64::decode(signature).ok_or_else(|| refuse(ProblemCode::BadProof))?;
    device
        .key
        .verify_strict(
            &challenge(&directory.deployment, &device.id, nonce),
            &Signature::from_bytes(&signature),
        )
        .map_err(|_| refuse(ProblemCode::BadProof))?;
    Ok(Some(device.no))
}
