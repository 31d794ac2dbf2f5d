//! The start page. A row is about one act and nobody chooses boundaries here: units are called what they are called today, since
//! that is where somebody who is to mend it looks.

use hocvu_model::period::ReportMonth;
use hocvu_model::unit::Boundaries;
use hocvu_store::{Status, Tab};

use crate::App;
use crate::command::Command;
use crate::contract::{NoInput, TodayView};
use crate::error::Result;
use crate::form::date_view;
use crate::{drafts, sessions, sync};

const RECENT: u32 = 5;
const REFUSED: u32 = 20;
/// Sessions are among them; more than that are listed by the sync screen.
const ATTENTION: u32 = 200;

/// `today.read`
pub struct ReadToday;

impl Command for ReadToday {
    const NAME: &'static str = "today.read";
    type Input = NoInput;
    type Output = TodayView;

    fn run(app: &App, _: NoInput) -> Result<TodayView> {
        let today = app.today();
        let book = app.units();
        let row = |row| sessions::row(&book, row, Boundaries::AsIsNow);
        let month = ReportMonth::of(today);
        let (first, last) = month.window();
        let (recent, refused, attention, this_month, last_month) = app.store().read(|read| {
            let to_look_at = [Status::Refused, Status::Conflicted, Status::Held];
            Ok((
                read.recent(RECENT)?,
                read.by_status(&to_look_at, REFUSED)?,
                read.list(Tab::Attention, 0, ATTENTION)?.0,
                read.month_totals(&month.label())?,
                read.month_totals(&month.previous().label())?,
            ))
        })?;
        Ok(TodayView {
            today: date_view(today),
            drafts: drafts::rows(app)?,
            refused: refused.into_iter().map(row).collect(),
            others: attention
                .iter()
                .map(|operation| sync::row(app, operation))
                .filter(|row| row.record.is_some())
                .collect(),
            recent: recent.into_iter().map(row).collect(),
            month: month.label(),
            month_window: (first.to_string(), last.to_string()),
            this_month: sessions::totals(this_month),
            last_month: sessions::totals(last_month),
        })
    }
}
