//! The stored body of a session.

use serde_json::{Map, Value, json};

use super::{CountLine, TrainingSession, attachment};
use crate::body::object;
use crate::input::time;

/// Every field of a session's body.
pub(crate) const FIELDS: [&str; 13] = [
    "date",
    "start",
    "duration_minutes",
    "form",
    "topics",
    "venue",
    "facilitators",
    "language",
    "counts",
    "household_businesses",
    "broadcast_items",
    "note",
    attachment::FIELD,
];

/// The full body of a session; keys in alphabetical order, absent values left out.
pub fn body(session: &TrainingSession) -> Map<String, Value> {
    let TrainingSession {
        unit: _,
        date,
        start,
        duration_minutes,
        form,
        topics,
        venue,
        facilitators,
        language,
        counts,
        household_businesses,
        broadcast_items,
        note,
        attachments,
    } = session;
    let mut body = Map::new();
    let mut set = |key: &str, value: Value| {
        if !value.is_null() {
            body.insert(key.to_owned(), value);
        }
    };
    set("date", json!(date));
    set("start", json!(start.map(time::format)));
    set("duration_minutes", json!(duration_minutes));
    set("form", json!(form));
    set("topics", json!(topics));
    set(
        "venue",
        venue.as_ref().map_or(Value::Null, |venue| {
            Value::Object(object([("type", json!(venue.kind)), ("name", json!(venue.name))]))
        }),
    );
    set(
        "facilitators",
        facilitators.as_ref().map_or(Value::Null, |who| {
            Value::Object(object([("count", json!(who.count)), ("names", json!(who.names))]))
        }),
    );
    set("language", json!(language));
    set("counts", counts.iter().map(line).collect());
    set("household_businesses", json!(household_businesses));
    set("broadcast_items", json!(broadcast_items));
    set("note", json!(note));
    set(attachment::FIELD, attachment::to_value(attachments));
    body
}

/// What must be set on `before` to make it `after`; also the fields of a photo that stays survive.
pub fn patch(before: &Map<String, Value>, after: &Map<String, Value>) -> Map<String, Value> {
    crate::body::patch(&FIELDS, before, after)
}

fn line(line: &CountLine) -> Value {
    let mut fields = Map::new();
    fields.insert("group".into(), json!(line.group));
    fields.insert("attended".into(), json!(line.attended));
    for (name, value) in line.of_which() {
        if let Some(value) = value {
            fields.insert(name.into(), json!(value));
        }
    }
    Value::Object(fields)
}
