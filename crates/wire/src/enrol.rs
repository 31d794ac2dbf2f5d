//! `POST /v1/enrol`: a one-time code becomes a device.

use serde::{Deserialize, Serialize};

use crate::keys::{PublicKey, SignedKeys};

/// Letters of a code: Crockford base32, 50 bits, shown as `XXXXX-XXXXX`.
pub const CODE_LETTERS: usize = 10;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Writes 50 random bits as a code.
pub fn code_from_bits(bits: u64) -> String {
    let letters: Vec<u8> = (0..CODE_LETTERS)
        .map(|at| ALPHABET[(bits >> (5 * at) & 31) as usize])
        .collect();
    let (head, tail) = letters.split_at(CODE_LETTERS / 2);
    format!("{}-{}", String::from_utf8_lossy(head), String::from_utf8_lossy(tail))
}

/// Reads a code as typed: any case, dash and spaces optional, `O`→`0`, `I` and `L`→`1`. `None` when it cannot be one.
pub fn read_code(typed: &str) -> Option<String> {
    let letters: String = typed
        .chars()
        .filter(|c| !matches!(c, '-' | ' ' | '\u{a0}' | '–' | '\t'))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    let well_formed = letters.len() == CODE_LETTERS && letters.bytes().all(|b| ALPHABET.contains(&b));
    well_formed.then(|| format!("{}-{}", &letters[..CODE_LETTERS / 2], &letters[CODE_LETTERS / 2..]))
}

/// Without `keys`: whose code is this? With `keys`: make this machine a device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// As [`read_code`] writes it.
    pub code: String,
    /// The device's public keys and the proof that it holds the private ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<DeviceKeys>,
}

/// Public halves and proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceKeys {
    /// Ed25519, base64url.
    pub sign: String,
    /// X25519, base64url: receipts and keys are sealed to it.
    pub seal: String,
    /// Signature by `sign` over [`proof`], base64url.
    pub proof: String,
    /// The person's name.
    pub user: String,
    /// The log the device will write.
    pub log: String,
}

/// Whose code it is; with `device` when one was made. Sending the same request again gives the same device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolReply {
    /// Name of the deployment, part of every frame.
    pub dep: String,
    /// Uid of the unit.
    pub unit: String,
    /// `Ấp Hòa Thuận`.
    pub unit_name: String,
    /// `Xã Long Hòa`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_name: Option<String>,
    /// `team`, `school`, `commune`, `area`, `province`.
    pub role: String,
    /// Name foreseen for the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The device made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Its user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The root that signs the centre's keys: believed here and nowhere else. Absent from centres without keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<PublicKey>,
    /// The keys in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<SignedKeys>,
}

/// The bytes a device signs to prove that it holds its keys.
pub fn proof(code: &str, keys: &DeviceKeys) -> Vec<u8> {
    let DeviceKeys {
        sign,
        seal,
        proof: _,
        user,
        log,
    } = keys;
    format!("hocvu-enrol-v1\0{code}\0{sign}\0{seal}\0{log}\0{user}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_forgive_how_they_are_typed() {
        let code = code_from_bits(0x3_1234_5678_9abc);
        for typed in [
            code.clone(),
            code.to_lowercase(),
            code.replace('-', ""),
            format!(" {} ", code.replace('-', " - ")),
        ] {
            assert_eq!(read_code(&typed).as_ref(), Some(&code));
        }
        assert_eq!(read_code("oilab-cdefg").as_deref(), Some("011AB-CDEFG"));
        for bad in ["", "ABCDE", "ABCDE-FGHJK1", "ABCDE-FGHJU", "ẤBCDE-FGHJ"] {
            assert_eq!(read_code(bad), None, "{bad}");
        }
    }
}
