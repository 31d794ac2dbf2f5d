//! Opening a bundle at the centre: everything is checked to the last byte before anything is used.

use std::io::{Read, Seek, SeekFrom};

use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::header::{HEADER_BYTES, Header, Kind, check};
use super::items::{Item, Items, Next, Reader};
use super::seal::opening;
use super::{BadBundle, INNER_BYTES_MAX};
use crate::b64;
use crate::frame::SealedFrame;

/// What is signed before the manifest's text.
const DOMAIN: &[u8] = b"hocvu-bundle-v1\0";

/// Who made a bundle and what is in it, signed by the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this text.
    pub v: u32,
    /// The deployment it is meant for.
    pub dep: String,
    /// The device, as the centre names it.
    pub device: String,
    /// The bundle's id, as in the header.
    pub bundle: String,
    /// The key it is sealed to, as in the header.
    pub key: String,
    /// The device's clock, RFC 3339; for information.
    pub at: String,
    /// Frames inside.
    pub frames: u32,
    /// Blobs inside.
    pub blobs: u32,
    /// SHA-256 over the items as written, base64url.
    pub content: String,
}

/// A bundle that was found whole, meant for here and signed by a device known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its header.
    pub header: Header,
    /// Its manifest.
    pub manifest: Manifest,
}

/// Checks all of a bundle: size, hash, seal, every length, the manifest and the device's signature over it. `secrets` are the
/// centre's X25519 secrets, old ones included; `key_of` gives the key of a device. Only then read [`Opened::items`].
///
/// # Errors
/// [`BadBundle`]; nothing of the file may be used then.
pub fn open<F: Read + Seek>(
    file: &mut F,
    secrets: &[&[u8; 32]],
    dep: &str,
    key_of: impl Fn(&str) -> Option<VerifyingKey>,
) -> Result<Opened, BadBundle> {
    file.seek(SeekFrom::Start(0)).map_err(|_| BadBundle::Unreadable)?;
    let header = check(&mut *file)?;
    if header.kind != Kind::Bundle {
        return Err(BadBundle::NotABundle);
    }
    let mut reader = Reader::new(inside(file, &header, secrets)?);
    let (mut frames, mut blobs) = (0_u32, 0_u32);
    let signed = loop {
        match reader.next()? {
            Next::Item(Item::Frame(_)) => frames += 1,
            Next::Item(Item::Blob { .. }) => blobs += 1,
            Next::Manifest(signed) => break signed,
        }
    };
    let content = reader.end()?;
    let signed: SealedFrame = serde_json::from_slice(&signed).map_err(|_| BadBundle::Damaged)?;
    let manifest: Manifest = serde_json::from_str(&signed.p).map_err(|_| BadBundle::Damaged)?;
    if manifest.v != 1 {
        return Err(BadBundle::Newer);
    }
    if manifest.dep != dep {
        return Err(BadBundle::OtherPlace);
    }
    let key = key_of(&manifest.device).ok_or(BadBundle::BadSignature)?;
    let signature = b64::decode::<64>(&signed.s).ok_or(BadBundle::BadSignature)?;
    key.verify_strict(&manifest_bytes(&signed.p), &Signature::from_bytes(&signature))
        .map_err(|_| BadBundle::BadSignature)?;
    let told = (manifest.frames, manifest.blobs, manifest.content.as_str());
    let named = (manifest.bundle.as_str(), manifest.key.as_str());
    let (id, key) = (header.id.to_string(), header.key.to_string());
    if told == (frames, blobs, b64::encode(content).as_str()) && named == (id.as_str(), key.as_str()) {
        Ok(Opened { header, manifest })
    } else {
        Err(BadBundle::Damaged)
    }
}

impl Opened {
    /// Reads the items of the same file again, one at a time.
    ///
    /// # Errors
    /// The file is not the one that was opened.
    pub fn items<'a, F: Read + Seek>(&self, file: &'a mut F, secrets: &[&[u8; 32]]) -> Result<Items<'a>, BadBundle> {
        file.seek(SeekFrom::Start(HEADER_BYTES as u64))
            .map_err(|_| BadBundle::Unreadable)?;
        Ok(Items {
            reader: Reader::new(Box::new(inside(file, &self.header, secrets)?)),
            ended: false,
        })
    }
}

/// The bytes of the items. The file stands behind its header.
fn inside<'a, F: Read + Seek>(
    file: &'a mut F,
    header: &Header,
    secrets: &[&[u8; 32]],
) -> Result<impl Read + use<'a, F>, BadBundle> {
    file.seek(SeekFrom::Start(HEADER_BYTES as u64))
        .map_err(|_| BadBundle::Unreadable)?;
    opening(file.take(header.size), secrets, INNER_BYTES_MAX)
}

pub(super) fn manifest_bytes(text: &str) -> Vec<u8> {
    [DOMAIN, text.as_bytes()].concat()
}
