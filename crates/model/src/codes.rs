//! Code lists, read from `assets/codes/lists.json`. Additive: a code is retired, never deleted.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One entry of a list.
#[derive(Debug, Clone, Deserialize)]
struct Entry {
    code: String,
    #[serde(default)]
    retired: bool,
}

fn lists() -> &'static BTreeMap<String, Vec<Entry>> {
    static LISTS: OnceLock<BTreeMap<String, Vec<Entry>>> = OnceLock::new();
    LISTS.get_or_init(|| {
        let mut raw: BTreeMap<String, serde_json::Value> =
            serde_json::from_str(include_str!("../../../assets/codes/lists.json")).expect("shipped with the program");
        raw.remove("_meta");
        raw.into_iter()
            .map(|(name, list)| (name, serde_json::from_value(list).expect("shipped with the program")))
            .collect()
    })
}

fn find(list: &str, code: &str) -> Option<&'static str> {
    lists()[list]
        .iter()
        .find(|entry| entry.code == code)
        .map(|entry| entry.code.as_str())
}

macro_rules! code_lists {
    ($($(#[$doc:meta])* $name:ident in $list:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(&'static str);

        impl $name {
            /// Name of the list, as in the catalogue keys.
            pub const LIST: &'static str = $list;

            /// The entry with this code, retired ones included, since old records have them.
            pub fn parse(code: &str) -> Option<Self> { find($list, code).map(Self) }

            /// The code as text.
            pub fn as_str(self) -> &'static str { self.0 }

            /// Entries to choose from, in order of display.
            pub fn active() -> impl Iterator<Item = Self> {
                lists()[$list].iter().filter(|entry| !entry.retired).map(|entry| Self(entry.code.as_str()))
            }

            /// Entries no longer offered.
            pub fn retired() -> impl Iterator<Item = Self> {
                lists()[$list].iter().filter(|entry| entry.retired).map(|entry| Self(entry.code.as_str()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.0) }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> { serializer.serialize_str(self.0) }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&code).ok_or_else(|| serde::de::Error::custom(concat!("unknown ", $list)))
            }
        }
    )+};
}

code_lists! {
    /// Whom a count line speaks of (đối tượng).
    TargetGroup in "target_group";
    /// What was taught (nội dung).
    Topic in "topic";
    /// How the session was held (hình thức).
    SessionForm in "form";
    /// Kind of place (loại địa điểm).
    VenueType in "venue_type";
    /// Language of instruction.
    Language in "language";
    /// Criterion of a coverage figure (tiêu chí).
    Measure in "measure";
    /// How a figure of coverage is known (minh chứng).
    EvidenceKind in "evidence_kind";
    /// Who counts as there (cơ sở của mẫu số).
    PopulationBasis in "population_basis";
    /// What a comment asks for.
    CommentFlag in "comment_flag";
    /// How report periods are cut (chế độ báo cáo).
    Regime in "regime";
    /// How far a periodic report got.
    ReportState in "report_state";
}

impl TargetGroup {
    /// Pupils, learners and students: counted by school year.
    pub fn is_taught(self) -> bool {
        self.as_str().starts_with("pupil_") || matches!(self.as_str(), "student" | "learner_gdtx")
    }
}

impl Measure {
    /// Whether it is the criterion of point d: confirmed on VNeID.
    pub fn is_vneid(self) -> bool {
        self.as_str() == "vneid_confirmed"
    }

    /// Whether the plan asks it of the group: VNeID confirms adults, proficiency in one's field is asked of students,
    /// recognising devices of pupils; the rest of everybody who is a population (a household business is not).
    pub fn is_of(self, group: TargetGroup) -> bool {
        match (self.as_str(), group.as_str()) {
            (_, "household_business") => false,
            ("vneid_confirmed", group) => group == "adult",
            ("field_proficient", group) => group == "student",
            ("device_basics", _) => group.is_taught(),
            _ => true,
        }
    }
}

/// The columns of a count line, in order of display; `attended` first.
pub const COLUMNS: [&str; 10] = [
    "attended",
    "female",
    "first_time",
    "khmer",
    "ethnic_minority",
    "elderly",
    "disabled",
    "poor",
    "assessed",
    "completed",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_loads_and_has_no_double() {
        for (name, list) in lists() {
            let mut codes: Vec<_> = list.iter().map(|entry| &entry.code).collect();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), list.len(), "{name} names a code twice");
        }
        assert_eq!(TargetGroup::active().count(), 10);
        assert_eq!(Topic::active().count(), 15);
        assert_eq!(Topic::parse("vneid").map(Topic::as_str), Some("vneid"));
        assert_eq!(Topic::parse("VNEID"), None, "codes are exact; people choose labels");
    }
}
