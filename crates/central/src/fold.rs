//! The state the centre must have, computed from nothing but the stored frames: the other side of invariant I8.
//!
//! Pure: it is given operations in feed order with their verdicts and keeps records in memory. It shares the reading of an
//! operation with the desk, and nothing of how the desk keeps its tables.

use std::collections::HashMap;

use hocvu_model::ids::{OperationId, RecordId};
use hocvu_model::operation::Kind;
use hocvu_model::session::merge;

use crate::judge::State;
use crate::reading::{self, Act, Body};

/// A record as it must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// The operation that made it so.
    pub head: OperationId,
    /// The state.
    pub state: State,
}

/// Records, and the states operations were built on.
#[derive(Debug, Default)]
pub struct Fold {
    records: HashMap<RecordId, Folded>,
    states: HashMap<OperationId, State>,
}

impl Fold {
    /// Every record.
    pub fn records(&self) -> &HashMap<RecordId, Folded> {
        &self.records
    }

    /// Adds an operation that took effect, in feed order. Says what is wrong when it overwrote something its author had
    /// not seen (I6).
    pub fn accepted(&mut self, id: OperationId, act: &Act) -> Result<(), &'static str> {
        let result = self.result(act)?;
        let head = self.records.get(&act.record);
        if act.base.map(|base| &self.states[&base]) == head.map(|head| &head.state) {
            let folded = Folded {
                head: id,
                state: result.clone(),
            };
            self.records.insert(act.record, folded);
        } else if head.map(|head| &head.state) != Some(&result) {
            return Err("accepted over a change its author had not seen");
        }
        self.states.insert(id, result);
        Ok(())
    }

    /// Adds a branch: no record changes.
    pub fn conflicted(&mut self, id: OperationId, act: &Act) -> Result<(), &'static str> {
        let result = self.result(act)?;
        self.states.insert(id, result);
        Ok(())
    }

    fn result(&self, act: &Act) -> Result<State, &'static str> {
        let mut state = match act.base {
            None => State {
                unit: String::new(),
                body: Body::new(),
                void: false,
            },
            Some(base) => self
                .states
                .get(&base)
                .cloned()
                .ok_or("built on an operation that took no effect before it")?,
        };
        match act.kind {
            Kind::Put | Kind::Correct | Kind::Resolve => {
                let set = reading::composed(&act.set.text).ok_or("not an object")?;
                state.body = merge(&state.body, &set);
            }
            Kind::Void => state.void = true,
            Kind::Restore => state.void = false,
            _ => return Err("no act on a record"),
        }
        if let Some(unit) = &act.unit {
            state.unit = unit.0.clone();
        }
        Ok(state)
    }
}
