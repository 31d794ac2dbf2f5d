//! Plain HTTP: requests as the document describes them, answers as they came.

use std::time::Duration;

use hocvu_wire::problem::{self, Problem, ProblemCode};
use hocvu_wire::{PACKED, packing};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::outcome::{Result, holds, same};

/// Media type of a body that is not packed.
pub const JSON: &str = "application/json";
/// A centre that says nothing for this long is not there.
const SILENCE: Duration = Duration::from_secs(30);

/// One client.
pub struct Asker {
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
    base: String,
}

/// A request in full: nothing is added to it.
#[derive(Clone, Default)]
pub struct Request<'a> {
    /// `GET`, `POST`…
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// Headers.
    pub headers: Vec<(&'a str, String)>,
    /// Body as it travels.
    pub body: Vec<u8>,
}

/// An answer as it came.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body as it travelled.
    pub body: Vec<u8>,
}

impl Asker {
    pub fn new(base: &str) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default(); // Installed twice does no harm.
        let http = reqwest::Client::builder()
            .read_timeout(SILENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| error.to_string())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self {
            runtime: runtime.map_err(|error| error.to_string())?,
            http,
            base: base.trim_end_matches('/').to_owned(),
        })
    }

    /// Asks.
    pub fn ask(&self, request: Request<'_>) -> Result<Answer> {
        let Request {
            method,
            path,
            headers,
            body,
        } = request;
        let told = format!("{method} {path}");
        let method = reqwest::Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
        let mut outgoing = self.http.request(method, format!("{}{path}", self.base));
        for (name, value) in headers {
            outgoing = outgoing.header(name, value);
        }
        self.runtime
            .block_on(async {
                let answer = outgoing.body(body).send().await?;
                let headers = answer.headers().iter();
                let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("?").to_owned()));
                Ok(Answer {
                    status: answer.status().as_u16(),
                    headers: headers.collect(),
                    body: answer.bytes().await?.to_vec(),
                })
            })
            .map_err(|error: reqwest::Error| format!("{told}: no answer: {}", error.without_url()))
    }

    /// A POST of JSON, packed.
    pub fn post(&self, path: &str, value: &impl Serialize, token: Option<&str>) -> Result<Answer> {
        let json = serde_json::to_vec(value).map_err(|error| error.to_string())?;
        self.send(path, PACKED, packing::pack(&json), token)
    }

    /// A POST of any body with a good digest.
    pub fn send(&self, path: &str, kind: &str, body: Vec<u8>, token: Option<&str>) -> Result<Answer> {
        let mut headers = vec![
            ("content-type", kind.to_owned()),
            ("content-digest", packing::content_digest(&body)),
        ];
        headers.extend(token.map(bearer));
        self.ask(Request {
            method: "POST",
            path,
            headers,
            body,
        })
    }

    /// A GET that takes packed answers.
    pub fn get(&self, path: &str, token: Option<&str>) -> Result<Answer> {
        let mut headers = vec![("accept", PACKED.to_owned())];
        headers.extend(token.map(bearer));
        self.ask(Request {
            method: "GET",
            path,
            headers,
            body: Vec::new(),
        })
    }
}

/// The header that carries a token.
pub fn bearer(token: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {token}"))
}

impl Answer {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Media type without parameters.
    pub fn kind(&self) -> &str {
        let kind = self.header("content-type").unwrap_or_default();
        kind.split(';').next().unwrap_or_default().trim()
    }

    /// What a 200 says. Its digest must fit where it has one.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        if let Some(digest) = self.header("content-digest") {
            same("the digest of an answer", digest, &packing::content_digest(&self.body))?;
        }
        holds(self.status == 200, || format!("{} {}", self.status, self.text()))?;
        let json = match self.kind() {
            PACKED => packing::unpack(&self.body).map_err(|bad| format!("a packed answer: {bad}"))?,
            JSON => self.body.clone(),
            other => return Err(format!("an answer of type “{other}”")),
        };
        serde_json::from_slice(&json).map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&json)))
    }

    /// This very problem, in the form of RFC 9457.
    pub fn refused(&self, code: ProblemCode) -> Result<()> {
        same("type of a problem", self.kind(), problem::MEDIA_TYPE)?;
        let problem: Problem =
            serde_json::from_slice(&self.body).map_err(|error| format!("a problem: {error}: {}", self.text()))?;
        same("code", problem.code.as_str(), code.as_str())?;
        same("status in the problem", problem.status, self.status)?;
        same("status", self.status, code.status())?;
        let kind = format!("urn:hocvu:problem:{}", code.as_str().to_ascii_lowercase());
        same("type in the problem", problem.kind, kind)?;
        holds(!problem.title.is_empty(), || "a problem without a title".into())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(300).collect()
    }
}
