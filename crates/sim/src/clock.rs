//! Time and randomness of one machine: a clock that stands where it is put, and dice.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};
use hocvu_central::world::World;
use hocvu_sync::Environment;

use crate::Dice;

/// When every run begins, seconds since 1970: 20 November 2025, 08:00 in Viet Nam.
pub const BEGIN: i64 = 1_763_600_400;

/// One machine's time and randomness.
#[derive(Debug)]
pub struct Clock {
    seconds: AtomicI64,
    dice: Mutex<Dice>,
    commit_fails: AtomicBool,
}

impl Clock {
    /// A clock at [`BEGIN`].
    pub fn new(dice: Dice) -> Self {
        Self {
            seconds: AtomicI64::new(BEGIN),
            dice: Mutex::new(dice),
            commit_fails: AtomicBool::new(false),
        }
    }

    /// Puts it somewhere.
    pub fn set(&self, seconds: i64) {
        self.seconds.store(seconds, Ordering::Relaxed);
    }

    /// Moves it.
    pub fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Has the centre's next commit refused.
    pub fn fail_next_commit(&self) {
        self.commit_fails.store(true, Ordering::Relaxed);
    }

    /// Where it stands.
    pub fn seconds(&self) -> i64 {
        self.seconds.load(Ordering::Relaxed)
    }

    /// Lets it succeed after all.
    pub fn mend_commits(&self) {
        self.commit_fails.store(false, Ordering::Relaxed);
    }

    fn throw(&self, bytes: &mut [u8]) {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes);
    }
}

impl Environment for Clock {
    fn now(&self) -> String {
        self.in_seconds(0)
    }

    fn unix(&self) -> i64 {
        self.seconds()
    }

    fn in_seconds(&self, seconds: u64) -> String {
        let moved = self.seconds().saturating_add_unsigned(seconds);
        DateTime::<Utc>::from_timestamp(moved, 0)
            .unwrap_or_default()
            .to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    fn random(&self, bytes: &mut [u8]) {
        self.throw(bytes);
    }
}

impl World for Clock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.seconds(), 0).unwrap_or_default()
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.throw(bytes);
    }

    fn commit_fails(&self) -> bool {
        self.commit_fails.swap(false, Ordering::Relaxed)
    }
}
