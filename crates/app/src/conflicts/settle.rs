//! What a choice says of what counts: the same for a session and for a record of plain fields.

use hocvu_model::{Finding, UnitUid};
use serde_json::{Map, Value};

use super::Versions;
use crate::error::{Error, Result};

/// A choice the rules let through.
pub struct Settled {
    /// What to set on what counts.
    pub set: Map<String, Value>,
    pub unit: UnitUid,
    pub void: bool,
    pub findings: Vec<Finding>,
}

impl Versions {
    /// Where the version stands that a leaf is picked from.
    ///
    /// # Errors
    /// [`Error::BadCall`] for one that was not on the screen.
    pub(super) fn place(&self, picked: u32) -> Result<usize> {
        let place = usize::try_from(picked).ok().filter(|place| *place < self.all.len());
        place.ok_or_else(|| Error::BadCall(format!("no version {picked}")))
    }

    /// The body of what counts, of which a choice is a change; an empty one where nothing does yet.
    pub(super) fn counting(&self) -> Map<String, Value> {
        match self.has_head {
            true => self.all[0].body.clone(),
            false => Map::new(),
        }
    }

    /// What would be void: the other choices do not matter.
    pub(super) fn settled_void(&self) -> Settled {
        let first = &self.all[0];
        Settled {
            set: match self.has_head {
                true => Map::new(),
                false => first.body.clone(),
            },
            unit: first.unit.clone(),
            void: true,
            findings: Vec::new(),
        }
    }

    /// What lives: `set` is what the rules let through of it, `unknown` the chosen fields this build knows nothing of.
    pub(super) fn settled(
        &self,
        mut set: Map<String, Value>,
        unknown: Map<String, Value>,
        unit: &UnitUid,
        findings: Vec<Finding>,
    ) -> Settled {
        let counting = self.counting();
        let changes = |(key, value): &(String, Value)| counting.get(key).unwrap_or(&Value::Null) != value;
        set.extend(unknown.into_iter().filter(changes));
        Settled {
            set,
            unit: unit.clone(),
            void: false,
            findings,
        }
    }
}
