//! The judge: what becomes of one operation, given the facts. Pure; nothing here reads a database or a clock.
//!
//! Two questions, because the second is costly and seldom needed: may the operation be looked at now ([`admit`]), and if
//! so, what does it do to its record ([`decide`])?

use hocvu_model::Finding;
use hocvu_wire::batch::{Ruling, Verdict};

use crate::reading::Body;

/// Facts about an operation before its content matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The device was revoked.
    pub revoked: bool,
    /// How the operation it builds on stands.
    pub base: Base,
    /// Whether the record's present unit is under a grant; true when there is no record yet.
    pub record_in_scope: bool,
    /// How the unit it names stands.
    pub unit: Place,
}

/// How the operation another builds on stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// It builds on nothing: a creation.
    Null,
    /// It has not arrived.
    Missing,
    /// Itself held, rejected or set aside.
    Unsettled,
    /// It is no operation on this record.
    Foreign,
    /// It was applied or is a branch.
    Settled,
}

/// How the unit an operation names stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It names none.
    Unnamed,
    /// Not in the unit book.
    Unknown,
    /// Under no grant of the device.
    Outside,
    /// Under a grant.
    Inside,
}

/// Why an operation must wait or be set aside; its code on the wire.
pub mod code {
    /// Another content under this number is already stored.
    pub const LOG_FORKED: &str = "LOG_FORKED";
    /// The device was revoked.
    pub const DEVICE_REVOKED: &str = "DEVICE_REVOKED";
    /// Of a later version than this program.
    pub const SCHEMA_AHEAD: &str = "SCHEMA_AHEAD";
    /// Builds on an operation that has not arrived.
    pub const PARENT_MISSING: &str = "PARENT_MISSING";
    /// Builds on an operation that is itself not applied.
    pub const PARENT_HELD: &str = "PARENT_HELD";
    /// Builds on an operation of another record.
    pub const BASE_FOREIGN: &str = "BASE_FOREIGN";
    /// Its unit is not in the unit book.
    pub const UNIT_UNKNOWN: &str = "UNIT_UNKNOWN";
    /// The device has no grant over the record's unit, or over the one it is to have.
    pub const SCOPE: &str = "SCOPE";
    /// Not an operation of any version, or one without the shape of its kind.
    pub const MALFORMED: &str = "MALFORMED";
    /// Larger than an operation may be.
    pub const OP_TOO_LARGE: &str = "OP_TOO_LARGE";
    /// Breaks a rule; the findings say which.
    pub const INVALID: &str = "INVALID";
    /// Somebody else's change came first.
    pub const BASE_CHANGED: &str = "BASE_CHANGED";
}

/// A ruling with a code and no findings.
pub fn ruling(v: Verdict, c: &str) -> Ruling {
    Ruling {
        v,
        c: Some(c.to_owned()),
        f: Vec::new(),
        m: None,
    }
}

/// Plain acceptance.
pub fn accepted() -> Ruling {
    Ruling {
        v: Verdict::Accepted,
        c: None,
        f: Vec::new(),
        m: None,
    }
}

/// Whether the operation may be looked at now; otherwise how it is kept.
///
/// # Errors
/// The ruling under which it is stored without effect.
pub fn admit(facts: &Facts) -> Result<(), Ruling> {
    if facts.revoked {
        return Err(ruling(Verdict::Quarantined, code::DEVICE_REVOKED));
    }
    match facts.base {
        Base::Missing => return Err(ruling(Verdict::Held, code::PARENT_MISSING)),
        Base::Unsettled => return Err(ruling(Verdict::Held, code::PARENT_HELD)),
        Base::Foreign => return Err(ruling(Verdict::Rejected, code::BASE_FOREIGN)),
        Base::Null | Base::Settled => {}
    }
    match facts.unit {
        Place::Unknown => Err(ruling(Verdict::Held, code::UNIT_UNKNOWN)),
        Place::Outside => Err(ruling(Verdict::Held, code::SCOPE)),
        _ if !facts.record_in_scope => Err(ruling(Verdict::Held, code::SCOPE)),
        Place::Unnamed | Place::Inside => Ok(()),
    }
}

/// One state of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Uid of its unit.
    pub unit: String,
    /// Its body.
    pub body: Body,
    /// Whether it is void.
    pub void: bool,
}

/// What an operation does to its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// Its result becomes the head.
    Head,
    /// Its result says what the head says already: the head stays.
    Same,
    /// Its result is kept beside the head.
    Branch,
}

/// What an admitted operation does. `base` is the state its author saw, `head` the present one, `result` what the
/// operation makes of `base`; `findings` are the rules' answer on `result`.
pub fn decide(base: Option<&State>, head: Option<&State>, result: &State, findings: &[Finding]) -> (Ruling, Effect) {
    if findings.iter().any(Finding::is_error) {
        return (invalid(findings), Effect::None);
    }
    if base == head {
        return (accepted(), Effect::Head); // I6: the author saw exactly what stands.
    }
    if head == Some(result) {
        return (accepted(), Effect::Same);
    }
    concurrent(base, head, result)
}

/// Rejected, with every finding.
pub fn invalid(findings: &[Finding]) -> Ruling {
    Ruling {
        f: findings.to_vec(),
        ..ruling(Verdict::Rejected, code::INVALID)
    }
}

/// Two people changed the same state. This version lets a person resolve it: the later change is kept as a branch and
/// the head does not move. Merging disjoint groups of fields belongs here and nowhere else.
fn concurrent(_base: Option<&State>, _head: Option<&State>, _result: &State) -> (Ruling, Effect) {
    (ruling(Verdict::Conflicted, code::BASE_CHANGED), Effect::Branch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hocvu_model::FindingCode;
    use serde_json::json;

    const FINE: Facts = Facts {
        revoked: false,
        base: Base::Null,
        record_in_scope: true,
        unit: Place::Inside,
    };

    fn state(note: &str) -> State {
        State {
            unit: "u:1".into(),
            body: json!({ "note": note }).as_object().expect("an object").clone(),
            void: false,
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn the_first_reason_decides() {
        let foreign = Facts {
            record_in_scope: false,
            ..FINE
        };
        for (facts, expected) in [
            (FINE, None),
            (
                Facts {
                    unit: Place::Unnamed,
                    ..FINE
                },
                None,
            ),
            (
                Facts {
                    base: Base::Settled,
                    ..FINE
                },
                None,
            ),
            (
                Facts {
                    base: Base::Missing,
                    ..foreign
                },
                Some((Verdict::Held, code::PARENT_MISSING)),
            ),
            (
                Facts {
                    base: Base::Unsettled,
                    ..foreign
                },
                Some((Verdict::Held, code::PARENT_HELD)),
            ),
            (
                Facts {
                    base: Base::Foreign,
                    ..FINE
                },
                Some((Verdict::Rejected, code::BASE_FOREIGN)),
            ),
            (
                Facts {
                    unit: Place::Unknown,
                    ..foreign
                },
                Some((Verdict::Held, code::UNIT_UNKNOWN)),
            ),
            (
                Facts {
                    unit: Place::Outside,
                    ..FINE
                },
                Some((Verdict::Held, code::SCOPE)),
            ),
            (foreign, Some((Verdict::Held, code::SCOPE))),
            (
                Facts {
                    unit: Place::Unnamed,
                    ..foreign
                },
                Some((Verdict::Held, code::SCOPE)),
            ),
            (
                Facts {
                    revoked: true,
                    base: Base::Missing,
                    ..foreign
                },
                Some((Verdict::Quarantined, code::DEVICE_REVOKED)),
            ),
        ] {
            assert_eq!(admit(&facts).err(), expected.map(|(v, c)| ruling(v, c)), "{facts:?}");
        }
    }

    #[test]
    fn only_a_base_that_stands_moves_the_head() {
        let (a, b, c) = (state("a"), state("b"), state("c"));
        let verdict = |base, head, result| {
            let (ruling, effect) = decide(base, head, result, &[]);
            (ruling.v, effect)
        };
        assert_eq!(verdict(None, None, &a), (Verdict::Accepted, Effect::Head), "a creation");
        assert_eq!(
            verdict(Some(&a), Some(&a), &b),
            (Verdict::Accepted, Effect::Head),
            "an edit of the head"
        );
        assert_eq!(
            verdict(Some(&a), Some(&b), &b),
            (Verdict::Accepted, Effect::Same),
            "both wrote the same"
        );
        assert_eq!(
            verdict(None, Some(&a), &a),
            (Verdict::Accepted, Effect::Same),
            "both created the same"
        );
        assert_eq!(
            verdict(Some(&a), Some(&b), &c),
            (Verdict::Conflicted, Effect::Branch),
            "two changes"
        );
        assert_eq!(
            verdict(None, Some(&b), &c),
            (Verdict::Conflicted, Effect::Branch),
            "two creations"
        );
        let void = State {
            void: true,
            ..a.clone()
        };
        assert_eq!(
            verdict(Some(&a), Some(&void), &b),
            (Verdict::Conflicted, Effect::Branch),
            "void is a change"
        );
    }

    #[test]
    fn the_impossible_is_rejected_and_the_unusual_is_not() {
        let a = state("a");
        let (error, warning) = (
            Finding::new(FindingCode::CountNegative, "counts.adult.attended"),
            Finding::new(FindingCode::DateBeforePlan, "date"),
        );
        let (ruling, effect) = decide(None, None, &a, &[error.clone(), warning.clone()]);
        assert_eq!(
            (ruling.v, effect, ruling.f),
            (Verdict::Rejected, Effect::None, vec![error, warning.clone()])
        );
        assert_eq!(decide(None, None, &a, &[warning]), (accepted(), Effect::Head));
    }
}
