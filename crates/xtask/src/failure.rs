//! Why a command stopped, as one sentence a person can act on.

use std::fmt;

/// One sentence: what went wrong and, where it is known, what to do.
#[derive(Debug)]
pub struct Failure(pub String);

/// What every command returns.
pub type Result<T = ()> = std::result::Result<T, Failure>;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Failure {
    fn from(sentence: String) -> Failure {
        Failure(sentence)
    }
}

impl From<&str> for Failure {
    fn from(sentence: &str) -> Failure {
        Failure(sentence.to_owned())
    }
}

/// Says which file an I/O error speaks of.
pub trait At<T> {
    /// Turns the error into a sentence that names `what`.
    fn at(self, what: impl fmt::Display) -> Result<T>;
}

impl<T, E: fmt::Display> At<T> for std::result::Result<T, E> {
    fn at(self, what: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Failure(format!("{what}: {error}")))
    }
}
