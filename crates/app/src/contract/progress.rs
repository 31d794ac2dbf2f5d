use hocvu_model::progress as model;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{SessionRow, Status};

/// Input of `progress.read`; what is empty is as a person would expect: this year, this unit, today.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ProgressInput {
    /// Year of the targets; 0 is the one of the day.
    pub year: i32,
    /// Uid of the unit; this machine's own when empty.
    pub unit: String,
    /// Code of the indicator told unit by unit; the first one when empty.
    pub code: String,
    /// The day figures are read at, as typed; today when empty.
    pub as_of: String,
    /// `as_is_now` or `as_was`.
    pub boundaries: String,
    /// Code of the regime; of decree 09/2019 when empty.
    pub regime: String,
    /// `month`, `quarter`, `half`, `year`.
    pub span: String,
    /// First day of a campaign, as typed.
    pub campaign_start: String,
}

/// Input of `progress.drill`: what one number is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct DrillInput {
    /// Uid of the unit.
    pub unit: String,
    /// Code of the indicator.
    pub code: String,
    /// As in [`ProgressInput`].
    pub as_of: String,
    /// As in [`ProgressInput`].
    pub boundaries: String,
    /// Sessions to skip.
    pub offset: u32,
    /// Sessions to return, at most 500.
    pub limit: u32,
}

/// What one number is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DrillView {
    /// Name of the unit.
    pub name: String,
    /// The very figures and populations in it.
    pub records: Vec<DrillRecord>,
    /// Sessions in which its groups took part, newest first: the activity beside it, never in it.
    pub sessions: Vec<SessionRow>,
    /// Of all, also those beyond this page.
    pub total: u32,
}

/// A figure or a population.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DrillRecord {
    /// The record.
    pub id: String,
    /// `coverage` or `population`.
    pub kind: String,
    /// Name of its unit.
    pub unit_name: String,
    /// Code of the group.
    pub group: String,
    /// Grade or class, as people read it; empty for the whole unit.
    pub part: String,
    /// Persons who meet the criterion; none of a population.
    pub numerator: Option<u32>,
    /// Persons there are.
    pub population: Option<u32>,
    /// Of them not asked for.
    pub excluded: Option<u32>,
    /// `22/11/2025`.
    pub as_of: String,
    /// Code of the evidence or of the basis.
    pub basis: String,
    /// Where it is from.
    pub source: String,
    /// Where it stands.
    pub status: Status,
}

/// The units progress can be asked of here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProgressScopes {
    /// Highest first, then by name.
    pub units: Vec<ScopeOption>,
    /// This machine's own.
    pub own: String,
}

/// One unit to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ScopeOption {
    /// Uid.
    pub uid: String,
    /// Name.
    pub name: String,
    /// Level.
    pub level: String,
    /// Name of the unit above.
    pub parent_name: Option<String>,
}

macro_rules! mirror {
    ($($(#[$doc:meta])* $name:ident of $theirs:ident { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $ty,)+
        }

        impl From<model::$theirs> for $name {
            fn from(model::$theirs { $($field),+ }: model::$theirs) -> Self {
                Self { $($field: Mirror::mirror($field)),+ }
            }
        }

        impl Mirror<$name> for model::$theirs {
            fn mirror(self) -> $name { self.into() }
        }
    )+};
}

/// A value of the model as it goes over the bridge.
trait Mirror<T> {
    fn mirror(self) -> T;
}

macro_rules! same {
    ($($ty:ty),+) => {$(impl Mirror<$ty> for $ty { fn mirror(self) -> $ty { self } })+};
}

same!(
    String,
    u64,
    u32,
    i32,
    bool,
    Option<u64>,
    Option<String>,
    Vec<String>,
    Vec<i32>
);

macro_rules! each {
    ($($theirs:ident => $ours:ident),+) => {$(
        impl Mirror<Vec<$ours>> for Vec<model::$theirs> {
            fn mirror(self) -> Vec<$ours> { self.into_iter().map(Into::into).collect() }
        }
        impl Mirror<Option<$ours>> for Option<model::$theirs> {
            fn mirror(self) -> Option<$ours> { self.map(Into::into) }
        }
    )+};
}

each!(IndicatorProgress => IndicatorView, ShareProgress => ShareView, Point => PointView, Activity => ActivityView,
      YearBefore => YearBeforeView);

mirror! {
    /// Progress against a plan, and sessions in a period.
    ProgressView of Answer {
        /// Stocks.
        progress: PlanView,
        /// Flows.
        period: PeriodView,
    }
    /// Progress of one unit.
    PlanView of Progress {
        /// Id of the plan.
        plan: String,
        /// What people call it.
        title_vi: String,
        /// The same in English.
        title_en: String,
        /// Years it sets targets for.
        years: Vec<i32>,
        /// The year asked about.
        year: i32,
        /// Uid of the unit.
        unit: String,
        /// Its name.
        name: String,
        /// Its level.
        level: String,
        /// The day asked about, ISO.
        as_of: String,
        /// `as_was` or `as_is_now`.
        boundaries: String,
        /// Every target of the year, in the plan's order; never added up.
        indicators: Vec<IndicatorView>,
        /// Code of the indicator that `shares` tell of.
        code: String,
        /// The units directly below, by name.
        shares: Vec<ShareView>,
    }
    /// One indicator.
    IndicatorView of IndicatorProgress {
        /// `KH67-2025-DD`.
        code: String,
        /// `đ`; for eyes only.
        point: String,
        /// Where it stands in the plan.
        clause: String,
        /// Name in the plan's words.
        name_vi: String,
        /// Name in English.
        name_en: String,
        /// What the numerator counts.
        numerator_vi: String,
        /// What the denominator counts.
        denominator_vi: String,
        /// What the plan leaves open.
        ambiguity_vi: String,
        /// The same in English.
        ambiguity: String,
        /// `percent` or `absolute`.
        kind: String,
        /// `gt`, `ge`, `lt`, `le`, `eq`.
        comparator: String,
        /// Whole percent, or persons.
        #[ts(type = "number")]
        threshold: u64,
        /// Code of the criterion.
        measure: String,
        /// Codes of the groups.
        groups: Vec<String>,
        /// How it stands.
        standing: StandingView,
        /// Kinds of evidence of its figures.
        evidence: Vec<String>,
        /// Bases of its denominator; `told_beside` where a figure brought its own.
        bases: Vec<String>,
        /// Persons left out of the denominator.
        #[ts(type = "number")]
        excluded: u64,
        /// Learners counted in sessions; none for what VNeID confirms.
        activity: Option<ActivityView>,
        /// By report month of its year.
        series: Vec<PointView>,
        /// The target of the same letter the year before: another definition.
        before: Option<YearBeforeView>,
    }
    /// How an indicator stands at a unit.
    StandingView of Standing {
        /// Whether there is a figure.
        state: ProgressState,
        /// `achieved`, `short`, `over`.
        outcome: Option<String>,
        /// Persons too few or too many.
        #[ts(type = "number | null")]
        persons: Option<u64>,
        /// Persons who meet the criterion.
        #[ts(type = "number | null")]
        numerator: Option<u64>,
        /// Persons there are.
        #[ts(type = "number | null")]
        denominator: Option<u64>,
        /// `99,96%`.
        percent: Option<String>,
        /// Hundredths of a percent, for bars.
        #[ts(type = "number | null")]
        hundredths: Option<u64>,
        /// Units directly below with a figure …
        reported: u32,
        /// … of those that are to have one.
        expected: u32,
        /// Whether the unit speaks for itself.
        own: bool,
        /// Day of the latest figure, ISO.
        latest: Option<String>,
        /// Codes of groups that are not in the figure.
        groups_missing: Vec<String>,
    }
    /// What sessions say of the same groups.
    ActivityView of Activity {
        /// Lượt.
        #[ts(type = "number")]
        attended: u64,
        /// Learners who came for the first time.
        #[ts(type = "number")]
        first_time: u64,
        /// Of the population.
        first_time_percent: Option<String>,
        /// Learners found able.
        #[ts(type = "number")]
        completed: u64,
        /// Of the population.
        completed_percent: Option<String>,
        /// Persons there are.
        #[ts(type = "number | null")]
        population: Option<u64>,
    }
    /// An indicator at the end of a report month.
    PointView of Point {
        /// `2025-11`.
        label: String,
        /// Persons who meet the criterion.
        #[ts(type = "number | null")]
        numerator: Option<u64>,
        /// Persons there are.
        #[ts(type = "number | null")]
        denominator: Option<u64>,
        /// Hundredths of a percent.
        #[ts(type = "number | null")]
        hundredths: Option<u64>,
    }
    /// The series of the year before.
    YearBeforeView of YearBefore {
        /// Its code.
        code: String,
        /// Its points.
        points: Vec<PointView>,
    }
    /// What one unit directly below adds.
    ShareView of ShareProgress {
        /// Uid.
        unit: String,
        /// Name.
        name: String,
        /// Level.
        level: String,
        /// How the indicator stands there.
        standing: StandingView,
    }
    /// Sessions of a unit in a period.
    PeriodView of PeriodSums {
        /// Code of the regime.
        regime: String,
        /// `day`, `month`, `quarter`, `half`, `year`.
        span: String,
        /// `2025-11`.
        label: String,
        /// Trong kỳ.
        in_period: WindowView,
        /// Lũy kế.
        cumulative: WindowView,
        /// Cùng kỳ năm trước.
        last_year: WindowView,
    }
}

/// Sums of a window of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WindowView {
    /// First day, ISO.
    pub from: String,
    /// Last day, ISO.
    pub to: String,
    /// Buổi.
    #[ts(type = "number")]
    pub sessions: u64,
    /// Lượt.
    #[ts(type = "number")]
    pub attended: u64,
    /// Of which women.
    #[ts(type = "number")]
    pub female: u64,
    /// Learners who came for the first time.
    #[ts(type = "number")]
    pub first_time: u64,
    /// Learners found able.
    #[ts(type = "number")]
    pub completed: u64,
}

impl Mirror<WindowView> for model::WindowSums {
    fn mirror(self) -> WindowView {
        let Self { from, to, sums } = self;
        let model::Sums {
            sessions,
            attended,
            female,
            first_time,
            completed,
        } = sums;
        WindowView {
            from,
            to,
            sessions,
            attended,
            female,
            first_time,
            completed,
        }
    }
}

/// Whether there is a figure; each differs from zero and from "not reached".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProgressState {
    /// Có số liệu.
    Value,
    /// Chưa có số liệu.
    Missing,
    /// Không áp dụng.
    NotApplicable,
    /// Không thu thập.
    NotCollected,
    /// Cần nhập lại.
    NeedsReentry,
}

impl Mirror<ProgressState> for model::State {
    fn mirror(self) -> ProgressState {
        match self {
            Self::Value => ProgressState::Value,
            Self::Missing => ProgressState::Missing,
            Self::NotApplicable => ProgressState::NotApplicable,
            Self::NotCollected => ProgressState::NotCollected,
            Self::NeedsReentry => ProgressState::NeedsReentry,
        }
    }
}
