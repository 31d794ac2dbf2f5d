//! TCVN 5712:1993, its third table: one byte a letter. Capitals with a tone are the small letter in a font of capitals, or the
//! capital and a loose mark.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Character as stored → letter, or a loose mark for the capital before it.
fn table() -> &'static HashMap<char, char> {
    static TABLE: OnceLock<HashMap<char, char>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let raw: HashMap<String, char> = serde_json::from_str(include_str!("../../../../assets/codes/tcvn3.json"))
            .expect("shipped with the program");
        let point = |key: &str| {
            u32::from_str_radix(key.trim_start_matches("U+"), 16)
                .ok()
                .and_then(char::from_u32)
        };
        let mut table: HashMap<char, char> = raw
            .iter()
            .map(|(key, letter)| (point(key).expect("shipped with the program"), *letter))
            .collect();
        table.insert('\u{3bc}', 'à'); // The Greek letter some programs write for the micro sign.
        table
    })
}

pub(super) fn decode(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|c| table().get(&c).copied().unwrap_or(c))
}

/// As a typist of that time wrote it; only tests need it.
#[cfg(test)]
pub(super) fn encode(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let stored = |letter: char| {
        let found = table()
            .iter()
            .find(|(key, value)| **value == letter && **key != '\u{3bc}');
        found.map(|(key, _)| *key)
    };
    let mut out = String::new();
    for letter in text.nfc() {
        if letter.is_ascii() {
            out.push(letter);
        } else if let Some(one) = stored(letter) {
            out.push(one);
        } else {
            // A capital with a tone: its letter without, then the mark.
            let parts: Vec<char> = [letter].into_iter().nfd().collect();
            let tone = parts
                .iter()
                .position(|c| "\u{300}\u{301}\u{303}\u{309}\u{323}".contains(*c));
            let tone = tone.expect("only tones are left");
            let base: String = parts
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != tone)
                .map(|(_, c)| *c)
                .nfc()
                .collect();
            out.extend(base.chars().map(|c| {
                if c.is_ascii() {
                    c
                } else {
                    stored(c).expect("in the table")
                }
            }));
            out.push(stored(parts[tone]).expect("in the table"));
        }
    }
    out
}
