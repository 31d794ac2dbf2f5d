//! Lines of the file, gathered into sessions.

use std::io::Read;

use hocvu_model::operation::TRAINING_SESSION;
use hocvu_model::session::{Raw, RawLine, RawList, RawSession};
use hocvu_model::wording::{self, Locale};
use hocvu_model::{Finding, RecordId, text};

use super::Remark;
use crate::error::{Error, Result};

/// The columns of the file, in the order the project writes them. Any order is read; columns of a session may be left out.
pub const COLUMNS: [&str; 22] = [
    "id",
    "unit",
    "date",
    "start",
    "duration_minutes",
    "form",
    "topics",
    "venue",
    "facilitators",
    "language",
    "note",
    "target_group",
    "attended",
    "female",
    "ethnic_minority",
    "khmer",
    "elderly",
    "disabled",
    "poor",
    "first_time",
    "assessed",
    "completed",
];
/// Columns that say the same on every line of a session.
const SHARED: std::ops::Range<usize> = 1..11;
const REQUIRED: [&str; 6] = ["unit", "date", "form", "topics", "target_group", "attended"];

/// One session of the file.
#[derive(Debug, Clone)]
pub struct Group {
    /// As it stands in the file.
    pub raw: RawSession,
    /// What is wrong with the lines themselves.
    pub remarks: Vec<Remark>,
    first_line: u64,
    key: String,
    lines: Vec<(String, u64)>,
}

/// Reads a file session by session, holding one at a time.
pub struct GroupReader<R> {
    records: ::csv::StringRecordsIntoIter<R>,
    places: [Option<usize>; COLUMNS.len()],
    pending: Option<(u64, ::csv::StringRecord)>,
    lines: u64,
}

impl<R: Read> GroupReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// No header, an unknown or doubled column, or a required one missing.
    pub fn new(reader: R) -> Result<Self> {
        let mut csv = ::csv::ReaderBuilder::new()
            .flexible(true)
            .trim(::csv::Trim::None)
            .from_reader(reader);
        let header = csv
            .headers()
            .map_err(|error| Error::BadCall(unreadable(&error)))?
            .clone();
        let mut places = [None; COLUMNS.len()];
        for (at, name) in header.iter().enumerate() {
            let name = name.trim_start_matches('\u{feff}').trim().to_lowercase();
            let column = COLUMNS.iter().position(|column| *column == name).ok_or_else(|| {
                Error::BadCall(format!(
                    "Dòng 1: không có cột “{name}”. Các cột được đọc: {}.",
                    COLUMNS.join(", ")
                ))
            })?;
            if places[column].replace(at).is_some() {
                return Err(Error::BadCall(format!(
                    "Dòng 1: cột “{name}” xuất hiện hai lần. Bỏ bớt một cột."
                )));
            }
        }
        for name in REQUIRED {
            if !COLUMNS
                .iter()
                .zip(&places)
                .any(|(column, place)| *column == name && place.is_some())
            {
                return Err(Error::BadCall(format!(
                    "Dòng 1: thiếu cột “{name}”. Thêm cột này vào tệp."
                )));
            }
        }
        Ok(Self {
            records: csv.into_records(),
            places,
            pending: None,
            lines: 0,
        })
    }

    /// Lines read so far, the header not counted.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The next session; a line that is no CSV or no UTF-8 becomes a session with that remark.
    ///
    /// # Errors
    /// The file itself fails.
    pub fn next_group(&mut self) -> Result<Option<Group>> {
        let Some((line, first)) = self.next_line()? else {
            return Ok(None);
        };
        let mut group = self.group(line, &first);
        let id = self.cell(&first, 0).trim().to_owned();
        if id.is_empty() {
            return Ok(Some(group));
        }
        while let Some((line, next)) = self.next_line()? {
            if self.cell(&next, 0).trim() != id {
                self.pending = Some((line, next));
                break;
            }
            for at in SHARED {
                if self.cell(&first, at) != self.cell(&next, at) {
                    let sentence = format!(
                        "Khác với dòng {}, dù cùng một buổi. Các dòng của một buổi phải giống nhau ở cột này.",
                        group.first_line
                    );
                    group.remarks.push(Remark {
                        line,
                        column: COLUMNS[at].into(),
                        error: true,
                        sentence,
                    });
                }
            }
            self.add_line(&mut group, line, &next);
        }
        Ok(Some(group))
    }

    fn next_line(&mut self) -> Result<Option<(u64, ::csv::StringRecord)>> {
        if let Some(pending) = self.pending.take() {
            return Ok(Some(pending));
        }
        loop {
            match self.records.next() {
                None => return Ok(None),
                Some(Ok(record)) => {
                    let line = record.position().map_or(self.lines + 2, ::csv::Position::line);
                    self.lines += 1;
                    if record.iter().all(|cell| cell.trim().is_empty()) {
                        continue;
                    }
                    return Ok(Some((line, record)));
                }
                Some(Err(error)) if error.is_io_error() => return Err(Error::Disk(error.to_string())),
                Some(Err(error)) => return Err(Error::BadCall(unreadable(&error))),
            }
        }
    }

    fn cell<'a>(&self, record: &'a ::csv::StringRecord, column: usize) -> &'a str {
        self.places[column].and_then(|at| record.get(at)).unwrap_or("")
    }

    fn named<'a>(&self, record: &'a ::csv::StringRecord, name: &str) -> &'a str {
        COLUMNS
            .iter()
            .position(|column| *column == name)
            .map_or("", |column| self.cell(record, column))
    }

    fn group(&self, line: u64, record: &::csv::StringRecord) -> Group {
        let cell = |name: &str| Raw::typed(self.named(record, name));
        let topics = self
            .named(record, "topics")
            .split([';', '|'])
            .map(str::trim)
            .filter(|topic| !topic.is_empty());
        let mut raw = RawSession {
            unit: Raw::typed(self.named(record, "unit").trim()),
            date: absolute_date(self.named(record, "date")),
            start: cell("start"),
            duration_minutes: cell("duration_minutes"),
            form: cell("form"),
            topics: RawList::Items(topics.map(Raw::typed).collect()),
            language: cell("language"),
            note: cell("note"),
            ..RawSession::default()
        };
        raw.venue.field = cell("venue");
        raw.facilitators.field = cell("facilitators");
        let id = self.cell(record, 0).trim();
        let key = if id.is_empty() {
            record.iter().collect::<Vec<_>>().join("\u{1f}")
        } else {
            id.to_owned()
        };
        let mut group = Group {
            raw,
            remarks: Vec::new(),
            first_line: line,
            key,
            lines: Vec::new(),
        };
        self.add_line(&mut group, line, record);
        group
    }

    fn add_line(&self, group: &mut Group, line: u64, record: &::csv::StringRecord) {
        let target = self.named(record, "target_group").trim().to_owned();
        let counts = RawLine::typed(&target, |column| self.named(record, column));
        if target.is_empty() && counts.is_blank() {
            return; // A broadcast has no attendance.
        }
        group.lines.push((target, line));
        if let RawList::Items(lines) = &mut group.raw.counts {
            lines.push(counts);
        }
    }
}

impl Group {
    /// The record this session is: its id if that is a UUID, else one that follows from the id or the line itself.
    pub fn record_id(&self, deployment: &str) -> RecordId {
        self.key
            .parse()
            .unwrap_or_else(|_| RecordId::natural(deployment, TRAINING_SESSION, &text::tidy(&self.key)))
    }

    /// A remark on a column of the session's first line.
    pub fn remark(&self, column: &str, sentence: &str) -> Remark {
        Remark {
            line: self.first_line,
            column: column.into(),
            error: true,
            sentence: sentence.into(),
        }
    }

    /// A finding as a remark on the line and column it speaks of.
    pub fn finding(&self, finding: &Finding) -> Remark {
        let mut path = finding.path.split('.');
        let (field, target, column) = (path.next().unwrap_or(""), path.next(), path.next());
        let line = target.and_then(|group| self.lines.iter().rev().find(|(name, _)| name == group));
        let column = match (field, target, column) {
            ("counts", Some(_), Some(column)) => column,
            ("counts", Some(_), None) => "target_group",
            ("counts", ..) if finding.code == hocvu_model::FindingCode::GroupUnknown => "target_group",
            ("counts", ..) => "attended",
            (field, ..) => field,
        };
        Remark {
            line: line.map_or(self.first_line, |(_, line)| *line),
            column: column.to_owned(),
            error: finding.is_error(),
            sentence: wording::sentence(Locale::Vi, finding),
        }
    }
}

/// In a file a date must name its day, month and year: "nearest past date" is for typing, not for files.
fn absolute_date(cell: &str) -> Raw {
    let cell = cell.trim();
    let parts = cell.split(['/', '-', '.']).count();
    match Raw::typed(cell) {
        Raw::Typed(text) if parts == 3 || (text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit())) => {
            Raw::Typed(text)
        }
        Raw::Typed(text) => Raw::Text(text),
        other => other,
    }
}

fn unreadable(error: &::csv::Error) -> String {
    let line = error.position().map_or(1, ::csv::Position::line);
    match error.kind() {
        ::csv::ErrorKind::Utf8 { .. } => {
            format!("Dòng {line}: tệp không phải UTF-8. Lưu lại tệp dạng “CSV UTF-8” rồi nhập lại.")
        }
        _ => format!("Dòng {line}: không đọc được dòng này ({error}). Kiểm tra dấu ngoặc kép và dấu phẩy."),
    }
}
