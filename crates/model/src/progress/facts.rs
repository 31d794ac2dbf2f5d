use chrono::NaiveDate;

use crate::codes::{EvidenceKind, Measure, PopulationBasis, TargetGroup};
use crate::coverage::Coverage;
use crate::ids::{RecordId, UnitUid};
use crate::population::Population;
use crate::school_year::SchoolYear;

/// Everything progress is computed from, living records only. In no order; the same facts give the same answer.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Coverage.
    pub figures: Vec<Figure>,
    /// Populations.
    pub headcounts: Vec<Headcount>,
    /// Sums of sessions, by unit and group.
    pub flows: Vec<Flow>,
}

/// A figure of coverage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The record.
    pub record: RecordId,
    /// The unit it speaks for.
    pub unit: UnitUid,
    /// Whom it counts.
    pub group: TargetGroup,
    /// The criterion.
    pub measure: Measure,
    /// Grade, where it speaks of one.
    pub grade: Option<u8>,
    /// Class, where it speaks of one.
    pub class: Option<String>,
    /// School year, for pupils and students.
    pub school_year: Option<SchoolYear>,
    /// The day it was true.
    pub as_of: NaiveDate,
    /// Persons who meet the criterion.
    pub numerator: u32,
    /// Persons there are, as its author counted them beside it.
    pub population: Option<u32>,
    /// How it is known.
    pub evidence: EvidenceKind,
}

/// A population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headcount {
    /// The record.
    pub record: RecordId,
    /// The unit it speaks for.
    pub unit: UnitUid,
    /// Whom it counts.
    pub group: TargetGroup,
    /// The day it was true.
    pub as_of: NaiveDate,
    /// Persons.
    pub value: u32,
    /// Persons of `value` the target does not ask for.
    pub excluded: u32,
    /// Who counts as there.
    pub basis: PopulationBasis,
}

/// Sums of sessions of a unit for one group. Lượt are attendances, never persons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// The unit they were recorded for.
    pub unit: UnitUid,
    /// Whom it counts.
    pub group: TargetGroup,
    /// The sums.
    pub sums: Sums,
}

/// Sums of sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Lượt.
    pub attended: u64,
    /// Persons who learnt for the first time.
    pub first_time: u64,
    /// Persons found able.
    pub completed: u64,
}

impl Sums {
    pub(super) fn add(&mut self, other: Self) {
        let Self {
            attended,
            first_time,
            completed,
        } = other;
        self.attended += attended;
        self.first_time += first_time;
        self.completed += completed;
    }
}

impl Figure {
    /// The figure of a record.
    pub fn of(record: RecordId, coverage: &Coverage) -> Self {
        Self {
            record,
            unit: coverage.unit.clone(),
            group: coverage.target_group,
            measure: coverage.measure,
            grade: coverage.grade,
            class: coverage.class.clone(),
            school_year: coverage.school_year,
            as_of: coverage.as_of,
            numerator: coverage.numerator,
            population: coverage.population,
            evidence: coverage.evidence_kind,
        }
    }

    /// 0 the whole unit, 1 by grade, 2 by class.
    pub(super) fn granularity(&self) -> u8 {
        match (&self.class, self.grade) {
            (Some(_), _) => 2,
            (None, Some(_)) => 1,
            (None, None) => 0,
        }
    }
}

impl Headcount {
    /// The headcount of a record.
    pub fn of(record: RecordId, population: &Population) -> Self {
        Self {
            record,
            unit: population.unit.clone(),
            group: population.target_group,
            as_of: population.as_of,
            value: population.value,
            excluded: population.value - population.counted(),
            basis: population.basis,
        }
    }

    /// Persons the target asks for.
    pub fn counted(&self) -> u64 {
        u64::from(self.value.saturating_sub(self.excluded))
    }

    /// Which of two of the same day holds: persons really there before persons registered, school rolls before payrolls.
    pub(super) fn preference(&self) -> usize {
        let order = ["actual_residents", "registered", "school_roll", "payroll"];
        order
            .iter()
            .position(|basis| *basis == self.basis.as_str())
            .unwrap_or(order.len())
    }
}
