//! The protocol between a device and the centre: frames, batches, verdicts, problems, limits.
//!
//! **Invariant:** these are the only serde types two machines share, and they change by addition only. HTTP status speaks
//! of the request; results speak of operations; a parsed batch is always 200.

pub mod batch;
pub mod blobs;
pub mod bundle;
pub mod changes;
pub mod digest;
pub mod enrol;
pub mod frame;
pub mod keys;
pub mod limits;
pub mod packing;
pub mod problem;
pub mod session;

/// Version of the protocol this build speaks, as in the path `/v1/…`.
pub const VERSION: u32 = 1;

/// Media type of a packed body: JSON in zstd with the shared dictionary of this version.
pub const PACKED: &str = "application/vnd.hocvu.v1+zstd";

/// `base64url` without padding: how keys, signatures and tokens are written.
pub mod b64 {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    /// Bytes to text.
    pub fn encode(bytes: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Text to exactly `N` bytes, or nothing.
    pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
    }
}
