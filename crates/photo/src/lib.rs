//! Photos as evidence: any picture made small and anonymous on the device ([`reduce`]), and the centre's check that one
//! is ([`inspect`]).
//!
//! **Invariant:** bytes in, bytes out: no file, no clock, no randomness, and the same bytes for the same picture. What
//! leaves [`reduce`] holds pixels and nothing else: no place, no time, no camera, no thumbnail, no colour profile.

mod inspect;
#[cfg(feature = "reduce")]
mod reduce;

pub use inspect::{Flaw, Size, inspect};
#[cfg(feature = "reduce")]
pub use reduce::{BadPhoto, FILE_BYTES_MAX, PIXELS_MAX, reduce};
