//! A device's keys: Ed25519 to sign, X25519 to receive sealed things. The private halves live in the encrypted store only.

use ed25519_dalek::{Signer, SigningKey};
use hocvu_wire::b64;
use zeroize::Zeroizing;

/// Both private keys.
pub struct DeviceKeyPair {
    /// Ed25519 seed.
    pub sign: Zeroizing<[u8; 32]>,
    /// X25519 secret.
    pub seal: Zeroizing<[u8; 32]>,
}

impl DeviceKeyPair {
    /// New keys from unpredictable bytes.
    pub fn generate(random: impl Fn(&mut [u8])) -> Self {
        let (mut sign, mut seal) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
        random(&mut *sign);
        random(&mut *seal);
        Self { sign, seal }
    }

    /// The key frames are sealed with.
    pub fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(&self.sign)
    }

    /// Public signing key, base64url.
    pub fn sign_public(&self) -> String {
        b64::encode(self.signing().verifying_key().as_bytes())
    }

    /// Public receiving key, base64url.
    pub fn seal_public(&self) -> String {
        let secret = x25519_dalek::StaticSecret::from(*self.seal);
        b64::encode(x25519_dalek::PublicKey::from(&secret).as_bytes())
    }

    /// Signature over `message`, base64url.
    pub fn prove(&self, message: &[u8]) -> String {
        b64::encode(self.signing().sign(message).to_bytes())
    }
}
