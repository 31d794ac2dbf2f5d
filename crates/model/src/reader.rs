//! Reading one field after another, each with its findings; what the rules of every kind of record share.

use chrono::{NaiveDate, NaiveTime};

use crate::finding::{Finding, FindingCode as Code};
use crate::ids::UnitUid;
use crate::input::{date, integer, time};
use crate::raw::Raw;
use crate::text;
use crate::unit::Unit;

/// What a reader knows besides the record itself. Warnings depend on all but `unit`; only errors decide.
pub struct Context<'a> {
    /// Today by the reader's clock.
    pub today: NaiveDate,
    /// Finds a unit by uid.
    pub unit: &'a dyn Fn(&str) -> Option<&'a Unit>,
    /// Session: the largest `attended` of any session at this unit so far.
    pub largest: Option<u32>,
    /// Session: a living one of the same unit, date and one of the topics: its `attended`.
    pub duplicate: Option<u32>,
    /// Coverage: the same figure as last told before this date.
    pub previous: Option<Told>,
    /// Coverage confirmed on VNeID: how many were told to have the skills.
    pub skilled: Option<u32>,
}

/// A figure told earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Persons.
    pub value: u32,
    /// The day it was true.
    pub as_of: NaiveDate,
}

impl<'a> Context<'a> {
    /// A reader that knows its units and nothing of what was told before.
    pub fn new(today: NaiveDate, unit: &'a dyn Fn(&str) -> Option<&'a Unit>) -> Self {
        Self {
            today,
            unit,
            largest: None,
            duplicate: None,
            previous: None,
            skilled: None,
        }
    }
}

/// First year of the plan: earlier dates are asked about.
const PLAN_FIRST_YEAR: i32 = 2025;

/// Reads fields and keeps what is to be said of them.
#[derive(Default)]
pub(crate) struct Reader {
    pub findings: Vec<Finding>,
}

impl Reader {
    pub fn say(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    pub fn wrong_type(&mut self, path: &str, echo: impl ToString) {
        self.say(Finding::new(Code::WrongType, path).with("value", echo));
    }

    pub fn count(&mut self, path: &str, raw: &Raw) -> Option<u32> {
        let refuse = |code, echo: &str| Finding::new(code, path).with("value", echo);
        let finding = match raw {
            Raw::Absent => return None,
            Raw::Int(value) => match u32::try_from(*value) {
                Ok(count) if count <= integer::COUNT_MAX => return Some(count),
                Err(_) if *value < 0 => refuse(Code::CountNegative, &value.to_string()),
                _ => refuse(Code::CountTooLarge, &value.to_string())
                    .with("max", integer::format(integer::COUNT_MAX.into())),
            },
            Raw::Text(echo) | Raw::Odd(echo) => refuse(Code::CountNotInteger, echo),
            Raw::Typed(typed) => match integer::parse(typed) {
                Ok(count) => return count,
                Err(integer::BadCount::NotInteger) => refuse(Code::CountNotInteger, typed),
                Err(integer::BadCount::Negative) => refuse(Code::CountNegative, typed),
                Err(integer::BadCount::TooLarge) => {
                    refuse(Code::CountTooLarge, typed).with("max", integer::format(integer::COUNT_MAX.into()))
                }
                Err(integer::BadCount::Ambiguous) => {
                    let (low, _) = typed.trim().split_once('.').unwrap_or((typed, ""));
                    refuse(Code::CountAmbiguous, typed)
                        .with("low", low)
                        .with("high", typed.trim().replace('.', ""))
                }
            },
        };
        self.say(finding);
        None
    }

    /// A day that must be given; one after today or before the plan is asked about.
    pub fn date(&mut self, path: &str, raw: &Raw, today: NaiveDate) -> Option<NaiveDate> {
        let date = self.day(path, raw, today);
        match date {
            Some(date) if date > today => {
                self.say(Finding::new(Code::DateFuture, path).with("date", date::format(date)));
            }
            Some(date) if chrono::Datelike::year(&date) < PLAN_FIRST_YEAR => {
                self.say(Finding::new(Code::DateBeforePlan, path).with("date", date::format(date)));
            }
            Some(_) => {}
            None if *raw == Raw::Absent => self.say(Finding::new(Code::DateMissing, path)),
            None => {}
        }
        date
    }

    /// A day that may be left out.
    pub fn day(&mut self, path: &str, raw: &Raw, today: NaiveDate) -> Option<NaiveDate> {
        let read = match raw {
            Raw::Absent => return None,
            Raw::Typed(typed) => date::parse(typed, today).map_err(|bad| (bad, typed.clone())),
            Raw::Text(iso) => match NaiveDate::parse_from_str(iso, "%Y-%m-%d") {
                Ok(date) if iso.len() == 10 => Ok(Some(date)),
                _ => Err((date::BadDate::Unreadable, iso.clone())),
            },
            Raw::Int(number) => Err((date::BadDate::Unreadable, number.to_string())),
            Raw::Odd(echo) => Err((date::BadDate::Unreadable, echo.clone())),
        };
        match read {
            Ok(Some(date)) => return Some(date),
            Ok(None) => self.say(Finding::new(Code::DateMissing, path)),
            Err((date::BadDate::Unreadable, echo)) => {
                self.say(Finding::new(Code::DateUnreadable, path).with("value", echo))
            }
            Err((date::BadDate::NoSuchDay { day, month, days }, _)) => {
                self.say(
                    Finding::new(Code::DateNoSuchDay, path)
                        .with("day", day)
                        .with("month", month)
                        .with("days", days),
                );
            }
        }
        None
    }

    pub fn time(&mut self, raw: &Raw) -> Option<NaiveTime> {
        let (read, echo) = match raw {
            Raw::Absent => return None,
            Raw::Typed(text) | Raw::Text(text) => (time::parse(text), text.clone()),
            Raw::Int(number) => (Err(time::BadTime), number.to_string()),
            Raw::Odd(echo) => (Err(time::BadTime), echo.clone()),
        };
        read.unwrap_or_else(|_| {
            self.say(Finding::new(Code::TimeUnreadable, "start").with("value", echo));
            None
        })
    }

    pub fn unit(&mut self, raw: &Raw, date: Option<NaiveDate>, context: &Context<'_>) -> Option<UnitUid> {
        let (Raw::Typed(uid) | Raw::Text(uid)) = raw else {
            self.say(Finding::new(Code::UnitMissing, "unit"));
            return None;
        };
        let Some(unit) = (context.unit)(uid) else {
            self.say(Finding::new(Code::UnitUnknown, "unit").with("value", uid));
            return None;
        };
        if let Some(date) = date
            && !unit.exists_on(date)
        {
            self.say(
                Finding::new(Code::UnitClosed, "unit")
                    .with("unit", &unit.name)
                    .with("date", date::format(date)),
            );
        }
        Some(unit.uid.clone())
    }

    /// A code that must be given.
    pub fn must<T>(&mut self, path: &str, raw: &Raw, parse: fn(&str) -> Option<T>, codes: (Code, Code)) -> Option<T> {
        let (missing, unknown) = codes;
        if *raw == Raw::Absent {
            self.say(Finding::new(missing, path));
        }
        self.code(path, raw, parse, unknown)
    }

    /// A count that must be given.
    pub fn must_count(&mut self, path: &str, raw: &Raw) -> Option<u32> {
        if *raw == Raw::Absent {
            self.say(Finding::new(Code::CountMissing, path));
        }
        self.count(path, raw)
    }

    /// Says that a part is larger than its whole.
    pub fn part(&mut self, path: &str, part: Option<u32>, whole: Option<u32>, code: Code) {
        if let (Some(part), Some(whole)) = (part, whole)
            && part > whole
        {
            self.say(
                Finding::new(code, path)
                    .with("column", format!("@field_{path}"))
                    .with("value", integer::format(part.into()))
                    .with("total", integer::format(whole.into())),
            );
        }
    }

    pub fn code<T>(&mut self, path: &str, raw: &Raw, parse: fn(&str) -> Option<T>, unknown: Code) -> Option<T> {
        let echo = match raw {
            Raw::Absent => return None,
            Raw::Typed(text) | Raw::Text(text) => match parse(text.trim()) {
                Some(code) => return Some(code),
                None => text.clone(),
            },
            Raw::Int(number) => number.to_string(),
            Raw::Odd(echo) => echo.clone(),
        };
        self.say(Finding::new(unknown, path).with("value", echo));
        None
    }

    pub fn text(&mut self, path: &str, raw: &Raw, max: usize) -> Option<String> {
        let text = match raw {
            Raw::Absent => return None,
            Raw::Typed(text) | Raw::Text(text) => text,
            Raw::Int(number) => {
                self.wrong_type(path, number);
                return None;
            }
            Raw::Odd(echo) => {
                self.wrong_type(path, echo);
                return None;
            }
        };
        if let Some(control) = text::control_character(text) {
            self.say(Finding::new(Code::TextControl, path).with("character", format!("U+{:04X}", u32::from(control))));
            return None;
        }
        let length = text.chars().count();
        // Composing and tidying shorten a text at most fourfold: beyond that it need not be done to know.
        let tidy = if length > max * 4 {
            String::new()
        } else {
            text::tidy(text)
        };
        if length > max * 4 || tidy.chars().count() > max {
            let (length, max) = (integer::format(length as u64), integer::format(max as u64));
            self.say(
                Finding::new(Code::TextTooLong, path)
                    .with("length", length)
                    .with("max", max),
            );
            return None;
        }
        if !text::is_nfc(text) {
            self.say(Finding::new(Code::TextNormalised, path));
        }
        Some(tidy).filter(|text| !text.is_empty())
    }

    /// Free text, where a person's number may have slipped in.
    pub fn note(&mut self, raw: &Raw, max: usize) -> Option<String> {
        self.note_of("note", raw, max)
    }

    /// Free text under another name.
    pub fn note_of(&mut self, path: &str, raw: &Raw, max: usize) -> Option<String> {
        let text = self.text(path, raw, max);
        if text.as_deref().is_some_and(text::holds_personal_number) {
            self.say(Finding::new(Code::NotePersonalNumber, path));
        }
        text
    }
}
