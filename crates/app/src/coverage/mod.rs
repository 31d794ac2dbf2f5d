//! Figures of coverage as a grid: classes, grades or groups down, measures across. Each cell is a record of its own.

mod grid;
mod rows;
mod save;

use hocvu_model::pasted;

pub use grid::Grid;
pub use save::Save;

use crate::App;
use crate::command::Command;
use crate::contract::{CoveragePasteInput, CoveragePasteView, CoveragePasted};
use crate::error::Result;

/// `coverage.paste`: takes a block from a spreadsheet apart, as every screen must do it alike.
pub struct Paste;

impl Command for Paste {
    const NAME: &'static str = "coverage.paste";
    type Input = CoveragePasteInput;
    type Output = CoveragePasteView;

    fn run(_: &App, input: CoveragePasteInput) -> Result<CoveragePasteView> {
        let rows = pasted::block(&input.text).rows.into_iter();
        let row = |pasted::PastedRow { class, cells }| CoveragePasted { class, cells };
        Ok(CoveragePasteView {
            rows: rows.map(row).collect(),
        })
    }
}
