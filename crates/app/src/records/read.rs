use std::collections::BTreeMap;

use hocvu_model::UnitUid;
use hocvu_model::unit::{Boundaries, UnitBook};
use hocvu_store::ListedRecord;
use serde_json::{Map, Value};

use super::{id_of, kind_of};
use crate::boundaries::{self, Shown};
use crate::command::Command;
use crate::conflicts::People;
use crate::contract::{RecordForm, RecordId as IdInput, RecordListInput, RecordListView, RecordView};
use crate::error::{Error, Result};
use crate::sessions::from_store;
use crate::{App, system};

/// `record.list`: every living record of a kind, of one unit or of all this machine sees, in the boundaries asked for.
pub struct List;

/// `record.read`: one record as a form.
pub struct Read;

impl Command for List {
    const NAME: &'static str = "record.list";
    type Input = RecordListInput;
    type Output = RecordListView;

    fn run(app: &App, input: RecordListInput) -> Result<RecordListView> {
        let kind = kind_of(&input.kind)?;
        let named = boundaries::named(input.boundaries.as_deref().unwrap_or_default())?;
        let book = app.units();
        let (records, people) = app.store().read(|read| {
            let among = match (&input.unit, named) {
                (None, _) => None,
                (Some(unit), None) => Some(vec![UnitUid(unit.clone())]),
                (Some(unit), Some(named)) => Some(boundaries::taken_in(&book, &read.units_with(kind)?, unit, named)),
            };
            Ok((read.records_of(kind, among.as_deref())?, People::read(read)?))
        })?;
        let view = |record| view(&book, &people, record, named.unwrap_or(Boundaries::AsWas));
        Ok(RecordListView {
            records: records.into_iter().map(view).collect(),
        })
    }
}

impl Command for Read {
    const NAME: &'static str = "record.read";
    type Input = IdInput;
    type Output = RecordView;

    fn run(app: &App, input: IdInput) -> Result<RecordView> {
        let id = id_of(&input.id)?;
        let (found, people) = app
            .store()
            .read(|read| Ok((read.listed_record(id)?, People::read(read)?)))?;
        let found = found.ok_or(Error::NotFound)?;
        Ok(view(&app.units(), &people, found, Boundaries::AsWas))
    }
}

fn view(book: &UnitBook, people: &People, record: ListedRecord, boundaries: Boundaries) -> RecordView {
    let ListedRecord { view, status, by, at } = record;
    let Shown { name, then, now } = boundaries::shown(book, &view.unit, boundaries);
    RecordView {
        unit_name: name,
        unit_then: then,
        unit_now: now,
        status: from_store(status),
        void: view.void,
        by: people.name(&by),
        at: system::from_unix(at),
        form: RecordForm {
            fields: fields(&view.body),
            kind: view.record_type,
            id: Some(view.id.to_string()),
            unit: view.unit.0,
        },
    }
}

/// A stored body as the fields of a form: counts with their dots, dates as people read them.
pub(crate) fn fields(body: &Map<String, Value>) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => text
            .parse()
            .map_or_else(|_| text.clone(), hocvu_model::input::date::format),
        Value::Number(number) => match number.as_u64() {
            Some(count) => hocvu_model::input::integer::format(count),
            None => number.to_string(),
        },
        other => other.to_string(),
    };
    body.iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key.clone(), text(value)))
        .collect()
}
