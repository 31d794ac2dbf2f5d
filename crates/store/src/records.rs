use std::collections::HashSet;

use hocvu_model::operation::{Operation, TRAINING_SESSION};
use hocvu_model::{OperationId, RecordId, UnitUid};
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};

use crate::columns;
use crate::fold::Step;
use crate::states::NOT_OWN;
use crate::{Read, Result, State, Verdict, Write};

/// A record as this device sees it: the centre's state with its own unreflected operations laid over it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordView {
    /// The record.
    pub id: RecordId,
    /// Its kind, e.g. `training_session`.
    pub record_type: String,
    /// The unit it belongs to.
    pub unit: UnitUid,
    /// Its fields, those this build does not know included.
    pub body: Map<String, Value>,
    /// Whether it was declared void.
    pub void: bool,
    /// The last operation that is part of it: the base of the next.
    pub head: OperationId,
}

/// The latest own operation of a record.
#[derive(Clone, Copy, Default)]
pub(crate) struct Standing {
    pub own: Option<i64>,
    /// `None` when this device wrote nothing to the record.
    pub state: Option<State>,
    pub warnings: usize,
}

impl Standing {
    pub fn number(self) -> i64 {
        self.state.map_or(NOT_OWN, State::number)
    }
}

/// A record folded from its shadow and the own operations laid over it.
pub(crate) struct Folded {
    /// What a person sees.
    pub shown: Option<RecordView>,
    /// What the next operation builds on.
    pub line: Option<RecordView>,
    pub standing: Standing,
}

/// A view to be stored.
pub(crate) struct NewView<'a> {
    pub id: RecordId,
    pub record_type: &'a str,
    pub unit: &'a UnitUid,
    pub body: &'a Map<String, Value>,
    /// Whether the body is exactly what the operation of the standing set, and so need not be kept twice.
    pub is_what_own_set: bool,
    pub void: bool,
    pub head: OperationId,
}

impl<'a> From<&'a RecordView> for NewView<'a> {
    fn from(view: &'a RecordView) -> Self {
        let RecordView {
            id,
            record_type,
            unit,
            body,
            void,
            head,
        } = view;
        Self {
            id: *id,
            record_type,
            unit,
            body,
            is_what_own_set: false,
            void: *void,
            head: *head,
        }
    }
}

impl Read<'_> {
    /// The record as this device sees it.
    ///
    /// # Errors
    /// Reading failed.
    pub fn record(&self, id: RecordId) -> Result<Option<RecordView>> {
        Ok(self.numbered_record(id)?.map(|(_, view)| view))
    }

    /// What the next operation on the record builds on: the centre's state with those own operations laid over it that
    /// the centre has taken or may still take. Differs from [`Read::record`] only after a rejection: the rejected
    /// figures stay in view to be mended, but nothing can be based on them.
    ///
    /// # Errors
    /// Reading failed.
    pub fn line(&self, id: RecordId) -> Result<Option<RecordView>> {
        Ok(self.folded(id)?.line)
    }

    /// Folds the shadow and the own operations it does not reflect.
    pub(crate) fn folded(&self, id: RecordId) -> Result<Folded> {
        let shadow = self.shadow_view(id)?;
        let reflected = shadow.as_ref().map(|(_, fseq)| *fseq);
        let shadow = shadow.map(|(view, _)| view);
        let (mut line, mut all) = (shadow.clone(), shadow);
        let mut standing = Standing::default();
        let mut dead: HashSet<OperationId> = HashSet::new();
        let mut last_is_dead = false;
        let mut statement = self.connection.prepare_cached(
            "SELECT o.number, l.id, o.seq, o.state, o.applied, o.text, o.findings
             FROM operation o JOIN log l ON l.number = o.log WHERE o.record = ?1 ORDER BY o.number",
        )?;
        let mut rows = statement.query([id.0.as_bytes()])?;
        while let Some(row) = rows.next()? {
            let operation = OperationId {
                log: hocvu_model::LogId(row.get(1)?),
                seq: row.get(2)?,
            };
            let applied: Option<u64> = row.get(4)?;
            let state = State::from_number(row.get(3)?)?;
            standing = Standing {
                own: row.get(0)?,
                state: Some(state),
                warnings: crate::append::warnings(columns::text(row, 6)?)?,
            };
            let in_shadow = state.is_applied() && applied.is_some() && applied <= reflected;
            last_is_dead = false;
            if in_shadow {
                continue;
            }
            let text = columns::text(row, 5)?;
            let base = Operation::parse(text)?.base;
            // What was rejected, and what was built on it before that was known, never becomes the centre's state.
            let on_dead = !state.is_applied() && base.is_some_and(|base| dead.contains(&base));
            if state == State::Stored(Verdict::Rejected) || on_dead {
                dead.insert(operation);
                last_is_dead = true;
            } else {
                line = Some(Step::read(operation, text)?.apply(line));
            }
            all = Some(Step::read(operation, text)?.apply(all));
        }
        let shown = if last_is_dead { all } else { line.clone() };
        Ok(Folded { shown, line, standing })
    }

    pub(crate) fn numbered_record(&self, id: RecordId) -> Result<Option<(i64, RecordView)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT r.number, r.type, r.unit, r.void, r.head, r.body, o.text
                 FROM record r LEFT JOIN operation o ON o.number = r.own AND r.body = '' WHERE r.id = ?1",
        )?;
        let mut rows = statement.query([id.0.as_bytes()])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let view = RecordView {
            id,
            record_type: row.get(1)?,
            unit: UnitUid(row.get(2)?),
            void: row.get(3)?,
            head: columns::text(row, 4)?.parse()?,
            body: columns::body(row, 5, 6)?,
        };
        Ok(Some((row.get(0)?, view)))
    }
}

impl Write<'_> {
    /// Stores a view and its index. `number` is that of the row if there is one.
    pub(crate) fn store_view(&self, number: Option<i64>, view: &NewView<'_>, standing: Standing) -> Result<()> {
        let body = if view.is_what_own_set {
            String::new()
        } else {
            serde_json::to_string(view.body)?
        };
        let (head, state) = (view.head.to_string(), standing.number());
        let row = match number {
            Some(number) => {
                self.connection
                    .prepare_cached(
                        "UPDATE record SET type = ?2, unit = ?3, void = ?4, head = ?5, own = ?6, state = ?7, body = ?8
                         WHERE number = ?1",
                    )?
                    .execute(params![
                        number,
                        view.record_type,
                        view.unit.as_str(),
                        view.void,
                        head,
                        standing.own,
                        state,
                        body
                    ])?;
                number
            }
            None => self
                .connection
                .prepare_cached(
                    "INSERT INTO record (id, type, unit, void, head, own, state, body)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .insert(params![
                    view.id.0.as_bytes(),
                    view.record_type,
                    view.unit.as_str(),
                    view.void,
                    head,
                    standing.own,
                    state,
                    body
                ])?,
        };
        if view.record_type == TRAINING_SESSION {
            self.index_session(row, number.is_none(), view, standing)?;
        }
        Ok(())
    }

    /// Makes the view of a record anew from its shadow and the own operations the shadow does not reflect.
    pub(crate) fn refold(&self, id: RecordId) -> Result<()> {
        let Folded {
            shown: view,
            line: _,
            standing,
        } = self.folded(id)?;
        let number = self
            .connection
            .prepare_cached("SELECT number FROM record WHERE id = ?1")?
            .query_row([id.0.as_bytes()], |row| row.get(0))
            .optional()?;
        match (view, number) {
            (Some(view), number) => self.store_view(number, &NewView::from(&view), standing),
            (None, Some(number)) => {
                for sql in [
                    "DELETE FROM session_count WHERE session = ?1",
                    "DELETE FROM record WHERE number = ?1",
                ] {
                    self.connection.prepare_cached(sql)?.execute([number])?;
                }
                Ok(())
            }
            (None, None) => Ok(()),
        }
    }
}
