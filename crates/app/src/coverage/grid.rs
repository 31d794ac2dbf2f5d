use chrono::NaiveDate;
use hocvu_model::codes::{Measure, TargetGroup};
use hocvu_model::input::{date, integer};
use hocvu_model::school_year::SchoolYear;
use hocvu_model::{Finding, FindingCode, RecordKind};
use hocvu_store::{FigureFilter, FigureRow};

use super::rows::{self, RowKey};
use crate::App;
use crate::command::Command;
use crate::contract::{CoverageBefore, CoverageCell, CoverageGridInput, CoverageGridView, CoverageRow};
use crate::error::Result;
use crate::form;
use crate::sessions::from_store;

/// `coverage.grid`
pub struct Grid;

impl Command for Grid {
    const NAME: &'static str = "coverage.grid";
    type Input = CoverageGridInput;
    type Output = CoverageGridView;

    fn run(app: &App, input: CoverageGridInput) -> Result<CoverageGridView> {
        let (as_of, mut findings) = day(app, &input.as_of);
        let school_year = match input.school_year.trim() {
            "" => SchoolYear::running_on(as_of.unwrap_or_else(|| app.today())).to_string(),
            typed => SchoolYear::parse(typed).map_or_else(
                || {
                    findings.push(Finding::new(FindingCode::SchoolYearUnreadable, "school_year").with("value", typed));
                    typed.to_owned()
                },
                |year| year.to_string(),
            ),
        };
        let (unit, figures) = app.store().read(|read| {
            let unit = match input.unit.as_str() {
                "" => read.identity()?.map(|own| own.unit.to_string()).unwrap_or_default(),
                unit => unit.to_owned(),
            };
            let figures = read.figures(&FigureFilter {
                kind: Some(RecordKind::Coverage),
                unit: Some(&unit),
                ..FigureFilter::default()
            })?;
            Ok((unit, figures))
        })?;
        let keys = rows::rows(&figures, input.mode, &school_year);
        let here: Vec<&FigureRow> = figures
            .iter()
            .filter(|figure| rows::is_of(input.mode, figure))
            .filter(|figure| figure.school_year.as_ref().is_none_or(|year| *year == school_year))
            .collect();
        let today = here.iter().rev().find(|figure| figure.as_of == as_of);
        let evidence = today.or(here.last()).map(|figure| figure.basis.clone());
        let rows: Vec<CoverageRow> = keys.iter().map(|key| row(key, &here, as_of)).collect();
        let applies = |measure: &Measure| {
            rows.iter()
                .flat_map(|row| &row.cells)
                .any(|cell| cell.measure == measure.as_str())
        };
        Ok(CoverageGridView {
            unit_name: app
                .units()
                .get(&unit)
                .map_or_else(|| unit.clone(), |unit| unit.name.clone()),
            unit,
            school_year,
            as_of: as_of.map(form::date_view),
            evidence_kind: evidence.unwrap_or_default(),
            measures: Measure::active()
                .filter(applies)
                .map(|measure| measure.as_str().to_owned())
                .collect(),
            rows,
            findings: form::findings(findings),
        })
    }
}

/// The day of the grid as typed; today when nothing is.
fn day(app: &App, typed: &str) -> (Option<NaiveDate>, Vec<Finding>) {
    match date::parse(typed, app.today()) {
        Ok(day) => (Some(day.unwrap_or_else(|| app.today())), Vec::new()),
        Err(date::BadDate::Unreadable) => {
            let finding = Finding::new(FindingCode::DateUnreadable, "as_of").with("value", typed);
            (None, vec![finding])
        }
        Err(date::BadDate::NoSuchDay { day, month, days }) => {
            let finding = Finding::new(FindingCode::DateNoSuchDay, "as_of")
                .with("day", day)
                .with("month", month)
                .with("days", days);
            (None, vec![finding])
        }
    }
}

fn row(key: &RowKey, figures: &[&FigureRow], as_of: Option<NaiveDate>) -> CoverageRow {
    let of_row: Vec<&FigureRow> = figures
        .iter()
        .copied()
        .filter(|figure| RowKey::of(figure) == *key)
        .collect();
    let until: Vec<&FigureRow> = of_row
        .iter()
        .copied()
        .filter(|figure| as_of.is_some() && figure.as_of <= as_of)
        .collect();
    // Oldest first: the last one is of that day where there is one.
    let population = until.iter().rev().find_map(|figure| figure.population);
    let group = TargetGroup::parse(&key.target_group);
    let applies = |measure: &Measure| group.is_some_and(|group| measure.is_of(group));
    let cell = |measure: Measure| {
        let told = || until.iter().filter(|figure| figure.measure == measure.as_str());
        let now = told().rfind(|figure| figure.as_of == as_of);
        let before = told().rfind(|figure| figure.as_of < as_of);
        CoverageCell {
            measure: measure.as_str().to_owned(),
            text: now.map_or_else(String::new, |figure| match figure.population {
                own if own == population => text(figure, false),
                _ => text(figure, true),
            }),
            id: now.map(|figure| figure.id.to_string()),
            status: now.map(|figure| from_store(figure.status)),
            previous: before.and_then(|figure| {
                Some(CoverageBefore {
                    text: text(figure, true),
                    as_of: form::date_view(figure.as_of?),
                })
            }),
        }
    };
    CoverageRow {
        target_group: key.target_group.clone(),
        grade: key.grade.map(|grade| grade.to_string()).unwrap_or_default(),
        class: key.class.clone().unwrap_or_default(),
        population: population.map(count).unwrap_or_default(),
        cells: Measure::active().filter(applies).map(cell).collect(),
    }
}

fn text(figure: &FigureRow, with_population: bool) -> String {
    let numerator = figure.numerator.map(count).unwrap_or_default();
    match figure.population {
        Some(population) if with_population => format!("{numerator}/{}", count(population)),
        _ => numerator,
    }
}

fn count(value: u32) -> String {
    integer::format(value.into())
}
