//! The device's sync engine: plan (pure), push, pull, transport, back-off, status.
//!
//! **Invariants:** the only device crate with a socket. No transaction crosses an await: read, let go, talk, then write.
//! "Sent" means a receipt from the centre for that very operation, never an HTTP 200 (decision 2). Clocks decide nothing:
//! times from [`Environment`] are information for people.

mod ask_again;
mod backoff;
mod blobs;
pub mod bundle;
mod client;
mod engine;
mod enrol;
mod error;
mod incarnation;
mod invite;
mod keys;
mod link;
mod pace;
mod plan;
mod pull;
mod push;
mod repair;
mod round;
mod sealing;
mod status;
mod traffic;
mod transport;
mod trust;

pub use backoff::Backoff;
pub use blobs::PhotoSending;
pub use client::Client;
pub use engine::{Engine, EnrolProgress, Listener, Notice};
pub use enrol::{EnrolOffer, confirm, lookup, problem as enrol_problem};
pub use error::SyncError;
pub use hocvu_wire::enrol::read_code;
pub use invite::invite_code;
pub use keys::DeviceKeyPair;
pub use round::{Round, RoundReport};
pub use status::{Phase, Snapshot};
pub use transport::{
    BlobRequest, BlobResponse, BlobStep, Carrying, HttpTransport, LinkError, Request, Response, Transport, Transports,
    check_address,
};
pub use trust::{PINNED_FILE, Trust};

/// What the engine needs from the outside: time for people to read, and randomness. Tests pass their own.
pub trait Environment: Send + Sync {
    /// Now, RFC 3339 with the local offset.
    fn now(&self) -> String;
    /// Now, seconds since 1970.
    fn unix(&self) -> i64;
    /// `now` and so many seconds.
    fn in_seconds(&self, seconds: u64) -> String;
    /// Fills with unpredictable bytes.
    fn random(&self, bytes: &mut [u8]);
    /// What tells this machine from others; empty where nothing does.
    fn machine(&self) -> String {
        String::new()
    }
}
