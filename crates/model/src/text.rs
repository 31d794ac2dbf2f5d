//! Vietnamese text: one form to store (NFC), one key to search by, one order to sort by.

use std::cmp::Ordering;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The search key of a text: lower case, marks stripped, `đ` → `d`, spaces collapsed.
///
/// "duong" finds "Đường", "hoa" finds both "hòa" and "hoà". The same for NFC and NFD input.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = true; // Leading spaces go.
    let mut put = |c: char| {
        let c = match c {
            'đ' => 'd',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if c != ' ' || !space {
            space = c == ' ';
            out.push(c);
        }
    };
    for c in text.chars() {
        if c.is_ascii() {
            put(c.to_ascii_lowercase());
            continue;
        }
        // Letter by letter: the order of the marks, which whole texts are decomposed for, does not matter where they are dropped.
        decompose_canonical(c, |part| {
            part.to_lowercase()
                .filter(|c| !is_combining_mark(*c))
                .for_each(&mut put);
        });
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// The form a text is stored in: NFC, runs of spaces and NBSP one space, ends trimmed. Line breaks survive.
pub fn tidy(text: &str) -> String {
    if is_tidy(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for line in text.replace("\r\n", "\n").split('\n') {
        let mut words = line.split([' ', '\t', '\u{a0}']).filter(|word| !word.is_empty());
        if let Some(first) = words.next() {
            out.extend(first.nfc());
            for word in words {
                out.push(' ');
                out.extend(word.nfc());
            }
        }
        out.push('\n');
    }
    out.trim_matches('\n').to_owned()
}

/// Whether tidying would change nothing; may say no of a tidy text, never yes of another.
fn is_tidy(text: &str) -> bool {
    let bytes = text.as_bytes();
    let loose =
        |pair: &[u8]| pair == b"  " || (pair[0] == b'\n' && pair[1] == b' ') || (pair[0] == b' ' && pair[1] == b'\n');
    !text.starts_with([' ', '\n'])
        && !text.ends_with([' ', '\n'])
        && !text.contains(['\t', '\r', '\u{a0}'])
        && !bytes.windows(2).any(loose)
        && is_nfc(text)
}

/// Whether the text is stored in the one form already as far as marks go.
pub fn is_nfc(text: &str) -> bool {
    text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes || text.chars().eq(text.nfc())
}

/// The first control character other than a line break or a tab, if any.
pub fn control_character(text: &str) -> Option<char> {
    text.chars()
        .find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Whether the text holds a run of digits as long as an identity card (12, 9) or a phone number (10): 9 to 12 digits,
/// separated by no more than one space, dot or dash. A hint, not a proof.
pub fn holds_personal_number(text: &str) -> bool {
    let mut run = 0;
    let mut gap = 0;
    for c in text.chars().chain(['x']) {
        if c.is_ascii_digit() {
            run += 1;
            gap = 0;
        } else if run > 0 && gap == 0 && matches!(c, ' ' | '.' | '-') {
            gap = 1;
        } else {
            if (9..=12).contains(&run) {
                return true;
            }
            (run, gap) = (0, 0);
        }
    }
    false
}

/// Vietnamese alphabetical order: `Đ` after `D`, `Ấ` beside `A`, never after `z`.
pub fn compare(a: &str, b: &str) -> Ordering {
    use icu_collator::{Collator, options::CollatorOptions, preferences::CollationNumericOrdering};
    use std::sync::OnceLock;
    static VI: OnceLock<icu_collator::CollatorBorrowed<'static>> = OnceLock::new();
    let collator = VI.get_or_init(|| {
        let mut preferences = icu_collator::CollatorPreferences::from(&icu_locale_core::locale!("vi"));
        preferences.numeric_ordering = Some(CollationNumericOrdering::True); // "Ấp 2" before "Ấp 10".
        Collator::try_new(preferences, CollatorOptions::default()).expect("the vi collation is compiled in")
    });
    collator.compare(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The key by its definition, over the whole text at once.
    fn folded(text: &str) -> String {
        let letters = text
            .nfd()
            .flat_map(char::to_lowercase)
            .filter(|c| !is_combining_mark(*c));
        let plain: String = letters.map(|c| if c == 'đ' { 'd' } else { c }).collect();
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    proptest! {
        #[test]
        fn folding_letter_by_letter_is_folding_the_whole(text in "\\PC{0,40}", vietnamese in "[a-zA-ZđĐàÀảãáạăằẵẩấậèẻẽéẹêềìỉòỏôồơờùủưừỳỷ\u{300}\u{323}\u{302} \u{a0}\t]{0,40}") {
            prop_assert_eq!(fold(&text), folded(&text));
            prop_assert_eq!(fold(&vietnamese), folded(&vietnamese));
        }
    }

    #[test]
    fn folding_finds_what_people_type() {
        for (text, key) in [
            ("Đường", "duong"),
            ("Ấp Đầu Giồng", "ap dau giong"),
            ("hoà", "hoa"),
            ("hòa", "hoa"),
            ("  Trà\u{a0}Vinh ", "tra vinh"),
            ("ĐIỂM đ", "diem d"),
        ] {
            assert_eq!(fold(text), key);
        }
    }

    #[test]
    fn personal_numbers_are_noticed_and_counts_are_not() {
        for text in [
            "gọi 0912345678 nhé",
            "CCCD 084123456789",
            "0912 345 678",
            "090.1234.567",
        ] {
            assert!(holds_personal_number(text), "{text}");
        }
        for text in ["31 người, 18 nữ", "ngày 22/11/2025", "từ 2024 đến 2025, 1.234 lượt", ""] {
            assert!(!holds_personal_number(text), "{text}");
        }
    }

    #[test]
    fn sorting_is_vietnamese() {
        let mut names = vec!["Ấp 10", "Zeta", "Đa Lộc", "Dân Thành", "Ấp 2", "An Trường"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, ["An Trường", "Ấp 2", "Ấp 10", "Dân Thành", "Đa Lộc", "Zeta"]);
    }

    proptest! {
        #[test]
        fn folding_ignores_the_form_of_marks(text in "[a-zàáạảãâầấậẩẫăằắặẳẵèéẹẻẽêềếệểễìíịỉĩòóọỏõôồốộổỗơờớợởỡùúụủũưừứựửữỳýỵỷỹđA-ZĐÂ ]{0,30}") {
            let nfd: String = text.nfd().collect();
            prop_assert_eq!(fold(&text), fold(&nfd));
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }

        #[test]
        fn tidying_is_stable_and_nfc(text in "\\PC{0,40}") {
            let once = tidy(&text);
            prop_assert!(is_nfc(&once));
            prop_assert_eq!(tidy(&once), once.clone());
            prop_assert!(!is_tidy(&text) || once == text, "the short cut never changes the outcome");
        }
    }
}
