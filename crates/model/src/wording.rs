//! Sentences for findings and labels for codes, from `assets/messages`: one catalogue for screens, command line and centre.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::finding::Finding;

/// A language of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// Vietnamese, the source.
    Vi,
    /// English.
    En,
}

type Catalogue = BTreeMap<String, String>;

fn catalogue(locale: Locale) -> &'static Catalogue {
    static VI: OnceLock<Catalogue> = OnceLock::new();
    static EN: OnceLock<Catalogue> = OnceLock::new();
    let read = |text: &str| {
        let mut all: Catalogue = serde_json::from_str(text).expect("shipped with the program");
        all.remove("$schema");
        all
    };
    match locale {
        Locale::Vi => VI.get_or_init(|| read(include_str!("../../../assets/messages/findings.vi.json"))),
        Locale::En => EN.get_or_init(|| read(include_str!("../../../assets/messages/findings.en.json"))),
    }
}

/// The message `key` with its `{placeholders}` filled; the key itself when the catalogue lacks it. A value that starts
/// with `@` names another message.
pub fn message(locale: Locale, key: &str, params: &BTreeMap<String, String>) -> String {
    let Some(template) = catalogue(locale).get(key) else {
        return key.to_owned();
    };
    let mut out = template.clone();
    for (name, value) in params {
        let shown = match value.strip_prefix('@') {
            Some(other) => message(locale, other, &BTreeMap::new()),
            None => value.clone(),
        };
        out = out.replace(&format!("{{{name}}}"), &shown);
    }
    out
}

/// The sentence of a finding: what is wrong and what to do.
pub fn sentence(locale: Locale, finding: &Finding) -> String {
    message(locale, &format!("finding_{}", finding.code.as_str()), &finding.params)
}

/// The label of a code of a list, e.g. `topic`, `vneid`.
pub fn label(locale: Locale, list: &str, code: &str) -> String {
    message(locale, &format!("{list}_{code}"), &BTreeMap::new())
}

/// The name of a field by its path: `counts.adult.female` → "Nữ – Người dân trưởng thành".
pub fn field(locale: Locale, path: &str) -> String {
    let mut parts = path.split('.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("counts"), Some(group), Some(column)) => format!(
            "{} – {}",
            label(locale, "column", column),
            label(locale, "target_group", group)
        ),
        (Some("counts"), Some(group), None) => label(locale, "target_group", group),
        (Some(name), ..) => label(locale, "field", name),
        (None, ..) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{COLUMNS, Language, SessionForm, TargetGroup, Topic, VenueType};
    use crate::finding::FindingCode;

    #[test]
    fn every_code_has_its_words_in_both_languages() {
        let mut keys: Vec<String> = FindingCode::ALL
            .iter()
            .map(|code| format!("finding_{}", code.as_str()))
            .collect();
        keys.extend(COLUMNS.iter().map(|code| format!("column_{code}")));
        keys.extend(TargetGroup::active().map(|code| format!("target_group_{code}")));
        keys.extend(Topic::active().map(|code| format!("topic_{code}")));
        keys.extend(SessionForm::active().map(|code| format!("form_{code}")));
        keys.extend(VenueType::active().map(|code| format!("venue_type_{code}")));
        keys.extend(Language::active().map(|code| format!("language_{code}")));
        for key in &keys {
            assert!(catalogue(Locale::Vi).contains_key(key), "vi lacks {key}");
            assert!(catalogue(Locale::En).contains_key(key), "en lacks {key}");
        }
        let names = |locale| catalogue(locale).keys().collect::<Vec<_>>();
        assert_eq!(
            names(Locale::Vi),
            names(Locale::En),
            "both languages say the same things"
        );
    }

    #[test]
    fn sentences_are_filled() {
        let finding = Finding::new(FindingCode::OfWhichOverTotal, "counts.adult.female")
            .with("column", "@column_female")
            .with("value", 25)
            .with("total", 22);
        assert_eq!(
            sentence(Locale::Vi, &finding),
            "Nữ (25) lớn hơn tổng số (22). Sửa một trong hai ô."
        );
    }
}
