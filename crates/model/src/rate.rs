//! A rate as people read it. Computed from two counts, never entered; rounding never claims what was not reached.

use std::fmt;

/// Within this distance of a mark the second decimal is shown, hundredths of a percent.
const NEAR: u64 = 100;

/// A percentage rounded for reading. Decide on the counts themselves, never on this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Hundredths of a percent: 9996 is 99,96 %.
    pub hundredths: u64,
    /// Whether the second decimal is shown.
    exact: bool,
}

impl Rate {
    /// The rate of two counts; nothing over a denominator of zero. It never lands on 0, 100 or `threshold` (whole percent)
    /// unless it is exactly that: 99,999 % is shown as 99,99 %, 80,001 % as 80,01 %.
    pub fn of(num: u64, den: u64, threshold: Option<u64>) -> Option<Self> {
        if den == 0 {
            return None;
        }
        let (scaled, den) = (u128::from(num) * 10_000, u128::from(den));
        let mut hundredths = (scaled * 2 + den) / (den * 2); // Half up.
        let marks = [Some(0), Some(100), threshold]
            .into_iter()
            .flatten()
            .map(|mark| u128::from(mark) * 100);
        for mark in marks.clone() {
            if hundredths == mark && scaled < mark * den {
                hundredths -= 1;
            } else if hundredths == mark && scaled > mark * den {
                hundredths += 1;
            }
        }
        let tenth_is_exact = scaled % (den * 10) == 0;
        let near = marks
            .into_iter()
            .any(|mark| mark.abs_diff(hundredths) < u128::from(NEAR));
        Some(Self {
            hundredths: u64::try_from(hundredths).unwrap_or(u64::MAX),
            exact: near && !tenth_is_exact,
        })
    }
}

/// `68,4%`, near a mark `99,96%`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.exact {
            return write!(f, "{},{:02}%", self.hundredths / 100, self.hundredths % 100);
        }
        let tenths = (self.hundredths + 5) / 10;
        write!(f, "{},{}%", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(num: u64, den: u64, threshold: u64) -> String {
        Rate::of(num, den, Some(threshold)).expect("a rate").to_string()
    }

    #[test]
    fn rounding_never_claims_what_was_not_reached() {
        assert_eq!(shown(9_996, 10_000, 100), "99,96%");
        assert_eq!(shown(99_999, 100_000, 100), "99,99%");
        assert_eq!(shown(799_999, 1_000_000, 80), "79,99%");
        assert_eq!(shown(800_001, 1_000_000, 80), "80,01%");
        assert_eq!(shown(800, 1_000, 80), "80,0%");
        assert_eq!(shown(1, 1_000_000, 80), "0,01%", "one person is not nobody");
        assert_eq!(shown(0, 10, 80), "0,0%");
        assert_eq!(shown(10, 10, 80), "100,0%");
        assert_eq!(shown(4_210, 6_155, 80), "68,4%");
        assert_eq!(shown(2_585, 6_155, 40), "42,0%");
        assert_eq!(Rate::of(1, 0, None), None);
    }

    proptest! {
        #[test]
        fn what_is_shown_is_on_the_same_side_as_the_counts(num in 0u64..300_000, den in 1u64..250_000, threshold in 0u64..=100) {
            let text = shown(num, den, threshold);
            let digits: u64 = text.chars().filter(char::is_ascii_digit).collect::<String>().parse().expect("digits");
            let shown = if text.len() - text.find(',').expect("a comma") == 4 { digits } else { digits * 10 };
            for mark in [0, 100, threshold] {
                prop_assert_eq!((num * 100).cmp(&(mark * den)), shown.cmp(&(mark * 100)), "{} of {}/{}", text, num, den);
            }
        }
    }
}
