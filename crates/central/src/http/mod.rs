//! The centre on a socket: accepts connections, bounds what each may cost, and ends without cutting anybody off.

mod blobs;
mod body;
mod bundles;
mod client;
mod dropped;
mod guard;
mod local;
mod ops;
mod page;
mod parts;
mod people;
mod repair;
mod spool;
mod tls;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hocvu_wire::problem::{Problem, ProblemCode};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;

pub use local::{Answer, Local};
pub use tls::TlsFiles;

use crate::blobs::Blobs;
use crate::config::{Config, Limits};
use crate::db;
use crate::desk::Core;
use crate::error::{Error, Result};
use crate::feed::Reader;
use crate::tokens::Tokens;
use crate::world::World;
use crate::writer::Writer;

/// Bytes of a request's head; a token and a digest need under 400.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// How long open requests may take to end when the centre stops.
const GRACE: Duration = Duration::from_secs(20);

/// A running centre. Dropping it stops accepting; [`Centre::shutdown`] also waits for what is under way.
pub struct Centre {
    address: SocketAddr,
    writer: Writer,
    stop: watch::Sender<bool>,
    accepting: tokio::task::JoinHandle<()>,
    connections: Arc<Semaphore>,
    connections_max: u32,
}

/// What every request needs.
pub(crate) struct Shared {
    pub(crate) writer: Writer,
    pub(crate) tokens: Tokens,
    pub(crate) world: Arc<dyn World>,
    pub(crate) limits: Limits,
    pub(crate) trusted_proxy: Option<IpAddr>,
    pub(crate) guard: guard::Guard,
    /// Bodies unpacked at once.
    pub(crate) bodies: Arc<Semaphore>,
    pub(crate) blobs: Blobs,
    /// Bundles being received.
    pub(crate) spools: Arc<Semaphore>,
    pub(crate) db: std::path::PathBuf,
    /// Files lie in folders beside this one.
    beside: std::path::PathBuf,
    readers: Mutex<Vec<Reader>>,
}

impl Centre {
    /// Opens the database, binds and serves until [`Centre::shutdown`].
    ///
    /// # Errors
    /// The database, or an address that is taken.
    pub async fn start(config: Config) -> Result<Self> {
        let (listen, dropped) = (config.listen, config.drop.clone());
        let tls = config.tls.as_ref().map(tls::acceptor).transpose()?;
        let shared = Shared::open(config)?;
        spool::sweep(&shared);
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        if let Some(folder) = dropped {
            dropped::watch(Arc::clone(&shared), folder, stopped.clone())?;
        }
        let connections = Arc::new(Semaphore::new(shared.limits.connections));
        let accepting = tokio::spawn(accept(
            listener,
            tls,
            Arc::clone(&shared),
            Arc::clone(&connections),
            stopped,
        ));
        Ok(Self {
            address,
            writer: shared.writer.clone(),
            stop,
            accepting,
            connections_max: u32::try_from(shared.limits.connections).unwrap_or(u32::MAX),
            connections,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The writer, for acts of an administrator in this process.
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Stops accepting, lets requests under way end, writes what is queued and closes the database.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        drop(self.accepting.await);
        let all = self.connections.acquire_many(self.connections_max);
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!("connections were still open after the time of grace");
        }
        self.writer.stop().await;
    }
}

impl Shared {
    fn open(config: Config) -> Result<Arc<Self>> {
        let Config {
            db,
            listen: _,
            deployment,
            world,
            limits,
            keys,
            drop: _,
            files,
            tls: _,
            trusted_proxy,
        } = config;
        let mut core = Core::open(&db, Some(&deployment), Arc::clone(&world))?;
        if let Some(folder) = keys.filter(|folder| folder.is_dir())
            && let Some(files) = core.ensure_keys(&folder)?
        {
            tracing::warn!(root = %files.root.display(), recovery = %files.recovery.display(), "new keys: take these files away");
        }
        let secret = core.secret()?;
        let beside = match (files, db.file_name()) {
            (Some(folder), Some(name)) => folder.join(name),
            _ => db.clone(),
        };
        Ok(Arc::new(Self {
            writer: Writer::start(core, limits.queue)?,
            tokens: Tokens::new(secret),
            trusted_proxy,
            world,
            guard: guard::Guard::new(&limits),
            bodies: Arc::new(Semaphore::new(limits.bodies)),
            spools: Arc::new(Semaphore::new(limits.spools)),
            blobs: Blobs::beside(&beside),
            beside,
            db,
            readers: Mutex::default(),
            limits,
        }))
    }

    /// Lends a reader to `work`, on a thread that may block.
    pub(crate) async fn read<R: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Reader) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let shared = Arc::clone(self);
        blocking(move || {
            let idle = shared.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut reader = match idle {
                Some(reader) => reader,
                None => Reader::open(&shared.db)?,
            };
            let outcome = work(&mut reader)?; // After an error the connection is not used again.
            shared
                .readers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(reader);
            Ok(outcome)
        })
        .await
    }
}

/// Runs work that blocks or computes, away from the threads that serve sockets.
pub(crate) async fn blocking<R: Send + 'static>(work: impl FnOnce() -> Result<R> + Send + 'static) -> Result<R> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Error::Stopped),
    }
}

fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/enrol", post(people::enrol))
        .route("/v1/session", post(people::session))
        .route("/v1/ops", post(ops::ops))
        .route("/v1/receipts", get(ops::receipts))
        .route("/v1/changes", get(ops::changes))
        .route("/v1/digest", get(repair::digest))
        .route("/v1/snapshot", get(repair::snapshot))
        .route("/v1/keys", get(bundles::keys))
        .route("/v1/bundles", post(bundles::upload))
        .route("/v1/bundles/{id}", axum::routing::head(parts::offset).patch(parts::add))
        .route("/v1/bundles/{id}/receipt", get(bundles::receipt))
        .route("/bundles", get(page::form).post(page::take))
        .route("/bundles/{file}", get(page::receipt))
        .route(
            "/v1/blobs/{sha256}",
            get(blobs::read).head(blobs::offset).patch(blobs::add),
        )
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .fallback(|| async { body::problem(&Problem::new(ProblemCode::NotFound)) })
        .layer(DefaultBodyLimit::disable()) // Bodies are bounded where they are read.
        .with_state(shared)
}

/// Ready once the writer has answered a job.
async fn ready(axum::extract::State(shared): axum::extract::State<Arc<Shared>>) -> Response {
    match shared.writer.run(0, |_| Ok(())).await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => body::problem(&error.problem()),
    }
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    connections: Arc<Semaphore>,
    mut stopped: watch::Receiver<bool>,
) {
    let app = routes(Arc::clone(&shared));
    loop {
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = told(&mut stopped) => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                let app = app.clone().layer(axum::Extension(ConnectInfo(peer)));
                let (tls, within, stopped) = (tls.clone(), shared.limits.head_timeout, stopped.clone());
                tokio::spawn(async move {
                    drop(stream.set_nodelay(true)); // Answers are small and complete; waiting would add a round trip.
                    match tls {
                        None => serve(stream, app, within, permit, stopped).await,
                        Some(tls) => {
                            if let Some(stream) = tls::handshake(&tls, stream, within).await {
                                serve(stream, app, within, permit, stopped).await;
                            }
                        }
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await; // Out of file handles: let some close.
            }
        }
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    app: Router,
    head_timeout: Duration,
    permit: OwnedSemaphorePermit,
    mut stopped: watch::Receiver<bool>,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // A client that goes away is no fault of the centre.
        ended = connection.as_mut() => drop(ended),
        () = told(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            drop(connection.await);
        }
    }
    drop(permit);
}

/// Waits until the centre is to stop, or is gone.
async fn told(stopped: &mut watch::Receiver<bool>) {
    drop(stopped.wait_for(|stopped| *stopped).await);
}

impl Core {
    fn secret(&self) -> Result<[u8; 32]> {
        db::meta(self.db(), "secret")?.ok_or_else(|| Error::Damaged("the centre has no secret".into()))
    }
}
