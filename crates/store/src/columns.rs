use hocvu_model::RecordId;
use hocvu_model::operation::{Kind, Operation};
use rusqlite::Row;
use serde_json::{Map, Value};

use crate::{Error, Result};

/// A text column without copying it.
pub(crate) fn text<'r>(row: &'r Row<'_>, index: usize) -> Result<&'r str> {
    Ok(row.get_ref(index)?.as_str().map_err(rusqlite::Error::from)?)
}

/// The body of a record: its own column, or what the operation in the other column set. See `record.body`.
pub(crate) fn body(row: &Row<'_>, body: usize, operation: usize) -> Result<Map<String, Value>> {
    let own = text(row, body)?;
    if !own.is_empty() {
        return Ok(serde_json::from_str(own)?);
    }
    let set = Operation::parse(text(row, operation)?)?.set;
    let set = set.ok_or_else(|| Error::Damaged("a record without a body".to_owned()))?;
    Ok(serde_json::from_str(set.get())?)
}

/// The record an operation is about; `None` for `open` and acts of an office.
pub(crate) fn record(row: &Row<'_>, index: usize) -> Result<Option<RecordId>> {
    let bytes: Option<[u8; 16]> = row.get(index)?;
    Ok(bytes.map(|bytes| RecordId(uuid::Uuid::from_bytes(bytes))))
}

/// What an operation does; `None` where nothing is said, or what only a later version knows.
pub(crate) fn kind(row: &Row<'_>, index: usize) -> Result<Option<Kind>> {
    let name: Option<String> = row.get(index)?;
    Ok(name.as_deref().and_then(Kind::parse))
}
