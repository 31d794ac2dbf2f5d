//! The domain of Sổ Học Vụ Số: records, code lists, validation, units, indicators, periods, Vietnamese text.
//!
//! **Invariant:** no I/O, no clock, no randomness, no async, no SQL. Callers pass today's date and new ids in. Every rule
//! about what a figure may be lives here once; entry form, command line, import and centre all call it.

pub mod body;
pub mod codes;
pub mod comment;
pub mod concurrent;
pub mod coverage;
pub mod finding;
pub mod groups;
pub mod ids;
pub mod input;
pub mod legacy;
pub mod operation;
pub mod pasted;
pub mod period;
pub mod period_report;
pub mod plan;
#[cfg(feature = "planted")]
pub mod planted;
pub mod population;
pub mod progress;
pub mod rate;
pub mod raw;
mod reader;
pub mod record;
pub mod role;
pub mod school_year;
pub mod session;
pub mod team;
pub mod text;
pub mod unit;
pub mod wording;

pub use finding::{Finding, FindingCode, Severity};
pub use ids::{LogId, OperationId, RecordId, UnitUid};
pub use record::RecordKind;
pub use role::Role;
