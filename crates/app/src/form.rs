//! Between the form as typed and the domain's session.

use std::collections::BTreeMap;

use hocvu_model::codes::COLUMNS;
use hocvu_model::input::{date, integer, time};
use hocvu_model::session::{Attachment, KIND_JPEG, Raw, RawAttachment, RawLine, RawList, RawSession, TrainingSession};
use hocvu_model::{Finding, finding};

use crate::contract::{AttachmentForm, DateView, FindingView, SessionForm, Severity};

/// The form as the rules read it.
pub(crate) fn raw(form: &SessionForm) -> RawSession {
    let SessionForm {
        unit,
        date,
        start,
        duration_minutes,
        form,
        topics,
        venue,
        facilitators,
        language,
        note,
        household_businesses,
        broadcast_items,
        counts,
        attachments,
    } = form;
    let lines = counts
        .iter()
        .map(|(group, cells)| RawLine::typed(group, |c| cells.get(c).map_or("", String::as_str)));
    let mut raw = RawSession {
        unit: Raw::typed(unit),
        date: Raw::typed(date),
        start: Raw::typed(start),
        duration_minutes: Raw::typed(duration_minutes),
        form: Raw::typed(form),
        topics: RawList::Items(topics.iter().map(|topic| Raw::typed(topic)).collect()),
        language: Raw::typed(language),
        counts: RawList::Items(lines.collect()),
        household_businesses: Raw::typed(household_businesses),
        broadcast_items: Raw::typed(broadcast_items),
        note: Raw::typed(note),
        attachments: RawList::Items(attachments.iter().map(raw_attachment).collect()),
        ..RawSession::default()
    };
    raw.venue.field = Raw::typed(venue);
    raw.facilitators.field = Raw::typed(facilitators);
    raw
}

fn raw_attachment(attachment: &AttachmentForm) -> RawAttachment {
    let AttachmentForm { sha256, size, caption } = attachment;
    RawAttachment {
        sha256: Raw::Text(sha256.clone()),
        size: Raw::Int(i64::from(*size)),
        kind: Raw::Text(KIND_JPEG.to_owned()),
        caption: Raw::typed(caption),
    }
}

/// A photo as the form holds it.
pub(crate) fn attachment(attachment: &Attachment) -> AttachmentForm {
    AttachmentForm {
        sha256: attachment.sha256.to_string(),
        size: attachment.size,
        caption: attachment.caption.clone().unwrap_or_default(),
    }
}

/// A saved session as the form shows it.
pub(crate) fn from_session(session: &TrainingSession) -> SessionForm {
    let TrainingSession {
        unit,
        date: day,
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
    } = session;
    let count = |value: &Option<u32>| value.map(|value| integer::format(value.into())).unwrap_or_default();
    let line = |line: &hocvu_model::session::CountLine| {
        let mut cells = BTreeMap::from([("attended".to_owned(), integer::format(line.attended.into()))]);
        for (column, value) in line.of_which() {
            if let Some(value) = value {
                cells.insert(column.to_owned(), integer::format(value.into()));
            }
        }
        (line.group.to_string(), cells)
    };
    SessionForm {
        unit: unit.to_string(),
        date: date::format(*day),
        start: start.map(time::format).unwrap_or_default(),
        duration_minutes: count(duration_minutes),
        form: form.to_string(),
        topics: topics.iter().map(ToString::to_string).collect(),
        venue: venue
            .as_ref()
            .map(hocvu_model::session::Venue::display)
            .unwrap_or_default(),
        facilitators: facilitators
            .as_ref()
            .map(hocvu_model::session::Facilitators::display)
            .unwrap_or_default(),
        language: language.map(|language| language.to_string()).unwrap_or_default(),
        note: note.clone().unwrap_or_default(),
        household_businesses: count(household_businesses),
        broadcast_items: count(broadcast_items),
        counts: counts.iter().map(line).collect(),
        attachments: attachments.iter().map(attachment).collect(),
    }
}

/// A stored body the rules refuse, as the form shows it: what was meant stays on the screen, to be mended.
pub(crate) fn from_raw(raw: &RawSession, unit: &str) -> SessionForm {
    let text = |raw: &Raw| match raw {
        Raw::Absent => String::new(),
        Raw::Typed(text) | Raw::Text(text) | Raw::Odd(text) => text.clone(),
        Raw::Int(number) => number.to_string(),
    };
    let items = |list: &RawList<Raw>| match list {
        RawList::Items(items) => items.iter().map(text).collect(),
        RawList::Odd => Vec::new(),
    };
    let either = |first: &Raw, second: &Raw| {
        if *first == Raw::Absent {
            text(second)
        } else {
            text(first)
        }
    };
    let line = |line: &RawLine| {
        let cells = line.columns().into_iter().filter(|(_, value)| **value != Raw::Absent);
        (
            text(&line.group),
            cells.map(|(column, value)| (column.to_owned(), text(value))).collect(),
        )
    };
    let day = match &raw.date {
        Raw::Text(iso) => iso.parse().map_or_else(|_| iso.clone(), date::format),
        other => text(other),
    };
    SessionForm {
        unit: unit.to_owned(),
        date: day,
        start: text(&raw.start),
        duration_minutes: text(&raw.duration_minutes),
        form: text(&raw.form),
        topics: items(&raw.topics),
        venue: either(&raw.venue.name, &raw.venue.kind),
        facilitators: either(&raw.facilitators.names, &raw.facilitators.count),
        language: text(&raw.language),
        note: text(&raw.note),
        household_businesses: text(&raw.household_businesses),
        broadcast_items: text(&raw.broadcast_items),
        counts: match &raw.counts {
            RawList::Items(lines) => lines.iter().map(line).collect(),
            RawList::Odd => BTreeMap::new(),
        },
        attachments: match &raw.attachments {
            RawList::Items(items) => items.iter().filter_map(odd_attachment).collect(),
            RawList::Odd => Vec::new(),
        },
    }
}

/// A stored photo the rules may have refused, if it can be shown at all.
fn odd_attachment(raw: &RawAttachment) -> Option<AttachmentForm> {
    let text = |raw: &Raw| match raw {
        Raw::Typed(text) | Raw::Text(text) => Some(text.clone()),
        Raw::Absent | Raw::Int(_) | Raw::Odd(_) => None,
    };
    Some(AttachmentForm {
        sha256: text(&raw.sha256)?,
        size: match raw.size {
            Raw::Int(size) => u32::try_from(size).ok()?,
            _ => return None,
        },
        caption: text(&raw.caption).unwrap_or_default(),
    })
}

/// Sums of the columns that can be read; a column nobody filled is absent.
pub(crate) fn totals(form: &SessionForm) -> BTreeMap<String, u32> {
    let mut totals = BTreeMap::new();
    for column in COLUMNS {
        let cells = form.counts.values().filter_map(|cells| cells.get(column));
        let sum = cells
            .filter_map(|text| integer::parse(text).ok().flatten())
            .reduce(u32::saturating_add);
        if let Some(sum) = sum {
            totals.insert(column.to_owned(), sum);
        }
    }
    totals
}

/// A date as people read it.
pub(crate) fn date_view(day: chrono::NaiveDate) -> DateView {
    use chrono::Datelike;
    let weekday = u8::try_from(day.weekday().number_from_monday()).unwrap_or(1);
    DateView {
        iso: day.to_string(),
        text: date::format(day),
        weekday,
    }
}

impl From<Finding> for FindingView {
    fn from(finding: Finding) -> Self {
        let Finding {
            code,
            path,
            severity,
            params,
        } = finding;
        let severity = match severity {
            finding::Severity::Error => Severity::Error,
            finding::Severity::Warning => Severity::Warning,
        };
        Self {
            code: code.as_str().to_owned(),
            path,
            severity,
            params,
        }
    }
}

/// Findings for a screen.
pub(crate) fn findings(findings: Vec<Finding>) -> Vec<FindingView> {
    findings.into_iter().map(Into::into).collect()
}
