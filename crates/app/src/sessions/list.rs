use hocvu_model::UnitUid;
use hocvu_model::unit::Boundaries;
use hocvu_store::{Query, Status as StoreStatus};

use crate::App;
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
        let among = match boundaries.as_str() {
            "as_was" => Some(Boundaries::AsWas),
            "as_is_now" => Some(Boundaries::AsIsNow),
            _ => None,
        }
        .filter(|_| !unit.is_empty());
        let used = app.store().read(|read| read.units_used())?;
        let among = among.map(|boundaries| {
            let within = used
                .iter()
                .filter(|uid| book.is_within(uid.as_str(), &unit, boundaries));
            within.cloned().collect::<Vec<UnitUid>>()
        });
        let some = |text: String| (!text.is_empty()).then_some(text);
        let query = Query {
            text,
            month: some(month),
            unit: some(unit).map(UnitUid).filter(|_| among.is_none()),
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
        let mut units: Vec<UnitOption> = used
            .into_iter()
            .map(|uid| {
                let unit = book.get(uid.as_str());
                let parent = unit
                    .and_then(|unit| unit.parent.as_ref())
                    .and_then(|parent| book.get(parent.as_str()));
                UnitOption {
                    name: unit.map_or_else(|| uid.to_string(), |unit| unit.name.clone()),
                    parent_name: parent.map(|parent| parent.name.clone()),
                    uid: uid.0,
                }
            })
            .collect();
        units.sort_by(|a, b| hocvu_model::text::compare(&a.name, &b.name));
        Ok(ListView {
            rows: page.rows.into_iter().map(row).collect(),
            totals: totals(page.totals),
            months,
            units,
        })
    }
}

/// A row for a screen.
pub(crate) fn row(row: hocvu_store::SessionRow) -> SessionRow {
    let hocvu_store::SessionRow {
        id,
        date,
        unit,
        unit_name,
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
        unit_name,
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
