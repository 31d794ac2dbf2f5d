//! The centre of Sổ Học Vụ Số: takes signed operations, judges each, keeps every authentic one, serves the feed.
//!
//! **Invariants:** no acknowledgement leaves before its commit (I4); the centre discards no authentic work; clocks decide
//! no verdict; one thread writes, everybody else reads. The world (time, randomness) comes in as an argument.
//!
//! A batch travels: `http` reads the request → [`intake`] parses and verifies it → the [`writer`]'s desk judges and stores
//! it → `http` answers. [`Core`] is the same without a socket and a thread.

mod audit;
pub mod blobs;
pub mod bundles;
pub mod cli;
mod config;
mod db;
mod desk;
pub mod directory;
mod error;
mod feed;
pub mod figures;
pub mod fold;
pub mod history;
mod http;
pub mod intake;
pub mod judge;
pub mod keys;
pub mod lists;
pub mod mirror;
pub mod progress;
mod ranges;
pub mod reading;
mod receipts;
mod refold;
pub mod tokens;
pub mod verify;
pub mod world;
mod writer;

pub use config::{Config, Limits};
pub use desk::{Authored, Core, Desk, NewCode};
pub use error::{Error, Result};
pub use feed::Reader;
pub use http::{Answer, Centre, Local, TlsFiles};
pub use writer::Writer;
