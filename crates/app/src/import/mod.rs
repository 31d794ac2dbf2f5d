//! Import of sessions from CSV: streams any number of lines, reports every error with line and column, writes all valid
//! sessions, or with `strict` nothing unless all are valid. Importing the same file again adds nothing.
//!
//! UTF-8 with a header row, one line per session × target group; empty means not collected. See `docs/CSV.md`.

mod csv;

use std::collections::HashSet;
use std::io::Read;

use hocvu_model::operation::{Kind, TRAINING_SESSION};
use hocvu_model::session::{self, SCHEMA_VERSION};
use hocvu_model::{Finding, RecordId};
use hocvu_store::{Append, Write};

pub use self::csv::{COLUMNS, Group, GroupReader};
use crate::error::{Error, Result};
use crate::{App, sessions};

/// Sessions written in one transaction: few enough to show progress, enough to spare commits.
const CHUNK: usize = 500;

/// What one import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct ImportReport {
    /// Lines read, the header not counted.
    pub lines: u64,
    /// Sessions added.
    pub added: u64,
    /// Sessions that were here already, exactly so.
    pub unchanged: u64,
    /// Sessions refused, with at least one error each.
    pub refused: u64,
    /// Everything to be told, in order of lines.
    pub remarks: Vec<Remark>,
}

/// Something to be told about a place in the file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Remark {
    /// Line in the file, the header being 1.
    pub line: u64,
    /// Column name of the header; empty for the whole line.
    pub column: String,
    /// Whether the session was refused for it.
    pub error: bool,
    /// What is wrong and what to do, in Vietnamese.
    pub sentence: String,
}

/// Options of an import.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportOptions {
    /// Write nothing unless every session is valid.
    pub strict: bool,
    /// Read and check only.
    pub dry_run: bool,
}

/// Imports a CSV file; `open` is called once, or twice with `strict`. `progress` hears the lines read so far.
///
/// # Errors
/// The file cannot be read or has no usable header ([`Error::BadCall`] with a Vietnamese sentence), or the store fails.
pub fn import_sessions<R: Read>(
    app: &App,
    open: impl Fn() -> std::io::Result<R>,
    options: ImportOptions,
    progress: &dyn Fn(u64),
) -> Result<ImportReport> {
    let reader = || open().map_err(|error| Error::Disk(error.to_string()));
    if options.strict || options.dry_run {
        let check = run(app, GroupReader::new(reader()?)?, Mode::Check, progress)?;
        if options.dry_run || check.refused > 0 {
            return Ok(ImportReport { added: 0, ..check });
        }
        // Everything is valid: one transaction, so that a power cut leaves nothing or all.
        return run(app, GroupReader::new(reader()?)?, Mode::Whole, progress);
    }
    run(app, GroupReader::new(reader()?)?, Mode::Chunks, progress)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Check,
    Chunks,
    Whole,
}

fn run<R: Read>(app: &App, mut groups: GroupReader<R>, mode: Mode, progress: &dyn Fn(u64)) -> Result<ImportReport> {
    let mut report = ImportReport::default();
    let deployment = app.deployment(); // Asked before the transaction: inside one the store is not to be asked again.
    let mut seen = HashSet::new();
    let mut chunk = |groups: &mut GroupReader<R>, report: &mut ImportReport, most: usize| -> Result<bool> {
        let mut write = |tx: &Write<'_>| -> hocvu_store::Result<std::result::Result<bool, Error>> {
            for _ in 0..most {
                match groups.next_group() {
                    Ok(Some(group)) => take(
                        app,
                        tx,
                        &group,
                        group.record_id(&deployment),
                        &mut seen,
                        mode == Mode::Check,
                        report,
                    )?,
                    Ok(None) => return Ok(Ok(false)),
                    Err(error) => return Ok(Err(error)),
                }
            }
            Ok(Ok(true))
        };
        app.store().write(|tx| write(tx))?
    };
    let most = if mode == Mode::Whole { usize::MAX } else { CHUNK };
    loop {
        let more = chunk(&mut groups, &mut report, most)?;
        report.lines = groups.lines();
        progress(report.lines);
        if !more {
            break;
        }
    }
    if report.added > 0 && mode != Mode::Check {
        app.saved();
    }
    Ok(report)
}

/// Checks one session of the file and, if it is valid and new, appends it.
fn take(
    app: &App,
    tx: &Write<'_>,
    group: &Group,
    id: RecordId,
    seen: &mut HashSet<RecordId>,
    check_only: bool,
    report: &mut ImportReport,
) -> hocvu_store::Result<()> {
    let mut remarks = group.remarks.clone();
    if !seen.insert(id) {
        remarks.push(group.remark(
            "id",
            "Mã buổi này đã có ở dòng trước, không liền nhau. Xếp các dòng cùng một buổi liền nhau.",
        ));
    }
    let checked = sessions::check_raw(app, tx, &group.raw, Some(id))?;
    remarks.extend(checked.findings.iter().map(|finding| group.finding(finding)));
    let refused = remarks.iter().any(|remark| remark.error);
    if let (false, Some(session)) = (refused, &checked.session) {
        let body = session::body(session);
        match tx.record(id)? {
            None => {
                report.added += 1;
                if !check_only {
                    let findings: Vec<Finding> = checked.findings.clone();
                    tx.append(&Append {
                        record: id,
                        kind: Kind::Put,
                        record_type: TRAINING_SESSION,
                        schema_version: SCHEMA_VERSION,
                        unit: &session.unit,
                        set: Some(&body),
                        reason: None,
                        void: None,
                        supersedes: &[],
                        at: app.environment().unix(),
                        findings: &findings,
                    })?;
                }
            }
            Some(before) if session::patch(&before.body, &body).is_empty() && before.unit == session.unit => {
                report.unchanged += 1;
                remarks.clear();
            }
            Some(_) => {
                report.refused += 1;
                remarks.push(group.remark(
                    "id",
                    "Buổi có mã này đã ghi trên máy với số liệu khác. Máy không tự sửa số đã ghi: mở buổi đó để sửa.",
                ));
            }
        }
    } else {
        report.refused += 1;
    }
    report.remarks.append(&mut remarks);
    Ok(())
}
