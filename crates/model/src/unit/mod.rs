//! Dated units: a uid with validity and succession. GSO codes were reused on 01/07/2025, so a code is never a key.

mod rules;
mod shipped;
mod words;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::UnitUid;
pub use rules::{CODE_CHARS_MAX, Checked, MEMBERS_MAX, NAME_CHARS_MAX};

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
    /// Every level, from above.
    pub const ALL: [Self; 8] = [
        Self::Province,
        Self::Area,
        Self::Commune,
        Self::Hamlet,
        Self::School,
        Self::Agency,
        Self::Enterprise,
        Self::Coop,
    ];

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
        Self::ALL.into_iter().find(|level| level.as_str() == code)
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
    /// What sort of its level it is, in people's words: "Trường THCS", "Khóm".
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Communes of an area, each for a time. An area owns nothing: its members keep their parents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// Declared not to be: it was a slip, and nothing was ever recorded for it. Saying the unit again takes this back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void: bool,
}

/// A commune in an area, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The commune.
    pub unit: UnitUid,
    /// First day; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

impl Member {
    /// Whether it is one on that day.
    pub fn is_on(&self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }
}

impl Unit {
    /// A unit that stands alone and has always existed.
    pub fn new(uid: UnitUid, level: Level, name: impl Into<String>) -> Self {
        Self {
            uid,
            code: None,
            level,
            name: name.into(),
            parent: None,
            valid_from: None,
            valid_to: None,
            sort: None,
            members: Vec::new(),
            void: false,
        }
    }

    /// Whether people made it: what ships with the program is the law's and is not edited.
    pub fn is_made(&self) -> bool {
        self.uid.as_str().starts_with(MADE)
    }

    /// Whether the unit existed on that day.
    pub fn exists_on(&self, date: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= date) && self.valid_to.is_none_or(|to| date <= to)
    }
}

/// Uids of units made by people begin so.
pub const MADE: &str = "u:";

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

impl SuccessionKind {
    /// The kind as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Split => "split",
            Self::Rename => "rename",
            Self::Transfer => "transfer",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Merge, Self::Split, Self::Rename, Self::Transfer]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// In which boundaries a roll-up reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// All units a reader knows, by uid. A void unit is in it no more than one that was never made; only where it lay and what it
/// was called are remembered, for those who recorded something for it before they were told.
#[derive(Debug, Clone, Default)]
pub struct UnitBook {
    units: HashMap<String, Unit>,
    voided: HashMap<String, Unit>,
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

    /// The unit with this uid as it was when it was declared void.
    pub fn voided(&self, uid: &str) -> Option<&Unit> {
        self.voided.get(uid)
    }

    /// What a unit is called, or was when it was declared void.
    pub fn name_of(&self, uid: &str) -> Option<&str> {
        self.known(uid).map(|unit| unit.name.as_str())
    }

    fn known(&self, uid: &str) -> Option<&Unit> {
        self.units.get(uid).or_else(|| self.voided.get(uid))
    }

    /// Adds or replaces a unit made by people, or leaves it out from now on when it is void. The last word counts.
    pub fn put(&mut self, unit: Unit) {
        let (into, out_of) = match unit.void {
            true => (&mut self.voided, &mut self.units),
            false => (&mut self.units, &mut self.voided),
        };
        out_of.remove(unit.uid.as_str());
        into.insert(unit.uid.0.clone(), unit);
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

    /// The last day of a unit: its own, or the day before what followed on it.
    pub fn last_day(&self, uid: &UnitUid) -> Option<NaiveDate> {
        let own = self.get(uid.as_str()).and_then(|unit| unit.valid_to);
        let followed = self
            .successions(uid)
            .iter()
            .filter_map(|it| it.effective.pred_opt())
            .min();
        [own, followed].into_iter().flatten().min()
    }

    /// Whether the unit exists on that day and nothing had followed on it by then.
    pub fn is_living(&self, unit: &Unit, date: NaiveDate) -> bool {
        unit.valid_from.is_none_or(|from| from <= date) && self.last_day(&unit.uid).is_none_or(|last| date <= last)
    }

    /// Whether the unit was split: its facts stay with it until somebody places them.
    pub fn is_split(&self, uid: &UnitUid) -> bool {
        let became = self.successions(uid);
        became.iter().any(|it| it.kind == SuccessionKind::Split)
    }

    /// The unit that stands for `uid` today: succession followed to its end. A split keeps the old unit, since no rule can
    /// say which part a fact belongs to.
    pub fn current<'a>(&'a self, uid: &'a UnitUid) -> &'a UnitUid {
        let mut now = uid;
        // A chain longer than the number of units would be a ring; `put` and `succeed` take what people typed.
        for _ in 0..=self.units.len() {
            match self.successions(now) {
                [only] if only.kind != SuccessionKind::Split => now = &only.new,
                _ => return now,
            }
        }
        uid
    }

    /// Whether `uid` is `ancestor` or lies below it, in the boundaries asked for. What lies in a commune lies in the areas
    /// the commune is a member of: as it is now in those it has not left. A void unit lies where it lay: who had it in scope is
    /// told that it is void, and of what still waits for it.
    pub fn is_within(&self, uid: &str, ancestor: &str, boundaries: Boundaries) -> bool {
        let members = self.units.get(ancestor).map_or(&[][..], |unit| &unit.members);
        let mut now = self.known(uid);
        for _ in 0..16 {
            let Some(unit) = now else { return false };
            let shown = match boundaries {
                Boundaries::AsWas => &unit.uid,
                Boundaries::AsIsNow => self.current(&unit.uid),
            };
            let is_member = |member: &Member| match boundaries {
                Boundaries::AsWas => member.unit == *shown,
                Boundaries::AsIsNow => member.to.is_none() && self.current(&member.unit) == shown,
            };
            if unit.uid.as_str() == ancestor || shown.as_str() == ancestor || members.iter().any(is_member) {
                return true;
            }
            now = self
                .known(shown.as_str())
                .and_then(|unit| unit.parent.as_ref())
                .and_then(|parent| self.known(parent.as_str()));
        }
        false
    }

    /// The unit and those above it, in the boundaries asked for, from below.
    pub fn line(&self, uid: &UnitUid, boundaries: Boundaries) -> Vec<&Unit> {
        let mut line: Vec<&Unit> = Vec::new();
        let mut next = self.units.get(uid.as_str());
        while let Some(unit) = next {
            let shown = match boundaries {
                Boundaries::AsWas => Some(unit),
                Boundaries::AsIsNow => self.units.get(self.current(&unit.uid).as_str()),
            };
            let Some(shown) = shown.filter(|shown| line.iter().all(|seen| seen.uid != shown.uid)) else {
                break;
            };
            line.push(shown);
            next = shown.parent.as_ref().and_then(|parent| self.units.get(parent.as_str()));
        }
        line
    }
}

#[cfg(test)]
mod tests;
