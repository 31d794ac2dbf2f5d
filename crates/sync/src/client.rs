//! Typed calls to the centre over a [`Transport`].

use std::sync::Arc;

use hocvu_model::LogId;
use hocvu_wire::batch::{OpsReply, OpsRequest, ReceiptsReply};
use hocvu_wire::bundle::{self, BundleNamed, BundleReply};
use hocvu_wire::changes::ChangesReply;
use hocvu_wire::digest::{DigestReply, SnapshotReply};
use hocvu_wire::enrol::{EnrolReply, EnrolRequest};
use hocvu_wire::keys::KeysReply;
use hocvu_wire::problem::{self, Problem};
use hocvu_wire::session::{SessionOpen, SessionReply, SessionRequest};
use hocvu_wire::{PACKED, packing};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::SyncError;
use crate::traffic::Traffic;
use crate::transport::{BlobRequest, BlobResponse, BlobStep, LinkError, Request, Response, Transport};

/// Speaks the protocol to one centre.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    pub(crate) traffic: Traffic,
}

impl Client {
    /// A client over this transport.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self {
            transport,
            traffic: Traffic::default(),
        }
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

    /// `POST /v1/session`, both steps, for `log` and earlier ones; `sign` signs the challenge of a nonce.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem, or not the centre.
    pub async fn open_session(
        &self,
        device: &str,
        log: &str,
        earlier: Vec<String>,
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
            earlier,
            ..first
        };
        match self.post("/v1/session", &second, None, false).await? {
            SessionReply::Open(open) => Ok(open),
            SessionReply::Nonce { .. } => Err(SyncError::NotTheCentre { status: 200 }),
        }
    }

    /// A batch as it travels.
    pub fn pack(batch: &OpsRequest) -> Vec<u8> {
        packing::pack(&serde_json::to_vec(batch).expect("wire types are always JSON"))
    }

    /// `POST /v1/ops` with a packed batch; with a cursor the answer may bring the page of changes after it.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem, or not the centre.
    pub async fn push(&self, token: &str, packed: Vec<u8>, cursor: Option<&str>) -> Result<OpsReply, SyncError> {
        let request = Request {
            body: Some(packed),
            path: cursor.map_or_else(|| "/v1/ops".to_owned(), |cursor| format!("/v1/ops?cursor={cursor}")),
            token: Some(token.to_owned()),
            digest: true,
        };
        read(&self.send(request).await?)
    }

    /// `GET /v1/receipts`: what became of the operations of `log` from number `from` on, as far as the centre has them.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem, or not the centre.
    pub async fn receipts(&self, token: &str, log: LogId, from: u64) -> Result<ReceiptsReply, SyncError> {
        self.get(format!("/v1/receipts?log={log}&from={from}"), token).await
    }

    /// `GET /v1/changes`.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem, or not the centre.
    pub async fn changes(&self, token: &str, cursor: &str) -> Result<ChangesReply, SyncError> {
        self.get(format!("/v1/changes?cursor={cursor}"), token).await
    }

    /// The same with so many changes at most.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem, or not the centre.
    pub async fn few_changes(&self, token: &str, cursor: &str, limit: usize) -> Result<ChangesReply, SyncError> {
        self.get(format!("/v1/changes?cursor={cursor}&limit={limit}"), token)
            .await
    }

    /// `GET /v1/digest`: sums of the units after `after`.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem (`NOT_FOUND`: a centre of before), or not the centre.
    pub async fn digest(&self, token: &str, after: &str) -> Result<DigestReply, SyncError> {
        self.get(format!("/v1/digest?after={}", in_query(after)), token).await
    }

    /// `GET /v1/snapshot`: the records of a unit after the record `after`.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem, or not the centre.
    pub async fn snapshot(&self, token: &str, unit: &str, after: &str) -> Result<SnapshotReply, SyncError> {
        let mut path = format!("/v1/snapshot?unit={}", in_query(unit));
        if !after.is_empty() {
            path.push_str("&after=");
            path.push_str(&in_query(after));
        }
        self.get(path, token).await
    }

    /// `GET /v1/keys`.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem, or not the centre.
    pub async fn keys(&self, token: &str) -> Result<KeysReply, SyncError> {
        self.get("/v1/keys".to_owned(), token).await
    }

    /// `POST /v1/bundles`, of one whose chunks were sent before.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem (`NOT_FOUND`: the centre lacks it), or not the centre.
    pub async fn name_bundle(&self, token: &str, sha256: &str) -> Result<BundleReply, SyncError> {
        let named = BundleNamed {
            sha256: sha256.to_owned(),
        };
        self.post("/v1/bundles", &named, Some(token), false).await
    }

    /// `GET /v1/bundles/{id}/receipt`: the receipt's file.
    ///
    /// # Errors
    /// [`SyncError`]: link, problem (`NOT_FOUND`: there is none), or not the centre.
    pub async fn bundle_receipt(&self, token: &str, id: &str, sha256: &str) -> Result<Vec<u8>, SyncError> {
        let request = Request {
            body: None,
            path: format!("/v1/bundles/{id}/receipt?sha256={sha256}"),
            token: Some(token.to_owned()),
            digest: false,
        };
        let response = self.send(request).await?;
        if let Some(problem) = told(&response) {
            return Err(problem);
        }
        // Whether it is whole and the centre's own is told by its seal and signature, to the device it is for.
        let stranger = SyncError::NotTheCentre {
            status: response.status,
        };
        if response.status == 200 && response.media_type == bundle::MEDIA_TYPE {
            Ok(response.body)
        } else {
            Err(stranger)
        }
    }

    /// One step of a photo.
    ///
    /// # Errors
    /// The link. What the answer means is for the lane to say.
    pub(crate) async fn blob(&self, token: &str, path: String, step: BlobStep) -> Result<BlobResponse, SyncError> {
        let token = token.to_owned();
        if let BlobStep::Add { chunk, .. } = &step {
            self.traffic.sent(chunk.len());
        }
        let answer = self.transport.carry(BlobRequest { path, token, step }).await?;
        self.traffic.received(answer.response.body.len());
        Ok(answer)
    }

    async fn send(&self, request: Request) -> Result<Response, SyncError> {
        self.traffic.sent(request.body.as_ref().map_or(0, Vec::len));
        let response = self.transport.send(request).await?;
        self.traffic.received(response.body.len());
        Ok(response)
    }

    async fn get<O: DeserializeOwned>(&self, path: String, token: &str) -> Result<O, SyncError> {
        let request = Request {
            body: None,
            path,
            token: Some(token.to_owned()),
            digest: false,
        };
        read(&self.send(request).await?)
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
        read(&self.send(request).await?)
    }
}

/// What the centre calls wrong; nothing when the answer is no problem.
pub(crate) fn told(response: &Response) -> Option<SyncError> {
    if response.media_type != problem::MEDIA_TYPE {
        return None;
    }
    Some(match serde_json::from_slice::<Problem>(&response.body) {
        Ok(problem) => SyncError::Problem {
            code: problem.code,
            retry_after: response.retry_after,
        },
        Err(_) => SyncError::NotTheCentre {
            status: response.status,
        },
    })
}

/// A value within a query: uids are made by people.
fn in_query(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// Only a well-formed answer of the protocol counts; anything else did not come from the centre.
fn read<O: DeserializeOwned>(response: &Response) -> Result<O, SyncError> {
    let stranger = || SyncError::NotTheCentre {
        status: response.status,
    };
    // One flipped bit of a receipt or a cursor would otherwise be believed for ever.
    let whole = response
        .digest
        .as_ref()
        .is_none_or(|told| *told == packing::content_digest(&response.body));
    if !whole {
        return Err(LinkError("the answer was damaged on the way".into()).into());
    }
    if let Some(problem) = told(response) {
        return Err(problem);
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
