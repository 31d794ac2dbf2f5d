use hocvu_model::RecordId;
use hocvu_model::session::{self, Checked};
use hocvu_store::Read as StoreRead;
use serde_json::{Map, Value};

use super::settle::Settled;
use super::{Versions, leaves};
use crate::App;
use crate::contract::{ConflictInput, Pick, SessionForm};
use crate::error::{Error, Result};
use crate::{form, sessions};

/// What a person's choices make of a session.
pub struct Composed {
    pub form: SessionForm,
    /// Whether it would be void; then the other choices do not matter.
    pub void: bool,
    /// Chosen fields this build knows nothing of; null removes one.
    unknown: Map<String, Value>,
}

/// Puts the session together.
///
/// # Errors
/// [`Error::BadCall`] for a choice that no screen offers.
pub fn compose(app: &App, versions: &Versions, input: &ConflictInput) -> Result<Composed> {
    let read = leaves::read(app, &versions.all);
    let mut composed = Composed {
        form: read[0].form.clone(),
        void: versions.all[0].void,
        unknown: Map::new(),
    };
    for (path, pick) in &input.picks {
        match pick {
            Pick::Text { text } => leaves::set_text(&mut composed.form, path, text.clone()),
            Pick::Version { version } => {
                let picked = &read[versions.place(*version)?];
                if path == leaves::VOID {
                    composed.void = picked.version.void;
                } else if leaves::is_unknown(path) {
                    let value = picked.version.body.get(path).cloned().unwrap_or(Value::Null);
                    composed.unknown.insert(path.clone(), value);
                } else {
                    leaves::set(&mut composed.form, path, &picked.form);
                }
            }
        }
    }
    Ok(composed)
}

/// Applies the rules to it.
///
/// # Errors
/// Reading failed.
pub fn check(app: &App, read: &StoreRead<'_>, composed: &Composed, id: RecordId) -> hocvu_store::Result<Checked> {
    if composed.void {
        // Nothing of it counts, so no figure of it can be wrong.
        return Ok(Checked {
            session: None,
            findings: Vec::new(),
        });
    }
    sessions::check_raw(app, read, &form::raw(&composed.form), Some(id))
}

/// What must be said to make it so.
///
/// # Errors
/// [`Error::Invalid`] when the rules refuse.
pub fn settle(app: &App, versions: &Versions, composed: Composed, checked: Checked) -> Result<Settled> {
    if composed.void {
        return Ok(versions.settled_void());
    }
    let Some(session) = &checked.session else {
        return Err(Error::Invalid(checked.findings));
    };
    // Compared in this build's own writing, so that a field nobody chose is not rewritten.
    let counting = versions.counting();
    let before = match sessions::from_body(app, &counting, &versions.all[0].unit) {
        Some(before) => session::body(&before),
        None => counting,
    };
    let set = session::patch(&before, &session::body(session));
    Ok(versions.settled(set, composed.unknown, &session.unit, checked.findings))
}
