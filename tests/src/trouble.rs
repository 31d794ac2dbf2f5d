//! What went wrong, and waiting until it goes right.

use std::fmt;
use std::time::{Duration, Instant};

/// One sentence, for the person who reads the test's output.
pub struct Trouble(pub String);

/// What everything here returns.
pub type Outcome<T = ()> = Result<T, Trouble>;

/// Between two looks at a condition.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks again and again until `look` finds something, or `limit` is over. An error of `look` counts as "not yet" and is
/// told when time is over: a page that is just being built gives many.
pub async fn until<T>(
    what: impl fmt::Display,
    limit: Duration,
    mut look: impl AsyncFnMut() -> Outcome<Option<T>>,
) -> Outcome<T> {
    let begun = Instant::now();
    loop {
        let last = match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => String::new(),
            Err(trouble) => format!(": {trouble}"),
        };
        if begun.elapsed() > limit {
            return Err(Trouble(format!("waited {} s in vain: {what}{last}", limit.as_secs())));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As a sentence: this is what a failed test prints.
impl fmt::Debug for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}

impl From<&str> for Trouble {
    fn from(sentence: &str) -> Trouble {
        Trouble(sentence.to_owned())
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Trouble {
        Trouble(error.to_string())
    }
}

impl From<serde_json::Error> for Trouble {
    fn from(error: serde_json::Error) -> Trouble {
        Trouble(error.to_string())
    }
}

impl From<fantoccini::error::CmdError> for Trouble {
    fn from(error: fantoccini::error::CmdError) -> Trouble {
        match error {
            // WebKit's driver gives many errors no words; the kind is always there.
            fantoccini::error::CmdError::Standard(error) => Trouble(format!("{} {}", error.error(), error.message)),
            error => Trouble(error.to_string()),
        }
    }
}
