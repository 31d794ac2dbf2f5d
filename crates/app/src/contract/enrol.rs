use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of `enrol.lookup`: asks the centre whose code this is. Returns at once; watch `enrol.state` (topic `enrol`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnrolLookupInput {
    /// As typed: any case, with or without dashes.
    pub code: String,
    /// Address of the centre, e.g. `https://hocvu.travinh.example`.
    pub centre: String,
}

/// Input of `enrol.confirm`: the person said that the unit is theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnrolConfirmInput {
    /// The person's name, shown in histories.
    pub user: String,
}

/// How far the enrolment is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum EnrolState {
    /// Waiting for a code.
    #[default]
    Idle,
    /// Asking the centre.
    Busy,
    /// The centre knows the code: ask whether this is right.
    Found {
        /// `Ấp Hòa Thuận`.
        unit_name: String,
        /// `Xã Long Hòa`.
        parent_name: Option<String>,
        /// `team`, `school`, `commune`…
        role: String,
        /// Name foreseen by the office, if any.
        user: Option<String>,
    },
    /// Done: `app.state` says `ready`.
    Done,
    /// It did not work: a key `enrol_problem_<code>` of the catalogue.
    Failed {
        /// `code_unknown`, `code_used`, `code_expired`, `too_many_tries`, `no_link`, `bad_address`, `code_malformed`, `centre`.
        problem: String,
    },
}

/// What the first-start screen is filled with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EnrolView {
    /// How far it is.
    pub state: EnrolState,
    /// Address to propose.
    pub centre: String,
}
