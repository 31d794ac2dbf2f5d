use hocvu_model::RecordKind;
use hocvu_model::text::fold;
use serde_json::{Map, Value};

use crate::sessions::{count, day_number, exact, facilitators, venue};

/// What is asked of records without reading their bodies, as a body says it. A body from a later program may lack anything:
/// what is missing counts as not given.
#[derive(Debug)]
pub(crate) enum Index {
    Session(SessionIndex),
    Figure(FigureIndex),
    /// Of kinds that are few enough to be read.
    None,
}

/// Row of `session` and rows of `session_count`.
#[derive(Debug)]
pub(crate) struct SessionIndex {
    /// 0 without a date.
    pub day: i64,
    pub attended: u32,
    pub female: Option<u32>,
    /// Codes, each between blanks.
    pub topics: String,
    /// The free texts, without accents and as they were typed.
    pub key: String,
    pub exact: String,
    pub lines: Vec<Line>,
}

/// One line of counts.
#[derive(Debug)]
pub(crate) struct Line {
    pub group: String,
    pub attended: u32,
    /// In the order of [`OF_WHICH`].
    pub of_which: [Option<u32>; 9],
}

/// Row of `figure`.
#[derive(Debug)]
pub(crate) struct FigureIndex {
    pub kind: RecordKind,
    pub target_group: String,
    pub measure: String,
    pub grade: Option<u32>,
    pub class: Option<String>,
    /// 0 without a date.
    pub day: i64,
    pub school_year: Option<String>,
    pub numerator: Option<u32>,
    pub population: Option<u32>,
    pub excluded: Option<u32>,
    pub basis: String,
}

/// The of-which columns of `session_count`, in its order.
const OF_WHICH: [&str; 9] = [
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

impl Index {
    /// Of a body of that kind.
    pub fn of(record_type: &str, body: &Map<String, Value>) -> Self {
        match RecordKind::parse(record_type) {
            Some(RecordKind::TrainingSession) => Self::Session(SessionIndex::of(body)),
            Some(kind @ (RecordKind::Coverage | RecordKind::Population)) => Self::Figure(FigureIndex::of(kind, body)),
            Some(RecordKind::Team | RecordKind::Comment | RecordKind::PeriodReport) | None => Self::None,
        }
    }
}

impl SessionIndex {
    fn of(body: &Map<String, Value>) -> Self {
        let lines: Vec<Line> = list(body, "counts").iter().filter_map(line).collect();
        let text = searched(body);
        Self {
            day: day(body, "date"),
            attended: lines.iter().fold(0, |sum, line| sum.saturating_add(line.attended)),
            female: lines
                .iter()
                .filter_map(|line| line.of_which[0])
                .reduce(u32::saturating_add),
            topics: topics(body),
            key: fold(&text),
            exact: exact(&text),
            lines,
        }
    }
}

impl FigureIndex {
    fn of(kind: RecordKind, body: &Map<String, Value>) -> Self {
        let text = |field: &str| body.get(field).and_then(Value::as_str).map(str::to_owned);
        let number = |field: &str| body.get(field).and_then(count);
        let (population, basis) = match kind {
            RecordKind::Population => (number("value"), text("basis")),
            _ => (number("population"), text("evidence_kind")),
        };
        Self {
            kind,
            target_group: text("target_group").unwrap_or_default(),
            measure: text("measure").unwrap_or_default(),
            grade: number("grade"),
            class: text("class"),
            day: day(body, "as_of"),
            school_year: text("school_year"),
            numerator: number("numerator"),
            population,
            excluded: number("excluded"),
            basis: basis.unwrap_or_default(),
        }
    }
}

fn list<'a>(body: &'a Map<String, Value>, field: &str) -> &'a [Value] {
    body.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn line(line: &Value) -> Option<Line> {
    Some(Line {
        group: line.get("group")?.as_str()?.to_owned(),
        attended: line.get("attended").and_then(count)?,
        of_which: OF_WHICH.map(|column| line.get(column).and_then(count)),
    })
}

fn day(body: &Map<String, Value>, field: &str) -> i64 {
    let date = body
        .get(field)
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok());
    date.map_or(0, day_number)
}

fn topics(body: &Map<String, Value>) -> String {
    let mut text = String::from(" ");
    for code in list(body, "topics").iter().filter_map(Value::as_str) {
        text.push_str(code);
        text.push(' ');
    }
    text
}

fn searched(body: &Map<String, Value>) -> String {
    let note = body.get("note").and_then(Value::as_str).unwrap_or_default();
    [&venue(body), &facilitators(body), note].join(" ")
}
