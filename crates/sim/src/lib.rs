//! A whole deployment in one process and one line of time: real devices, a real centre, and everything around them
//! failing on purpose.
//!
//! **Invariant:** one seed is one run. Time, randomness, disks and links come from the seed; nothing here asks the system.

pub mod dice;
pub mod vfs;

pub use dice::Dice;
