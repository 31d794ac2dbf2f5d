//! Which versions of a record stand beside its head, purely.

use std::collections::{BTreeMap, BTreeSet};

use hocvu_model::OperationId;

/// Operations of a record that are kept beside its head: each with what it was built on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Branches {
    limbs: BTreeMap<OperationId, Option<OperationId>>,
    closed: BTreeSet<OperationId>,
}

impl Branches {
    /// Adds an operation that is kept beside the head.
    pub fn add(&mut self, op: OperationId, base: Option<OperationId>) {
        self.limbs.insert(op, base);
    }

    /// Whether the operation is kept beside the head.
    pub fn has(&self, op: OperationId) -> bool {
        self.limbs.contains_key(&op)
    }

    /// What an operation beside the head was built on.
    fn base(&self, op: OperationId) -> Option<OperationId> {
        self.limbs.get(&op).copied().flatten()
    }

    /// Closes the branch that ends in `head`, down to where it left the record.
    pub fn close(&mut self, head: OperationId) {
        let mut next = Some(head);
        while let Some(op) = next.take() {
            if self.closed.insert(op) {
                next = self.base(op);
            }
        }
    }

    /// Whether somebody has settled it.
    pub fn is_closed(&self, op: OperationId) -> bool {
        self.closed.contains(&op)
    }

    /// What a branch was built on before it left the record.
    pub fn root(&self, head: OperationId) -> Option<OperationId> {
        let mut now = head;
        // A chain longer than the branch would be a ring; what others sent is not trusted.
        for _ in 0..=self.limbs.len() {
            match self.base(now) {
                Some(base) if self.has(base) => now = base,
                other => return other,
            }
        }
        None
    }

    /// The ends of the branches that are open: what a person has to settle.
    pub fn heads(&self) -> Vec<OperationId> {
        let open = || self.limbs.iter().filter(|(op, _)| !self.closed.contains(op));
        let inner: BTreeSet<OperationId> = open().filter_map(|(_, base)| *base).collect();
        open().map(|(op, _)| *op).filter(|op| !inner.contains(op)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hocvu_model::LogId;

    fn op(seq: u64) -> OperationId {
        OperationId {
            log: LogId([1; 16]),
            seq,
        }
    }

    #[test]
    fn a_branch_is_told_by_its_end_and_closed_down_to_its_root() {
        let mut branches = Branches::default();
        branches.add(op(2), Some(op(1))); // 1 is the head's line.
        branches.add(op(3), Some(op(2)));
        branches.add(op(9), None);
        assert_eq!(branches.heads(), [op(3), op(9)]);
        branches.close(op(3));
        assert_eq!(branches.heads(), [op(9)]);
        assert!(branches.is_closed(op(2)) && !branches.is_closed(op(9)));
        branches.add(op(4), Some(op(3)));
        assert_eq!(
            branches.heads(),
            [op(4), op(9)],
            "what was built on a settled branch is open again"
        );
    }
}
