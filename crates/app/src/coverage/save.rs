use std::collections::BTreeMap;

use hocvu_model::codes::Measure;
use hocvu_model::operation::Kind;
use hocvu_model::{Finding, RecordId, RecordKind};
use hocvu_store::{Append, Write};

use crate::App;
use crate::command::Command;
use crate::contract::{GridFinding, GridRowInput, GridSaveInput, GridSaveView, RecordForm};
use crate::error::Result;
use crate::{form, records};

/// `coverage.save`: each cell is a figure of its own. Right ones are written in one transaction, wrong ones answered; what
/// is wrong in one cell keeps no other from being saved.
pub struct Save;

/// What became of one cell.
enum Outcome {
    /// Nothing typed and nothing told, or the same as before.
    Unchanged,
    Written(RecordId),
    Voided(RecordId),
    Wrong,
}

impl Command for Save {
    const NAME: &'static str = "coverage.save";
    type Input = GridSaveInput;
    type Output = GridSaveView;

    fn run(app: &App, input: GridSaveInput) -> Result<GridSaveView> {
        let deployment = app.deployment(); // Asked before the transaction: inside one the store is not to be asked again.
        let mut view = GridSaveView {
            saved: 0,
            voided: 0,
            unchanged: 0,
            wrong: 0,
            at: app.environment().now(),
            findings: Vec::new(),
            ids: Vec::new(),
        };
        app.store().write(|tx| {
            for (at, row) in (0..).zip(&input.rows) {
                for (measure, typed) in &row.cells {
                    let (outcome, findings) = cell(app, tx, &deployment, &input, row, measure, typed)?;
                    match outcome {
                        Outcome::Unchanged => view.unchanged += 1,
                        Outcome::Wrong => view.wrong += 1,
                        Outcome::Written(id) => {
                            view.saved += 1;
                            view.ids.push(id.to_string());
                        }
                        Outcome::Voided(id) => {
                            view.voided += 1;
                            view.ids.push(id.to_string());
                        }
                    }
                    view.findings
                        .extend(form::findings(findings).into_iter().map(|finding| GridFinding {
                            row: at,
                            measure: measure.clone(),
                            finding,
                        }));
                }
            }
            Ok(())
        })?;
        if !view.ids.is_empty() {
            app.recorded();
        }
        Ok(view)
    }
}

fn cell(
    app: &App,
    tx: &Write<'_>,
    deployment: &str,
    input: &GridSaveInput,
    row: &GridRowInput,
    measure: &str,
    typed: &str,
) -> hocvu_store::Result<(Outcome, Vec<Finding>)> {
    let empty = typed.trim().is_empty();
    // What an emptied cell would be, had it a number: only its key matters.
    let form = figure(input, row, measure, if empty { "0" } else { typed });
    let checked = records::check(app, tx, RecordKind::Coverage, &form)?;
    let Some(record) = checked.record else {
        return Ok(if empty {
            (Outcome::Unchanged, Vec::new())
        } else {
            (Outcome::Wrong, checked.findings)
        });
    };
    let id = record.natural_id(deployment).unwrap_or_else(|| RecordId(app.new_id()));
    if empty {
        return Ok((take_back(app, tx, id)?, Vec::new()));
    }
    Ok(if records::write(app, tx, id, &record, &checked.findings)?.is_some() {
        (Outcome::Written(id), checked.findings)
    } else {
        (Outcome::Unchanged, Vec::new())
    })
}

/// An emptied cell: its figure, if it had one, is declared void.
fn take_back(app: &App, tx: &Write<'_>, id: RecordId) -> hocvu_store::Result<Outcome> {
    let Some(record) = tx.record(id)?.filter(|record| !record.void) else {
        return Ok(Outcome::Unchanged);
    };
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
    Ok(Outcome::Voided(id))
}

fn figure(input: &GridSaveInput, row: &GridRowInput, measure: &str, numerator: &str) -> RecordForm {
    let vneid = Measure::parse(measure).is_some_and(Measure::is_vneid);
    let evidence = if vneid { "vneid_confirmed" } else { &input.evidence_kind };
    let fields: BTreeMap<String, String> = [
        ("target_group", row.target_group.as_str()),
        ("grade", &row.grade),
        ("class", &row.class),
        ("measure", measure),
        ("numerator", numerator),
        ("population", &row.population),
        ("as_of", &input.as_of),
        ("evidence_kind", evidence),
        ("school_year", &input.school_year),
        ("source", &input.source),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .collect();
    RecordForm {
        kind: RecordKind::Coverage.as_str().to_owned(),
        id: None,
        unit: input.unit.clone(),
        fields,
    }
}
