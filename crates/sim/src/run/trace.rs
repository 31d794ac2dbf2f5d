//! What happened, for a person and as a hash.

use sha2::{Digest, Sha256};

/// Lines of a run, in order.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    lines: Vec<String>,
    step: u32,
    hash: [u8; 32],
}

impl Trace {
    pub(super) fn step(&mut self, step: u32) {
        self.step = step;
    }

    pub(super) fn line(&mut self, what: impl Into<String>) {
        let line = format!("{:>3} {}", self.step, what.into());
        let mut hash = Sha256::new();
        hash.update(self.hash);
        hash.update(line.as_bytes());
        self.hash = hash.finalize().into();
        self.lines.push(line);
    }

    /// The lines.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The same for the same run.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }
}
