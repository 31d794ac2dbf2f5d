//! The state the centre must have, computed from nothing but the stored frames: the other side of invariant I8.
//!
//! Pure: it is given operations in the order they took effect, with their verdicts, and keeps records in memory. It puts
//! each to the judge again (I6). It shares the reading of an operation with the desk, and nothing of how the desk keeps its
//! tables. Two things it takes as told: the weight of an author's word, since grants change, and closed months, since they
//! are opened again.

use std::collections::{HashMap, HashSet};

use hocvu_model::ids::{OperationId, RecordId};
use hocvu_model::operation::Kind;
use hocvu_wire::batch::Verdict;

use crate::judge::{self, Change, Effect, State, code};
use crate::reading::{self, Act};

/// A record as it must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// The operation that made it so.
    pub head: OperationId,
    /// The state.
    pub state: State,
    /// The lowest weight that may change it.
    pub floor: u8,
    /// When each weight last changed it.
    weights: [u64; 8],
}

/// One operation with what was decided.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// Its id.
    pub id: OperationId,
    /// Number of the device that wrote it.
    pub device: i64,
    /// When it took effect.
    pub feed: u64,
    /// Weight of its author's word.
    pub rank: u8,
    /// The verdict.
    pub verdict: Verdict,
    /// Its code.
    pub code: Option<&'a str>,
    /// Where an officer placed it.
    pub placed: Option<&'a str>,
    /// Judged before bases were compared by id.
    pub lenient: bool,
}

/// A state operations may be built on.
#[derive(Debug)]
struct Known {
    record: RecordId,
    state: State,
    feed: u64,
    device: i64,
    rank: u8,
    branch: bool,
}

/// Records, the states operations were built on, and branches that are settled.
#[derive(Debug, Default)]
pub struct Fold {
    records: HashMap<RecordId, Folded>,
    known: HashMap<OperationId, Known>,
    /// Operations that said what a head said already.
    same: HashMap<OperationId, OperationId>,
    closed: HashSet<OperationId>,
}

impl Fold {
    /// Every record.
    pub fn records(&self) -> &HashMap<RecordId, Folded> {
        &self.records
    }

    /// The state an operation made, if it took effect or is a branch.
    pub fn state(&self, id: OperationId) -> Option<&State> {
        self.known.get(&id).map(|known| &known.state)
    }

    /// Whether the operation is a branch of a record that nobody closed or went on from.
    pub fn is_open(&self, id: OperationId) -> bool {
        self.known.get(&id).is_some_and(|known| known.branch) && !self.closed.contains(&id)
    }

    /// Adds an operation that took effect or is a branch. `valid` says whether the rules allow a state.
    ///
    /// # Errors
    /// What is wrong with its verdict.
    pub fn add(&mut self, op: &Judged<'_>, act: &Act, valid: &dyn Fn(&State) -> bool) -> Result<(), &'static str> {
        let base_id = act.base.map(|base| *self.same.get(&base).unwrap_or(&base));
        let base = match base_id {
            None => None,
            Some(base) => Some(
                self.known
                    .get(&base)
                    .ok_or("built on an operation that took no effect before it")?,
            ),
        };
        if base.is_some_and(|base| base.record != act.record) {
            return Err("built on an operation of another record");
        }
        let unit = op.placed.or(act.unit.as_ref().map(|unit| unit.as_str()));
        let result = reading::outcome(act, base.map(|base| &base.state), unit).ok_or("not an object")?;
        let folded = self.records.get(&act.record);
        let open = act.supersedes.iter().filter(|id| self.is_open(**id));
        let change = Change {
            kind: act.kind,
            base: base.map(|base| &base.state),
            head: folded.map(|folded| &folded.state),
            result: &result,
            on_head: base_id == folded.map(|folded| folded.head),
            on_branch: base.is_some_and(|base| base.branch),
            rank: op.rank,
            floor: folded.map_or(0, |folded| folded.floor),
            outranked: base.zip(folded).is_some_and(|(base, folded)| {
                let above = &folded.weights[usize::from(op.rank) + 1..];
                above.iter().any(|applied| *applied > base.feed)
            }),
            closes_rank: open
                .filter_map(|id| self.known.get(id))
                .map(|it| it.rank)
                .max()
                .unwrap_or(0),
            locked: op.code == Some(code::PERIOD_LOCKED),
        };
        let effect = if op.lenient {
            before_ids(&change, op.verdict)?
        } else {
            decided(&change, op.verdict, valid)?
        };
        self.apply(op, act, result, effect);
        Ok(())
    }

    fn apply(&mut self, op: &Judged<'_>, act: &Act, result: State, effect: Effect) {
        let corrects = if act.kind == Kind::Correct { op.rank } else { 0 };
        let (state, branch, heads) = match effect {
            Effect::None => return,
            Effect::Same => {
                if let Some(folded) = self.records.get_mut(&act.record) {
                    folded.floor = folded.floor.max(corrects);
                    if !op.lenient {
                        self.same.insert(op.id, folded.head);
                        return;
                    }
                }
                (result, false, false)
            }
            Effect::Branch if !self.records.contains_key(&act.record) => return, // Kept for a closed month.
            Effect::Branch => (result, true, false),
            Effect::Merge(state) => (state, false, true),
            Effect::Head => (result, false, true),
        };
        if heads {
            let folded = self.records.entry(act.record).or_insert_with(|| Folded {
                head: op.id,
                state: state.clone(),
                floor: 0,
                weights: [0; 8],
            });
            folded.head = op.id;
            folded.state = state.clone();
            folded.floor = folded.floor.max(corrects);
            folded.weights[usize::from(op.rank)] = op.feed;
            self.closed.extend(act.supersedes.iter().copied());
        }
        if let Some(base) = act.base.filter(|_| branch && !op.lenient) {
            let own = |known: &Known| known.branch && known.device == op.device;
            if self.known.get(&base).is_some_and(own) {
                self.closed.insert(base);
            }
        }
        let known = Known {
            record: act.record,
            state,
            feed: op.feed,
            device: op.device,
            rank: op.rank,
            branch,
        };
        self.known.insert(op.id, known);
    }
}

/// What the judge says again; it must be what was stored.
fn decided(change: &Change<'_>, verdict: Verdict, valid: &dyn Fn(&State) -> bool) -> Result<Effect, &'static str> {
    let (ruling, effect) = match judge::decide(change, &[]) {
        (_, Effect::Merge(state)) if !valid(&state) => (Verdict::Conflicted, Effect::Branch),
        (ruling, effect) => (ruling.v, effect),
    };
    match (ruling, verdict) {
        _ if ruling == verdict => Ok(effect),
        (_, Verdict::Accepted) => Err("accepted over a change its author had not seen"),
        (_, Verdict::Merged) => Err("merged with a change it contradicts"),
        _ => Err("kept as a branch without a reason"),
    }
}

/// The rule of the schema before: who had seen the same words had seen the head.
fn before_ids(change: &Change<'_>, verdict: Verdict) -> Result<Effect, &'static str> {
    if verdict != Verdict::Accepted {
        Ok(Effect::Branch)
    } else if change.base == change.head {
        Ok(Effect::Head)
    } else if change.head == Some(change.result) {
        Ok(Effect::Same)
    } else {
        Err("accepted over a change its author had not seen")
    }
}
