//! How a centre is started, and what one client may ask of it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

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
}

impl Config {
    /// A centre on loopback at a free port, with the limits of a released one.
    pub fn new(db: impl Into<PathBuf>, deployment: impl Into<String>, world: Arc<dyn World>) -> Self {
        Self {
            db: db.into(),
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
    /// Wrong enrolment codes from one address, or with one beginning, before both must wait.
    pub enrol_tries: u32,
    /// How long they wait.
    pub enrol_pause: Duration,
    /// Open connections; more wait unaccepted.
    pub connections: usize,
    /// Bodies unpacked and read at once: bounds memory (I19).
    pub bodies: usize,
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
            enrol_tries: 5,
            enrol_pause: Duration::from_secs(15 * 60),
            connections: 2_000,
            bodies: 64,
            queue: 256,
            head_timeout: Duration::from_secs(30),
            body_stall: Duration::from_secs(60),
            body_timeout: Duration::from_secs(600),
        }
    }
}
