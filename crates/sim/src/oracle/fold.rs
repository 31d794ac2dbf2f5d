//! Records made anew from nothing but operations and verdicts, in the order they took effect (I6, I8).

use std::collections::{BTreeMap, BTreeSet};

use hocvu_model::OperationId;
use rusqlite::Connection;
use serde_json::{Map, Value};

use super::rows::Row;
use super::unreadable;
use crate::{Checked, Violation};

/// A record as it must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The operation that made it so.
    pub head: OperationId,
    /// Its state.
    pub state: State,
}

/// One state of a record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// Its unit.
    pub unit: String,
    /// Whether it is void.
    pub void: bool,
    /// Its body.
    pub body: Map<String, Value>,
}

/// Everything that must be.
#[derive(Debug, Default)]
pub struct Refold {
    /// Records by id.
    pub records: BTreeMap<String, Record>,
    states: BTreeMap<OperationId, State>,
    /// Units in which an operation took effect: where its record was, and where it put it.
    touched: BTreeMap<OperationId, BTreeSet<String>>,
    /// Units in which officers placed what they took over, by when they did.
    placed: BTreeMap<OperationId, BTreeMap<u64, Option<String>>>,
}

/// Makes every record anew and compares it with the centre's, and its figures with those kept.
///
/// # Errors
/// An operation took effect over something its author had not seen, or a record or figure is not what operations say.
pub fn refold(db: &Connection, rows: &[Row]) -> Checked<Refold> {
    let mut order: Vec<&Row> = rows.iter().filter(|row| row.record().is_some()).collect();
    order.sort_by_key(|row| (row.applied.unwrap_or(row.judged), row.fseq));
    let mut fold = Refold {
        placed: placed(rows),
        ..Refold::default()
    };
    for row in order {
        fold.add(row)?;
    }
    fold.compare(db, rows)?;
    fold.figures(db)?;
    Ok(fold)
}

impl Refold {
    /// Units in which an operation took effect.
    pub fn touched(&self, id: OperationId) -> impl Iterator<Item = &str> {
        self.touched.get(&id).into_iter().flatten().map(String::as_str)
    }

    fn add(&mut self, row: &Row) -> Checked {
        let wrong = |what: &str| Violation::new("i6_no_silent_overwrite", format!("{} {what}", row.id));
        if !["accepted", "merged", "conflicted"].contains(&row.verdict.as_str()) {
            return Ok(());
        }
        let Some(record) = row.record() else { return Ok(()) };
        let base = match row.operation("base") {
            None => State::default(),
            Some(base) => match self.states.get(&base) {
                Some(state) => state.clone(),
                None => return Err(wrong("builds on what took no effect")),
            },
        };
        let head = self.records.get(record).cloned();
        let mut result = changed(&base, row);
        // What was settled already is not taken over a second time, though an officer may say so.
        let settled = row.applied.unwrap_or(row.judged);
        let placed = self.placed.get(&row.id);
        if let Some((_, Some(unit))) = placed.and_then(|placed| placed.range(..=settled).next_back()) {
            unit.clone_into(&mut result.unit);
        }
        let touched = self.touched.entry(row.id).or_default();
        touched.extend(head.as_ref().map(|head| head.state.unit.clone()));
        touched.extend(row.text_of("unit").map(str::to_owned));
        let state = match (row.verdict.as_str(), row.applied, &head) {
            ("accepted", Some(_), None) => {
                if row.operation("base").is_some() {
                    return Err(wrong("was accepted on a record nobody made"));
                }
                result
            }
            ("accepted", Some(_), Some(head)) => {
                if row.operation("base") != Some(head.head) && base != head.state {
                    return Err(wrong("was accepted over a change its author had not seen"));
                }
                result
            }
            ("merged", Some(_), Some(head)) => {
                let theirs = groups(&base.body, &head.state.body);
                let ours = groups(&base.body, &result.body);
                if theirs.intersection(&ours).next().is_some() || base.void != head.state.void {
                    return Err(wrong("was merged with a change of the same fields"));
                }
                if result.void != base.void {
                    return Err(wrong("was merged though it turns the record"));
                }
                both(&base, &head.state, &result)
            }
            ("merged", _, _) => return Err(wrong("was merged with nothing")),
            _ => {
                self.states.insert(row.id, result);
                return Ok(());
            }
        };
        self.states.insert(row.id, state.clone());
        let record_now = Record { head: row.id, state };
        self.records.insert(record.to_owned(), record_now);
        Ok(())
    }

    /// I8: the centre's tables say the same.
    fn compare(&self, db: &Connection, rows: &[Row]) -> Checked {
        let oracle = "i8_state_is_a_fold";
        let mut read = db
            .prepare(
                "SELECT r.id, p.uid, r.void, r.body, l.id, o.seq FROM record r JOIN place p ON p.no = r.unit
                 JOIN operation o ON o.fseq = r.head JOIN log l ON l.no = o.log",
            )
            .map_err(unreadable(oracle))?;
        let mut found = read.query([]).map_err(unreadable(oracle))?;
        let mut seen = 0;
        while let Some(row) = found.next().map_err(unreadable(oracle))? {
            let (id, record) = stored(row).map_err(unreadable(oracle))?;
            seen += 1;
            match self.records.get(&id) {
                Some(expected) if *expected == record => {}
                Some(expected) => {
                    let what = format!(
                        "record {id} is {record:?}, its operations say {expected:?}:{}",
                        told(rows, &id)
                    );
                    return Err(Violation::new(oracle, what));
                }
                None => return Err(Violation::new(oracle, format!("nobody made record {id}"))),
            }
        }
        if seen != self.records.len() {
            let what = format!("{seen} records, operations make {}", self.records.len());
            return Err(Violation::new(oracle, what));
        }
        Ok(())
    }

    /// Sessions and attendances of the units that `within` names.
    pub fn sum(&self, within: impl Fn(&str) -> bool) -> (i64, i64) {
        let counted = self.sessions().filter(|state| within(&state.unit));
        counted.fold((0, 0), |sum, state| (sum.0 + 1, sum.1 + attended(state)))
    }

    /// Every living session. A figure of coverage is a stock: it makes no session and no lượt.
    fn sessions(&self) -> impl Iterator<Item = &State> {
        let states = self.records.values().map(|record| &record.state);
        states.filter(|state| !state.void && state.body.contains_key("date"))
    }

    /// Sums recomputed here equal those the centre keeps.
    fn figures(&self, db: &Connection) -> Checked {
        let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for state in self.sessions() {
            let sum = sums.entry(state.unit.clone()).or_default();
            sum.0 += 1;
            sum.1 += attended(state);
        }
        sums.retain(|_, sum| *sum != (0, 0));
        let oracle = "i8_figures";
        let mut read = db
            .prepare(
                "SELECT p.uid, sum(r.sessions), sum(r.attended) FROM rollup r JOIN place p ON p.no = r.unit
                 WHERE r.target_group = '' GROUP BY p.uid HAVING sum(r.sessions) <> 0 OR sum(r.attended) <> 0",
            )
            .map_err(unreadable(oracle))?;
        let kept: BTreeMap<String, (i64, i64)> = read
            .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))
            .and_then(Iterator::collect)
            .map_err(unreadable(oracle))?;
        if kept == sums {
            Ok(())
        } else {
            Err(Violation::new(
                oracle,
                format!("figures are {kept:?}, sessions make {sums:?}"),
            ))
        }
    }
}

/// Lượt of a session.
fn attended(state: &State) -> i64 {
    let lines = state.body.get("counts").and_then(Value::as_array);
    let attended = |line: &Value| line.get("attended").and_then(Value::as_i64);
    lines.into_iter().flatten().filter_map(attended).sum()
}

/// Where adopted operations were put, if their officer said so, and when.
fn placed(rows: &[Row]) -> BTreeMap<OperationId, BTreeMap<u64, Option<String>>> {
    let adoptions = rows
        .iter()
        .filter(|row| row.text_of("k") == Some("adopt") && row.verdict == "accepted");
    let mut placed: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for row in adoptions {
        let cites = row.says.get("cites").and_then(Value::as_array);
        for id in cites.into_iter().flatten().filter_map(Value::as_str) {
            if let Ok(id) = id.parse() {
                let unit = row.text_of("unit").map(str::to_owned);
                placed.entry(id).or_default().insert(row.judged, unit);
            }
        }
    }
    placed
}

/// The operations of a record, for whoever looks into it.
fn told(rows: &[Row], record: &str) -> String {
    let mut text = String::new();
    for row in rows.iter().filter(|row| row.record() == Some(record)) {
        let Row {
            fseq,
            id,
            verdict,
            code,
            applied,
            judged,
            text: said,
            ..
        } = row;
        text.push_str(&format!(
            "\n      {fseq} {id} {verdict} {code:?} applied {applied:?} judged {judged}: {said}"
        ));
    }
    text
}

fn stored(row: &rusqlite::Row<'_>) -> rusqlite::Result<(String, Record)> {
    let id = uuid::Uuid::from_bytes(row.get(0)?).to_string();
    let body: String = row.get(3)?;
    let head = OperationId {
        log: hocvu_model::LogId(row.get(4)?),
        seq: row.get::<_, i64>(5)?.unsigned_abs(),
    };
    let state = State {
        unit: row.get(1)?,
        void: row.get(2)?,
        body: serde_json::from_str(&body).unwrap_or_default(),
    };
    Ok((id, Record { head, state }))
}

/// What an operation makes of a state.
fn changed(before: &State, row: &Row) -> State {
    let mut after = before.clone();
    if let Some(Value::Object(set)) = row.says.get("set") {
        for (field, value) in set {
            if value.is_null() {
                after.body.remove(field);
            } else {
                after.body.insert(field.clone(), value.clone());
            }
        }
    }
    match (row.text_of("k"), row.says.get("void").and_then(Value::as_bool)) {
        (Some("void"), _) => after.void = true,
        (Some("restore"), _) => after.void = false,
        (Some("correct" | "resolve"), Some(void)) => after.void = void,
        _ => {}
    }
    if let Some(unit) = row.text_of("unit") {
        unit.clone_into(&mut after.unit);
    }
    after
}

/// What both changed: the head, with every field in which the result differs from the base.
fn both(base: &State, head: &State, result: &State) -> State {
    let mut state = head.clone();
    let fields: BTreeSet<&String> = base.body.keys().chain(result.body.keys()).collect();
    for field in fields {
        match result.body.get(field) {
            now if now == base.body.get(field) => {}
            Some(value) => drop(state.body.insert(field.clone(), value.clone())),
            None => drop(state.body.remove(field)),
        }
    }
    if result.unit != base.unit {
        state.unit.clone_from(&result.unit);
    }
    state
}

/// The groups of fields in which two bodies differ: figures are one group, and so are day and time, place, and content.
fn groups(one: &Map<String, Value>, two: &Map<String, Value>) -> BTreeSet<String> {
    let fields: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
    fields
        .into_iter()
        .filter(|field| one.get(*field) != two.get(*field))
        .map(|field| {
            let group = match field.as_str() {
                "counts" | "household_businesses" | "broadcast_items" => "figures",
                "date" | "start" | "duration_minutes" => "when",
                "form" | "venue" => "where",
                "topics" | "language" => "what",
                other => other,
            };
            group.to_owned()
        })
        .collect()
}
