use hocvu_model::operation::Kind;
use hocvu_model::record::Record;
use hocvu_model::{OperationId, RecordId};
use hocvu_store::{Append, Result, Write};

/// Appends a record as a machine's own screens would, past their comparisons; `at` is its author's clock, seconds since 1970.
///
/// # Errors
/// The machine has no identity; writing failed.
pub fn append(tx: &Write<'_>, id: RecordId, record: &Record, at: i64) -> Result<OperationId> {
    tx.append(&Append {
        record: id,
        kind: Kind::Put,
        record_type: record.kind().as_str(),
        schema_version: record.kind().schema_version(),
        unit: record.unit(),
        set: Some(&record.body()),
        reason: None,
        void: None,
        supersedes: &[],
        at,
        findings: &[],
    })
}
