use std::path::Path;

use hocvu_sync::bundle::{Disk, Taken, TakenOutcome, import, write_receipts};

use super::problem;
use crate::App;
use crate::command::Command;
use crate::contract::{UsbImportInput, UsbImportView, UsbOutcome, UsbReceiptsInput, UsbReceiptsView, UsbTaken};
use crate::error::{Error, Result};

/// `usb.import`
pub struct Import;

impl Command for Import {
    const NAME: &'static str = "usb.import";
    type Input = UsbImportInput;
    type Output = UsbImportView;

    fn run(app: &App, input: UsbImportInput) -> Result<UsbImportView> {
        if app.is_sample() {
            return Err(Error::NotEnrolled);
        }
        let taken = match import(&app.store(), app.environment(), Path::new(input.path.trim())) {
            Ok(taken) => taken,
            Err(trouble) => {
                return Ok(UsbImportView {
                    files: Vec::new(),
                    problem: Some(problem(trouble)?),
                });
            }
        };
        if taken
            .iter()
            .any(|file| matches!(file.outcome, TakenOutcome::Receipt(_)))
        {
            app.announce(&["sessions", "sync", "state"]);
        }
        if taken.iter().any(|file| file.outcome == TakenOutcome::Carried) {
            app.with_engine(hocvu_sync::Engine::something_saved);
        }
        app.announce(&["usb"]);
        Ok(UsbImportView {
            files: taken.into_iter().map(mirror).collect(),
            problem: None,
        })
    }
}

/// `usb.receipts`
pub struct WriteReceipts;

impl Command for WriteReceipts {
    const NAME: &'static str = "usb.receipts";
    type Input = UsbReceiptsInput;
    type Output = UsbReceiptsView;

    fn run(app: &App, input: UsbReceiptsInput) -> Result<UsbReceiptsView> {
        let written = write_receipts(&app.store(), &Disk, Path::new(input.folder.trim()));
        app.announce(&["usb"]);
        Ok(match written {
            Ok(files) => UsbReceiptsView { files, problem: None },
            Err(trouble) => UsbReceiptsView {
                files: Vec::new(),
                problem: Some(problem(trouble)?),
            },
        })
    }
}

fn mirror(taken: Taken) -> UsbTaken {
    let Taken { name, outcome } = taken;
    let outcome = match outcome {
        TakenOutcome::Receipt(operations) => UsbOutcome::Receipt { operations },
        TakenOutcome::Carried => UsbOutcome::Carried,
        TakenOutcome::Known => UsbOutcome::Known,
        TakenOutcome::Own => UsbOutcome::Own,
        TakenOutcome::Problem(code) => UsbOutcome::Problem {
            problem: code.to_owned(),
        },
    };
    UsbTaken { name, outcome }
}
