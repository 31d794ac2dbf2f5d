//! Drives the built programs from outside, as a person would: the real app through WebDriver on a display of its own, the
//! centre and the command line as processes.
//!
//! **Invariants:** whatever is started here is ended here, also when a test panics. Nothing waits for time, only for
//! conditions with a limit.

pub mod centre;
pub mod crash;
pub mod desktop;
mod device;
mod display;
pub mod flows;
pub mod office;
mod places;
mod process;
pub mod screen;
mod trouble;
mod webdriver;

pub use centre::Centre;
pub use desktop::Desktop;
pub use device::Device;
pub use places::{Folder, axe_source, binary, results};
pub use process::{Running, bound, free_port};
pub use screen::Screen;
pub use trouble::{Outcome, Trouble, until};
