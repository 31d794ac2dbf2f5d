use chrono::Datelike;
use hocvu_model::progress::Asked;

use super::{boundaries, day, facts, flows, period, plan, scopes};
use crate::App;
use crate::command::Command;
use crate::contract::{ProgressInput, ProgressView};
use crate::error::{Error, Result};

/// `progress.read`
pub struct Read;

impl Command for Read {
    const NAME: &'static str = "progress.read";
    type Input = ProgressInput;
    type Output = ProgressView;

    fn run(app: &App, input: ProgressInput) -> Result<ProgressView> {
        let as_of = day(app, "as_of", &input.as_of, app.today())?;
        let unit = scopes::chosen(app, &input.unit)?;
        let years = plan().years();
        let year = match input.year {
            0 => as_of.year(),
            year => year,
        };
        let ends = |year: Option<&i32>| *year.unwrap_or(&as_of.year());
        let asked = Asked {
            plan: plan(),
            year: year.clamp(ends(years.first()), ends(years.last())),
            unit: unit.as_str(),
            code: &input.code,
            as_of,
            boundaries: boundaries(&input.boundaries)?,
            period: period(
                &input.regime,
                &input.span,
                day(app, "campaign_start", &input.campaign_start, as_of)?,
                as_of,
            )?,
        };
        let units = app.units();
        roll_up(app)?;
        let answer = app.store().read(|read| {
            let windows = asked.windows().map(|(from, to)| (Some(from), to));
            let wanted = [&[(None, as_of)], windows.as_slice()].concat();
            let mut summed = read.flows_in(&wanted)?.into_iter();
            let mut next = || flows(summed.next().unwrap_or_default());
            let facts = facts(read, as_of, next())?;
            Ok(asked.answer(&units, &facts, &[next(), next(), next()]))
        })?;
        answer.map(ProgressView::from).ok_or(Error::NotFound)
    }
}

/// Rolls up what was saved or came since the last time, when it is much. A full disk keeps nobody from reading: what waits
/// is summed as it is.
fn roll_up(app: &App) -> Result<()> {
    if app.store().read(|read| read.roll_up_is_due())? {
        match app.store().write(|tx| tx.roll_up()) {
            Ok(()) | Err(hocvu_store::Error::Disk(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(())
}
