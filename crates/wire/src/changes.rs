//! `GET /v1/changes?cursor=…`: the feed, restricted to what the device may see.

use hocvu_model::ids::{LogId, OperationId, RecordId, UnitUid};
use hocvu_model::unit::{Succession, Unit};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::batch::Ruling;

/// A page of the feed. The cursor and the rows are to be stored in one transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangesReply {
    /// See [`crate::batch::OpsReply::epoch`].
    pub epoch: String,
    /// In the order of their feed numbers.
    pub changes: Vec<Change>,
    /// For the next call.
    pub cursor: String,
    /// Whether more is waiting.
    pub more: bool,
}

/// One change. A reader passes over kinds it does not know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "k", rename_all = "snake_case")]
pub enum Change {
    /// A record's new state.
    Record {
        /// Feed number of the change.
        fseq: u64,
        /// The record.
        id: RecordId,
        /// Its kind.
        t: String,
        /// Its unit.
        unit: UnitUid,
        /// The operation that made it so.
        head: OperationId,
        /// Its body.
        body: Map<String, Value>,
        /// Whether it is void.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        void: bool,
        /// Author's clock, seconds since 1970.
        at: i64,
        /// Author.
        by: String,
        /// What that operation did, a name of [`hocvu_model::operation::Kind`], where it is more than a `put`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        act: Option<String>,
        /// Why, in its author's words: a supervisor corrected, somebody declared it void.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// A verdict on one of the device's own operations changed after its receipt.
    Verdict {
        /// Feed number of the change.
        fseq: u64,
        /// Log of the operation.
        log: LogId,
        /// Its number.
        seq: u64,
        /// The verdict now.
        #[serde(flatten)]
        ruling: Ruling,
    },
    /// A unit in scope is new or changed.
    Unit {
        /// Feed number of the change.
        fseq: u64,
        /// The unit.
        unit: Unit,
    },
    /// An operation that waits for a person, or does not any more.
    Case(Box<Case>),
    /// A device within an officer's scope is new or changed.
    Device {
        /// Feed number of the change.
        fseq: u64,
        /// The device.
        device: String,
        /// Who holds it.
        user: String,
        /// Its role, a name of [`hocvu_model::Role`].
        role: String,
        /// The unit it was made for.
        unit: UnitUid,
        /// Whether its rights were taken.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        revoked: bool,
        /// Seconds since 1970 by the centre's clock; information for people.
        enrolled_at: i64,
    },
    /// A unit in scope follows on another.
    Succession {
        /// Feed number of the change.
        fseq: u64,
        /// Which on which.
        succession: Succession,
    },
    /// A record left what the device may see.
    Gone {
        /// Feed number of the change.
        fseq: u64,
        /// The record.
        id: RecordId,
    },
    /// A kind of a later version.
    #[serde(other)]
    Unknown,
}

/// An operation that is conflicted, held or quarantined. Conflicted ones go to everybody who sees the record; held and
/// quarantined ones to the officers who can settle them, and to the author.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Feed number of the change.
    pub fseq: u64,
    /// The operation.
    pub op: OperationId,
    /// What it does, a name of [`hocvu_model::operation::Kind`].
    pub kind: String,
    /// How it stands.
    #[serde(flatten)]
    pub ruling: Ruling,
    /// Whether it still waits for a person.
    pub open: bool,
    /// Kind of its record; empty for an act of an office.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub t: String,
    /// Its record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// The unit it puts the record in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitUid>,
    /// The head its author saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<OperationId>,
    /// The whole state it would make; of a held operation on an unknown base what it sets.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub body: Map<String, Value>,
    /// Whether the record would be void.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void: bool,
    /// The author's device.
    pub device: String,
    /// Author's clock, seconds since 1970.
    pub at: i64,
    /// Author.
    pub by: String,
}
