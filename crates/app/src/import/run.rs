//! Checking a table, and writing it: the same pass over the same rows, all of it in one transaction.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;

use hocvu_model::unit::Unit;
use hocvu_model::wording::{self, Locale};
use hocvu_model::{Finding, FindingCode, OperationId};
use hocvu_store::{Import, Read as StoreRead, Write};

use super::cells::{Choices, Reader};
use super::columns::TableKind;
use super::dates::{self, DateOrder, Evidence};
use super::desk::Opened;
use super::header::{Mapping, Source};
use super::judge::{Fate, Judge, Judged};
use super::lines::{Candidate, Lines};
use crate::error::{Error, Result};
use crate::office::Scope;
use crate::{App, records, units};

/// What is to be done with a file.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What the table is read as.
    pub kind: TableKind,
    /// Which sheet, from 0.
    pub sheet: usize,
    /// Which column holds what.
    pub mapping: Mapping,
    /// How ambiguous cells are read.
    pub choices: Choices,
    /// Figures of the file may change figures that are here already.
    pub update: bool,
}

/// What a table holds, or what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Rows read, the header and empty ones not counted.
    pub rows: u64,
    /// Records added, or to be.
    pub added: u64,
    /// Records changed, or to be.
    pub changed: u64,
    /// Records that are here already, exactly so.
    pub unchanged: u64,
    /// Records refused, with at least one error each.
    pub refused: u64,
    /// Of those added, how many may be here under another name.
    pub duplicates: u64,
    /// Everything to be told, in order of rows.
    pub remarks: Vec<Remark>,
    /// The batch that undoes it, when something was written.
    pub batch: Option<String>,
}

/// Something to be told about a place in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Remark {
    /// The cell, `D17`; only the row's number where the table has no such column.
    pub address: String,
    /// Row as the sheet numbers it, from 1.
    pub line: u64,
    /// Field.
    pub column: String,
    /// The field's name for people.
    pub label: String,
    /// Whether the record was refused for it.
    pub error: bool,
    /// Which rule spoke.
    pub code: String,
    /// What is wrong and what to do, in Vietnamese.
    pub sentence: String,
}

/// A record of the table as the pass sees it.
pub struct Seen<'a> {
    /// As it came.
    pub candidate: &'a Candidate,
    /// What becomes of it.
    pub judged: &'a Judged,
    /// What is to be told of it.
    pub remarks: &'a [Remark],
}

/// Rows between two words of progress.
const STEP: u64 = 500;
/// Records handed over at once, and how often reading may be ahead.
const HANDFUL: usize = 64;
const HANDFULS_AHEAD: usize = 8;

/// One pass over the table; `each` gets every record in order.
pub fn pass(
    app: &App,
    judge: &mut Judge<'_>,
    read: &StoreRead<'_>,
    opened: &Opened,
    wanted: &Wanted,
    progress: &dyn Fn(u64),
    mut each: impl FnMut(&Seen<'_>) -> hocvu_store::Result<()>,
) -> hocvu_store::Result<Report> {
    let mut report = Report::default();
    let Some(sheet) = opened.book.sheets.get(wanted.sheet) else {
        return Ok(report);
    };
    let units = app.units();
    let order = date_order(opened, wanted);
    let reader = Reader::new(sheet, wanted.kind, &wanted.mapping, &wanted.choices, order, &units);
    let lines = Lines::new(sheet, &reader, wanted.kind, wanted.mapping.header, &units, app.today());
    ahead(lines, |mut candidate| {
        let judged = judge.judge(read, &mut candidate)?;
        let remarks = remarks(&reader, &candidate, &judged);
        each(&Seen {
            candidate: &candidate,
            judged: &judged,
            remarks: &remarks,
        })?;
        let before = report.rows / STEP;
        report.rows += candidate.rows.len() as u64;
        if report.rows / STEP > before {
            progress(report.rows);
        }
        report.count(&judged);
        report.remarks.extend(remarks);
        Ok(())
    })?;
    progress(report.rows);
    Ok(report)
}

/// Reads the table on a thread of its own, some way ahead of judging and writing: each takes about half of the time.
fn ahead(mut lines: Lines<'_>, mut each: impl FnMut(Candidate) -> hocvu_store::Result<()>) -> hocvu_store::Result<()> {
    thread::scope(|threads| {
        let (send, receive) = mpsc::sync_channel(HANDFULS_AHEAD);
        threads.spawn(move || {
            loop {
                let handful: Vec<Candidate> = lines.by_ref().take(HANDFUL).collect();
                // Nobody receives any more when judging failed.
                if handful.is_empty() || send.send(handful).is_err() {
                    return;
                }
            }
        });
        receive.into_iter().flatten().try_for_each(&mut each)
    })
}

/// Checks a table and writes nothing.
///
/// # Errors
/// Reading failed.
pub fn check(app: &App, opened: &Opened, wanted: &Wanted, progress: &dyn Fn(u64)) -> Result<Report> {
    let mut judge = Judge::new(app, wanted.update);
    let report = app
        .store()
        .read(|read| pass(app, &mut judge, read, opened, wanted, progress, |_| Ok(())))?;
    Ok(report)
}

/// Writes what the rules let through, in one transaction: a power cut leaves nothing or all. The batch it returns undoes it.
///
/// # Errors
/// Writing failed; units need an officer's rights.
pub fn commit(app: &App, opened: &Opened, wanted: &Wanted, progress: &dyn Fn(u64)) -> Result<Report> {
    if wanted.kind == TableKind::Unit {
        return commit_units(app, opened, wanted, progress);
    }
    let mut judge = Judge::new(app, wanted.update);
    let made = Made::new(app, opened, wanted);
    let report = app.store().write(|tx| {
        let mut batch = Batch::default();
        let mut report = pass(app, &mut judge, tx, opened, wanted, progress, |seen| {
            batch.write(app, tx, seen.judged)
        })?;
        made.keep(tx, &mut report, batch.run, batch.before)?;
        Ok(report)
    })?;
    if report.batch.is_some() {
        app.recorded();
        app.announce(&["imports"]);
    }
    Ok(report)
}

/// What records held before a batch.
type Before = BTreeMap<String, serde_json::Map<String, serde_json::Value>>;

/// The batch that is to be, asked for before the transaction.
struct Made {
    id: String,
    at: String,
    kind: &'static str,
    file: String,
}

impl Made {
    fn new(app: &App, opened: &Opened, wanted: &Wanted) -> Self {
        Self {
            id: app.new_id().to_string(),
            at: app.environment().now(),
            kind: wanted.kind.as_str(),
            file: opened.file.clone(),
        }
    }

    /// Keeps it, when anything was written, to be undone as one.
    fn keep(
        &self,
        tx: &Write<'_>,
        report: &mut Report,
        run: Option<(OperationId, u64)>,
        before: Before,
    ) -> hocvu_store::Result<()> {
        let Some(run) = run else { return Ok(()) };
        tx.put_import(&Import {
            id: self.id.clone(),
            at: self.at.clone(),
            kind: self.kind.to_owned(),
            file: self.file.clone(),
            run,
            added: u32::try_from(report.added).unwrap_or(u32::MAX),
            changed: u32::try_from(report.changed).unwrap_or(u32::MAX),
            before,
            undone: None,
        })?;
        report.batch = Some(self.id.clone());
        Ok(())
    }
}

/// What a transaction has appended so far.
#[derive(Default)]
struct Batch {
    run: Option<(OperationId, u64)>,
    before: Before,
}

impl Batch {
    fn write(&mut self, app: &App, tx: &Write<'_>, judged: &Judged) -> hocvu_store::Result<()> {
        let Some((id, record, ready)) = judged.record.as_ref() else {
            return Ok(());
        };
        match judged.fate {
            Fate::Same | Fate::Refused => return Ok(()),
            Fate::Change => {
                let before = tx.record(*id)?.map(|view| view.body).unwrap_or_default();
                self.before.insert(id.to_string(), before);
            }
            Fate::Add | Fate::Restore => {}
        }
        let written = match judged.fate {
            Fate::Add => Some(records::add(app, tx, *id, (record, ready), &judged.findings)?),
            _ => records::write(app, tx, *id, record, &judged.findings)?,
        };
        let Some((first, last)) = written else {
            return Ok(());
        };
        self.run = Some((self.run.map_or(first, |(first, _)| first), last.seq));
        Ok(())
    }
}

/// Units are acts of an office: this machine's own must be allowed every one of them, or none is written.
fn commit_units(app: &App, opened: &Opened, wanted: &Wanted, progress: &dyn Fn(u64)) -> Result<Report> {
    let scope = Scope::of(app)?;
    let book = app.units();
    let mut judge = Judge::new(app, false);
    let batch = Made::new(app, opened, wanted);
    let report = app.store().write(|tx| {
        let mut units: Vec<Unit> = Vec::new();
        let mut report = pass(app, &mut judge, tx, opened, wanted, progress, |seen| {
            if seen.judged.fate == Fate::Add {
                units.extend(seen.judged.unit.clone());
            }
            Ok(())
        })?;
        if !units.iter().all(|unit| units::may_make(app, &scope, &book, unit)) {
            return Ok(None);
        }
        let mut run: Option<(OperationId, u64)> = None;
        for act in units::acts_that_make(app, &units) {
            let id = tx.append_office(&act)?;
            run = Some((run.map_or(id, |(first, _)| first), id.seq));
        }
        batch.keep(tx, &mut report, run, BTreeMap::new())?;
        Ok(Some(report))
    })?;
    let report = report.ok_or(Error::NotAllowed)?;
    if report.batch.is_some() {
        app.acted();
        app.announce(&["imports"]);
    }
    Ok(report)
}

/// The order of day and month of the table's dates: as chosen, else as they say, else the Vietnamese.
pub fn date_order(opened: &Opened, wanted: &Wanted) -> DateOrder {
    wanted
        .choices
        .dates
        .unwrap_or_else(|| match date_evidence(opened, wanted) {
            Evidence::Only(order) => order,
            Evidence::None | Evidence::Either => DateOrder::DayFirst,
        })
}

/// What the texts in the date columns say of their order.
pub fn date_evidence(opened: &Opened, wanted: &Wanted) -> Evidence {
    use hocvu_sheets::{Address, Value};
    let Some(sheet) = opened.book.sheets.get(wanted.sheet) else {
        return Evidence::None;
    };
    let dates = wanted
        .kind
        .columns()
        .iter()
        .filter(|column| column.kind == super::columns::Reading::Date);
    let columns: Vec<usize> = dates
        .filter_map(|column| match wanted.mapping.sources.get(&column.field) {
            Some(Source::Column(at)) => Some(*at),
            _ => None,
        })
        .collect();
    let texts = (wanted.mapping.header + 1..sheet.height()).flat_map(|row| {
        columns.iter().filter_map(
            move |column| match &sheet.cell(Address { row, column: *column }).value {
                Value::Text(text) => Some(text.as_str()),
                _ => None,
            },
        )
    });
    dates::evidence(texts)
}

fn remarks(reader: &Reader<'_>, candidate: &Candidate, judged: &Judged) -> Vec<Remark> {
    let cells = candidate.cells.iter().map(|(row, finding)| (Some(*row), finding));
    let mut remarks: Vec<Remark> = Vec::new();
    for (row, finding) in cells.chain(judged.findings.iter().map(|finding| (None, finding))) {
        let place = candidate.place(reader, row, finding);
        let (line, column) = (place.row as u64 + 1, place.field);
        // A cell that cannot be read is no missing one: the first word on it is enough.
        if row.is_none()
            && remarks
                .iter()
                .any(|said| said.line == line && said.column == column && said.error)
        {
            continue;
        }
        remarks.push(Remark {
            address: place.address.map_or_else(|| line.to_string(), |at| at.to_string()),
            line,
            column,
            label: place.column,
            error: finding.is_error(),
            code: finding.code.as_str().to_owned(),
            sentence: wording::sentence(Locale::Vi, finding),
        });
    }
    remarks
}

impl Report {
    fn count(&mut self, judged: &Judged) {
        let likely = |finding: &Finding| finding.code == FindingCode::DuplicateLikely;
        match judged.fate {
            Fate::Add | Fate::Restore => {
                self.added += 1;
                self.duplicates += u64::from(judged.findings.iter().any(likely));
            }
            Fate::Change => self.changed += 1,
            Fate::Same => self.unchanged += 1,
            Fate::Refused => self.refused += 1,
        }
    }
}
