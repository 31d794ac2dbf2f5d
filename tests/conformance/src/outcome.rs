//! What came of asking about one rule.

/// A rule that is not broken.
pub enum Outcome {
    /// The centre keeps it.
    Kept,
    /// It could not be asked, and why.
    Skipped(&'static str),
}

/// Kept or skipped; what was seen instead, when it is broken.
pub type Result<T = Outcome> = std::result::Result<T, String>;

/// What must hold, or a sentence with what was seen.
pub fn holds(fine: bool, seen: impl FnOnce() -> String) -> Result<()> {
    if fine { Ok(()) } else { Err(seen()) }
}

/// What must be the same.
pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, seen: T, expected: T) -> Result<()> {
    holds(seen == expected, || format!("{what}: {seen:?} instead of {expected:?}"))
}
