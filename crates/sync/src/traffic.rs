//! Bytes of bodies, for the diary: what a person on a metered link wants to know.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the bytes of bodies as they travel, both ways. Copies count together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traffic {
    up: Arc<AtomicU64>,
    down: Arc<AtomicU64>,
}

impl Traffic {
    pub fn sent(&self, bytes: usize) {
        self.up.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub fn received(&self, bytes: usize) {
        self.down.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Bytes up and down since the last call.
    pub fn take(&self) -> (u64, u64) {
        (self.up.swap(0, Ordering::Relaxed), self.down.swap(0, Ordering::Relaxed))
    }
}

/// Kilobytes with one decimal, as the diary shows them.
pub(crate) fn kilobytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000, bytes % 1_000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_once_and_shown_in_kilobytes() {
        let traffic = Traffic::default();
        let copy = traffic.clone();
        traffic.sent(1_234);
        copy.received(99);
        assert_eq!(traffic.take(), (1_234, 99));
        assert_eq!(copy.take(), (0, 0));
        assert_eq!([kilobytes(1_234), kilobytes(99), kilobytes(0)], ["1.2", "0.0", "0.0"]);
    }
}
