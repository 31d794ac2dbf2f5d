//! What a table may hold, by kind of record: its columns, the names people give them, and the words they write for codes.
//! All of it is data (`assets/import/columns.json`) and the catalogue's own labels.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use hocvu_model::codes::{EvidenceKind, Language, Measure, PopulationBasis, SessionForm, TargetGroup, Topic};
use hocvu_model::text::fold;
use hocvu_model::unit::Level;
use hocvu_model::wording::{self, Locale};
use serde::Deserialize;

/// What a table is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableKind {
    /// Training sessions: a line each, or a line for each of their target groups.
    Session,
    /// Figures of coverage.
    Coverage,
    /// Populations.
    Population,
    /// Units made by people; for officers.
    Unit,
}

impl TableKind {
    /// Every kind, in order of display.
    pub const ALL: [Self; 4] = [Self::Session, Self::Coverage, Self::Population, Self::Unit];

    /// As the contract and the command line name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Coverage => "coverage",
            Self::Population => "population",
            Self::Unit => "unit",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Its columns, in order of display.
    pub fn columns(self) -> &'static [Column] {
        let data = data();
        match self {
            Self::Session => &data.training_session,
            Self::Coverage => &data.coverage,
            Self::Population => &data.population,
            Self::Unit => &data.unit,
        }
    }

    /// The column of this field.
    pub fn column(self, field: &str) -> Option<&'static Column> {
        self.columns().iter().find(|column| column.field == field)
    }
}

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// Names the record across imports.
    Key,
    /// Free text.
    Text,
    /// A whole number.
    Count,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// One code of a list, by code or by word.
    Code,
    /// Several, separated by `;` or `|`.
    Codes,
    /// A unit, by uid or by name.
    Unit,
}

/// One column a table may have.
#[derive(Debug, Deserialize)]
pub struct Column {
    /// Field of the record, or column of a count line.
    pub field: String,
    /// How its cells are read.
    pub kind: Reading,
    /// Whether a record cannot be without it.
    #[serde(default)]
    pub required: bool,
    /// Its list of codes.
    #[serde(default)]
    pub list: Option<String>,
    names: Vec<String>,
    /// Its label, folded.
    #[serde(skip)]
    folded: OnceLock<String>,
}

impl Column {
    /// Its name for people.
    pub fn label(&self) -> String {
        let count = hocvu_model::codes::COLUMNS.contains(&self.field.as_str());
        wording::label(Locale::Vi, if count { "column" } else { "field" }, &self.field)
    }

    /// Whether a folded header cell names it.
    pub fn is_named(&self, folded: &str) -> bool {
        let label = self.folded.get_or_init(|| fold(&self.label()));
        self.names.iter().any(|name| name == folded) || label == folded
    }
}

#[derive(Deserialize)]
struct Data {
    training_session: Vec<Column>,
    coverage: Vec<Column>,
    population: Vec<Column>,
    unit: Vec<Column>,
    words: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

fn data() -> &'static Data {
    static DATA: OnceLock<Data> = OnceLock::new();
    DATA.get_or_init(|| {
        serde_json::from_str(include_str!("../../../../assets/import/columns.json")).expect("shipped with the program")
    })
}

/// The code a cell means: the code itself, the catalogue's label in either language, or a word people use for it.
pub fn code_of(list: &str, text: &str) -> Option<&'static str> {
    static WORDS: OnceLock<HashMap<&'static str, HashMap<String, &'static str>>> = OnceLock::new();
    let lists = WORDS.get_or_init(|| data().words.keys().map(|list| (list.as_str(), words(list))).collect());
    let words = lists.get(list)?;
    words.get(text).or_else(|| words.get(&fold(text))).copied()
}

/// Codes of a list with their labels, in order of display; none for a list there is not.
pub fn labels(list: &str) -> Vec<(&'static str, String)> {
    let label = |code: &'static str| (code, wording::label(Locale::Vi, list, code));
    codes(list).into_iter().map(label).collect()
}

/// The label of a code; the text itself where it is none.
pub fn label_of(list: &str, code: &str) -> String {
    match codes(list).contains(&code) {
        true => wording::label(Locale::Vi, list, code),
        false => code.to_owned(),
    }
}

fn words(list: &str) -> HashMap<String, &'static str> {
    let mut words = HashMap::new();
    for code in codes(list) {
        for locale in [Locale::Vi, Locale::En] {
            words.entry(fold(&wording::label(locale, list, code))).or_insert(code);
        }
        let used = data().words.get(list).and_then(|words| words.get(code));
        for word in used.into_iter().flatten() {
            words.entry(word.clone()).or_insert(code);
        }
    }
    words.extend(codes(list).into_iter().map(|code| (code.to_owned(), code)));
    words
}

fn codes(list: &str) -> Vec<&'static str> {
    macro_rules! of {
        ($list:ty) => {
            <$list>::active().map(<$list>::as_str).collect()
        };
    }
    match list {
        "form" => of!(SessionForm),
        "topic" => of!(Topic),
        "target_group" => of!(TargetGroup),
        "language" => of!(Language),
        "measure" => of!(Measure),
        "evidence_kind" => of!(EvidenceKind),
        "population_basis" => of!(PopulationBasis),
        "level" => ["commune", "hamlet", "school", "agency", "enterprise", "coop"]
            .into_iter()
            .filter(|code| Level::parse(code).is_some())
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded_and_words_lead_to_codes_there_are() {
        for kind in TableKind::ALL {
            for column in kind.columns() {
                assert!(
                    !column.names.is_empty() && column.label() != format!("field_{}", column.field),
                    "{}",
                    column.field
                );
                for name in &column.names {
                    assert_eq!(*name, fold(name), "{} of {}", name, column.field);
                }
                assert_eq!(
                    column.list.is_some(),
                    matches!(column.kind, Reading::Code | Reading::Codes)
                );
                assert!(
                    column.list.as_deref().is_none_or(|list| !codes(list).is_empty()),
                    "{}",
                    column.field
                );
            }
        }
        for (list, words) in &data().words {
            for (code, words) in words {
                assert!(codes(list).contains(&code.as_str()), "{list} has no {code}");
                for word in words {
                    assert_eq!(*word, fold(word), "{code}");
                    assert_eq!(
                        code_of(list, word),
                        Some(code.as_str()),
                        "“{word}” leads to one code of {list}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_word_is_as_good_as_a_code() {
        assert_eq!(code_of("form", "class"), Some("class"));
        assert_eq!(code_of("form", "Cầm tay chỉ việc"), Some("hands_on"));
        assert_eq!(code_of("target_group", "NGƯỜI DÂN"), Some("adult"));
        assert_eq!(code_of("topic", "Cài đặt VNeID"), Some("vneid"));
        assert_eq!(code_of("topic", "Phòng chống lừa đảo"), Some("info_safety"));
        assert_eq!(code_of("form", "họp"), None);
    }
}
