use chrono::NaiveDate;
use hocvu_model::record::RecordKind;
use hocvu_model::{RecordId, UnitUid};
use rusqlite::{Params, Row, params};

use crate::index::FigureIndex;
use crate::records::{NewView, Standing};
use crate::sessions::{date, day_number};
use crate::{Read, RecordView, Result, Status, Write, columns};

/// A figure of coverage or a population as the index holds it. A stock: of those that are the same but for their day, the
/// latest holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureRow {
    /// The record.
    pub id: RecordId,
    /// [`RecordKind::Coverage`] or [`RecordKind::Population`].
    pub kind: RecordKind,
    /// The unit it speaks for.
    pub unit: UnitUid,
    /// Code of the target group.
    pub target_group: String,
    /// Code of the criterion; empty for a population.
    pub measure: String,
    /// Grade 1–12, where it speaks of one.
    pub grade: Option<u8>,
    /// The class, where it speaks of one.
    pub class: Option<String>,
    /// The day it was true; `None` when the body has none.
    pub as_of: Option<NaiveDate>,
    /// `2025-2026`, for pupils and students.
    pub school_year: Option<String>,
    /// Persons who meet the criterion; `None` for a population.
    pub numerator: Option<u32>,
    /// Persons there are.
    pub population: Option<u32>,
    /// Persons the target does not ask for.
    pub excluded: Option<u32>,
    /// Kind of evidence, or basis of a population.
    pub basis: String,
    /// Where it stands.
    pub status: Status,
    /// Whether it was declared void.
    pub void: bool,
}

/// A record that is no session, as a list has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedRecord {
    /// The record.
    pub view: RecordView,
    /// Where it stands.
    pub status: Status,
    /// Who changed it last, as the centre names them.
    pub by: String,
    /// When, by that author's clock, seconds since 1970.
    pub at: i64,
}

/// Which figures are wanted; `None` is all.
#[derive(Debug, Clone, Default)]
pub struct FigureFilter<'a> {
    /// Only this kind.
    pub kind: Option<RecordKind>,
    /// Only of this very unit.
    pub unit: Option<&'a str>,
    /// Only of this group.
    pub target_group: Option<&'a str>,
    /// Only of this criterion.
    pub measure: Option<&'a str>,
    /// Only those that were true on or before that day.
    pub until: Option<NaiveDate>,
    /// Also those declared void.
    pub with_void: bool,
}

/// The columns of a [`FigureRow`], in its order.
const COLUMNS: &str =
    "r.id, f.kind, f.unit, f.target_group, f.measure, f.grade, f.class, f.day, f.school_year, f.numerator,
    f.population, f.excluded, f.basis, f.state, f.void";

impl Read<'_> {
    /// Figures and populations, oldest first.
    ///
    /// # Errors
    /// Reading failed.
    pub fn figures(&self, filter: &FigureFilter<'_>) -> Result<Vec<FigureRow>> {
        let FigureFilter {
            kind,
            unit,
            target_group,
            measure,
            until,
            with_void,
        } = filter;
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM figure f JOIN record r ON r.number = f.number
             WHERE (?1 IS NULL OR f.kind = ?1) AND (?2 IS NULL OR f.unit = ?2) AND (?3 IS NULL OR f.target_group = ?3)
               AND (?4 IS NULL OR f.measure = ?4) AND (?5 IS NULL OR f.day <= ?5) AND (?6 OR f.void = 0)
             ORDER BY f.day, f.number"
        ))?;
        let kind = kind.map(RecordKind::as_str);
        let mut rows = statement.query(params![
            kind,
            unit,
            target_group,
            measure,
            until.map(day_number),
            with_void
        ])?;
        let mut figures = Vec::new();
        while let Some(row) = rows.next()? {
            figures.push(figure(row)?);
        }
        Ok(figures)
    }

    /// Every living record of a kind that is no session, oldest first. Of these units, or of all.
    ///
    /// # Errors
    /// Reading failed.
    pub fn records_of(&self, kind: RecordKind, units: Option<&[UnitUid]>) -> Result<Vec<ListedRecord>> {
        let units = units.map(serde_json::to_string).transpose()?;
        self.listed(
            "r.type = ?1 AND r.type <> 'training_session' AND r.void = 0
             AND (?2 IS NULL OR r.unit IN (SELECT value FROM json_each(?2))) ORDER BY r.number",
            params![kind.as_str(), units],
        )
    }

    /// One record that is no session, void or not, as a list has it.
    ///
    /// # Errors
    /// Reading failed.
    pub fn listed_record(&self, id: RecordId) -> Result<Option<ListedRecord>> {
        Ok(self.listed("r.id = ?1", params![id.0.as_bytes()])?.pop())
    }

    /// Units that have living records of a kind that is no session, in no order.
    ///
    /// # Errors
    /// Reading failed.
    pub fn units_with(&self, kind: RecordKind) -> Result<Vec<UnitUid>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT unit FROM record WHERE type = ?1 AND type <> 'training_session' AND void = 0",
        )?;
        let units = statement.query_map([kind.as_str()], |row| row.get(0).map(UnitUid))?;
        Ok(units.collect::<rusqlite::Result<_>>()?)
    }

    /// A record is as the centre showed it last, or as this device changed it since: the one or the other says who and when.
    fn listed(&self, which: &str, params: impl Params) -> Result<Vec<ListedRecord>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT r.id, r.type, r.unit, r.void, r.head, r.body, o.text, r.state,
                    CASE WHEN s.head = r.head THEN s.by ELSE (SELECT user_id FROM identity) END,
                    CASE WHEN s.head = r.head THEN s.at ELSE coalesce(o.text ->> '$.at', s.at) END
             FROM record r LEFT JOIN operation o ON o.number = r.own LEFT JOIN shadow s ON s.id = r.id WHERE {which}"
        ))?;
        let mut rows = statement.query(params)?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            let view = RecordView {
                id: RecordId(uuid::Uuid::from_bytes(row.get(0)?)),
                record_type: row.get(1)?,
                unit: UnitUid(row.get(2)?),
                void: row.get(3)?,
                head: columns::text(row, 4)?.parse()?,
                body: columns::body(row, 5, 6)?,
            };
            records.push(ListedRecord {
                view,
                status: Status::from_number(row.get(7)?)?,
                by: row.get::<_, Option<String>>(8)?.unwrap_or_default(),
                at: row.get::<_, Option<i64>>(9)?.unwrap_or_default(),
            });
        }
        Ok(records)
    }

    /// How a record stands, for what has no list of its own.
    ///
    /// # Errors
    /// Reading failed.
    pub fn record_status(&self, id: RecordId) -> Result<Option<Status>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT state FROM record WHERE id = ?1")?;
        let mut rows = statement.query([id.0.as_bytes()])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(Status::from_number(row.get(0)?)?))
    }
}

impl Write<'_> {
    /// Brings the index of a figure up to its view.
    pub(crate) fn index_figure(
        &self,
        number: i64,
        (view, index): (&NewView<'_>, &FigureIndex),
        standing: Standing,
    ) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO figure (number, kind, unit, target_group, measure, grade, class, day, school_year,
                                                numerator, population, excluded, basis, void, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            )?
            .execute(params![
                number,
                index.kind.as_str(),
                view.unit.as_str(),
                index.target_group,
                index.measure,
                index.grade,
                index.class,
                index.day,
                index.school_year,
                index.numerator,
                index.population,
                index.excluded,
                index.basis,
                view.void,
                standing.number()
            ])?;
        Ok(())
    }
}

fn figure(row: &Row<'_>) -> Result<FigureRow> {
    let kind = columns::text(row, 1)?;
    Ok(FigureRow {
        id: RecordId(uuid::Uuid::from_bytes(row.get(0)?)),
        kind: RecordKind::parse(kind).ok_or_else(|| crate::Error::Damaged(format!("a figure of kind {kind}")))?,
        unit: UnitUid(row.get(2)?),
        target_group: row.get(3)?,
        measure: row.get(4)?,
        grade: row.get(5)?,
        class: row.get(6)?,
        as_of: date(row.get(7)?),
        school_year: row.get(8)?,
        numerator: row.get(9)?,
        population: row.get(10)?,
        excluded: row.get(11)?,
        basis: row.get(12)?,
        status: Status::from_number(row.get(13)?)?,
        void: row.get(14)?,
    })
}
