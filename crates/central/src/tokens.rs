//! Session tokens and nonces without a table: a payload and its HMAC-SHA256, by a secret only the centre has.

use hmac::{Hmac, KeyInit, Mac};
use hocvu_wire::b64;
use hocvu_wire::limits::TOKEN_SECONDS;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Life of a nonce, seconds: two round trips on a very poor line.
pub const NONCE_SECONDS: u64 = 60;
/// Bytes of the HMAC that travel: 128 bits, not to be guessed within a token's hour.
const MAC: usize = 16;

/// Makes and reads tokens and nonces.
#[derive(Clone)]
pub struct Tokens {
    secret: [u8; 32],
}

impl Tokens {
    /// With the centre's secret.
    pub fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// A token for the device with this number; 32 characters.
    pub fn token(&self, device: u32, now: i64) -> String {
        let mut bytes = [0; 8 + MAC];
        bytes[..4].copy_from_slice(&device.to_be_bytes());
        bytes[4..8].copy_from_slice(&until(now, TOKEN_SECONDS).to_be_bytes());
        let mac = self.mac(b"hocvu-token-v1", &[&bytes[..8]]);
        bytes[8..].copy_from_slice(&mac);
        b64::encode(bytes)
    }

    /// The number of the device whose token this is, while it lives.
    pub fn read_token(&self, token: &str, now: i64) -> Option<u32> {
        let bytes = b64::decode::<{ 8 + MAC }>(token)?;
        let mac = self.mac(b"hocvu-token-v1", &[&bytes[..8]]);
        let device = u32::from_be_bytes(bytes[..4].try_into().ok()?);
        let end = u32::from_be_bytes(bytes[4..8].try_into().ok()?);
        (bool::from(mac.ct_eq(&bytes[8..])) && now <= i64::from(end)).then_some(device)
    }

    /// A nonce for the device to sign; 38 characters.
    pub fn nonce(&self, device: &str, random: [u8; 8], now: i64) -> String {
        let mut bytes = [0; 12 + MAC];
        bytes[..8].copy_from_slice(&random);
        bytes[8..12].copy_from_slice(&until(now, NONCE_SECONDS).to_be_bytes());
        let mac = self.mac(b"hocvu-nonce-v1", &[device.as_bytes(), &bytes[..12]]);
        bytes[12..].copy_from_slice(&mac);
        b64::encode(bytes)
    }

    /// Whether this centre gave the nonce to this device less than [`NONCE_SECONDS`] ago.
    pub fn nonce_is_good(&self, device: &str, nonce: &str, now: i64) -> bool {
        let Some(bytes) = b64::decode::<{ 12 + MAC }>(nonce) else {
            return false;
        };
        let mac = self.mac(b"hocvu-nonce-v1", &[device.as_bytes(), &bytes[..12]]);
        let end: [u8; 4] = bytes[8..12].try_into().expect("four bytes");
        bool::from(mac.ct_eq(&bytes[12..])) && now <= i64::from(u32::from_be_bytes(end))
    }

    fn mac(&self, purpose: &[u8], parts: &[&[u8]]) -> [u8; MAC] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("a key of any length will do");
        mac.update(purpose);
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes()[..MAC]
            .try_into()
            .expect("the hash is longer")
    }
}

/// The second a life ends. Thirty-two bits last until 2106.
fn until(now: i64, seconds: u64) -> u32 {
    u32::try_from(now.max(0) as u64 + seconds).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_device_for_an_hour() {
        let (ours, theirs) = (Tokens::new([1; 32]), Tokens::new([2; 32]));
        let token = ours.token(7, 1_000);
        assert!(token.len() <= 60, "it travels with every request");
        assert_eq!(ours.read_token(&token, 1_000 + 3_600), Some(7));
        assert_eq!(ours.read_token(&token, 1_000 + 3_601), None);
        assert_eq!(theirs.read_token(&token, 1_000), None);
        for at in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).expect("ascii");
            assert_eq!(ours.read_token(&altered, 1_000), None, "character {at}");
        }
    }

    #[test]
    fn a_nonce_is_for_one_device_and_a_minute() {
        let tokens = Tokens::new([1; 32]);
        let nonce = tokens.nonce("dev_a", [9; 8], 50);
        assert!(tokens.nonce_is_good("dev_a", &nonce, 110));
        assert!(!tokens.nonce_is_good("dev_a", &nonce, 111));
        assert!(!tokens.nonce_is_good("dev_b", &nonce, 50));
        assert!(!tokens.nonce_is_good("dev_a", &tokens.token(1, 50), 50));
    }
}
