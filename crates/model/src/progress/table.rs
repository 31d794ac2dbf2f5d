//! Progress as a command line prints it: the device's and the centre's say the same.

use std::collections::BTreeMap;

use super::{Answer, Standing, State, WindowSums};
use crate::input::integer;
use crate::wording::{Locale, message};

/// What was asked about, a line for each indicator, under the chosen one a line for each unit below, and the sessions of the period.
pub fn table(answer: &Answer) -> String {
    let Answer { progress: told, period } = answer;
    let mut lines = vec![format!(
        "{} {}: {} ({}), đến {}",
        told.title_vi, told.year, told.name, told.unit, told.as_of
    )];
    for row in &told.indicators {
        lines.push(format!("{:<4}{}  {}", row.point, line(&row.standing), row.name_vi));
    }
    if !told.shares.is_empty() {
        lines.push(format!("{}:", told.code));
    }
    for share in &told.shares {
        lines.push(format!("    {}  {}", line(&share.standing), share.name));
    }
    let WindowSums { from, to, sums } = &period.in_period;
    lines.push(format!(
        "Kỳ {} ({from} – {to}): {} buổi, {} lượt",
        period.label,
        integer::format(sums.sessions),
        integer::format(sums.attended)
    ));
    lines.join("\n")
}

fn line(standing: &Standing) -> String {
    let count = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), integer::format);
    let said = |key: &str| message(Locale::Vi, key, &BTreeMap::new());
    let state = match standing.state {
        State::Value => standing.percent.clone().unwrap_or_default(),
        State::Missing => said("standing_missing"),
        State::NotApplicable => said("standing_not_applicable"),
        State::NotCollected => said("standing_not_collected"),
        State::NeedsReentry => said("standing_needs_reentry"),
    };
    let persons = |key: &str, persons: u64| {
        let params = BTreeMap::from([("persons".to_owned(), integer::format(persons))]);
        message(Locale::Vi, key, &params)
    };
    let outcome = match (standing.outcome.as_deref(), standing.persons) {
        (Some("achieved"), _) => said("outcome_achieved"),
        (Some("short"), Some(count)) => persons("outcome_short", count),
        (Some("over"), Some(count)) => persons("outcome_over", count),
        _ => String::new(),
    };
    format!(
        "{:>15} / {:<12} {state:<16} {outcome:<26} {}/{} đơn vị",
        count(standing.numerator),
        count(standing.denominator),
        standing.reported,
        standing.expected
    )
}
