//! The inside of a bundle: items of one letter, a length and that many bytes. The manifest is the last.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use super::{BLOB_BYTES_MAX, BadBundle};
use crate::frame::SealedFrame;
use crate::limits;

pub(super) const FRAME: u8 = b'F';
pub(super) const BLOB: u8 = b'B';
pub(super) const MANIFEST: u8 = b'M';
/// A frame as JSON in JSON: every character may be escaped, and the signature comes with it.
const FRAME_ITEM_MAX: usize = 2 * limits::FRAME_BYTES_MAX + 1024;
/// A manifest has under 400 bytes.
const MANIFEST_ITEM_MAX: usize = 4 * 1024;

/// One thing inside a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A frame, not yet verified: that is the centre's intake, as for one that came over the network.
    Frame(SealedFrame),
    /// A blob whose bytes have this SHA-256.
    Blob {
        /// Its name.
        sha256: [u8; 32],
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

/// What was read: an item, or the manifest, which ends them.
pub(super) enum Next {
    Item(Item),
    Manifest(Vec<u8>),
}

/// Reads items one after the other and hashes them as it goes.
pub(super) struct Reader<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
        }
    }

    pub(super) fn next(&mut self) -> Result<Next, BadBundle> {
        let mut head = [0; 5];
        self.inner.read_exact(&mut head).map_err(damage)?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let max = match head[0] {
            FRAME => FRAME_ITEM_MAX,
            BLOB => BLOB_BYTES_MAX,
            MANIFEST => MANIFEST_ITEM_MAX,
            _ => return Err(BadBundle::Newer),
        };
        if length > max {
            return Err(BadBundle::TooLarge);
        }
        let mut bytes = vec![0; length];
        self.inner.read_exact(&mut bytes).map_err(damage)?;
        if head[0] == MANIFEST {
            return Ok(Next::Manifest(bytes));
        }
        self.hash.update(head);
        self.hash.update(&bytes);
        Ok(Next::Item(if head[0] == FRAME {
            Item::Frame(serde_json::from_slice(&bytes).map_err(|_| BadBundle::Damaged)?)
        } else {
            Item::Blob {
                sha256: Sha256::digest(&bytes).into(),
                bytes,
            }
        }))
    }

    /// The hash of all items, once nothing follows the manifest.
    pub(super) fn end(mut self) -> Result<[u8; 32], BadBundle> {
        let mut one = [0];
        match self.inner.read(&mut one).map_err(damage)? {
            0 => Ok(self.hash.finalize().into()),
            _ => Err(BadBundle::Damaged),
        }
    }
}

/// The items of a bundle that [`super::open`] has found good, read again.
pub struct Items<'a> {
    pub(super) reader: Reader<Box<dyn Read + 'a>>,
    pub(super) ended: bool,
}

impl Iterator for Items<'_> {
    type Item = Result<Item, BadBundle>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.reader.next() {
            Ok(Next::Item(item)) => Some(Ok(item)),
            Ok(Next::Manifest(_)) => {
                self.ended = true;
                None
            }
            Err(bad) => {
                self.ended = true;
                Some(Err(bad))
            }
        }
    }
}

/// The letter and length of an item; the bytes follow.
pub(super) fn head(letter: u8, length: usize) -> io::Result<[u8; 5]> {
    let length = u32::try_from(length).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
    let [a, b, c, d] = length.to_be_bytes();
    Ok([letter, a, b, c, d])
}

fn damage(error: io::Error) -> BadBundle {
    if error.kind() == io::ErrorKind::FileTooLarge {
        BadBundle::TooLarge
    } else {
        BadBundle::Damaged
    }
}
