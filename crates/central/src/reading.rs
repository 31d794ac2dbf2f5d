//! What an operation's text says, read once and without the database: on arrival in the request task, and again when a
//! held operation is judged anew.

use std::borrow::Cow;

use chrono::NaiveDate;
use hocvu_model::ids::{OperationId, RecordId, UnitUid};
use hocvu_model::operation::{self, Kind, Operation};
use hocvu_model::session::{self, Checked, Context, Raw, RawSession, SCHEMA_VERSION};
use hocvu_model::text;
use hocvu_wire::limits;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::directory::Directory;

/// The body of a record: a JSON object.
pub type Body = Map<String, Value>;

/// One operation of a verified frame.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// SHA-256 of its exact text.
    pub digest: [u8; 32],
    /// Author's clock; information for people.
    pub at: i64,
    /// What it says.
    pub reading: Reading,
}

/// What an operation says.
#[derive(Debug, Clone)]
pub enum Reading {
    /// First of a log.
    Open {
        /// The device it names.
        device: Option<String>,
    },
    /// An act on a record.
    Act(Box<Act>),
    /// Of a later version: kept until this program is updated.
    Ahead,
    /// Not an operation of any version: kept, rejected with this code.
    Unreadable(&'static str),
}

/// An act on a record of a kind this build knows.
#[derive(Debug, Clone)]
pub struct Act {
    /// Put, void or restore.
    pub kind: Kind,
    /// The record.
    pub record: RecordId,
    /// The unit the record is to belong to.
    pub unit: Option<UnitUid>,
    /// The head the author saw.
    pub base: Option<OperationId>,
    /// Fields to set; empty for void and restore.
    pub set: Set,
}

/// The fields of a put.
#[derive(Debug, Clone, Default)]
pub struct Set {
    /// Exact JSON of an object.
    pub text: String,
    /// Whether `text` may stand as a body as it is: composed letters, nothing removed.
    pub plain: bool,
    /// The rules' answer for a creation, with the version of the units it was given for.
    pub checked: Option<(u64, Checked)>,
}

/// Reads the text of one operation. `directory` and `today` serve the rules of a creation.
pub fn read(text: &str, directory: &Directory, today: NaiveDate) -> Candidate {
    let digest = operation::digest(text);
    if text.len() > limits::OP_BYTES_MAX {
        return Candidate {
            digest,
            at: 0,
            reading: Reading::Unreadable("OP_TOO_LARGE"),
        };
    }
    match Operation::parse(text) {
        Ok(operation) => Candidate {
            digest,
            at: operation.at,
            reading: classify(operation, directory, today),
        },
        Err(_) => Candidate {
            digest,
            at: 0,
            reading: unread(text),
        },
    }
}

/// Applies the rules to a whole body: the session where nothing is impossible, and every finding. Nothing when the body has
/// not even the shape of one.
pub fn check(body: &str, unit: Option<&str>, directory: &Directory, today: NaiveDate) -> Option<Checked> {
    let mut raw: RawSession = serde_json::from_str(body).ok()?;
    raw.unit = unit.map_or(Raw::Absent, |unit| Raw::Text(unit.to_owned())); // Never the body's own word.
    Some(session::check(
        &raw,
        &Context {
            today,
            unit: &|uid| directory.units.get(uid),
            largest: None,
            duplicate: None,
        },
    ))
}

/// A patch or body with every text composed, as it is stored.
pub fn composed(text: &str) -> Option<Body> {
    let mut body: Body = serde_json::from_str(text).ok()?;
    body.values_mut().for_each(compose);
    Some(body)
}

fn classify(operation: Operation<'_>, directory: &Directory, today: NaiveDate) -> Reading {
    let Operation {
        k: kind,
        t,
        sv,
        id,
        unit,
        base,
        set,
        reason: _,
        at: _,
        device,
        predecessor: _,
    } = operation;
    if kind == Kind::Open {
        return Reading::Open { device };
    }
    if t != operation::TRAINING_SESSION || sv > SCHEMA_VERSION {
        return Reading::Ahead;
    }
    let Some(record) = id else {
        return Reading::Unreadable("MALFORMED");
    };
    let creates = base.is_none();
    let set = match (kind, set) {
        (Kind::Put, Some(set)) => read_set(set.get(), unit.as_ref().filter(|_| creates), directory, today),
        (Kind::Put, None) => None,
        _ if creates => None, // Nothing to declare void.
        _ => Some(Set::default()),
    };
    match set {
        Some(set) => Reading::Act(Box::new(Act {
            kind,
            record,
            unit,
            base,
            set,
        })),
        None => Reading::Unreadable("MALFORMED"),
    }
}

fn read_set(text: &str, creates_in: Option<&UnitUid>, directory: &Directory, today: NaiveDate) -> Option<Set> {
    if !text.starts_with('{') || !keys_are_single(text) {
        return None;
    }
    let plain = is_plain(text);
    let checked = match creates_in {
        Some(unit) if plain => Some((
            directory.units_version,
            check(text, Some(unit.as_str()), directory, today)?,
        )),
        _ => None,
    };
    Some(Set {
        text: text.to_owned(),
        plain,
        checked,
    })
}

/// Whether the JSON can be a body as it stands. Escapes may hide loose marks, nulls remove: both take the slow way.
fn is_plain(text: &str) -> bool {
    !text.contains("\\u") && !text.contains("null") && text::is_nfc(text)
}

fn compose(value: &mut Value) {
    match value {
        Value::String(string) if !text::is_nfc(string) => *string = text::tidy(string),
        Value::Array(items) => items.iter_mut().for_each(compose),
        Value::Object(fields) => fields.values_mut().for_each(compose),
        _ => {}
    }
}

/// A kind of a later version is held; anything else that is no operation is rejected.
fn unread(text: &str) -> Reading {
    #[derive(Deserialize)]
    struct Probe<'a> {
        #[serde(borrow)]
        k: Cow<'a, str>,
        #[serde(default)]
        sv: u64,
    }
    match serde_json::from_str::<Probe<'_>>(text) {
        Ok(probe) if probe.sv > SCHEMA_VERSION.into() => Reading::Ahead,
        Ok(probe) if !["open", "put", "void", "restore"].contains(&probe.k.as_ref()) => Reading::Ahead,
        _ => Reading::Unreadable("MALFORMED"),
    }
}

/// Whether no object names a key twice: two readers might keep different ones.
fn keys_are_single(text: &str) -> bool {
    serde_json::from_str::<single::Keys>(text).is_ok()
}

mod single {
    use std::borrow::Cow;
    use std::fmt;

    use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

    /// Any JSON in which no object names a key twice.
    pub(super) struct Keys;

    impl<'de> Deserialize<'de> for Keys {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(Walk)
        }
    }

    struct Walk;

    impl<'de> Visitor<'de> for Walk {
        type Value = Keys;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("JSON")
        }
        fn visit_unit<E>(self) -> Result<Keys, E> {
            Ok(Keys)
        }
        fn visit_bool<E>(self, _: bool) -> Result<Keys, E> {
            Ok(Keys)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Keys, E> {
            Ok(Keys)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Keys, E> {
            Ok(Keys)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Keys, E> {
            Ok(Keys)
        }
        fn visit_str<E>(self, _: &str) -> Result<Keys, E> {
            Ok(Keys)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Keys, A::Error> {
            while seq.next_element::<Keys>()?.is_some() {}
            Ok(Keys)
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
            let mut seen: Vec<Cow<'de, str>> = Vec::with_capacity(12);
            while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
                if seen.contains(&key) {
                    return Err(A::Error::custom("a key twice"));
                }
                seen.push(key);
                map.next_value::<Keys>()?;
            }
            Ok(Keys)
        }
    }

    #[derive(serde::Deserialize)]
    struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
}
