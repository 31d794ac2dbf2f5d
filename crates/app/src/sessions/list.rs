use hocvu_model::UnitUid;
use hocvu_model::unit::{Boundaries, UnitBook};
use hocvu_store::{Query, Status as StoreStatus};

use crate::App;
use crate::boundaries::{self, Shown};
use crate::command::Command;
use crate::contract::{ListInput, ListView, SessionRow, Status, Totals, UnitOption};
use crate::error::Result;
use crate::form::date_view;

/// Rows of one page at most.
const PAGE_MAX: u32 = 500;

/// `session.list`
pub struct List;

impl Command for List {
    const NAME: &'static str = "session.list";
    type Input = ListInput;
    type Output = ListView;

    fn run(app: &App, input: ListInput) -> Result<ListView> {
        let ListInput {
            text,
            month,
            unit,
            boundaries,
            topic,
            status,
            with_warnings,
            voided,
            oldest_first,
            offset,
            limit,
        } = input;
        let book = app.units();
        let named = boundaries::named(&boundaries)?;
        let used = app.store().read(|read| read.units_used())?;
        let among = named
            .filter(|_| !unit.is_empty())
            .map(|named| boundaries::taken_in(&book, &used, &unit, named));
        let some = |text: String| (!text.is_empty()).then_some(text);
        let query = Query {
            also_named: named_otherwise(&book, &used, &text, named),
            text,
            month: some(month),
            unit: some(unit.clone()).map(UnitUid).filter(|_| among.is_none()),
            among,
            topic: some(topic),
            status: status.map(to_store),
            with_warnings,
            void: voided,
            oldest_first,
            offset,
            limit: limit.min(PAGE_MAX),
        };
        let (page, months) = app.store().read(|read| Ok((read.sessions(&query)?, read.months()?)))?;
        let choices = boundaries::choices(&book, &used, &unit, named);
        let mut units: Vec<UnitOption> = choices.into_iter().map(|uid| option(&book, uid)).collect();
        units.sort_by(|a, b| hocvu_model::text::compare(&a.name, &b.name));
        let shown = named.unwrap_or(Boundaries::AsWas);
        Ok(ListView {
            rows: page.rows.into_iter().map(|one| row(&book, one, shown)).collect(),
            totals: totals(page.totals),
            months,
            units,
        })
    }
}

/// Names a search also finds units by: as they are now, what stands for them today.
fn named_otherwise(book: &UnitBook, used: &[UnitUid], text: &str, named: Option<Boundaries>) -> Vec<(UnitUid, String)> {
    if text.is_empty() || named != Some(Boundaries::AsIsNow) {
        return Vec::new();
    }
    let followed = used.iter().filter(|uid| book.current(uid) != *uid);
    followed
        .map(|uid| (uid.clone(), boundaries::name_now(book, uid)))
        .collect()
}

fn option(book: &UnitBook, uid: UnitUid) -> UnitOption {
    let unit = book.get(uid.as_str());
    let parent = unit.and_then(|unit| unit.parent.as_ref());
    let parent = parent.and_then(|parent| book.get(parent.as_str()));
    UnitOption {
        name: unit.map_or_else(|| uid.to_string(), |unit| unit.name.clone()),
        parent_name: parent.map(|parent| parent.name.clone()),
        uid: uid.0,
    }
}

/// A row for a screen, its unit called what it is called in these boundaries.
pub(crate) fn row(book: &UnitBook, row: hocvu_store::SessionRow, boundaries: Boundaries) -> SessionRow {
    let Shown { name, then, now } = boundaries::shown(book, &row.unit, boundaries);
    let hocvu_store::SessionRow {
        id,
        date,
        unit,
        unit_name: _,
        topics,
        venue,
        attended,
        female,
        status,
        warnings,
        void,
    } = row;
    SessionRow {
        id: id.to_string(),
        date: date_view(date.unwrap_or_default()),
        unit: unit.0,
        unit_name: name,
        unit_then: then,
        unit_now: now,
        topics,
        venue,
        attended,
        female,
        status: from_store(status),
        warnings,
        voided: void,
    }
}

/// Totals for a screen.
pub(crate) fn totals(totals: hocvu_store::Totals) -> Totals {
    let hocvu_store::Totals {
        sessions,
        attended,
        female,
    } = totals;
    Totals {
        sessions,
        attended,
        female,
    }
}

pub(crate) fn from_store(status: StoreStatus) -> Status {
    match status {
        StoreStatus::Waiting => Status::Waiting,
        StoreStatus::Sending => Status::Sending,
        StoreStatus::Sent => Status::Sent,
        StoreStatus::Refused => Status::Refused,
        StoreStatus::Held => Status::Held,
        StoreStatus::Conflicted => Status::Conflicted,
    }
}

fn to_store(status: Status) -> StoreStatus {
    match status {
        Status::Waiting => StoreStatus::Waiting,
        Status::Sending => StoreStatus::Sending,
        Status::Sent => StoreStatus::Sent,
        Status::Refused => StoreStatus::Refused,
        Status::Held => StoreStatus::Held,
        Status::Conflicted => StoreStatus::Conflicted,
    }
}
