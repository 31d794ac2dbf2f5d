//! Identifiers. All are minted on the device, so two machines never clash and nothing is learnt from one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An identifier that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct BadId(pub &'static str);

/// One record, e.g. one training session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub Uuid);

impl RecordId {
    /// The id of the record that `key` names in `deployment`: importing the same row twice finds the same record.
    pub fn natural(deployment: &str, kind: &str, key: &str) -> Self {
        let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("hocvu:{deployment}:{kind}").as_bytes());
        Self(Uuid::new_v5(&space, key.as_bytes()))
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RecordId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        Uuid::parse_str(text).map(Self).map_err(|_| BadId("record id"))
    }
}

/// One incarnation of one device's database. Written as 32 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(pub [u8; 16]);

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for LogId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let digits = text.as_bytes();
        if digits.len() != 32 || !digits.iter().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b)) {
            return Err(BadId("log id"));
        }
        let nibble = |b: u8| if b.is_ascii_digit() { b - b'0' } else { b - b'a' + 10 };
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0]) << 4 | nibble(pair[1]);
        }
        Ok(Self(bytes))
    }
}

/// Largest number of an operation: whole in every reader's JSON and in every database. No device lives long enough to reach it.
pub const SEQ_MAX: u64 = 1 << 52;

/// One operation: its log and its dense number in it. Written `log:seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId {
    /// The log it belongs to.
    pub log: LogId,
    /// Dense from 1 inside the log.
    pub seq: u64,
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.log, self.seq)
    }
}

impl FromStr for OperationId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let (log, seq) = text.split_once(':').ok_or(BadId("operation id"))?;
        let seq = seq.parse().ok().filter(|seq| (1..=SEQ_MAX).contains(seq));
        let seq = seq.ok_or(BadId("operation id"))?;
        Ok(Self { log: log.parse()?, seq })
    }
}

macro_rules! serde_as_text {
    ($($ty:ty),+) => {$(
        impl Serialize for $ty {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $ty {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}
serde_as_text!(LogId, OperationId);

/// A unit: `new:29242`, `old:29242`, `u:<uuid>` for hamlets and schools made by people. Never the bare code: codes were reused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnitUid(pub String);

impl UnitUid {
    /// The uid as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnitUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for UnitUid {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_their_text() {
        let id: OperationId = "3f9c00112233445566778899aabbccdd:42".parse().expect("well formed");
        assert_eq!(id.to_string(), "3f9c00112233445566778899aabbccdd:42");
        for bad in [
            "",
            "3f9c:1",
            "3f9c00112233445566778899aabbccdd:0",
            "3f9c00112233445566778899aabbccdd:4503599627370497",
            "3F9C00112233445566778899AABBCCDD:1",
            "é",
        ] {
            assert!(bad.parse::<OperationId>().is_err(), "{bad} must be refused");
        }
    }
}
