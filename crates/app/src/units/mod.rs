//! Units made by people: the tree, making and revising them, one by one or many at once, and what becomes of them by law.
//!
//! Each is one act of an office ([`hocvu_model::operation::Kind::Succeed`]). What it says holds on this machine at once;
//! the centre judges whether the office may.

mod edit;
mod list;
mod proof;
mod read;
mod succeed;

pub use edit::{Create, CreateMany, Edit};
pub(crate) use edit::{acts_that_make, may_make};
pub use list::{List, ReadTree};
pub use succeed::{Preview, Succeed};
