//! Coverage (mức phủ): how many persons of a group meet a criterion at a unit on a day. A stock: the latest figure holds.

use chrono::NaiveDate;

use crate::codes::{EvidenceKind, Measure, TargetGroup};
use crate::finding::{Finding, FindingCode as Code};
use crate::ids::UnitUid;
use crate::input::{date, integer};
use crate::raw::{Raw, flat_struct};
use crate::reader::{Context, Reader};
use crate::school_year::SchoolYear;

/// Schema version of the body this build writes.
pub const SCHEMA_VERSION: u32 = 1;
/// Characters of a class's name.
pub const CLASS_CHARS_MAX: usize = 40;
/// Characters of a source or of a note.
pub const TEXT_CHARS_MAX: usize = 500;

/// One figure of coverage, checked. Persons, never attendances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The school, hamlet, agency, enterprise or commune it speaks for.
    pub unit: UnitUid,
    /// Whom it counts.
    pub target_group: TargetGroup,
    /// Grade 1–12, for pupils counted by grade.
    pub grade: Option<u8>,
    /// The class, for pupils counted by class: `6A1`.
    pub class: Option<String>,
    /// The criterion.
    pub measure: Measure,
    /// Persons who meet it.
    pub numerator: u32,
    /// Persons there are, as its author counted them beside it (sĩ số).
    pub population: Option<u32>,
    /// The day it was true.
    pub as_of: NaiveDate,
    /// How it is known.
    pub evidence_kind: EvidenceKind,
    /// The school year, for pupils and students.
    pub school_year: Option<SchoolYear>,
    /// Where it is from; never missing for what VNeID confirmed.
    pub source: Option<String>,
    /// Free text.
    pub note: Option<String>,
}

flat_struct! {
    /// A figure of coverage as it came.
    RawCoverage of Coverage {
        /// Uid; travels beside the body, not in it.
        unit,
        /// Code.
        target_group,
        /// 1–12.
        grade,
        /// Text.
        class,
        /// Code.
        measure,
        /// Count.
        numerator,
        /// Count.
        population,
        /// Typed forms or ISO.
        as_of,
        /// Code.
        evidence_kind,
        /// `2025-2026`.
        school_year,
        /// Text.
        source,
        /// Text.
        note,
    }
}

/// The grades pupils of a group sit in; nothing for who sits in none.
pub fn grades(group: TargetGroup) -> Option<std::ops::RangeInclusive<u8>> {
    match group.as_str() {
        "pupil_primary" => Some(1..=5),
        "pupil_lower_secondary" => Some(6..=9),
        "pupil_upper_secondary" => Some(10..=12),
        "learner_gdtx" => Some(6..=12),
        _ => None,
    }
}

/// Reads a figure and applies every rule (plan 67, section II; num ≤ den, D ≤ C, falling stocks).
pub fn check(raw: &RawCoverage, context: &Context<'_>) -> (Option<Coverage>, Vec<Finding>) {
    let mut at = Reader::default();
    let as_of = at.date("as_of", &raw.as_of, context.today);
    let unit = at.unit(&raw.unit, as_of, context);
    let codes = (Code::GroupMissing, Code::GroupUnknown);
    let group = at.must("target_group", &raw.target_group, TargetGroup::parse, codes);
    let grade = at.grade(&raw.grade, group);
    let class = at.text("class", &raw.class, CLASS_CHARS_MAX);
    let codes = (Code::MeasureMissing, Code::MeasureUnknown);
    let measure = at.must("measure", &raw.measure, Measure::parse, codes);
    let numerator = at.must_count("numerator", &raw.numerator);
    let population = at.count("population", &raw.population);
    let codes = (Code::EvidenceMissing, Code::EvidenceUnknown);
    let evidence_kind = at.must("evidence_kind", &raw.evidence_kind, EvidenceKind::parse, codes);
    let school_year = at.school_year(&raw.school_year, group);
    let source = at.text("source", &raw.source, TEXT_CHARS_MAX);
    let note = at.note(&raw.note, TEXT_CHARS_MAX);
    at.part("numerator", numerator, population, Code::NumeratorOverPopulation);
    if let (Some(group), Some(measure)) = (group, measure)
        && !measure.is_of(group)
    {
        at.say(
            Finding::new(Code::MeasureNotForGroup, "measure")
                .with("measure", format!("@measure_{measure}"))
                .with("group", format!("@target_group_{group}")),
        );
    }
    if measure.is_some_and(Measure::is_vneid) {
        if evidence_kind.is_some_and(|evidence| evidence.as_str() != "vneid_confirmed") {
            at.say(Finding::new(Code::EvidenceNotForMeasure, "evidence_kind"));
        }
        if source.is_none() && raw.source == Raw::Absent {
            at.say(Finding::new(Code::SourceMissing, "source"));
        }
    }
    let mut findings = at.findings;
    let coverage = match (
        findings.iter().any(Finding::is_error),
        unit,
        as_of,
        group,
        measure,
        evidence_kind,
    ) {
        (false, Some(unit), Some(as_of), Some(target_group), Some(measure), Some(evidence_kind)) => {
            numerator.map(|numerator| Coverage {
                unit,
                target_group,
                grade,
                class,
                measure,
                numerator,
                population,
                as_of,
                evidence_kind,
                school_year,
                source,
                note,
            })
        }
        _ => None,
    };
    if let Some(coverage) = &coverage {
        unusual(coverage, context, &mut findings);
    }
    findings.sort_by_key(|finding| finding.severity);
    (coverage, findings)
}

fn unusual(coverage: &Coverage, context: &Context<'_>, findings: &mut Vec<Finding>) {
    let number = |value: u32| integer::format(value.into());
    if let Some(before) = context.previous.filter(|before| before.value > coverage.numerator) {
        findings.push(
            Finding::new(Code::StockFalls, "numerator")
                .with("value", number(coverage.numerator))
                .with("previous", number(before.value))
                .with("date", date::format(before.as_of)),
        );
    }
    if coverage.measure.is_vneid()
        && let Some(skilled) = context.skilled.filter(|skilled| coverage.numerator > *skilled)
    {
        findings.push(
            Finding::new(Code::ConfirmedOverSkilled, "numerator")
                .with("value", number(coverage.numerator))
                .with("skilled", number(skilled)),
        );
    }
}

impl Coverage {
    /// What makes two figures the same one, so that two devices that enter it meet (RFC 9562 v5 over this text).
    pub fn natural_key(&self) -> String {
        let Self {
            unit,
            target_group,
            grade,
            class,
            measure,
            as_of,
            ..
        } = self;
        let grade = grade.map(|grade| grade.to_string()).unwrap_or_default();
        let class = class.as_deref().unwrap_or_default();
        format!("{unit}|{target_group}|{measure}|{grade}|{class}|{as_of}")
    }
}

impl Reader {
    fn grade(&mut self, raw: &Raw, group: Option<TargetGroup>) -> Option<u8> {
        let grade = self.count("grade", raw)?;
        let group = group?;
        let fits = u8::try_from(grade)
            .ok()
            .filter(|grade| grades(group).is_some_and(|all| all.contains(grade)));
        if fits.is_none() {
            self.say(
                Finding::new(Code::GradeNotForGroup, "grade")
                    .with("value", grade)
                    .with("group", format!("@target_group_{group}")),
            );
        }
        fits
    }

    /// Pupils and students belong to a school year; others may name one.
    pub fn school_year(&mut self, raw: &Raw, group: Option<TargetGroup>) -> Option<SchoolYear> {
        if *raw == Raw::Absent && group.is_some_and(TargetGroup::is_taught) {
            self.say(Finding::new(Code::SchoolYearMissing, "school_year"));
        }
        self.code("school_year", raw, SchoolYear::parse, Code::SchoolYearUnreadable)
    }
}
