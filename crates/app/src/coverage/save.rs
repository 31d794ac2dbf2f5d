use std::collections::BTreeMap;

use hocvu_model::codes::{Measure, TargetGroup};
use hocvu_model::operation::Kind;
use hocvu_model::{Finding, FindingCode, RecordId, RecordKind, coverage, pasted};
use hocvu_store::{Append, Write};
use serde_json::Value;

use crate::App;
use crate::command::Command;
use crate::contract::{CoverageSaveInput, CoverageSaveView, CoverageSaved, CoverageTyped, CoverageUnsaved, RecordForm};
use crate::error::Result;
use crate::form;
use crate::records::{self, id_of};

/// `coverage.save`: each cell is checked on its own; the right ones are saved in one transaction, the wrong ones answered.
pub struct Save;

impl Command for Save {
    const NAME: &'static str = "coverage.save";
    type Input = CoverageSaveInput;
    type Output = CoverageSaveView;

    fn run(app: &App, input: CoverageSaveInput) -> Result<CoverageSaveView> {
        let ids = input.cells.iter().map(|cell| cell.id.as_deref().map(id_of).transpose());
        let ids = ids.collect::<Result<Vec<_>>>()?;
        let mut figures = BTreeMap::<_, u32>::new();
        for cell in &input.cells {
            *figures.entry(figure_of(cell)).or_default() += 1;
        }
        let deployment = app.deployment(); // Asked before the transaction: inside one the store is not to be asked again.
        let (cells, voided) = app.store().write(|tx| {
            let (mut cells, mut voided) = (Vec::new(), Vec::new());
            for (cell, id) in input.cells.iter().zip(ids) {
                if figures[&figure_of(cell)] > 1 {
                    cells.push(wrong(vec![
                        Finding::new(FindingCode::FigureTwice, "class").with("value", row_name(cell)),
                    ]));
                } else if cell.text.trim().is_empty() {
                    if let Some(id) = id
                        && void(app, tx, id)?
                    {
                        voided.push(id.to_string());
                    }
                    cells.push(CoverageSaved {
                        id: id.map(|id| id.to_string()),
                        findings: Vec::new(),
                    });
                } else {
                    cells.push(put(app, tx, &input, cell, id, &deployment)?);
                }
            }
            if let Some(unsaved) = &input.unsaved {
                drop_saved(tx, unsaved, &cells)?;
            }
            Ok((cells, voided))
        })?;
        app.recorded();
        Ok(CoverageSaveView {
            at: app.environment().now(),
            cells,
            voided,
        })
    }
}

/// Takes what the right cells held out of what is kept as typed. Nothing of the kept text is read: lines are compared as they are.
fn drop_saved(tx: &Write<'_>, unsaved: &CoverageUnsaved, cells: &[CoverageSaved]) -> hocvu_store::Result<()> {
    let is_right = |at: &u32| {
        let cell = usize::try_from(*at).ok().and_then(|at| cells.get(at));
        cell.is_some_and(is_saved)
    };
    let gone = unsaved.lines.iter().filter(|line| line.cells.iter().all(is_right));
    let gone = gone.map(|line| line.line.as_str()).collect();
    tx.drop_unsaved_lines(&unsaved.key, &gone, !cells.iter().all(is_saved))
}

/// Whether a cell is on the disk as typed. Of an emptied one that nobody had told nothing had to be.
fn is_saved(cell: &CoverageSaved) -> bool {
    cell.id.is_some() || cell.findings.is_empty()
}

/// What a cell is a figure of; two cells of one figure would hide each other.
fn figure_of(cell: &CoverageTyped) -> (String, String, String, String) {
    let class = hocvu_model::text::tidy(&cell.class);
    (cell.target_group.clone(), grade(cell), class, cell.measure.clone())
}

/// What people call a cell's row.
fn row_name(cell: &CoverageTyped) -> String {
    match (cell.class.trim(), cell.grade.trim()) {
        ("", "") => format!("@target_group_{}", cell.target_group),
        ("", grade) => grade.to_owned(),
        (class, _) => class.to_owned(),
    }
}

fn put(
    app: &App,
    tx: &Write<'_>,
    input: &CoverageSaveInput,
    cell: &CoverageTyped,
    id: Option<RecordId>,
    deployment: &str,
) -> hocvu_store::Result<CoverageSaved> {
    let mut typed = form_of(input, cell);
    let first = records::check(app, tx, RecordKind::Coverage, &typed)?;
    let Some(id) = id.or_else(|| first.record.as_ref()?.natural_id(deployment)) else {
        return Ok(wrong(first.findings));
    };
    // What the grid does not show stays as it was.
    if let Some(before) = tx.record(id)? {
        for field in ["source", "note"] {
            if typed.cell(field).trim().is_empty()
                && let Some(Value::String(text)) = before.body.get(field)
            {
                typed.fields.insert(field.to_owned(), text.clone());
            }
        }
    }
    let checked = records::check(app, tx, RecordKind::Coverage, &typed)?;
    let Some(record) = checked.record else {
        return Ok(wrong(checked.findings));
    };
    records::write(app, tx, id, &record, &checked.findings)?;
    Ok(CoverageSaved {
        id: Some(id.to_string()),
        findings: form::findings(checked.findings),
    })
}

fn wrong(findings: Vec<Finding>) -> CoverageSaved {
    CoverageSaved {
        id: None,
        findings: form::findings(findings),
    }
}

/// One cell under the grid's heading as the form of a record.
fn form_of(input: &CoverageSaveInput, cell: &CoverageTyped) -> RecordForm {
    let group = TargetGroup::parse(&cell.target_group);
    let (numerator, own) = pasted::fraction(&cell.text);
    let evidence = match Measure::parse(&cell.measure) {
        Some(measure) if measure.is_vneid() => "vneid_confirmed",
        _ => &input.evidence_kind,
    };
    // Who is not taught belongs to no school year, whatever the grid's heading says.
    let school_year = match group {
        Some(group) if !group.is_taught() => "",
        _ => &input.school_year,
    };
    let grade = grade(cell);
    let fields = [
        ("target_group", cell.target_group.as_str()),
        ("grade", &grade),
        ("class", &cell.class),
        ("measure", &cell.measure),
        ("numerator", numerator),
        ("population", own.unwrap_or(&cell.population)),
        ("as_of", &input.as_of),
        ("evidence_kind", evidence),
        ("school_year", school_year),
        ("source", &input.source),
    ];
    let fields = fields.map(|(field, text)| (field.to_owned(), text.to_owned()));
    RecordForm {
        kind: RecordKind::Coverage.as_str().to_owned(),
        id: None,
        unit: input.unit.clone(),
        fields: BTreeMap::from(fields),
    }
}

/// The grade as typed, else as the class's name begins with it: `6A1` is of grade 6.
fn grade(cell: &CoverageTyped) -> String {
    if !cell.grade.trim().is_empty() {
        return cell.grade.trim().to_owned();
    }
    let digits: String = cell.class.trim().chars().take_while(char::is_ascii_digit).collect();
    let grades = TargetGroup::parse(&cell.target_group).and_then(coverage::grades);
    let fits = |grade: u8| grades.is_some_and(|grades| grades.contains(&grade));
    if digits.parse().is_ok_and(fits) {
        digits
    } else {
        String::new()
    }
}

/// Declares an emptied cell's record void; whether it was not yet.
fn void(app: &App, tx: &Write<'_>, id: RecordId) -> hocvu_store::Result<bool> {
    let record = tx.record(id)?.ok_or(hocvu_store::Error::NotFound("record"))?;
    if record.void {
        return Ok(false);
    }
    tx.append(&Append {
        record: id,
        kind: Kind::Void,
        record_type: &record.record_type,
        schema_version: records::schema_version(&record.record_type),
        unit: &record.unit,
        set: None,
        reason: None,
        void: None,
        supersedes: &[],
        at: app.environment().unix(),
        findings: &[],
    })?;
    Ok(true)
}
