use hocvu_model::{OperationId, RecordId, UnitUid};
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};

use crate::branches::Branches;
use crate::columns;
use crate::index::Index;
use crate::overlay::{Fold, Own};
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
    /// What stands beside it.
    pub branches: Branches,
}

/// A view to be stored.
pub(crate) struct NewView<'a> {
    pub id: RecordId,
    pub record_type: &'a str,
    pub unit: &'a UnitUid,
    /// Its fields as text; empty where they are exactly what the operation of the standing set, and so not kept twice.
    pub body: &'a str,
    pub void: bool,
    pub head: OperationId,
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

    /// Folds the shadow and the own operations it does not reflect. What the centre keeps as a branch, and what was built on
    /// it before that was known, stands beside the record until a person settles it: the head stays the centre's.
    pub(crate) fn folded(&self, id: RecordId) -> Result<Folded> {
        let shadow = self.shadow_view(id)?;
        let reflected = shadow.as_ref().map(|(_, fseq)| *fseq);
        let mut fold = Fold::over(shadow.map(|(view, _)| view), self.branches_told(id)?);
        let mut statement = self.connection.prepare_cached(
            "SELECT o.number, l.id, o.seq, o.state, o.applied, o.text, o.findings, o.closed
             FROM operation o JOIN log l ON l.number = o.log WHERE o.record = ?1 AND o.moved IS NULL ORDER BY o.number",
        )?;
        let mut rows = statement.query([id.0.as_bytes()])?;
        while let Some(row) = rows.next()? {
            let applied: Option<u64> = row.get(4)?;
            let state = State::from_number(row.get(3)?)?;
            fold.standing = Standing {
                own: row.get(0)?,
                state: Some(state),
                warnings: crate::append::warnings(columns::text(row, 6)?)?,
            };
            let operation = OperationId {
                log: hocvu_model::LogId(row.get(1)?),
                seq: row.get(2)?,
            };
            let own = Own {
                id: operation,
                state,
                in_shadow: state.is_applied() && applied.is_some() && applied <= reflected,
                // A case that was sent back or adopted is closed too, but was no branch.
                settled: state == State::Stored(Verdict::Conflicted) && row.get(7)?,
            };
            fold.lay(&own, columns::text(row, 5)?)?;
        }
        Ok(fold.done())
    }

    /// The branches of a record, anybody's, as the centre told them; with the end of one all of it is settled.
    fn branches_told(&self, id: RecordId) -> Result<Branches> {
        let mut branches = Branches::default();
        let mut statement = self
            .connection
            .prepare_cached("SELECT op, base, open FROM centre_case WHERE record = ?1 AND state = 5")?;
        let mut rows = statement.query([id.0.as_bytes()])?;
        let mut settled = Vec::new();
        while let Some(row) = rows.next()? {
            let op = columns::text(row, 0)?.parse()?;
            let base: Option<String> = row.get(1)?;
            branches.add(op, base.map(|base| base.parse()).transpose()?);
            if !row.get::<_, bool>(2)? {
                settled.push(op);
            }
        }
        settled.into_iter().for_each(|op| branches.close(op));
        Ok(branches)
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
    /// Stores a view made of several facts, and its index. `number` is that of the row if there is one.
    pub(crate) fn store_folded(&self, number: Option<i64>, view: &RecordView, standing: Standing) -> Result<()> {
        let RecordView {
            id,
            record_type,
            unit,
            body,
            void,
            head,
        } = view;
        let new = NewView {
            id: *id,
            record_type,
            unit,
            body: &serde_json::to_string(body)?,
            void: *void,
            head: *head,
        };
        self.store_view(number, (&new, &Index::of(record_type, body)), standing)
    }

    /// Stores a view and its index. `number` is that of the row if there is one.
    pub(crate) fn store_view(
        &self,
        number: Option<i64>,
        (view, index): (&NewView<'_>, &Index),
        standing: Standing,
    ) -> Result<()> {
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
                        view.body
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
                    view.body
                ])?,
        };
        match index {
            Index::Session(index) => self.index_session(row, number.is_none(), (view, index), standing),
            Index::Figure(index) => self.index_figure(row, (view, index), standing),
            Index::None => Ok(()),
        }
    }

    /// Makes the view of a record anew from its shadow and the own operations the shadow does not reflect.
    pub(crate) fn refold(&self, id: RecordId) -> Result<()> {
        let Folded {
            shown: view,
            standing,
            line: _,
            branches: _,
        } = self.folded(id)?;
        let number = self
            .connection
            .prepare_cached("SELECT number FROM record WHERE id = ?1")?
            .query_row([id.0.as_bytes()], |row| row.get(0))
            .optional()?;
        match (view, number) {
            (Some(view), number) => self.store_folded(number, &view, standing),
            (None, Some(number)) => {
                self.count_flow(number, true)?;
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
