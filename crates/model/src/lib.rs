//! The domain of Sổ Học Vụ Số: records, code lists, validation, units, indicators, periods, Vietnamese text.
//!
//! **Invariant:** no I/O, no clock, no randomness, no async, no SQL. Callers pass today's date and new ids in. Every rule
//! about what a figure may be lives here once; entry form, command line, import and centre all call it.

pub mod codes;
pub mod finding;
pub mod ids;
pub mod input;
pub mod operation;
pub mod period;
pub mod plan;
#[cfg(feature = "planted")]
pub mod planted;
pub mod role;
pub mod session;
pub mod text;
pub mod unit;
pub mod wording;

pub use finding::{Finding, FindingCode, Severity};
pub use ids::{LogId, OperationId, RecordId, UnitUid};
pub use role::Role;
