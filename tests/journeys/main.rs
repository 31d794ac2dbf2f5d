//! Devices and a centre in one process, over real HTTP and real SQLite files: what users rely on from end to end.

mod bad_input;
mod deliveries;
mod engine;
mod enrolment;
mod import;
mod offline;
mod photos;
mod records;
mod wire_bytes;

/// A day in the middle of the plan.
const NOW: &str = "2025-11-22T08:00:00+07:00";
