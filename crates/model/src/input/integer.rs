//! Counts as people type them.

/// The largest count a record may hold.
pub const COUNT_MAX: u32 = 1_000_000;

/// Why a text is not a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadCount {
    /// `12,5`, `abc`, `1.234.5`.
    NotInteger,
    /// `1.23`: the mark may be a decimal comma or a thousands dot.
    Ambiguous,
    /// `-3`.
    Negative,
    /// Above [`COUNT_MAX`].
    TooLarge,
}

/// Reads a count; empty text is `None` (not collected).
///
/// Accepts digits, or groups of exactly three after the first with one consistent `.`, `,`, space or NBSP between:
/// `1.234` = `1,234` = `1 234` = 1234. Full-width and Khmer digits count as digits. Nothing is ever rounded.
pub fn parse(text: &str) -> Result<Option<u32>, BadCount> {
    let plain: String = text
        .trim_matches([' ', '\u{a0}', '\t'])
        .chars()
        .map(ascii_digit)
        .collect();
    if plain.is_empty() {
        return Ok(None);
    }
    if let Some(rest) = plain.strip_prefix(['-', '−']) {
        return Err(parse(rest).map_or(BadCount::NotInteger, |_| BadCount::Negative));
    }
    let digits = if plain.bytes().all(|b| b.is_ascii_digit()) {
        plain
    } else {
        ungroup(&plain)?
    };
    match digits.parse::<u64>() {
        Ok(value) if value <= u64::from(COUNT_MAX) => Ok(u32::try_from(value).ok()),
        _ => Err(BadCount::TooLarge),
    }
}

/// A count the way it is written in Viet Nam: `1234567` → `1.234.567`.
pub fn format(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

fn ascii_digit(c: char) -> char {
    let shift = |base: char| char::from_digit(c as u32 - base as u32, 10).unwrap_or(c);
    match c {
        '０'..='９' => shift('０'),
        '០'..='៩' => shift('០'),
        c => c,
    }
}

fn ungroup(text: &str) -> Result<String, BadCount> {
    let separator = text.chars().find(|c| !c.is_ascii_digit()).unwrap_or(' ');
    if !['.', ',', ' ', '\u{a0}'].contains(&separator) {
        return Err(BadCount::NotInteger);
    }
    let groups: Vec<&str> = text.split(separator).collect();
    let digits_only = groups
        .iter()
        .all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()));
    if !digits_only {
        return Err(BadCount::NotInteger);
    }
    if (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3) {
        return Ok(groups.concat());
    }
    // One mark and exactly two digits behind it reads as 1 (and something) or as 123: the person must say which.
    if groups.len() == 2 && groups[1].len() == 2 && separator == '.' {
        return Err(BadCount::Ambiguous);
    }
    Err(BadCount::NotInteger)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_type_and_never_rounds() {
        for (text, value) in [
            ("31", 31),
            ("1.234", 1234),
            ("1,234", 1234),
            ("1 234", 1234),
            ("1\u{a0}234", 1234),
            (" 7 ", 7),
            ("０３", 3),
            ("៣១", 31),
            ("0", 0),
            ("1.000.000", 1_000_000),
        ] {
            assert_eq!(parse(text), Ok(Some(value)), "{text}");
        }
        assert_eq!(parse("  "), Ok(None));
        for text in [
            "12,5",
            "1,5",
            "1.234,5",
            "1.234.5",
            "1e3",
            "abc",
            "1..2",
            ".5",
            "5.",
            "1.234 567",
            "0.1.2",
        ] {
            assert_eq!(parse(text), Err(BadCount::NotInteger), "{text}");
        }
        assert_eq!(parse("1.23"), Err(BadCount::Ambiguous));
        assert_eq!(parse("-3"), Err(BadCount::Negative));
        assert_eq!(parse("1000001"), Err(BadCount::TooLarge));
        assert_eq!(parse("99999999999999999999999"), Err(BadCount::TooLarge));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in 0u32..=COUNT_MAX) {
            prop_assert_eq!(parse(&format(value.into())), Ok(Some(value)));
            prop_assert_eq!(parse(&value.to_string()), Ok(Some(value)));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,20}") {
            let _ = parse(&text);
        }
    }
}
