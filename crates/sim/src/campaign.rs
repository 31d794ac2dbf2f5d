//! Many runs, two at a time, and what they hit together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hocvu_central::judge::code;
use hocvu_wire::problem::ProblemCode;

use crate::Violation;
use crate::run::{Outcome, Plan, play};

/// One seed in so many is played again with other clocks (I15), and another one with a mistake less (I5).
const COMPARED_ONE_IN: u64 = 16;

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
    ("rejected", Some(code::UNIT_IN_USE)),
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
            mistakes: _,
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
                    let outcome = seed_with_others(*seed);
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

/// The run of a seed. Of some seeds two more, whose devices have other clocks and which must end alike (I15); of others two
/// more, one of which has a mistake less (I5).
pub fn seed_with_others(seed: u64) -> Outcome {
    let outcome = play(Plan::of(seed));
    if outcome.violation.is_some() {
        return outcome;
    }
    match seed % COMPARED_ONE_IN {
        0 => with_clocks(seed, outcome),
        8 => with_a_mistake_less(seed, outcome),
        _ => outcome,
    }
}

fn with_clocks(seed: u64, outcome: Outcome) -> Outcome {
    let timed = |clocks| Plan {
        disks_fail: false,
        clocks,
        ..Plan::of(seed)
    };
    let (one, other) = (play(timed(1)), play(timed(2)));
    compared("i15_clock_independence", outcome, one, other, "\0")
}

/// The same numbers, one of which holds something good instead of what the centre refuses: nothing else is judged otherwise.
fn with_a_mistake_less(seed: u64, mut outcome: Outcome) -> Outcome {
    let plan = Plan {
        disks_fail: false,
        compared: true,
        ..Plan::of(seed)
    };
    let one = play(plan);
    let which = seed / COMPARED_ONE_IN % one.mistakes.len().max(1) as u64;
    let Some(record) = one.mistakes.get(which as usize).map(ToString::to_string) else {
        return outcome;
    };
    let mended = Some(which as usize);
    let other = play(Plan { mended, ..plan });
    if one.picture != other.picture {
        *outcome.faults.entry("compared: a mistake less".into()).or_default() += 1;
    }
    compared("i5_independence", outcome, one, other, &record)
}

/// The outcome, unless two runs end differently in more than what is about `but`.
fn compared(oracle: &'static str, outcome: Outcome, one: Outcome, other: Outcome, but: &str) -> Outcome {
    if let Some(violation) = one.violation.clone().or(other.violation) {
        return Outcome {
            violation: Some(violation),
            ..one
        };
    }
    let lines = |picture: &str| -> BTreeSet<String> {
        let lines = picture.lines().filter(|line| !line.contains(but));
        lines.map(str::to_owned).collect()
    };
    let (ours, theirs) = (lines(&one.picture), lines(&other.picture));
    if ours == theirs {
        return outcome;
    }
    let differing: Vec<&str> = ours.symmetric_difference(&theirs).take(3).map(String::as_str).collect();
    let violation = Violation::new(oracle, differing.join("; "));
    Outcome {
        violation: Some(violation),
        ..one
    }
}
