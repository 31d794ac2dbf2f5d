use std::collections::BTreeMap;

use hocvu_store::Status;
use serde_json::{Map, Value};

use super::{id_of, kind_of};
use crate::App;
use crate::command::Command;
use crate::contract::{RecordForm, RecordId as IdInput, RecordListInput, RecordListView, RecordView};
use crate::error::{Error, Result};
use crate::sessions::from_store;

/// `record.list`: every living record of a kind, of one unit or of all this machine sees.
pub struct List;

/// `record.read`: one record as a form.
pub struct Read;

impl Command for List {
    const NAME: &'static str = "record.list";
    type Input = RecordListInput;
    type Output = RecordListView;

    fn run(app: &App, input: RecordListInput) -> Result<RecordListView> {
        let kind = kind_of(&input.kind)?;
        let records = app.store().read(|read| read.records_of(kind, input.unit.as_deref()))?;
        Ok(RecordListView {
            records: records.into_iter().map(|(record, at)| view(app, &record, at)).collect(),
        })
    }
}

impl Command for Read {
    const NAME: &'static str = "record.read";
    type Input = IdInput;
    type Output = RecordView;

    fn run(app: &App, input: IdInput) -> Result<RecordView> {
        let id = id_of(&input.id)?;
        let found = app
            .store()
            .read(|read| Ok((read.record(id)?, read.record_status(id)?)))?;
        let (Some(record), Some(status)) = found else {
            return Err(Error::NotFound);
        };
        Ok(view(app, &record, status))
    }
}

fn view(app: &App, record: &hocvu_store::RecordView, at: Status) -> RecordView {
    RecordView {
        unit_name: app
            .units()
            .get(record.unit.as_str())
            .map_or_else(|| record.unit.to_string(), |unit| unit.name.clone()),
        status: from_store(at),
        void: record.void,
        form: RecordForm {
            kind: record.record_type.clone(),
            id: Some(record.id.to_string()),
            unit: record.unit.to_string(),
            fields: fields(&record.body),
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
