//! The rules of a session, once for everybody.

use chrono::{NaiveDate, NaiveTime};

use super::raw::{Raw, RawFacilitators, RawLine, RawList, RawSession, RawVenue};
use super::{
    ATTENDED_MANY, CountLine, DURATION_MINUTES_MAX, Facilitators, NAME_CHARS_MAX, NOTE_CHARS_MAX, TrainingSession,
    Venue,
};
use crate::codes::{Language, SessionForm, TargetGroup, Topic, VenueType};
use crate::finding::{Finding, FindingCode as Code};
use crate::ids::UnitUid;
use crate::input::{date, integer, time};
use crate::text;
use crate::unit::Unit;

/// What a reader knows besides the session itself.
pub struct Context<'a> {
    /// Today by the reader's clock. Only warnings depend on it.
    pub today: NaiveDate,
    /// Finds a unit by uid.
    pub unit: &'a dyn Fn(&str) -> Option<&'a Unit>,
    /// Largest `attended` of any session at this unit so far.
    pub largest: Option<u32>,
    /// A living session of the same unit, date and one of the topics: its `attended`.
    pub duplicate: Option<u32>,
}

/// The outcome: the session where nothing impossible was found, and every finding, errors first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// `None` when there is at least one error.
    pub session: Option<TrainingSession>,
    /// Errors first.
    pub findings: Vec<Finding>,
}

/// First year of the plan: earlier dates are asked about.
const PLAN_FIRST_YEAR: i32 = 2025;

/// Reads a session and applies every rule. Never stops at the first finding.
pub fn check(raw: &RawSession, context: &Context<'_>) -> Checked {
    let mut at = Reader { findings: Vec::new() };
    let date = at.date(&raw.date, context.today);
    let unit = at.unit(&raw.unit, date, context);
    let start = at.time(&raw.start);
    let duration_minutes = at.duration(&raw.duration_minutes);
    let form = at.form(&raw.form);
    let topics = at.topics(&raw.topics);
    let venue = at.venue(&raw.venue);
    let facilitators = at.facilitators(&raw.facilitators);
    let language = at.code("language", &raw.language, Language::parse, Code::LanguageUnknown);
    let household_businesses = at.count("household_businesses", &raw.household_businesses);
    let broadcast_items = at.count("broadcast_items", &raw.broadcast_items);
    let counts = at.lines(&raw.counts);
    let note = at.text("note", &raw.note, NOTE_CHARS_MAX);
    let attachments = at.attachments(&raw.attachments);
    if note.as_deref().is_some_and(text::holds_personal_number) {
        at.say(Finding::new(Code::NotePersonalNumber, "note"));
    }
    let empty_lines = matches!(&raw.counts, RawList::Items(lines) if lines.iter().all(RawLine::is_blank));
    if empty_lines && !(form.is_some_and(|form| form.as_str() == "broadcast") && broadcast_items.is_some()) {
        at.say(Finding::new(Code::CountsEmpty, "counts"));
    }
    let mut findings = at.findings;
    let session = match (findings.iter().any(Finding::is_error), unit, date, form) {
        (false, Some(unit), Some(date), Some(form)) => Some(TrainingSession {
            unit,
            date,
            start,
            duration_minutes,
            form,
            topics,
            venue,
            facilitators,
            language,
            counts,
            household_businesses,
            broadcast_items,
            note,
            attachments,
        }),
        _ => None,
    };
    if let Some(session) = &session {
        unusual(session, context, &mut findings);
    }
    findings.sort_by_key(|finding| finding.severity);
    Checked { session, findings }
}

/// The fields as they are written back on leaving them, by path; only those that read well.
pub fn tidy_fields(raw: &RawSession, today: NaiveDate) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if let Raw::Typed(typed) = &raw.date
        && let Ok(Some(date)) = date::parse(typed, today)
    {
        out.push(("date".into(), date::format(date)));
    }
    if let Raw::Typed(typed) = &raw.start
        && let Ok(Some(start)) = time::parse(typed)
    {
        out.push(("start".into(), time::format(start)));
    }
    let mut count = |path: String, raw: &Raw| {
        if let Raw::Typed(typed) = raw
            && let Ok(Some(value)) = integer::parse(typed)
        {
            out.push((path, integer::format(value.into())));
        }
    };
    count("duration_minutes".into(), &raw.duration_minutes);
    count("household_businesses".into(), &raw.household_businesses);
    count("broadcast_items".into(), &raw.broadcast_items);
    if let RawList::Items(lines) = &raw.counts {
        for line in lines {
            if let Raw::Typed(group) = &line.group {
                line.columns()
                    .iter()
                    .for_each(|(column, value)| count(format!("counts.{group}.{column}"), value));
            }
        }
    }
    for (path, raw) in [
        ("venue", &raw.venue.field),
        ("facilitators", &raw.facilitators.field),
        ("note", &raw.note),
    ] {
        if let Raw::Typed(typed) = raw {
            out.push((path.into(), text::tidy(typed)));
        }
    }
    out
}

fn unusual(session: &TrainingSession, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let attended = session.attended();
    if attended > ATTENDED_MANY {
        findings.push(
            Finding::new(Code::AttendedVeryMany, "counts")
                .with("value", integer::format(attended.into()))
                .with("limit", ATTENDED_MANY),
        );
    } else if let Some(largest) = context.largest
        && largest > 0
        && attended > largest.saturating_mul(2)
    {
        findings.push(
            Finding::new(Code::AttendedDoubleLargest, "counts")
                .with("value", integer::format(attended.into()))
                .with("largest", integer::format(largest.into())),
        );
    }
    if let Some(other) = context.duplicate {
        findings.push(
            Finding::new(Code::DuplicateLikely, "date")
                .with("date", date::format(session.date))
                .with("attended", integer::format(other.into())),
        );
    }
}

pub(super) struct Reader {
    findings: Vec<Finding>,
}

impl Reader {
    pub(super) fn say(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    pub(super) fn wrong_type(&mut self, path: &str, echo: impl ToString) {
        self.say(Finding::new(Code::WrongType, path).with("value", echo));
    }

    fn count(&mut self, path: &str, raw: &Raw) -> Option<u32> {
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

    fn date(&mut self, raw: &Raw, today: NaiveDate) -> Option<NaiveDate> {
        let read = match raw {
            Raw::Absent => {
                self.say(Finding::new(Code::DateMissing, "date"));
                return None;
            }
            Raw::Typed(typed) => date::parse(typed, today).map_err(|bad| (bad, typed.clone())),
            Raw::Text(iso) => match NaiveDate::parse_from_str(iso, "%Y-%m-%d") {
                Ok(date) if iso.len() == 10 => Ok(Some(date)),
                _ => Err((date::BadDate::Unreadable, iso.clone())),
            },
            Raw::Int(number) => Err((date::BadDate::Unreadable, number.to_string())),
            Raw::Odd(echo) => Err((date::BadDate::Unreadable, echo.clone())),
        };
        match read {
            Ok(Some(date)) => {
                if date > today {
                    self.say(Finding::new(Code::DateFuture, "date").with("date", date::format(date)));
                } else if chrono::Datelike::year(&date) < PLAN_FIRST_YEAR {
                    self.say(Finding::new(Code::DateBeforePlan, "date").with("date", date::format(date)));
                }
                return Some(date);
            }
            Ok(None) => self.say(Finding::new(Code::DateMissing, "date")),
            Err((date::BadDate::Unreadable, echo)) => {
                self.say(Finding::new(Code::DateUnreadable, "date").with("value", echo))
            }
            Err((date::BadDate::NoSuchDay { day, month, days }, _)) => {
                self.say(
                    Finding::new(Code::DateNoSuchDay, "date")
                        .with("day", day)
                        .with("month", month)
                        .with("days", days),
                );
            }
        }
        None
    }

    fn time(&mut self, raw: &Raw) -> Option<NaiveTime> {
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

    fn duration(&mut self, raw: &Raw) -> Option<u32> {
        let minutes = self.count("duration_minutes", raw)?;
        if minutes > DURATION_MINUTES_MAX {
            self.say(
                Finding::new(Code::DurationTooLong, "duration_minutes")
                    .with("value", integer::format(minutes.into()))
                    .with("max", integer::format(DURATION_MINUTES_MAX.into())),
            );
        }
        Some(minutes)
    }

    fn unit(&mut self, raw: &Raw, date: Option<NaiveDate>, context: &Context<'_>) -> Option<UnitUid> {
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

    fn code<T>(&mut self, path: &str, raw: &Raw, parse: fn(&str) -> Option<T>, unknown: Code) -> Option<T> {
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

    fn form(&mut self, raw: &Raw) -> Option<SessionForm> {
        if *raw == Raw::Absent {
            self.say(Finding::new(Code::FormMissing, "form"));
        }
        self.code("form", raw, SessionForm::parse, Code::FormUnknown)
    }

    fn topics(&mut self, raw: &RawList<Raw>) -> Vec<Topic> {
        let RawList::Items(items) = raw else {
            self.wrong_type("topics", "topics");
            return Vec::new();
        };
        if items.is_empty() {
            self.say(Finding::new(Code::TopicsMissing, "topics"));
        }
        let mut topics = Vec::with_capacity(items.len());
        for item in items {
            if *item == Raw::Absent {
                self.wrong_type("topics", "null");
            } else if let Some(topic) = self.code("topics", item, Topic::parse, Code::TopicUnknown)
                && !topics.contains(&topic)
            {
                topics.push(topic);
            }
        }
        topics
    }

    fn venue(&mut self, raw: &RawVenue) -> Option<Venue> {
        if raw.field != Raw::Absent {
            let field = self.text("venue", &raw.field, NAME_CHARS_MAX)?;
            return Venue::read(&field)
                .map_err(|_| self.say(Finding::new(Code::VenueUnknown, "venue").with("value", &field)))
                .ok();
        }
        let name = self.text("venue", &raw.name, NAME_CHARS_MAX);
        if raw.kind == Raw::Absent && name.is_none() {
            return None;
        }
        let kind = match raw.kind {
            Raw::Absent => VenueType::parse("other"),
            _ => self.code("venue", &raw.kind, VenueType::parse, Code::VenueUnknown),
        };
        kind.map(|kind| Venue { kind, name })
    }

    fn facilitators(&mut self, raw: &RawFacilitators) -> Option<Facilitators> {
        if raw.field != Raw::Absent {
            return Facilitators::read(&self.text("facilitators", &raw.field, NAME_CHARS_MAX)?);
        }
        let names = self.text("facilitators", &raw.names, NAME_CHARS_MAX);
        let count = self.count("facilitators", &raw.count);
        (names.is_some() || count.is_some()).then_some(Facilitators { count, names })
    }

    pub(super) fn text(&mut self, path: &str, raw: &Raw, max: usize) -> Option<String> {
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

    fn lines(&mut self, raw: &RawList<RawLine>) -> Vec<CountLine> {
        let RawList::Items(items) = raw else {
            self.wrong_type("counts", "counts");
            return Vec::new();
        };
        let mut lines: Vec<CountLine> = Vec::with_capacity(items.len());
        for item in items.iter().filter(|item| !item.is_blank()) {
            let (Raw::Typed(code) | Raw::Text(code)) = &item.group else {
                self.say(Finding::new(Code::GroupUnknown, "counts").with("value", ""));
                continue;
            };
            let Some(group) = TargetGroup::parse(code.trim()) else {
                self.say(Finding::new(Code::GroupUnknown, "counts").with("value", code));
                continue;
            };
            if lines.iter().any(|line| line.group == group) {
                self.say(
                    Finding::new(Code::GroupTwice, format!("counts.{group}"))
                        .with("group", format!("@target_group_{group}")),
                );
                continue;
            }
            if let Some(line) = self.line(group, item) {
                lines.push(line);
            }
        }
        lines
    }

    fn line(&mut self, group: TargetGroup, raw: &RawLine) -> Option<CountLine> {
        let RawLine {
            group: _,
            attended,
            female,
            ethnic_minority,
            khmer,
            elderly,
            disabled,
            poor,
            first_time,
            assessed,
            completed,
        } = raw;
        let before = self.findings.len();
        let mut column = |name: &str, raw: &Raw| match raw {
            Raw::Absent => None,
            // What another machine or this one stored reads well nearly always; its path is only written when it does not.
            Raw::Int(value) if (0..=i64::from(integer::COUNT_MAX)).contains(value) => u32::try_from(*value).ok(),
            raw => self.count(&format!("counts.{group}.{name}"), raw),
        };
        let total = column("attended", attended);
        let line = CountLine {
            group,
            attended: total.unwrap_or(0),
            female: column("female", female),
            ethnic_minority: column("ethnic_minority", ethnic_minority),
            khmer: column("khmer", khmer),
            elderly: column("elderly", elderly),
            disabled: column("disabled", disabled),
            poor: column("poor", poor),
            first_time: column("first_time", first_time),
            assessed: column("assessed", assessed),
            completed: column("completed", completed),
        };
        if self.findings.len() > before {
            return None; // What cannot be read cannot be compared.
        }
        if total.is_none() {
            self.say(
                Finding::new(Code::AttendedMissing, format!("counts.{group}.attended"))
                    .with("group", format!("@target_group_{group}")),
            );
            return None;
        }
        self.compare(&line);
        Some(line)
    }

    /// What one line's columns say about each other.
    fn compare(&mut self, line: &CountLine) {
        let path = |name: &str| format!("counts.{}.{name}", line.group);
        for (name, value) in line.of_which() {
            if let Some(value) = value.filter(|value| *value > line.attended) {
                self.say(
                    Finding::new(Code::OfWhichOverTotal, path(name))
                        .with("column", format!("@column_{name}"))
                        .with("value", integer::format(value.into()))
                        .with("total", integer::format(line.attended.into())),
                );
            }
        }
        if let (Some(value), Some(total)) = (line.khmer, line.ethnic_minority)
            && value > total
        {
            self.say(
                Finding::new(Code::KhmerOverMinority, path("khmer"))
                    .with("value", value)
                    .with("total", total),
            );
        }
        if let (Some(value), Some(total)) = (line.completed, line.assessed)
            && value > total
        {
            self.say(
                Finding::new(Code::CompletedOverAssessed, path("completed"))
                    .with("value", value)
                    .with("total", total),
            );
        }
    }
}
