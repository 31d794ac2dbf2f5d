//! Progress against the plan: what every indicator is here, and the very records behind each number.

mod drill;
mod read;
mod scopes;

use chrono::NaiveDate;
use hocvu_model::codes::{EvidenceKind, Measure, PopulationBasis, Regime, TargetGroup};
use hocvu_model::input::date;
use hocvu_model::period::{Cut, Period, Span};
use hocvu_model::plan::Plan;
use hocvu_model::progress::{Facts, Figure, Flow, Headcount, Sums};
use hocvu_model::record::RecordKind;
use hocvu_model::school_year::SchoolYear;
use hocvu_model::unit::Boundaries;
use hocvu_model::{Finding, FindingCode};
use hocvu_store::{FigureFilter, FigureRow, FlowRow, Read as StoreRead};

pub use drill::Drill;
pub use read::Read;
pub use scopes::Scopes;

use crate::App;
use crate::error::{Error, Result};

/// The plan this program measures against.
fn plan() -> &'static Plan {
    static PLAN: std::sync::OnceLock<Plan> = std::sync::OnceLock::new();
    PLAN.get_or_init(hocvu_model::plan::plan_67)
}

/// Everything the device knows until a day; void records are not known. `all` sums every session until then.
fn facts(read: &StoreRead<'_>, until: NaiveDate, all: Vec<Flow>) -> hocvu_store::Result<Facts> {
    let rows = read.figures(&FigureFilter {
        until: Some(until),
        ..FigureFilter::default()
    })?;
    let (mut figures, mut headcounts) = (Vec::new(), Vec::new());
    for row in rows {
        match row.kind {
            RecordKind::Population => headcounts.extend(headcount(row)),
            _ => figures.extend(figure(row)),
        }
    }
    Ok(Facts {
        figures,
        headcounts,
        flows: all,
    })
}

/// Nothing for a record of a later program that lacks what a figure needs.
fn figure(row: FigureRow) -> Option<Figure> {
    Some(Figure {
        record: row.id,
        unit: row.unit,
        group: TargetGroup::parse(&row.target_group)?,
        measure: Measure::parse(&row.measure)?,
        grade: row.grade,
        class: row.class,
        school_year: row.school_year.as_deref().and_then(SchoolYear::parse),
        as_of: row.as_of?,
        numerator: row.numerator?,
        population: row.population,
        evidence: EvidenceKind::parse(&row.basis)?,
    })
}

fn headcount(row: FigureRow) -> Option<Headcount> {
    Some(Headcount {
        record: row.id,
        unit: row.unit,
        group: TargetGroup::parse(&row.target_group)?,
        as_of: row.as_of?,
        value: row.population?,
        excluded: row.excluded.unwrap_or(0),
        basis: PopulationBasis::parse(&row.basis)?,
    })
}

fn flows(rows: Vec<FlowRow>) -> Vec<Flow> {
    let flow = |row: FlowRow| {
        let group = match row.target_group.as_str() {
            "" => None,
            code => Some(TargetGroup::parse(code)?),
        };
        Some(Flow {
            unit: row.unit,
            group,
            sums: Sums {
                sessions: row.sessions,
                attended: row.attended,
                female: row.female,
                first_time: row.first_time,
                completed: row.completed,
            },
        })
    };
    rows.into_iter().filter_map(flow).collect()
}

/// A day as typed; `empty` when nothing was.
fn day(app: &App, path: &str, typed: &str, empty: NaiveDate) -> Result<NaiveDate> {
    match date::parse(typed, app.today()) {
        Ok(day) => Ok(day.unwrap_or(empty)),
        Err(_) => {
            let finding = Finding::new(FindingCode::DateUnreadable, path).with("value", typed);
            Err(Error::Invalid(vec![finding]))
        }
    }
}

fn boundaries(name: &str) -> Result<Boundaries> {
    Ok(crate::boundaries::named(name)?.unwrap_or(Boundaries::AsIsNow))
}

/// The period a day lies in.
fn period(regime: &str, span: &str, campaign_start: NaiveDate, day: NaiveDate) -> Result<Period> {
    let regime = if regime.is_empty() { "decree09" } else { regime };
    let span = if span.is_empty() { "month" } else { span };
    let (Some(regime), Some(span)) = (Regime::parse(regime), Span::parse(span)) else {
        return Err(Error::BadCall(format!("no period {regime} {span}")));
    };
    Ok(Period::of(Cut::of(regime, campaign_start), span, day))
}
