//! Disks in memory that keep apart what was written and what was synced, under SQLite's own calls.
//!
//! SQLite is not changed: a file system is registered as its default, and takes every path below [`ROOT`]. All other paths
//! go to the system's.

mod disk;
mod ffi;
mod image;
mod locks;

pub use disk::{Call, Disk, Failure, Plan, Stats};

/// Paths below this are on simulated disks: `/hocvu-sim/<disk>/<file>`.
pub const ROOT: &str = "/hocvu-sim/";
