//! One HTTP exchange with the centre. Behind a trait, so that tests can cut, repeat, delay and damage it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hocvu_wire::blobs;

use crate::pace::{Pace, Progress};
use crate::trust::Trust;

/// A request on its way out.
#[derive(Debug, Clone)]
pub struct Request {
    /// `POST` when there is a body, else `GET`.
    pub body: Option<Vec<u8>>,
    /// Path and query, from the root: `/v1/ops`.
    pub path: String,
    /// Session token.
    pub token: Option<String>,
    /// Whether to send `Content-Digest`: where damage on the way must not pass for an operation.
    pub digest: bool,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Media type, without parameters.
    pub media_type: String,
    /// `Retry-After`, seconds.
    pub retry_after: Option<u64>,
    /// `Content-Digest`, where the answer carries one.
    pub digest: Option<String>,
    /// Body as it travelled.
    pub body: Vec<u8>,
}

/// The link did not carry the exchange; whether the centre has seen the request is unknown.
#[derive(Debug, Clone, thiserror::Error)]
#[error("link: {0}")]
pub struct LinkError(pub String);

/// What is said of a link without TLS to another machine.
const UNENCRYPTED: &str = "plain http to another machine";
/// What rustls says of a certificate it does not believe.
const BAD_CERTIFICATE: &str = "invalid peer certificate";

impl LinkError {
    /// Whether somebody answered, or would, who cannot be believed to be the centre.
    pub fn is_untrusted(&self) -> bool {
        self.0 == UNENCRYPTED || self.0.contains(BAD_CERTIFICATE)
    }
}

/// Answer of [`Transport::send`], later.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response, LinkError>> + Send + 'a>>;

/// One step of a photo's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobStep {
    /// How much of it the centre has (`HEAD`).
    Offset,
    /// A chunk of it (`PATCH`).
    Add {
        /// Where the chunk belongs.
        offset: u32,
        /// Its bytes.
        chunk: Vec<u8>,
    },
    /// A part of it back (`GET` with a range).
    Read {
        /// First byte.
        from: u32,
        /// How many at most.
        length: u32,
    },
}

/// A step of a photo on its way out.
#[derive(Debug, Clone)]
pub struct BlobRequest {
    /// Path, from the root.
    pub path: String,
    /// Session token.
    pub token: String,
    /// What is asked.
    pub step: BlobStep,
}

/// The answer to a [`BlobRequest`].
#[derive(Debug, Clone)]
pub struct BlobResponse {
    /// As of any request.
    pub response: Response,
    /// `Upload-Offset`.
    pub offset: Option<u32>,
    /// `Content-Digest`.
    pub digest: Option<String>,
}

/// Answer of [`Transport::carry`], later.
pub type Carrying<'a> = Pin<Box<dyn Future<Output = Result<BlobResponse, LinkError>> + Send + 'a>>;

/// Carries requests to one centre.
pub trait Transport: Send + Sync {
    /// Carries one request.
    fn send(&self, request: Request) -> Sending<'_>;
    /// Carries one step of a photo. A link without a lane for photos says so; nothing else waits for them.
    fn carry(&self, _request: BlobRequest) -> Carrying<'_> {
        Box::pin(async { Err(LinkError("no lane for photos".into())) })
    }
    /// Whether the centre's address can be reached at all; costs a few bytes.
    fn probe(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>>;
}

/// Makes the transport to an address: the real one, or a test's.
pub type Transports = Arc<dyn Fn(&str) -> Result<Arc<dyn Transport>, LinkError> + Send + Sync>;

/// How long a connection may take to open: three SYN retries on a satellite or 2G link.
const CONNECT: Duration = Duration::from_secs(20);
/// A silent connection is asked whether it still lives, which costs a few bytes; three times no answer is its end.
const ALIVE: Duration = Duration::from_secs(30);
/// An idle connection is kept this long: a new one costs a round trip, with TLS two.
const IDLE: Duration = Duration::from_secs(90);

/// HTTP/1.1 over TCP or TLS (rustls, the roots of [`Trust`]). Keep one for as long as the address stays: it holds the open
/// connection and the tickets that spare a TLS handshake its second round trip.
pub struct HttpTransport {
    client: reqwest::Client,
    pace: Pace,
    base: String,
    authority: String,
}

impl HttpTransport {
    /// A transport to `base`, e.g. `https://hocvu.example`.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn new(base: &str) -> Result<Self, LinkError> {
        Self::trusting(base, &Trust::bundled())
    }

    /// As [`HttpTransport::new`], believing whom `trust` believes.
    ///
    /// # Errors
    /// The address cannot be used, or asks for a link without TLS to another machine.
    pub fn trusting(base: &str, trust: &Trust) -> Result<Self, LinkError> {
        let base = check_address(base).ok_or_else(|| LinkError("bad address".into()))?;
        if !trust.allows(&base) {
            return Err(LinkError(UNENCRYPTED.into()));
        }
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(trust.tls())
            .connect_timeout(CONNECT)
            .tcp_keepalive(ALIVE)
            .tcp_keepalive_interval(ALIVE)
            .tcp_keepalive_retries(3)
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| LinkError(error.to_string()))?;
        let (scheme, rest) = base.split_once("://").unwrap_or(("http", &base));
        let authority = rest.split('/').next().unwrap_or(rest);
        let has_port = authority
            .rsplit_once(':')
            .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let port = if scheme == "https" { 443 } else { 80 };
        let authority = if has_port {
            authority.to_owned()
        } else {
            format!("{authority}:{port}")
        };
        Ok(Self {
            client,
            pace: Pace::default(),
            base,
            authority,
        })
    }

    /// The factory of real transports.
    pub fn factory(trust: Trust) -> Transports {
        Arc::new(move |base| Ok(Arc::new(Self::trusting(base, &trust)?) as Arc<dyn Transport>))
    }
}

impl HttpTransport {
    /// Sends `outgoing`, which has a body of `up` bytes, and reads the answer to its end.
    async fn exchange(&self, outgoing: reqwest::RequestBuilder, up: usize) -> Result<BlobResponse, LinkError> {
        let mut answer = self.pace.answered(up, outgoing.send()).await?.map_err(link_error)?;
        let text = |name: &str| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let status = answer.status().as_u16();
        let media_type = text("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_owned();
        let retry_after = text("retry-after").and_then(|seconds| seconds.parse().ok());
        let offset = text(blobs::UPLOAD_OFFSET).and_then(|offset| offset.parse().ok());
        let digest = text("content-digest");
        let (mut body, mut progress) = (Vec::new(), Progress::begin());
        while let Some(chunk) = progress.within(answer.chunk()).await?.map_err(link_error)? {
            progress.took(chunk.len());
            body.extend_from_slice(&chunk);
        }
        Ok(BlobResponse {
            response: Response {
                status,
                media_type,
                retry_after,
                digest: digest.clone(),
                body,
            },
            offset,
            digest,
        })
    }
}

/// The address in the form requests use, or `None` when it is none. A missing scheme means https, except on this machine.
pub fn check_address(typed: &str) -> Option<String> {
    let typed = typed.trim().trim_end_matches('/');
    let with_scheme = match typed.split_once("://") {
        Some(("http" | "https", _)) => typed.to_owned(),
        Some(_) => return None,
        None if typed.starts_with("127.") || typed.starts_with("localhost") => format!("http://{typed}"),
        None => format!("https://{typed}"),
    };
    let url = reqwest::Url::parse(&with_scheme).ok()?;
    let host = url.host_str()?;
    let local = host == "localhost" || host == "[::1]" || host.starts_with("127.");
    let plausible = local || host.contains('.') || host.contains(':');
    (plausible && url.query().is_none() && url.username().is_empty()).then_some(with_scheme)
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(async move {
            let Request {
                body,
                path,
                token,
                digest,
            } = request;
            let url = format!("{}{path}", self.base);
            let mut outgoing = match &body {
                Some(_) => self.client.post(url).header("content-type", hocvu_wire::PACKED),
                None => self.client.get(url).header("accept", hocvu_wire::PACKED),
            };
            let up = body.as_ref().map_or(0, Vec::len);
            if let Some(token) = token {
                outgoing = outgoing.header("authorization", format!("Bearer {token}"));
            }
            if let Some(body) = body {
                if digest {
                    outgoing = outgoing.header("content-digest", hocvu_wire::packing::content_digest(&body));
                }
                outgoing = outgoing.body(body);
            }
            Ok(self.exchange(outgoing, up).await?.response)
        })
    }

    fn carry(&self, request: BlobRequest) -> Carrying<'_> {
        Box::pin(async move {
            let BlobRequest { path, token, step } = request;
            let url = format!("{}{path}", self.base);
            let (outgoing, up) = match step {
                BlobStep::Offset => (self.client.head(url), 0),
                BlobStep::Add { offset, chunk } => {
                    let digest = hocvu_wire::packing::content_digest(&chunk);
                    let up = chunk.len();
                    let patch = self.client.patch(url).header("content-type", blobs::CHUNK);
                    let patch = patch
                        .header(blobs::UPLOAD_OFFSET, offset)
                        .header("content-digest", digest);
                    (patch.body(chunk), up)
                }
                BlobStep::Read { from, length } => {
                    let last = u64::from(from) + u64::from(length.max(1)) - 1;
                    (self.client.get(url).header("range", format!("bytes={from}-{last}")), 0)
                }
            };
            let outgoing = outgoing.header("authorization", format!("Bearer {token}"));
            self.exchange(outgoing, up).await
        })
    }

    fn probe(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(async move {
            let connect = tokio::net::TcpStream::connect(&self.authority);
            matches!(tokio::time::timeout(CONNECT, connect).await, Ok(Ok(_)))
        })
    }
}

/// The whole chain of causes, without the address: the log must not tell more than a supporter needs.
fn link_error(error: reqwest::Error) -> LinkError {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    LinkError(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_before_they_are_used() {
        for (typed, base) in [
            (" https://hocvu.example/ ", Some("https://hocvu.example")),
            ("hocvu.example", Some("https://hocvu.example")),
            ("127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("http://localhost:9", Some("http://localhost:9")),
            ("ftp://x.example", None),
            ("", None),
            ("không biết", None),
            ("https://", None),
        ] {
            assert_eq!(check_address(typed).as_deref(), base, "{typed}");
        }
    }
}
