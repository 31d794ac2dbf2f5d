//! The one place of the device that asks the system for time and randomness. Everything else is handed an
//! [`Environment`]; tests hand over their own.

use chrono::{DateTime, Local, NaiveDate, SecondsFormat, TimeDelta};
use hocvu_sync::Environment;

/// This machine's clock and random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Environment for System {
    fn now(&self) -> String {
        text(local())
    }

    fn unix(&self) -> i64 {
        local().timestamp()
    }

    fn in_seconds(&self, seconds: u64) -> String {
        let wait = i64::try_from(seconds)
            .ok()
            .and_then(TimeDelta::try_seconds)
            .unwrap_or_default();
        text(local() + wait)
    }

    fn random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("an operating system without randomness cannot make keys");
    }

    fn machine(&self) -> String {
        crate::machine::id().unwrap_or_default()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
fn local() -> DateTime<Local> {
    Local::now()
}

fn text(time: DateTime<Local>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// The day of an RFC 3339 text, as its author's calendar showed it.
pub(crate) fn day_of(rfc3339: &str) -> NaiveDate {
    let day = rfc3339
        .get(..10)
        .and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
    day.unwrap_or_default()
}

/// Seconds since 1970 as RFC 3339 in this machine's offset.
pub(crate) fn from_unix(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0)
        .map(|time| text(time.with_timezone(&Local)))
        .unwrap_or_default()
}
