//! VNI for Windows: a letter of ASCII, then a character that is its mark; ơ, ư, đ, ỵ and the toned i have characters of their own.

/// Mark character (small) → loose marks. A capital letter may have the mark of either case after it.
const MARKS: [(char, &str); 17] = [
    ('ù', "\u{301}"),
    ('ø', "\u{300}"),
    ('û', "\u{309}"),
    ('õ', "\u{303}"),
    ('ï', "\u{323}"),
    ('â', "\u{302}"),
    ('á', "\u{302}\u{301}"),
    ('à', "\u{302}\u{300}"),
    ('å', "\u{302}\u{309}"),
    ('ã', "\u{302}\u{303}"),
    ('ä', "\u{323}\u{302}"),
    ('ê', "\u{306}"),
    ('é', "\u{306}\u{301}"),
    ('è', "\u{306}\u{300}"),
    ('ú', "\u{306}\u{309}"),
    ('ü', "\u{306}\u{303}"),
    ('ë', "\u{323}\u{306}"),
];
/// Character (small) → letter of its own; ơ and ư take the five tones after them.
const LETTERS: [(char, char); 8] = [
    ('ô', 'ơ'),
    ('ö', 'ư'),
    ('ñ', 'đ'),
    ('î', 'ỵ'),
    ('í', 'í'),
    ('ì', 'ì'),
    ('æ', 'ỉ'),
    ('ó', 'ĩ'),
];
/// ị is written `ò`; apart from [`LETTERS`] only to keep the table's rows to what their name says.
const DOTTED_I: (char, char) = ('ò', 'ị');

/// Letters with loose marks, to be composed.
pub(super) fn decode(text: &str) -> impl Iterator<Item = char> {
    let mut out = Vec::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        let small = lower(c);
        match marks(small).filter(|marks| takes(before, marks)) {
            Some(marks) => {
                out.extend(marks.chars());
                before = ' '; // One mark a letter.
            }
            None => {
                let letter = match LETTERS
                    .into_iter()
                    .chain([DOTTED_I])
                    .find(|(stored, _)| *stored == small)
                {
                    Some((_, letter)) if small == c => letter,
                    Some((_, letter)) => upper(letter),
                    None => c,
                };
                before = letter;
                out.push(letter);
            }
        }
    }
    out.into_iter()
}

fn marks(small: char) -> Option<&'static str> {
    MARKS.iter().find(|(mark, _)| *mark == small).map(|(_, marks)| *marks)
}

/// Whether a letter is written with these marks: a breve only on a, a circumflex on a, e and o, a tone on any vowel.
fn takes(letter: char, marks: &str) -> bool {
    match lower(letter) {
        'a' => true,
        'e' | 'o' => !marks.contains('\u{306}'),
        'u' | 'y' | 'ơ' | 'ư' => !marks.contains(['\u{306}', '\u{302}']),
        _ => false,
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn upper(c: char) -> char {
    c.to_uppercase().next().unwrap_or(c)
}

/// As a typist of that time wrote it; only tests need it.
#[cfg(test)]
pub(super) fn encode(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut out = String::new();
    for letter in text.nfc() {
        let (small, capital) = (lower(letter), letter.is_uppercase());
        let cased = |c: char| if capital { upper(c) } else { c };
        let own = |wanted: char| {
            LETTERS
                .iter()
                .chain([&DOTTED_I])
                .find(|(_, letter)| *letter == wanted)
                .map(|(stored, _)| *stored)
        };
        if letter.is_ascii() {
            out.push(letter);
        } else if let Some(stored) = own(small) {
            out.push(cased(stored));
        } else {
            let parts: Vec<char> = [small].into_iter().nfd().collect();
            let horned = parts.contains(&'\u{31b}');
            let base = if horned {
                own(if parts[0] == 'o' { 'ơ' } else { 'ư' }).expect("in the table")
            } else {
                parts[0]
            };
            let loose: String = parts[1..].iter().filter(|c| **c != '\u{31b}').collect();
            out.push(cased(base));
            let (mark, _) = MARKS
                .iter()
                .find(|(_, marks)| marks.chars().nfd().eq(loose.chars().nfd()))
                .expect("in the table");
            out.push(cased(*mark));
        }
    }
    out
}
