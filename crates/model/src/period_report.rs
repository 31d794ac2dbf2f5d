//! A periodic report of a unit: its window, its narrative, its frozen figures and who signed it.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use crate::codes::{Regime, ReportState};
use crate::finding::{Finding, FindingCode as Code};
use crate::ids::UnitUid;
use crate::raw::{Raw, raw_struct};
use crate::reader::{Context, Reader};
use crate::session::NAME_CHARS_MAX;

/// Schema version of the body this build writes.
pub const SCHEMA_VERSION: u32 = 1;
/// Characters of one part of the narrative; five of them fit an operation.
pub const PART_CHARS_MAX: usize = 1_500;
/// Parts of the narrative, in the order of the official form (decree 30/2020, domain skeleton I–V).
pub const PARTS: [&str; 5] = ["situation", "results", "difficulties", "next_tasks", "proposals"];
/// Every field of the body.
pub(crate) const FIELDS: [&str; 13] = [
    "regime",
    "label",
    "from",
    "to",
    "state",
    "situation",
    "results",
    "difficulties",
    "next_tasks",
    "proposals",
    "figures",
    "signer_name",
    "signer_title",
];

/// One report, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodReport {
    /// Who reports.
    pub unit: UnitUid,
    /// How its periods are cut.
    pub regime: Regime,
    /// Name of the period under that regime: `2025-11`.
    pub label: String,
    /// First day of its window.
    pub from: NaiveDate,
    /// Last day of its window.
    pub to: NaiveDate,
    /// How far it got.
    pub state: ReportState,
    /// The narrative, in [`PARTS`] order.
    pub parts: [Option<String>; 5],
    /// Figures as they were when it was signed, by name; kept verbatim.
    pub figures: Option<Map<String, Value>>,
    /// Who signed.
    pub signer_name: Option<String>,
    /// As what.
    pub signer_title: Option<String>,
}

raw_struct! {
    /// A report as it came.
    RawPeriodReport {
        /// Uid; travels beside the body, not in it.
        unit: Raw,
        /// Code.
        regime: Raw,
        /// Text.
        label: Raw,
        /// Typed forms or ISO.
        from: Raw,
        /// Typed forms or ISO.
        to: Raw,
        /// Code.
        state: Raw,
        /// Text.
        situation: Raw,
        /// Text.
        results: Raw,
        /// Text.
        difficulties: Raw,
        /// Text.
        next_tasks: Raw,
        /// Text.
        proposals: Raw,
        /// Whole numbers by name.
        figures: Value,
        /// Text.
        signer_name: Raw,
        /// Text.
        signer_title: Raw,
    }
}

impl RawPeriodReport {
    /// As typed; figures are never typed.
    pub fn typed<'a>(cell: &dyn Fn(&str) -> &'a str) -> Self {
        let read = |field: &str| Raw::typed(cell(field));
        Self {
            unit: read("unit"),
            regime: read("regime"),
            label: read("label"),
            from: read("from"),
            to: read("to"),
            state: read("state"),
            situation: read("situation"),
            results: read("results"),
            difficulties: read("difficulties"),
            next_tasks: read("next_tasks"),
            proposals: read("proposals"),
            figures: Value::Null,
            signer_name: read("signer_name"),
            signer_title: read("signer_title"),
        }
    }
}

/// Reads a report and applies every rule.
pub fn check(raw: &RawPeriodReport, context: &Context<'_>) -> (Option<PeriodReport>, Vec<Finding>) {
    let mut at = Reader::default();
    let from = at.date("from", &raw.from, NaiveDate::MAX);
    let to = at.date("to", &raw.to, NaiveDate::MAX);
    let unit = at.unit(&raw.unit, to, context);
    let regime = at.must(
        "regime",
        &raw.regime,
        Regime::parse,
        (Code::RegimeMissing, Code::RegimeUnknown),
    );
    let label = at.text("label", &raw.label, NAME_CHARS_MAX);
    if label.is_none() && raw.label == Raw::Absent {
        at.say(Finding::new(Code::NameMissing, "label"));
    }
    let state = at.must(
        "state",
        &raw.state,
        ReportState::parse,
        (Code::StateMissing, Code::StateUnknown),
    );
    let texts = [
        &raw.situation,
        &raw.results,
        &raw.difficulties,
        &raw.next_tasks,
        &raw.proposals,
    ];
    let mut texts = PARTS.iter().zip(texts);
    let parts = std::array::from_fn(|_| {
        let (part, raw) = texts.next()?;
        at.note_of(part, raw, PART_CHARS_MAX)
    });
    let figures = match &raw.figures {
        Value::Null => None,
        Value::Object(figures) if figures.values().all(Value::is_u64) => Some(figures.clone()),
        other => {
            at.wrong_type("figures", other);
            None
        }
    };
    let signer_name = at.text("signer_name", &raw.signer_name, NAME_CHARS_MAX);
    let signer_title = at.text("signer_title", &raw.signer_title, NAME_CHARS_MAX);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        at.say(Finding::new(Code::DatesReversed, "to"));
    }
    let mut findings = at.findings;
    findings.sort_by_key(|finding| finding.severity);
    let report = match (findings.iter().any(Finding::is_error), unit, regime, label, from, to) {
        (false, Some(unit), Some(regime), Some(label), Some(from), Some(to)) => state.map(|state| PeriodReport {
            unit,
            regime,
            label,
            from,
            to,
            state,
            parts,
            figures,
            signer_name,
            signer_title,
        }),
        _ => None,
    };
    (report, findings)
}

impl PeriodReport {
    /// What makes two reports the same one, so that two devices that begin it meet.
    pub fn natural_key(&self) -> String {
        format!("{}|{}|{}", self.unit, self.regime, self.label)
    }

    /// The full body; keys in alphabetical order, absent values left out.
    pub fn body(&self) -> Map<String, Value> {
        let Self {
            unit: _,
            regime,
            label,
            from,
            to,
            state,
            parts,
            figures,
            signer_name,
            signer_title,
        } = self;
        let mut body = crate::body::object([
            ("regime", json!(regime)),
            ("label", json!(label)),
            ("from", json!(from)),
            ("to", json!(to)),
            ("state", json!(state)),
            ("figures", json!(figures)),
            ("signer_name", json!(signer_name)),
            ("signer_title", json!(signer_title)),
        ]);
        for (part, text) in PARTS.iter().zip(parts) {
            if let Some(text) = text {
                body.insert((*part).to_owned(), json!(text));
            }
        }
        body
    }
}
