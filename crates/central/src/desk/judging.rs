//! Gathers the facts about one operation from the database and puts them to the judge.

use std::borrow::Cow;

use hocvu_model::Finding;
use hocvu_model::ids::{OperationId, RecordId};
use hocvu_model::operation::Kind;
use hocvu_model::session::{self, Checked, TrainingSession};
use hocvu_wire::batch::{Ruling, Verdict};
use rusqlite::{OptionalExtension, Row};

use super::Desk;
use crate::error::{Error, Result};
use crate::judge::{self, Base, Effect, Facts, Place, State, code};
use crate::reading::{self, Act, Body, Candidate, Reading, Set};

/// What is to be stored of one operation, and done.
pub(super) struct Judged<'a> {
    pub(super) ruling: Ruling,
    /// Every finding, warnings included.
    pub(super) findings: Vec<Finding>,
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
        unit: Cow<'a, str>,
        body: Cow<'a, str>,
        session: Option<Cow<'a, TrainingSession>>,
    },
    /// A new head of a record.
    Replace {
        record: Box<Record>,
        state: State,
        body: String,
        session: Option<Box<TrainingSession>>,
    },
    /// A state that is no head, kept for those who build on it.
    Keep { record: i64, state: State },
}

/// A record as it stands.
pub(super) struct Record {
    pub(super) no: i64,
    pub(super) place: i64,
    pub(super) unit: String,
    pub(super) head: u64,
    pub(super) void: bool,
    pub(super) body: String,
}

/// A base that has arrived.
struct Parent {
    fseq: u64,
    verdict: Verdict,
    record: Option<i64>,
}

impl Judged<'_> {
    fn stored(ruling: Ruling) -> Self {
        Self {
            findings: ruling.f.clone(),
            ruling,
            plan: Plan::Nothing,
        }
    }
}

impl Desk<'_> {
    /// The ruling on an operation that was not judged before, or is to be judged again. Writes nothing.
    pub(super) fn judge<'a>(&mut self, device: i64, candidate: &'a Candidate) -> Result<Judged<'a>> {
        let revoked = self.directory().device_no(device).is_none_or(|device| device.revoked);
        if revoked {
            return Ok(Judged::stored(judge::ruling(
                Verdict::Quarantined,
                code::DEVICE_REVOKED,
            )));
        }
        match &candidate.reading {
            Reading::Open { device: _ } => Ok(Judged::stored(judge::accepted())),
            Reading::Ahead => Ok(Judged::stored(judge::ruling(Verdict::Held, code::SCHEMA_AHEAD))),
            Reading::Unreadable(code) => Ok(Judged::stored(judge::ruling(Verdict::Rejected, code))),
            Reading::Act(act) => self.judge_act(device, act),
        }
    }

    fn judge_act<'a>(&mut self, device: i64, act: &'a Act) -> Result<Judged<'a>> {
        let record = self.record(act.record)?;
        let parent = match act.base {
            None => None,
            Some(base) => self.parent(base)?,
        };
        let facts = Facts {
            revoked: false,
            base: match (act.base, &parent) {
                (None, _) => Base::Null,
                (Some(_), None) => Base::Missing,
                (Some(_), Some(parent)) => stands(parent, record.as_ref()),
            },
            record_in_scope: record
                .as_ref()
                .is_none_or(|record| self.directory().in_scope(device, &record.unit)),
            unit: match &act.unit {
                None => Place::Unnamed,
                Some(uid) if self.directory().units.get(uid.as_str()).is_none() => Place::Unknown,
                Some(uid) if self.directory().in_scope(device, uid.as_str()) => Place::Inside,
                Some(_) => Place::Outside,
            },
        };
        if let Err(ruling) = judge::admit(&facts) {
            return Ok(Judged::stored(ruling));
        }
        match record {
            None if act.set.plain => self.create(act),
            record => self.change(act, parent.as_ref(), record),
        }
    }

    /// The common case: a creation whose text can stand as the body, with no other claim to the record.
    fn create<'a>(&self, act: &'a Act) -> Result<Judged<'a>> {
        let unit = act.unit.as_ref().map_or("", |unit| unit.as_str());
        let Some(checked) = self.checked(&act.set, named(unit)) else {
            return Ok(Judged::stored(judge::ruling(Verdict::Rejected, code::MALFORMED)));
        };
        if checked.findings.iter().any(Finding::is_error) {
            return Ok(Judged::stored(judge::invalid(&checked.findings)));
        }
        let (session, findings) = match checked {
            Cow::Borrowed(checked) => (checked.session.as_ref().map(Cow::Borrowed), checked.findings.clone()),
            Cow::Owned(checked) => (checked.session.map(Cow::Owned), checked.findings),
        };
        Ok(Judged {
            ruling: judge::accepted(),
            findings,
            plan: Plan::Create {
                record: act.record,
                unit: Cow::Borrowed(unit),
                body: Cow::Borrowed(&act.set.text),
                session,
            },
        })
    }

    fn change<'a>(&mut self, act: &'a Act, parent: Option<&Parent>, record: Option<Record>) -> Result<Judged<'a>> {
        let head = record.as_ref().map(Record::state).transpose()?;
        let base = match (parent, &record) {
            (None, _) => None,
            (Some(parent), Some(record)) if parent.fseq == record.head => head.clone(),
            (Some(parent), _) => Some(self.version(parent.fseq)?),
        };
        let Some(result) = outcome(act, base.as_ref()) else {
            return Ok(Judged::stored(judge::ruling(Verdict::Rejected, code::MALFORMED)));
        };
        let body = serde_json::to_string(&result.body).map_err(|e| Error::Damaged(e.to_string()))?;
        let Some(checked) = reading::check(&body, named(&result.unit), &self.cache.directory, self.today) else {
            return Ok(Judged::stored(judge::ruling(Verdict::Rejected, code::MALFORMED)));
        };
        let Checked { session, findings } = checked;
        let (ruling, effect) = judge::decide(base.as_ref(), head.as_ref(), &result, &findings);
        let plan = match (effect, record) {
            (Effect::None, _) => Plan::Nothing,
            (Effect::Head, None) => Plan::Create {
                record: act.record,
                unit: Cow::Owned(result.unit),
                body: Cow::Owned(body),
                session: session.map(Cow::Owned),
            },
            (Effect::Head, Some(record)) => Plan::Replace {
                record: Box::new(record),
                state: result,
                body,
                session: session.map(Box::new),
            },
            (Effect::Same | Effect::Branch, Some(record)) => Plan::Keep {
                record: record.no,
                state: result,
            },
            (Effect::Same | Effect::Branch, None) => Plan::Nothing,
        };
        Ok(Judged { ruling, findings, plan })
    }

    /// The rules' answer for a creation: the one found on arrival, unless units changed since.
    fn checked<'a>(&self, set: &'a Set, unit: Option<&str>) -> Option<Cow<'a, Checked>> {
        match &set.checked {
            Some((version, checked)) if *version == self.cache.directory.units_version => Some(Cow::Borrowed(checked)),
            _ => reading::check(&set.text, unit, &self.cache.directory, self.today).map(Cow::Owned),
        }
    }

    pub(super) fn record(&self, id: RecordId) -> Result<Option<Record>> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT r.no, r.unit, p.uid, r.head, r.void, r.body FROM record r JOIN place p ON p.no = r.unit
                 WHERE r.id = ?1",
            )?
            .query_row([id.0.as_bytes()], Record::from_row)
            .optional()?)
    }

    fn parent(&self, base: OperationId) -> Result<Option<Parent>> {
        let Some(log) = self.directory().log(base.log) else {
            return Ok(None);
        };
        let mut find = self
            .db
            .prepare_cached("SELECT fseq, verdict, record FROM operation WHERE log = ?1 AND seq = ?2")?;
        let found = find
            .query_row((log.no, base.seq), |row| {
                Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?))
            })
            .optional()?;
        found
            .map(|(fseq, verdict, record)| {
                let verdict =
                    Verdict::parse(&verdict).ok_or_else(|| Error::Damaged(format!("a verdict “{verdict}”")))?;
                Ok(Parent { fseq, verdict, record })
            })
            .transpose()
    }

    fn version(&self, op: u64) -> Result<State> {
        let mut find = self.db.prepare_cached(
            "SELECT p.uid, v.void, v.body FROM version v JOIN place p ON p.no = v.unit WHERE v.op = ?1",
        )?;
        let (unit, void, body): (_, _, String) =
            find.query_row([op], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(State {
            unit,
            void,
            body: parse_body(&body)?,
        })
    }
}

impl Record {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            no: row.get(0)?,
            place: row.get(1)?,
            unit: row.get(2)?,
            head: row.get(3)?,
            void: row.get(4)?,
            body: row.get(5)?,
        })
    }

    fn state(&self) -> Result<State> {
        Ok(State {
            unit: self.unit.clone(),
            void: self.void,
            body: parse_body(&self.body)?,
        })
    }
}

fn stands(parent: &Parent, record: Option<&Record>) -> Base {
    match parent.verdict {
        Verdict::Held | Verdict::Rejected | Verdict::Quarantined => Base::Unsettled,
        Verdict::Accepted | Verdict::Merged | Verdict::Conflicted => {
            if parent.record.is_some() && parent.record == record.map(|record| record.no) {
                Base::Settled
            } else {
                Base::Foreign
            }
        }
    }
}

/// What the act makes of its base.
fn outcome(act: &Act, base: Option<&State>) -> Option<State> {
    let mut state = match base {
        Some(base) => base.clone(),
        None => State {
            unit: String::new(),
            body: Body::new(),
            void: false,
        },
    };
    match act.kind {
        Kind::Put | Kind::Correct | Kind::Resolve => state.body = session::merge(&state.body, &reading::composed(&act.set.text)?),
        Kind::Void => state.void = true,
        Kind::Restore => state.void = false,
        _ => return None,
    }
    if let Some(unit) = &act.unit {
        state.unit = unit.0.clone();
    }
    Some(state)
}

/// A creation that names no unit leaves its state without one.
fn named(unit: &str) -> Option<&str> {
    (!unit.is_empty()).then_some(unit)
}

fn parse_body(text: &str) -> Result<Body> {
    serde_json::from_str(text).map_err(|e| Error::Damaged(format!("a stored body: {e}")))
}
