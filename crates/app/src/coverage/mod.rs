//! Coverage as a grid: every class of a school, or every group of another unit, on one day.

mod grid;
mod save;

pub use grid::Grid;
pub use save::Save;
