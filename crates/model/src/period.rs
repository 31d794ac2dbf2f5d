//! Report periods. Label and window are separate: decree 09/2019 cuts a month from day 15 of the one before to day 14.

use chrono::{Datelike, Months, NaiveDate};

mod window;

pub use window::{Cut, Period, Span};

/// A report month of decree 09/2019/NĐ-CP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportMonth {
    /// First day of the calendar month that gives the label.
    label: NaiveDate,
}

impl ReportMonth {
    /// The month a day is reported in.
    pub fn of(date: NaiveDate) -> Self {
        let first = date.with_day(1).expect("every month has a first day");
        Self {
            label: if date.day() >= 15 {
                first + Months::new(1)
            } else {
                first
            },
        }
    }

    /// Reads `2025-11`.
    pub fn parse(label: &str) -> Option<Self> {
        NaiveDate::parse_from_str(&format!("{label}-01"), "%Y-%m-%d")
            .ok()
            .map(|label| Self { label })
    }

    /// `2025-11`.
    pub fn label(self) -> String {
        self.label.format("%Y-%m").to_string()
    }

    /// First and last day, both inside.
    pub fn window(self) -> (NaiveDate, NaiveDate) {
        let last = self.label.with_day(14).expect("every month has a day 14");
        let first = (self.label - Months::new(1))
            .with_day(15)
            .expect("every month has a day 15");
        (first, last)
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self {
            label: self.label - Months::new(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_window_is_that_of_the_decree() {
        let month = ReportMonth::parse("2025-01").expect("a label");
        let (first, last) = month.window();
        assert_eq!(
            (first.to_string(), last.to_string()),
            ("2024-12-15".into(), "2025-01-14".into())
        );
        assert_eq!(month.previous().label(), "2024-12");
        assert_eq!(ReportMonth::parse("2025-13"), None);
    }

    proptest! {
        #[test]
        fn every_day_is_in_exactly_one_window(offset in 0i64..4000) {
            let date = NaiveDate::from_ymd_opt(2023, 1, 1).expect("a date") + chrono::TimeDelta::days(offset);
            let month = ReportMonth::of(date);
            let (first, last) = month.window();
            prop_assert!(first <= date && date <= last);
            let (_, before) = month.previous().window();
            prop_assert_eq!(before.succ_opt(), Some(first));
        }
    }
}
