//! The lane without a network: bundles out to a stick or a chat, receipts back in, other devices' bundles passed on.
//!
//! **Invariants:** exporting changes no operation's state (I18); a file counts once it was read again and found whole; what
//! a device carries for others it can neither read nor lose before the centre has it.

mod carry;
mod export;
mod import;
mod medium;
mod salvage;
mod second_place;
mod trust;

pub use export::{ExportReason, Exporter, Written};
pub use import::{Taken, TakenOutcome, import, write_receipts};
pub use medium::{Disk, Medium, MediumFile};
pub use salvage::{Salvaged, salvage};
pub use second_place::{SecondPlace, keep_second_place, second_place, set_second_place};
pub use trust::has_keys;

pub(crate) use carry::KEYS_ASKED;
pub(crate) use trust::believe;

use std::io;

use hocvu_wire::bundle::BadBundle;

/// Why an export or import did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The data file.
    #[error(transparent)]
    Store(#[from] hocvu_store::Error),
    /// Something a person can mend: a sentence `usb_problem_<code>`.
    #[error("problem {0}")]
    Problem(&'static str),
}

impl From<BadBundle> for Trouble {
    fn from(bad: BadBundle) -> Self {
        Self::Problem(bad.code())
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Problem(match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => "full",
            io::ErrorKind::NotFound => "no_folder",
            _ => "unreadable",
        })
    }
}
