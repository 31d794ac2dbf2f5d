use std::sync::LazyLock;

use crate::codes::VenueType;
use crate::text;
use crate::wording::{self, Locale};

/// Where a session was held: a kind of place and, where it has one, a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Venue {
    /// Kind of place.
    pub kind: VenueType,
    /// Its name as people say it.
    pub name: Option<String>,
}

impl Venue {
    /// Reads one field: a code (`market`), `code: name`, a label ("Chợ") or any text, whose kind is the label it begins
    /// with, else `other`.
    ///
    /// # Errors
    /// `code: name` with a word before the colon that looks like a code and is none.
    pub fn read(field: &str) -> Result<Self, UnknownVenue> {
        if let Some(kind) = VenueType::parse(field) {
            return Ok(Self { kind, name: None });
        }
        if let Some((code, name)) = field.split_once(':')
            && !code.is_empty()
            && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        {
            let kind = VenueType::parse(code).ok_or(UnknownVenue)?;
            let name = text::tidy(name);
            return Ok(Self {
                kind,
                name: (!name.is_empty()).then_some(name),
            });
        }
        let key = text::fold(field);
        let labelled = LABELS.iter().filter(|(_, label)| key.starts_with(label));
        let kind = labelled.max_by_key(|(_, label)| label.len()).map(|(kind, _)| *kind);
        let kind = kind.or_else(|| key.starts_with("nha ").then(|| VenueType::parse("home")).flatten());
        let kind = kind
            .or_else(|| VenueType::parse("other"))
            .expect("the list ends with other");
        let is_label_itself = LABELS.iter().any(|(one, label)| *one == kind && *label == key);
        Ok(Self {
            kind,
            name: (!is_label_itself).then(|| field.to_owned()),
        })
    }

    /// The field as people read it: the name, or the kind's label.
    pub fn display(&self) -> String {
        self.name.clone().unwrap_or_else(|| label(self.kind))
    }
}

/// The word before the colon is no venue type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownVenue;

/// Every active kind with the search key of its label.
static LABELS: LazyLock<Vec<(VenueType, String)>> = LazyLock::new(|| {
    VenueType::active()
        .map(|kind| (kind, text::fold(&label(kind))))
        .collect()
});

fn label(kind: VenueType) -> String {
    wording::label(Locale::Vi, VenueType::LIST, kind.as_str())
}

/// Who taught: how many, and the names where given (staff, work data).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facilitators {
    /// How many persons.
    pub count: Option<u32>,
    /// Names separated by `; `.
    pub names: Option<String>,
}

impl Facilitators {
    /// Reads one field: a number of persons, or names separated by `;`, whose number is then counted.
    pub fn read(field: &str) -> Option<Self> {
        if let Ok(Some(count)) = crate::input::integer::parse(field) {
            return Some(Self {
                count: Some(count),
                names: None,
            });
        }
        let names: Vec<&str> = field
            .split(';')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        let count = u32::try_from(names.len()).ok()?;
        (count > 0).then(|| Self {
            count: Some(count),
            names: Some(names.join("; ")),
        })
    }

    /// The field as people read it.
    pub fn display(&self) -> String {
        match (&self.names, self.count) {
            (Some(names), _) => names.clone(),
            (None, Some(count)) => count.to_string(),
            (None, None) => String::new(),
        }
    }
}
