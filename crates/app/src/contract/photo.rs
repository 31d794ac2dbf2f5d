use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of `photo.add`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PhotoAddInput {
    /// A saved session to add it to at once; null for a form, which names the photo when it is saved.
    pub record_id: Option<String>,
    /// A picture file of any size (JPEG, PNG, WebP), base64. Bytes, not a path: what shows screens reads no files.
    pub data: String,
    /// What is to be seen.
    pub caption: String,
}

/// Where a photo of a session stands. `sent` is counted from what the centre confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PhotoState {
    /// On this machine; the centre does not have all of it.
    Waiting,
    /// The centre has it.
    Sent,
    /// The centre refuses it.
    Refused,
    /// Of another machine, or given up here for room: `photo.fetch` gets it.
    Absent,
    /// Asked for; it comes with the next link.
    Fetching,
    /// Asked for, and the centre does not have it (yet).
    Unavailable,
}

/// A photo of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PhotoView {
    /// 64 hex digits: the name of the bytes.
    pub sha256: String,
    /// Bytes.
    pub size: u32,
    /// What is to be seen; may be empty.
    pub caption: String,
    /// Where it stands.
    pub state: PhotoState,
    /// Bytes the centre confirmed.
    pub confirmed: u32,
    /// Whether its bytes are here: `photo.read` shows it.
    pub here: bool,
}

/// The photos of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PhotosView {
    /// In the session's order.
    pub photos: Vec<PhotoView>,
    /// How many of them the centre has.
    pub sent: u32,
}

/// Input of `photo.read`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PhotoInput {
    /// The photo.
    pub sha256: String,
}

/// Input of `photo.fetch` and `photo.remove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionPhotoInput {
    /// The session.
    pub id: String,
    /// One of its photos.
    pub sha256: String,
}

/// A photo to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PhotoData {
    /// `data:image/jpeg;base64,…`
    pub url: String,
}

/// Photos of this machine, counted from what the centre confirmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PhotoTally {
    /// Photos that saved sessions name or named.
    pub total: u32,
    /// The centre has them.
    pub sent: u32,
    /// The centre refuses them.
    pub refused: u32,
}

/// When photos are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PhotoSending {
    /// Whenever there is a link, after everything else.
    #[default]
    On,
    /// Never.
    Off,
    /// Only while the link is good.
    GoodLink,
}
