//! The wizard's commands: one for each step, the open file between them.

use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::columns::TableKind;
use super::desk::Opened;
use super::run::{self, Report, Wanted};
use super::{map, refused, undo};
use crate::App;
use crate::command::Command;
use crate::contract::{
    ImportBatch, ImportBatches, ImportMapView, ImportOpenInput, ImportOpenView, ImportRefusedInput, ImportRefusedView,
    ImportRemark, ImportReportView, ImportSheet, ImportUndoInput, ImportUndoView, ImportWanted, NoInput,
};
use crate::error::{Error, Result};

/// Remarks shown at once; the file of refused rows has them all.
const REMARKS_SHOWN: usize = 200;
/// Imports listed.
const BATCHES_SHOWN: u32 = 20;

/// `import.open`
pub struct Open;

/// `import.map`: what the header seems to say, and what a person must decide.
pub struct Map;

/// `import.check`: what would become of every row. Nothing is written.
pub struct Check;

/// `import.commit`
pub struct Commit;

/// `import.undo`
pub struct Undo;

/// `import.refused`: the refused rows as a workbook, with the reasons.
pub struct Refused;

/// `import.list`
pub struct Batches;

impl Command for Open {
    const NAME: &'static str = "import.open";
    type Input = ImportOpenInput;
    type Output = ImportOpenView;

    fn run(app: &App, input: ImportOpenInput) -> Result<ImportOpenView> {
        let ImportOpenInput { path, name, data } = input;
        let opened = if data.is_empty() {
            Opened::of_path(Path::new(path.trim()))
        } else {
            let bytes = STANDARD.decode(data.as_bytes());
            let bytes = bytes.map_err(|error| Error::BadCall(format!("import.open: {error}")))?;
            Opened::of_bytes(&name, &bytes)
        };
        let opened = match opened {
            Ok(opened) => Arc::new(opened),
            Err(problem) => {
                return Ok(ImportOpenView::Problem {
                    problem: problem.to_owned(),
                });
            }
        };
        app.open_import(Arc::clone(&opened));
        let sheets = opened.book.sheets.iter().map(|sheet| ImportSheet {
            name: sheet.name.clone(),
            rows: number(sheet.height()),
            columns: number(sheet.width()),
        });
        Ok(ImportOpenView::Done {
            file: opened.file.clone(),
            sheets: sheets.collect(),
        })
    }
}

impl Command for Map {
    const NAME: &'static str = "import.map";
    type Input = ImportWanted;
    type Output = ImportMapView;

    fn run(app: &App, input: ImportWanted) -> Result<ImportMapView> {
        let opened = app.opened_import()?;
        map::view(app, &opened, &input)
    }
}

impl Command for Check {
    const NAME: &'static str = "import.check";
    type Input = ImportWanted;
    type Output = ImportReportView;

    fn run(app: &App, input: ImportWanted) -> Result<ImportReportView> {
        let (opened, wanted) = asked(app, &input)?;
        let (report, preview) = map::check(app, &opened, &wanted)?;
        Ok(ImportReportView {
            preview,
            ..view(report)
        })
    }
}

impl Command for Commit {
    const NAME: &'static str = "import.commit";
    type Input = ImportWanted;
    type Output = ImportReportView;

    fn run(app: &App, input: ImportWanted) -> Result<ImportReportView> {
        let (opened, wanted) = asked(app, &input)?;
        let missing = super::missing(&wanted);
        if !missing.is_empty() {
            return Err(Error::BadCall(format!(
                "import.commit: no column for {}",
                missing.join(", ")
            )));
        }
        let report = run::commit(app, &opened, &wanted, &|_| {})?;
        map::remember(app, &opened, &wanted)?;
        Ok(view(report))
    }
}

impl Command for Undo {
    const NAME: &'static str = "import.undo";
    type Input = ImportUndoInput;
    type Output = ImportUndoView;

    fn run(app: &App, input: ImportUndoInput) -> Result<ImportUndoView> {
        let undone = undo::undo(app, &input.batch)?;
        Ok(ImportUndoView {
            undone: undone.undone,
            kept: number(undone.kept.len() + undone.units.len()),
            units: undone.units,
        })
    }
}

impl Command for Refused {
    const NAME: &'static str = "import.refused";
    type Input = ImportRefusedInput;
    type Output = ImportRefusedView;

    fn run(app: &App, input: ImportRefusedInput) -> Result<ImportRefusedView> {
        let (opened, wanted) = asked(app, &input.wanted)?;
        Ok(
            match refused::write(app, &opened, &wanted, Path::new(input.path.trim())) {
                Ok(Some((path, rows))) => ImportRefusedView::Done {
                    path: path.display().to_string(),
                    rows,
                },
                Ok(None) => ImportRefusedView::Nothing,
                Err(Error::Disk(_)) => ImportRefusedView::Problem {
                    problem: "sheet_cannot_write".into(),
                },
                Err(other) => return Err(other),
            },
        )
    }
}

impl Command for Batches {
    const NAME: &'static str = "import.list";
    type Input = NoInput;
    type Output = ImportBatches;

    fn run(app: &App, _: NoInput) -> Result<ImportBatches> {
        let imports = app.store().read(|read| read.imports(BATCHES_SHOWN))?;
        let batches = imports.into_iter().map(|import| ImportBatch {
            batch: import.id,
            at: import.at,
            kind: import.kind,
            file: import.file,
            added: import.added,
            changed: import.changed,
            undone: import.undone.is_some(),
        });
        Ok(ImportBatches {
            batches: batches.collect(),
        })
    }
}

/// The open file, and what the screen wants of it with what it left open guessed.
fn asked(app: &App, input: &ImportWanted) -> Result<(Arc<Opened>, Wanted)> {
    let opened = app.opened_import()?;
    let wanted = map::wanted(app, &opened, input)?;
    Ok((opened, wanted))
}

fn view(report: Report) -> ImportReportView {
    let Report {
        rows,
        added,
        changed,
        unchanged,
        refused,
        duplicates,
        mut remarks,
        batch,
    } = report;
    let count = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    remarks.sort_by_key(|remark| !remark.error); // Stable: rows stay in order.
    let more = remarks.len().saturating_sub(REMARKS_SHOWN);
    let shown = remarks.into_iter().take(REMARKS_SHOWN).map(|remark| ImportRemark {
        address: remark.address,
        label: remark.label,
        error: remark.error,
        sentence: remark.sentence,
    });
    ImportReportView {
        rows: count(rows),
        added: count(added),
        changed: count(changed),
        unchanged: count(unchanged),
        refused: count(refused),
        duplicates: count(duplicates),
        remarks: shown.collect(),
        more: number(more),
        preview: Vec::new(),
        batch,
    }
}

pub(super) fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// The kind a screen named.
pub(super) fn kind_of(name: &str) -> Result<TableKind> {
    TableKind::parse(name).ok_or_else(|| Error::BadCall(format!("{name} is no kind of table")))
}

/// The sheet that is wanted is there.
pub(super) fn sheet_of<'a>(opened: &'a Opened, wanted: &Wanted) -> Result<&'a hocvu_sheets::Sheet> {
    opened.book.sheets.get(wanted.sheet).ok_or(Error::NotFound)
}
