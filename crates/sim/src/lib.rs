//! A whole deployment in one process and one line of time: real devices, a real centre, and everything around them
//! failing on purpose.
//!
//! **Invariant:** one seed is one run. Time, randomness, disks and links come from the seed; nothing here asks the system.

pub mod campaign;
pub mod centre;
pub mod clock;
pub mod device;
pub mod dice;
mod lane;
pub mod link;
pub mod observer;
pub mod oracle;
pub mod people;
pub mod run;
pub mod script;
pub mod vfs;

pub use dice::Dice;

/// Name of the deployment every run plays in.
pub const DEPLOYMENT: &str = "sim";

/// A real folder for what no simulated disk takes; `name` tells machines of one process apart.
fn folder(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("hocvu-sim-{}-{name}", std::process::id()))
}

/// Something happened that must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which statement it contradicts; begins with the invariant's name.
    pub oracle: &'static str,
    /// What was seen.
    pub what: String,
}

impl Violation {
    /// A violation of `oracle`.
    pub fn new(oracle: &'static str, what: String) -> Self {
        Self { oracle, what }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.oracle, self.what)
    }
}

/// What may end a step early.
pub type Checked<T = ()> = Result<T, Violation>;
