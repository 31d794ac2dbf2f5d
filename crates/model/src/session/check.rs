//! The rules of a session, once for everybody.

use chrono::NaiveDate;

use super::raw::{Raw, RawFacilitators, RawLine, RawList, RawSession, RawVenue};
use super::{
    ATTENDED_MANY, CountLine, DURATION_MINUTES_MAX, Facilitators, NAME_CHARS_MAX, NOTE_CHARS_MAX, TrainingSession,
    Venue,
};
use crate::codes::{Language, SessionForm, TargetGroup, Topic, VenueType};
use crate::finding::{Finding, FindingCode as Code};
use crate::input::{date, integer, time};
use crate::reader::{Context, Reader};
use crate::text;

/// The outcome: the session where nothing impossible was found, and every finding, errors first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// `None` when there is at least one error.
    pub session: Option<TrainingSession>,
    /// Errors first.
    pub findings: Vec<Finding>,
}

/// Reads a session and applies every rule. Never stops at the first finding.
pub fn check(raw: &RawSession, context: &Context<'_>) -> Checked {
    let mut checked = read(raw, context);
    compare(&mut checked, context);
    checked
}

/// Adds what is unusual of a session that was read, by what its reader knows of others. Apart from [`read`], since what is to
/// be known of others depends on what was read.
pub fn compare(checked: &mut Checked, context: &Context<'_>) {
    let Checked { session, findings } = checked;
    if let Some(session) = session {
        unusual(session, context, findings);
        findings.sort_by_key(|finding| finding.severity);
    }
}

/// Reads a session and applies the rules that need no other. Never stops at the first finding.
pub fn read(raw: &RawSession, context: &Context<'_>) -> Checked {
    let mut at = Reader::default();
    let date = at.date("date", &raw.date, context.today);
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
    let note = at.note(&raw.note, NOTE_CHARS_MAX);
    let attachments = at.attachments(&raw.attachments);
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

impl Reader {
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

    fn form(&mut self, raw: &Raw) -> Option<SessionForm> {
        self.must("form", raw, SessionForm::parse, (Code::FormMissing, Code::FormUnknown))
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
