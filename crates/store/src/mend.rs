use std::collections::BTreeSet;

use hocvu_model::{RecordId, UnitUid};
use rusqlite::params;

use crate::{Read, Result, ShadowRecord, Write, columns};

impl Read<'_> {
    /// The centre's state as it was pulled, by record id after `after`: to be summed and compared.
    ///
    /// # Errors
    /// Reading failed.
    pub fn shadow_page(&self, after: Option<RecordId>, limit: u32) -> Result<Vec<ShadowRecord>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, type, unit, head, void, fseq, at, by, body, act, why FROM shadow WHERE ?1 IS NULL OR id > ?1 ORDER BY id LIMIT ?2",
        )?;
        let mut rows = statement.query(params![after.as_ref().map(|id| id.0.as_bytes()), limit])?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            page.push(ShadowRecord {
                id: RecordId(uuid::Uuid::from_bytes(row.get(0)?)),
                record_type: row.get(1)?,
                unit: UnitUid(row.get(2)?),
                head: columns::text(row, 3)?.parse()?,
                void: row.get(4)?,
                fseq: row.get(5)?,
                at: row.get(6)?,
                by: row.get(7)?,
                body: serde_json::from_str(columns::text(row, 8)?)?,
                act: columns::kind(row, 9)?,
                why: row.get(10)?,
            });
        }
        Ok(page)
    }
}

impl Write<'_> {
    /// Makes the centre's state of one unit exactly these records, whatever was pulled before. Own work stays (I20).
    /// Returns how many records changed or went.
    ///
    /// # Errors
    /// Writing failed.
    pub fn mend_unit(&self, unit: &UnitUid, records: &[ShadowRecord]) -> Result<u32> {
        let listed: BTreeSet<RecordId> = records.iter().map(|record| record.id).collect();
        let mut touched = BTreeSet::new();
        for record in records {
            if self.shadow(record.id)?.as_ref() != Some(record) {
                // What is wrong may also claim to be newer than it is.
                self.connection
                    .prepare_cached("UPDATE shadow SET stale = 1 WHERE id = ?1")?
                    .execute([record.id.0.as_bytes()])?;
                self.put_shadow(record)?;
                touched.insert(record.id);
            }
        }
        for id in self.shadow_of(unit)? {
            if !listed.contains(&id) {
                self.remove_shadow(id, None)?;
                touched.insert(id);
            }
        }
        for record in &touched {
            self.refold(*record)?;
        }
        Ok(u32::try_from(touched.len()).unwrap_or(u32::MAX))
    }

    fn shadow_of(&self, unit: &UnitUid) -> Result<Vec<RecordId>> {
        let ids = self
            .connection
            .prepare_cached("SELECT id FROM shadow WHERE unit = ?1")?
            .query_map([unit.as_str()], |row| row.get(0))?
            .map(|id| id.map(|id| RecordId(uuid::Uuid::from_bytes(id))))
            .collect::<rusqlite::Result<_>>()?;
        Ok(ids)
    }
}
