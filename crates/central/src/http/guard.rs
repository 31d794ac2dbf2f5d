//! Who asks too often: wrong enrolment codes by address and by beginning, requests and operations by device.
//!
//! In memory only: after a restart everybody starts anew, and 50-bit codes outlast that.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::config::Limits;

/// Entries kept before the stale ones are swept out.
const SWEEP_AT: usize = 4_096;

/// Counts within fixed windows of time.
struct Windows<K> {
    seconds: i64,
    counts: Mutex<HashMap<K, (i64, u32)>>,
}

/// All the counting of one centre.
pub(crate) struct Guard {
    tries: u32,
    by_address: Windows<IpAddr>,
    by_prefix: Windows<String>,
    requests_per_minute: u32,
    requests: Windows<u32>,
    operations_per_hour: Option<u32>,
    operations: Windows<u32>,
    photo_bytes_per_hour: u32,
    photo_bytes: Windows<u32>,
    uploads_max: u32,
    uploads: Windows<IpAddr>,
}

impl Guard {
    pub(crate) fn new(limits: &Limits) -> Self {
        let pause = i64::try_from(limits.enrol_pause.as_secs()).unwrap_or(i64::MAX);
        Self {
            tries: limits.enrol_tries,
            by_address: Windows::new(pause),
            by_prefix: Windows::new(pause),
            requests_per_minute: limits.requests_per_minute,
            requests: Windows::new(60),
            operations_per_hour: limits.operations_per_hour,
            operations: Windows::new(3_600),
            uploads_max: limits.uploads,
            uploads: Windows::new(15 * 60),
            photo_bytes_per_hour: limits.photo_bytes_per_hour,
            photo_bytes: Windows::new(3_600),
        }
    }

    /// How long this address, or whoever tries codes with this beginning, must wait.
    pub(crate) fn enrolment(&self, address: IpAddr, code: &str, now: i64) -> Option<Duration> {
        let by_address = self.by_address.over(&address, self.tries, now);
        by_address.or(self.by_prefix.over(&prefix(code), self.tries, now))
    }

    /// A wrong code was tried.
    pub(crate) fn wrong_code(&self, address: IpAddr, code: &str, now: i64) {
        self.by_address.add(address, 1, now);
        self.by_prefix.add(prefix(code), 1, now);
    }

    /// Counts a file handed in without a token; how long its address must wait when there were too many.
    pub(crate) fn upload(&self, address: IpAddr, now: i64) -> Option<Duration> {
        let wait = self.uploads.over(&address, self.uploads_max, now);
        self.uploads.add(address, 1, now);
        wait
    }

    /// Counts a request of a device; how long it must wait when there were too many.
    pub(crate) fn request(&self, device: u32, now: i64) -> Option<Duration> {
        let wait = self.requests.over(&device, self.requests_per_minute, now);
        self.requests.add(device, 1, now);
        wait
    }

    /// Counts operations of a device; how long it must wait when there were too many.
    pub(crate) fn operations(&self, device: u32, count: usize, now: i64) -> Option<Duration> {
        let max = self.operations_per_hour?;
        let wait = self.operations.over(&device, max, now);
        if wait.is_none() {
            self.operations
                .add(device, u32::try_from(count).unwrap_or(u32::MAX), now);
        }
        wait
    }

    /// Counts bytes of photos of a device; how long it must wait when there were too many.
    pub(crate) fn photo_bytes(&self, device: u32, bytes: usize, now: i64) -> Option<Duration> {
        let wait = self.photo_bytes.over(&device, self.photo_bytes_per_hour, now);
        if wait.is_none() {
            self.photo_bytes
                .add(device, u32::try_from(bytes).unwrap_or(u32::MAX), now);
        }
        wait
    }
}

impl<K: Eq + Hash> Windows<K> {
    fn new(seconds: i64) -> Self {
        Self {
            seconds,
            counts: Mutex::default(),
        }
    }

    fn over(&self, key: &K, max: u32, now: i64) -> Option<Duration> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, count) = *counts.get(key)?;
        let left = start.saturating_add(self.seconds).saturating_sub(now);
        // A clock set back must lock nobody out for longer than a window.
        (count >= max && (1..=self.seconds).contains(&left)).then(|| Duration::from_secs(left.unsigned_abs()))
    }

    fn add(&self, key: K, amount: u32, now: i64) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let lives = |start: i64| (0..self.seconds).contains(&now.saturating_sub(start));
        if counts.len() >= SWEEP_AT {
            counts.retain(|_, (start, _)| lives(*start));
        }
        let entry = counts.entry(key).or_insert((now, 0));
        if !lives(entry.0) {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(amount);
    }
}

/// The half of a code that tries are counted by.
fn prefix(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric()).take(5).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_codes_must_wait() {
        let guard = Guard::new(&Limits::default());
        let (one, two) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        for n in 0..5 {
            assert_eq!(guard.enrolment(one, "AAAAA-00000", n), None, "try {n}");
            guard.wrong_code(one, "AAAAA-00000", n);
        }
        assert_eq!(
            guard.enrolment(one, "BBBBB-00000", 10),
            Some(Duration::from_secs(890)),
            "by address"
        );
        assert_eq!(
            guard.enrolment(two, "AAAAA-11111", 10),
            Some(Duration::from_secs(890)),
            "by beginning"
        );
        assert_eq!(guard.enrolment(two, "BBBBB-00000", 10), None);
        assert_eq!(guard.enrolment(one, "BBBBB-00000", 900), None, "the pause is over");
        assert_eq!(
            guard.enrolment(one, "BBBBB-00000", -5_000),
            None,
            "a clock set back locks nobody out"
        );
    }
}
