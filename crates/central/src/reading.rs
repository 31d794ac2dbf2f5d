//! What an operation's text says, read once and without the database: on arrival in the request task, and again when a
//! held operation is judged anew.

use std::borrow::Cow;

use chrono::NaiveDate;
use hocvu_model::ids::{OperationId, RecordId, UnitUid};
use hocvu_model::operation::{self, Kind, Operation};
use hocvu_model::record::{self, Checked, Context};
use hocvu_model::unit::{Succession, Unit};
use hocvu_model::{RecordKind, body, text};
use hocvu_wire::limits;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::directory::Directory;
use crate::error::{Error, Result};
use crate::judge::{State, code};

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
    /// An act of an office.
    Office(Box<Office>),
    /// Of a later version: kept until this program is updated.
    Ahead,
    /// Not an operation of any version: kept, rejected with this code.
    Unreadable(&'static str),
}

/// An act on a record of a kind this build knows.
#[derive(Debug, Clone)]
pub struct Act {
    /// Put, void, restore, correct or resolve.
    pub kind: Kind,
    /// What the record is.
    pub record_kind: RecordKind,
    /// The record.
    pub record: RecordId,
    /// The unit the record is to belong to.
    pub unit: Option<UnitUid>,
    /// The head the author saw.
    pub base: Option<OperationId>,
    /// Fields to set; empty for void and restore.
    pub set: Set,
    /// Whether the record is void afterwards, for correct and resolve.
    pub void: Option<bool>,
    /// Whether a person said why.
    pub explained: bool,
    /// Branches a resolve closes.
    pub supersedes: Vec<OperationId>,
}

/// An act of an office, on no record.
#[derive(Debug, Clone)]
pub struct Office {
    /// Adopt, return, release, revoke, invite or succeed.
    pub kind: Kind,
    /// Operations it is about.
    pub cites: Vec<OperationId>,
    /// Unit of an adopt or an invite.
    pub unit: Option<UnitUid>,
    /// Device of a revoke.
    pub device: Option<String>,
    /// Role of an invite.
    pub role: Option<String>,
    /// SHA-256 of the code of an invite, base64url.
    pub code: Option<String>,
    /// Name of the person invited.
    pub name: Option<String>,
    /// Units of a succeed.
    pub units: Vec<Unit>,
    /// Successions of a succeed.
    pub successions: Vec<Succession>,
    /// Why, in a person's words, composed.
    pub reason: String,
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
    if text.len() > limits::OP_BYTES_MAX || !limits::strings_are_fine(text) {
        return Candidate {
            digest,
            at: 0,
            reading: Reading::Unreadable(code::OP_TOO_LARGE),
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

/// Applies the rules of the kind to a whole body: the record where nothing is impossible, and every finding. Nothing when
/// the body has not even the shape of one.
pub fn check(
    kind: RecordKind,
    body: &str,
    unit: Option<&str>,
    directory: &Directory,
    today: NaiveDate,
) -> Option<Checked> {
    record::check(kind, body, unit, &Context::new(today, &|uid| directory.units.get(uid)))
}

/// A patch or body with every text composed, as it is stored.
pub fn composed(text: &str) -> Option<Body> {
    let mut body: Body = serde_json::from_str(text).ok()?;
    body.values_mut().for_each(compose);
    Some(body)
}

/// What an act makes of its base; `unit` is where the record is to be afterwards. Nothing when it is no patch, or one of
/// another kind of record.
pub fn outcome(act: &Act, base: Option<&State>, unit: Option<&str>) -> Option<State> {
    let mut state = match base {
        Some(base) if base.kind != act.record_kind => return None,
        Some(base) => base.clone(),
        None => State {
            kind: act.record_kind,
            unit: String::new(),
            body: Body::new(),
            void: false,
        },
    };
    if !act.set.text.is_empty() {
        state.body = body::merge(&state.body, &composed(&act.set.text)?);
    }
    state.void = act.kind.void_after(state.void, act.void);
    if let Some(unit) = unit {
        state.unit = unit.to_owned();
    }
    Some(state)
}

/// A stored body.
///
/// # Errors
/// It is no JSON object.
pub(crate) fn parse_body(text: &str) -> Result<Body> {
    serde_json::from_str(text).map_err(|e| Error::Damaged(format!("a stored body: {e}")))
}

fn classify(operation: Operation<'_>, directory: &Directory, today: NaiveDate) -> Reading {
    match operation.k {
        Kind::Open => Reading::Open {
            device: operation.device,
        },
        kind if kind.is_on_record() => on_record(operation, directory, today),
        _ => Reading::Office(Box::new(office(operation))),
    }
}

fn on_record(operation: Operation<'_>, directory: &Directory, today: NaiveDate) -> Reading {
    let Operation {
        k: kind,
        t,
        sv,
        id,
        unit,
        base,
        set,
        reason,
        at: _,
        device: _,
        predecessor: _,
        void,
        supersedes,
        cites: _,
        role: _,
        code: _,
        name: _,
        units: _,
        successions: _,
    } = operation;
    let Some(record_kind) = RecordKind::parse(&t).filter(|known| sv <= known.schema_version()) else {
        return Reading::Ahead;
    };
    let Some(record) = id else {
        return Reading::Unreadable(code::MALFORMED);
    };
    let creates = base.is_none();
    let set = match (kind, set) {
        (Kind::Put, Some(set)) => {
            let creates_in = unit.as_ref().filter(|_| creates);
            read_set(set.get(), creates_in.map(|unit| (record_kind, unit)), directory, today)
        }
        (Kind::Put, None) => None,
        _ if creates => None, // Nothing to declare void, to correct or to settle.
        (Kind::Resolve, _) if supersedes.is_empty() => None,
        (Kind::Correct | Kind::Resolve, Some(set)) => read_set(set.get(), None, directory, today),
        (Kind::Correct | Kind::Resolve, None) => read_set("{}", None, directory, today),
        _ => Some(Set::default()),
    };
    match set {
        Some(set) => Reading::Act(Box::new(Act {
            kind,
            record_kind,
            record,
            unit,
            base,
            set,
            void,
            explained: reason.is_some_and(|reason| !text::tidy(&reason).is_empty()),
            supersedes: if kind == Kind::Resolve { supersedes } else { Vec::new() },
        })),
        None => Reading::Unreadable(code::MALFORMED),
    }
}

fn office(operation: Operation<'_>) -> Office {
    let Operation {
        k: kind,
        t: _,
        sv: _,
        id: _,
        unit,
        base: _,
        set: _,
        reason,
        at: _,
        device,
        predecessor: _,
        void: _,
        supersedes: _,
        cites,
        role,
        code,
        name,
        units,
        successions,
    } = operation;
    Office {
        kind,
        cites,
        unit,
        device,
        role,
        code,
        name,
        units,
        successions,
        reason: reason.map(|reason| text::tidy(&reason)).unwrap_or_default(),
    }
}

fn read_set(
    text: &str,
    creates: Option<(RecordKind, &UnitUid)>,
    directory: &Directory,
    today: NaiveDate,
) -> Option<Set> {
    if !text.starts_with('{') || !keys_are_single(text) {
        return None;
    }
    let plain = is_plain(text);
    let checked = match creates {
        Some((kind, unit)) if plain => Some((
            directory.units_version,
            check(kind, text, Some(unit.as_str()), directory, today)?,
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

/// Whether the record is of a kind, or of a schema, this program does not know.
fn is_ahead(kind: &str, version: u64) -> bool {
    match RecordKind::parse(kind) {
        Some(known) => version > known.schema_version().into(),
        None => !kind.is_empty() || version > 1,
    }
}

/// A kind of a later version is held; anything else that is no operation is rejected.
fn unread(text: &str) -> Reading {
    #[derive(Deserialize)]
    struct Probe<'a> {
        #[serde(borrow)]
        k: Cow<'a, str>,
        #[serde(default, borrow)]
        t: Cow<'a, str>,
        #[serde(default)]
        sv: u64,
    }
    match serde_json::from_str::<Probe<'_>>(text) {
        Ok(probe) if is_ahead(&probe.t, probe.sv) => Reading::Ahead,
        Ok(probe) if Kind::parse(&probe.k).is_none() => Reading::Ahead,
        _ => Reading::Unreadable(code::MALFORMED),
    }
}

/// Whether no object names a key twice: two readers might keep different ones. `json` is known to be JSON, so brackets and
/// quotes are all there is to look at; a key written with escapes counts as one named twice, since it could be.
fn keys_are_single(json: &str) -> bool {
    let bytes = json.as_bytes();
    // For each open bracket: where the keys of this object begin in `keys`; nothing for a list.
    let (mut open, mut keys): (Vec<Option<usize>>, Vec<&str>) = (Vec::new(), Vec::new());
    let (mut at, mut key_next) = (0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'{' => {
                open.push(Some(keys.len()));
                key_next = true;
            }
            b'[' => open.push(None),
            b'}' | b']' => {
                if let Some(Some(first)) = open.pop() {
                    keys.truncate(first);
                }
            }
            b',' => key_next = open.last().is_some_and(Option::is_some),
            b'"' => {
                let start = at + 1;
                at = string_end(bytes, start);
                if key_next {
                    let key = &json[start..at];
                    let first = open.last().copied().flatten().unwrap_or_default();
                    if key.contains('\\') || keys[first..].contains(&key) {
                        return false;
                    }
                    keys.push(key);
                    key_next = false;
                }
            }
            _ => {}
        }
        at += 1;
    }
    true
}

/// Where the quote is that ends the string whose text begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_named_twice_is_noticed_wherever_it_is() {
        for fine in [
            "{}",
            r#"{"a":1,"b":{"a":2,"b":[{"a":1},{"a":1}]},"c":["a","a"],"d":"a"}"#,
            r#"{"a":"\"","b":",\"a\":","ấ":"{\"a"}"#,
        ] {
            assert!(keys_are_single(fine), "{fine}");
        }
        for bad in [
            r#"{"a":1,"a":2}"#,
            r#"{"x":[{"y":[]},{"b":{"c":[1,2],"d":{},"c":0}}]}"#,
            r#"{ "a" : [1] , "b" : {} , "a" : 2 }"#,
            r#"{"\u0061":1,"a":2}"#,
        ] {
            assert!(!keys_are_single(bad), "{bad}");
        }
    }
}
