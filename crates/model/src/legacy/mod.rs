//! Vietnamese text of the years before Unicode: TCVN3 (fonts `.VnTime`, `.VnTimeH`) and VNI. Recognised, converted when asked.
//!
//! A file of that time stores one character and shows another by its font: `Ngµy` is shown as “Ngày” by `.VnTime`, `Ngaøy`
//! by `VNI-Times`. Nothing is ever converted silently: [`detect`] proposes, a person looks, then [`Legacy::convert`] does it.

mod syllable;
mod tcvn3;
mod vni;

use unicode_normalization::UnicodeNormalization;

/// A way of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Legacy {
    /// One character a letter, as `.VnTime` shows it.
    Tcvn3,
    /// The same, in a font of capitals (`.VnTimeH`): small letters are stored, capitals shown.
    Tcvn3Capitals,
    /// A letter and a mark, as `VNI-Times` shows it.
    Vni,
}

impl Legacy {
    /// The way of writing a font shows; `None` for a font of Unicode.
    pub fn of_font(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        if name.starts_with("vni-") || name.starts_with("vni ") {
            return Some(Self::Vni);
        }
        let family = name.strip_prefix(".vn")?;
        Some(if family.ends_with('h') {
            Self::Tcvn3Capitals
        } else {
            Self::Tcvn3
        })
    }

    /// By the name people give it on a command line or a screen gives back: `tcvn3`, `vni`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "tcvn3" => Some(Self::Tcvn3),
            "vni" => Some(Self::Vni),
            _ => None,
        }
    }

    /// `tcvn3` or `vni`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcvn3 | Self::Tcvn3Capitals => "tcvn3",
            Self::Vni => "vni",
        }
    }

    /// Whether the text may be written so. A letter that these ways never store says no, and so do words of which only Unicode
    /// makes syllables: files are mixed, their headers often newer than their rows.
    pub fn may_be(self, text: &str) -> bool {
        if text.is_ascii() {
            return true;
        }
        if text
            .chars()
            .any(|c| c >= '\u{100}' && c != '\u{3bc}' && c.is_alphabetic())
        {
            return false;
        }
        let reads = |text: &str| {
            words(text)
                .filter(|word| !word.is_ascii() && syllable::is_one(word))
                .count()
        };
        let unicode: String = text.nfc().collect();
        reads(&unicode) <= reads(&self.convert(text))
    }

    /// The text in Unicode, composed. Characters the table lacks stay.
    pub fn convert(self, text: &str) -> String {
        if text.is_ascii() && self != Self::Tcvn3Capitals {
            return text.to_owned();
        }
        match self {
            Self::Tcvn3 => tcvn3::decode(text).nfc().collect(),
            Self::Tcvn3Capitals => tcvn3::decode(text).nfc().flat_map(char::to_uppercase).collect(),
            Self::Vni => vni::decode(text).nfc().collect(),
        }
    }
}

/// Which way most of the texts are written, if it is a legacy one.
///
/// Of every word with a character beyond ASCII it is asked which reading makes it a Vietnamese syllable. A way is proposed
/// when it reads three words of four and more of them than Unicode does.
pub fn detect<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<Legacy> {
    /// Words looked at: a column's first rows decide as well as all of it.
    const WORDS: usize = 2_000;
    let foreign = |word: &&str| {
        !word.is_ascii()
            && word
                .chars()
                .any(|c| c.is_alphabetic() || ('\u{a0}'..'\u{100}').contains(&c))
    };
    let (mut all, mut unicode, mut tcvn3, mut vni) = (0_usize, 0_usize, 0_usize, 0_usize);
    for word in texts.into_iter().flat_map(words).filter(foreign).take(WORDS) {
        let reads = |text: &str| usize::from(syllable::is_one(text));
        all += 1;
        unicode += reads(&word.nfc().collect::<String>());
        tcvn3 += reads(&Legacy::Tcvn3.convert(word));
        vni += reads(&Legacy::Vni.convert(word));
    }
    let (best, legacy) = if vni > tcvn3 {
        (vni, Legacy::Vni)
    } else {
        (tcvn3, Legacy::Tcvn3)
    };
    (best > unicode && best * 4 >= all * 3).then_some(legacy)
}

/// Words of a text; the mark characters of the legacy ways belong to them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic() || c.is_whitespace() && c != '\u{a0}')
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MARKED: &str = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ";

    /// Every letter with a mark, both cases.
    fn letters() -> Vec<char> {
        MARKED.chars().chain(MARKED.to_uppercase().chars()).collect()
    }

    #[test]
    fn every_letter_of_the_alphabet_comes_back_from_both_ways() {
        assert_eq!(letters().len(), 134, "sixty-seven letters, two cases");
        for letter in letters() {
            let text = format!("x{letter}y");
            assert_eq!(Legacy::Tcvn3.convert(&tcvn3::encode(&text)), text, "TCVN3");
            assert_eq!(Legacy::Vni.convert(&vni::encode(&text)), text, "VNI");
        }
        let mut seen: Vec<String> = letters()
            .iter()
            .map(|letter| vni::encode(&letter.to_string()))
            .collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 134, "no two letters are written alike");
    }

    #[test]
    fn what_people_find_in_their_files_is_read() {
        for (way, legacy, text) in [
            (Legacy::Tcvn3, "Ngµy", "Ngày"),
            (Legacy::Tcvn3, "TËp huÊn kü n¨ng sè", "Tập huấn kỹ năng số"),
            (Legacy::Tcvn3, "§Þnh An", "Định An"),
            (Legacy::Vni, "Ngaøy", "Ngày"),
            (Legacy::Vni, "Taäp huaán kyõ naêng soá", "Tập huấn kỹ năng số"),
            (Legacy::Vni, "Aáp Hoøa Thuaän, xaõ Ñònh An", "Ấp Hòa Thuận, xã Định An"),
            (Legacy::Vni, "Ngöôøi daân toäc Khmer", "Người dân tộc Khmer"),
            (Legacy::Tcvn3Capitals, "tËp huÊn", "TẬP HUẤN"),
        ] {
            assert_eq!(way.convert(legacy), text);
        }
    }

    #[test]
    fn newer_text_in_an_old_file_is_left_alone() {
        for text in ["Ngày tổ chức", "Hình thức", "xã Hòa Thuận"] {
            assert!(!Legacy::Tcvn3.may_be(text) && !Legacy::Vni.may_be(text), "{text}");
        }
        for text in ["Nhµ v¨n hãa Êp", "TËp huÊn", "Lan", "A"] {
            assert!(Legacy::Tcvn3.may_be(text), "{text}");
        }
        assert!(Legacy::Vni.may_be("Ngaøy taäp huaán"));
    }

    #[test]
    fn fonts_tell() {
        for (font, way) in [
            (".VnTime", Some(Legacy::Tcvn3)),
            (".VnTimeH", Some(Legacy::Tcvn3Capitals)),
            (".VnArial NarrowH", Some(Legacy::Tcvn3Capitals)),
            ("VNI-Times", Some(Legacy::Vni)),
            ("Times New Roman", None),
            ("Calibri", None),
        ] {
            assert_eq!(Legacy::of_font(font), way, "{font}");
        }
    }

    #[test]
    fn only_legacy_text_is_taken_for_such() {
        let unicode = [
            "Ngày tập huấn",
            "Ấp Hòa Thuận",
            "Đối tượng: người dân",
            "Nữ",
            "hoà, thuỷ, uý",
            "Số lượt",
        ];
        assert_eq!(detect(unicode), None);
        let loose: Vec<String> = unicode.iter().map(|text| text.nfd().collect()).collect();
        assert_eq!(
            detect(loose.iter().map(String::as_str)),
            None,
            "loose marks are Unicode too"
        );
        assert_eq!(detect(["unit", "date", "1.234", ""]), None);
        assert_eq!(detect(["ជំរាបសួរ", "ខ្មែរ"]), None, "Khmer is no legacy text");
        for way in [Legacy::Tcvn3, Legacy::Vni] {
            let old: Vec<String> = unicode
                .iter()
                .map(|text| {
                    if way == Legacy::Vni {
                        vni::encode(text)
                    } else {
                        tcvn3::encode(text)
                    }
                })
                .collect();
            assert_eq!(detect(old.iter().map(String::as_str)), Some(way), "{old:?}");
        }
    }

    proptest! {
        #[test]
        fn converting_undoes_writing(text in "[a-zàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđA-ZÀẢĂẶẦẤÊỆỊƠỢỰỴĐ0-9 .,-]{0,40}") {
            prop_assert_eq!(Legacy::Tcvn3.convert(&tcvn3::encode(&text)), text.clone());
            prop_assert_eq!(Legacy::Vni.convert(&vni::encode(&text)), text.clone());
            prop_assert_eq!(Legacy::Tcvn3Capitals.convert(&tcvn3::encode(&text.to_lowercase())), text.to_uppercase());
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}|[\u{80}-\u{ff}a-z]{0,20}") {
            for way in [Legacy::Tcvn3, Legacy::Tcvn3Capitals, Legacy::Vni] {
                let _ = way.convert(&text);
            }
            let _ = detect([text.as_str()]);
        }
    }
}
