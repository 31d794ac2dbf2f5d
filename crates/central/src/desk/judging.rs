//! Gathers the facts about one operation from the database and puts them to the judge.

use std::borrow::Cow;

use hocvu_model::ids::RecordId;
use hocvu_model::operation::Kind;
use hocvu_model::record::{self, Checked};
use hocvu_model::{Finding, RecordKind};
use hocvu_wire::batch::{Ruling, Verdict};

use super::Desk;
use super::lookup::{Named, Record};
use crate::error::{Error, Result};
use crate::judge::{self, Base, Change, Effect, Facts, Place, State, code};
use crate::reading::{self, Act, Candidate, Office, Reading};

/// Who speaks for an operation.
pub(super) struct Author {
    /// The device that wrote it.
    pub(super) device: i64,
    /// An officer had it judged although the device is revoked.
    pub(super) released: bool,
    /// An officer took it under their own scope.
    pub(super) adopted: Option<Adopted>,
}

/// Under whose scope an operation was taken.
pub(super) struct Adopted {
    pub(super) device: i64,
    /// Where it is placed; where it says when absent.
    pub(super) unit: Option<String>,
}

/// What is to be stored of one operation, and done.
pub(super) struct Judged<'a> {
    pub(super) ruling: Ruling,
    /// Every finding, warnings included.
    pub(super) findings: Vec<Finding>,
    /// Weight of the author's word.
    pub(super) rank: u8,
    /// The head it says the same as.
    pub(super) stands_for: Option<u64>,
    /// Branches it closes or extends.
    pub(super) closes: Vec<u64>,
    /// From now on only this weight may change the record.
    pub(super) floor: Option<u8>,
    pub(super) plan: Plan<'a>,
}

/// What is to be done to the tables. Borrows from the operation: a creation, the common case, copies nothing.
#[expect(
    clippy::large_enum_variant,
    reason = "one lives at a time; a box would cost every creation an allocation"
)]
pub(super) enum Plan<'a> {
    /// Nothing.
    Nothing,
    /// A new record.
    Create {
        record: RecordId,
        kind: RecordKind,
        unit: Cow<'a, str>,
        body: Cow<'a, str>,
        facts: Option<Cow<'a, record::Record>>,
    },
    /// A new head of a record.
    Replace {
        record: Box<Record>,
        state: State,
        body: String,
        facts: Option<Box<record::Record>>,
    },
    /// It changes nothing: the head says what it says.
    Stand { record: i64 },
    /// A state that is no head, kept for those who build on it.
    Keep { record: Box<Record>, state: State },
    /// An act of an office, done once it is stored.
    Perform(&'a Office),
}

/// What an act on a record names, looked up.
struct Gathered {
    record: Option<Record>,
    parent: Option<Named>,
    branches: Vec<Named>,
    unit: Option<String>,
    rank: u8,
    /// Whose weight passes a closed month.
    settles: bool,
    device: i64,
}

/// A state that an operation makes, with the rules' answer.
struct Outcome {
    state: State,
    body: String,
    checked: Checked,
}

impl Gathered {
    fn open_branches(&self) -> impl Iterator<Item = &Named> {
        self.branches.iter().filter(|branch| !branch.superseded)
    }

    /// What is to be written; a merger has the effect of a new head.
    fn plan<'a>(self, act: &Act, ruling: Ruling, effect: &Effect, result: Outcome) -> Judged<'a> {
        let Outcome { state, body, checked } = result;
        let Checked {
            record: facts,
            findings,
        } = checked;
        let mut judged = Judged {
            findings,
            rank: self.rank,
            ..Judged::stored(ruling)
        };
        let corrects = (act.kind == Kind::Correct).then_some(self.rank);
        let closes = self.open_branches().map(|branch| branch.fseq).collect();
        judged.plan = match (effect, self.record) {
            (Effect::Head, None) => Plan::Create {
                record: act.record,
                kind: act.record_kind,
                unit: Cow::Owned(state.unit),
                body: Cow::Owned(body),
                facts: facts.map(Cow::Owned),
            },
            (Effect::Head, Some(record)) => {
                judged.floor = corrects;
                judged.closes = closes;
                Plan::Replace {
                    record: Box::new(record),
                    state,
                    body,
                    facts: facts.map(Box::new),
                }
            }
            (Effect::Same, Some(record)) => {
                judged.floor = corrects;
                judged.stands_for = Some(record.head);
                Plan::Stand { record: record.no }
            }
            (Effect::Branch, Some(record)) => {
                let mine = |base: &Named| base.verdict == Verdict::Conflicted && base.device == self.device;
                let extended = self.parent.filter(|base| mine(base) && !base.superseded);
                judged.closes.extend(extended.map(|branch| branch.fseq));
                Plan::Keep {
                    record: Box::new(record),
                    state,
                }
            }
            _ => Plan::Nothing,
        };
        judged
    }
}

impl Judged<'_> {
    pub(super) fn stored(ruling: Ruling) -> Self {
        Self {
            findings: ruling.f.clone(),
            ruling,
            rank: 1,
            stands_for: None,
            closes: Vec::new(),
            floor: None,
            plan: Plan::Nothing,
        }
    }
}

impl Desk<'_> {
    /// The ruling on an operation that was not judged before, or is to be judged again. Writes nothing.
    pub(super) fn judge<'a>(&mut self, author: &Author, candidate: &'a Candidate) -> Result<Judged<'a>> {
        let revoked = self
            .directory()
            .device_no(author.device)
            .is_none_or(|device| device.revoked);
        #[cfg(feature = "planted")]
        let revoked = revoked && !hocvu_model::planted::is(hocvu_model::planted::Bug::RevokedApplied);
        if revoked && !author.released {
            return Ok(Judged::stored(judge::ruling(
                Verdict::Quarantined,
                code::DEVICE_REVOKED,
            )));
        }
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::ClockDecides)
            && candidate.at > self.now.timestamp() + 86_400
        {
            return Ok(Judged::stored(judge::ruling(Verdict::Held, code::SCHEMA_AHEAD)));
        }
        match &candidate.reading {
            Reading::Open { device: _ } => Ok(Judged::stored(judge::accepted())),
            Reading::Ahead => Ok(Judged::stored(judge::ruling(Verdict::Held, code::SCHEMA_AHEAD))),
            Reading::Unreadable(code) => Ok(Judged::stored(judge::ruling(Verdict::Rejected, code))),
            Reading::Act(act) => match self.record(act.record)? {
                // What a record is never changes: an act that calls it something else is none on it.
                Some(record) if record.kind != act.record_kind => {
                    Ok(Judged::stored(judge::ruling(Verdict::Rejected, code::MALFORMED)))
                }
                record => self.judge_act(author, act, record),
            },
            Reading::Office(office) => self.judge_office(author.device, office),
        }
    }

    fn judge_act<'a>(&mut self, author: &Author, act: &'a Act, record: Option<Record>) -> Result<Judged<'a>> {
        let parent = match act.base {
            None => None,
            Some(base) => self.named(base)?,
        };
        let mut branches = Vec::with_capacity(act.supersedes.len());
        let mut branches_stand = Base::Settled;
        for id in &act.supersedes {
            let branch = self.named(*id)?;
            branches_stand = branches_stand.or_worse(branch_stands(branch.as_ref(), record.as_ref()));
            branches.extend(branch);
        }
        let adopted = author.adopted.as_ref();
        let speaker = adopted.map_or(author.device, |adopted| adopted.device);
        let unit = match adopted.and_then(|adopted| adopted.unit.as_deref()) {
            Some(unit) => Some(unit),
            None => act.unit.as_ref().map(|unit| unit.as_str()),
        };
        let over_record = match &record {
            Some(record) => self.directory().rank_over(speaker, &record.unit),
            None => None,
        };
        let over_unit = unit.and_then(|unit| self.directory().rank_over(speaker, unit));
        let mut rank = over_record.into_iter().chain(over_unit).min().unwrap_or(1);
        if adopted.is_some() {
            rank = rank.min(self.highest_rank(author.device)); // Taken over, a word weighs no more than its author's.
        }
        let facts = Facts {
            kind: act.kind,
            revoked: false,
            base: match (act.base, &parent) {
                (None, _) => Base::Null,
                (Some(_), None) => Base::Missing,
                (Some(_), Some(parent)) => stands(parent, record.as_ref()),
            },
            branches: branches_stand,
            record_in_scope: record.is_none() || over_record.is_some(),
            unit: match unit {
                None => Place::Unnamed,
                Some(uid) if self.directory().units.get(uid).is_none() => Place::Unknown,
                Some(_) if over_unit.is_some() => Place::Inside,
                Some(_) => Place::Outside,
            },
            rank,
            explained: act.explained,
        };
        #[cfg(feature = "planted")]
        let facts = Facts {
            record_in_scope: facts.record_in_scope
                || hocvu_model::planted::is(hocvu_model::planted::Bug::RecordScopeUnchecked),
            ..facts
        };
        if let Err(ruling) = judge::admit(&facts) {
            return Ok(Judged::stored(ruling));
        }
        let settles = adopted.is_some() || (act.kind == Kind::Resolve && rank >= hocvu_model::Role::Commune.rank());
        if record.is_none() && act.set.plain && adopted.is_none() {
            return self.create(act, rank);
        }
        let unit = unit.map(str::to_owned);
        let gathered = Gathered {
            record,
            parent,
            branches,
            unit,
            rank,
            settles,
            device: author.device,
        };
        self.change(act, gathered)
    }

    /// The common case: a creation whose text can stand as the body, with no other claim to the record.
    fn create<'a>(&self, act: &'a Act, rank: u8) -> Result<Judged<'a>> {
        let unit = act.unit.as_ref().map_or("", |unit| unit.as_str());
        let Some(checked) = self.checked(act, named(unit)) else {
            return Ok(Judged::stored(judge::ruling(Verdict::Rejected, code::MALFORMED)));
        };
        if checked.findings.iter().any(Finding::is_error) {
            return Ok(Judged::stored(judge::invalid(&checked.findings)));
        }
        if checked
            .record
            .as_ref()
            .and_then(record::Record::day)
            .is_some_and(|day| self.is_locked(unit, day))
        {
            return Ok(Judged::stored(judge::ruling(Verdict::Conflicted, code::PERIOD_LOCKED)));
        }
        let (facts, findings) = match checked {
            Cow::Borrowed(checked) => (checked.record.as_ref().map(Cow::Borrowed), checked.findings.clone()),
            Cow::Owned(checked) => (checked.record.map(Cow::Owned), checked.findings),
        };
        Ok(Judged {
            findings,
            rank,
            plan: Plan::Create {
                record: act.record,
                kind: act.record_kind,
                unit: Cow::Borrowed(unit),
                body: Cow::Borrowed(&act.set.text),
                facts,
            },
            ..Judged::stored(judge::accepted())
        })
    }

    fn change<'a>(&mut self, act: &'a Act, gathered: Gathered) -> Result<Judged<'a>> {
        let (record, parent) = (gathered.record.as_ref(), gathered.parent.as_ref());
        let head = record.map(Record::state).transpose()?;
        let on_head = parent.map(|parent| parent.fseq) == record.map(|record| record.head);
        let base = match parent {
            None => None,
            Some(_) if on_head => head.clone(),
            Some(parent) => Some(self.version(parent.fseq)?),
        };
        let malformed = || Ok(Judged::stored(judge::ruling(Verdict::Rejected, code::MALFORMED)));
        let Some(state) = reading::outcome(act, base.as_ref(), gathered.unit.as_deref()) else {
            return malformed();
        };
        let Some((body, checked)) = self.check_state(&state)? else {
            return malformed();
        };
        let locked = |state: &State| self.state_locked(state);
        let (ruling, effect) = judge::decide(
            &Change {
                kind: act.kind,
                base: base.as_ref(),
                head: head.as_ref(),
                result: &state,
                on_head,
                on_branch: parent.is_some_and(|parent| parent.verdict == Verdict::Conflicted),
                rank: gathered.rank,
                floor: record.map_or(0, |record| record.floor),
                outranked: !on_head && self.outranked(record, parent, gathered.rank)?,
                closes_rank: gathered.open_branches().map(|branch| branch.rank).max().unwrap_or(0),
                locked: !gathered.settles && (locked(&state) || head.as_ref().is_some_and(locked)),
            },
            &checked.findings,
        );
        let result = Outcome { state, body, checked };
        let Effect::Merge(both) = effect else {
            return Ok(gathered.plan(act, ruling, &effect, result));
        };
        let both_checked = self.check_state(&both)?;
        let findings = both_checked.as_ref().map_or(&[][..], |(_, checked)| &checked.findings);
        let (ruling, effect) = judge::confirm(both, findings);
        Ok(match (effect, both_checked) {
            (Effect::Merge(state), Some((body, checked))) => {
                let merged = Outcome { state, body, checked };
                gathered.plan(act, ruling, &Effect::Head, merged)
            }
            (effect, _) => gathered.plan(act, ruling, &effect, result),
        })
    }

    /// The body as text and the rules' answer; nothing when it has not the shape of one of its kind.
    fn check_state(&self, state: &State) -> Result<Option<(String, Checked)>> {
        let body = serde_json::to_string(&state.body).map_err(|e| Error::Damaged(e.to_string()))?;
        let checked = reading::check(state.kind, &body, named(&state.unit), &self.cache.directory, self.today);
        Ok(checked.map(|checked| (body, checked)))
    }

    /// The rules' answer for a creation: the one found on arrival, unless units changed since.
    fn checked<'a>(&self, act: &'a Act, unit: Option<&str>) -> Option<Cow<'a, Checked>> {
        let (directory, today) = (&self.cache.directory, self.today);
        match &act.set.checked {
            Some((version, checked)) if *version == self.cache.directory.units_version => Some(Cow::Borrowed(checked)),
            _ => reading::check(act.record_kind, &act.set.text, unit, directory, today).map(Cow::Owned),
        }
    }
}

/// A session of a closed month that no record was made of stands as nothing another could build on.
fn stands(parent: &Named, record: Option<&Record>) -> Base {
    match (parent.verdict, parent.record) {
        (Verdict::Held | Verdict::Rejected | Verdict::Quarantined, _) | (Verdict::Conflicted, None) => Base::Unsettled,
        (_, Some(no)) if record.is_some_and(|record| record.no == no) => Base::Settled,
        _ => Base::Foreign,
    }
}

fn branch_stands(branch: Option<&Named>, record: Option<&Record>) -> Base {
    match branch {
        None => Base::Missing,
        Some(branch) => match stands(branch, record) {
            Base::Settled if branch.verdict != Verdict::Conflicted => Base::Foreign,
            stands => stands,
        },
    }
}

/// A creation that names no unit leaves its state without one.
fn named(unit: &str) -> Option<&str> {
    (!unit.is_empty()).then_some(unit)
}
