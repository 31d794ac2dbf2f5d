//! USB and chat: bundles out, receipts and other machines' bundles in, the second place. All of it works without a network.

mod export;
mod import;
mod list;
mod salvage;

pub use export::Export;
pub use import::{Import, WriteReceipts};
pub use list::{List, WriteSecondPlace};
pub use salvage::{Salvage, SalvageReport};

use hocvu_sync::bundle::Trouble;

use crate::error::Error;

/// What a person can mend becomes a sentence; a failing data file stays an error.
fn problem(trouble: Trouble) -> Result<String, Error> {
    match trouble {
        Trouble::Problem(code) => Ok(code.to_owned()),
        Trouble::Store(error) => Err(error.into()),
    }
}
