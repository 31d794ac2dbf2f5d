//! A plan is data: indicators with population, comparator and threshold. Plan 67/KH-UBND is `assets/plans/kh67.json`.

use serde::Deserialize;

use crate::codes::TargetGroup;

/// How a figure is held against its threshold. "Trên 80 %" is strict; "ít nhất 50 %" and "100 %" are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparator {
    /// Strictly above.
    Gt,
    /// At least.
    Ge,
}

/// One row of a plan for one year.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Indicator {
    /// `KH67-2025-DD`; DD is điểm đ, so that stripping accents cannot make it collide with D.
    pub code: String,
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
    /// Strict or not.
    pub comparator: Comparator,
    /// Whole percent.
    pub threshold_percent: u32,
    /// What the text leaves open; shown with the figure.
    pub ambiguity: String,
    /// Groups of the population.
    pub target_groups: Vec<String>,
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
}

impl Indicator {
    /// Decides on integers, never on a rounded percentage: `gt: num·100 > thr·den`, `ge: num·100 ≥ thr·den`.
    pub fn judge(&self, numerator: Option<u64>, denominator: Option<u64>) -> Outcome {
        let (Some(num), Some(den)) = (numerator, denominator) else {
            return Outcome::Missing;
        };
        if den == 0 {
            return Outcome::NotApplicable;
        }
        let wanted = u128::from(self.threshold_percent) * u128::from(den);
        let needed = match self.comparator {
            Comparator::Gt => wanted / 100 + 1,
            Comparator::Ge => wanted.div_ceil(100),
        };
        match needed.saturating_sub(u128::from(num)) {
            0 => Outcome::Achieved,
            short => Outcome::Short {
                persons: u64::try_from(short).unwrap_or(u64::MAX),
            },
        }
    }
}

/// A plan file does not hold together; the text says where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("plan: {0}")]
pub struct BadPlan(pub String);

/// Reads and checks a plan file.
///
/// # Errors
/// Malformed JSON, a code twice, an unknown target group, a code of another year, a threshold above 100.
pub fn parse(json: &str) -> Result<Vec<Indicator>, BadPlan> {
    #[derive(Deserialize)]
    struct File {
        indicators: Vec<Indicator>,
    }
    let File { indicators } = serde_json::from_str(json).map_err(|error| BadPlan(error.to_string()))?;
    for (at, indicator) in indicators.iter().enumerate() {
        let fail = |what: &str| Err(BadPlan(format!("{}: {what}", indicator.code)));
        if indicators[..at]
            .iter()
            .any(|other| other.code.eq_ignore_ascii_case(&indicator.code))
        {
            return fail("code twice");
        }
        if !indicator.code.is_ascii() || !indicator.code.contains(&format!("-{}-", indicator.year)) {
            return fail("code must be ASCII and name its year");
        }
        if indicator.target_groups.is_empty()
            || indicator
                .target_groups
                .iter()
                .any(|group| TargetGroup::parse(group).is_none())
        {
            return fail("unknown target group");
        }
        if indicator.threshold_percent > 100 {
            return fail("threshold above 100 %");
        }
    }
    Ok(indicators)
}

/// The indicators of plan 67/KH-UBND of 13/06/2025, section II.
pub fn plan_67() -> Vec<Indicator> {
    parse(include_str!("../../../assets/plans/kh67.json")).expect("shipped with the program and checked by a test")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn indicator(code: &str) -> Indicator {
        plan_67()
            .into_iter()
            .find(|indicator| indicator.code == code)
            .expect("in the plan")
    }

    #[test]
    fn plan_67_has_its_thirteen_rows() {
        let plan = plan_67();
        assert_eq!(plan.len(), 13);
        assert_eq!(plan.iter().filter(|indicator| indicator.year == 2025).count(), 7);
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

    proptest! {
        #[test]
        fn the_missing_persons_are_exactly_enough(num in 0u64..2_000_000, den in 1u64..2_000_000, strict: bool, threshold in 0u32..=100) {
            let indicator = Indicator { comparator: if strict { Comparator::Gt } else { Comparator::Ge }, threshold_percent: threshold, ..indicator("KH67-2025-C") };
            if let Outcome::Short { persons } = indicator.judge(Some(num), Some(den)) {
                prop_assert_eq!(indicator.judge(Some(num + persons), Some(den)), Outcome::Achieved);
                prop_assert_ne!(indicator.judge(Some(num + persons - 1), Some(den)), Outcome::Achieved);
            }
        }
    }
}
