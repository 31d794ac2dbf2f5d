//! Frames: 1–64 consecutive operations of one log, sealed once: exact JSON text and one Ed25519 signature over it.
//!
//! A frame is stored verbatim on both sides, never cut again and never re-serialised to be verified.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hocvu_model::ids::LogId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{b64, limits};

/// What is signed before the text, so that a signature made for one purpose serves no other.
const DOMAIN: &[u8] = b"hocvu-frame-v1\0";

/// A frame as it travels and as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedFrame {
    /// The exact text.
    pub p: String,
    /// Ed25519 signature, base64url.
    pub s: String,
}

/// A frame's text, read.
#[derive(Debug, Clone, Deserialize)]
pub struct FrameText<'a> {
    /// Version of the frame format.
    pub v: u32,
    /// The deployment it is meant for: a frame aimed at one centre is nothing at another.
    #[serde(borrow)]
    pub dep: std::borrow::Cow<'a, str>,
    /// The log.
    pub log: LogId,
    /// Number of the first operation.
    pub from: u64,
    /// The user who wrote them.
    #[serde(borrow)]
    pub by: std::borrow::Cow<'a, str>,
    /// The operations' exact texts.
    #[serde(borrow)]
    pub ops: Vec<&'a RawValue>,
}

/// Why a frame cannot be stored. The code goes back by frame index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// Not a frame at all.
    #[error("not a frame")]
    Malformed,
    /// More operations or bytes than allowed.
    #[error("frame too large")]
    TooLarge,
    /// A frame for another deployment.
    #[error("frame of another deployment")]
    WrongDeployment,
    /// The signature is not the device's.
    #[error("bad signature")]
    BadSignature,
}

impl BadFrame {
    /// The code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "FRAME_MALFORMED",
            Self::TooLarge => "FRAME_TOO_LARGE",
            Self::WrongDeployment => "WRONG_DEPLOYMENT",
            Self::BadSignature => "BAD_SIGNATURE",
        }
    }
}

/// Seals operations `from…` of a log into a frame.
pub fn seal(key: &SigningKey, dep: &str, log: LogId, by: &str, from: u64, ops: &[&str]) -> SealedFrame {
    let mut text = format!(
        "{{\"v\":1,\"dep\":{},\"log\":\"{log}\",\"from\":{from},\"by\":{},\"ops\":[",
        serde_json::Value::from(dep),
        serde_json::Value::from(by)
    );
    text.push_str(&ops.join(","));
    text.push_str("]}");
    let signature = key.sign(&signed_bytes(&text));
    SealedFrame {
        p: text,
        s: b64::encode(signature.to_bytes()),
    }
}

impl SealedFrame {
    /// Reads the text and checks its sizes; the signature is checked by [`SealedFrame::verify`], once the log has told
    /// whose it must be.
    ///
    /// # Errors
    /// [`BadFrame::Malformed`], [`BadFrame::TooLarge`] or [`BadFrame::WrongDeployment`].
    pub fn read(&self, dep: &str) -> Result<FrameText<'_>, BadFrame> {
        if self.p.len() > limits::FRAME_BYTES_MAX {
            return Err(BadFrame::TooLarge);
        }
        let frame: FrameText<'_> = serde_json::from_str(&self.p).map_err(|_| BadFrame::Malformed)?;
        if frame.v != 1 || frame.from == 0 || frame.ops.is_empty() {
            return Err(BadFrame::Malformed);
        }
        if frame.dep != dep {
            return Err(BadFrame::WrongDeployment);
        }
        if frame.ops.len() > limits::FRAME_OPS_MAX {
            return Err(BadFrame::TooLarge);
        }
        Ok(frame)
    }

    /// Checks the signature, strictly (no malleable forms).
    ///
    /// # Errors
    /// [`BadFrame::BadSignature`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), BadFrame> {
        let signature = b64::decode::<64>(&self.s).ok_or(BadFrame::BadSignature)?;
        key.verify_strict(&signed_bytes(&self.p), &Signature::from_bytes(&signature))
            .map_err(|_| BadFrame::BadSignature)
    }
}

/// How many of `lengths` (operation texts, bytes) fit one frame together, at least one.
pub fn fitting(lengths: impl IntoIterator<Item = usize>) -> usize {
    const HEADER_BYTES: usize = 256;
    let mut bytes = HEADER_BYTES;
    let fits = lengths.into_iter().take(limits::FRAME_OPS_MAX).take_while(|length| {
        bytes += length + 1;
        bytes <= limits::FRAME_BYTES_MAX
    });
    fits.count().max(1)
}

fn signed_bytes(text: &str) -> Vec<u8> {
    [DOMAIN, text.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn log() -> LogId {
        LogId([3; 16])
    }

    #[test]
    fn a_frame_is_read_and_verified_as_sealed() {
        let frame = seal(
            &key(),
            "vl",
            log(),
            "usr \"1\"",
            41,
            &[r#"{"k":"put"}"#, r#"{"k":"void"}"#],
        );
        let text = frame.read("vl").expect("own frame");
        assert_eq!(
            (text.from, text.ops.len(), text.ops[1].get()),
            (41, 2, r#"{"k":"void"}"#)
        );
        assert_eq!(text.by, "usr \"1\"");
        assert_eq!(frame.verify(&key().verifying_key()), Ok(()));
        assert_eq!(frame.read("other").err(), Some(BadFrame::WrongDeployment));
        assert_eq!(
            frame.verify(&SigningKey::from_bytes(&[8; 32]).verifying_key()),
            Err(BadFrame::BadSignature)
        );
    }

    #[test]
    fn every_flipped_byte_is_noticed() {
        let frame = seal(&key(), "vl", log(), "u", 1, &[r#"{"k":"put"}"#]);
        for at in 0..frame.p.len() {
            let mut bytes = frame.p.clone().into_bytes();
            bytes[at] ^= 1;
            if let Ok(text) = String::from_utf8(bytes) {
                let altered = SealedFrame {
                    p: text,
                    s: frame.s.clone(),
                };
                assert_eq!(
                    altered.verify(&key().verifying_key()),
                    Err(BadFrame::BadSignature),
                    "byte {at}"
                );
            }
        }
    }

    #[test]
    fn sizes_are_held() {
        let many = vec!["{}"; limits::FRAME_OPS_MAX + 1];
        assert_eq!(
            seal(&key(), "vl", log(), "u", 1, &many).read("vl").err(),
            Some(BadFrame::TooLarge)
        );
        let big = format!("\"{}\"", "a".repeat(limits::FRAME_BYTES_MAX));
        assert_eq!(
            seal(&key(), "vl", log(), "u", 1, &[&big]).read("vl").err(),
            Some(BadFrame::TooLarge)
        );
        assert_eq!(fitting(vec![1000; 200]), 64);
        assert_eq!(fitting(vec![20_000; 9]), 3);
        assert_eq!(
            fitting(vec![90_000]),
            1,
            "an operation too large for any frame still travels, to be refused by name"
        );
    }
}
