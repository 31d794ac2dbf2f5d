//! Figures by unit, day and target group, kept in the judging transaction: gathered in memory, written once a commit.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hocvu_model::session::TrainingSession;

use super::Desk;
use crate::error::Result;

/// Measures in the order of the columns of `rollup`; `sessions` first.
pub(crate) const MEASURES: [&str; 11] = [
    "sessions",
    "attended",
    "female",
    "first_time",
    "khmer",
    "ethnic_minority",
    "elderly",
    "disabled",
    "poor",
    "assessed",
    "completed",
];

/// Unit (its small number), day, target group; the empty group counts each session once.
pub(crate) type Key = (i64, NaiveDate, &'static str);

/// Changes of the figures, in the order of the table's key.
pub(crate) type Deltas = BTreeMap<Key, [i64; MEASURES.len()]>;

/// Adds what one session contributes, `sign` times.
pub(crate) fn contribute(deltas: &mut Deltas, place: i64, session: &TrainingSession, sign: i64) {
    let mut whole = [0; MEASURES.len()];
    for line in &session.counts {
        let mut values = [0; MEASURES.len()];
        values[0] = 1;
        values[1] = i64::from(line.attended);
        for (value, (_, count)) in values[2..].iter_mut().zip(line.of_which()) {
            *value = i64::from(count.unwrap_or(0));
        }
        let row = deltas.entry((place, session.date, line.group.as_str())).or_default();
        for ((sum, whole), value) in row.iter_mut().zip(&mut whole).zip(values) {
            *sum += sign * value;
            *whole += value;
        }
    }
    whole[0] = 1;
    let row = deltas.entry((place, session.date, "")).or_default();
    for (sum, value) in row.iter_mut().zip(whole) {
        *sum += sign * value;
    }
}

/// Adds the changes of `other`.
pub(super) fn add(deltas: &mut Deltas, other: Deltas) {
    for (key, values) in other {
        let row = deltas.entry(key).or_default();
        row.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
}

impl Desk<'_> {
    pub(super) fn count(&mut self, place: i64, session: &TrainingSession, sign: i64) {
        contribute(&mut self.deltas, place, session, sign);
    }

    pub(super) fn flush_rollup(&mut self) -> Result<()> {
        let mut add = self.db.prepare_cached(include_str!("../queries/rollup_add.sql"))?;
        let mut written = (NaiveDate::MIN, String::new()); // Rows of one day follow one another.
        for ((place, date, group), values) in std::mem::take(&mut self.deltas) {
            if written.0 != date {
                written = (date, date.to_string());
            }
            if values.iter().all(|value| *value == 0) {
                continue;
            }
            let [
                sessions,
                attended,
                female,
                first,
                khmer,
                minority,
                elderly,
                disabled,
                poor,
                assessed,
                completed,
            ] = values;
            add.execute(rusqlite::params![
                place, written.1, group, sessions, attended, female, first, khmer, minority, elderly, disabled, poor,
                assessed, completed
            ])?;
        }
        Ok(())
    }
}
