use std::collections::HashSet;

use hocvu_model::operation::{Kind, OfficeDraft};
use hocvu_model::unit::{Unit, UnitBook};
use hocvu_model::{Finding, FindingCode, UnitUid, text};

use super::read::{self, Reading};
use crate::App;
use crate::command::Command;
use crate::contract::{Commit, UnitForm, UnitManyInput, UnitManyRow, UnitManyView, UnitSaved};
use crate::error::{Error, Result};
use crate::form;
use crate::office::{Scope, append, name};

/// Units of one act: an operation has at most 16 KB.
const UNITS_PER_ACT: usize = 30;
/// Rows of one file at most: a province has some 800 hamlets and 500 schools.
const ROWS_MAX: usize = 5_000;

/// `unit.create`
pub struct Create;

/// `unit.create_many`: what a list or a file of units is, and making all or chosen ones of it.
pub struct CreateMany;

/// `unit.edit`: a unit is called otherwise or set right, without a law: a revision. What a law changes is `unit.succeed`.
pub struct Edit;

impl Command for Create {
    const NAME: &'static str = "unit.create";
    type Input = UnitForm;
    type Output = UnitSaved;

    fn run(app: &App, input: UnitForm) -> Result<UnitSaved> {
        let form = UnitForm {
            uid: String::new(),
            ..input
        };
        save(app, &form)
    }
}

impl Command for Edit {
    const NAME: &'static str = "unit.edit";
    type Input = UnitForm;
    type Output = UnitSaved;

    fn run(app: &App, input: UnitForm) -> Result<UnitSaved> {
        let scope = Scope::of(app)?;
        let book = app.units();
        let known = book.get(&input.uid).ok_or(Error::NotFound)?;
        if !scope.covers(app, known.uid.as_str()) {
            return Err(Error::NotAllowed);
        }
        save(app, &input)
    }
}

impl Command for CreateMany {
    const NAME: &'static str = "unit.create_many";
    type Input = UnitManyInput;
    type Output = UnitManyView;

    fn run(app: &App, input: UnitManyInput) -> Result<UnitManyView> {
        let scope = Scope::of(app)?;
        if input.rows.len() > ROWS_MAX {
            return Err(Error::BadCall(format!("more than {ROWS_MAX} rows")));
        }
        let book = UnitBook::clone(&app.units());
        let mut readings = read_rows(app, &scope, &book, &input.rows);
        let good = readings.iter().filter(|reading| reading.unit.is_some()).count();
        let wanted = |at: usize| match input.commit {
            Commit::Look => false,
            Commit::All => good == input.rows.len(),
            Commit::Chosen => input.chosen.iter().any(|chosen| *chosen as usize == at),
        };
        let mut made = Vec::new();
        for (at, reading) in readings.iter_mut().enumerate() {
            if let Some(unit) = reading.unit.take().filter(|_| wanted(at)) {
                made.push((at, unit));
            }
        }
        let units: Vec<Unit> = made.iter().map(|(_, unit)| unit.clone()).collect();
        append_units(app, &units)?;
        let uid = |at: usize| {
            made.iter()
                .find(|(row, _)| *row == at)
                .map(|(_, unit)| unit.uid.to_string())
        };
        let rows = readings.into_iter().enumerate().map(|(at, reading)| UnitManyRow {
            uid: uid(at),
            name: reading.name,
            level: reading.level.map(|level| level.as_str().to_owned()).unwrap_or_default(),
            parent_name: reading.parent.map(|uid| name(app, uid.as_str())).unwrap_or_default(),
            findings: form::findings(reading.findings),
        });
        Ok(UnitManyView {
            rows: rows.collect(),
            good: u32::try_from(good).unwrap_or(u32::MAX),
            made: u32::try_from(made.len()).unwrap_or(u32::MAX),
        })
    }
}

/// Each row on its own, and none that another names already.
fn read_rows(app: &App, scope: &Scope, book: &UnitBook, rows: &[UnitForm]) -> Vec<Reading> {
    let mut seen: HashSet<(String, Option<UnitUid>)> = HashSet::new();
    let mut readings = Vec::with_capacity(rows.len());
    for row in rows {
        let form = UnitForm {
            uid: String::new(),
            ..row.clone()
        };
        let mut reading = read::read(app, scope, book, &form);
        let key = (text::fold(&reading.name), reading.parent.clone());
        if !reading.name.is_empty() && !seen.insert(key) {
            let twice = Finding::new(FindingCode::UnitRowTwice, "name").with("value", &reading.name);
            reading.findings.insert(0, twice);
            reading.unit = None;
        }
        if let Some(unit) = &reading.unit
            && !may_make(app, scope, book, unit)
        {
            let foreign = Finding::new(FindingCode::UnitNotYours, "parent");
            reading.findings.insert(0, foreign);
            reading.unit = None;
        }
        readings.push(reading);
    }
    readings
}

fn save(app: &App, form: &UnitForm) -> Result<UnitSaved> {
    let scope = Scope::of(app)?;
    let book = app.units();
    let reading = read::read(app, &scope, &book, form);
    let Some(unit) = reading.unit else {
        return Err(Error::Invalid(reading.findings));
    };
    if !may_make(app, &scope, &book, &unit) {
        return Err(Error::NotAllowed);
    }
    if book.get(unit.uid.as_str()) != Some(&unit) {
        append_units(app, std::slice::from_ref(&unit))?;
    }
    Ok(UnitSaved {
        uid: unit.uid.0,
        findings: form::findings(reading.findings),
    })
}

/// Whether this office makes units of its level where it would lie.
pub(crate) fn may_make(app: &App, scope: &Scope, book: &UnitBook, unit: &Unit) -> bool {
    let parent = unit.parent.as_ref().and_then(|parent| book.get(parent.as_str()));
    unit.level.is_made_by(scope.role) && parent.is_some_and(|parent| scope.covers(app, parent.uid.as_str()))
}

fn append_units(app: &App, units: &[Unit]) -> Result<()> {
    if units.is_empty() {
        return Ok(());
    }
    append(app, &acts_that_make(app, units))
}

/// The acts of an office that make or revise these units.
pub(crate) fn acts_that_make<'a>(app: &App, units: &'a [Unit]) -> Vec<OfficeDraft<'a>> {
    let at = app.environment().unix();
    let act = |units| OfficeDraft {
        units,
        ..OfficeDraft::new(Kind::Succeed, at)
    };
    units.chunks(UNITS_PER_ACT).map(act).collect()
}
