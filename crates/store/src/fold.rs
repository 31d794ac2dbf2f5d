use std::borrow::Cow;

use hocvu_model::body::merge;
use hocvu_model::operation::{Kind, Operation};
use hocvu_model::{OperationId, RecordId, UnitUid};
use serde_json::{Map, Value};

use crate::{Error, RecordView, Result};

/// What an operation does to a record.
pub(crate) struct Step<'a> {
    pub id: OperationId,
    pub kind: Kind,
    pub record: RecordId,
    pub record_type: Cow<'a, str>,
    pub unit: UnitUid,
    pub set: Option<Cow<'a, Map<String, Value>>>,
    pub void: Option<bool>,
}

impl<'a> Step<'a> {
    /// Reads the step from an operation's text.
    pub fn read(id: OperationId, text: &'a str) -> Result<Self> {
        let operation = Operation::parse(text)?;
        let set = operation.set.map(|set| serde_json::from_str(set.get())).transpose()?;
        Ok(Self {
            id,
            kind: operation.k,
            record: operation.id.ok_or_else(|| missing(id, "record"))?,
            record_type: operation.t,
            unit: operation.unit.ok_or_else(|| missing(id, "unit"))?,
            set: set.map(Cow::Owned),
            void: operation.void,
        })
    }

    /// The record after this step. Purely a function of its arguments: the view is a fold of steps over the shadow.
    pub fn apply(self, before: Option<RecordView>) -> RecordView {
        let mut view = before.unwrap_or_else(|| RecordView {
            id: self.record,
            record_type: self.record_type.into_owned(),
            unit: self.unit.clone(),
            body: Map::new(),
            void: false,
            head: self.id,
        });
        if let Some(set) = &self.set {
            view.body = merge(&view.body, set);
        }
        view.void = self.kind.void_after(view.void, self.void);
        view.unit = self.unit;
        view.head = self.id;
        view
    }
}

fn missing(id: OperationId, what: &str) -> Error {
    Error::Damaged(format!("operation {id} names no {what}"))
}
