//! Many runs, two at a time, and what they hit together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hocvu_central::judge::code;
use hocvu_wire::problem::ProblemCode;

use crate::Violation;
use crate::run::{Outcome, Plan, play};

/// One seed in so many is played a second time with other clocks (I15).
const CLOCKS_ONE_IN: u64 = 16;

/// Every verdict with every code it can carry.
pub const VERDICTS: &[(&str, Option<&str>)] = &[
    ("accepted", None),
    ("merged", None),
    ("conflicted", Some(code::BASE_CHANGED)),
    ("conflicted", Some(code::RANK_FLOOR)),
    ("conflicted", Some(code::PERIOD_LOCKED)),
    ("rejected", Some(code::INVALID)),
    ("rejected", Some(code::MALFORMED)),
    ("rejected", Some(code::OP_TOO_LARGE)),
    ("rejected", Some(code::BASE_FOREIGN)),
    ("rejected", Some(code::RIGHTS)),
    ("rejected", Some(code::REASON_MISSING)),
    ("rejected", Some(code::RETURNED)),
    ("held", Some(code::SCHEMA_AHEAD)),
    ("held", Some(code::PARENT_MISSING)),
    ("held", Some(code::PARENT_HELD)),
    ("held", Some(code::UNIT_UNKNOWN)),
    ("held", Some(code::SCOPE)),
    ("quarantined", Some(code::DEVICE_REVOKED)),
    ("quarantined", Some(code::LOG_FORKED)),
];

/// Problems no run can meet, with the reason.
pub const NEVER: &[(ProblemCode, &str)] = &[
    (ProblemCode::ProtocolTooOld, "there is one version of the protocol"),
    (ProblemCode::PhotoRefused, "runs carry no photos"),
    (ProblemCode::OffsetMismatch, "runs carry no photos"),
];

/// What all runs of a campaign came to.
#[derive(Debug, Default)]
pub struct Totals {
    /// Runs.
    pub runs: u64,
    /// Seeds that broke something, with what.
    pub broken: BTreeMap<u64, Violation>,
    /// Faults by kind.
    pub faults: BTreeMap<String, u64>,
    /// Verdicts with codes, as answered and at rest.
    pub verdicts: BTreeMap<(String, Option<String>), u64>,
    /// Problems of requests.
    pub problems: BTreeMap<String, u64>,
    /// Codes of refused frames.
    pub refusals: BTreeMap<String, u64>,
}

impl Totals {
    fn add(&mut self, seed: u64, outcome: Outcome) {
        self.runs += 1;
        let Outcome {
            violation,
            trace: _,
            faults,
            seen,
            verdicts,
            picture: _,
        } = outcome;
        if let Some(violation) = violation {
            self.broken.insert(seed, violation);
        }
        sum(&mut self.faults, faults);
        sum(&mut self.verdicts, verdicts);
        let answered = seen.verdicts.into_iter();
        sum(
            &mut self.verdicts,
            answered.map(|((verdict, code), count)| ((verdict.to_owned(), code), count)),
        );
        sum(&mut self.problems, seen.problems);
        sum(&mut self.refusals, seen.refusals);
    }

    /// Verdicts and problems that no run met although one can.
    pub fn never_hit(&self) -> Vec<String> {
        let verdicts = VERDICTS
            .iter()
            .filter(|(verdict, code)| {
                !self
                    .verdicts
                    .contains_key(&((*verdict).to_owned(), code.map(str::to_owned)))
            })
            .map(|(verdict, code)| format!("{verdict} {}", code.unwrap_or("")));
        let problems = ProblemCode::ALL
            .iter()
            .filter(|code| !self.problems.contains_key(code.as_str()) && !NEVER.iter().any(|(never, _)| never == *code))
            .map(|code| format!("problem {}", code.as_str()));
        verdicts.chain(problems).collect()
    }

    /// Codes that came and that [`VERDICTS`] does not know: it has grown old.
    pub fn unknown(&self) -> BTreeSet<String> {
        self.verdicts
            .keys()
            .filter(|(verdict, code)| !VERDICTS.contains(&(verdict.as_str(), code.as_deref())))
            .map(|(verdict, code)| format!("{verdict} {code:?}"))
            .collect()
    }
}

fn sum<K: Ord>(into: &mut BTreeMap<K, u64>, counts: impl IntoIterator<Item = (K, u64)>) {
    for (key, count) in counts {
        *into.entry(key).or_default() += count;
    }
}

/// Plays every seed, `jobs` at a time, telling `hear` of each as it ends. Stops early once `hear` says false.
pub fn campaign(seeds: &[u64], jobs: usize, hear: &(dyn Fn(u64, &Outcome) -> bool + Sync)) -> Totals {
    let next = AtomicUsize::new(0);
    let totals = Mutex::new(Totals::default());
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = seed_with_clocks(*seed);
                    if !hear(*seed, &outcome) {
                        next.store(seeds.len(), Ordering::Relaxed);
                    }
                    let mut totals = totals.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    totals.add(*seed, outcome);
                }
            });
        }
    });
    totals.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The run of a seed; of some seeds a second one whose devices have other clocks, which must end alike (I15).
pub fn seed_with_clocks(seed: u64) -> Outcome {
    let outcome = play(Plan::of(seed));
    if outcome.violation.is_some() || !seed.is_multiple_of(CLOCKS_ONE_IN) {
        return outcome;
    }
    let timed = |clocks| Plan {
        disks_fail: false,
        clocks,
        ..Plan::of(seed)
    };
    let (one, other) = (play(timed(1)), play(timed(2)));
    let broken = one.violation.clone().or(other.violation.clone());
    if let Some(violation) = broken {
        return Outcome {
            violation: Some(violation),
            ..one
        };
    }
    if one.picture != other.picture {
        let lines = one.picture.lines().zip(other.picture.lines());
        let differing: Vec<String> = lines
            .filter(|(one, other)| one != other)
            .take(2)
            .map(|(one, other)| format!("{one} / {other}"))
            .collect();
        return Outcome {
            violation: Some(Violation::new("i15_clock_independence", differing.join("; "))),
            ..one
        };
    }
    outcome
}
