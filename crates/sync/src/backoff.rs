//! How long to wait before trying again: full jitter between nothing and a doubling ceiling, 2 s to 30 min.

/// First ceiling, seconds.
const FIRST_SECONDS: u64 = 2;
/// Last ceiling, seconds: a machine left on overnight tries at least twice an hour.
const LAST_SECONDS: u64 = 30 * 60;

/// Counts failures in a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Forgets earlier failures.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// Seconds to wait after one more failure; `dice` is any random number, `asked` what the centre asked for.
    pub fn next(&mut self, dice: u64, asked: Option<u64>) -> u64 {
        let ceiling = (FIRST_SECONDS << self.failures.min(16)).min(LAST_SECONDS);
        self.failures = self.failures.saturating_add(1);
        let jitter = dice % (ceiling + 1); // Also at once: a line that breaks to a beat must not be met off the beat for ever.
        asked.map_or(jitter, |asked| asked.min(LAST_SECONDS) + dice % FIRST_SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_ceiling_and_obey_the_centre() {
        let mut backoff = Backoff::default();
        let ceilings: Vec<u64> = (0..14).map(|_| backoff.next(u64::MAX - 1, None)).collect();
        assert!(ceilings.iter().all(|wait| (0..=LAST_SECONDS).contains(wait)));
        let longest = (0..1000)
            .map(|dice| Backoff { failures: 30 }.next(dice * 7919, None))
            .max();
        assert!(longest > Some(LAST_SECONDS / 2), "the jitter uses its whole range");
        assert_eq!(Backoff::default().next(4, Some(90)), 90);
        backoff.reset();
        assert!(backoff.next(12345, None) <= FIRST_SECONDS);
    }
}
