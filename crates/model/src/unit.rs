//! Dated units: a uid with validity and succession. GSO codes were reused on 01/07/2025, so a code is never a key.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, FindingCode};
use crate::ids::UnitUid;
use crate::text;

/// Where a unit stands. `Area` (the districts that were) owns nothing and is outside the submission path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Tỉnh.
    Province,
    /// Khu vực: an optional grouping of communes.
    Area,
    /// Xã, phường, thị trấn.
    Commune,
    /// Ấp, khóm: made by people, no public list has them.
    Hamlet,
    /// A school: a reporting unit, not a territory.
    School,
    /// An agency of the public sector.
    Agency,
    /// An enterprise.
    Enterprise,
    /// A co-operative.
    Coop,
}

impl Level {
    /// The code of the level.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::Area => "area",
            Self::Commune => "commune",
            Self::Hamlet => "hamlet",
            Self::School => "school",
            Self::Agency => "agency",
            Self::Enterprise => "enterprise",
            Self::Coop => "coop",
        }
    }

    /// The level with this code.
    pub fn parse(code: &str) -> Option<Self> {
        [
            Self::Province,
            Self::Area,
            Self::Commune,
            Self::Hamlet,
            Self::School,
            Self::Agency,
            Self::Enterprise,
            Self::Coop,
        ]
        .into_iter()
        .find(|level| level.as_str() == code)
    }
}

/// One unit with the time it existed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its key.
    pub uid: UnitUid,
    /// GSO code, where it has one. Not unique over time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Where it stands.
    pub level: Level,
    /// Full name: "Xã Long Hòa", "Ấp Hòa Thuận".
    pub name: String,
    /// The unit it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<UnitUid>,
    /// First day; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Last day; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
}

impl Unit {
    /// Whether the unit existed on that day.
    pub fn exists_on(&self, date: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= date) && self.valid_to.is_none_or(|to| date <= to)
    }
}

/// What became of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// The unit that ended.
    pub old: UnitUid,
    /// The unit that took over.
    pub new: UnitUid,
    /// `merge`, `split`, `rename`, `transfer`.
    pub kind: SuccessionKind,
    /// First day of the new unit.
    pub effective: NaiveDate,
    /// Resolution it rests on.
    pub legal_basis: String,
}

/// How one unit became another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuccessionKind {
    /// Several became one.
    Merge,
    /// One became several.
    Split,
    /// The same under another name.
    Rename,
    /// Moved under another parent.
    Transfer,
}

/// In which boundaries a roll-up reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Boundaries {
    /// Each fact under the unit it was recorded for.
    AsWas,
    /// Each fact under the unit that follows from it today.
    AsIsNow,
}

/// Units are inconsistent; the text names the first offender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("units: {0}")]
pub struct BadUnits(pub String);

/// All units a reader knows, by uid.
#[derive(Debug, Clone, Default)]
pub struct UnitBook {
    units: HashMap<String, Unit>,
    successors: BTreeMap<UnitUid, Vec<Succession>>,
}

impl UnitBook {
    /// The shipped units: province 84, its 9 districts (areas) and 104 communes until 30/06/2025; province 86 with 124
    /// communes since 01/07/2025, 41 of them of the former Trà Vinh; and the mapping between them.
    pub fn shipped() -> Self {
        shipped::load().expect("shipped with the program and checked by a test")
    }

    /// The unit with this uid.
    pub fn get(&self, uid: &str) -> Option<&Unit> {
        self.units.get(uid)
    }

    /// Adds or replaces a unit made by people.
    pub fn put(&mut self, unit: Unit) {
        self.units.insert(unit.uid.0.clone(), unit);
    }

    /// Adds a succession, once.
    pub fn succeed(&mut self, succession: Succession) {
        let known = self.successors.entry(succession.old.clone()).or_default();
        if !known.contains(&succession) {
            known.push(succession);
        }
    }

    /// Every unit, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// What became of a unit, directly.
    pub fn successions(&self, uid: &UnitUid) -> &[Succession] {
        self.successors.get(uid).map_or(&[], Vec::as_slice)
    }

    /// The unit that stands for `uid` today: succession followed to its end. A split keeps the old unit, since no rule can
    /// say which part a fact belongs to.
    pub fn current<'a>(&'a self, uid: &'a UnitUid) -> &'a UnitUid {
        let mut now = uid;
        // A chain longer than the number of units would be a ring; `put` and `succeed` take what people typed.
        for _ in 0..=self.units.len() {
            match self.successions(now) {
                [only] => now = &only.new,
                _ => return now,
            }
        }
        uid
    }

    /// Whether `uid` is `ancestor` or lies below it, in the boundaries asked for.
    pub fn is_within(&self, uid: &str, ancestor: &str, boundaries: Boundaries) -> bool {
        let mut now = self.units.get(uid);
        for _ in 0..16 {
            let Some(unit) = now else { return false };
            let shown = match boundaries {
                Boundaries::AsWas => &unit.uid,
                Boundaries::AsIsNow => self.current(&unit.uid),
            };
            if unit.uid.as_str() == ancestor || shown.as_str() == ancestor {
                return true;
            }
            now = self
                .units
                .get(shown.as_str())
                .and_then(|unit| unit.parent.as_ref())
                .and_then(|parent| self.units.get(parent.as_str()));
        }
        false
    }

    /// Checks a unit made by people and gives it its stored form.
    ///
    /// # Errors
    /// Findings on `name` or `parent`.
    pub fn check_new(&self, unit: Unit) -> Result<Unit, Vec<Finding>> {
        let mut findings = Vec::new();
        let name = text::tidy(&unit.name);
        if name.is_empty() {
            findings.push(Finding::new(FindingCode::UnitMissing, "name"));
        }
        if text::control_character(&name).is_some() {
            findings.push(Finding::new(FindingCode::TextControl, "name"));
        }
        let parent_known = unit
            .parent
            .as_ref()
            .is_some_and(|parent| self.units.contains_key(parent.as_str()));
        if !parent_known {
            let echo = unit.parent.as_ref().map_or("", UnitUid::as_str);
            findings.push(Finding::new(FindingCode::UnitUnknown, "parent").with("value", echo));
        }
        if findings.is_empty() {
            Ok(Unit { name, ..unit })
        } else {
            Err(findings)
        }
    }
}

mod shipped {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        _meta: Meta,
        old_province: Row,
        new_province: Row,
        old_districts: Vec<Row>,
        old_communes: Vec<Row>,
        new_communes_former_tra_vinh: Vec<Row>,
        new_communes_rest_of_vinh_long: Vec<Row>,
        mapping_old_to_new: Vec<Mapping>,
    }
    #[derive(Deserialize)]
    struct Meta {
        resolution: String,
    }
    #[derive(Deserialize)]
    struct Row {
        uid: Option<String>,
        code: String,
        name: String,
        district_code: Option<String>,
        valid_from: Option<NaiveDate>,
        valid_to: Option<NaiveDate>,
    }
    #[derive(Deserialize)]
    struct Mapping {
        old_uid: UnitUid,
        new_uid: UnitUid,
    }

    pub(super) fn load() -> Result<UnitBook, BadUnits> {
        let file: File = serde_json::from_str(include_str!("../../../assets/units/tra-vinh.json"))
            .map_err(|e| BadUnits(e.to_string()))?;
        let mut book = UnitBook::default();
        let effective = file
            .new_province
            .valid_from
            .ok_or_else(|| BadUnits("new province has no first day".into()))?;
        let old = UnitUid(format!("old:{}", file.old_province.code));
        let new = UnitUid(format!("new:{}", file.new_province.code));
        add(&mut book, file.old_province, old.clone(), Level::Province, None)?;
        add(&mut book, file.new_province, new.clone(), Level::Province, None)?;
        for row in file.old_districts {
            let uid = UnitUid(format!("old:{}", row.code));
            add(&mut book, row, uid, Level::Area, Some(old.clone()))?;
        }
        for row in file.old_communes {
            let parent = row.district_code.as_ref().map(|code| UnitUid(format!("old:{code}")));
            add_commune(&mut book, row, parent)?;
        }
        for row in file
            .new_communes_former_tra_vinh
            .into_iter()
            .chain(file.new_communes_rest_of_vinh_long)
        {
            add_commune(&mut book, row, Some(new.clone()))?;
        }
        let provinces = Mapping {
            old_uid: old,
            new_uid: new,
        };
        for mapping in std::iter::once(provinces).chain(file.mapping_old_to_new) {
            merge(&mut book, mapping, effective, &file._meta.resolution)?;
        }
        Ok(book)
    }

    fn add(book: &mut UnitBook, row: Row, uid: UnitUid, level: Level, parent: Option<UnitUid>) -> Result<(), BadUnits> {
        let Row {
            uid: _,
            code,
            name,
            district_code: _,
            valid_from,
            valid_to,
        } = row;
        let unit = Unit {
            uid: uid.clone(),
            code: Some(code),
            level,
            name,
            parent,
            valid_from,
            valid_to,
        };
        match book.units.insert(uid.0.clone(), unit) {
            None => Ok(()),
            Some(_) => Err(BadUnits(format!("{uid} twice"))),
        }
    }

    fn add_commune(book: &mut UnitBook, row: Row, parent: Option<UnitUid>) -> Result<(), BadUnits> {
        let uid = row
            .uid
            .clone()
            .ok_or_else(|| BadUnits(format!("{} has no uid", row.name)))?;
        add(book, row, UnitUid(uid), Level::Commune, parent)
    }

    fn merge(book: &mut UnitBook, mapping: Mapping, effective: NaiveDate, legal_basis: &str) -> Result<(), BadUnits> {
        let Mapping { old_uid, new_uid } = mapping;
        if book.get(old_uid.as_str()).is_none() || book.get(new_uid.as_str()).is_none() {
            return Err(BadUnits(format!("mapping {old_uid} → {new_uid} names an unknown unit")));
        }
        book.succeed(Succession {
            old: old_uid,
            new: new_uid,
            kind: SuccessionKind::Merge,
            effective,
            legal_basis: legal_basis.to_owned(),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_units_are_the_ones_of_the_law() {
        let book = UnitBook::shipped();
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let communes = |date| {
            book.iter()
                .filter(|unit| unit.level == Level::Commune && unit.exists_on(date))
                .count()
        };
        assert_eq!(communes(day("2025-06-30")), 104, "the old communes of Trà Vinh");
        assert_eq!(communes(day("2025-07-01")), 124, "the communes of the new Vĩnh Long");
        let old: Vec<_> = book
            .iter()
            .filter(|unit| unit.uid.as_str().starts_with("old:") && unit.level == Level::Commune)
            .collect();
        let mut heirs: Vec<_> = old.iter().map(|unit| book.current(&unit.uid)).collect();
        heirs.sort();
        heirs.dedup();
        assert_eq!(heirs.len(), 41, "104 old communes became 41");
        assert!(heirs.iter().all(|uid| uid.as_str().starts_with("new:")));
    }

    #[test]
    fn a_reused_code_is_two_units() {
        let book = UnitBook::shipped();
        let (old, new) = (
            book.get("old:29242").expect("shipped"),
            book.get("new:29242").expect("shipped"),
        );
        assert_eq!(
            (old.code.as_deref(), new.code.as_deref()),
            (Some("29242"), Some("29242"))
        );
        assert_eq!((old.name.as_str(), new.name.as_str()), ("Phường 3", "Phường Trà Vinh"));
        assert!(
            !old.exists_on("2025-07-01".parse().expect("a date"))
                && new.exists_on("2025-07-01".parse().expect("a date"))
        );
    }

    #[test]
    fn within_reads_both_boundaries() {
        let mut book = UnitBook::shipped();
        let hamlet = Unit {
            uid: "u:1".into(),
            code: None,
            level: Level::Hamlet,
            name: "Ấp Hòa Thuận".into(),
            parent: Some("old:29242".into()),
            valid_from: None,
            valid_to: None,
        };
        book.put(book.check_new(hamlet).expect("a good hamlet"));
        assert!(book.is_within("u:1", "old:29242", Boundaries::AsWas));
        assert!(book.is_within("u:1", "old:84", Boundaries::AsWas));
        assert!(!book.is_within("u:1", "new:86", Boundaries::AsWas));
        assert!(book.is_within("u:1", "new:29242", Boundaries::AsIsNow));
        assert!(book.is_within("u:1", "new:86", Boundaries::AsIsNow));
        assert!(!book.is_within("nowhere", "new:86", Boundaries::AsIsNow));
    }
}
