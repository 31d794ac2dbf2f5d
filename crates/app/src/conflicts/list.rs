use hocvu_model::RecordId;

use super::history::People;
use crate::App;
use crate::command::Command;
use crate::contract::{ConflictListView, ConflictRow, NoInput};
use crate::error::Result;
use crate::sessions;

/// More than anybody settles in a day; the status bar says how many there are in all.
const LISTED_MAX: u32 = 200;

/// `conflict.list`
pub struct List;

impl Command for List {
    const NAME: &'static str = "conflict.list";
    type Input = NoInput;
    type Output = ConflictListView;

    fn run(app: &App, _: NoInput) -> Result<ConflictListView> {
        let rows = app.store().read(|read| {
            let people = People::read(read)?;
            let mut rows = Vec::new();
            for id in read.conflicts(0, LISTED_MAX)?.0 {
                let (Some(detail), Some(conflict)) = (read.session(id)?, read.conflict(id)?) else {
                    continue;
                };
                let versions = conflict.head.into_iter().chain(conflict.branches);
                rows.push((detail.row, versions.map(|version| people.name(&version.by)).collect()));
            }
            Ok(rows)
        })?;
        let row = |(row, by)| ConflictRow {
            row: sessions::row(row),
            by,
        };
        Ok(ConflictListView {
            rows: rows.into_iter().map(row).collect(),
        })
    }
}

/// How many there are, and the one after this.
pub fn around(app: &App, id: RecordId) -> Result<(u32, Option<RecordId>)> {
    let (ids, total) = app.store().read(|read| read.conflicts(0, LISTED_MAX))?;
    let at = ids.iter().position(|one| *one == id);
    let others = ids.iter().cycle().skip(at.map_or(0, |at| at + 1)).take(ids.len());
    Ok((total, others.copied().find(|one| *one != id)))
}
