//! Dates as people type them. The session date is typed by a person; no clock ever decides it.

use chrono::{Datelike, Days, Months, NaiveDate};

/// Why a text is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadDate {
    /// Cannot be read at all.
    Unreadable,
    /// Reads well, but that month has fewer days.
    NoSuchDay {
        /// As typed.
        day: u32,
        /// As typed or implied.
        month: u32,
        /// Days that month has.
        days: u32,
    },
}

/// Reads a date; empty text is `None`.
///
/// Accepts `22`, `22/11`, `2211`, `22112025`, `22-11-25`, `22.11.2025`, ISO `2025-11-22`, `t` or `n` for today, and any
/// number of `+` or `-` after a date or alone (from today). A missing month or year means the nearest past date.
pub fn parse(text: &str, today: NaiveDate) -> Result<Option<NaiveDate>, BadDate> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let core = text.trim_end_matches(['+', '-']);
    let steps: i64 = text[core.len()..].chars().map(|c| if c == '+' { 1 } else { -1 }).sum();
    let start = match core.to_lowercase().as_str() {
        "" | "t" | "n" => today,
        core => absolute(core, today)?,
    };
    let moved = if steps >= 0 {
        start.checked_add_days(Days::new(steps.unsigned_abs()))
    } else {
        start.checked_sub_days(Days::new(steps.unsigned_abs()))
    };
    moved.map(Some).ok_or(BadDate::Unreadable)
}

/// `22/11/2025`.
pub fn format(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

fn absolute(text: &str, today: NaiveDate) -> Result<NaiveDate, BadDate> {
    if text.len() > 10 {
        return Err(BadDate::Unreadable);
    }
    let parts: Vec<&str> = text.split(['/', '-', '.', ' ']).collect();
    if parts
        .iter()
        .any(|part| part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err(BadDate::Unreadable);
    }
    let number = |part: &str| part.parse::<u32>().map_err(|_| BadDate::Unreadable);
    match parts[..] {
        [day] if day.len() <= 2 => nearest_past(number(day)?, None, today),
        [both] if both.len() == 4 => nearest_past(number(&both[..2])?, Some(number(&both[2..])?), today),
        [all] if all.len() == 6 => exact(number(&all[..2])?, number(&all[2..4])?, 2000 + number(&all[4..])?),
        [all] if all.len() == 8 => exact(number(&all[..2])?, number(&all[2..4])?, number(&all[4..])?),
        [day, month] if day.len() <= 2 && month.len() <= 2 => nearest_past(number(day)?, Some(number(month)?), today),
        [year, month, day] if year.len() == 4 => exact(number(day)?, number(month)?, number(year)?),
        [day, month, year] if year.len() == 2 => exact(number(day)?, number(month)?, 2000 + number(year)?),
        [day, month, year] if year.len() == 4 => exact(number(day)?, number(month)?, number(year)?),
        _ => Err(BadDate::Unreadable),
    }
}

fn exact(day: u32, month: u32, year: u32) -> Result<NaiveDate, BadDate> {
    let year = i32::try_from(year).map_err(|_| BadDate::Unreadable)?;
    if !(1..=31).contains(&day) || !(1..=12).contains(&month) || !(1900..=2200).contains(&year) {
        return Err(BadDate::Unreadable);
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or(BadDate::NoSuchDay {
        day,
        month,
        days: days_in(year, month),
    })
}

/// The latest date not after today with this day and, if given, this month.
fn nearest_past(day: u32, month: Option<u32>, today: NaiveDate) -> Result<NaiveDate, BadDate> {
    if !(1..=31).contains(&day) || month.is_some_and(|month| !(1..=12).contains(&month)) {
        return Err(BadDate::Unreadable);
    }
    match month {
        Some(month) => {
            let year = if (month, day) > (today.month(), today.day()) {
                today.year() - 1
            } else {
                today.year()
            };
            exact(day, month, u32::try_from(year).map_err(|_| BadDate::Unreadable)?)
        }
        None => {
            let first = today.with_day(1).ok_or(BadDate::Unreadable)?;
            let start = if day > today.day() {
                first - Months::new(1)
            } else {
                first
            };
            start.with_day(day).ok_or(BadDate::NoSuchDay {
                day,
                month: start.month(),
                days: days_in(start.year(), start.month()),
            })
        }
    }
}

fn days_in(year: i32, month: u32) -> u32 {
    (28..=31)
        .rev()
        .find(|day| NaiveDate::from_ymd_opt(year, month, *day).is_some())
        .unwrap_or(31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a real date")
    }

    #[test]
    fn reads_the_short_forms() {
        let today = day(2025, 11, 22);
        for (text, expected) in [
            ("22", day(2025, 11, 22)),
            ("23", day(2025, 10, 23)),
            ("22/11", day(2025, 11, 22)),
            ("23/11", day(2024, 11, 23)),
            ("2211", day(2025, 11, 22)),
            ("22112025", day(2025, 11, 22)),
            ("221125", day(2025, 11, 22)),
            ("22-11-25", day(2025, 11, 22)),
            ("22.11.2025", day(2025, 11, 22)),
            ("2025-11-22", day(2025, 11, 22)),
            ("t", today),
            ("N", today),
            ("+", day(2025, 11, 23)),
            ("--", day(2025, 11, 20)),
            ("20/11+", day(2025, 11, 21)),
            ("29/02/2024", day(2024, 2, 29)),
            ("1/3", day(2025, 3, 1)),
        ] {
            assert_eq!(parse(text, today), Ok(Some(expected)), "{text}");
        }
        assert_eq!(parse("", today), Ok(None));
        assert_eq!(
            parse("31/11", today),
            Err(BadDate::NoSuchDay {
                day: 31,
                month: 11,
                days: 30
            })
        );
        assert_eq!(
            parse("29/02/2025", today),
            Err(BadDate::NoSuchDay {
                day: 29,
                month: 2,
                days: 28
            })
        );
        for text in ["abc", "32/13", "1/2/3/4", "2025/22/11/", "22/11/225", "hôm qua"] {
            assert_eq!(parse(text, today), Err(BadDate::Unreadable), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(offset in 0u64..40_000) {
            let date = day(1990, 1, 1) + Days::new(offset);
            prop_assert_eq!(parse(&format(date), day(2025, 11, 22)), Ok(Some(date)));
        }

        #[test]
        fn no_text_panics(text in "[0-9/.+tn -]{0,12}|\\PC{0,8}") {
            let _ = parse(&text, day(2025, 3, 31));
        }
    }
}
