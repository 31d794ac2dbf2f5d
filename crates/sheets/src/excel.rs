//! What the two readers of Excel share: its values as ours, and the reader's own faults as errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{CellErrorType, ExcelDateTime};

use crate::cell::Value;
use crate::error::Error;
use crate::serial::{Epoch, from_serial};

/// Runs a foreign reader. Excel's formats are old and wide and the reader indexes freely: where a damaged file makes it
/// panic, that is a damaged file and nothing else. It holds nothing that outlives the call.
pub(crate) fn guarded<T>(read: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(Error::Damaged("the reader gave up".into())))
}

/// A date cell's value in the workbook's own count of days.
pub(crate) fn date(at: &ExcelDateTime, epoch: Epoch) -> Value {
    if at.is_duration() && at.as_f64() >= 1.0 {
        return Value::Number(at.as_f64());
    }
    from_serial(at.as_f64(), epoch)
}

/// ISO text of a date cell (OpenDocument and strict .xlsx): `2025-11-22`, `2025-11-22T19:30:00`.
pub(crate) fn iso_date(text: &str) -> Value {
    use chrono::{NaiveDate, NaiveDateTime, Timelike};
    let text = text.trim().trim_end_matches('Z');
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Value::Date(date);
    }
    match NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
        Ok(at) if at.num_seconds_from_midnight() == 0 => Value::Date(at.date()),
        Ok(at) => Value::Moment(at),
        Err(_) => Value::Text(text.into()),
    }
}

/// ISO text of a time cell: `PT19H30M00S`.
pub(crate) fn iso_time(text: &str) -> Value {
    let read = || {
        let rest = text.trim().strip_prefix("PT")?;
        let (hours, rest) = rest.split_once('H')?;
        let (minutes, rest) = rest.split_once('M')?;
        let seconds = rest.trim_end_matches('S').split(['.', ',']).next().unwrap_or("");
        let number = |part: &str| {
            if part.is_empty() {
                Some(0)
            } else {
                part.parse::<u32>().ok()
            }
        };
        chrono::NaiveTime::from_hms_opt(number(hours)?, number(minutes)?, number(seconds)?)
    };
    read().map_or_else(|| Value::Text(text.into()), Value::Time)
}

/// `#N/A` and its like.
pub(crate) fn failure(error: &CellErrorType) -> Value {
    Value::Error(error.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_values_are_read() {
        let day = chrono::NaiveDate::from_ymd_opt(2025, 11, 22).expect("a day");
        assert_eq!(iso_date("2025-11-22"), Value::Date(day));
        assert_eq!(iso_date("2025-11-22T00:00:00"), Value::Date(day));
        assert_eq!(iso_date("2025-11-22T19:30:00").to_string(), "22/11/2025 19:30");
        assert_eq!(iso_time("PT19H30M00S").to_string(), "19:30");
        assert_eq!(iso_time("PT99H"), Value::Text("PT99H".into()));
    }

    #[test]
    fn a_reader_that_panics_says_damaged() {
        assert!(matches!(
            guarded::<()>(|| panic!("index out of bounds")),
            Err(Error::Damaged(_))
        ));
    }
}
