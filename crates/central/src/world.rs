//! What the centre asks of the machine it runs on: time, randomness and, in tests, a disk that fails.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

/// Viet Nam has one time zone, without summer time: seconds east of Greenwich.
const VIET_NAM_SECONDS: i32 = 7 * 3_600;

/// Time and randomness. Only `main` hands over the real ones; tests hand over their own.
pub trait World: Send + Sync + 'static {
    /// The time now. Decides how long tokens and codes live and which day is "today"; never a verdict.
    fn now(&self) -> DateTime<Utc>;

    /// Fills `bytes` with random ones fit for keys.
    fn fill(&self, bytes: &mut [u8]);

    /// Whether the disk refuses the next commit. Only tests ever say yes.
    fn commit_fails(&self) -> bool {
        false
    }
}

/// The machine itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl World for System {
    #[expect(clippy::disallowed_methods, reason = "this is the edge that asks the system")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("a machine without randomness cannot hold secrets");
    }
}

/// The day it is in Viet Nam.
pub fn day(now: DateTime<Utc>) -> NaiveDate {
    let zone = FixedOffset::east_opt(VIET_NAM_SECONDS).expect("seven hours is a legal offset");
    now.with_timezone(&zone).date_naive()
}
