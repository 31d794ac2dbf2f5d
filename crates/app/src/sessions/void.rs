use hocvu_model::operation::Kind;
use hocvu_store::Append;

use super::record_id;
use crate::App;
use crate::command::Command;
use crate::contract::{CountView, VoidInput};
use crate::error::Result;

/// `session.void`: never a deletion; the operation says why and can be taken back.
pub struct Void;

/// `session.restore`
pub struct Restore;

impl Command for Void {
    const NAME: &'static str = "session.void";
    type Input = VoidInput;
    type Output = CountView;

    fn run(app: &App, input: VoidInput) -> Result<CountView> {
        append(app, &input, Kind::Void)
    }
}

impl Command for Restore {
    const NAME: &'static str = "session.restore";
    type Input = VoidInput;
    type Output = CountView;

    fn run(app: &App, input: VoidInput) -> Result<CountView> {
        append(app, &input, Kind::Restore)
    }
}

/// One transaction for all; records that stand so already are passed over.
pub(crate) fn append(app: &App, input: &VoidInput, kind: Kind) -> Result<CountView> {
    let ids = input.ids.iter().map(|id| record_id(id)).collect::<Result<Vec<_>>>()?;
    let reason = hocvu_model::text::tidy(&input.reason);
    let reason = if reason.is_empty() { None } else { Some(reason.as_str()) };
    let count = app.store().write(|tx| {
        let mut count = 0;
        for id in ids {
            let record = tx.record(id)?.ok_or(hocvu_store::Error::NotFound("record"))?;
            if record.void == (kind == Kind::Void) {
                continue;
            }
            tx.append(&Append {
                record: id,
                kind,
                record_type: &record.record_type,
                schema_version: crate::records::schema_version(&record.record_type),
                unit: &record.unit,
                set: None,
                reason,
                void: None,
                supersedes: &[],
                at: app.environment().unix(),
                findings: &[],
            })?;
            count += 1;
        }
        Ok(count)
    })?;
    app.saved();
    Ok(CountView { count })
}
