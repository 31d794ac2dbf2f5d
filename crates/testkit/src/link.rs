//! A link that can be broken on purpose, and one that counts bytes.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use hocvu_sync::{
    BlobRequest, BlobResponse, BlobStep, Carrying, HttpTransport, LinkError, Request, Response, Transport, Transports,
};

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The centre never sees it.
    LoseRequest,
    /// The centre acts, the device never hears.
    LoseReply,
    /// It arrives twice.
    Duplicate,
    /// The answer is cut in the middle.
    TruncateReply,
    /// Something that is not the centre answers 200, as hotspots do.
    CaptivePortal,
}

/// A link to a centre over real HTTP, with faults for the coming `POST /v1/ops` requests in order.
#[derive(Clone, Default)]
pub struct FaultyLink {
    faults: Arc<Mutex<VecDeque<Fault>>>,
    photo_faults: Arc<Mutex<VecDeque<Fault>>>,
    cut: Arc<std::sync::atomic::AtomicBool>,
    cut_path: Arc<Mutex<Option<String>>>,
}

impl FaultyLink {
    /// Plans a fault for the next upload that has none planned.
    pub fn plan(&self, fault: Fault) {
        self.faults.lock().expect("not poisoned").push_back(fault);
    }

    /// Plans a fault for the next chunk of a photo, up or down, that has none planned.
    pub fn plan_photo(&self, fault: Fault) {
        self.photo_faults.lock().expect("not poisoned").push_back(fault);
    }

    /// Cuts or restores the link altogether.
    pub fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::SeqCst);
    }

    /// Cuts requests whose path begins so, or restores them.
    pub fn cut_path(&self, path: Option<&str>) {
        *self.cut_path.lock().expect("not poisoned") = path.map(str::to_owned);
    }

    /// Makes transports over this link.
    pub fn transports(&self) -> Transports {
        let link = self.clone();
        Arc::new(move |base| {
            let inner = HttpTransport::new(base)?;
            Ok(Arc::new(Faulty {
                inner,
                link: link.clone(),
            }) as Arc<dyn Transport>)
        })
    }
}

struct Faulty {
    inner: HttpTransport,
    link: FaultyLink,
}

impl Transport for Faulty {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, LinkError>> + Send + '_>> {
        Box::pin(async move {
            let cut_path = self.link.cut_path.lock().expect("not poisoned").clone();
            let is_cut =
                self.link.cut.load(Ordering::SeqCst) || cut_path.is_some_and(|cut| request.path.starts_with(&cut));
            if is_cut {
                return Err(LinkError("cut".into()));
            }
            let planned = if request.path.starts_with("/v1/ops") {
                self.link.faults.lock().expect("not poisoned").pop_front()
            } else {
                None
            };
            match planned.unwrap_or(Fault::None) {
                Fault::None => self.inner.send(request).await,
                Fault::LoseRequest => Err(LinkError("the request was lost".into())),
                Fault::LoseReply => {
                    self.inner.send(request).await?;
                    Err(LinkError("the reply was lost".into()))
                }
                Fault::Duplicate => {
                    self.inner.send(request.clone()).await?;
                    self.inner.send(request).await
                }
                Fault::TruncateReply => {
                    let mut reply = self.inner.send(request).await?;
                    reply.body.truncate(reply.body.len() / 2);
                    Ok(reply)
                }
                Fault::CaptivePortal => Ok(portal()),
            }
        })
    }

    fn carry(&self, request: BlobRequest) -> Carrying<'_> {
        Box::pin(async move {
            if self.link.cut.load(Ordering::SeqCst) {
                return Err(LinkError("cut".into()));
            }
            let planned = if request.step == BlobStep::Offset {
                None
            } else {
                self.link.photo_faults.lock().expect("not poisoned").pop_front()
            };
            match planned.unwrap_or(Fault::None) {
                Fault::None => self.inner.carry(request).await,
                Fault::LoseRequest => Err(LinkError("the request was lost".into())),
                Fault::LoseReply => {
                    self.inner.carry(request).await?;
                    Err(LinkError("the reply was lost".into()))
                }
                Fault::Duplicate => {
                    self.inner.carry(request.clone()).await?;
                    self.inner.carry(request).await
                }
                Fault::TruncateReply => {
                    let mut reply = self.inner.carry(request).await?;
                    reply.response.body.truncate(reply.response.body.len() / 2);
                    Ok(reply)
                }
                Fault::CaptivePortal => Ok(BlobResponse {
                    response: portal(),
                    offset: None,
                    digest: None,
                }),
            }
        })
    }

    fn probe(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(async move { !self.link.cut.load(Ordering::SeqCst) && self.inner.probe().await })
    }
}

/// What a hotspot answers to anything.
fn portal() -> Response {
    Response {
        status: 200,
        media_type: "text/html".into(),
        retry_after: None,
        digest: None,
        body: b"<html>Please log in</html>".to_vec(),
    }
}

/// Bytes that crossed a TCP connection, both ways, headers included, by the path of the request they belong to.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    bytes: Arc<Mutex<BTreeMap<String, u64>>>,
}

impl Meter {
    /// Puts a proxy before `target` and says where it listens.
    ///
    /// # Errors
    /// No port is free.
    pub async fn before(&self, target: std::net::SocketAddr) -> std::io::Result<std::net::SocketAddr> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let meter = self.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = tokio::net::TcpStream::connect(target).await else {
                    continue;
                };
                let (client_read, client_write) = client.into_split();
                let (server_read, server_write) = server.into_split();
                // Requests of one connection follow one another: what comes back belongs to the last that went up.
                let path = Arc::new(Mutex::new(String::new()));
                tokio::spawn(carry(client_read, server_write, meter.clone(), Arc::clone(&path), true));
                tokio::spawn(carry(server_read, client_write, meter.clone(), path, false));
            }
        });
        Ok(address)
    }

    /// Bytes of all requests to `path` so far, answers included.
    ///
    /// # Panics
    /// A task of the proxy panicked.
    pub fn of(&self, path: &str) -> u64 {
        self.bytes.lock().expect("not poisoned").get(path).copied().unwrap_or(0)
    }
}

async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    meter: Meter,
    path: Arc<Mutex<String>>,
    up: bool,
) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read) = from.read(&mut buffer).await {
        if read == 0 {
            return;
        }
        {
            let mut path = path.lock().expect("not poisoned");
            if let (true, Some(next)) = (up, requested_path(&buffer[..read])) {
                *path = next;
            }
            *meter
                .bytes
                .lock()
                .expect("not poisoned")
                .entry(path.clone())
                .or_default() += read as u64;
        }
        let passed_on = if up {
            without_query(&buffer[..read])
        } else {
            Cow::Borrowed(&buffer[..read])
        };
        if to.write_all(&passed_on).await.is_err() {
            return;
        }
    }
}

/// An upload without its wish for a page of the feed in the answer, as a centre that does not know the wish would read it:
/// what is new is then asked for, and counted, apart.
fn without_query(bytes: &[u8]) -> Cow<'_, [u8]> {
    const ASKS: &[u8] = b"POST /v1/ops?";
    let Some(rest) = bytes.strip_prefix(ASKS) else {
        return Cow::Borrowed(bytes);
    };
    let end = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
    Cow::Owned([&ASKS[..ASKS.len() - 1], &rest[end..]].concat())
}

/// The path of the request that begins with these bytes, if one does.
fn requested_path(bytes: &[u8]) -> Option<String> {
    let rest = bytes.strip_prefix(b"POST ").or_else(|| bytes.strip_prefix(b"GET "))?;
    let path = rest.split(|byte| matches!(byte, b' ' | b'?')).next()?;
    String::from_utf8(path.to_vec()).ok()
}
