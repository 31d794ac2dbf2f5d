//! An operation: one appended fact about one record. Its exact JSON text is what is signed, stored and hashed.
//!
//! Operations are patches (`set`) against a `base`, so that an old program cannot erase fields it does not know. There
//! are no deletes: `void` with a reason, reversed by `restore`.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::ids::{OperationId, RecordId, UnitUid};
use crate::unit::{Succession, Unit};

/// What an operation does. New kinds are added at the end; a reader holds what it does not know (`SCHEMA_AHEAD`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// First of every log: which device writes it and why it exists.
    Open,
    /// Creates (base null) or patches a record.
    Put,
    /// Declares a record void, with a reason.
    Void,
    /// Takes a void back.
    Restore,
    /// A supervisor's patch, with a reason: from then on only a rank as high may change the record.
    Correct,
    /// Settles a conflict: a patch on the head that closes the branches it names.
    Resolve,
    /// Takes operations held for their scope under the author's own.
    Adopt,
    /// Sends held operations back to their author, with a reason.
    Return,
    /// Has operations of a revoked device judged after all.
    Release,
    /// Takes a device's rights, with a reason.
    Revoke,
    /// Makes an enrolment code of which the centre learns only the hash.
    Invite,
    /// Adds units and says which follow on which.
    Succeed,
}

/// Every kind of this version.
pub const KINDS: [Kind; 12] = [
    Kind::Open,
    Kind::Put,
    Kind::Void,
    Kind::Restore,
    Kind::Correct,
    Kind::Resolve,
    Kind::Adopt,
    Kind::Return,
    Kind::Release,
    Kind::Revoke,
    Kind::Invite,
    Kind::Succeed,
];

impl Kind {
    /// The kind as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Put => "put",
            Self::Void => "void",
            Self::Restore => "restore",
            Self::Correct => "correct",
            Self::Resolve => "resolve",
            Self::Adopt => "adopt",
            Self::Return => "return",
            Self::Release => "release",
            Self::Revoke => "revoke",
            Self::Invite => "invite",
            Self::Succeed => "succeed",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether a record is void after an operation of this kind that says `said` of it.
    pub fn void_after(self, before: bool, said: Option<bool>) -> bool {
        match self {
            Self::Void => true,
            Self::Restore => false,
            Self::Correct | Self::Resolve => said.unwrap_or(before),
            _ => before,
        }
    }

    /// Whether it acts on a record; otherwise it is `open` or an act of an office.
    pub fn is_on_record(self) -> bool {
        match self {
            Self::Put | Self::Void | Self::Restore | Self::Correct | Self::Resolve => true,
            Self::Open | Self::Adopt | Self::Return | Self::Release | Self::Revoke | Self::Invite | Self::Succeed => {
                false
            }
        }
    }
}

/// The kind of a training session's record, as written in `t`.
pub const TRAINING_SESSION: &str = "training_session";

/// One operation as read from its text; `set` stays verbatim.
#[derive(Debug, Clone, Deserialize)]
pub struct Operation<'a> {
    /// What it does.
    pub k: Kind,
    /// Kind of record, e.g. [`TRAINING_SESSION`]; empty for `open`.
    #[serde(default, borrow)]
    pub t: std::borrow::Cow<'a, str>,
    /// Schema version of `set`.
    #[serde(default)]
    pub sv: u32,
    /// The record.
    #[serde(default)]
    pub id: Option<RecordId>,
    /// The unit the record belongs to after this operation.
    #[serde(default)]
    pub unit: Option<UnitUid>,
    /// The head the author saw; `None` creates.
    #[serde(default)]
    pub base: Option<OperationId>,
    /// Fields to set; null removes one.
    #[serde(default, borrow)]
    pub set: Option<&'a RawValue>,
    /// Why, in a person's words: for `void`, `correct`, `return`, `revoke` and `open`.
    #[serde(default)]
    pub reason: Option<String>,
    /// Whether the record is void afterwards, for `correct` and `resolve`; absent leaves it as it is.
    #[serde(default)]
    pub void: Option<bool>,
    /// Branches a `resolve` closes.
    #[serde(default)]
    pub supersedes: Vec<OperationId>,
    /// Operations an act of an office is about.
    #[serde(default)]
    pub cites: Vec<OperationId>,
    /// Seconds since 1970 by the author's clock. Information for people; decides nothing.
    #[serde(default)]
    pub at: i64,
    /// Device, for `open` and `revoke`.
    #[serde(default)]
    pub device: Option<String>,
    /// Role, for `invite`.
    #[serde(default)]
    pub role: Option<String>,
    /// SHA-256 of an enrolment code, base64url, for `invite`.
    #[serde(default)]
    pub code: Option<String>,
    /// Name of the person invited.
    #[serde(default)]
    pub name: Option<String>,
    /// Units added, for `succeed`.
    #[serde(default)]
    pub units: Vec<Unit>,
    /// Which unit follows on which, for `succeed`.
    #[serde(default)]
    pub successions: Vec<Succession>,
    /// The log this one goes on from, for `open`.
    #[serde(default)]
    pub predecessor: Option<String>,
}

impl<'a> Operation<'a> {
    /// Reads an operation from its text.
    ///
    /// # Errors
    /// Not an operation of this version: the caller holds or refuses it.
    pub fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// Writes the text of an operation on a record. Field order is fixed, so equal operations have equal texts.
#[derive(Debug, Serialize)]
pub struct Draft<'a, Set: ?Sized> {
    /// What it does.
    pub k: Kind,
    /// Kind of record.
    pub t: &'a str,
    /// Schema version of `set`.
    pub sv: u32,
    /// The record.
    pub id: RecordId,
    /// Its unit.
    pub unit: &'a UnitUid,
    /// The head the author saw.
    pub base: Option<OperationId>,
    /// Fields to set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<&'a Set>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    /// Whether it is void afterwards, for `correct` and `resolve`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub void: Option<bool>,
    /// Branches a `resolve` closes.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub supersedes: &'a [OperationId],
    /// Author's clock, seconds since 1970.
    pub at: i64,
}

impl<Set: Serialize + ?Sized> Draft<'_, Set> {
    /// The exact text to keep, sign and hash.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("plain data is always JSON")
    }
}

/// Writes the text of an act of an office: an operation on no record.
#[derive(Debug, Serialize)]
pub struct OfficeDraft<'a> {
    /// What it does.
    pub k: Kind,
    /// Operations it is about.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub cites: &'a [OperationId],
    /// Unit of an `adopt` or an `invite`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'a UnitUid>,
    /// Device of a `revoke`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<&'a str>,
    /// Role of an `invite`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'a str>,
    /// SHA-256 of the code of an `invite`, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    /// Name of the person invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// Units of a `succeed`.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub units: &'a [Unit],
    /// Successions of a `succeed`.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub successions: &'a [Succession],
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    /// Author's clock, seconds since 1970.
    pub at: i64,
}

impl OfficeDraft<'_> {
    /// An act of this kind that says nothing else yet.
    pub fn new(k: Kind, at: i64) -> Self {
        Self {
            k,
            cites: &[],
            unit: None,
            device: None,
            role: None,
            code: None,
            name: None,
            units: &[],
            successions: &[],
            reason: None,
            at,
        }
    }

    /// The exact text to keep, sign and hash.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("plain data is always JSON")
    }
}

/// The text of the first operation of a log.
pub fn open_text(device: &str, predecessor: Option<&str>, reason: &str, at: i64) -> String {
    #[derive(Serialize)]
    struct Open<'a> {
        k: Kind,
        device: &'a str,
        predecessor: Option<&'a str>,
        reason: &'a str,
        at: i64,
    }
    serde_json::to_string(&Open {
        k: Kind::Open,
        device,
        predecessor,
        reason,
        at,
    })
    .expect("plain data is always JSON")
}

/// SHA-256 of an operation's text: the identity of its content.
pub fn digest(text: &str) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(text.as_bytes()).into()
}

/// The receipt number of an operation: the centre's feed number and five letters that depend on its content, e.g.
/// `90171-K7M2Q`. Delivering an operation again gives the same one.
pub fn receipt(deployment: &str, id: OperationId, digest: &[u8; 32], fseq: u64) -> String {
    use sha2::{Digest, Sha256};
    const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut hash = Sha256::new();
    hash.update(b"hocvu-receipt-v1\0");
    hash.update(deployment.as_bytes());
    hash.update(id.log.0);
    hash.update(id.seq.to_be_bytes());
    hash.update(digest);
    hash.update(fseq.to_be_bytes());
    let check: String = hash.finalize()[..5]
        .iter()
        .map(|byte| char::from(CROCKFORD[usize::from(byte & 31)]))
        .collect();
    format!("{fseq}-{check}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;

    #[test]
    fn an_operation_reads_back_as_written() {
        let set = serde_json::from_str::<Map<String, Value>>(r#"{"note":"Ấp Hòa Thuận"}"#).expect("json");
        let (id, unit) = (RecordId(uuid::Uuid::from_u128(7)), UnitUid::from("u:1"));
        let base = "00000000000000000000000000000001:3".parse().ok();
        let text = Draft {
            k: Kind::Put,
            t: TRAINING_SESSION,
            sv: 1,
            id,
            unit: &unit,
            base,
            set: Some(&set),
            reason: None,
            void: None,
            supersedes: &[],
            at: 5,
        }
        .text();
        let read = Operation::parse(&text).expect("own text");
        assert_eq!(
            (read.k, read.id, read.base, read.unit),
            (Kind::Put, Some(id), base, Some(unit))
        );
        assert_eq!(read.set.map(RawValue::get), Some(r#"{"note":"Ấp Hòa Thuận"}"#));
        assert!(Operation::parse(&open_text("d1", None, "new", 1)).is_ok());
    }

    #[test]
    fn a_receipt_names_one_content() {
        let id: OperationId = "00000000000000000000000000000001:3".parse().expect("an id");
        let one = receipt("vl", id, &digest("a"), 9);
        assert_eq!(one, receipt("vl", id, &digest("a"), 9));
        assert_ne!(one, receipt("vl", id, &digest("b"), 9));
        assert!(one.starts_with("9-") && one.len() == 7);
    }
}
