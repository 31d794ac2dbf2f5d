//! Days as Excel counts them.

use chrono::{Days, NaiveDate, NaiveTime};

use crate::cell::Value;

/// Where a workbook begins to count days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Epoch {
    /// Day 1 is 01/01/1900, and day 60 a 29/02/1900 that never was.
    From1900,
    /// Day 0 is 01/01/1904, as old Macs had it.
    From1904,
}

/// Last day Excel knows, 31/12/9999.
const DAY_MAX: f64 = 2_958_465.0;

/// A date cell's number as day, time or both. What is no day of the calendar stays what the sheet shows (the 29/02/1900) or
/// its number, for the rules to refuse.
pub fn from_serial(serial: f64, epoch: Epoch) -> Value {
    if !(0.0..=DAY_MAX + 1.0).contains(&serial) {
        return Value::Number(serial);
    }
    let seconds = (serial.fract() * 86_400.0).round();
    let (day, seconds) = if seconds >= 86_400.0 {
        (serial.trunc() + 1.0, 0.0)
    } else {
        (serial.trunc(), seconds)
    };
    let (day, seconds) = (day as u64, seconds as u32);
    let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0);
    if day == 0 && epoch == Epoch::From1900 {
        return time.map_or(Value::Number(serial), Value::Time);
    }
    let date = match epoch {
        Epoch::From1900 if day == 60 => return Value::Text("29/02/1900".into()),
        Epoch::From1900 if day < 60 => after(1899, 12, 31, day),
        Epoch::From1900 => after(1899, 12, 30, day),
        Epoch::From1904 if day == 0 && seconds > 0 => return time.map_or(Value::Number(serial), Value::Time),
        Epoch::From1904 => after(1904, 1, 1, day),
    };
    match (date, time) {
        (Some(date), _) if seconds == 0 => Value::Date(date),
        (Some(date), Some(time)) => Value::Moment(date.and_time(time)),
        _ => Value::Number(serial),
    }
}

fn after(year: i32, month: u32, day: u32, days: u64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)?.checked_add_days(Days::new(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a day")
    }

    #[test]
    fn both_epochs_name_the_same_days() {
        let lesson = day(2025, 11, 22);
        assert_eq!(from_serial(45_983.0, Epoch::From1900), Value::Date(lesson));
        assert_eq!(from_serial(45_983.0 - 1_462.0, Epoch::From1904), Value::Date(lesson));
    }

    #[test]
    fn the_day_that_never_was_is_no_other_day() {
        assert_eq!(from_serial(59.0, Epoch::From1900), Value::Date(day(1900, 2, 28)));
        assert_eq!(from_serial(60.0, Epoch::From1900), Value::Text("29/02/1900".into()));
        assert_eq!(from_serial(61.0, Epoch::From1900), Value::Date(day(1900, 3, 1)));
        assert_eq!(from_serial(1.0, Epoch::From1900), Value::Date(day(1900, 1, 1)));
        assert_eq!(from_serial(0.0, Epoch::From1904), Value::Date(day(1904, 1, 1)));
    }

    #[test]
    fn times_come_apart() {
        let half_past_seven = NaiveTime::from_hms_opt(19, 30, 0).expect("a time");
        assert_eq!(from_serial(0.812_5, Epoch::From1900), Value::Time(half_past_seven));
        assert_eq!(
            from_serial(45_983.812_5, Epoch::From1900),
            Value::Moment(day(2025, 11, 22).and_time(half_past_seven))
        );
        assert_eq!(
            from_serial(45_982.999_999_99, Epoch::From1900),
            Value::Date(day(2025, 11, 22))
        );
    }

    #[test]
    fn no_number_breaks_it() {
        for serial in [f64::NAN, f64::INFINITY, -1.0, 1e300, 2_958_466.0, f64::MIN_POSITIVE] {
            for epoch in [Epoch::From1900, Epoch::From1904] {
                let _ = from_serial(serial, epoch);
            }
        }
    }
}
