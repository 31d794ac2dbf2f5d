//! Records that are typed as plain fields: coverage, populations, teams, comments. One set of commands for all of them; what
//! a screen adds to it (a grid, an editor) is its own.

mod read;
mod save;
mod void;

use hocvu_model::record::{self, Checked, Context, Record, Told};
use hocvu_model::{RecordId, RecordKind};
use hocvu_store::{FigureFilter, Read as StoreRead};

pub(crate) use read::fields;
pub use read::{List, Read};
pub use save::{Check, Save};
pub(crate) use save::{add, write};
pub use void::{Restore, Void};

use crate::App;
use crate::contract::RecordForm;
use crate::error::{Error, Result};

/// Schema version of what this build writes for a kind; 1 for a kind it does not know.
pub(crate) fn schema_version(kind: &str) -> u32 {
    RecordKind::parse(kind).map_or(1, RecordKind::schema_version)
}

/// The kind a screen named.
///
/// # Errors
/// [`Error::BadCall`] for one that is not typed as plain fields.
pub(crate) fn kind_of(name: &str) -> Result<RecordKind> {
    RecordKind::parse(name)
        .filter(|kind| *kind != RecordKind::TrainingSession)
        .ok_or_else(|| Error::BadCall(format!("{name} is no kind of record with plain fields")))
}

/// Applies the rules with everything this machine knows: its clock, its units, what was told before.
pub(crate) fn check(
    app: &App,
    read: &StoreRead<'_>,
    kind: RecordKind,
    form: &RecordForm,
) -> hocvu_store::Result<Checked> {
    let units = app.units();
    let find = |uid: &str| units.get(uid);
    let context = Context::new(app.today(), &find);
    let cell = |field: &str| form.cell(field);
    let nothing = || Checked {
        record: None,
        findings: Vec::new(),
    };
    let first = record::check_typed(kind, &cell, &context).unwrap_or_else(nothing);
    // Only a figure that reads well can be compared with others.
    let Some(Record::Coverage(coverage)) = &first.record else {
        return Ok(first);
    };
    let (previous, skilled) = told_before(read, coverage)?;
    let compared = Context {
        previous,
        skilled,
        ..context
    };
    Ok(record::check_typed(kind, &cell, &compared).unwrap_or(first))
}

/// The same figure as last told on an earlier day, and, for one confirmed on VNeID, how many were told to have the skills.
fn told_before(
    read: &StoreRead<'_>,
    coverage: &hocvu_model::coverage::Coverage,
) -> hocvu_store::Result<(Option<Told>, Option<u32>)> {
    let group = coverage.target_group.as_str();
    let latest = |measure: &str, before_that_day: bool| -> hocvu_store::Result<Option<Told>> {
        let figures = read.figures(&FigureFilter {
            kind: Some(RecordKind::Coverage),
            unit: Some(coverage.unit.as_str()),
            target_group: Some(group),
            measure: Some(measure),
            until: Some(coverage.as_of),
            with_void: false,
        })?;
        let school_year = coverage.school_year.map(|year| year.to_string());
        let same = |row: &&hocvu_store::FigureRow| {
            row.grade == coverage.grade
                && row.class == coverage.class
                && row.school_year == school_year
                && !(before_that_day && row.as_of == Some(coverage.as_of))
        };
        let last = figures.iter().rfind(same);
        Ok(last.and_then(|row| {
            Some(Told {
                value: row.numerator?,
                as_of: row.as_of?,
            })
        }))
    };
    let skilled = match coverage.measure.is_vneid() {
        true => latest("skilled", false)?.map(|told| told.value),
        false => None,
    };
    Ok((latest(coverage.measure.as_str(), true)?, skilled))
}

/// A record id from a screen.
pub(crate) fn id_of(text: &str) -> Result<RecordId> {
    crate::sessions::record_id(text)
}
