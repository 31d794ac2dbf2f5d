use serde::{Deserialize, Serialize};

/// Progress of one unit. As it goes to screens, scripts and tests; the device and the centre say the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Id of the plan.
    pub plan: String,
    /// What people call it.
    pub title_vi: String,
    /// The same in English.
    pub title_en: String,
    /// Years it sets targets for.
    pub years: Vec<i32>,
    /// The year asked about.
    pub year: i32,
    /// Uid of the unit.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: String,
    /// The day asked about, ISO.
    pub as_of: String,
    /// `as_was` or `as_is_now`.
    pub boundaries: String,
    /// Every target of the year, in the plan's order. Populations overlap: they are never added up.
    pub indicators: Vec<IndicatorProgress>,
    /// Code of the indicator that `shares` tell of.
    pub code: String,
    /// The units directly below, by name.
    pub shares: Vec<ShareProgress>,
}

/// One indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorProgress {
    /// `KH67-2025-DD`.
    pub code: String,
    /// `đ`.
    pub point: String,
    /// Where it stands in the plan.
    pub clause: String,
    /// Name in the plan's words.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// What the numerator counts.
    pub numerator_vi: String,
    /// What the denominator counts.
    pub denominator_vi: String,
    /// What the plan leaves open.
    pub ambiguity_vi: String,
    /// The same in English.
    pub ambiguity: String,
    /// `percent` or `absolute`.
    pub kind: String,
    /// `gt`, `ge`, `lt`, `le`, `eq`.
    pub comparator: String,
    /// Whole percent, or persons.
    pub threshold: u64,
    /// Code of the criterion.
    pub measure: String,
    /// Codes of the groups.
    pub groups: Vec<String>,
    /// How it stands.
    pub standing: Standing,
    /// Kinds of evidence of its figures.
    pub evidence: Vec<String>,
    /// Bases of its denominator; `told_beside` where a figure brought its own.
    pub bases: Vec<String>,
    /// Persons left out of the denominator, with a documented reason.
    pub excluded: u64,
    /// Learners counted in sessions, beside the figure and never in it; none for what VNeID confirms.
    pub activity: Option<Activity>,
    /// By report month of its year.
    pub series: Vec<Point>,
    /// The target of the same letter the year before: another definition, never one line with this one.
    pub before: Option<YearBefore>,
}

/// How an indicator stands at a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether there is a figure.
    pub state: State,
    /// `achieved`, `short`, `over`; none unless there is a figure.
    pub outcome: Option<String>,
    /// Persons too few or too many, exact for strict thresholds.
    pub persons: Option<u64>,
    /// Persons who meet the criterion, of the units that told both counts; all that were told while there is no denominator.
    pub numerator: Option<u64>,
    /// Persons there are.
    pub denominator: Option<u64>,
    /// As people read it: `99,96%`.
    pub percent: Option<String>,
    /// The same as a number, hundredths of a percent. For bars; decisions are made on the counts.
    pub hundredths: Option<u64>,
    /// Units directly below with a figure, of …
    pub reported: u32,
    /// … those that are to have one. 1 of 1 where the unit speaks for itself.
    pub expected: u32,
    /// Whether it is the unit's own figure, which speaks for everything below it.
    pub own: bool,
    /// Day of the latest figure, ISO.
    pub latest: Option<String>,
    /// Codes of groups that are not in the figure, though others are.
    pub groups_missing: Vec<String>,
}

/// Whether there is a figure. Each differs from zero and from "not reached".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Có số liệu.
    Value,
    /// Chưa có số liệu: numerator or denominator was not told.
    Missing,
    /// Không áp dụng: nobody is there.
    NotApplicable,
    /// Không thu thập: such a unit is not asked.
    NotCollected,
    /// Cần nhập lại: the unit was merged, and not each of its parts had told.
    NeedsReentry,
}

/// What sessions say of the same groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Lượt: attendances, not persons.
    pub attended: u64,
    /// Learners who came for the first time.
    pub first_time: u64,
    /// Of the population.
    pub first_time_percent: Option<String>,
    /// Learners found able.
    pub completed: u64,
    /// Of the population.
    pub completed_percent: Option<String>,
    /// Persons there are.
    pub population: Option<u64>,
}

/// An indicator at the end of a report month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// `2025-11`.
    pub label: String,
    /// As in [`Standing`].
    pub numerator: Option<u64>,
    /// As in [`Standing`].
    pub denominator: Option<u64>,
    /// As in [`Standing`].
    pub hundredths: Option<u64>,
}

/// The series of the year before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearBefore {
    /// Its code: another definition.
    pub code: String,
    /// Its points.
    pub points: Vec<Point>,
}

/// What one unit directly below adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareProgress {
    /// Uid.
    pub unit: String,
    /// Name.
    pub name: String,
    /// Level.
    pub level: String,
    /// How the indicator stands there.
    pub standing: Standing,
}
