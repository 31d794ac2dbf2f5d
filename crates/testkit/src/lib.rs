//! Development only: devices and a centre in one process, a link that can be broken on purpose, workloads.

mod append;
mod central;
mod device;
mod link;
mod metered;
mod picture;
pub mod proxy;
pub mod sample;
mod time;
mod workload;

pub use append::append;
pub use central::{TestCentral, TestWorld};
pub use device::{Device, Sessions};
pub use link::{Fault, FaultyLink, Meter};
pub use metered::upload_bytes;
pub use picture::{PICTURE_CANARY, picture};
pub use time::FakeTime;
pub use workload::{Workload, count_line, form, record_form};
