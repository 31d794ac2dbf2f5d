//! A made-up commune, area or province with eighteen months of work, the same for the same seed. Magnitudes are those of the
//! former Trà Vinh: some 18 hamlets a commune, one or two sessions a hamlet and month and four in a campaign, 22 people at
//! the median, more women than men, a Khmer share of its own for each commune, coverage that grows.

mod dice;
mod facts;
mod places;

use std::path::{Path, PathBuf};

use chrono::{Months, NaiveDate};
use hocvu_model::UnitUid;
use hocvu_model::record::Record;
use hocvu_model::unit::{Succession, Unit};
use serde_json::json;

use dice::Dice;
pub use places::Scope;

/// Of the sample the program ships; of plan 67.
const SHIPPED_SEED: u64 = 67;

/// How much is made.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The same seed gives the same sample.
    pub seed: u64,
    /// Which communes.
    pub scope: Scope,
    /// First day.
    pub first: NaiveDate,
    /// How many months.
    pub months: u32,
    /// Hamlets of a commune, on average; the real number is 18.
    pub hamlets: u32,
}

impl Plan {
    /// Eighteen months until `last`, in the real density.
    pub fn until(last: NaiveDate, scope: Scope, seed: u64) -> Self {
        Self {
            seed,
            scope,
            first: last - Months::new(18),
            months: 18,
            hamlets: 18,
        }
    }
}

/// One place that works: a hamlet or a school, with what it has become since.
#[derive(Debug, Clone)]
struct Place {
    /// Which unit it was from which day on; the first from the beginning.
    units: Vec<(NaiveDate, UnitUid)>,
    name: String,
    school: bool,
    /// Percent of Khmer people in its commune.
    khmer: u64,
    adults: u32,
    pupils: u32,
    dice: Dice,
}

/// A sample; its records are made while they are read.
#[derive(Debug, Clone)]
pub struct Sample {
    plan: Plan,
    /// Units to make, those above first.
    pub units: Vec<Unit>,
    /// What follows on what, where the sample spans a merger.
    pub successions: Vec<Succession>,
    places: Vec<Place>,
}

impl Sample {
    /// The sample of a plan.
    pub fn new(plan: Plan) -> Self {
        places::make(plan)
    }

    /// Every record, place by place, oldest first within one.
    pub fn records(&self) -> impl Iterator<Item = Record> + '_ {
        self.places.iter().flat_map(|place| facts::of(place, &self.plan))
    }

    /// The sample as the program ships it: the units and the last day, then a record a line.
    pub fn lines(&self, last: NaiveDate) -> String {
        let head = json!({"units": self.units, "last": last});
        let record = |record: Record| json!({"t": record.kind().as_str(), "unit": record.unit(), "set": record.body()});
        std::iter::once(head)
            .chain(self.records().map(record))
            .map(|line| format!("{line}\n"))
            .collect()
    }
}

/// What "Dùng thử" shows of a commune: the shipped file and the day it ends.
pub fn shipped() -> (PathBuf, String) {
    let last = NaiveDate::from_ymd_opt(2026, 3, 31).expect("a day");
    let sample = Sample::new(Plan::until(last, Scope::Commune("new:29413".into()), SHIPPED_SEED));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/samples/xa-long-hoa.jsonl");
    (file, sample.lines(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn commune() -> Sample {
        Sample::new(Plan::until(day("2026-03-31"), Scope::Commune("new:29413".into()), 7))
    }

    #[test]
    fn the_same_seed_gives_the_same_sample() {
        let records = |sample: &Sample| sample.records().collect::<Vec<_>>();
        assert_eq!(records(&commune()), records(&commune()));
        let other = Sample::new(Plan::until(day("2026-03-31"), Scope::Commune("new:29413".into()), 8));
        assert_ne!(records(&commune()), records(&other));
    }

    #[test]
    fn a_commune_has_its_magnitudes() {
        let sample = commune();
        let mut totals: Vec<u32> = Vec::new();
        let (mut female, mut attended) = (0, 0);
        for record in sample.records() {
            if let Record::Session(session) = record {
                totals.push(session.attended());
                attended += session.attended();
                female += session.counts.iter().filter_map(|line| line.female).sum::<u32>();
            }
        }
        totals.sort_unstable();
        let median = totals[totals.len() / 2];
        assert!((18..=28).contains(&median), "median {median}");
        let share = female * 100 / attended;
        assert!((54..=61).contains(&share), "{share} % women");
        assert!((400..=1_100).contains(&totals.len()), "{} sessions", totals.len());
        assert!(
            (15..=22).contains(
                &sample
                    .units
                    .iter()
                    .filter(|unit| unit.uid.as_str().contains("-a"))
                    .count()
            )
        );
    }

    #[test]
    fn a_province_has_41_communes_and_some_756_hamlets() {
        let sample = Sample::new(Plan::until(day("2026-03-31"), Scope::Province, 1));
        let hamlets = sample
            .units
            .iter()
            .filter(|unit| unit.uid.as_str().contains("-a"))
            .count();
        assert!((700..=820).contains(&hamlets), "{hamlets} hamlets");
        let schools = sample.units.len() - hamlets;
        assert!((250..=340).contains(&schools), "{schools} schools");
        assert!(sample.records().take(1_000).count() == 1_000);
    }

    #[test]
    fn the_shipped_commune_is_what_the_generator_makes() {
        let (file, text) = shipped();
        let shipped = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            shipped == text,
            "cargo run -p hocvu-testkit --bin hocvu-sample -- --asset writes {}",
            file.display()
        );
    }
}
