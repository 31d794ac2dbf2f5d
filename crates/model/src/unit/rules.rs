//! What a unit made by people may be: where it may lie, what it may be called, who may make it. One place for the form, the
//! file, the command line and the centre.

use std::collections::BTreeSet;

use super::{Boundaries, Level, Member, Unit, UnitBook};
use crate::finding::{Finding, FindingCode as Code};
use crate::ids::UnitUid;
use crate::role::Role;
use crate::text;

/// Characters of a name: the longest of the law has 27.
pub const NAME_CHARS_MAX: usize = 120;
/// Characters of a code.
pub const CODE_CHARS_MAX: usize = 20;
/// Communes of an area: no province has as many.
pub const MEMBERS_MAX: usize = 200;
const SORT_CHARS_MAX: usize = 60;

/// What the rules say of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its stored form; `None` when a finding refuses it.
    pub unit: Option<Unit>,
    /// Every finding, refusals first.
    pub findings: Vec<Finding>,
}

impl Level {
    /// Levels a unit of this level may lie in directly. Areas own nothing, so nothing made by people lies in one; a school
    /// or an agency is no territory and may report to the commune, the province or an agency above it.
    pub fn parents(self) -> &'static [Self] {
        match self {
            Self::Province => &[],
            Self::Area | Self::Commune => &[Self::Province],
            Self::Hamlet => &[Self::Commune, Self::Hamlet],
            Self::School | Self::Agency | Self::Enterprise | Self::Coop => {
                &[Self::Commune, Self::Province, Self::Agency]
            }
        }
    }

    /// Whether an officer of this role makes and edits units of this level, within its scope.
    pub fn is_made_by(self, role: Role) -> bool {
        match self {
            Self::Province => false,
            Self::Area | Self::Commune => role == Role::Province,
            Self::Hamlet | Self::School | Self::Agency | Self::Enterprise | Self::Coop => role.is_officer(),
        }
    }
}

impl UnitBook {
    /// Checks a unit made by people and gives it its stored form. A unit the book knows is revised: everything about it may
    /// change but its level; what the law made is not edited.
    pub fn check(&self, unit: &Unit) -> Checked {
        let mut findings = Vec::new();
        let name = named(&unit.name, "name", NAME_CHARS_MAX, &mut findings);
        if name.is_empty() {
            findings.push(Finding::new(Code::NameMissing, "name"));
        }
        let sort = unit.sort.as_deref();
        let sort = sort.map(|sort| named(sort, "type", SORT_CHARS_MAX, &mut findings));
        let code = unit.code.as_deref().map(text::tidy).filter(|code| !code.is_empty());
        if let Some(code) = code.as_deref().filter(|code| !is_code(code)) {
            findings.push(Finding::new(Code::UnitCode, "code").with("value", code));
        }
        if let (Some(from), Some(to)) = (unit.valid_from, unit.valid_to)
            && to < from
        {
            findings.push(Finding::new(Code::DatesReversed, "valid_to"));
        }
        self.check_place(unit, &mut findings);
        self.check_known(unit, &mut findings);
        let members = self.check_members(unit, &mut findings);
        let stored = Unit {
            name,
            code,
            sort: sort.filter(|sort| !sort.is_empty()),
            members,
            ..unit.clone()
        };
        if self.has_namesake(&stored) {
            findings.push(Finding::new(Code::UnitNameTwice, "name").with("value", &stored.name));
        }
        findings.sort_by_key(|finding| finding.severity);
        let refused = findings.iter().any(Finding::is_error);
        Checked {
            unit: (!refused).then_some(stored),
            findings,
        }
    }

    /// The same where only refusals count.
    ///
    /// # Errors
    /// What refuses it.
    pub fn check_new(&self, unit: Unit) -> Result<Unit, Vec<Finding>> {
        let Checked { unit, findings } = self.check(&unit);
        unit.ok_or_else(|| findings.into_iter().filter(Finding::is_error).collect())
    }

    fn check_place(&self, unit: &Unit, findings: &mut Vec<Finding>) {
        let uid = unit.parent.as_ref().map_or("", UnitUid::as_str);
        let Some(parent) = self.get(uid) else {
            findings.push(Finding::new(Code::UnitUnknown, "parent").with("value", uid));
            return;
        };
        let in_itself = self.is_within(uid, unit.uid.as_str(), Boundaries::AsWas);
        if in_itself || !unit.level.parents().contains(&parent.level) {
            let level = |level: Level| format!("@level_{}", level.as_str());
            let finding = Finding::new(Code::UnitPlace, "parent");
            findings.push(
                finding
                    .with("level", level(unit.level))
                    .with("parent", level(parent.level)),
            );
        }
    }

    fn check_known(&self, unit: &Unit, findings: &mut Vec<Finding>) {
        let Some(known) = self.get(unit.uid.as_str()) else {
            return;
        };
        if !known.is_made() {
            findings.push(Finding::new(Code::UnitShipped, "uid"));
        } else if known.level != unit.level {
            let level = format!("@level_{}", known.level.as_str());
            findings.push(Finding::new(Code::UnitLevelFixed, "level").with("level", level));
        }
    }

    fn check_members(&self, unit: &Unit, findings: &mut Vec<Finding>) -> Vec<Member> {
        if unit.members.len() > MEMBERS_MAX {
            let finding = Finding::new(Code::UnitMembersTooMany, "members");
            findings.push(finding.with("value", unit.members.len()).with("max", MEMBERS_MAX));
            return Vec::new();
        }
        let mut members: Vec<Member> = Vec::new();
        for member in &unit.members {
            let known = self.get(member.unit.as_str());
            if unit.level != Level::Area || known.is_none_or(|known| known.level != Level::Commune) {
                findings.push(Finding::new(Code::UnitMember, "members").with("value", &member.unit));
            }
            if let (Some(from), Some(to)) = (member.from, member.to)
                && to < from
            {
                findings.push(Finding::new(Code::DatesReversed, "members"));
            }
            if !members.contains(member) {
                members.push(member.clone());
            }
        }
        members
    }

    /// Whether another unit of its level has its name, lives beside it and overlaps it in time.
    fn has_namesake(&self, unit: &Unit) -> bool {
        let key = text::tidy(&unit.name).to_lowercase();
        self.iter().any(|other| {
            other.uid != unit.uid
                && other.level == unit.level
                && other.parent == unit.parent
                && self
                    .last_day(&other.uid)
                    .is_none_or(|last| unit.valid_from.is_some_and(|from| from <= last))
                && other.name.to_lowercase() == key
        })
    }

    /// Whether another unit rests on this one: lies in it, follows on it or came before it, or has it as a member.
    pub fn is_leant_on(&self, uid: &UnitUid) -> bool {
        let leans = |unit: &Unit| unit.parent.as_ref() == Some(uid) || unit.members.iter().any(|it| it.unit == *uid);
        let mut followed = self.successors.values().flatten();
        self.iter().any(leans) || followed.any(|it| it.old == *uid || it.new == *uid)
    }

    /// Which of the members of an area, as they would be, are members of it today: those without a last day.
    pub fn members_now<'a>(&'a self, area: &'a Unit) -> BTreeSet<&'a UnitUid> {
        let staying = area.members.iter().filter(|member| member.to.is_none());
        staying.map(|member| self.current(&member.unit)).collect()
    }
}

fn named(typed: &str, path: &str, max: usize, findings: &mut Vec<Finding>) -> String {
    let name = text::tidy(typed);
    let length = name.chars().count();
    if length > max {
        findings.push(
            Finding::new(Code::TextTooLong, path)
                .with("length", length)
                .with("max", max),
        );
    }
    if let Some(character) = text::control_character(&name) {
        findings.push(Finding::new(Code::TextControl, path).with("character", character.escape_unicode()));
    }
    name
}

fn is_code(code: &str) -> bool {
    code.len() <= CODE_CHARS_MAX && code.chars().all(|c| c.is_ascii_alphanumeric() || "-._/".contains(c))
}
