//! A record before the rules have seen it: anything a form, a file or another machine may hand over.
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
pub(crate) use raw_struct;

/// A raw record all of whose fields are plain values: a form or a line of a file can fill it cell by cell. Its list of fields is the
/// one list of its kind: from it come the names every reader knows, and the body of the checked record, which has the same
/// fields and the unit besides.
macro_rules! flat_struct {
    ($(#[$doc:meta])* $name:ident of $checked:ident {
        $(#[$unit_doc:meta])* unit, $($(#[$field_doc:meta])* $field:ident,)+
    }) => {
        $crate::raw::raw_struct! {
            $(#[$doc])* $name {
                $(#[$unit_doc])* unit: $crate::raw::Raw,
                $($(#[$field_doc])* $field: $crate::raw::Raw,)+
            }
        }

        /// Every field of the body.
        pub(crate) const FIELDS: &[&str] = &[$(stringify!($field)),+];

        impl $name {
            /// As typed; `cell` gives the text of a field.
            pub fn typed<'a>(cell: &dyn Fn(&str) -> &'a str) -> Self {
                Self {
                    unit: $crate::raw::Raw::typed(cell("unit")),
                    $($field: $crate::raw::Raw::typed(cell(stringify!($field))),)+
                }
            }
        }

        impl $checked {
            /// The full body; keys in alphabetical order, absent values left out.
            pub fn body(&self) -> serde_json::Map<String, serde_json::Value> {
                let Self { unit: _, $($field),+ } = self;
                $crate::body::object([$((stringify!($field), serde_json::json!($field))),+])
            }
        }
    };
}
pub(crate) use flat_struct;
