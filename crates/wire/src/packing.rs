//! Bodies on a poor link: JSON in zstd at level 19 with a 1 MiB window and a dictionary both sides ship.
//!
//! CPU is free beside a 64 kbit/s line. The dictionary is `assets/wire/v1.dict`; a new one is a new media type.

use std::io::{Read, Write};

use crate::limits;

/// Trained on synthetic frames by `cargo xtask codegen --dictionary`; released dictionaries never change.
const DICTIONARY: &[u8] = include_bytes!("../../../assets/wire/v1.dict");
const LEVEL: i32 = 19;
/// Both sides keep at most this much: 2^20 bytes.
const WINDOW_LOG: u32 = 20;

/// A body cannot be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPack {
    /// Not a packed body of this version.
    #[error("not a packed body")]
    Malformed,
    /// More than [`limits::BODY_UNPACKED_MAX`] inside.
    #[error("too large when unpacked")]
    TooLarge,
}

/// Packs a request's body, whose `Content-Digest` covers it.
pub fn pack(body: &[u8]) -> Vec<u8> {
    pack_with(body, false)
}

/// Packs an answer's body with a checksum inside, four bytes: an answer damaged on the way must not pass for a receipt.
pub fn pack_answer(body: &[u8]) -> Vec<u8> {
    pack_with(body, true)
}

fn pack_with(body: &[u8], checksum: bool) -> Vec<u8> {
    let packed = || -> std::io::Result<Vec<u8>> {
        let mut encoder = zstd::stream::Encoder::with_dictionary(Vec::new(), LEVEL, DICTIONARY)?;
        encoder.window_log(WINDOW_LOG)?;
        encoder.include_checksum(checksum)?;
        encoder.include_contentsize(true)?;
        encoder.set_pledged_src_size(Some(body.len() as u64))?;
        encoder.write_all(body)?;
        encoder.finish()
    };
    packed().expect("packing into memory cannot fail")
}

/// Unpacks a body, never holding more than the limit.
///
/// # Errors
/// [`BadPack::Malformed`] or [`BadPack::TooLarge`].
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, BadPack> {
    let mut decoder = zstd::stream::Decoder::with_dictionary(packed, DICTIONARY).map_err(|_| BadPack::Malformed)?;
    decoder.window_log_max(WINDOW_LOG).map_err(|_| BadPack::Malformed)?;
    let mut body = Vec::new();
    let limit = limits::BODY_UNPACKED_MAX as u64 + 1;
    decoder
        .single_frame()
        .take(limit)
        .read_to_end(&mut body)
        .map_err(|_| BadPack::Malformed)?;
    if body.len() > limits::BODY_UNPACKED_MAX {
        Err(BadPack::TooLarge)
    } else {
        Ok(body)
    }
}

/// The value of `Content-Digest` (RFC 9530) for a body as it travels.
pub fn content_digest(body: &[u8]) -> String {
    use base64::Engine;
    use sha2::{Digest, Sha256};
    format!(
        "sha-256=:{}:",
        base64::engine::general_purpose::STANDARD.encode(Sha256::digest(body))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let body = br#"{"frames":[{"p":"{}","s":"x"}]}"#;
        assert_eq!(unpack(&pack(body)).as_deref(), Ok(body.as_slice()));
        assert_eq!(unpack(b"garbage"), Err(BadPack::Malformed));
        let packed = pack(body);
        assert_eq!(
            unpack(&packed[..packed.len() - 1]),
            Err(BadPack::Malformed),
            "a cut body is no body"
        );
    }

    #[test]
    fn no_answer_with_a_turned_bit_is_read() {
        let body =
            br#"{"epoch":"e1","r":[{"st":"stored","from":1,"to":41,"fseq":90171,"v":"accepted"}],"have":[[1,41]]}"#;
        let packed = pack_answer(body);
        assert_eq!(unpack(&packed).as_deref(), Ok(body.as_slice()));
        for bit in 0..packed.len() * 8 {
            let mut damaged = packed.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let read = unpack(&damaged);
            assert!(read.is_err() || read.as_deref() == Ok(body.as_slice()), "bit {bit}");
        }
    }

    #[test]
    fn i19_a_bomb_is_refused_while_it_is_still_small() {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).expect("an encoder");
        encoder.window_log(WINDOW_LOG).expect("a legal window");
        std::io::copy(&mut std::io::repeat(0).take(1 << 28), &mut encoder).expect("memory");
        let bomb = encoder.finish().expect("memory");
        assert!(bomb.len() < limits::BODY_PACKED_MAX, "it would pass the outer limit");
        assert_eq!(unpack(&bomb), Err(BadPack::TooLarge));
    }
}
