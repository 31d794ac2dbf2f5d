use std::collections::BTreeSet;

use hocvu_model::operation::Kind;
use hocvu_model::unit::{Succession, Unit};
use hocvu_model::{OperationId, RecordId, UnitUid};
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};

use crate::settle::Told;
use crate::{Case, OfficeDevice, Read, RecordView, Result, Settlement, Write, columns};

/// A record as the centre has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShadowRecord {
    /// The record.
    pub id: RecordId,
    /// Its kind, e.g. `training_session`.
    pub record_type: String,
    /// The unit it belongs to.
    pub unit: UnitUid,
    /// The last operation applied to it.
    pub head: OperationId,
    /// Its fields.
    pub body: Map<String, Value>,
    /// Whether it was declared void.
    pub void: bool,
    /// Feed number of its last change.
    pub fseq: u64,
    /// When, by the author's clock, seconds since 1970.
    pub at: i64,
    /// Who, as the centre names them.
    pub by: String,
    /// What the last operation did, where the centre says so: it is more than a `put`.
    pub act: Option<Kind>,
    /// Why, in its author's words.
    pub why: Option<String>,
}

/// A page of the centre's feed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pulled {
    /// Records that changed.
    pub records: Vec<ShadowRecord>,
    /// Verdicts on this device's operations that changed.
    pub verdicts: Vec<Settlement>,
    /// Units made by people.
    pub units: Vec<Unit>,
    /// Operations that wait for a person, or do not any more.
    pub cases: Vec<Case>,
    /// Devices an officer looks after.
    pub devices: Vec<OfficeDevice>,
    /// Which unit follows on which.
    pub successions: Vec<Succession>,
    /// Records that left what this device may see, each with the feed number of its going.
    pub gone: Vec<(RecordId, u64)>,
    /// The centre's incarnation.
    pub epoch: String,
    /// Where to go on.
    pub cursor: String,
}

impl Read<'_> {
    /// A record as the centre had it when last pulled.
    ///
    /// # Errors
    /// Reading failed.
    pub fn shadow(&self, id: RecordId) -> Result<Option<ShadowRecord>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT type, unit, head, void, fseq, at, by, body, act, why FROM shadow WHERE id = ?1")?;
        let mut rows = statement.query([id.0.as_bytes()])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(ShadowRecord {
            id,
            record_type: row.get(0)?,
            unit: UnitUid(row.get(1)?),
            head: columns::text(row, 2)?.parse()?,
            void: row.get(3)?,
            fseq: row.get(4)?,
            at: row.get(5)?,
            by: row.get(6)?,
            body: serde_json::from_str(columns::text(row, 7)?)?,
            act: columns::kind(row, 8)?,
            why: row.get(9)?,
        }))
    }

    pub(crate) fn shadow_view(&self, id: RecordId) -> Result<Option<(RecordView, u64)>> {
        Ok(self.shadow(id)?.map(|shadow| {
            let ShadowRecord {
                id,
                record_type,
                unit,
                head,
                body,
                void,
                fseq,
                at: _,
                by: _,
                act: _,
                why: _,
            } = shadow;
            let view = RecordView {
                id,
                record_type,
                unit,
                body,
                void,
                head,
            };
            (view, fseq)
        }))
    }

    pub(crate) fn has_shadow(&self, id: RecordId) -> Result<bool> {
        let mut statement = self.connection.prepare_cached("SELECT 1 FROM shadow WHERE id = ?1")?;
        Ok(statement.query_row([id.0.as_bytes()], |_| Ok(())).optional()?.is_some())
    }
}

impl Write<'_> {
    /// Takes over a page of the centre's feed, with own operations it does not hold yet laid over it. A page may come
    /// again, also an older one: a record never goes back. Returns how many records were made anew.
    ///
    /// # Errors
    /// Writing failed.
    pub fn pull(&self, pulled: &Pulled, received_at: &str) -> Result<u32> {
        let Pulled {
            records,
            verdicts,
            units,
            cases,
            devices,
            successions,
            gone,
            epoch,
            cursor,
        } = pulled;
        let mut touched = BTreeSet::new();
        self.put_units(units)?;
        self.put_successions(successions)?;
        self.put_devices(devices)?;
        self.settle_all(verdicts, received_at, Told::Later, &mut touched)?;
        for record in records {
            if self.put_shadow(record)? {
                touched.insert(record.id);
            }
        }
        self.put_cases(cases, &mut touched)?;
        for (record, fseq) in gone {
            if self.remove_shadow(*record, Some(*fseq))? {
                touched.insert(*record);
            }
        }
        for record in &touched {
            self.refold(*record)?;
        }
        self.set_position(epoch, cursor)?;
        Ok(u32::try_from(touched.len()).unwrap_or(u32::MAX))
    }

    /// Forgets the centre's state and how far it was read, at once. Own work stays.
    ///
    /// # Errors
    /// Writing failed.
    pub fn clear_shadow(&self) -> Result<()> {
        self.renew_shadow()?;
        self.sweep_shadow()?;
        Ok(())
    }

    /// Forgets how far the feed was read, before it is read anew from the start. Records stay to be seen until
    /// [`Write::sweep_shadow`], so that a link that dies on the way does not empty the lists.
    ///
    /// # Errors
    /// Writing failed.
    pub fn renew_shadow(&self) -> Result<()> {
        for table in ["shadow", "centre_case", "device"] {
            self.connection.execute(&format!("UPDATE {table} SET stale = 1"), [])?;
        }
        self.connection.execute("DELETE FROM position", [])?;
        Ok(())
    }

    /// Forgets what the feed, read anew to its end, did not bring again. Returns how many records.
    ///
    /// # Errors
    /// Writing failed.
    pub fn sweep_shadow(&self) -> Result<u32> {
        let gone: Vec<[u8; 16]> = self
            .connection
            .prepare_cached("SELECT id FROM shadow WHERE stale = 1")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let mut touched: BTreeSet<RecordId> = gone.iter().map(|id| RecordId(uuid::Uuid::from_bytes(*id))).collect();
        for record in &touched {
            self.remove_shadow(*record, None)?;
        }
        self.sweep_cases(&mut touched)?;
        self.connection
            .prepare_cached("DELETE FROM device WHERE stale = 1")?
            .execute([])?;
        for record in &touched {
            self.refold(*record)?;
        }
        Ok(u32::try_from(gone.len()).unwrap_or(u32::MAX))
    }

    /// Forgets what the centre showed of a record, unless it was shown after `fseq`: its state, its earlier versions and
    /// others' branches. Own work stays (I20).
    pub(crate) fn remove_shadow(&self, id: RecordId, fseq: Option<u64>) -> Result<bool> {
        let removed = self
            .connection
            .prepare_cached("DELETE FROM shadow WHERE id = ?1 AND (?2 IS NULL OR fseq <= ?2)")?
            .execute(params![id.0.as_bytes(), fseq])?;
        if removed > 0 {
            for sql in [
                "DELETE FROM version WHERE record = ?1",
                "DELETE FROM centre_case WHERE record = ?1",
            ] {
                self.connection.prepare_cached(sql)?.execute([id.0.as_bytes()])?;
            }
        }
        Ok(removed > 0)
    }

    pub(crate) fn put_shadow(&self, record: &ShadowRecord) -> Result<bool> {
        let head = record.head.to_string();
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::OlderWins) {
            let older = "SELECT EXISTS (SELECT 1 FROM shadow WHERE id = ?1 AND fseq < ?2 AND stale = 0)";
            let mut find = self.connection.prepare_cached(older)?;
            if find.query_row(params![record.id.0.as_bytes(), record.fseq], |row| row.get(0))? {
                return Ok(false);
            }
        }
        // What it replaces stays for the history.
        self.connection
            .prepare_cached(
                "INSERT OR IGNORE INTO version (record, op, fseq, at, by, unit, void, body, act, why)
                 SELECT id, head, fseq, at, by, unit, void, body, act, why FROM shadow WHERE id = ?1 AND head <> ?2 AND fseq < ?3",
            )?
            .execute(params![record.id.0.as_bytes(), head, record.fseq])?;
        let changed = self
            .connection
            .prepare_cached(
                "INSERT INTO shadow (id, type, unit, head, void, fseq, at, by, body, act, why)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (id) DO UPDATE SET type = excluded.type, unit = excluded.unit, head = excluded.head,
                     void = excluded.void, fseq = excluded.fseq, at = excluded.at, by = excluded.by, stale = 0, body = excluded.body,
                     act = excluded.act, why = excluded.why
                 WHERE excluded.fseq >= shadow.fseq OR shadow.stale = 1",
            )?
            .execute(params![
                record.id.0.as_bytes(),
                record.record_type,
                record.unit.as_str(),
                head,
                record.void,
                record.fseq,
                record.at,
                record.by,
                serde_json::to_string(&record.body)?,
                record.act.map(Kind::as_str),
                record.why
            ])?;
        Ok(changed > 0)
    }
}
