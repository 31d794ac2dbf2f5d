use hocvu_model::session::{self, Checked};
use hocvu_model::{RecordId, UnitUid};
use hocvu_store::Read as StoreRead;
use serde_json::{Map, Value};

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

/// A choice the rules let through.
pub struct Settled {
    /// What to set on what counts.
    pub set: Map<String, Value>,
    pub unit: UnitUid,
    pub void: bool,
    pub checked: Checked,
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
                let picked = usize::try_from(*version).ok().and_then(|index| read.get(index));
                let picked = picked.ok_or_else(|| Error::BadCall(format!("no version {version}")))?;
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
    let first = &versions.all[0];
    let counting: &Map<String, Value> = if versions.has_head { &first.body } else { &Map::new() };
    if composed.void {
        return Ok(Settled {
            set: if versions.has_head {
                Map::new()
            } else {
                first.body.clone()
            },
            unit: first.unit.clone(),
            void: true,
            checked,
        });
    }
    let Some(session) = &checked.session else {
        return Err(Error::Invalid(checked.findings));
    };
    // Compared in this build's own writing, so that a field nobody chose is not rewritten.
    let before = match sessions::from_body(app, counting, &first.unit) {
        Some(before) => session::body(&before),
        None => counting.clone(),
    };
    let mut set = session::patch(&before, &session::body(session));
    set.extend(
        composed
            .unknown
            .into_iter()
            .filter(|(key, value)| counting.get(key).unwrap_or(&Value::Null) != value),
    );
    Ok(Settled {
        set,
        unit: session.unit.clone(),
        void: false,
        checked,
    })
}
