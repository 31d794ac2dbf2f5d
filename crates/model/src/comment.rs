//! A comment on a record: who is answered by the operation's author, so only the text and what it asks for.

use crate::codes::CommentFlag;
use crate::coverage::TEXT_CHARS_MAX;
use crate::finding::{Finding, FindingCode as Code};
use crate::ids::{RecordId, UnitUid};
use crate::raw::{Raw, flat_struct};
use crate::reader::{Context, Reader};

/// Schema version of the body this build writes.
pub const SCHEMA_VERSION: u32 = 1;

/// One comment, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The unit of the record it is about.
    pub unit: UnitUid,
    /// That record.
    pub subject: RecordId,
    /// What is said.
    pub text: String,
    /// What it asks for.
    pub flag: Option<CommentFlag>,
}

flat_struct! {
    /// A comment as it came.
    RawComment of Comment {
        /// Uid; travels beside the body, not in it.
        unit,
        /// Record id.
        subject,
        /// Text.
        text,
        /// Code.
        flag,
    }
}

/// Reads a comment and applies every rule.
pub fn check(raw: &RawComment, context: &Context<'_>) -> (Option<Comment>, Vec<Finding>) {
    let mut at = Reader::default();
    let unit = at.unit(&raw.unit, None, context);
    let subject = at.code("subject", &raw.subject, |id| id.parse().ok(), Code::WrongType);
    if raw.subject == Raw::Absent {
        at.wrong_type("subject", "");
    }
    let text = at.note_of("text", &raw.text, TEXT_CHARS_MAX);
    if text.is_none() && raw.text == Raw::Absent {
        at.say(Finding::new(Code::TextMissing, "text"));
    }
    let flag = at.code("flag", &raw.flag, CommentFlag::parse, Code::FlagUnknown);
    let mut findings = at.findings;
    findings.sort_by_key(|finding| finding.severity);
    let comment = match (findings.iter().any(Finding::is_error), unit, subject, text) {
        (false, Some(unit), Some(subject), Some(text)) => Some(Comment {
            unit,
            subject,
            text,
            flag,
        }),
        _ => None,
    };
    (comment, findings)
}
