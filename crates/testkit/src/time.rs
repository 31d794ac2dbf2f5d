use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, SecondsFormat, Utc};
use hocvu_sync::Environment;

/// A clock that stands where it is put and a reproducible random source.
#[derive(Debug)]
pub struct FakeTime {
    seconds: AtomicI64,
    dice: AtomicU64,
    machine: Mutex<String>,
}

impl FakeTime {
    /// A clock at `rfc3339`, with randomness from `seed`.
    ///
    /// # Panics
    /// The text is no time: a mistake of the test.
    pub fn at(rfc3339: &str, seed: u64) -> Self {
        let time = DateTime::parse_from_rfc3339(rfc3339).expect("a time");
        Self {
            seconds: AtomicI64::new(time.timestamp()),
            dice: AtomicU64::new(seed ^ 0x9e37_79b9_7f4a_7c15),
            machine: Mutex::default(),
        }
    }

    /// Says which machine this is; before, nothing tells it from others.
    ///
    /// # Panics
    /// Another thread panicked.
    pub fn be_machine(&self, id: &str) {
        id.clone_into(&mut self.machine.lock().expect("not poisoned"));
    }

    /// Moves the clock.
    pub fn advance_days(&self, days: i64) {
        self.seconds.fetch_add(days * 86_400, Ordering::Relaxed);
    }
}

impl Environment for FakeTime {
    fn now(&self) -> String {
        self.in_seconds(0)
    }

    fn unix(&self) -> i64 {
        self.seconds.load(Ordering::Relaxed)
    }

    fn in_seconds(&self, seconds: u64) -> String {
        let moved = self.unix().saturating_add_unsigned(seconds);
        DateTime::<Utc>::from_timestamp(moved, 0)
            .unwrap_or_default()
            .to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    fn random(&self, bytes: &mut [u8]) {
        // SplitMix64: good enough to make ids distinct, the same for the same seed.
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.dice.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }

    fn machine(&self) -> String {
        self.machine.lock().expect("not poisoned").clone()
    }
}
