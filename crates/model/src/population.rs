//! Population (mẫu số): how many persons of a group there are at a unit on a day, from which document. A stock.

use chrono::NaiveDate;

use crate::codes::{PopulationBasis, TargetGroup};
use crate::coverage::TEXT_CHARS_MAX;
use crate::finding::{Finding, FindingCode as Code};
use crate::ids::UnitUid;
use crate::raw::{Raw, flat_struct};
use crate::reader::{Context, Reader};
use crate::school_year::SchoolYear;

/// Schema version of the body this build writes.
pub const SCHEMA_VERSION: u32 = 1;

/// One population, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// The unit it speaks for.
    pub unit: UnitUid,
    /// Whom it counts.
    pub target_group: TargetGroup,
    /// Persons.
    pub value: u32,
    /// Persons of `value` the target does not ask for; documented, never silent.
    pub excluded: Option<u32>,
    /// Why they are excluded.
    pub exclusion_reason: Option<String>,
    /// Who counts as there.
    pub basis: PopulationBasis,
    /// The day it was true.
    pub as_of: NaiveDate,
    /// The school year, for pupils and students.
    pub school_year: Option<SchoolYear>,
    /// The document it is from.
    pub source: String,
    /// Free text.
    pub note: Option<String>,
}

flat_struct! {
    /// A population as it came.
    RawPopulation of Population {
        /// Uid; travels beside the body, not in it.
        unit,
        /// Code.
        target_group,
        /// Count.
        value,
        /// Count.
        excluded,
        /// Text.
        exclusion_reason,
        /// Code.
        basis,
        /// Typed forms or ISO.
        as_of,
        /// `2025-2026`.
        school_year,
        /// Text.
        source,
        /// Text.
        note,
    }
}

/// Reads a population and applies every rule: basis, source and date are never missing, excluded persons have a reason.
pub fn check(raw: &RawPopulation, context: &Context<'_>) -> (Option<Population>, Vec<Finding>) {
    let mut at = Reader::default();
    let as_of = at.date("as_of", &raw.as_of, context.today);
    let unit = at.unit(&raw.unit, as_of, context);
    let codes = (Code::GroupMissing, Code::GroupUnknown);
    let group = at.must("target_group", &raw.target_group, TargetGroup::parse, codes);
    let value = at.must_count("value", &raw.value);
    let excluded = at.count("excluded", &raw.excluded);
    let exclusion_reason = at.text("exclusion_reason", &raw.exclusion_reason, TEXT_CHARS_MAX);
    let codes = (Code::BasisMissing, Code::BasisUnknown);
    let basis = at.must("basis", &raw.basis, PopulationBasis::parse, codes);
    let school_year = at.school_year(&raw.school_year, group);
    let source = at.text("source", &raw.source, TEXT_CHARS_MAX);
    let note = at.note(&raw.note, TEXT_CHARS_MAX);
    at.part("excluded", excluded, value, Code::ExcludedOverPopulation);
    if excluded.is_some_and(|count| count > 0) && exclusion_reason.is_none() && raw.exclusion_reason == Raw::Absent {
        at.say(Finding::new(Code::ReasonMissing, "exclusion_reason"));
    }
    if source.is_none() && raw.source == Raw::Absent {
        at.say(Finding::new(Code::SourceMissing, "source"));
    }
    let mut findings = at.findings;
    findings.sort_by_key(|finding| finding.severity);
    let population = match (
        findings.iter().any(Finding::is_error),
        unit,
        as_of,
        group,
        basis,
        source,
    ) {
        (false, Some(unit), Some(as_of), Some(target_group), Some(basis), Some(source)) => {
            value.map(|value| Population {
                unit,
                target_group,
                value,
                excluded,
                exclusion_reason,
                basis,
                as_of,
                school_year,
                source,
                note,
            })
        }
        _ => None,
    };
    (population, findings)
}

impl Population {
    /// Persons the target asks for: all but the excluded.
    pub fn counted(&self) -> u32 {
        self.value - self.excluded.unwrap_or(0).min(self.value)
    }

    /// What makes two populations the same one, so that two devices that enter it meet.
    pub fn natural_key(&self) -> String {
        let Self {
            unit,
            target_group,
            basis,
            as_of,
            ..
        } = self;
        format!("{unit}|{target_group}|{basis}|{as_of}")
    }
}
