use chrono::NaiveDate;
use serde::Serialize;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Stocks against the plan.
    pub progress: Progress,
    /// Sessions in a period.
    pub period: PeriodSums,
}

/// What the sessions of a unit add up to in a period: in it, from the year's beginning to its end, and a year before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// Answers from facts; nothing when there is no such unit. `flows` sums sessions of a window by unit and group.
    ///
    /// # Errors
    /// As `flows` says.
    pub fn answer<E>(
        &self,
        units: &UnitBook,
        facts: &Facts,
        mut flows: impl FnMut(NaiveDate, NaiveDate) -> Result<Vec<Flow>, E>,
    ) -> Result<Option<Answer>, E> {
        let book = Book::new(units, facts, self.boundaries, self.as_of);
        let question = Question {
            plan: self.plan,
            year: self.year,
            unit: self.unit,
            code: self.code,
        };
        let Some(progress) = book.progress(&question) else {
            return Ok(None);
        };
        let mut sum = |(from, to): (NaiveDate, NaiveDate)| {
            Ok(WindowSums {
                from: from.to_string(),
                to: to.to_string(),
                sums: book.sums(self.unit, &flows(from, to)?),
            })
        };
        let period = self.period;
        Ok(Some(Answer {
            progress,
            period: PeriodSums {
                regime: period.cut().as_str().to_owned(),
                span: period.span().as_str().to_owned(),
                label: period.label(),
                in_period: sum(period.window())?,
                cumulative: sum(period.cumulative())?,
                last_year: sum(period.same_last_year().window())?,
            },
        }))
    }
}
