use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::facts::{Facts, Flow, Sums};
use super::view::Progress;
use super::{Book, Question};
use crate::period::Period;
use crate::plan::Plan;
use crate::unit::{Boundaries, UnitBook};

/// A whole question: what of which plan, where, when, in which boundaries, in which period.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Year of its targets.
    pub year: i32,
    /// Uid of the unit.
    pub unit: &'a str,
    /// Code of the indicator told unit by unit.
    pub code: &'a str,
    /// The day stocks are read at.
    pub as_of: NaiveDate,
    /// In which boundaries.
    pub boundaries: Boundaries,
    /// The period sessions are summed in.
    pub period: Period,
}

/// The answer. The device and the centre give it in the same words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Stocks against the plan.
    pub progress: Progress,
    /// Sessions in a period.
    pub period: PeriodSums,
}

/// What the sessions of a unit add up to in a period: in it, from the year's beginning to its end, and a year before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodSums {
    /// Code of the regime.
    pub regime: String,
    /// `day`, `month`, `quarter`, `half`, `year`.
    pub span: String,
    /// `2025-11`.
    pub label: String,
    /// Trong kỳ.
    pub in_period: WindowSums,
    /// Lũy kế.
    pub cumulative: WindowSums,
    /// Cùng kỳ năm trước.
    pub last_year: WindowSums,
}

/// Sums of a window of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowSums {
    /// First day, ISO.
    pub from: String,
    /// Last day, ISO.
    pub to: String,
    /// The sums.
    #[serde(flatten)]
    pub sums: Sums,
}

impl Asked<'_> {
    /// The windows in which sessions are summed: those of the period, none of them past the day asked about.
    pub fn windows(&self) -> [(NaiveDate, NaiveDate); 3] {
        self.period.windows().map(|(from, to)| (from, to.min(self.as_of)))
    }

    /// Answers from facts; nothing when there is no such unit. `flows` are the sums of the sessions in [`Asked::windows`], by
    /// unit and group.
    pub fn answer(&self, units: &UnitBook, facts: &Facts, flows: &[Vec<Flow>; 3]) -> Option<Answer> {
        let book = Book::new(units, facts, self.boundaries, self.as_of);
        let progress = book.progress(&Question {
            plan: self.plan,
            year: self.year,
            unit: self.unit,
            code: self.code,
        })?;
        let period = self.period;
        let sum = |(from, to): (NaiveDate, NaiveDate), flows: &[Flow]| WindowSums {
            from: from.to_string(),
            to: to.to_string(),
            sums: book.sums(self.unit, flows),
        };
        let ([in_period, cumulative, last_year], [first, second, third]) = (period.windows(), flows);
        Some(Answer {
            progress,
            period: PeriodSums {
                regime: period.cut().as_str().to_owned(),
                span: period.span().as_str().to_owned(),
                label: period.label(),
                in_period: sum(in_period, first),
                cumulative: sum(cumulative, second),
                last_year: sum(last_year, third),
            },
        })
    }
}
