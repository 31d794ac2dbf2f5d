//! A session before the rules have seen it: anything a form, a file or another machine may hand over.
//!
//! Reading is lenient so that the rules can answer with a finding per field, rather than a parser with one for all.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// One value as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Raw {
    /// Nothing, or JSON null: not collected.
    #[default]
    Absent,
    /// Typed by a person or read from a cell: read forgivingly.
    Typed(String),
    /// A JSON string from another machine: must be exact.
    Text(String),
    /// A JSON whole number.
    Int(i64),
    /// Any other JSON; the echo for the finding.
    Odd(String),
}

impl Raw {
    /// A field of a form or a cell; blank is absent.
    pub fn typed(text: &str) -> Self {
        if text.trim_matches([' ', '\u{a0}', '\t', '\n', '\r']).is_empty() {
            Self::Absent
        } else {
            Self::Typed(text.to_owned())
        }
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Absent)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Odd(value.to_string()))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Int(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(i64::try_from(value).map_or_else(|_| Raw::Odd(value.to_string()), Raw::Int))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Odd(value.to_string()))
    }
    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Raw::Odd("[…]".into()))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Raw::Odd("{…}".into()))
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

/// A list as it came: its elements, or the echo of something that is no list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawList<T> {
    /// Elements in order.
    Items(Vec<T>),
    /// Not a list.
    Odd,
}

impl<T> Default for RawList<T> {
    fn default() -> Self {
        Self::Items(Vec::new())
    }
}

struct RawListVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for RawListVisitor<T> {
    type Value = RawList<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<RawList<T>, A::Error> {
        let mut items = Vec::with_capacity(seq.size_hint().unwrap_or(0).min(64));
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(RawList::Items(items))
    }
    fn visit_unit<E>(self) -> Result<RawList<T>, E> {
        Ok(RawList::default())
    }
    fn visit_bool<E>(self, _: bool) -> Result<RawList<T>, E> {
        Ok(RawList::Odd)
    }
    fn visit_i64<E>(self, _: i64) -> Result<RawList<T>, E> {
        Ok(RawList::Odd)
    }
    fn visit_u64<E>(self, _: u64) -> Result<RawList<T>, E> {
        Ok(RawList::Odd)
    }
    fn visit_f64<E>(self, _: f64) -> Result<RawList<T>, E> {
        Ok(RawList::Odd)
    }
    fn visit_str<E>(self, _: &str) -> Result<RawList<T>, E> {
        Ok(RawList::Odd)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawList<T>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(RawList::Odd)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for RawList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawListVisitor(std::marker::PhantomData))
    }
}

macro_rules! raw_struct {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident $(as $key:literal)? : $ty:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
        #[serde(default)]
        pub struct $name { $($(#[$field_doc])* $(#[serde(rename = $key)])? pub $field: $ty,)+ }
    };
}

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
        let cell = |name: &str| Raw::typed(column(name));
        Self {
            group: Raw::typed(group),
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
