use hocvu_model::operation;
use hocvu_wire::b64;
use hocvu_wire::enrol::{CODE_LETTERS, code_from_bits};

use crate::Environment;

/// Makes an enrolment code: the code to be shown once, e.g. `K7M2Q-9XD4T`, and the base64url SHA-256 of it that goes into an
/// `invite` operation. The centre never learns the code before it is used.
pub fn invite_code(environment: &dyn Environment) -> (String, String) {
    let mut bits = [0; 8];
    environment.random(&mut bits);
    // Five bits a letter; the rest of the 64 is dropped.
    let code = code_from_bits(u64::from_be_bytes(bits) & ((1 << (5 * CODE_LETTERS)) - 1));
    let hash = b64::encode(operation::digest(&code));
    (code, hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Dice(u8);

    impl Environment for Dice {
        fn now(&self) -> String {
            String::new()
        }
        fn unix(&self) -> i64 {
            0
        }
        fn in_seconds(&self, _: u64) -> String {
            String::new()
        }
        fn random(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn a_code_reads_back_as_shown_and_its_hash_is_not_the_code() {
        let (code, hash) = invite_code(&Dice(0xa7));
        assert_eq!(hocvu_wire::enrol::read_code(&code).as_deref(), Some(code.as_str()));
        assert_eq!(b64::decode::<32>(&hash), Some(operation::digest(&code)));
        assert_ne!(code, invite_code(&Dice(0x13)).0);
    }
}
