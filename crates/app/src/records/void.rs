use hocvu_model::operation::Kind;

use crate::App;
use crate::command::Command;
use crate::contract::{CountView, VoidInput};
use crate::error::Result;
use crate::sessions;

/// `record.void`: never a deletion; the operation says why and can be taken back.
pub struct Void;

/// `record.restore`
pub struct Restore;

impl Command for Void {
    const NAME: &'static str = "record.void";
    type Input = VoidInput;
    type Output = CountView;

    fn run(app: &App, input: VoidInput) -> Result<CountView> {
        let count = sessions::append(app, &input, Kind::Void)?;
        app.recorded();
        Ok(count)
    }
}

impl Command for Restore {
    const NAME: &'static str = "record.restore";
    type Input = VoidInput;
    type Output = CountView;

    fn run(app: &App, input: VoidInput) -> Result<CountView> {
        let count = sessions::append(app, &input, Kind::Restore)?;
        app.recorded();
        Ok(count)
    }
}
