//! `HEAD`, `PATCH` and `GET /v1/blobs/{sha256}`: photos by byte offset, in a lane of their own.
//!
//! `HEAD` says in [`UPLOAD_OFFSET`] how much the centre has; `PATCH` adds a chunk there, with `Content-Digest`, and is
//! answered with the new offset; all bytes there means the photo is stored. A wrong offset is `OFFSET_MISMATCH` with the
//! right one; content that is no photo is `PHOTO_REFUSED`. `GET` takes a `Range`.

use hocvu_model::session::PhotoId;

/// Header: bytes the centre has. In a `PATCH`: where its chunk belongs.
pub const UPLOAD_OFFSET: &str = "upload-offset";
/// Media type of a chunk.
pub const CHUNK: &str = "application/offset+octet-stream";
/// Bytes of one chunk at most: eight seconds at 64 kbit/s, the most a cut may waste.
pub const CHUNK_BYTES_MAX: usize = 64 * 1024;

/// Path of a photo.
pub fn path(id: PhotoId) -> String {
    format!("/v1/blobs/{id}")
}
