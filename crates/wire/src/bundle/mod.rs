//! Bundles for USB and chat: `*.hvb` carries frames and blobs to the centre, `*.hvr` carries receipts back.
//!
//! A file is a readable [`Header`] (kind, id, key, SHA-256 and size of what follows) and then an age file of zstd of items
//! with lengths: frames, blobs, last a manifest that the device signed over all of them. There are no paths inside.
//! **Invariant (I17):** whoever carries a file learns its id and size; a file of which any byte was changed, cut off or
//! aimed elsewhere opens as an error and nothing of it is used. Opening costs bounded memory and work (I19).

mod header;
mod items;
mod opened;
mod receipt;
mod reply;
mod seal;
mod writer;

#[cfg(test)]
mod tests;

pub use header::{BundleId, Header, Kind, check, inspect};
pub use items::{Item, Items};
pub use opened::{Manifest, Opened, open};
pub use receipt::{Receipt, ReceiptFrame, SealedReceipt, frame_digest, open_receipt, seal_receipt};
pub use reply::{BundleNamed, BundleReply, BundleStatus, MEDIA_TYPE};
pub use writer::Writer;

/// The sealed part of a bundle, bytes: what a chat service and an old USB stick carry without trouble.
pub const SEALED_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Everything inside a bundle once unpacked, bytes: text unpacks to more than it travels as, photos do not.
pub const INNER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// One blob, bytes. A photo has 150 KiB.
pub const BLOB_BYTES_MAX: usize = 512 * 1024;
/// The sealed part of a receipt, bytes: a full bundle of frames of one operation each has some 1 MiB of digests.
pub const RECEIPT_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// A receipt once unpacked, bytes.
pub const RECEIPT_INNER_MAX: u64 = 16 * 1024 * 1024;
/// How the name of a bundle's file ends.
pub const BUNDLE_SUFFIX: &str = ".hvb";
/// How the name of a receipt's file ends.
pub const RECEIPT_SUFFIX: &str = ".hvr";

/// Why a file is not taken. Each is a sentence for people, `usb_problem_<code>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum BadBundle {
    /// Something else altogether.
    #[error("not a bundle")]
    NotABundle,
    /// Of a later version of the format.
    #[error("a bundle of a later version")]
    Newer,
    /// Changed or cut off on the way.
    #[error("the bundle is damaged")]
    Damaged,
    /// Over a limit of this module.
    #[error("the bundle is too large")]
    TooLarge,
    /// Sealed to a key this reader does not have, or made for another deployment.
    #[error("the bundle is for another place")]
    OtherPlace,
    /// The device that signed it is not known here, or did not sign it.
    #[error("the bundle is not signed by a device known here")]
    BadSignature,
    /// Signed with a key that was replaced since: ask for it again.
    #[error("signed with a key that was replaced")]
    OldKey,
    /// The medium cannot be read.
    #[error("the medium cannot be read")]
    Unreadable,
}

/// Every reason a file is not taken.
const ALL: [BadBundle; 8] = [
    BadBundle::NotABundle,
    BadBundle::Newer,
    BadBundle::Damaged,
    BadBundle::TooLarge,
    BadBundle::OtherPlace,
    BadBundle::BadSignature,
    BadBundle::OldKey,
    BadBundle::Unreadable,
];

impl BadBundle {
    /// The reason with this code.
    pub fn parse(code: &str) -> Option<Self> {
        ALL.into_iter().find(|bad| bad.code() == code)
    }

    /// The code, as in problems and sentences.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotABundle => "not_a_bundle",
            Self::Newer => "newer",
            Self::Damaged => "damaged",
            Self::TooLarge => "too_large",
            Self::OtherPlace => "other_place",
            Self::BadSignature => "bad_signature",
            Self::OldKey => "old_key",
            Self::Unreadable => "unreadable",
        }
    }
}
