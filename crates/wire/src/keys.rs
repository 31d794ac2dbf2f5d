//! `GET /v1/keys`: the centre's working keys, signed by a root key that is kept away from every machine.
//!
//! A device learns the root when it is enrolled (one enrolled before there were keys, at its next round with the centre it was
//! enrolled at), never believes another one, and takes any higher version the same root has signed. Bundles are sealed
//! to `seal` and `recovery`; receipts are signed by `sign`.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::b64;

/// What is signed before the text.
const DOMAIN: &[u8] = b"hocvu-keys-v1\0";
/// Text of a key set, bytes: five short fields.
const TEXT_BYTES_MAX: usize = 4 * 1024;

/// A public key, 32 bytes, written in base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(pub [u8; 32]);

impl TryFrom<String> for PublicKey {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        b64::decode(&text).map(Self).ok_or("not a public key")
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        b64::encode(key.0)
    }
}

/// The first 8 bytes of a public key's SHA-256: enough to tell which key, too little to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub [u8; 8]);

impl PublicKey {
    /// The name of this key.
    pub fn id(&self) -> KeyId {
        let hash: [u8; 32] = Sha256::digest(self.0).into();
        let mut id = [0; 8];
        id.copy_from_slice(&hash[..8]);
        KeyId(id)
    }

    /// The public half of an X25519 secret.
    pub fn of_secret(secret: &[u8; 32]) -> Self {
        let secret = x25519_dalek::StaticSecret::from(*secret);
        Self(x25519_dalek::PublicKey::from(&secret).to_bytes())
    }
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The working keys of one centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySet {
    /// Version of this text.
    pub v: u32,
    /// The deployment.
    pub dep: String,
    /// Counts rotations from 1: the highest one holds.
    pub version: u32,
    /// X25519: bundles are sealed to it.
    pub seal: PublicKey,
    /// X25519: bundles are sealed to it as well; its private half lies in a safe.
    pub recovery: PublicKey,
    /// Ed25519: signs receipts.
    pub sign: PublicKey,
}

/// A key set as it travels: the exact text and the root's signature over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedKeys {
    /// The exact text of a [`KeySet`].
    pub p: String,
    /// Ed25519 signature by the root, base64url.
    pub s: String,
}

/// Answer of `GET /v1/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysReply {
    /// The root's public key; a device that knows one believes no other.
    pub root: PublicKey,
    /// The keys in force.
    pub keys: SignedKeys,
}

/// A key set that cannot be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    /// Not signed by this root, or not a key set.
    #[error("the key set is not signed by this root")]
    NotOurs,
    /// For another deployment.
    #[error("the key set is of another deployment")]
    WrongDeployment,
}

impl KeySet {
    /// Signs the set.
    pub fn sign(&self, root: &SigningKey) -> SignedKeys {
        let p = serde_json::to_string(self).expect("plain data is always JSON");
        let s = b64::encode(root.sign(&signed_bytes(&p)).to_bytes());
        SignedKeys { p, s }
    }

    /// The key that signs receipts.
    ///
    /// # Errors
    /// [`BadKeys::NotOurs`] when the bytes are no key.
    pub fn verifying(&self) -> Result<VerifyingKey, BadKeys> {
        VerifyingKey::from_bytes(&self.sign.0).map_err(|_| BadKeys::NotOurs)
    }
}

impl SignedKeys {
    /// The set, once the root's signature was checked.
    ///
    /// # Errors
    /// [`BadKeys`].
    pub fn verify(&self, root: &PublicKey, dep: &str) -> Result<KeySet, BadKeys> {
        if self.p.len() > TEXT_BYTES_MAX {
            return Err(BadKeys::NotOurs);
        }
        let root = VerifyingKey::from_bytes(&root.0).map_err(|_| BadKeys::NotOurs)?;
        let signature = b64::decode::<64>(&self.s).ok_or(BadKeys::NotOurs)?;
        root.verify_strict(&signed_bytes(&self.p), &Signature::from_bytes(&signature))
            .map_err(|_| BadKeys::NotOurs)?;
        let set: KeySet = serde_json::from_str(&self.p).map_err(|_| BadKeys::NotOurs)?;
        if set.v != 1 || set.version == 0 {
            return Err(BadKeys::NotOurs);
        }
        if set.dep == dep {
            Ok(set)
        } else {
            Err(BadKeys::WrongDeployment)
        }
    }
}

/// An X25519 secret as the tools of `age` read it: the recovery key opens bundles without this program.
pub fn age_secret(secret: &[u8; 32]) -> Zeroizing<String> {
    let mut text = bech32_text("age-secret-key-", secret);
    text.make_ascii_uppercase();
    text
}

/// An X25519 public key as the tools of `age` read it.
pub fn age_public(key: &PublicKey) -> String {
    (*bech32_text("age", &key.0)).clone()
}

fn bech32_text(prefix: &str, bytes: &[u8; 32]) -> Zeroizing<String> {
    let prefix = bech32::Hrp::parse(prefix).expect("a constant");
    Zeroizing::new(bech32::encode::<bech32::Bech32>(prefix, bytes).expect("32 bytes always fit"))
}

fn signed_bytes(text: &str) -> Vec<u8> {
    [DOMAIN, text.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(version: u32) -> KeySet {
        KeySet {
            v: 1,
            dep: "vl".into(),
            version,
            seal: PublicKey([1; 32]),
            recovery: PublicKey([2; 32]),
            sign: PublicKey(SigningKey::from_bytes(&[3; 32]).verifying_key().to_bytes()),
        }
    }

    #[test]
    fn only_the_root_of_this_deployment_is_believed() {
        let root = SigningKey::from_bytes(&[9; 32]);
        let public = PublicKey(root.verifying_key().to_bytes());
        let signed = set(1).sign(&root);
        assert_eq!(signed.verify(&public, "vl"), Ok(set(1)));
        assert_eq!(signed.verify(&public, "st"), Err(BadKeys::WrongDeployment));
        let stranger = set(2).sign(&SigningKey::from_bytes(&[8; 32]));
        assert_eq!(stranger.verify(&public, "vl"), Err(BadKeys::NotOurs));
        let mut altered = signed.clone();
        altered.p = altered.p.replace("\"version\":1", "\"version\":7");
        assert_eq!(altered.verify(&public, "vl"), Err(BadKeys::NotOurs));
    }

    #[test]
    fn the_recovery_key_is_one_of_age() {
        let secret = [7; 32];
        let identity: age::x25519::Identity = age_secret(&secret).parse().expect("as age writes it");
        assert_eq!(
            identity.to_public().to_string(),
            age_public(&PublicKey::of_secret(&secret))
        );
    }
}
