use hocvu_model::RecordId;
use hocvu_model::unit::Boundaries;

use super::history::People;
use super::plain;
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
        let book = app.units();
        let rows = app.store().read(|read| {
            let people = People::read(read)?;
            let mut rows = Vec::new();
            for id in read.conflicts(0, LISTED_MAX)?.0 {
                let Some(conflict) = read.conflict(id)? else { continue };
                let (row, record) = match read.session(id)? {
                    Some(detail) => (sessions::row(&book, detail.row, Boundaries::AsIsNow), None),
                    None => match plain::row(app, read, id)? {
                        Some((row, record)) => (row, Some(record)),
                        None => continue,
                    },
                };
                let versions = conflict.head.into_iter().chain(conflict.branches);
                rows.push(ConflictRow {
                    row,
                    record,
                    by: versions.map(|version| people.name(&version.by)).collect(),
                });
            }
            Ok(rows)
        })?;
        Ok(ConflictListView { rows })
    }
}

/// How many there are, and the one after this.
pub fn around(app: &App, id: RecordId) -> Result<(u32, Option<RecordId>)> {
    let (ids, total) = app.store().read(|read| read.conflicts(0, LISTED_MAX))?;
    let at = ids.iter().position(|one| *one == id);
    let others = ids.iter().cycle().skip(at.map_or(0, |at| at + 1)).take(ids.len());
    Ok((total, others.copied().find(|one| *one != id)))
}
