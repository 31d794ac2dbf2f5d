//! Receipts that come back without a network: what became of each operation of a bundle, signed by the centre and sealed to
//! the device.

use std::io::{Read, Write};

use ed25519_dalek::{Signature, Signer, SigningKey};
use hocvu_model::ids::LogId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::header::{BundleId, HEADER_BYTES, Header, Kind, check};
use super::seal::{Sealing, opening};
use super::{BadBundle, RECEIPT_BYTES_MAX, RECEIPT_INNER_MAX};
use crate::b64;
use crate::batch::Outcome;
use crate::keys::{KeySet, PublicKey, SignedKeys};

/// What is signed before the receipt's text.
const DOMAIN: &[u8] = b"hocvu-receipt-v1\0";

/// What the centre says of one bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Version of this text.
    pub v: u32,
    /// The deployment.
    pub dep: String,
    /// The bundle's id.
    pub bundle: String,
    /// SHA-256 of its sealed part, hex.
    pub sha256: String,
    /// The device that made it.
    pub device: String,
    /// See [`crate::batch::OpsReply::epoch`].
    pub epoch: String,
    /// The centre's clock when it took the bundle, RFC 3339; for information.
    pub at: String,
    /// The frames of the bundle in their order: `i` of a refusal counts them.
    pub frames: Vec<ReceiptFrame>,
    /// Outcomes, each naming its log.
    pub r: Vec<Outcome>,
    /// Photos of the bundle that the centre has whole: SHA-256, hex.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<String>,
}

/// A frame the centre was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptFrame {
    /// Its log, if it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogId>,
    /// First operation.
    pub from: u64,
    /// Last operation.
    pub to: u64,
    /// [`frame_digest`] of its text: the receipt is for this very content.
    pub d: String,
}

/// As it lies inside the seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedReceipt {
    /// The exact text of a [`Receipt`].
    pub p: String,
    /// Signature by the key `keys` names, base64url.
    pub s: String,
    /// The key set in force, so that a rotation reaches devices that never have a network.
    pub keys: SignedKeys,
}

/// Signs a receipt and seals it to the device `to`: a whole `*.hvr` file.
///
/// # Panics
/// Never: writing into memory cannot fail.
pub fn seal_receipt(receipt: &Receipt, id: BundleId, sign: &SigningKey, keys: &SignedKeys, to: &PublicKey) -> Vec<u8> {
    let p = serde_json::to_string(receipt).expect("plain data is always JSON");
    let s = b64::encode(sign.sign(&receipt_bytes(&p)).to_bytes());
    let keys = keys.clone();
    let json = serde_json::to_vec(&SealedReceipt { p, s, keys }).expect("plain data is always JSON");
    let sealed = || -> std::io::Result<Vec<u8>> {
        let mut sealing = Sealing::new(Vec::new(), &[to])?;
        sealing.write_all(&json)?;
        sealing.finish()
    };
    let sealed = sealed().expect("writing into memory cannot fail");
    let header = Header {
        kind: Kind::Receipt,
        id,
        key: PublicKey(sign.verifying_key().to_bytes()).id(),
        sha256: Sha256::digest(&sealed).into(),
        size: sealed.len() as u64,
    };
    [header.render().as_bytes(), &sealed].concat()
}

/// Opens a receipt with the device's X25519 secret. `known` is the version of the key set the device has: an older one does
/// not count any more. Returns the receipt, and the key set that signed it with its text.
///
/// # Errors
/// [`BadBundle`]: [`BadBundle::OtherPlace`] for another device's or deployment's.
pub fn open_receipt(
    file: &[u8],
    secret: &[u8; 32],
    root: &PublicKey,
    dep: &str,
    known: u32,
) -> Result<(Receipt, KeySet, SignedKeys), BadBundle> {
    let header = check(file)?;
    if header.kind != Kind::Receipt {
        return Err(BadBundle::NotABundle);
    }
    debug_assert!(header.size <= RECEIPT_BYTES_MAX);
    let mut json = Vec::new();
    opening(&file[HEADER_BYTES..], &[secret], RECEIPT_INNER_MAX)?
        .read_to_end(&mut json)
        .map_err(|_| BadBundle::Damaged)?;
    let sealed: SealedReceipt = serde_json::from_slice(&json).map_err(|_| BadBundle::Damaged)?;
    let keys = sealed.keys.verify(root, dep).map_err(|bad| match bad {
        crate::keys::BadKeys::NotOurs => BadBundle::BadSignature,
        crate::keys::BadKeys::WrongDeployment => BadBundle::OtherPlace,
    })?;
    if keys.version < known {
        return Err(BadBundle::OldKey);
    }
    let signature = b64::decode::<64>(&sealed.s).ok_or(BadBundle::BadSignature)?;
    keys.verifying()
        .map_err(|_| BadBundle::BadSignature)?
        .verify_strict(&receipt_bytes(&sealed.p), &Signature::from_bytes(&signature))
        .map_err(|_| BadBundle::BadSignature)?;
    let receipt: Receipt = serde_json::from_str(&sealed.p).map_err(|_| BadBundle::Damaged)?;
    if receipt.v != 1 {
        return Err(BadBundle::Newer);
    }
    if receipt.dep != dep {
        return Err(BadBundle::OtherPlace);
    }
    if receipt.bundle != header.id.to_string() || keys.sign.id() != header.key {
        return Err(BadBundle::Damaged);
    }
    Ok((receipt, keys, sealed.keys))
}

/// What a receipt says of a frame's text: SHA-256, base64url.
pub fn frame_digest(text: &str) -> String {
    b64::encode(Sha256::digest(text.as_bytes()))
}

fn receipt_bytes(text: &str) -> Vec<u8> {
    [DOMAIN, text.as_bytes()].concat()
}
