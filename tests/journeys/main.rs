//! Devices and a centre in one process, over real HTTP and real SQLite files: what users rely on from end to end.

mod bad_input;
mod boundaries;
mod bundles;
mod canary;
mod conflicts;
mod coverage;
mod deliveries;
mod engine;
mod enrolment;
mod forks;
mod import;
mod merger;
mod office;
mod offline;
mod photos;
mod poor_line;
mod progress;
mod records;
mod restored;
mod spreadsheets;
mod tls;
mod two_way;
mod unit_imports;
mod units;
mod wire_bytes;

/// A day in the middle of the plan.
const NOW: &str = "2025-11-22T08:00:00+07:00";
