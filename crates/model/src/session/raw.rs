//! A session before the rules have seen it.

use crate::raw::raw_struct;
pub use crate::raw::{Raw, RawList};

raw_struct! {
    /// A session as it came. Unknown fields are passed over here and kept in the stored body.
    RawSession {
        /// Uid; travels beside the body, not in it.
        unit: Raw,
        /// Typed forms or ISO.
        date: Raw,
        /// Typed forms or `HH:MM`.
        start: Raw,
        /// Minutes.
        duration_minutes: Raw,
        /// Code.
        form: Raw,
        /// Codes.
        topics: RawList<Raw>,
        /// One typed field, or `{type, name}`.
        venue: RawVenue,
        /// One typed field, or `{count, names}`.
        facilitators: RawFacilitators,
        /// Code.
        language: Raw,
        /// Count lines.
        counts: RawList<RawLine>,
        /// Count.
        household_businesses: Raw,
        /// Count.
        broadcast_items: Raw,
        /// Text.
        note: Raw,
        /// Photos.
        attachments: RawList<RawAttachment>,
    }
}

raw_struct! {
    /// A photo as it came.
    RawAttachment {
        /// 64 hex digits.
        sha256: Raw,
        /// Bytes.
        size: Raw,
        /// Media type.
        kind: Raw,
        /// Text.
        caption: Raw,
    }
}

raw_struct! {
    /// A venue as it came.
    RawVenue {
        /// Typed as one field.
        #[serde(skip)]
        field: Raw,
        /// Code.
        kind as "type": Raw,
        /// Text.
        name: Raw,
    }
}

raw_struct! {
    /// Facilitators as they came.
    RawFacilitators {
        /// Typed as one field.
        #[serde(skip)]
        field: Raw,
        /// Count.
        count: Raw,
        /// Text.
        names: Raw,
    }
}

raw_struct! {
    /// A count line as it came.
    RawLine {
        /// Code of the target group.
        group: Raw,
        /// Count.
        attended: Raw,
        /// Count.
        female: Raw,
        /// Count.
        ethnic_minority: Raw,
        /// Count.
        khmer: Raw,
        /// Count.
        elderly: Raw,
        /// Count.
        disabled: Raw,
        /// Count.
        poor: Raw,
        /// Count.
        first_time: Raw,
        /// Count.
        assessed: Raw,
        /// Count.
        completed: Raw,
    }
}

impl RawLine {
    /// A line typed by a person; `column` gives the text of a column.
    pub fn typed<'a>(group: &str, column: impl Fn(&str) -> &'a str) -> Self {
        Self::of(Raw::typed(group), |name| Raw::typed(column(name)))
    }

    /// A line of a group; `cell` gives the value of a column.
    pub fn of(group: Raw, mut cell: impl FnMut(&str) -> Raw) -> Self {
        Self {
            group,
            attended: cell("attended"),
            female: cell("female"),
            ethnic_minority: cell("ethnic_minority"),
            khmer: cell("khmer"),
            elderly: cell("elderly"),
            disabled: cell("disabled"),
            poor: cell("poor"),
            first_time: cell("first_time"),
            assessed: cell("assessed"),
            completed: cell("completed"),
        }
    }

    /// Whether no count is given.
    pub fn is_blank(&self) -> bool {
        self.columns().iter().all(|(_, value)| **value == Raw::Absent)
    }

    /// Column name and value, `attended` first.
    pub fn columns(&self) -> [(&'static str, &Raw); 10] {
        let Self {
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
        } = self;
        [
            ("attended", attended),
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
