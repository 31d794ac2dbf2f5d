//! Development only: devices and a centre in one process, a link that can be broken on purpose, workloads.

mod central;
mod device;
mod link;
mod metered;
mod time;
mod workload;

pub use central::TestCentral;
pub use device::{Device, Sessions};
pub use link::{Fault, FaultyLink, Meter};
pub use metered::upload_bytes;
pub use time::FakeTime;
pub use workload::{Workload, count_line, form};
