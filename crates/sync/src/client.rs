//! Typed calls to the centre over a [`Transport`].

use std::sync::Arc;

use hocvu_wire::batch::{OpsReply, OpsRequest};
use hocvu_wire::changes::ChangesReply;
use hocvu_wire::enrol::{EnrolReply, EnrolRequest};
use hocvu_wire::problem::{self, Problem};
use hocvu_wire::session::{SessionOpen, SessionReply, SessionRequest};
use hocvu_wire::{PACKED, packing};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::SyncError;
use crate::transport::{Request, Response, Transport};

/// Speaks the protocol to one centre.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
}

impl Client {
    /// A client over this transport.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport }
    }

    /// Whether the centre's address can be reached.
    pub async fn probe(&self) -> bool {
        self.transport.probe().await
    }

    /// `POST /v1/enrol`.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem, or not the centre.
    pub async fn enrol(&self, request: &EnrolRequest) -> Result<EnrolReply, SyncError> {
        self.post("/v1/enrol", request, None, false).await
    }

    /// `POST /v1/session`, both steps; `sign` signs the challenge of a nonce.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem, or not the centre.
    pub async fn open_session(
        &self,
        device: &str,
        log: &str,
        sign: impl Fn(&str) -> String,
    ) -> Result<SessionOpen, SyncError> {
        let first = SessionRequest {
            device: device.to_owned(),
            ..SessionRequest::default()
        };
        let nonce = match self.post("/v1/session", &first, None, false).await? {
            SessionReply::Nonce { nonce } => nonce,
            SessionReply::Open(open) => return Ok(open),
        };
        let sig = Some(sign(&nonce));
        let second = SessionRequest {
            nonce: Some(nonce),
            sig,
            log: Some(log.to_owned()),
            ..first
        };
        match self.post("/v1/session", &second, None, false).await? {
            SessionReply::Open(open) => Ok(open),
            SessionReply::Nonce { .. } => Err(SyncError::NotTheCentre { status: 200 }),
        }
    }

    /// `POST /v1/ops`.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem, or not the centre.
    pub async fn push(&self, token: &str, batch: &OpsRequest) -> Result<OpsReply, SyncError> {
        self.post("/v1/ops", batch, Some(token), true).await
    }

    /// `GET /v1/changes`.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem, or not the centre.
    pub async fn changes(&self, token: &str, cursor: &str) -> Result<ChangesReply, SyncError> {
        let path = format!("/v1/changes?cursor={cursor}");
        let request = Request {
            body: None,
            path,
            token: Some(token.to_owned()),
            digest: false,
        };
        read(&self.transport.send(request).await?)
    }

    async fn post<I: Serialize, O: DeserializeOwned>(
        &self,
        path: &str,
        input: &I,
        token: Option<&str>,
        digest: bool,
    ) -> Result<O, SyncError> {
        let json = serde_json::to_vec(input).expect("wire types are always JSON");
        let request = Request {
            body: Some(packing::pack(&json)),
            path: path.to_owned(),
            token: token.map(str::to_owned),
            digest,
        };
        read(&self.transport.send(request).await?)
    }
}

/// Only a well-formed answer of the protocol counts; anything else did not come from the centre.
fn read<O: DeserializeOwned>(response: &Response) -> Result<O, SyncError> {
    let stranger = || SyncError::NotTheCentre {
        status: response.status,
    };
    if response.media_type == problem::MEDIA_TYPE {
        let problem: Problem = serde_json::from_slice(&response.body).map_err(|_| stranger())?;
        return Err(SyncError::Problem {
            code: problem.code,
            retry_after: response.retry_after,
        });
    }
    if response.status != 200 {
        return Err(stranger());
    }
    let json = match response.media_type.as_str() {
        PACKED => packing::unpack(&response.body).map_err(|_| stranger())?,
        "application/json" => response.body.clone(),
        _ => return Err(stranger()),
    };
    serde_json::from_slice(&json).map_err(|_| stranger())
}
