//! Bundles at the centre: what came by USB, chat or relay goes the very way of what came over the network.
//!
//! **Invariants:** a bundle is checked to its last byte before any of it is used (I17). Its frames go through the same
//! intake and desk as a request's, in portions no larger than one (I3, I19). The bundle's row is written last: until then
//! it was not taken, and taking it again is harmless.

mod receipt;
mod rows;
mod take;

pub use receipt::receipt_file;
pub use rows::{Known, by_content};
pub use take::{Desks, Took, take};
