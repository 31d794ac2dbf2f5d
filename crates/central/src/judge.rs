//! The judge: what becomes of one operation, given the facts. Pure; nothing here reads a database or a clock.
//!
//! Two questions, because the second is costly and seldom needed: may the operation be looked at now ([`admit`]), and if
//! so, what does it do to its record ([`decide`])?

use hocvu_model::concurrent::{Version, concurrent};
use hocvu_model::operation::Kind;
use hocvu_model::{Finding, RecordKind, Role};
use hocvu_wire::batch::{Ruling, Verdict};

use crate::reading::Body;

/// Facts about an operation before its content matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// What it does.
    pub kind: Kind,
    /// The device was revoked, and the operation not released.
    pub revoked: bool,
    /// How the operation it builds on stands.
    pub base: Base,
    /// How the branches it closes stand, the worst of them.
    pub branches: Base,
    /// Whether the record's present unit is under a grant; true when there is no record yet.
    pub record_in_scope: bool,
    /// How the unit it names stands.
    pub unit: Place,
    /// Weight of the author's word there.
    pub rank: u8,
    /// Whether a person said why.
    pub explained: bool,
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

impl Base {
    /// The one that weighs more against the operation.
    #[must_use]
    pub fn or_worse(self, other: Self) -> Self {
        let weight = |base| match base {
            Self::Null | Self::Settled => 0,
            Self::Foreign => 1,
            Self::Unsettled => 2,
            Self::Missing => 3,
        };
        if weight(other) > weight(self) { other } else { self }
    }
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
    /// Somebody of a higher rank corrected the record, or wrote the branch it would close.
    pub const RANK_FLOOR: &str = "RANK_FLOOR";
    /// The report month is closed.
    pub const PERIOD_LOCKED: &str = "PERIOD_LOCKED";
    /// The author may not do this, or not there.
    pub const RIGHTS: &str = "RIGHTS";
    /// A unit that would be void has something recorded for it, or somebody working in it, or other units rest on it.
    pub const UNIT_IN_USE: &str = "UNIT_IN_USE";
    /// A person must say why.
    pub const REASON_MISSING: &str = "REASON_MISSING";
    /// An officer sent it back; the reason is in the ruling.
    pub const RETURNED: &str = "RETURNED";
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
    match facts.branches {
        Base::Missing => return Err(ruling(Verdict::Held, code::PARENT_MISSING)),
        Base::Unsettled => return Err(ruling(Verdict::Held, code::PARENT_HELD)),
        Base::Foreign => return Err(ruling(Verdict::Rejected, code::BASE_FOREIGN)),
        Base::Null | Base::Settled => {}
    }
    match facts.unit {
        Place::Unknown => return Err(ruling(Verdict::Held, code::UNIT_UNKNOWN)),
        Place::Outside => return Err(ruling(Verdict::Held, code::SCOPE)),
        _ if !facts.record_in_scope => return Err(ruling(Verdict::Held, code::SCOPE)),
        Place::Unnamed | Place::Inside => {}
    }
    if facts.kind == Kind::Correct {
        if facts.rank < Role::Commune.rank() {
            return Err(ruling(Verdict::Rejected, code::RIGHTS));
        }
        if !facts.explained {
            return Err(ruling(Verdict::Rejected, code::REASON_MISSING));
        }
    }
    Ok(())
}

/// One state of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// What the record is; never changes.
    pub kind: RecordKind,
    /// Uid of its unit.
    pub unit: String,
    /// Its body.
    pub body: Body,
    /// Whether it is void.
    pub void: bool,
}

impl State {
    fn version(&self) -> Version<'_> {
        Version {
            unit: &self.unit,
            void: self.void,
            body: &self.body,
        }
    }
}

/// What an operation does to its record.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Nothing.
    None,
    /// Its result becomes the head.
    Head,
    /// Its result says what the head says already: the head stays.
    Same,
    /// Its result is kept beside the head.
    Branch,
    /// This becomes the head: the present one with what the operation changed.
    Merge(State),
}

/// An admitted operation and what it meets.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// What it does.
    pub kind: Kind,
    /// The state its author saw.
    pub base: Option<&'a State>,
    /// The present state.
    pub head: Option<&'a State>,
    /// What the operation makes of `base`.
    pub result: &'a State,
    /// Whether the operation it builds on is the one that made the present state.
    pub on_head: bool,
    /// Whether the operation it builds on is a branch.
    pub on_branch: bool,
    /// Weight of the author's word.
    pub rank: u8,
    /// The lowest weight that may change the record.
    pub floor: u8,
    /// Somebody of a higher rank changed the record since `base`.
    pub outranked: bool,
    /// Highest weight of those whose branches it closes.
    pub closes_rank: u8,
    /// The report month of the session is closed to this author.
    pub locked: bool,
}

/// What an admitted operation does. `findings` are the rules' answer on its result.
pub fn decide(change: &Change<'_>, findings: &[Finding]) -> (Ruling, Effect) {
    if findings.iter().any(Finding::is_error) {
        return (invalid(findings), Effect::None);
    }
    if !change.on_head && change.head == Some(change.result) && change.kind != Kind::Resolve {
        return (accepted(), Effect::Same);
    }
    #[cfg(feature = "planted")]
    if hocvu_model::planted::is(hocvu_model::planted::Bug::LastWriterWins) {
        return (accepted(), Effect::Head);
    }
    if change.rank < change.floor.max(change.closes_rank) {
        return branch(code::RANK_FLOOR);
    }
    if change.locked {
        return branch(code::PERIOD_LOCKED);
    }
    if change.on_head {
        return (accepted(), Effect::Head); // I6: the author saw exactly what stands.
    }
    together(change).map_or_else(|| branch(code::BASE_CHANGED), |state| (merged(), Effect::Merge(state)))
}

/// What becomes of a merger, given the rules' answer on the merged state.
pub fn confirm(state: State, findings: &[Finding]) -> (Ruling, Effect) {
    if findings.iter().any(Finding::is_error) {
        branch(code::BASE_CHANGED) // Each was possible, both are not.
    } else {
        (merged(), Effect::Merge(state))
    }
}

/// Rejected, with every finding.
pub fn invalid(findings: &[Finding]) -> Ruling {
    Ruling {
        f: findings.to_vec(),
        ..ruling(Verdict::Rejected, code::INVALID)
    }
}

/// The later change is kept as a branch and the head does not move: a person settles it.
fn branch(why: &str) -> (Ruling, Effect) {
    (ruling(Verdict::Conflicted, why), Effect::Branch)
}

fn merged() -> Ruling {
    Ruling {
        v: Verdict::Merged,
        ..accepted()
    }
}

/// Two people changed the same state: both changes, where they touch nothing in common and no higher word is undone. Who
/// settles a conflict must have seen the head, and what builds on a branch goes where the branch goes.
fn together(change: &Change<'_>) -> Option<State> {
    if change.on_branch || change.outranked || change.kind == Kind::Resolve {
        return None;
    }
    let (base, head) = (change.base?, change.head?);
    let (unit, body) = concurrent(base.version(), head.version(), change.result.version())?;
    Some(State {
        kind: head.kind,
        unit,
        body,
        void: head.void,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hocvu_model::FindingCode;
    use serde_json::json;

    const FINE: Facts = Facts {
        kind: Kind::Put,
        revoked: false,
        base: Base::Null,
        branches: Base::Settled,
        record_in_scope: true,
        unit: Place::Inside,
        rank: 1,
        explained: false,
    };

    fn state(value: serde_json::Value) -> State {
        State {
            kind: RecordKind::TrainingSession,
            unit: "u:1".into(),
            body: value.as_object().expect("an object").clone(),
            void: false,
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn the_first_reason_decides() {
        use {Base as B, Place as P, Verdict as V};
        type Row = (Base, Base, bool, Place, Option<(Verdict, &'static str)>);
        let rows: [Row; 13] = [
            (B::Null, B::Settled, true, P::Inside, None),
            (B::Null, B::Settled, true, P::Unnamed, None),
            (B::Settled, B::Settled, true, P::Inside, None),
            (
                B::Missing,
                B::Settled,
                false,
                P::Inside,
                Some((V::Held, code::PARENT_MISSING)),
            ),
            (
                B::Unsettled,
                B::Settled,
                false,
                P::Inside,
                Some((V::Held, code::PARENT_HELD)),
            ),
            (
                B::Foreign,
                B::Settled,
                true,
                P::Inside,
                Some((V::Rejected, code::BASE_FOREIGN)),
            ),
            (
                B::Settled,
                B::Missing,
                false,
                P::Inside,
                Some((V::Held, code::PARENT_MISSING)),
            ),
            (
                B::Settled,
                B::Unsettled,
                false,
                P::Inside,
                Some((V::Held, code::PARENT_HELD)),
            ),
            (
                B::Settled,
                B::Foreign,
                true,
                P::Inside,
                Some((V::Rejected, code::BASE_FOREIGN)),
            ),
            (
                B::Null,
                B::Settled,
                false,
                P::Unknown,
                Some((V::Held, code::UNIT_UNKNOWN)),
            ),
            (B::Null, B::Settled, true, P::Outside, Some((V::Held, code::SCOPE))),
            (B::Null, B::Settled, false, P::Inside, Some((V::Held, code::SCOPE))),
            (B::Null, B::Settled, false, P::Unnamed, Some((V::Held, code::SCOPE))),
        ];
        for (base, branches, record_in_scope, unit, expected) in rows {
            let facts = Facts {
                base,
                branches,
                record_in_scope,
                unit,
                ..FINE
            };
            let expected = expected.map(|(v, c)| ruling(v, c));
            assert_eq!(admit(&facts).err(), expected, "{facts:?}");
            let revoked = Facts { revoked: true, ..facts };
            let aside = ruling(Verdict::Quarantined, code::DEVICE_REVOKED);
            assert_eq!(admit(&revoked).err(), Some(aside), "{revoked:?}");
        }
        assert_eq!(B::Foreign.or_worse(B::Missing), B::Missing);
        assert_eq!(B::Unsettled.or_worse(B::Settled), B::Unsettled);
    }

    #[test]
    fn only_an_officer_corrects_and_says_why() {
        for (rank, explained, expected) in [
            (1, true, Some(code::RIGHTS)),
            (2, false, Some(code::REASON_MISSING)),
            (2, true, None),
            (4, true, None),
        ] {
            let facts = Facts {
                kind: Kind::Correct,
                rank,
                explained,
                ..FINE
            };
            let refused = admit(&facts).err().and_then(|ruling| ruling.c);
            assert_eq!(refused.as_deref(), expected, "rank {rank}, explained {explained}");
        }
    }

    /// A change of the note by a team whose base is a state back.
    fn change<'a>(base: Option<&'a State>, head: Option<&'a State>, result: &'a State) -> Change<'a> {
        Change {
            kind: Kind::Put,
            base,
            head,
            result,
            on_head: false,
            on_branch: false,
            rank: 1,
            floor: 0,
            outranked: false,
            closes_rank: 0,
            locked: false,
        }
    }

    fn said(change: &Change<'_>) -> (Verdict, Option<String>, Effect) {
        let (ruling, effect) = decide(change, &[]);
        (ruling.v, ruling.c, effect)
    }

    fn branched(why: &str) -> (Verdict, Option<String>, Effect) {
        (Verdict::Conflicted, Some(why.to_owned()), Effect::Branch)
    }

    #[test]
    fn i6_only_a_base_that_stands_moves_the_head() {
        let (a, b, c) = (
            state(json!({"note": "a"})),
            state(json!({"note": "b"})),
            state(json!({"note": "c"})),
        );
        let on_head = |base, head, result| Change {
            on_head: true,
            ..change(base, head, result)
        };
        let accepted = |effect| (Verdict::Accepted, None, effect);
        assert_eq!(said(&on_head(None, None, &a)), accepted(Effect::Head), "a creation");
        assert_eq!(
            said(&on_head(Some(&a), Some(&a), &b)),
            accepted(Effect::Head),
            "an edit of the head"
        );
        assert_eq!(
            said(&change(Some(&a), Some(&b), &b)),
            accepted(Effect::Same),
            "both wrote the same"
        );
        assert_eq!(
            said(&change(None, Some(&a), &a)),
            accepted(Effect::Same),
            "both created the same"
        );
        let changed = branched(code::BASE_CHANGED);
        assert_eq!(
            said(&change(Some(&a), Some(&b), &c)),
            changed,
            "two changes of one group"
        );
        assert_eq!(said(&change(None, Some(&b), &c)), changed, "two creations");
        let void = State {
            void: true,
            ..a.clone()
        };
        assert_eq!(
            said(&change(Some(&a), Some(&void), &b)),
            changed,
            "void goes with nothing"
        );
        assert_eq!(
            said(&change(Some(&a), Some(&b), &void)),
            changed,
            "void goes with nothing"
        );
        let again = change(Some(&a), Some(&a), &b);
        assert_eq!(
            said(&again).0,
            Verdict::Merged,
            "a head that came back is another head, by its id"
        );
    }

    #[test]
    fn disjoint_changes_go_together_unless_a_higher_word_is_undone() {
        let base = state(json!({"note": "a", "date": "2025-11-20"}));
        let head = state(json!({"note": "b", "date": "2025-11-20"}));
        let result = state(json!({"note": "a", "date": "2025-11-21"}));
        let both = state(json!({"note": "b", "date": "2025-11-21"}));
        let plain = change(Some(&base), Some(&head), &result);
        assert_eq!(said(&plain), (Verdict::Merged, None, Effect::Merge(both.clone())));
        for other in [
            Change {
                on_branch: true,
                ..plain
            },
            Change {
                outranked: true,
                ..plain
            },
            Change {
                kind: Kind::Resolve,
                ..plain
            },
        ] {
            assert_eq!(said(&other), branched(code::BASE_CHANGED), "{other:?}");
        }
        let low = Change { floor: 2, ..plain };
        assert_eq!(said(&low), branched(code::RANK_FLOOR));
        assert_eq!(said(&Change { rank: 2, ..low }).0, Verdict::Merged);
        let settles = Change {
            on_head: true,
            kind: Kind::Resolve,
            closes_rank: 3,
            ..plain
        };
        assert_eq!(
            said(&settles),
            branched(code::RANK_FLOOR),
            "a lower word closes no higher branch"
        );
        assert_eq!(said(&Change { rank: 3, ..settles }).0, Verdict::Accepted);
        let locked = Change {
            locked: true,
            on_head: true,
            ..plain
        };
        assert_eq!(said(&locked), branched(code::PERIOD_LOCKED));
        let error = Finding::new(FindingCode::CountNegative, "counts.adult.attended");
        assert_eq!(confirm(both.clone(), &[error]).0.c.as_deref(), Some(code::BASE_CHANGED));
        assert_eq!(confirm(both.clone(), &[]).1, Effect::Merge(both));
    }

    #[test]
    fn the_impossible_is_rejected_and_the_unusual_is_not() {
        let a = state(json!({"note": "a"}));
        let (error, warning) = (
            Finding::new(FindingCode::CountNegative, "counts.adult.attended"),
            Finding::new(FindingCode::DateBeforePlan, "date"),
        );
        let creation = Change {
            on_head: true,
            ..change(None, None, &a)
        };
        let (ruling, effect) = decide(&creation, &[error.clone(), warning.clone()]);
        assert_eq!(
            (ruling.v, effect, ruling.f),
            (Verdict::Rejected, Effect::None, vec![error, warning.clone()])
        );
        assert_eq!(decide(&creation, &[warning]), (accepted(), Effect::Head));
    }
}
