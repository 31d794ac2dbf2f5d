//! Progress against a plan: what every indicator is at a unit on a day, and what each unit below adds to it.
//!
//! Indicators are **stocks**: the latest figure of a unit, group and criterion holds. Sessions are **flows**: they are summed,
//! shown beside as activity, and never become a numerator (domain: lượt is not người). Rates are ratios of sums.

mod answer;
mod facts;
mod stock;
mod table;
mod tree;
mod view;

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::codes::{Measure, TargetGroup};
use crate::ids::{RecordId, UnitUid};
use crate::period::{Cut, Period};
use crate::plan::{Indicator, Outcome, Plan};
use crate::rate::Rate;
use crate::text;
use crate::unit::{Boundaries, Level, UnitBook};

pub use answer::{Answer, Asked, PeriodSums, WindowSums};
pub use facts::{Facts, Figure, Flow, Headcount, Sums};
use stock::{Stock, Stocks};
pub use table::table;
use tree::Tree;
pub use view::{Activity, IndicatorProgress, Point, Progress, ShareProgress, Standing, State, YearBefore};

/// Progress of one deployment at one time: facts in their units, ready to be asked.
pub struct Book<'a> {
    stocks: Stocks<'a>,
    as_of: NaiveDate,
}

/// What a plan is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Year of its targets.
    pub year: i32,
    /// The unit, with everything below it.
    pub unit: &'a str,
    /// Code of the indicator told unit by unit; of the first one when the year has none of this code.
    pub code: &'a str,
}

impl<'a> Book<'a> {
    /// Lays facts into units. Figures later than `as_of` are not looked at.
    pub fn new(units: &'a UnitBook, facts: &'a Facts, boundaries: Boundaries, as_of: NaiveDate) -> Self {
        Self {
            stocks: Stocks::new(Tree::new(units, boundaries), facts),
            as_of,
        }
    }

    /// Progress of a unit; nothing when there is no such unit.
    pub fn progress(&self, question: &Question<'_>) -> Option<Progress> {
        let Question { plan, year, unit, code } = *question;
        let at = self.stocks.tree.number(unit)?;
        let unit = self.stocks.tree.units[at];
        let within = self.stocks.tree.within(at);
        let rows = plan
            .of_year(year)
            .map(|indicator| self.row(plan, indicator, at, &within));
        let told = plan
            .of_year(year)
            .find(|indicator| indicator.code.eq_ignore_ascii_case(code))
            .or_else(|| plan.of_year(year).next());
        Some(Progress {
            plan: plan.id.clone(),
            title_vi: plan.title_vi.clone(),
            title_en: plan.title_en.clone(),
            years: plan.years().into_iter().collect(),
            year,
            unit: unit.uid.to_string(),
            name: unit.name.clone(),
            level: unit.level.as_str().to_owned(),
            as_of: self.as_of.to_string(),
            boundaries: match self.stocks.tree.boundaries {
                Boundaries::AsWas => "as_was",
                Boundaries::AsIsNow => "as_is_now",
            }
            .to_owned(),
            indicators: rows.collect(),
            code: told.map(|indicator| indicator.code.clone()).unwrap_or_default(),
            shares: told.map(|indicator| self.shares(indicator, at)).unwrap_or_default(),
        })
    }

    /// The coverage figures and populations one number of a unit is made of.
    pub fn records(&self, indicator: &Indicator, unit: &str) -> Vec<RecordId> {
        let Some(at) = self.stocks.tree.number(unit) else {
            return Vec::new();
        };
        self.stock(indicator, at, self.as_of).records
    }

    /// The units whose sessions a unit's activity is made of.
    pub fn recorded_within(&self, unit: &str) -> Vec<UnitUid> {
        let Some(at) = self.stocks.tree.number(unit) else {
            return Vec::new();
        };
        let units = self.stocks.tree.recorded_within(at).into_iter();
        units.map(|unit| self.stocks.tree.units[unit].uid.clone()).collect()
    }

    /// What the sessions of a unit and all below it add up to; each session once.
    pub fn sums(&self, unit: &str, flows: &[Flow]) -> Sums {
        let (tree, mut sums) = (&self.stocks.tree, Sums::default());
        let Some(at) = tree.number(unit) else { return sums };
        let within = tree.within(at);
        for flow in flows {
            let known = tree.number(flow.unit.as_str()).map(|unit| tree.shown(unit));
            if !known.is_some_and(|unit| within.contains(&unit)) {
                continue;
            }
            let sessions = if flow.group.is_none() { flow.sums.sessions } else { 0 };
            sums.add(Sums { sessions, ..flow.sums });
        }
        sums
    }

    fn row(&self, plan: &Plan, indicator: &Indicator, at: usize, within: &BTreeSet<usize>) -> IndicatorProgress {
        let stock = self.stock(indicator, at, self.as_of);
        let before = plan
            .of_year(indicator.year - 1)
            .find(|other| other.letter() == indicator.letter());
        IndicatorProgress {
            code: indicator.code.clone(),
            point: indicator.point.clone(),
            clause: indicator.clause.clone(),
            name_vi: indicator.name_vi.clone(),
            name_en: indicator.name_en.clone(),
            numerator_vi: indicator.numerator_vi.clone(),
            denominator_vi: indicator.denominator_vi.clone(),
            ambiguity_vi: indicator.ambiguity_vi.clone(),
            ambiguity: indicator.ambiguity.clone(),
            kind: indicator.kind.as_str().to_owned(),
            comparator: indicator.comparator.as_str().to_owned(),
            threshold: indicator.threshold,
            measure: indicator.measure.to_string(),
            groups: indicator.target_groups.iter().map(ToString::to_string).collect(),
            standing: self.standing(indicator, at, &stock),
            evidence: stock.evidence.iter().map(ToString::to_string).collect(),
            bases: stock.bases.iter().map(ToString::to_string).collect(),
            excluded: stock.excluded,
            activity: self.activity(indicator, at, within),
            series: self.series(indicator, at),
            before: before.map(|before| YearBefore {
                code: before.code.clone(),
                points: self.series(before, at),
            }),
        }
    }

    fn shares(&self, indicator: &Indicator, at: usize) -> Vec<ShareProgress> {
        let tree = &self.stocks.tree;
        let children = tree.children[at].iter().copied();
        let mut shares: Vec<ShareProgress> = children
            .filter_map(|child| {
                let unit = tree.units[child];
                let stock = self.stock(indicator, child, self.as_of);
                let told = stock.numerator.is_some() || stock.parts_missing;
                let expected = expects(unit.level, &indicator.target_groups) && unit.exists_on(self.as_of);
                (told || expected).then(|| ShareProgress {
                    unit: unit.uid.to_string(),
                    name: unit.name.clone(),
                    level: unit.level.as_str().to_owned(),
                    standing: self.standing(indicator, child, &stock),
                })
            })
            .collect();
        shares.sort_by(|a, b| text::compare(&a.name, &b.name).then_with(|| a.unit.cmp(&b.unit)));
        shares
    }

    fn stock(&self, indicator: &Indicator, at: usize, day: NaiveDate) -> Stock {
        let groups = indicator.target_groups.iter();
        let mut stocks = groups.map(|group| self.stocks.stock(at, *group, indicator.measure, day));
        let first = stocks.next().unwrap_or_default();
        stocks.fold(first, |sum, other| {
            let own = (sum.own || sum.numerator.is_none()) && (other.own || other.numerator.is_none());
            let mut sum = sum.with(other);
            sum.own = own && sum.numerator.is_some();
            sum
        })
    }

    fn standing(&self, indicator: &Indicator, at: usize, stock: &Stock) -> Standing {
        let (tree, day) = (&self.stocks.tree, self.as_of);
        let level = tree.units[at].level;
        let people = || {
            let known = indicator
                .target_groups
                .iter()
                .filter_map(|group| self.stocks.people(at, *group, day));
            known.map(|people| people.counted).reduce(|a, b| a + b)
        };
        let (numerator, denominator) = match stock.pair {
            _ if stock.parts_missing => (None, None),
            Some((num, den)) => (Some(num), Some(den)),
            None if stock.numerator.is_some() => (stock.numerator, None),
            None => (None, people()),
        };
        let outcome = indicator.judge(numerator, denominator);
        let state = match outcome {
            _ if stock.parts_missing => State::NeedsReentry,
            Outcome::NotApplicable => State::NotApplicable,
            Outcome::Missing if denominator == Some(0) => State::NotApplicable,
            Outcome::Missing
                if numerator.is_none() && denominator.is_none() && !can_have(level, &indicator.target_groups) =>
            {
                State::NotCollected
            }
            Outcome::Missing => State::Missing,
            Outcome::Achieved | Outcome::Short { .. } | Outcome::Over { .. } => State::Value,
        };
        let rate = match (state, numerator, denominator) {
            (State::Value, Some(num), Some(den)) => Rate::of(num, den, indicator.percent()),
            _ => None,
        };
        let (reported, expected) = self.reporting(indicator, at, stock);
        let (outcome, persons) = match outcome {
            _ if state != State::Value => (None, None),
            Outcome::Achieved => (Some("achieved"), None),
            Outcome::Short { persons } => (Some("short"), Some(persons)),
            Outcome::Over { persons } => (Some("over"), Some(persons)),
            Outcome::Missing | Outcome::NotApplicable => (None, None),
        };
        Standing {
            state,
            outcome: outcome.map(str::to_owned),
            persons,
            numerator,
            denominator,
            percent: rate.map(|rate| rate.to_string()),
            hundredths: rate.map(|rate| rate.hundredths),
            reported,
            expected,
            own: stock.own,
            latest: stock.latest.map(|day| day.to_string()),
            groups_missing: self.groups_missing(indicator, at, level),
        }
    }

    /// Units directly below that told a figure, of those that are to; the unit itself where it speaks for all of them.
    fn reporting(&self, indicator: &Indicator, at: usize, stock: &Stock) -> (u32, u32) {
        let tree = &self.stocks.tree;
        if stock.own || tree.children[at].is_empty() {
            return (u32::from(stock.numerator.is_some()), 1);
        }
        let mut counts = (0, 0);
        for child in &tree.children[at] {
            let unit = tree.units[*child];
            let told = self.stock(indicator, *child, self.as_of).numerator.is_some();
            let expected = expects(unit.level, &indicator.target_groups) && unit.exists_on(self.as_of);
            counts.0 += u32::from(told);
            counts.1 += u32::from(told || expected);
        }
        counts
    }

    /// Groups of the indicator without both counts, where another group has them: the figure does not speak of everybody.
    fn groups_missing(&self, indicator: &Indicator, at: usize, level: Level) -> Vec<String> {
        let groups = &indicator.target_groups;
        if groups.len() < 2 || !is_territory(level) {
            return Vec::new();
        }
        let has = |group: &TargetGroup| {
            self.stocks
                .stock(at, *group, indicator.measure, self.as_of)
                .pair
                .is_some()
        };
        let (there, missing): (Vec<_>, Vec<_>) = groups.iter().partition(|group| has(group));
        match there.is_empty() {
            true => Vec::new(),
            false => missing.into_iter().map(ToString::to_string).collect(),
        }
    }

    /// Learners counted in sessions beside the population. What VNeID confirmed cannot be told from sessions.
    fn activity(&self, indicator: &Indicator, at: usize, within: &BTreeSet<usize>) -> Option<Activity> {
        if Measure::is_vneid(indicator.measure) {
            return None;
        }
        let (mut sums, mut population) = (Sums::default(), None);
        for group in &indicator.target_groups {
            sums.add(self.stocks.sums(within, *group));
            if let Some(people) = self.stocks.people(at, *group, self.as_of) {
                population = Some(population.unwrap_or(0) + people.counted);
            }
        }
        let percent = |count| {
            population
                .and_then(|den| Rate::of(count, den, indicator.percent()))
                .map(|rate| rate.to_string())
        };
        Some(Activity {
            attended: sums.attended,
            first_time: sums.first_time,
            first_time_percent: percent(sums.first_time),
            completed: sums.completed,
            completed_percent: percent(sums.completed),
            population,
        })
    }

    /// The indicator at the end of every report month of its year (decree 09/2019) up to the day asked about.
    fn series(&self, indicator: &Indicator, at: usize) -> Vec<Point> {
        let months =
            (1..=12).filter_map(|month| Period::parse(Cut::Decree09, &format!("{}-{month:02}", indicator.year)));
        let mut points = Vec::new();
        for month in months {
            let (first, last) = month.window();
            if first > self.as_of {
                break;
            }
            let pair = self.stock(indicator, at, last.min(self.as_of)).pair;
            points.push(Point {
                label: month.label(),
                numerator: pair.map(|pair| pair.0),
                denominator: pair.map(|pair| pair.1),
                hundredths: pair
                    .and_then(|(num, den)| Rate::of(num, den, indicator.percent()))
                    .map(|rate| rate.hundredths),
            });
        }
        points
    }
}

impl Indicator {
    /// Its threshold, where it is a percentage.
    fn percent(&self) -> Option<u64> {
        (self.kind == crate::plan::TargetKind::Percent).then_some(self.threshold)
    }
}

fn is_territory(level: Level) -> bool {
    matches!(level, Level::Province | Level::Area | Level::Commune)
}

/// Whether figures of these groups can be collected at such a unit at all: a hamlet has no school, a school no adults.
fn can_have(level: Level, groups: &[TargetGroup]) -> bool {
    is_territory(level)
        || groups.iter().any(|group| match level {
            Level::Hamlet => matches!(group.as_str(), "adult" | "household_business"),
            Level::School => group.is_taught() || group.as_str() == "public_sector",
            Level::Agency => group.as_str() == "public_sector",
            Level::Enterprise => group.as_str() == "worker_enterprise",
            Level::Coop => group.as_str() == "worker_coop",
            Level::Province | Level::Area | Level::Commune => true,
        })
}

/// Whether such a unit is asked for these groups. A school counts its pupils; its staff may be told by the commune.
fn expects(level: Level, groups: &[TargetGroup]) -> bool {
    can_have(level, groups) && (level != Level::School || groups.iter().any(|group| group.is_taught()))
}

#[cfg(test)]
mod tests;
