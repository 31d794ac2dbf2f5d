//! What must hold, told by code that shares nothing with what it judges but the JSON reader and SHA-256.

mod feed;
mod fold;
mod lost;
mod replicas;
mod rights;
mod rows;
mod units;

use sha2::{Digest, Sha256};

pub use feed::completeness;
pub use fold::{Record, Refold, refold};
pub use lost::{nothing_lost, says_the_same};
pub use replicas::{conservation, durable_receipts, replicas_agree};
pub use rights::{Book, held_for_a_reason, revoked_is_set_aside, within_grants};
pub use rows::{Row, rows};
pub use units::{books_agree, units_are_a_fold, units_said};

use crate::Violation;

/// SHA-256.
pub fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// A violation found by a question to a database that could not be asked.
fn unreadable(oracle: &'static str) -> impl Fn(rusqlite::Error) -> Violation {
    move |error| Violation::new(oracle, format!("the centre cannot be read: {error}"))
}
