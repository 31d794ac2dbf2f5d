//! Inputs that are nearly right, the same for the same seed: what the ordinary test run does for libFuzzer.

/// Dice whose throws follow from a seed (xorshift64*).
#[derive(Debug, Clone)]
pub struct Dice(u64);

/// Bytes that mean something somewhere: to JSON, to CSV, to a number, to UTF-8.
const TELLING: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b",",
    b":",
    b"\\",
    b"\n",
    b"\0",
    b"-",
    b"0",
    b"1",
    b"null",
    b"9223372036854775808",
    b"18446744073709551615",
    b"-1",
    b"1e99",
    b"\xff",
    b"\xc3",
    "ế".as_bytes(),
    "\u{301}".as_bytes(),
    "\u{feff}".as_bytes(),
    b"\\u0000",
    b"\\ud800",
    b"true",
    b"\"\"",
    b"\r\n",
    b";",
    b"=",
];

impl Dice {
    /// The dice of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A throw below `bound`; 0 when that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let thrown = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        usize::try_from(thrown).unwrap_or_default() % bound.max(1)
    }

    /// `input` with one to four changes; `other` lends pieces.
    pub fn mutate(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        let mut out = input.to_vec();
        for _ in 0..=self.below(4) {
            self.change(&mut out, other);
        }
        out
    }

    fn change(&mut self, out: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(out.len() + 1);
        let to = (at + self.below(16)).min(out.len());
        match self.below(6) {
            0 => {
                if let Some(byte) = out.get_mut(at) {
                    *byte ^= 1 << self.below(8);
                }
            }
            1 => drop(out.drain(at..to)),
            2 => out.truncate(at),
            3 => {
                let piece = TELLING[self.below(TELLING.len())];
                out.splice(at..at, piece.iter().copied());
            }
            4 => {
                let piece = out[at..to].to_vec();
                out.splice(at..at, piece);
            }
            _ => {
                let start = self.below(other.len() + 1);
                let end = (start + self.below(64)).min(other.len());
                out.splice(at..to, other[start..end].iter().copied());
            }
        }
    }
}
