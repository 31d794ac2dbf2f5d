//! How a centre is started, and what one client may ask of it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::http::TlsFiles;
use crate::world::World;

/// Everything a centre needs to start.
#[derive(Clone)]
pub struct Config {
    /// The database; made when absent.
    pub db: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Name of the deployment, part of every frame. A database keeps the one it was made with.
    pub deployment: String,
    /// Time and randomness.
    pub world: Arc<dyn World>,
    /// What one client may ask.
    pub limits: Limits,
    /// Where the files with the root and recovery keys go when the centre has no keys yet; none leaves it without.
    pub keys: Option<PathBuf>,
    /// A folder whose bundles are taken.
    pub drop: Option<PathBuf>,
    /// The folder of photos and of bundles on their way in, when they are not to lie beside the database.
    pub files: Option<PathBuf>,
    /// The proxy whose word on a client's address is taken (`X-Forwarded-For`); anybody else's is not.
    pub trusted_proxy: Option<IpAddr>,
    /// Its own certificate; without one a proxy speaks TLS for it.
    pub tls: Option<TlsFiles>,
}

impl Config {
    /// A centre on loopback at a free port, with the limits of a released one.
    pub fn new(db: impl Into<PathBuf>, deployment: impl Into<String>, world: Arc<dyn World>) -> Self {
        let db = db.into();
        Self {
            keys: db.parent().map(|folder| {
                if folder.as_os_str().is_empty() {
                    ".".into()
                } else {
                    folder.into()
                }
            }),
            drop: None,
            files: None,
            tls: None,
            trusted_proxy: None,
            db,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            deployment: deployment.into(),
            world,
            limits: Limits::default(),
        }
    }
}

/// Limits that an operator may change; those of the protocol are in [`hocvu_wire::limits`].
#[derive(Debug, Clone)]
pub struct Limits {
    /// Requests of one device in a minute. Generous: a first import sends hundreds of batches.
    pub requests_per_minute: u32,
    /// Operations of one device in an hour; `None` while bulk imports exist.
    pub operations_per_hour: Option<u32>,
    /// Bytes of photos of one device in an hour: more than a hundred sessions with three photos each.
    pub photo_bytes_per_hour: u32,
    /// Wrong enrolment codes from one address, or with one beginning, before both must wait.
    pub enrol_tries: u32,
    /// How long they wait.
    pub enrol_pause: Duration,
    /// Open connections; more wait unaccepted.
    pub connections: usize,
    /// Bodies unpacked and read at once: bounds memory (I19).
    pub bodies: usize,
    /// Bundles received at once: bounds what lies on the disk unchecked.
    pub spools: usize,
    /// Files one address may hand in without a token in a quarter of an hour.
    pub uploads: u32,
    /// Jobs waiting for the writer before clients are told to come back.
    pub queue: usize,
    /// For the head of a request to arrive.
    pub head_timeout: Duration,
    /// For the next piece of a body to arrive: progress, not total, since 256 KiB take two minutes at 16 kbit/s.
    pub body_stall: Duration,
    /// For a whole body: a client that drips one byte at a time is cut off.
    pub body_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests_per_minute: 600,
            operations_per_hour: None,
            photo_bytes_per_hour: 64 * 1024 * 1024,
            enrol_tries: 5,
            enrol_pause: Duration::from_secs(15 * 60),
            connections: 2_000,
            bodies: 64,
            spools: 8,
            uploads: 60,
            queue: 256,
            head_timeout: Duration::from_secs(30),
            body_stall: Duration::from_secs(60),
            body_timeout: Duration::from_secs(600),
        }
    }
}
