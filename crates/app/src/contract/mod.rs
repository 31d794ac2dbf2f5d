//! What crosses the bridge between a screen and the use cases: plain mirrors, written to TypeScript by `cargo xtask codegen`.
//!
//! These types may change in any commit, since the screens and the shell ship together. Counts and dates travel to the
//! use cases **as typed** (text): the rules that read them live once, in `hocvu-model`.

mod conflict;
mod coverage;
mod enrol;
mod error;
mod finding;
mod form;
mod import;
mod list;
mod lists;
mod office;
mod photo;
mod progress;
mod record;
mod settings;
mod state;
mod sync;
pub mod typescript;
mod unit;
mod unsaved;
mod usb;

pub use conflict::*;
pub use coverage::*;
pub use enrol::*;
pub use error::*;
pub use finding::*;
pub use form::*;
pub use import::*;
pub use list::*;
pub use lists::*;
pub use office::*;
pub use photo::*;
pub use progress::*;
pub use record::*;
pub use settings::*;
pub use state::*;
pub use sync::*;
pub use unit::*;
pub use unsaved::*;
pub use usb::*;
