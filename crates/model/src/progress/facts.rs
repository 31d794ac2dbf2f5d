use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::codes::{EvidenceKind, Measure, PopulationBasis, TargetGroup};
use crate::ids::{RecordId, UnitUid};
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

/// Sums of the sessions of a unit for one group in a window of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// The unit they were recorded for.
    pub unit: UnitUid,
    /// Whom it counts; none: each session once, whatever its groups, and nothing else.
    pub group: Option<TargetGroup>,
    /// The sums.
    pub sums: Sums,
}

/// Sums of sessions. Lượt are attendances, never persons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Buổi.
    pub sessions: u64,
    /// Lượt.
    pub attended: u64,
    /// Of which women.
    pub female: u64,
    /// Persons who learnt for the first time.
    pub first_time: u64,
    /// Persons found able.
    pub completed: u64,
}

impl Sums {
    pub(super) fn add(&mut self, other: Self) {
        let Self {
            sessions,
            attended,
            female,
            first_time,
            completed,
        } = other;
        self.sessions += sessions;
        self.attended += attended;
        self.female += female;
        self.first_time += first_time;
        self.completed += completed;
    }
}

impl Figure {
    /// The figure a stored body holds; nothing when a later program wrote what this one cannot read.
    pub fn of_body(record: RecordId, unit: UnitUid, body: &Map<String, Value>) -> Option<Self> {
        Some(Self {
            record,
            unit,
            group: TargetGroup::parse(text(body, "target_group")?)?,
            measure: Measure::parse(text(body, "measure")?)?,
            grade: count(body, "grade").and_then(|grade| u8::try_from(grade).ok()),
            class: text(body, "class").map(str::to_owned),
            school_year: text(body, "school_year").and_then(SchoolYear::parse),
            as_of: text(body, "as_of")?.parse().ok()?,
            numerator: count(body, "numerator")?,
            population: count(body, "population"),
            evidence: EvidenceKind::parse(text(body, "evidence_kind")?)?,
        })
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
    /// The headcount a stored body holds; nothing when a later program wrote what this one cannot read.
    pub fn of_body(record: RecordId, unit: UnitUid, body: &Map<String, Value>) -> Option<Self> {
        Some(Self {
            record,
            unit,
            group: TargetGroup::parse(text(body, "target_group")?)?,
            as_of: text(body, "as_of")?.parse().ok()?,
            value: count(body, "value")?,
            excluded: count(body, "excluded").unwrap_or(0),
            basis: PopulationBasis::parse(text(body, "basis")?)?,
        })
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

fn text<'a>(body: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    body.get(field)?.as_str()
}

fn count(body: &Map<String, Value>, field: &str) -> Option<u32> {
    body.get(field)?.as_u64().and_then(|count| u32::try_from(count).ok())
}
