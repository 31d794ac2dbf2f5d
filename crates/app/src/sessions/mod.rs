//! Sessions: opening a form, checking it, saving, listing, reading, voiding.

mod begin;
mod change;
mod list;
mod read;
mod save;
mod void;

use hocvu_model::RecordId;
use hocvu_model::session::{self, Checked, Context, Raw, RawSession};
use hocvu_store::Read as StoreRead;

pub use begin::Begin;
pub use change::Change;
pub use list::List;
pub(crate) use list::{from_store, row, totals};
pub use read::Read;
pub(crate) use read::{changes, kind, status};
pub use save::{Check, Save};
pub(crate) use void::append;
pub use void::{Restore, Void};

use crate::App;
use crate::error::{Error, Result};

/// Applies the rules with everything this machine knows: its clock, its units, its earlier sessions.
pub(crate) fn check_raw(
    app: &App,
    read: &StoreRead<'_>,
    raw: &RawSession,
    except: Option<RecordId>,
) -> hocvu_store::Result<Checked> {
    let units = app.units();
    let unit = |uid: &str| units.get(uid);
    let mut context = Context::new(app.today(), &unit);
    // The first look reads the session; only then can it be compared with others.
    let first = session::check(raw, &context);
    let Some(found) = &first.session else { return Ok(first) };
    let topics: Vec<String> = found.topics.iter().map(ToString::to_string).collect();
    context.largest = read.largest(&found.unit, except)?;
    context.duplicate = read.duplicate(&found.unit, found.date, &topics, except)?;
    let plain = context.duplicate.is_none()
        && context
            .largest
            .is_none_or(|largest| found.attended() <= largest.saturating_mul(2));
    Ok(if plain { first } else { session::check(raw, &context) })
}

/// A record id from a screen.
pub(crate) fn record_id(text: &str) -> Result<RecordId> {
    text.parse()
        .map_err(|_| Error::BadCall(format!("{text} is no record id")))
}

/// The stored body as the form shows it, whether the rules accept it or not.
pub(crate) fn form_from_body(
    app: &App,
    body: &serde_json::Map<String, serde_json::Value>,
    unit: &hocvu_model::UnitUid,
) -> crate::contract::SessionForm {
    if let Some(session) = from_body(app, body, unit) {
        return crate::form::from_session(&session);
    }
    let raw = serde_json::from_value(serde_json::Value::Object(body.clone())).unwrap_or_default();
    crate::form::from_raw(&raw, unit.as_str())
}

/// The stored body as the rules take it; a body of another shape is an empty one.
pub(crate) fn raw_of_body(
    body: &serde_json::Map<String, serde_json::Value>,
    unit: &hocvu_model::UnitUid,
) -> RawSession {
    let mut raw: RawSession = serde_json::from_value(serde_json::Value::Object(body.clone())).unwrap_or_default();
    raw.unit = Raw::Text(unit.to_string());
    raw
}

/// The stored body as the domain reads it.
pub(crate) fn from_body(
    app: &App,
    body: &serde_json::Map<String, serde_json::Value>,
    unit: &hocvu_model::UnitUid,
) -> Option<session::TrainingSession> {
    let raw = raw_of_body(body, unit);
    let units = app.units();
    let stand_in = stand_in(unit.as_str());
    let find = |uid: &str| units.get(uid).or(Some(&stand_in));
    session::check(&raw, &Context::new(app.today(), &find)).session
}

/// A unit that has left this machine's list must not make an old record unreadable.
pub(crate) fn stand_in(uid: &str) -> hocvu_model::unit::Unit {
    hocvu_model::unit::Unit {
        uid: uid.into(),
        code: None,
        level: hocvu_model::unit::Level::Hamlet,
        name: uid.to_owned(),
        parent: None,
        valid_from: None,
        valid_to: None,
        sort: None,
        members: Vec::new(),
        void: false,
    }
}
