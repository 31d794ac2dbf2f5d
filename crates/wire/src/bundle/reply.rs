use serde::{Deserialize, Serialize};

/// Media type of a bundle and of a receipt as they travel over HTTP.
pub const MEDIA_TYPE: &str = "application/vnd.hocvu.bundle";

/// `POST /v1/bundles` as JSON: a bundle that was sent before by `PATCH /v1/bundles/{sha256}`, chunk by chunk as photos are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleNamed {
    /// SHA-256 of the sealed part, hex.
    pub sha256: String,
}

/// Answer of `POST /v1/bundles`. A bundle that was read is always 200, taken or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleReply {
    /// The bundle's id.
    pub id: String,
    /// SHA-256 of its sealed part, hex.
    pub sha256: String,
    /// What became of it.
    #[serde(flatten)]
    pub status: BundleStatus,
}

/// What became of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "st", rename_all = "snake_case")]
pub enum BundleStatus {
    /// Every authentic operation of it is on the centre's disk, now or from before. How many there are is for its device
    /// alone (I17).
    Stored,
    /// Not taken; carrying it again changes nothing.
    Refused {
        /// A code of [`super::BadBundle`].
        c: String,
    },
}
