//! Levels in people's words, as they stand in a column of a file or at the head of a name.

use super::Level;
use crate::text::fold;

/// Heads of names and words for levels, folded; the longer first where one begins another.
const WORDS: [(&str, Level); 24] = [
    ("ap", Level::Hamlet),
    ("khom", Level::Hamlet),
    ("khu pho", Level::Hamlet),
    ("thon", Level::Hamlet),
    ("truong", Level::School),
    ("thcs", Level::School),
    ("thpt", Level::School),
    ("th", Level::School),
    ("co quan", Level::Agency),
    ("so", Level::Agency),
    ("phong", Level::Agency),
    ("trung tam", Level::Agency),
    ("uy ban", Level::Agency),
    ("ubnd", Level::Agency),
    ("hop tac xa", Level::Coop),
    ("htx", Level::Coop),
    ("doanh nghiep", Level::Enterprise),
    ("cong ty", Level::Enterprise),
    ("khu vuc", Level::Area),
    ("cum xa", Level::Area),
    ("thi tran", Level::Commune),
    ("xa", Level::Commune),
    ("phuong", Level::Commune),
    ("tinh", Level::Province),
];

impl Level {
    /// The level a cell names: its code, or a word of Vietnamese ("Ấp", "Trường học", "HTX").
    pub fn read(typed: &str) -> Option<Self> {
        let key = fold(typed);
        Self::parse(&key).or_else(|| Self::of_name(typed))
    }

    /// The level a full name tells of: "Ấp Hòa Thuận", "Trường THCS Long Hòa".
    pub fn of_name(name: &str) -> Option<Self> {
        let key = fold(name);
        let begins = |word: &str| {
            key.strip_prefix(word)
                .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        };
        WORDS.iter().find(|(word, _)| begins(word)).map(|(_, level)| *level)
    }
}
