//! `GET /v1/changes?cursor=…`: the feed, restricted to what the device may see.

use hocvu_model::ids::{LogId, OperationId, RecordId, UnitUid};
use hocvu_model::unit::Unit;
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
    /// A kind of a later version.
    #[serde(other)]
    Unknown,
}
