use std::collections::BTreeMap;

use chrono::NaiveDate;
use hocvu_model::codes::{Measure, TargetGroup};
use hocvu_model::input::{date, integer};
use hocvu_model::school_year::SchoolYear;
use hocvu_model::unit::Level;
use hocvu_model::{RecordKind, text};
use hocvu_store::{FigureFilter, FigureRow};

use crate::App;
use crate::command::Command;
use crate::contract::{GridCell, GridInput, GridRow, GridView};
use crate::error::{Error, Result};
use crate::form;
use crate::sessions::from_store;

/// `coverage.grid`
pub struct Grid;

/// What makes a row: group, grade, class.
type Key = (String, Option<u8>, Option<String>);

impl Command for Grid {
    const NAME: &'static str = "coverage.grid";
    type Input = GridInput;
    type Output = GridView;

    fn run(app: &App, input: GridInput) -> Result<GridView> {
        let as_of = day(app, &input.as_of)?;
        let unit = unit_or_own(app, &input.unit)?;
        let units = app.units();
        let known = units.get(&unit).ok_or(Error::NotFound)?;
        let school = known.level == Level::School;
        let year = match SchoolYear::parse(&input.school_year) {
            _ if !school => None,
            Some(year) => Some(year),
            None => Some(SchoolYear::running_on(as_of)),
        };
        let figures = app.store().read(|read| {
            read.figures(&FigureFilter {
                kind: Some(RecordKind::Coverage),
                unit: Some(&unit),
                ..FigureFilter::default()
            })
        })?;
        let (evidence_kind, source) = latest_words(app, &figures)?;
        let told = Told { figures, as_of, year };
        let measures = measures(known.level, &told.figures);
        let rows: Vec<GridRow> = told
            .keys(known.level)
            .into_iter()
            .map(|key| told.row(key, &measures))
            .collect();
        Ok(GridView {
            unit_name: known.name.clone(),
            school,
            school_year: year.map(|year| year.to_string()).unwrap_or_default(),
            as_of: form::date_view(as_of),
            measures,
            groups: groups(known.level).map(|group| group.to_string()).collect(),
            previous: told.previous_day().map(form::date_view),
            evidence_kind,
            source,
            rows,
            unit,
        })
    }
}

/// Every figure ever told of the unit, seen from one day of one school year.
struct Told {
    figures: Vec<FigureRow>,
    as_of: NaiveDate,
    year: Option<SchoolYear>,
}

impl Told {
    fn of_year<'a>(&'a self, year: Option<&'a str>) -> impl Iterator<Item = &'a FigureRow> {
        self.figures
            .iter()
            .filter(move |row| row.school_year.as_deref() == year)
    }

    /// Rows of the school year; a year nobody wrote of yet begins with the classes of the one before.
    fn keys(&self, level: Level) -> Vec<Key> {
        let year = self.year.map(|year| year.to_string());
        let mut keys: Vec<Key> = self.of_year(year.as_deref()).map(key).collect();
        if keys.is_empty()
            && let Some(before) = self.year.map(|year| year.previous().to_string())
        {
            keys = self.of_year(Some(&before)).map(key).collect();
        }
        if level != Level::School {
            keys.extend(groups(level).map(|group| (group.to_string(), None, None)));
        }
        let place = |group: &str| TargetGroup::active().position(|known| known.as_str() == group);
        keys.sort_by(|a, b| {
            let name = |key: &Key| key.2.clone().unwrap_or_default();
            (place(&a.0), a.1)
                .cmp(&(place(&b.0), b.1))
                .then_with(|| text::compare(&name(a), &name(b)))
        });
        keys.dedup();
        keys
    }

    fn row(&self, wanted: Key, measures: &[String]) -> GridRow {
        let year = self.year.map(|year| year.to_string());
        let mine: Vec<&FigureRow> = self.of_year(year.as_deref()).filter(|row| key(row) == wanted).collect();
        let number = |count: Option<u32>| count.map(|count| integer::format(count.into())).unwrap_or_default();
        let cell = |measure: &String| {
            let told: Vec<&&FigureRow> = mine.iter().filter(|row| row.measure == *measure).collect();
            let now = told.iter().find(|row| row.as_of == Some(self.as_of));
            let before = told.iter().rfind(|row| row.as_of.is_some_and(|day| day < self.as_of));
            GridCell {
                numerator: number(now.and_then(|row| row.numerator)),
                id: now.map(|row| row.id.to_string()),
                status: now.map(|row| from_store(row.status)),
                previous: number(before.and_then(|row| row.numerator)),
            }
        };
        let cells = measures
            .iter()
            .map(|measure| (measure.clone(), cell(measure)))
            .collect::<BTreeMap<_, _>>();
        let population = mine
            .iter()
            .rfind(|row| row.as_of.is_some_and(|day| day <= self.as_of) && row.population.is_some());
        let (target_group, grade, class) = wanted;
        GridRow {
            target_group,
            grade: grade.map(|grade| grade.to_string()).unwrap_or_default(),
            class: class.unwrap_or_default(),
            population: number(population.and_then(|row| row.population)),
            cells,
        }
    }

    fn previous_day(&self) -> Option<NaiveDate> {
        let year = self.year.map(|year| year.to_string());
        let days = self.of_year(year.as_deref()).filter_map(|row| row.as_of);
        days.filter(|day| *day < self.as_of).max()
    }
}

fn key(row: &FigureRow) -> Key {
    (row.target_group.clone(), row.grade, row.class.clone())
}

/// Whom a unit of this level counts: a school its pupils and students, the others everybody else.
fn groups(level: Level) -> impl Iterator<Item = TargetGroup> {
    TargetGroup::active().filter(move |group| {
        let group_is = |name: &str| group.as_str() == name;
        match level {
            Level::School => group.is_taught(),
            Level::Hamlet => group_is("adult"),
            Level::Agency => group_is("public_sector"),
            Level::Enterprise => group_is("worker_enterprise"),
            Level::Coop => group_is("worker_coop"),
            Level::Province | Level::Area | Level::Commune => !group.is_taught() && !group_is("household_business"),
        }
    })
}

/// Criteria the plan asks of these groups, and those somebody used.
fn measures(level: Level, figures: &[FigureRow]) -> Vec<String> {
    let asked: &[&str] = match level {
        Level::School => &["device_basics", "equipped"],
        Level::Agency | Level::Enterprise | Level::Coop => &["skilled"],
        Level::Province | Level::Area | Level::Commune | Level::Hamlet => &["skilled", "vneid_confirmed"],
    };
    let used = |measure: &str| figures.iter().any(|row| row.measure == measure);
    Measure::active()
        .map(Measure::as_str)
        .filter(|measure| asked.contains(measure) || used(measure))
        .map(str::to_owned)
        .collect()
}

/// Evidence and source of the figure told last.
fn latest_words(app: &App, figures: &[FigureRow]) -> Result<(String, String)> {
    let Some(last) = figures.iter().max_by_key(|row| row.as_of) else {
        return Ok((String::new(), String::new()));
    };
    let record = app.store().read(|read| read.record(last.id))?;
    let source = record.and_then(|record| Some(record.body.get("source")?.as_str()?.to_owned()));
    Ok((last.basis.clone(), source.unwrap_or_default()))
}

/// A day as typed; today when nothing was.
pub(super) fn day(app: &App, typed: &str) -> Result<NaiveDate> {
    let today = app.today();
    if typed.trim().is_empty() {
        return Ok(today);
    }
    date::parse(typed, today).ok().flatten().ok_or_else(|| {
        use hocvu_model::{Finding, FindingCode};
        Error::Invalid(vec![
            Finding::new(FindingCode::DateUnreadable, "as_of").with("value", typed),
        ])
    })
}

/// The unit named, or the machine's own.
fn unit_or_own(app: &App, uid: &str) -> Result<String> {
    if !uid.is_empty() {
        return Ok(uid.to_owned());
    }
    let identity = app.store().read(|read| read.identity())?;
    Ok(identity.ok_or(Error::NotEnrolled)?.unit.to_string())
}
