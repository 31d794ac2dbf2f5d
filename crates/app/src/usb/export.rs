use std::path::Path;

use chrono::{DateTime, NaiveTime};
use hocvu_model::input::date;
use hocvu_store::ExportScope;
use hocvu_sync::bundle::{Disk, ExportReason, Exporter, Written};

use super::problem;
use crate::App;
use crate::command::Command;
use crate::contract::{UsbExportInput, UsbExportView, UsbFile, UsbScope};
use crate::error::{Error, Result};

/// `usb.export`
pub struct Export;

impl Command for Export {
    const NAME: &'static str = "usb.export";
    type Input = UsbExportInput;
    type Output = UsbExportView;

    fn run(app: &App, input: UsbExportInput) -> Result<UsbExportView> {
        if app.is_sample() {
            return Err(Error::NotEnrolled);
        }
        let Some(scope) = scope(app, &input.what) else {
            return Ok(failed("bad_date"));
        };
        let store = app.store();
        let exporter = Exporter {
            store: &store,
            environment: app.environment(),
            medium: &Disk,
        };
        let written = match exporter.export(Path::new(input.folder.trim()), scope, ExportReason::Asked) {
            Ok(written) => written,
            Err(trouble) => return Ok(failed(&problem(trouble)?)),
        };
        if written.is_empty() {
            return Ok(UsbExportView::Nothing);
        }
        let at = app.environment().now();
        store.write(|tx| {
            written.iter().try_for_each(|bundle| {
                let count = ("count".to_owned(), bundle.operations.to_string());
                let name = ("name".to_owned(), bundle.name.clone());
                tx.diary_append(&at, "exported", &[count, name].into())
            })
        })?;
        app.announce(&["usb", "sync"]);
        Ok(UsbExportView::Done {
            operations: written.iter().map(|bundle| bundle.operations).sum(),
            files: written.into_iter().map(file).collect(),
        })
    }
}

pub(super) fn file(written: Written) -> UsbFile {
    let Written {
        path: _,
        name,
        size,
        id,
        operations: _,
    } = written;
    UsbFile { name, size, id }
}

fn scope(app: &App, what: &UsbScope) -> Option<ExportScope> {
    Some(match what {
        UsbScope::Unsent => ExportScope::Unsent,
        UsbScope::All => ExportScope::All,
        UsbScope::Since { date: typed } => {
            let day = date::parse(typed, app.today()).ok().flatten()?;
            let now = DateTime::parse_from_rfc3339(&app.environment().now()).ok()?;
            let start = day
                .and_time(NaiveTime::MIN)
                .and_local_timezone(*now.offset())
                .single()?;
            ExportScope::Since(start.timestamp())
        }
    })
}

fn failed(problem: &str) -> UsbExportView {
    UsbExportView::Problem {
        problem: problem.to_owned(),
    }
}
