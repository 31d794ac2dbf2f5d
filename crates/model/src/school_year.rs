//! A school year: from September of one calendar year to August of the next.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// First month of a school year: from here on pupils sit in their new classes.
const FIRST_MONTH: u32 = 8;

/// A school year, written `2025-2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchoolYear {
    /// Calendar year it begins in.
    begins: i32,
}

impl SchoolYear {
    /// The school year that runs on a day.
    pub fn running_on(day: NaiveDate) -> Self {
        let begins = if day.month() >= FIRST_MONTH {
            day.year()
        } else {
            day.year() - 1
        };
        Self { begins }
    }

    /// Reads `2025-2026`, with any kind of dash.
    pub fn parse(text: &str) -> Option<Self> {
        let (first, second) = text.trim().split_once(['-', '–', '/'])?;
        let year = |text: &str| text.trim().parse().ok().filter(|year| (2000..=2100).contains(year));
        let begins: i32 = year(first)?;
        (year(second)? == begins + 1).then_some(Self { begins })
    }

    /// The school year before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self {
            begins: self.begins - 1,
        }
    }
}

impl fmt::Display for SchoolYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.begins, self.begins + 1)
    }
}

impl Serialize for SchoolYear {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SchoolYear {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a school year"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_year_begins_in_august_and_reads_back() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        assert_eq!(SchoolYear::running_on(day("2025-07-31")).to_string(), "2024-2025");
        assert_eq!(SchoolYear::running_on(day("2025-08-01")).to_string(), "2025-2026");
        let year = SchoolYear::parse("2025 – 2026").expect("a school year");
        assert_eq!(year.previous().to_string(), "2024-2025");
        for bad in ["2025", "2025-2027", "25-26", "2026-2025", ""] {
            assert_eq!(SchoolYear::parse(bad), None, "{bad}");
        }
    }
}
