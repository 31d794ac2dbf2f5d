//! Rows gathered into records as they came: a row each, or the rows of one session by their key.

use hocvu_model::session::{Raw, RawLine, RawList, RawSession};
use hocvu_model::{Finding, FindingCode};
use hocvu_sheets::{Address, Sheet};

use super::cells::Reader;
use super::columns::{Column, Reading, TableKind};
use super::header::first_row;
use crate::contract::RecordForm;

/// A field's name and its text.
pub type Field = (&'static str, String);

/// A record as it came, before the rules.
pub struct Candidate {
    /// Its rows, from 0; at least one.
    pub rows: Vec<usize>,
    /// What it holds.
    pub what: What,
    /// Text that names it across imports: its key, else all its cells.
    pub key: String,
    /// What is wrong with the cells themselves: row, finding.
    pub cells: Vec<(usize, Finding)>,
    /// Target group and row of each line of a session.
    lines: Vec<(String, usize)>,
}

/// The fields of a record as text.
pub enum What {
    /// A session.
    Session(Box<RawSession>),
    /// Coverage or population.
    Figure(RecordForm),
    /// A unit: its fields in the order of its columns.
    Unit(Vec<Field>),
}

/// The records of a table, one after another.
pub struct Lines<'a> {
    sheet: &'a Sheet,
    reader: Reader<'a>,
    kind: TableKind,
    row: usize,
}

impl<'a> Lines<'a> {
    /// From the first row below the header.
    pub fn new(sheet: &'a Sheet, reader: Reader<'a>, kind: TableKind, header: usize) -> Self {
        Self {
            sheet,
            reader,
            kind,
            row: first_row(sheet, header),
        }
    }

    /// Where a finding's cell is; its column's first cell where the column is not in the table.
    pub fn place(&self, candidate: &Candidate, row: Option<usize>, finding: &Finding) -> Place {
        let (row, field) = match row {
            Some(row) => (row, finding.path.clone()),
            None => candidate.place(finding),
        };
        let column = self.kind.column(&field);
        Place {
            address: column.and_then(|column| self.reader.address(column, row)),
            row,
            column: column.map_or_else(String::new, Column::label),
            field,
        }
    }

    fn next_row(&mut self) -> Option<usize> {
        while self.row < self.sheet.height() {
            let row = self.row;
            self.row += 1;
            if !self.sheet.is_blank(row) {
                return Some(row);
            }
        }
        None
    }

    fn key(&self, row: usize) -> String {
        let column = self.kind.columns().iter().find(|column| column.kind == Reading::Key);
        column.map_or_else(String::new, |column| self.reader.text(column, row).0.trim().to_owned())
    }

    fn fields(&self, row: usize) -> (Vec<Field>, Vec<(usize, Finding)>) {
        let mut wrong = Vec::new();
        let fields = self.kind.columns().iter().map(|column| {
            let (text, finding) = self.reader.text(column, row);
            wrong.extend(finding.map(|finding| (row, finding)));
            (column.field.as_str(), text)
        });
        let fields = fields.collect();
        (fields, wrong)
    }

    fn session(&mut self, row: usize) -> Candidate {
        let (fields, wrong) = self.fields(row);
        let key = self.key(row);
        let all = || {
            fields
                .iter()
                .map(|(_, text)| text.as_str())
                .collect::<Vec<_>>()
                .join("\u{1f}")
        };
        let mut candidate = Candidate {
            rows: vec![row],
            key: if key.is_empty() { all() } else { key.clone() },
            what: What::Session(Box::new(shared(&fields))),
            cells: wrong,
            lines: Vec::new(),
        };
        candidate.add_line(&fields, row);
        if key.is_empty() {
            return candidate;
        }
        while let Some(next) = self.next_row() {
            if self.key(next) != key {
                self.row = next;
                break;
            }
            let (more, wrong) = self.fields(next);
            candidate.rows.push(next);
            candidate.cells.extend(wrong);
            for ((field, text), (_, other)) in fields.iter().zip(&more) {
                if is_shared(field) && text != other {
                    let finding = Finding::new(FindingCode::LinesDiffer, *field).with("row", row + 1);
                    candidate.cells.push((next, finding));
                }
            }
            candidate.add_line(&more, next);
        }
        candidate
    }
}

impl Iterator for Lines<'_> {
    type Item = Candidate;

    fn next(&mut self) -> Option<Candidate> {
        let row = self.next_row()?;
        if self.kind == TableKind::Session {
            return Some(self.session(row));
        }
        let (fields, cells) = self.fields(row);
        let what = if self.kind == TableKind::Unit {
            What::Unit(fields)
        } else {
            let unit = fields
                .iter()
                .find(|(field, _)| *field == "unit")
                .map(|(_, text)| text.trim().to_owned());
            What::Figure(RecordForm {
                kind: self.kind.as_str().to_owned(),
                id: None,
                unit: unit.unwrap_or_default(),
                fields: fields
                    .into_iter()
                    .map(|(field, text)| (field.to_owned(), text))
                    .collect(),
            })
        };
        Some(Candidate {
            rows: vec![row],
            what,
            key: String::new(),
            cells,
            lines: Vec::new(),
        })
    }
}

/// A place in the file.
pub struct Place {
    /// The cell, where the column is in the table.
    pub address: Option<Address>,
    /// Its row, from 0.
    pub row: usize,
    /// Field.
    pub field: String,
    /// The column's name for people.
    pub column: String,
}

impl Candidate {
    fn add_line(&mut self, fields: &[(&str, String)], row: usize) {
        let of = |name: &str| {
            fields
                .iter()
                .find(|(field, _)| *field == name)
                .map_or("", |(_, text)| text.as_str())
        };
        let target = of("target_group").trim().to_owned();
        let counts = RawLine::typed(&target, of);
        if target.is_empty() && counts.is_blank() {
            return; // A broadcast has no attendance.
        }
        self.lines.push((target, row));
        if let What::Session(raw) = &mut self.what
            && let RawList::Items(lines) = &mut raw.counts
        {
            lines.push(counts);
        }
    }

    /// Row and column of a finding of the rules.
    fn place(&self, finding: &Finding) -> (usize, String) {
        let mut path = finding.path.split('.');
        let (field, target, column) = (path.next().unwrap_or(""), path.next(), path.next());
        let line = target.and_then(|group| self.lines.iter().rev().find(|(name, _)| name == group));
        let column = match (field, target, column) {
            ("counts", Some(_), Some(column)) => column,
            ("counts", Some(_), None) => "target_group",
            ("counts", ..) if finding.code == FindingCode::GroupUnknown => "target_group",
            ("counts", ..) => "attended",
            (field, ..) => field,
        };
        (line.map_or(self.rows[0], |(_, row)| *row), column.to_owned())
    }
}

/// Whether a column says the same on every line of a session.
fn is_shared(field: &str) -> bool {
    field != "id" && field != "target_group" && !hocvu_model::codes::COLUMNS.contains(&field)
}

/// What a session's first line says of all of it.
fn shared(fields: &[Field]) -> RawSession {
    let of = |name: &str| {
        fields
            .iter()
            .find(|(field, _)| *field == name)
            .map_or("", |(_, text)| text.as_str())
    };
    let cell = |name: &str| Raw::typed(of(name));
    let topics = of("topics").split(';').filter(|topic| !topic.is_empty());
    let mut raw = RawSession {
        unit: Raw::typed(of("unit").trim()),
        date: cell("date"),
        start: cell("start"),
        duration_minutes: cell("duration_minutes"),
        form: cell("form"),
        topics: RawList::Items(topics.map(Raw::typed).collect()),
        language: cell("language"),
        household_businesses: cell("household_businesses"),
        broadcast_items: cell("broadcast_items"),
        note: cell("note"),
        ..RawSession::default()
    };
    raw.venue.field = cell("venue");
    raw.facilitators.field = cell("facilitators");
    raw
}
