use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use super::facts::{Facts, Figure, Headcount, Sums};
use super::tree::{DEPTH_MAX, Tree};
use crate::codes::{Measure, TargetGroup};
use crate::ids::RecordId;
use crate::unit::{Boundaries, Level};

/// What is known of one group and criterion at a unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stock {
    /// Persons told to meet the criterion, with or without a population beside them.
    pub numerator: Option<u64>,
    /// Numerator and denominator over the units that have both.
    pub pair: Option<(u64, u64)>,
    /// A merged unit of which one part told a figure and another did not.
    pub parts_missing: bool,
    /// Whether the unit spoke for itself.
    pub own: bool,
    /// The latest day of a figure in it.
    pub latest: Option<NaiveDate>,
    /// Persons the target does not ask for, of the populations in it.
    pub excluded: u64,
    /// Kinds of evidence of the figures.
    pub evidence: BTreeSet<&'static str>,
    /// Bases of the populations; `told_beside` for those told beside a figure.
    pub bases: BTreeSet<&'static str>,
    /// The records it is made of.
    pub records: Vec<RecordId>,
}

/// A population as it holds for a unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct People {
    /// Persons the target asks for.
    pub counted: u64,
    /// Persons it does not ask for.
    pub excluded: u64,
    /// Bases.
    pub bases: BTreeSet<&'static str>,
    /// The records it is made of.
    pub records: Vec<RecordId>,
}

/// The denominator was told beside the numerator.
const TOLD_BESIDE: &str = "told_beside";

type Of = (usize, TargetGroup, Measure);

/// Facts by unit, and the units above which there are any.
pub(super) struct Stocks<'a> {
    pub(super) tree: Tree<'a>,
    figures: HashMap<Of, Vec<&'a Figure>>,
    headcounts: HashMap<(usize, TargetGroup), Vec<&'a Headcount>>,
    flows: HashMap<(usize, TargetGroup), Sums>,
    told: HashSet<Of>,
    counted: HashSet<(usize, TargetGroup)>,
}

impl<'a> Stocks<'a> {
    pub(super) fn new(tree: Tree<'a>, facts: &'a Facts) -> Self {
        let mut this = Self {
            figures: HashMap::new(),
            headcounts: HashMap::new(),
            flows: HashMap::new(),
            told: HashSet::new(),
            counted: HashSet::new(),
            tree,
        };
        let above = this.above();
        for figure in &facts.figures {
            if let Some(unit) = this.tree.number(figure.unit.as_str()) {
                let of = (figure.group, figure.measure);
                this.figures.entry((unit, of.0, of.1)).or_default().push(figure);
                climb(&above, unit, &mut |unit| this.told.insert((unit, of.0, of.1)));
            }
        }
        for headcount in &facts.headcounts {
            if let Some(unit) = this.tree.number(headcount.unit.as_str()) {
                this.headcounts
                    .entry((unit, headcount.group))
                    .or_default()
                    .push(headcount);
                climb(&above, unit, &mut |unit| this.counted.insert((unit, headcount.group)));
            }
        }
        for flow in &facts.flows {
            if let (Some(unit), Some(group)) = (this.tree.number(flow.unit.as_str()), flow.group) {
                let unit = this.tree.shown(unit);
                this.flows.entry((unit, group)).or_default().add(flow.sums);
            }
        }
        this
    }

    /// What is known of a group and a criterion at a unit on a day.
    ///
    /// A figure of the unit's own speaks for the whole unit: what lies below is then not added. Else a merged unit takes what
    /// its parts told before, all of them or none. Else it is the sum of what lies below, over the population of the unit if
    /// it has one of its own, else over the populations of those that told both.
    pub(super) fn stock(&self, unit: usize, group: TargetGroup, measure: Measure, day: NaiveDate) -> Stock {
        self.stock_at(unit, group, measure, day, 0)
    }

    fn stock_at(&self, unit: usize, group: TargetGroup, measure: Measure, day: NaiveDate, depth: usize) -> Stock {
        if depth > DEPTH_MAX || !self.told.contains(&(unit, group, measure)) {
            return Stock::default();
        }
        let people = self.own_people(unit, group, day);
        if let Some(own) = self.own_stock(unit, group, measure, day, people.as_ref()) {
            return own;
        }
        let below = self.below(unit, group, measure, day, depth);
        if let Some(merged) = self.merged(unit, group, measure, day, below.latest) {
            return merged;
        }
        match (below.numerator, people) {
            (Some(numerator), Some(people)) => Stock {
                pair: Some((numerator, people.counted)),
                excluded: people.excluded,
                bases: people.bases,
                records: [below.records, people.records].concat(),
                ..below
            },
            _ => below,
        }
    }

    fn below(&self, unit: usize, group: TargetGroup, measure: Measure, day: NaiveDate, depth: usize) -> Stock {
        let children = self.tree.children[unit].iter();
        let stocks = children.map(|child| self.stock_at(*child, group, measure, day, depth + 1));
        stocks.fold(Stock::default(), Stock::with)
    }

    /// The figures of the unit itself: the latest day decides the school year and whether they are told whole, by grade or by
    /// class; of each grade or class the latest holds.
    fn own_stock(
        &self,
        unit: usize,
        group: TargetGroup,
        measure: Measure,
        day: NaiveDate,
        people: Option<&People>,
    ) -> Option<Stock> {
        let told = self.figures.get(&(unit, group, measure))?;
        let known = || told.iter().filter(|figure| figure.as_of <= day);
        let rank = |figure: &Figure| {
            (
                figure.as_of,
                figure.school_year,
                std::cmp::Reverse(figure.granularity()),
            )
        };
        let leading = known().max_by_key(|figure| rank(figure))?;
        let mut latest: BTreeMap<(Option<u8>, Option<&str>), &Figure> = BTreeMap::new();
        for figure in known() {
            if (figure.school_year, figure.granularity()) != (leading.school_year, leading.granularity()) {
                continue;
            }
            let place = latest.entry((figure.grade, figure.class.as_deref())).or_insert(figure);
            if (figure.as_of, figure.record) > (place.as_of, place.record) {
                *place = figure;
            }
        }
        let numerator = latest.values().map(|figure| u64::from(figure.numerator)).sum();
        let beside: Option<u64> = latest.values().map(|figure| figure.population.map(u64::from)).sum();
        let mut stock = Stock {
            numerator: Some(numerator),
            own: true,
            latest: Some(leading.as_of),
            evidence: latest.values().map(|figure| figure.evidence.as_str()).collect(),
            records: latest.values().map(|figure| figure.record).collect(),
            ..Stock::default()
        };
        match (beside, people) {
            (Some(beside), _) => {
                stock.pair = Some((numerator, beside));
                stock.bases = BTreeSet::from([TOLD_BESIDE]);
            }
            (None, Some(people)) => {
                stock.pair = Some((numerator, people.counted));
                stock.excluded = people.excluded;
                stock.bases.clone_from(&people.bases);
                stock.records.extend(&people.records);
            }
            (None, None) => {}
        }
        Some(stock)
    }

    /// What the parts of a merged unit told of themselves, unless what lies below was told anew since. The shipped units do not
    /// have every province that became the new one, so that a province is never taken from its parts.
    fn merged(
        &self,
        unit: usize,
        group: TargetGroup,
        measure: Measure,
        day: NaiveDate,
        below: Option<NaiveDate>,
    ) -> Option<Stock> {
        let parts = &self.tree.became[unit];
        if parts.is_empty() || self.tree.units[unit].level == Level::Province {
            return None;
        }
        let begins = self.tree.units[unit].valid_from;
        if below.is_some_and(|latest| begins.is_none_or(|begins| latest >= begins)) {
            return None;
        }
        let told = parts.iter().map(|part| {
            let people = self.own_people(*part, group, day);
            self.own_stock(*part, group, measure, day, people.as_ref())
        });
        let told: Vec<Stock> = told.flatten().collect();
        if told.is_empty() {
            return None;
        }
        let (all, every) = (told.len() == parts.len(), told.iter().all(|stock| stock.pair.is_some()));
        let sum = told.into_iter().fold(Stock::default(), Stock::with);
        Some(match all {
            true => Stock {
                pair: sum.pair.filter(|_| every),
                own: false,
                ..sum
            },
            false => Stock {
                parts_missing: true,
                latest: sum.latest,
                records: sum.records,
                ..Stock::default()
            },
        })
    }

    /// The population of the unit itself: the latest day holds. A merged unit has that of its parts, if each has one.
    fn own_people(&self, unit: usize, group: TargetGroup, day: NaiveDate) -> Option<People> {
        let own = |unit: usize| {
            let told = self.headcounts.get(&(unit, group))?;
            let known = told.iter().filter(|headcount| headcount.as_of <= day);
            known.max_by_key(|headcount| {
                let preferred = std::cmp::Reverse(headcount.preference());
                (headcount.as_of, preferred, headcount.record)
            })
        };
        let people = |headcount: &Headcount| People {
            counted: headcount.counted(),
            excluded: headcount.excluded.into(),
            bases: BTreeSet::from([headcount.basis.as_str()]),
            records: vec![headcount.record],
        };
        if let Some(headcount) = own(unit) {
            return Some(people(headcount));
        }
        let parts = &self.tree.became[unit];
        if parts.is_empty() || self.tree.units[unit].level == Level::Province {
            return None;
        }
        let parts: Option<Vec<_>> = parts.iter().map(|part| own(*part)).collect();
        Some(
            parts?
                .into_iter()
                .map(|headcount| people(headcount))
                .fold(People::default(), People::with),
        )
    }

    /// Persons of a group there are: as the unit says, else the sum of what lies below says.
    pub(super) fn people(&self, unit: usize, group: TargetGroup, day: NaiveDate) -> Option<People> {
        self.people_at(unit, group, day, 0)
    }

    fn people_at(&self, unit: usize, group: TargetGroup, day: NaiveDate, depth: usize) -> Option<People> {
        if depth > DEPTH_MAX || !self.counted.contains(&(unit, group)) {
            return None;
        }
        self.own_people(unit, group, day).or_else(|| {
            let children = self.tree.children[unit].iter();
            let known = children.filter_map(|child| self.people_at(*child, group, day, depth + 1));
            known.reduce(People::with)
        })
    }

    /// What the sessions of the unit and all below it add up to.
    pub(super) fn sums(&self, within: &BTreeSet<usize>, group: TargetGroup) -> Sums {
        let mut sums = Sums::default();
        for unit in within {
            if let Some(found) = self.flows.get(&(*unit, group)) {
                sums.add(*found);
            }
        }
        sums
    }

    fn above(&self) -> Vec<Vec<usize>> {
        let mut above = vec![Vec::new(); self.tree.units.len()];
        for (unit, children) in self.tree.children.iter().enumerate() {
            children.iter().for_each(|child| above[*child].push(unit));
        }
        if self.tree.boundaries == Boundaries::AsIsNow {
            for (heir, parts) in self.tree.became.iter().enumerate() {
                parts.iter().for_each(|part| above[*part].push(heir));
            }
        }
        above
    }
}

/// Visits a unit and all above it; stops where `visit` says it was there already.
fn climb(above: &[Vec<usize>], unit: usize, visit: &mut dyn FnMut(usize) -> bool) {
    if visit(unit) {
        above[unit].iter().for_each(|unit| climb(above, *unit, visit));
    }
}

impl Stock {
    /// Adds what another unit, or another group, is known by. Sums of pairs, never a mean of rates.
    pub(super) fn with(mut self, other: Self) -> Self {
        let Self {
            numerator,
            pair,
            parts_missing,
            own: _,
            latest,
            excluded,
            evidence,
            bases,
            records,
        } = other;
        self.numerator = sum(self.numerator, numerator, |a, b| a + b);
        self.pair = sum(self.pair, pair, |a, b| (a.0 + b.0, a.1 + b.1));
        self.parts_missing |= parts_missing;
        self.own = false;
        self.latest = self.latest.max(latest);
        self.excluded += excluded;
        self.evidence.extend(evidence);
        self.bases.extend(bases);
        self.records.extend(records);
        self
    }
}

impl People {
    pub(super) fn with(mut self, other: Self) -> Self {
        self.counted += other.counted;
        self.excluded += other.excluded;
        self.bases.extend(other.bases);
        self.records.extend(other.records);
        self
    }
}

fn sum<T>(a: Option<T>, b: Option<T>, add: impl FnOnce(T, T) -> T) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(add(a, b)),
        (one, other) => one.or(other),
    }
}
