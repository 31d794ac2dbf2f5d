use hocvu_model::operation::TRAINING_SESSION;
use hocvu_model::{OperationId, RecordId, UnitUid};
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};

use crate::columns;
use crate::fold::Step;
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
#[derive(Clone, Copy)]
pub(crate) struct Standing {
    pub own: Option<i64>,
    pub state: State,
    pub warnings: usize,
}

impl Read<'_> {
    /// The record as this device sees it.
    ///
    /// # Errors
    /// Reading failed.
    pub fn record(&self, id: RecordId) -> Result<Option<RecordView>> {
        Ok(self.numbered_record(id)?.map(|(_, view)| view))
    }

    pub(crate) fn numbered_record(&self, id: RecordId) -> Result<Option<(i64, RecordView)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT number, type, unit, void, head, body FROM record WHERE id = ?1")?;
        let mut rows = statement.query([id.0.as_bytes()])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let view = RecordView {
            id,
            record_type: row.get(1)?,
            unit: UnitUid(row.get(2)?),
            void: row.get(3)?,
            head: columns::text(row, 4)?.parse()?,
            body: serde_json::from_str(columns::text(row, 5)?)?,
        };
        Ok(Some((row.get(0)?, view)))
    }
}

impl Write<'_> {
    /// Stores a view and its index. `number` is that of the row if there is one.
    pub(crate) fn store_view(&self, number: Option<i64>, view: &RecordView, standing: Standing) -> Result<()> {
        let body = serde_json::to_string(&view.body)?;
        let (head, state) = (view.head.to_string(), standing.state.number());
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
        let shadow = self.shadow_view(id)?;
        let reflected = shadow.as_ref().map(|(_, fseq)| *fseq);
        let mut view = shadow.map(|(view, _)| view);
        let mut standing = Standing {
            own: None,
            state: State::Stored(Verdict::Accepted),
            warnings: 0,
        };
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
            standing = Standing {
                own: row.get(0)?,
                state: State::from_number(row.get(3)?)?,
                warnings: crate::operations::warnings(columns::text(row, 6)?)?,
            };
            let in_shadow = standing.state.is_applied() && applied.is_some() && applied <= reflected;
            if !in_shadow {
                let text = columns::text(row, 5)?;
                view = Some(Step::read(operation, text)?.apply(view));
            }
        }
        let number = self
            .connection
            .prepare_cached("SELECT number FROM record WHERE id = ?1")?
            .query_row([id.0.as_bytes()], |row| row.get(0))
            .optional()?;
        match (view, number) {
            (Some(view), number) => self.store_view(number, &view, standing),
            (None, Some(number)) => {
                self.connection
                    .prepare_cached("DELETE FROM record WHERE number = ?1")?
                    .execute([number])?;
                Ok(())
            }
            (None, None) => Ok(()),
        }
    }
}
