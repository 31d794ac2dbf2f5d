//! How a device's own operations lie over the centre's state, purely.

use std::collections::HashSet;

use hocvu_model::OperationId;
use hocvu_model::operation::{Kind, Operation};

use crate::branches::Branches;
use crate::fold::Step;
use crate::records::{Folded, Standing};
use crate::{RecordView, Result, State, Verdict};

/// An own operation, as far as the fold must know it besides its text.
pub(crate) struct Own {
    pub id: OperationId,
    pub state: State,
    /// Whether the shadow holds it already.
    pub in_shadow: bool,
    /// Whether it was a branch that a person settled.
    pub settled: bool,
}

/// A fold under way: own operations are laid over it in the order of their authoring.
pub(crate) struct Fold {
    /// The centre's state and what it has taken or may still take.
    line: Option<RecordView>,
    /// The same with rejected figures, which stay in view to be mended.
    all: Option<RecordView>,
    /// What is seen where the centre has nothing at all.
    branch: Option<RecordView>,
    branches: Branches,
    /// Rejected, or built on what was rejected.
    dead: HashSet<OperationId>,
    last: Last,
    /// The latest own operation on a branch.
    last_beside: Option<OperationId>,
    pub standing: Standing,
}

/// Where the latest own operation lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    OnTheLine,
    Dead,
    OnABranch,
    Settled,
}

impl Fold {
    /// Begins with the centre's state and the branches it told.
    pub fn over(shadow: Option<RecordView>, branches: Branches) -> Self {
        Self {
            line: shadow.clone(),
            all: shadow,
            branch: None,
            branches,
            dead: HashSet::new(),
            last: Last::OnTheLine,
            last_beside: None,
            standing: Standing::default(),
        }
    }

    /// Lays the next own operation over it.
    pub fn lay(&mut self, own: &Own, text: &str) -> Result<()> {
        let operation = Operation::parse(text)?;
        if operation.k == Kind::Resolve && !is_in_vain(own.state) {
            operation.supersedes.iter().for_each(|head| self.branches.close(*head));
        }
        if own.in_shadow {
            self.last = Last::OnTheLine;
            return Ok(());
        }
        if own.settled {
            self.branches.add(own.id, operation.base);
            self.branches.close(own.id);
            self.last = Last::Settled;
            return Ok(());
        }
        let on = |set: &dyn Fn(OperationId) -> bool| !own.state.is_applied() && operation.base.is_some_and(set);
        // What was rejected, and what was built on it before that was known, never becomes the centre's state.
        let dead = own.state == State::Stored(Verdict::Rejected) || on(&|base| self.dead.contains(&base));
        let beside = own.state == State::Stored(Verdict::Conflicted)
            || (operation.k != Kind::Resolve && on(&|base| self.branches.has(base)));
        let step = Step::read(own.id, text)?;
        if dead {
            self.dead.insert(own.id);
            self.last = Last::Dead;
            self.all = Some(step.apply(self.all.take()));
        } else if beside {
            self.branches.add(own.id, operation.base);
            self.last = Last::OnABranch;
            self.last_beside = Some(own.id);
            let on = self.branch.take().or_else(|| self.line.clone());
            self.branch = Some(step.apply(on));
        } else {
            self.last = Last::OnTheLine;
            self.line = Some(step.apply(self.line.take()));
            self.all = Some(Step::read(own.id, text)?.apply(self.all.take()));
        }
        Ok(())
    }

    /// What it comes to.
    pub fn done(self) -> Folded {
        let Self {
            line,
            all,
            branch,
            branches,
            last,
            last_beside,
            mut standing,
            dead: _,
        } = self;
        // A branch is all there is where the centre never took the record, or shows it to this device no more.
        let line = line.or(branch);
        let shown = if last == Last::Dead { all } else { line.clone() };
        let ended = last == Last::OnABranch && last_beside.is_some_and(|op| branches.is_closed(op));
        if last == Last::Settled || ended {
            standing.state = None;
        }
        let needs_its_author = |state| {
            matches!(
                state,
                State::Refused | State::Stored(Verdict::Rejected | Verdict::Held | Verdict::Quarantined)
            )
        };
        if !standing.state.is_some_and(needs_its_author) && !branches.heads().is_empty() {
            standing.state = Some(State::Stored(Verdict::Conflicted));
        }
        Folded {
            shown,
            line,
            standing,
            branches,
        }
    }
}

/// Whether a resolve in this state settled nothing.
fn is_in_vain(state: State) -> bool {
    matches!(
        state,
        State::Refused | State::Stored(Verdict::Rejected | Verdict::Conflicted | Verdict::Quarantined)
    )
}
