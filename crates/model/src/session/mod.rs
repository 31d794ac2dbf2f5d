//! A training session (buổi) with its learner counts: the record, its lenient reading, its rules, its stored body.

pub(crate) mod attachment;
mod body;
mod check;
mod check_photos;
mod raw;
#[cfg(test)]
mod tests;
mod venue;

use chrono::{NaiveDate, NaiveTime};

pub use crate::reader::Context;
pub use attachment::{
    ATTACHMENTS_MAX, Attachment, CAPTION_CHARS_MAX, KIND_JPEG, PHOTO_BYTES_MAX, PHOTO_SIDE_MAX, PhotoId, attachments_of,
};
pub(crate) use body::FIELDS;
pub use body::{body, patch};
pub use check::{Checked, check, compare, read, tidy_fields};
pub use raw::{Raw, RawAttachment, RawLine, RawList, RawSession};
pub use venue::{Facilitators, Venue};

use crate::codes::{Language, SessionForm, TargetGroup, Topic};
use crate::ids::UnitUid;

/// Schema version of the body this build writes. A higher one from elsewhere is held, never guessed at.
pub const SCHEMA_VERSION: u32 = 1;
/// Characters of a note (Unicode scalars after NFC).
pub const NOTE_CHARS_MAX: usize = 1_000;
/// Characters of a venue or of the facilitators' names.
pub const NAME_CHARS_MAX: usize = 200;
/// Minutes: a session does not outlast its day.
pub const DURATION_MINUTES_MAX: u32 = 24 * 60;
/// More attendees than a hall holds: asked about, not refused.
pub const ATTENDED_MANY: u32 = 500;

/// One training session, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingSession {
    /// The hamlet, school or office it belongs to.
    pub unit: UnitUid,
    /// The day it was held, typed by a person.
    pub date: NaiveDate,
    /// When it began.
    pub start: Option<NaiveTime>,
    /// How long it lasted, minutes.
    pub duration_minutes: Option<u32>,
    /// How it was held.
    pub form: SessionForm,
    /// What was taught; at least one.
    pub topics: Vec<Topic>,
    /// Where.
    pub venue: Option<Venue>,
    /// Who taught.
    pub facilitators: Option<Facilitators>,
    /// In which language.
    pub language: Option<Language>,
    /// One line per target group, no group twice.
    pub counts: Vec<CountLine>,
    /// Household businesses assisted.
    pub household_businesses: Option<u32>,
    /// Items broadcast, for `form = broadcast`.
    pub broadcast_items: Option<u32>,
    /// Free text.
    pub note: Option<String>,
    /// Photos, none twice.
    pub attachments: Vec<Attachment>,
}

/// Learner counts of one target group. Of-which columns overlap and are never added to each other; `None` is
/// "not collected", `Some(0)` is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountLine {
    /// Whom it speaks of.
    pub group: TargetGroup,
    /// Lượt: attendances, not persons.
    pub attended: u32,
    /// Of which women.
    pub female: Option<u32>,
    /// Of which of an ethnic minority.
    pub ethnic_minority: Option<u32>,
    /// Of which Khmer; part of `ethnic_minority`.
    pub khmer: Option<u32>,
    /// Of which 60 or older.
    pub elderly: Option<u32>,
    /// Of which with a disability.
    pub disabled: Option<u32>,
    /// Of which from poor or near-poor households.
    pub poor: Option<u32>,
    /// Of which attending for the first time ever: distinct learners without identities.
    pub first_time: Option<u32>,
    /// Of which assessed.
    pub assessed: Option<u32>,
    /// Of which found able.
    pub completed: Option<u32>,
}

impl CountLine {
    /// The of-which columns with their names, in [`crate::codes::COLUMNS`] order.
    pub fn of_which(&self) -> [(&'static str, Option<u32>); 9] {
        let Self {
            group: _,
            attended: _,
            female,
            ethnic_minority,
            khmer,
            elderly,
            disabled,
            poor,
            first_time,
            assessed,
            completed,
        } = *self;
        [
            ("female", female),
            ("first_time", first_time),
            ("khmer", khmer),
            ("ethnic_minority", ethnic_minority),
            ("elderly", elderly),
            ("disabled", disabled),
            ("poor", poor),
            ("assessed", assessed),
            ("completed", completed),
        ]
    }
}

impl TrainingSession {
    /// Lượt of the session: the sum of its lines.
    pub fn attended(&self) -> u32 {
        self.counts.iter().map(|line| line.attended).sum()
    }

    /// Sum of a column over the lines that collected it; `None` when no line did.
    pub fn total(&self, column: &str) -> Option<u32> {
        let value = |line: &CountLine| match column {
            "attended" => Some(line.attended),
            _ => line
                .of_which()
                .into_iter()
                .find(|(name, _)| *name == column)
                .and_then(|(_, value)| value),
        };
        self.counts.iter().filter_map(value).reduce(|a, b| a + b)
    }
}
