//! Whether a word is a syllable as Vietnamese builds them: initial, vowels, final, one tone. Tells a reading that makes sense
//! from one that does not; it is no dictionary.

use unicode_normalization::UnicodeNormalization;

const INITIALS: [&str; 28] = [
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "q",
    "r", "s", "t", "th", "tr", "v", "x",
];
const VOWELS: [&str; 58] = [
    "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "ai", "ao", "au", "ay", "âu", "ây", "eo", "êu", "ia",
    "iê", "iu", "yê", "oa", "oă", "oe", "oi", "ôi", "ơi", "oo", "ua", "uâ", "uê", "ui", "uô", "uơ", "uy", "ưa", "ưi",
    "ươ", "ưu", "iêu", "yêu", "oai", "oao", "oay", "oeo", "uây", "uôi", "ươi", "ươu", "uya", "uyê", "uyu", "uai", "ue",
    "uao",
];
const FINALS: [&str; 9] = ["", "c", "ch", "m", "n", "ng", "nh", "p", "t"];
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// Whether the composed word is one: in small letters, in capitals, or with a capital first.
pub(super) fn is_one(word: &str) -> bool {
    let mut letters = word.chars();
    let _first = letters.next();
    let (upper, lower) = (
        letters.clone().any(char::is_uppercase),
        letters.clone().any(char::is_lowercase),
    );
    let cased = upper && (lower || word.starts_with(char::is_lowercase));
    if cased || !word.chars().all(char::is_alphabetic) {
        return false;
    }
    let loose: Vec<char> = word.nfd().flat_map(char::to_lowercase).collect();
    if loose.iter().filter(|c| TONES.contains(c)).count() > 1 {
        return false;
    }
    let plain: String = loose.into_iter().filter(|c| !TONES.contains(c)).nfc().collect();
    (0..=3).any(|initial| split(&plain, initial))
}

/// Whether the word splits after so many letters of its initial.
fn split(plain: &str, initial: usize) -> bool {
    let at = plain.char_indices().nth(initial).map_or(plain.len(), |(at, _)| at);
    let (head, rest) = plain.split_at(at);
    INITIALS.contains(&head)
        && FINALS
            .iter()
            .any(|last| rest.strip_suffix(last).is_some_and(|vowels| VOWELS.contains(&vowels)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_told_from_noise() {
        for word in [
            "Ngày",
            "tập",
            "huấn",
            "Người",
            "NỮ",
            "đường",
            "nghiêng",
            "hoà",
            "thuỷ",
            "uý",
            "gì",
            "giếng",
            "quyển",
            "quận",
            "Ấp",
            "khóm",
            "khuỷu",
            "ở",
            "ĐƯỢC",
            "quốc",
            "quý",
        ] {
            assert!(is_one(word), "{word}");
        }
        for word in ["Ngµy", "Ngaøy", "TËp", "àạ", "nGày", "naêng", "xỷz", "Định1"] {
            assert!(!is_one(word), "{word}");
        }
    }
}
