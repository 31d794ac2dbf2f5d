//! Writes a bundle to a file, in one pass and little memory.

use std::io::{self, Seek, SeekFrom, Write};
use std::sync::{Arc, OnceLock};

use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};

use super::header::{BundleId, HEADER_BYTES, Header, Kind};
use super::items::{BLOB, FRAME, MANIFEST, head};
use super::opened::{Manifest, manifest_bytes};
use super::seal::Sealing;
use super::{BLOB_BYTES_MAX, SEALED_BYTES_MAX};
use crate::b64;
use crate::frame::SealedFrame;
use crate::keys::{KeyId, KeySet};

/// A bundle being written. Nothing of it counts before [`Writer::finish`].
pub struct Writer<W: Write + Seek> {
    sealing: Sealing<Counted<W>>,
    hash: Sha256,
    id: BundleId,
    key: KeyId,
    frames: u32,
    blobs: u32,
    inner: u64,
    refused: Arc<OnceLock<io::ErrorKind>>,
}

/// What went by: its hash and size.
struct Counted<W> {
    out: W,
    /// Why the medium refused: what lies between forgets the kind.
    refused: Arc<OnceLock<io::ErrorKind>>,
    hash: Sha256,
    size: u64,
}

impl<W: Write + Seek> Writer<W> {
    /// Begins a bundle in `out`, sealed to the centre and to its recovery key; `id` is unpredictable.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn new(mut out: W, id: BundleId, keys: &KeySet) -> io::Result<Self> {
        out.write_all(&[b' '; HEADER_BYTES])?; // Written last: before that the file is no bundle.
        let refused = Arc::new(OnceLock::new());
        let counted = Counted {
            out,
            refused: Arc::clone(&refused),
            hash: Sha256::new(),
            size: 0,
        };
        Ok(Self {
            sealing: Sealing::new(counted, &[&keys.seal, &keys.recovery]).map_err(|error| cause(&refused, error))?,
            hash: Sha256::new(),
            id,
            key: keys.seal.id(),
            frames: 0,
            blobs: 0,
            inner: 0,
            refused,
        })
    }

    /// Adds a frame as it was signed.
    ///
    /// # Errors
    /// The file cannot be written, or is full ([`io::ErrorKind::FileTooLarge`]).
    pub fn frame(&mut self, frame: &SealedFrame) -> io::Result<()> {
        self.frames += 1;
        let json = serde_json::to_vec(frame).expect("plain data is always JSON");
        self.item(FRAME, &json)
    }

    /// Adds a blob.
    ///
    /// # Errors
    /// As [`Writer::frame`]; [`io::ErrorKind::InvalidInput`] over [`BLOB_BYTES_MAX`].
    pub fn blob(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() > BLOB_BYTES_MAX {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.blobs += 1;
        self.item(BLOB, bytes)
    }

    /// Bytes inside so far, before packing: stop well before [`SEALED_BYTES_MAX`] and begin another bundle.
    pub fn inner_size(&self) -> u64 {
        self.inner
    }

    /// Signs what is inside for the device, seals and writes the header. The caller syncs the file.
    ///
    /// # Errors
    /// As [`Writer::frame`].
    pub fn finish(mut self, dep: &str, device: &str, at: &str, key: &SigningKey) -> io::Result<(Header, W)> {
        let content: [u8; 32] = std::mem::take(&mut self.hash).finalize().into();
        let manifest = Manifest {
            v: 1,
            dep: dep.to_owned(),
            device: device.to_owned(),
            bundle: self.id.to_string(),
            key: self.key.to_string(),
            at: at.to_owned(),
            frames: self.frames,
            blobs: self.blobs,
            content: b64::encode(content),
        };
        let p = serde_json::to_string(&manifest).expect("plain data is always JSON");
        let s = b64::encode(key.sign(&manifest_bytes(&p)).to_bytes());
        let signed = serde_json::to_vec(&SealedFrame { p, s }).expect("plain data is always JSON");
        let refused = self.refused;
        let sealed = self
            .sealing
            .write_all(&head(MANIFEST, signed.len())?)
            .and_then(|()| self.sealing.write_all(&signed))
            .and_then(|()| self.sealing.finish());
        let Counted {
            mut out, hash, size, ..
        } = sealed.map_err(|error| cause(&refused, error))?;
        let header = Header {
            kind: Kind::Bundle,
            id: self.id,
            key: self.key,
            sha256: hash.finalize().into(),
            size,
        };
        out.seek(SeekFrom::Start(0))?;
        out.write_all(header.render().as_bytes())?;
        out.flush()?;
        Ok((header, out))
    }

    fn item(&mut self, letter: u8, bytes: &[u8]) -> io::Result<()> {
        let head = head(letter, bytes.len())?;
        for part in [head.as_slice(), bytes] {
            self.hash.update(part);
            self.sealing
                .write_all(part)
                .map_err(|error| cause(&self.refused, error))?;
            self.inner += part.len() as u64;
        }
        Ok(())
    }
}

impl<W> Counted<W> {
    fn refuses(&self, kind: io::ErrorKind) {
        if kind != io::ErrorKind::Interrupted {
            self.refused.get_or_init(|| kind);
        }
    }
}

/// The medium's own error, where it is behind another.
fn cause(refused: &OnceLock<io::ErrorKind>, error: io::Error) -> io::Error {
    refused.get().map_or(error, |kind| (*kind).into())
}

impl<W: Write> Write for Counted<W> {
    /// Writes all or fails: age takes a part written for an error without a cause.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out
            .write_all(bytes)
            .inspect_err(|error| self.refuses(error.kind()))?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        if self.size > SEALED_BYTES_MAX {
            self.refuses(io::ErrorKind::FileTooLarge);
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
