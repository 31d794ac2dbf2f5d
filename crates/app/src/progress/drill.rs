use std::collections::HashMap;

use hocvu_model::input::date;
use hocvu_model::progress::Book;
use hocvu_model::{RecordId, UnitUid};
use hocvu_store::{FigureFilter, FigureRow};

use super::{boundaries, day, facts, flows, plan, scopes};
use crate::App;
use crate::boundaries::shown;
use crate::command::Command;
use crate::contract::{DrillInput, DrillRecord, DrillView};
use crate::error::{Error, Result};
use crate::office;
use crate::sessions::{self, from_store};

const SESSIONS_MAX: u32 = 500;

/// `progress.drill`
pub struct Drill;

impl Command for Drill {
    const NAME: &'static str = "progress.drill";
    type Input = DrillInput;
    type Output = DrillView;

    fn run(app: &App, input: DrillInput) -> Result<DrillView> {
        let as_of = day(app, "as_of", &input.as_of, app.today())?;
        let unit = scopes::chosen(app, &input.unit)?;
        let boundaries = boundaries(&input.boundaries)?;
        let indicator = plan().indicator(&input.code).ok_or(Error::NotFound)?;
        let groups: Vec<&str> = indicator.target_groups.iter().map(|group| group.as_str()).collect();
        let units = app.units();
        let (rows, sources, page) = app.store().read(|read| {
            let facts = facts(read, as_of, flows(read.flows(None, as_of)?))?;
            let book = Book::new(&units, &facts, boundaries, as_of);
            let within = book.recorded_within(unit.as_str());
            let wanted = book.records(indicator, unit.as_str());
            let all = read.figures(&FigureFilter {
                until: Some(as_of),
                ..FigureFilter::default()
            })?;
            let mut known: HashMap<RecordId, FigureRow> = all.into_iter().map(|row| (row.id, row)).collect();
            let rows: Vec<FigureRow> = wanted.iter().filter_map(|id| known.remove(id)).collect();
            let mut sources = Vec::new();
            for row in &rows {
                let record = read.record(row.id)?;
                let source = record.and_then(|record| record.body.get("source")?.as_str().map(str::to_owned));
                sources.push(source.unwrap_or_default());
            }
            let limit = input.limit.min(SESSIONS_MAX);
            let page = read.sessions_of(&within, &groups, as_of, input.offset, limit)?;
            Ok((rows, sources, page))
        })?;
        let name = |uid: &UnitUid| shown(&units, uid, boundaries).name;
        let record = |(row, source): (FigureRow, String)| DrillRecord {
            id: row.id.to_string(),
            kind: row.kind.as_str().to_owned(),
            unit_name: name(&row.unit),
            group: row.target_group,
            part: match (row.class, row.grade) {
                (Some(class), _) => class,
                (None, Some(grade)) => grade.to_string(),
                (None, None) => String::new(),
            },
            numerator: row.numerator,
            population: row.population,
            excluded: row.excluded,
            as_of: row.as_of.map(date::format).unwrap_or_default(),
            basis: row.basis,
            source,
            status: from_store(row.status),
        };
        let sessions = page.0.into_iter().map(|row| sessions::row(&units, row, boundaries));
        Ok(DrillView {
            name: office::name(app, unit.as_str()),
            records: rows.into_iter().zip(sources).map(record).collect(),
            sessions: sessions.collect(),
            total: page.1,
        })
    }
}
