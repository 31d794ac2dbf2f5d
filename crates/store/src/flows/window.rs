//! A window of days, cut into what the roll-up has and the days that stick out on either side.

use chrono::{Datelike, NaiveDate};

use crate::sessions::day_number;

/// First day of the second half of a month, as decree 09/2019 cuts it.
const SECOND_HALF: u32 = 15;
/// Lengths of the stretches of the roll-up in halves of a month, the longest first: a year, a quarter, a half.
pub(super) const LENGTHS: [i64; 3] = [24, 6, 1];

/// First and last day as numbers; none where the last is before the first.
pub(super) type Days = (i64, i64);

/// A stretch of the roll-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stretch {
    /// One of [`LENGTHS`].
    pub halves: i64,
    /// Its first half, counted from year 0; a multiple of its length.
    pub first: i64,
}

/// A window of days, both inside, as the roll-up has it.
pub(super) struct Window {
    pub first: i64,
    pub last: i64,
    /// What of it is rolled up.
    pub stretches: Vec<Stretch>,
    /// The days before and after.
    pub edges: [Days; 2],
}

impl Window {
    /// From `first`, or from the beginning, to `last`; the roll-up has nothing before the half `earliest`.
    pub fn of(first: Option<NaiveDate>, last: NaiveDate, earliest: i64) -> Self {
        // A half counts where all its days are inside.
        let from = first.map_or(earliest, |first| {
            earliest.max(half(first) + i64::from(!begins_half(first)))
        });
        let to = last
            .succ_opt()
            .map_or(half(last), |next| half(last) - i64::from(!begins_half(next)));
        let (first, last) = (first.map_or(1, day_number), day_number(last));
        let edges = match from <= to {
            true => [(first, first_day(from) - 1), (first_day(to + 1), last)],
            false => [(first, last), (1, 0)],
        };
        Self {
            first,
            last,
            stretches: stretches(from, to),
            edges,
        }
    }
}

/// The fewest stretches that make up these halves.
fn stretches(mut from: i64, to: i64) -> Vec<Stretch> {
    let mut found = Vec::new();
    while from <= to {
        let fits = |halves: &&i64| from % **halves == 0 && from + **halves - 1 <= to;
        let halves = *LENGTHS.iter().find(fits).unwrap_or(&1);
        found.push(Stretch { halves, first: from });
        from += halves;
    }
    found
}

/// Halves of months since year 0.
fn half(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 24 + i64::from(day.month0()) * 2 + i64::from(day.day() >= SECOND_HALF)
}

fn begins_half(day: NaiveDate) -> bool {
    matches!(day.day(), 1 | SECOND_HALF)
}

/// Number of the first day of a half.
fn first_day(half: i64) -> i64 {
    let month = u32::try_from(half.rem_euclid(24) / 2 + 1).unwrap_or(1);
    let day = if half.rem_euclid(2) == 1 { SECOND_HALF } else { 1 };
    let year = i32::try_from(half.div_euclid(24)).unwrap_or(0);
    NaiveDate::from_ymd_opt(year, month, day).map_or(1, day_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(first: &str, last: &str) -> Vec<(i64, i64)> {
        let day = |text: &str| text.parse().expect("a day");
        let window = Window::of(Some(day(first)), day(last), 0);
        let pairs = window.stretches.iter().map(|stretch| (stretch.halves, stretch.first));
        pairs.collect()
    }

    #[test]
    fn a_window_is_the_fewest_stretches() {
        let january = half("2025-01-01".parse().expect("a day"));
        assert_eq!(window("2025-01-01", "2025-12-31"), [(24, january)]);
        assert_eq!(window("2025-01-01", "2025-04-14"), [(6, january), (1, january + 6)]);
        assert_eq!(
            window("2024-12-15", "2025-01-14"),
            [(1, january - 1), (1, january)],
            "a month of decree 09/2019"
        );
        assert_eq!(window("2025-01-02", "2025-01-13"), []);
    }

    #[test]
    fn days_that_stick_out_are_counted_once() {
        let day = |text: &str| -> NaiveDate { text.parse().expect("a day") };
        let number = |text: &str| day_number(day(text));
        let window = Window::of(Some(day("2025-01-10")), day("2025-02-20"), 0);
        assert_eq!(
            window.edges,
            [
                (number("2025-01-10"), number("2025-01-14")),
                (number("2025-02-15"), number("2025-02-20"))
            ]
        );
        let all = Window::of(None, day("2025-01-14"), half(day("2024-07-20")));
        assert_eq!(all.edges[0], (1, number("2024-07-14")), "nothing lies there");
        assert!(all.edges[1].1 < all.edges[1].0);
    }
}
