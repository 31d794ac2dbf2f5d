//! The store through its public functions, on real encrypted files.
#![allow(clippy::unwrap_used)]

mod ask_again;
mod conflicts;
mod file;
mod flows;
mod fold;
mod forks;
mod kit;
mod outbox;
mod photos;
mod search;
mod things;
