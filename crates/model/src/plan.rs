//! A plan is data: indicators with population, comparator and threshold. Plan 67/KH-UBND is `assets/plans/kh67.json`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::codes::{Measure, TargetGroup};

/// A plan of targets: one file, no code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Plan {
    /// `KH67`; every code begins with it.
    pub id: String,
    /// What people call it.
    pub title_vi: String,
    /// The same in English.
    pub title_en: String,
    /// Its rows in the order of its text, all years.
    pub indicators: Vec<Indicator>,
}

/// How a figure is held against its threshold. "Trên 80 %" is strict; "ít nhất 50 %" and "100 %" are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparator {
    /// Strictly above.
    Gt,
    /// At least.
    Ge,
    /// Strictly below.
    Lt,
    /// At most.
    Le,
    /// Exactly.
    Eq,
}

impl Comparator {
    /// Its name in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Eq => "eq",
        }
    }
}

/// What a threshold is a number of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// Percent of the population.
    #[default]
    Percent,
    /// Persons, whatever the population ("1 triệu người").
    Absolute,
}

impl TargetKind {
    /// Its name in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Absolute => "absolute",
        }
    }
}

/// One row of a plan for one year.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Indicator {
    /// `KH67-2025-DD`; DD is điểm đ, so that stripping accents cannot make it collide with D.
    pub code: String,
    /// How the plan calls it: `đ`. For eyes only; keys, file names and sorting use the code.
    pub point: String,
    /// Calendar year of the target.
    pub year: i32,
    /// `Mục II.1.đ`.
    pub clause: String,
    /// Name in the plan's words.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// What the numerator counts.
    pub numerator_vi: String,
    /// What the denominator counts.
    pub denominator_vi: String,
    /// The criterion whose coverage figures are its numerator.
    pub measure: Measure,
    /// Strict or not.
    pub comparator: Comparator,
    /// What the threshold is a number of.
    #[serde(default)]
    pub kind: TargetKind,
    /// Whole percent, or persons.
    #[serde(alias = "threshold_percent")]
    pub threshold: u64,
    /// What the text leaves open; shown with the figure.
    pub ambiguity: String,
    /// The same for those who read Vietnamese.
    #[serde(default)]
    pub ambiguity_vi: String,
    /// Groups of the population.
    pub target_groups: Vec<TargetGroup>,
}

/// How a figure stands against its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Numerator or denominator missing (chưa có số liệu).
    Missing,
    /// Denominator zero (không áp dụng).
    NotApplicable,
    /// Reached.
    Achieved,
    /// Not reached: how many persons are missing, exact for strict thresholds.
    Short {
        /// Persons.
        persons: u64,
    },
    /// More than the target allows.
    Over {
        /// Persons.
        persons: u64,
    },
}

impl Indicator {
    /// Decides on integers, never on a rounded percentage: `gt: num·100 > thr·den`, `ge: num·100 ≥ thr·den`. A target in
    /// persons needs no denominator.
    pub fn judge(&self, numerator: Option<u64>, denominator: Option<u64>) -> Outcome {
        let Some(num) = numerator.map(u128::from) else {
            return Outcome::Missing;
        };
        let (wanted, scale) = match (self.kind, denominator) {
            (TargetKind::Absolute, _) => (u128::from(self.threshold), 1),
            (TargetKind::Percent, None) => return Outcome::Missing,
            (TargetKind::Percent, Some(0)) => return Outcome::NotApplicable,
            (TargetKind::Percent, Some(den)) => (u128::from(self.threshold) * u128::from(den), 100),
        };
        let (floor, ceil) = (wanted / scale, wanted.div_ceil(scale));
        let (least, most) = match self.comparator {
            Comparator::Gt => (floor + 1, u128::MAX),
            Comparator::Ge => (ceil, u128::MAX),
            Comparator::Lt => (0, ceil.saturating_sub(1)),
            Comparator::Le => (0, floor),
            Comparator::Eq => (ceil, ceil),
        };
        let persons = |count: u128| u64::try_from(count).unwrap_or(u64::MAX);
        if num < least {
            Outcome::Short {
                persons: persons(least - num),
            }
        } else if num > most {
            Outcome::Over {
                persons: persons(num - most),
            }
        } else {
            Outcome::Achieved
        }
    }

    /// The last part of its code: `DD`. The same letter of another year is another definition.
    pub fn letter(&self) -> &str {
        self.code.rsplit('-').next().unwrap_or(&self.code)
    }
}

impl Plan {
    /// The rows of a year, in the plan's order.
    pub fn of_year(&self, year: i32) -> impl Iterator<Item = &Indicator> {
        self.indicators.iter().filter(move |indicator| indicator.year == year)
    }

    /// The years it sets targets for.
    pub fn years(&self) -> BTreeSet<i32> {
        self.indicators.iter().map(|indicator| indicator.year).collect()
    }

    /// The row with this code, whatever its case.
    pub fn indicator(&self, code: &str) -> Option<&Indicator> {
        self.indicators
            .iter()
            .find(|indicator| indicator.code.eq_ignore_ascii_case(code))
    }
}

/// A plan file does not hold together; the text says where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("plan: {0}")]
pub struct BadPlan(pub String);

/// Reads and checks a plan file.
///
/// # Errors
/// Malformed JSON, a code twice, no or an unknown target group, a criterion that is not asked of a group, a code of another
/// year or plan, a threshold above 100 %.
pub fn parse(json: &str) -> Result<Plan, BadPlan> {
    let plan: Plan = serde_json::from_str(json).map_err(|error| BadPlan(error.to_string()))?;
    for (at, indicator) in plan.indicators.iter().enumerate() {
        let fail = |what: &str| Err(BadPlan(format!("{}: {what}", indicator.code)));
        if plan.indicators[..at]
            .iter()
            .any(|other| other.code.eq_ignore_ascii_case(&indicator.code))
        {
            return fail("code twice");
        }
        if !indicator.code.is_ascii() || !indicator.code.starts_with(&format!("{}-{}-", plan.id, indicator.year)) {
            return fail("code must be ASCII and name its plan and year");
        }
        if indicator.target_groups.is_empty() {
            return fail("no target group");
        }
        if indicator
            .target_groups
            .iter()
            .any(|group| !indicator.measure.is_of(*group))
        {
            return fail("its criterion is not asked of its group");
        }
        if indicator.kind == TargetKind::Percent && indicator.threshold > 100 {
            return fail("threshold above 100 %");
        }
    }
    Ok(plan)
}

/// The indicators of plan 67/KH-UBND of 13/06/2025, section II.
pub fn plan_67() -> Plan {
    parse(include_str!("../../../assets/plans/kh67.json")).expect("shipped with the program and checked by a test")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn indicator(code: &str) -> Indicator {
        plan_67().indicator(code).expect("in the plan").clone()
    }

    #[test]
    fn plan_67_has_its_thirteen_rows() {
        let plan = plan_67();
        assert_eq!(plan.indicators.len(), 13);
        assert_eq!(plan.of_year(2025).count(), 7);
        assert_eq!(Vec::from_iter(plan.years()), [2025, 2026]);
        assert_ne!(indicator("KH67-2025-D").clause, indicator("KH67-2025-DD").clause);
    }

    #[test]
    fn thresholds_are_exact() {
        let adults = indicator("KH67-2025-C");
        assert_eq!(
            adults.judge(Some(800), Some(1000)),
            Outcome::Short { persons: 1 },
            "80,0 % is not above 80 %"
        );
        assert_eq!(adults.judge(Some(801), Some(1000)), Outcome::Achieved);
        assert_eq!(
            indicator("KH67-2026-B2").judge(Some(1), Some(2)),
            Outcome::Achieved,
            "50,0 % is at least 50 %"
        );
        assert_eq!(
            indicator("KH67-2026-C").judge(Some(9_996), Some(10_000)),
            Outcome::Short { persons: 4 },
            "99,96 % is not 100 %"
        );
        assert_eq!(adults.judge(Some(0), Some(0)), Outcome::NotApplicable);
        assert_eq!(adults.judge(None, Some(10)), Outcome::Missing);
        assert_eq!(adults.judge(Some(10), None), Outcome::Missing);
    }

    #[test]
    fn a_bad_plan_says_where() {
        let text = include_str!("../../../assets/plans/kh67.json");
        let twice = text.replace("KH67-2025-DD", "KH67-2025-D");
        assert_eq!(parse(&twice), Err(BadPlan("KH67-2025-D: code twice".into())));
        assert!(parse(&text.replace("worker_coop", "worker_cooop")).is_err());
    }

    #[test]
    fn d_and_dd_never_collide() {
        let plan = plan_67();
        for year in [2025, 2026] {
            let (d, dd) = (format!("KH67-{year}-D"), format!("kh67-{year}-dd"));
            assert_ne!(
                plan.indicator(&d),
                plan.indicator(&dd),
                "in whatever case it is asked for"
            );
            let mut codes: Vec<_> = plan
                .of_year(year)
                .map(|indicator| indicator.code.to_lowercase())
                .collect();
            let shown: Vec<_> = plan.of_year(year).map(|indicator| indicator.point.clone()).collect();
            assert_eq!(
                shown.last().map(String::as_str),
                Some("đ"),
                "in the order of the plan's text"
            );
            codes.sort();
            codes.dedup();
            assert_eq!(codes.len(), plan.of_year(year).count(), "as file names without case");
            let folded: Vec<_> = codes.iter().map(|code| crate::text::fold(code)).collect();
            assert_eq!(folded, codes, "stripping accents changes nothing");
        }
    }

    #[test]
    fn another_plan_needs_no_code() {
        let plan = parse(include_str!("../../../tests/fixtures/plans/tinh-mau.json")).expect("a good plan");
        let judge = |code: &str, num, den| plan.indicator(code).expect("in the plan").judge(Some(num), den);
        assert_eq!(
            judge("MAU-2026-X", 999_999, None),
            Outcome::Short { persons: 1 },
            "persons need no denominator"
        );
        assert_eq!(judge("MAU-2026-X", 1_000_000, None), Outcome::Achieved);
        assert_eq!(judge("MAU-2026-Y", 60, Some(100)), Outcome::Achieved, "ít nhất 60 %");
        assert_eq!(
            judge("MAU-2026-Z", 11, Some(100)),
            Outcome::Over { persons: 1 },
            "không quá 10 %"
        );
        assert_eq!(
            judge("MAU-2026-T", 50, Some(1000)),
            Outcome::Over { persons: 1 },
            "dưới 5 %"
        );
        assert_eq!(
            judge("MAU-2026-V", 99, Some(100)),
            Outcome::Short { persons: 1 },
            "đúng 100 %"
        );
    }

    proptest! {
        #[test]
        fn the_missing_persons_are_exactly_enough(num in 0u64..2_000_000, den in 1u64..2_000_000, strict: bool, threshold in 0u64..=100) {
            let indicator = Indicator { comparator: if strict { Comparator::Gt } else { Comparator::Ge }, threshold, ..indicator("KH67-2025-C") };
            if let Outcome::Short { persons } = indicator.judge(Some(num), Some(den)) {
                prop_assert_eq!(indicator.judge(Some(num + persons), Some(den)), Outcome::Achieved);
                prop_assert_ne!(indicator.judge(Some(num + persons - 1), Some(den)), Outcome::Achieved);
            }
        }
    }
}
