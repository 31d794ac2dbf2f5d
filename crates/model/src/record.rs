//! Every kind of record by its name: one door for whoever holds a body and a kind, and not yet a type.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::comment::{self, Comment, RawComment};
use crate::coverage::{self, Coverage, RawCoverage};
use crate::finding::Finding;
use crate::ids::{RecordId, UnitUid};
use crate::period_report::{self, PeriodReport, RawPeriodReport};
use crate::population::{self, Population, RawPopulation};
use crate::raw::Raw;
use crate::session::{self, RawSession, TrainingSession};
use crate::team::{self, RawTeam, Team};

pub use crate::reader::{Context, Told};

/// What a record is. New kinds are added at the end; a reader holds what it does not know (`SCHEMA_AHEAD`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// A training session (buổi).
    TrainingSession,
    /// A figure of coverage (mức phủ).
    Coverage,
    /// A population (mẫu số).
    Population,
    /// A community digital team (tổ).
    Team,
    /// A comment on a record.
    Comment,
    /// A periodic report of a unit.
    PeriodReport,
}

impl RecordKind {
    /// Every kind of this version.
    pub const ALL: [Self; 6] = [
        Self::TrainingSession,
        Self::Coverage,
        Self::Population,
        Self::Team,
        Self::Comment,
        Self::PeriodReport,
    ];

    /// The kind as written in `t` of an operation.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TrainingSession => "training_session",
            Self::Coverage => "coverage",
            Self::Population => "population",
            Self::Team => "team",
            Self::Comment => "comment",
            Self::PeriodReport => "period_report",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Schema version of the bodies this build writes. A higher one from elsewhere is held, never guessed at.
    pub fn schema_version(self) -> u32 {
        match self {
            Self::TrainingSession => session::SCHEMA_VERSION,
            Self::Coverage => coverage::SCHEMA_VERSION,
            Self::Population => population::SCHEMA_VERSION,
            Self::Team => team::SCHEMA_VERSION,
            Self::Comment => comment::SCHEMA_VERSION,
            Self::PeriodReport => period_report::SCHEMA_VERSION,
        }
    }

    /// Every field a body of this build may have.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::TrainingSession => &session::FIELDS,
            Self::Coverage => coverage::FIELDS,
            Self::Population => population::FIELDS,
            Self::Team => team::FIELDS,
            Self::Comment => comment::FIELDS,
            Self::PeriodReport => &period_report::FIELDS,
        }
    }

    /// What must be set on `before` to make it `after`.
    pub fn patch(self, before: &Map<String, Value>, after: &Map<String, Value>) -> Map<String, Value> {
        crate::body::patch(self.fields(), before, after)
    }
}

/// A checked record of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A training session.
    Session(TrainingSession),
    /// A figure of coverage.
    Coverage(Coverage),
    /// A population.
    Population(Population),
    /// A team.
    Team(Team),
    /// A comment.
    Comment(Comment),
    /// A periodic report.
    PeriodReport(PeriodReport),
}

/// The outcome: the record where nothing impossible was found, and every finding, errors first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// `None` when there is at least one error.
    pub record: Option<Record>,
    /// Errors first.
    pub findings: Vec<Finding>,
}

/// Applies the rules of the kind to a whole body: exact JSON as it is stored and travels. Nothing when the body has not even
/// the shape of one. `unit` is the record's own, never the body's word.
pub fn check(kind: RecordKind, body: &str, unit: Option<&str>, context: &Context<'_>) -> Option<Checked> {
    let unit = unit.map_or(Raw::Absent, |unit| Raw::Text(unit.to_owned()));
    macro_rules! by {
        ($raw:ty, $check:path, $record:path) => {{
            let mut raw: $raw = serde_json::from_str(body).ok()?;
            raw.unit = unit;
            let (record, findings) = $check(&raw, context);
            Checked {
                record: record.map($record),
                findings,
            }
        }};
    }
    Some(match kind {
        RecordKind::TrainingSession => {
            let mut raw: RawSession = serde_json::from_str(body).ok()?;
            raw.unit = unit;
            let session::Checked { session, findings } = session::check(&raw, context);
            Checked {
                record: session.map(Record::Session),
                findings,
            }
        }
        RecordKind::Coverage => by!(RawCoverage, coverage::check, Record::Coverage),
        RecordKind::Population => by!(RawPopulation, population::check, Record::Population),
        RecordKind::Team => by!(RawTeam, team::check, Record::Team),
        RecordKind::Comment => by!(RawComment, comment::check, Record::Comment),
        RecordKind::PeriodReport => by!(RawPeriodReport, period_report::check, Record::PeriodReport),
    })
}

/// The same for fields as a person typed them or a file's cells have them; `cell` gives the text of a field, `unit` among
/// them. Nothing for a session: its form has a shape of its own.
pub fn check_typed<'a>(kind: RecordKind, cell: &dyn Fn(&str) -> &'a str, context: &Context<'_>) -> Option<Checked> {
    fn wrap<T>((record, findings): (Option<T>, Vec<Finding>), as_record: fn(T) -> Record) -> Checked {
        Checked {
            record: record.map(as_record),
            findings,
        }
    }
    Some(match kind {
        RecordKind::TrainingSession => return None,
        RecordKind::Coverage => wrap(coverage::check(&RawCoverage::typed(cell), context), Record::Coverage),
        RecordKind::Population => wrap(
            population::check(&RawPopulation::typed(cell), context),
            Record::Population,
        ),
        RecordKind::Team => wrap(team::check(&RawTeam::typed(cell), context), Record::Team),
        RecordKind::Comment => wrap(comment::check(&RawComment::typed(cell), context), Record::Comment),
        RecordKind::PeriodReport => {
            let raw = RawPeriodReport::typed(cell);
            wrap(period_report::check(&raw, context), Record::PeriodReport)
        }
    })
}

impl Record {
    /// Its kind.
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::Session(_) => RecordKind::TrainingSession,
            Self::Coverage(_) => RecordKind::Coverage,
            Self::Population(_) => RecordKind::Population,
            Self::Team(_) => RecordKind::Team,
            Self::Comment(_) => RecordKind::Comment,
            Self::PeriodReport(_) => RecordKind::PeriodReport,
        }
    }

    /// The session, if it is one.
    pub fn session(&self) -> Option<&TrainingSession> {
        match self {
            Self::Session(session) => Some(session),
            _ => None,
        }
    }

    /// The unit it belongs to.
    pub fn unit(&self) -> &UnitUid {
        match self {
            Self::Session(session) => &session.unit,
            Self::Coverage(coverage) => &coverage.unit,
            Self::Population(population) => &population.unit,
            Self::Team(team) => &team.unit,
            Self::Comment(comment) => &comment.unit,
            Self::PeriodReport(report) => &report.unit,
        }
    }

    /// The day its figures belong to; a closed month keeps them. Teams, comments and reports belong to none.
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::Session(session) => Some(session.date),
            Self::Coverage(coverage) => Some(coverage.as_of),
            Self::Population(population) => Some(population.as_of),
            Self::Team(_) | Self::Comment(_) | Self::PeriodReport(_) => None,
        }
    }

    /// The full body.
    pub fn body(&self) -> Map<String, Value> {
        match self {
            Self::Session(session) => session::body(session),
            Self::Coverage(coverage) => coverage.body(),
            Self::Population(population) => population.body(),
            Self::Team(team) => team.body(),
            Self::Comment(comment) => comment.body(),
            Self::PeriodReport(report) => report.body(),
        }
    }

    /// The id two devices give this record when both create it; `None` where each makes one of its own (a session, a team).
    pub fn natural_id(&self, deployment: &str) -> Option<RecordId> {
        let key = match self {
            Self::Coverage(coverage) => coverage.natural_key(),
            Self::Population(population) => population.natural_key(),
            Self::PeriodReport(report) => report.natural_key(),
            Self::Session(_) | Self::Team(_) | Self::Comment(_) => return None,
        };
        Some(RecordId::natural(deployment, self.kind().as_str(), &key))
    }
}

#[cfg(test)]
mod tests;
