//! What the engine is doing, for the top bar and the sync screen.

/// What the engine is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing to do, or not enrolled.
    #[default]
    Idle,
    /// A round is under way.
    Running,
    /// No link.
    Offline,
    /// The centre answered with a problem.
    Failing,
}

/// The engine at one moment. Counts of operations are not here: they are read from the store, where receipts are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// What it is doing.
    pub phase: Phase,
    /// Why the last round failed: a `sync_problem_<code>`.
    pub problem: Option<String>,
    /// When it will try by itself, RFC 3339.
    pub next_try: Option<String>,
    /// Confirmed and total of the round under way.
    pub progress: Option<(u32, u32)>,
}
