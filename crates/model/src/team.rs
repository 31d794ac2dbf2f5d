//! A community digital team (tổ công nghệ số cộng đồng) as counts: who leads it, how many it has, since when.

use chrono::NaiveDate;

use crate::coverage::TEXT_CHARS_MAX;
use crate::finding::{Finding, FindingCode as Code};
use crate::ids::UnitUid;
use crate::raw::{Raw, flat_struct};
use crate::reader::{Context, Reader};
use crate::session::NAME_CHARS_MAX;

/// Schema version of the body this build writes.
pub const SCHEMA_VERSION: u32 = 1;
/// Characters of a phone number.
const PHONE_CHARS_MAX: usize = 20;

/// One team, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The hamlet or commune it works in.
    pub unit: UnitUid,
    /// Its name.
    pub name: String,
    /// Number of the decision that set it up.
    pub decision_number: Option<String>,
    /// Day of that decision.
    pub decision_date: Option<NaiveDate>,
    /// Who leads it: work data, optional.
    pub leader_name: Option<String>,
    /// Their work phone, optional.
    pub leader_phone: Option<String>,
    /// Members, the leader included.
    pub members: u32,
    /// Of which women.
    pub female: Option<u32>,
    /// Of which in the youth union.
    pub youth_union: Option<u32>,
    /// Of which Khmer.
    pub khmer: Option<u32>,
    /// First day it works.
    pub active_from: Option<NaiveDate>,
    /// Last day it worked.
    pub active_to: Option<NaiveDate>,
    /// Free text.
    pub note: Option<String>,
}

flat_struct! {
    /// A team as it came.
    RawTeam of Team {
        /// Uid; travels beside the body, not in it.
        unit,
        /// Text.
        name,
        /// Text.
        decision_number,
        /// Typed forms or ISO.
        decision_date,
        /// Text.
        leader_name,
        /// Text.
        leader_phone,
        /// Count.
        members,
        /// Count.
        female,
        /// Count.
        youth_union,
        /// Count.
        khmer,
        /// Typed forms or ISO.
        active_from,
        /// Typed forms or ISO.
        active_to,
        /// Text.
        note,
    }
}

/// Reads a team and applies every rule.
pub fn check(raw: &RawTeam, context: &Context<'_>) -> (Option<Team>, Vec<Finding>) {
    let mut at = Reader::default();
    let unit = at.unit(&raw.unit, None, context);
    let name = at.text("name", &raw.name, NAME_CHARS_MAX);
    if name.is_none() && raw.name == Raw::Absent {
        at.say(Finding::new(Code::NameMissing, "name"));
    }
    let decision_number = at.text("decision_number", &raw.decision_number, NAME_CHARS_MAX);
    let decision_date = at.day("decision_date", &raw.decision_date, context.today);
    let leader_name = at.text("leader_name", &raw.leader_name, NAME_CHARS_MAX);
    let leader_phone = at.text("leader_phone", &raw.leader_phone, PHONE_CHARS_MAX);
    if let Some(phone) = leader_phone.as_deref().filter(|phone| !is_phone(phone)) {
        at.say(Finding::new(Code::PhoneUnreadable, "leader_phone").with("value", phone));
    }
    let members = at.must_count("members", &raw.members);
    let [female, youth_union, khmer] = [
        ("female", &raw.female),
        ("youth_union", &raw.youth_union),
        ("khmer", &raw.khmer),
    ]
    .map(|(path, raw)| {
        let count = at.count(path, raw);
        at.part(path, count, members, Code::OfWhichOverTotal);
        count
    });
    let active_from = at.day("active_from", &raw.active_from, context.today);
    let active_to = at.day("active_to", &raw.active_to, context.today);
    if let (Some(from), Some(to)) = (active_from, active_to)
        && to < from
    {
        at.say(Finding::new(Code::DatesReversed, "active_to"));
    }
    let note = at.note(&raw.note, TEXT_CHARS_MAX);
    let mut findings = at.findings;
    findings.sort_by_key(|finding| finding.severity);
    let team = match (findings.iter().any(Finding::is_error), unit, name, members) {
        (false, Some(unit), Some(name), Some(members)) => Some(Team {
            unit,
            name,
            decision_number,
            decision_date,
            leader_name,
            leader_phone,
            members,
            female,
            youth_union,
            khmer,
            active_from,
            active_to,
            note,
        }),
        _ => None,
    };
    (team, findings)
}

impl Team {
    /// Whether it works on that day.
    pub fn is_active_on(&self, day: NaiveDate) -> bool {
        self.active_from.is_none_or(|from| from <= day) && self.active_to.is_none_or(|to| day <= to)
    }
}

/// A number of a Vietnamese phone as people write it: digits with dots, spaces or dashes, a plus in front.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (8..=12).contains(&digits) && text.chars().all(|c| c.is_ascii_digit() || " .-+()".contains(c))
}
