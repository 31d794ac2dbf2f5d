//! `POST /v1/session`: a nonce, then a signature over it, then a token for an hour. One extra round trip only when the
//! token is gone.

use hocvu_model::LogId;
use serde::{Deserialize, Serialize};

/// First call: only `device`. Second call: the nonce that came back, signed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRequest {
    /// The device.
    pub device: String,
    /// From the first call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Signature over [`challenge`], base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sig: Option<String>,
    /// The log whose `have` ranges the device wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// Earlier logs of the same device whose ranges it wants too; a centre of before passes over them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<String>,
}

/// Either step's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SessionReply {
    /// Second step: the session is open.
    Open(SessionOpen),
    /// First step: sign this.
    Nonce {
        /// To be signed.
        nonce: String,
    },
}

/// An open session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOpen {
    /// Goes into `Authorization: Bearer …`.
    pub token: String,
    /// Relative life of the token, seconds: no clock has to be right.
    pub expires_in: u64,
    /// See [`crate::batch::OpsReply::epoch`].
    pub epoch: String,
    /// What the centre has of the log asked for.
    pub have: Vec<(u64, u64)>,
    /// The centre's time, for information (RFC 3339).
    pub time: String,
    /// What the device may now see and write; a centre of before says nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
    /// What the centre has of the earlier logs asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<LogHave>,
}

/// What the centre has of one log, as closed ranges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHave {
    /// The log.
    pub log: LogId,
    /// Its ranges.
    pub have: Vec<(u64, u64)>,
}

/// A right over a unit and everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Uid of the unit.
    pub unit: String,
    /// A name of [`hocvu_model::Role`].
    pub role: String,
}

/// The bytes a device signs to open a session.
pub fn challenge(deployment: &str, device: &str, nonce: &str) -> Vec<u8> {
    format!("hocvu-session-v1\0{deployment}\0{device}\0{nonce}").into_bytes()
}
