//! `GET /v1/digest` and `GET /v1/snapshot`: whether a replica says what the centre says, and how to mend it if not (I9).

use hocvu_model::ids::{OperationId, RecordId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::changes::Change;

/// The digest of one record or, by exclusive or, of any set of records: no order, no copy kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum(pub [u8; 16]);

impl Sum {
    /// Adds a record, or takes it away again.
    pub fn toggle(&mut self, record: Sum) {
        self.0.iter_mut().zip(record.0).for_each(|(mine, its)| *mine ^= its);
    }
}

/// The digest of one record: id, head, unit, whether it is void, and its body as JSON with sorted keys and no spaces.
pub fn of_record(id: RecordId, head: OperationId, unit: &str, void: bool, body: &Map<String, Value>) -> Sum {
    let body = serde_json::to_string(body).expect("plain data is always JSON"); // The map sorts its keys.
    let mut hash = Sha256::new();
    hash.update(format!("hocvu-record-v1\0{id}\0{head}\0{unit}\0{void}\0{body}"));
    let mut sum = [0; 16];
    sum.copy_from_slice(&hash.finalize()[..16]);
    Sum(sum)
}

/// Answer of `GET /v1/digest?after=<uid>`: units in scope that have records, by uid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestReply {
    /// See [`crate::batch::OpsReply::epoch`].
    pub epoch: String,
    /// The feed number the digests are of: a replica that has read less or more far must not compare.
    pub fseq: u64,
    /// The units of this page.
    pub units: Vec<UnitDigest>,
    /// Whether more units follow.
    pub more: bool,
}

/// One unit's records, summed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitDigest {
    /// Uid of the unit.
    pub unit: String,
    /// Records, void ones included.
    pub n: u64,
    /// Their [`Sum`], base64url.
    pub d: String,
}

/// Answer of `GET /v1/snapshot?unit=<uid>&after=<record id>`: the records of one unit by id, to mend a replica with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SnapshotReply {
    /// See [`crate::batch::OpsReply::epoch`].
    pub epoch: String,
    /// [`Change::Record`]s only.
    pub records: Vec<Change>,
    /// Whether more records follow.
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_knows_every_part_of_a_record_and_no_order() {
        let head: OperationId = "00000000000000000000000000000001:3".parse().expect("an id");
        let later: OperationId = "00000000000000000000000000000001:4".parse().expect("an id");
        let (one, two) = (RecordId(uuid::Uuid::from_u128(1)), RecordId(uuid::Uuid::from_u128(2)));
        let body = |text: &str| serde_json::from_str::<Map<String, Value>>(text).expect("json");
        let a = of_record(one, head, "u:1", false, &body(r#"{"note":"x","date":"2026-01-02"}"#));
        let same = of_record(
            one,
            head,
            "u:1",
            false,
            &body(r#"{ "date": "2026-01-02", "note": "x" }"#),
        );
        assert_eq!(a, same, "the order of keys says nothing");
        for other in [
            of_record(two, head, "u:1", false, &body(r#"{"note":"x","date":"2026-01-02"}"#)),
            of_record(one, later, "u:1", false, &body(r#"{"note":"x","date":"2026-01-02"}"#)),
            of_record(one, head, "u:2", false, &body(r#"{"note":"x","date":"2026-01-02"}"#)),
            of_record(one, head, "u:1", true, &body(r#"{"note":"x","date":"2026-01-02"}"#)),
            of_record(one, head, "u:1", false, &body(r#"{"note":"y","date":"2026-01-02"}"#)),
        ] {
            assert_ne!(a, other);
            let (mut ab, mut ba) = (Sum::default(), Sum::default());
            ab.toggle(a);
            ab.toggle(other);
            ba.toggle(other);
            ba.toggle(a);
            assert_eq!(ab, ba);
            ab.toggle(other);
            assert_eq!(ab, a, "what was taken away is not in it");
        }
    }
}
