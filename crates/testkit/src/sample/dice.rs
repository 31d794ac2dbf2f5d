/// Numbers that look random and are the same for the same seed (SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// Dice of their own for each place, so that one place's work does not hang on another's.
    pub(super) fn of(seed: u64, place: u64) -> Self {
        let mut dice = Self(seed ^ place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.next();
        dice
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// A number from `low` to `high`, both inside.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + u32::try_from(self.below(u64::from(high.saturating_sub(low)) + 1)).unwrap_or(0)
    }

    /// Whether something with this chance in a hundred happens.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(list.len() as u64)).unwrap_or(0);
        &list[at]
    }

    /// A part of `whole` around `percent` per cent, give or take five.
    pub(super) fn part(&mut self, whole: u32, percent: u64) -> u32 {
        let percent = (percent + self.below(11)).saturating_sub(5).min(100);
        u32::try_from((u64::from(whole) * percent + 50) / 100).unwrap_or(whole)
    }

    /// A log-normal number with this median: the sum of twelve even dice is near enough to the normal.
    pub(super) fn log_normal(&mut self, median: f64, spread: f64) -> f64 {
        let even: f64 = (0..12).map(|_| self.below(1 << 20) as f64 / f64::from(1 << 20)).sum();
        median * ((even - 6.0) * spread).exp()
    }
}
