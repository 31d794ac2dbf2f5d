//! Rows gathered into records as they came: a row each, or the rows of one session by their key.

use std::borrow::Cow;

use chrono::NaiveDate;
use hocvu_model::record::Context;
use hocvu_model::session::{self, Checked, Raw, RawLine, RawList, RawSession};
use hocvu_model::unit::UnitBook;
use hocvu_model::{Finding, FindingCode, RecordKind};
use hocvu_sheets::{Address, Sheet};
use hocvu_store::Ready;

use super::cells::Reader;
use super::columns::{Column, Reading, TableKind};
use super::header::first_row;
use crate::contract::RecordForm;

/// A field's name and its text.
pub type Field = (&'static str, String);

/// A record as it came, before it is compared with others.
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

/// What a record says.
pub enum What {
    /// A session, by the rules that need no other, and its body ready to be written where they let it through.
    Session(Box<(Checked, Option<Ready>)>),
    /// Coverage or population, as text.
    Figure(RecordForm),
    /// A unit: its fields as text, in the order of its columns.
    Unit(Vec<Field>),
}

/// The records of a table, one after another.
pub struct Lines<'a> {
    sheet: &'a Sheet,
    reader: &'a Reader<'a>,
    kind: TableKind,
    units: &'a UnitBook,
    today: NaiveDate,
    /// Place of the column that names the record.
    key: Option<usize>,
    /// Places of those that say the same on every line of a session.
    shared: Vec<usize>,
    /// And of those that do not.
    lines: Vec<usize>,
    row: usize,
}

impl<'a> Lines<'a> {
    /// From the first row below the header.
    pub fn new(
        sheet: &'a Sheet,
        reader: &'a Reader<'a>,
        kind: TableKind,
        header: usize,
        units: &'a UnitBook,
        today: NaiveDate,
    ) -> Self {
        let (shared, lines) = (0..reader.width()).partition(|at| is_shared(&reader.column(*at).field));
        Self {
            sheet,
            reader,
            kind,
            units,
            today,
            key: (0..reader.width()).find(|at| reader.column(*at).kind == Reading::Key),
            shared,
            lines,
            row: first_row(sheet, header),
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

    fn key(&self, row: usize) -> Cow<'a, str> {
        self.key.map_or(Cow::Borrowed(""), |at| self.reader.text(at, row).0)
    }

    /// The texts of a row in the order of the columns.
    fn fields(&self, row: usize, wrong: &mut Vec<(usize, Finding)>) -> Vec<Cow<'a, str>> {
        (0..self.reader.width()).map(|at| self.text(at, row, wrong)).collect()
    }

    fn text(&self, at: usize, row: usize, wrong: &mut Vec<(usize, Finding)>) -> Cow<'a, str> {
        let (text, finding) = self.reader.text(at, row);
        wrong.extend(finding.map(|finding| (row, finding)));
        text
    }

    fn session(&mut self, row: usize) -> Candidate {
        let mut cells = Vec::new();
        let said: Vec<Cow<'a, str>> = self.shared.iter().map(|at| self.text(*at, row, &mut cells)).collect();
        let field = |at: &usize| self.reader.column(*at).path();
        let of = |name: &str| {
            self.shared
                .iter()
                .position(|at| field(at) == name)
                .map_or("", |at| &*said[at])
        };
        let mut raw = shared(of);
        let (mut rows, mut lines, mut counts) = (vec![row], Vec::new(), Vec::new());
        let mut add = |row: usize, line: Option<(String, RawLine)>| {
            // A broadcast has no attendance.
            if let Some((target, line)) = line {
                lines.push((target, row));
                counts.push(line);
            }
        };
        add(row, self.line(row, &mut cells));
        let key = self.key(row).trim().to_owned();
        // What the first row's cells have wrong is said of every row that has it too.
        let is_sound = |at| !cells.iter().any(|(_, found)| found.path == field(at));
        let sound: Vec<bool> = self.shared.iter().map(is_sound).collect();
        while !key.is_empty()
            && let Some(next) = self.next_row()
        {
            if self.key(next).trim() != key {
                self.row = next;
                break;
            }
            rows.push(next);
            for ((at, said), sound) in self.shared.iter().zip(&said).zip(&sound) {
                if *sound && self.reader.is_same(*at, row, next) {
                    continue;
                }
                if self.text(*at, next, &mut cells) != *said {
                    let finding = Finding::new(FindingCode::LinesDiffer, field(at)).with("row", row + 1);
                    cells.push((next, finding));
                }
            }
            add(next, self.line(next, &mut cells));
        }
        raw.counts = RawList::Items(counts);
        let find = |uid: &str| self.units.get(uid);
        let checked = session::read(&raw, &Context::new(self.today, &find));
        let ready = |session| Ready::of(RecordKind::TrainingSession.as_str(), &session::body(session));
        let body = checked.session.as_ref().map(ready);
        Candidate {
            rows,
            key: if key.is_empty() {
                self.fields(row, &mut Vec::new()).join("\u{1f}")
            } else {
                key
            },
            what: What::Session(Box::new((checked, body))),
            cells,
            lines,
        }
    }

    /// The count line of a row, if it has one, and its target group.
    fn line(&self, row: usize, wrong: &mut Vec<(usize, Finding)>) -> Option<(String, RawLine)> {
        let mut text = |name: &str| {
            let at = self.lines.iter().find(|at| self.reader.column(**at).field == name)?;
            Some(self.text(*at, row, wrong))
        };
        let target = text("target_group").map_or_else(String::new, |text| text.trim().to_owned());
        let counts = RawLine::of(Raw::typed(&target), |name| {
            text(name).map_or(Raw::Absent, |text| count(&text))
        });
        (!target.is_empty() || !counts.is_blank()).then_some((target, counts))
    }
}

impl Iterator for Lines<'_> {
    type Item = Candidate;

    fn next(&mut self) -> Option<Candidate> {
        let row = self.next_row()?;
        if self.kind == TableKind::Session {
            return Some(self.session(row));
        }
        let mut cells = Vec::new();
        let texts = self.fields(row, &mut cells).into_iter().map(Cow::into_owned);
        let named = texts
            .enumerate()
            .map(|(at, text)| (self.reader.column(at).field.as_str(), text));
        let fields: Vec<Field> = named.collect();
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
    /// Where a finding's cell is; its column's first cell where the column is not in the table. `row` is that of the cell where
    /// the finding is about a cell, none where it is about the record.
    pub fn place(&self, reader: &Reader<'_>, row: Option<usize>, finding: &Finding) -> Place {
        let (row, field) = match row {
            Some(row) => (row, finding.path.clone()),
            None => self.row_and_field(finding),
        };
        let column = reader.place(&field);
        Place {
            address: column.and_then(|column| reader.address(column, row)),
            row,
            column: column.map_or_else(String::new, |column| Column::label(reader.column(column))),
            field,
        }
    }

    /// Row and column of a finding of the rules.
    fn row_and_field(&self, finding: &Finding) -> (usize, String) {
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
fn shared<'a>(of: impl Fn(&str) -> &'a str) -> RawSession {
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

/// A count as it came. Plain digits, which nearly all are, mean one thing only and need no forgiving reader.
fn count(text: &str) -> Raw {
    const PLAIN: usize = 6;
    match text.parse() {
        Ok(count) if text.len() <= PLAIN && text.bytes().all(|byte| byte.is_ascii_digit()) => Raw::Int(count),
        _ => Raw::typed(text),
    }
}
