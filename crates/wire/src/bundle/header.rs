//! The readable beginning of a file: all a carrier can read, and enough to check that it carries what it was given.

use std::fmt;
use std::io::Read;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::{BadBundle, RECEIPT_BYTES_MAX, SEALED_BYTES_MAX};
use crate::keys::KeyId;

/// A bundle: 16 random bytes, 32 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BundleId(pub [u8; 16]);

impl fmt::Display for BundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for BundleId {
    type Err = BadBundle;
    fn from_str(text: &str) -> Result<Self, BadBundle> {
        hex(text.as_bytes()).map(Self).ok_or(BadBundle::NotABundle)
    }
}

/// Which way a file travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `*.hvb`, to the centre.
    Bundle,
    /// `*.hvr`, back to the device.
    Receipt,
}

/// The header. Its text has a fixed form and length, so that a changed byte is always noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Which way it travels.
    pub kind: Kind,
    /// The bundle, also of a receipt for it.
    pub id: BundleId,
    /// The centre's key it is sealed to, or for a receipt signed with.
    pub key: KeyId,
    /// SHA-256 of the sealed part.
    pub sha256: [u8; 32],
    /// Bytes of the sealed part.
    pub size: u64,
}

const MAGIC: &str = "hocvu-";
const BUNDLE: &str = "hocvu-bundle  1\n";
const RECEIPT: &str = "hocvu-receipt 1\n";
/// Bytes of every header.
pub(super) const HEADER_BYTES: usize = 16 + 36 + 21 + 72 + 16 + 1;

impl Header {
    /// The text.
    pub fn render(&self) -> String {
        let Self {
            kind,
            id,
            key,
            sha256,
            size,
        } = self;
        let magic = match kind {
            Kind::Bundle => BUNDLE,
            Kind::Receipt => RECEIPT,
        };
        let hash: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{magic}id {id}\nkey {key}\nsha256 {hash}\nsize {size:010}\n\n")
    }

    /// Reads the text.
    ///
    /// # Errors
    /// [`BadBundle::NotABundle`], [`BadBundle::Newer`] or, over the size of its kind, [`BadBundle::TooLarge`].
    pub fn parse(bytes: &[u8; HEADER_BYTES]) -> Result<Self, BadBundle> {
        let kind = match &bytes[..16] {
            magic if magic == BUNDLE.as_bytes() => Kind::Bundle,
            magic if magic == RECEIPT.as_bytes() => Kind::Receipt,
            magic => return Err(stranger(magic)),
        };
        let read = || {
            Some(Self {
                kind,
                id: BundleId(hex(&bytes[19..51])?),
                key: KeyId(hex(&bytes[56..72])?),
                sha256: hex(&bytes[80..144])?,
                size: std::str::from_utf8(&bytes[150..160]).ok()?.parse().ok()?,
            })
        };
        let header = read().ok_or(BadBundle::Damaged)?;
        if header.render().as_bytes() != bytes {
            return Err(BadBundle::Damaged);
        }
        if header.size > header.size_max() {
            return Err(BadBundle::TooLarge);
        }
        Ok(header)
    }

    /// Bytes of the whole file.
    pub fn file_size(&self) -> u64 {
        self.size + HEADER_BYTES as u64
    }

    /// SHA-256 of the sealed part, hex.
    pub fn sha256_hex(&self) -> String {
        self.sha256.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn size_max(&self) -> u64 {
        match self.kind {
            Kind::Bundle => SEALED_BYTES_MAX,
            Kind::Receipt => RECEIPT_BYTES_MAX,
        }
    }
}

/// Reads the header only.
///
/// # Errors
/// As [`Header::parse`]; a file shorter than a header is no bundle.
pub fn inspect(mut file: impl Read) -> Result<Header, BadBundle> {
    let mut bytes = [0; HEADER_BYTES];
    let mut have = 0;
    while have < HEADER_BYTES {
        match file.read(&mut bytes[have..]) {
            Ok(0) => {
                let begun = bytes[..have.min(16)] == BUNDLE.as_bytes()[..have.min(16)]
                    || bytes[..have.min(16)] == RECEIPT.as_bytes()[..have.min(16)];
                let cut = have >= MAGIC.len() && begun;
                return Err(if cut { BadBundle::Damaged } else { BadBundle::NotABundle });
            }
            Ok(more) => have += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return Err(BadBundle::Unreadable),
        }
    }
    Header::parse(&bytes)
}

/// Reads header and sealed part and checks size and hash: what whoever carries the file can check, and what the author
/// checks before saying that the USB stick may be taken out.
///
/// # Errors
/// [`BadBundle`].
pub fn check(mut file: impl Read) -> Result<Header, BadBundle> {
    let header = inspect(&mut file)?;
    let (mut hash, mut size, mut chunk) = (Sha256::new(), 0_u64, vec![0; 64 * 1024]);
    loop {
        match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => {
                size += read as u64;
                if size > header.size {
                    return Err(BadBundle::Damaged);
                }
                hash.update(&chunk[..read]);
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return Err(BadBundle::Unreadable),
        }
    }
    let found: [u8; 32] = hash.finalize().into();
    if size == header.size && found == header.sha256 {
        Ok(header)
    } else {
        Err(BadBundle::Damaged)
    }
}

/// Another version of this format, or nothing of ours.
fn stranger(magic: &[u8]) -> BadBundle {
    let ours = [BUNDLE, RECEIPT]
        .iter()
        .any(|known| magic[..14] == known.as_bytes()[..14] && magic[15] == b'\n');
    if ours && magic[14].is_ascii_digit() {
        BadBundle::Newer
    } else {
        BadBundle::NotABundle
    }
}

fn hex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    if digits.len() != 2 * N {
        return None;
    }
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(bytes)
}
