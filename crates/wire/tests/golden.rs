//! Messages as released programs write them: they are read for ever, and nothing of them is lost (I16).

use hocvu_wire::batch::{OpsReply, OpsRequest};
use hocvu_wire::changes::ChangesReply;
use hocvu_wire::digest::{DigestReply, SnapshotReply};
use hocvu_wire::enrol::{EnrolReply, EnrolRequest};
use hocvu_wire::problem::Problem;
use hocvu_wire::session::{SessionReply, SessionRequest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a message and writes it again.
fn through<T: DeserializeOwned + Serialize>(message: &Value) -> Value {
    let read: T = serde_json::from_value(message.clone()).unwrap_or_else(|error| panic!("{error}: {message}"));
    serde_json::to_value(read).expect("plain data is always JSON")
}

#[test]
fn i16_every_released_message_is_read_whole() {
    let golden: Value = serde_json::from_str(include_str!("golden/messages-1.json")).expect("JSON");
    for (name, message) in golden.as_object().expect("an object") {
        let again = match name.as_str() {
            "enrol_request" => through::<EnrolRequest>(message),
            "enrol_reply" => through::<EnrolReply>(message),
            "session_request" => through::<SessionRequest>(message),
            "session_nonce" | "session_open" => through::<SessionReply>(message),
            "ops_request" => through::<OpsRequest>(message),
            "ops_reply" => through::<OpsReply>(message),
            "changes_reply" => through::<ChangesReply>(message),
            "digest_reply" => through::<DigestReply>(message),
            "snapshot_reply" => through::<SnapshotReply>(message),
            "problem" => through::<Problem>(message),
            other => panic!("no type for {other}"),
        };
        assert_eq!(&again, message, "{name}");
    }
}
