use std::collections::HashSet;
use std::sync::OnceLock;

use hocvu_model::UnitUid;
use hocvu_model::unit::{Unit, UnitBook};
use rusqlite::{OptionalExtension, params};

use crate::{Read, Result, Write, columns};

impl Read<'_> {
    /// Units made by people, as this device knows them, void ones among them.
    ///
    /// # Errors
    /// Reading failed.
    pub fn units(&self) -> Result<Vec<Unit>> {
        let mut statement = self.connection.prepare_cached("SELECT json FROM unit ORDER BY rowid")?;
        let mut rows = statement.query([])?;
        let mut units = Vec::new();
        while let Some(row) = rows.next()? {
            units.push(serde_json::from_str(columns::text(row, 0)?)?);
        }
        Ok(units)
    }

    /// Every unit something on this device names: records, also void ones and what they were before, forms that are open, own
    /// acts, what waits at the centre, machines, rights. One pass: an import is undone for hundreds of units at once.
    ///
    /// # Errors
    /// Reading failed.
    pub fn units_named(&self) -> Result<HashSet<UnitUid>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT unit FROM record UNION SELECT unit FROM shadow UNION SELECT unit FROM version
             UNION SELECT unit FROM centre_case UNION SELECT unit FROM device UNION SELECT unit FROM granted
             UNION SELECT unit FROM identity UNION SELECT text ->> '$.unit' FROM operation
             UNION SELECT CASE WHEN json_valid(form) THEN form ->> '$.unit' END FROM draft
             UNION SELECT unit FROM unsaved",
        )?;
        let units = statement.query_map([], |row| row.get(0))?;
        let units: Vec<Option<String>> = units.collect::<rusqlite::Result<_>>()?;
        Ok(units.into_iter().flatten().map(UnitUid).collect())
    }

    /// A unit's name: as people made it, as shipped, as enrolment gave it; else its uid. One that is void keeps its name for what
    /// was recorded before this device was told.
    ///
    /// # Errors
    /// Reading failed.
    pub fn unit_name(&self, uid: &UnitUid) -> Result<String> {
        Ok(self.unit_names(uid)?.0)
    }

    /// A unit's name and that of the unit above.
    ///
    /// # Errors
    /// Reading failed.
    pub fn unit_names(&self, uid: &UnitUid) -> Result<(String, Option<String>)> {
        if let Some((name, parent)) = self.named(uid.as_str())? {
            let parent = parent.and_then(|parent| self.named(&parent).transpose()).transpose()?;
            return Ok((name, parent.map(|(name, _)| name)));
        }
        let mut statement = self
            .connection
            .prepare_cached("SELECT unit_name, parent_name FROM identity WHERE unit = ?1")?;
        let names = statement
            .query_row([uid.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some(names) = names {
            return Ok(names);
        }
        let book = self.unit_book()?; // It may have been made here a moment ago.
        let Some(unit) = book.get(uid.as_str()) else {
            return Ok((uid.0.clone(), None));
        };
        let parent = unit.parent.as_ref().and_then(|parent| book.get(parent.as_str()));
        Ok((unit.name.clone(), parent.map(|parent| parent.name.clone())))
    }

    /// Name and uid of the unit above.
    fn named(&self, uid: &str) -> Result<Option<(String, Option<String>)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT name, parent FROM unit WHERE uid = ?1")?;
        let made = statement
            .query_row([uid], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(made.or_else(|| {
            let unit = shipped().get(uid)?;
            Some((unit.name.clone(), unit.parent.as_ref().map(|parent| parent.0.clone())))
        }))
    }
}

impl Write<'_> {
    /// Keeps units made by people, in place of those with their uids. Sessions are found by the new names at once.
    ///
    /// # Errors
    /// Writing failed.
    pub fn put_units(&self, units: &[Unit]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO unit (uid, name, parent, json) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (uid) DO UPDATE SET name = excluded.name, parent = excluded.parent, json = excluded.json",
        )?;
        for unit in units {
            let parent = unit.parent.as_ref().map(UnitUid::as_str);
            statement.execute(params![
                unit.uid.as_str(),
                unit.name,
                parent,
                serde_json::to_string(unit)?
            ])?;
        }
        Ok(())
    }
}

pub(crate) fn shipped() -> &'static UnitBook {
    static SHIPPED: OnceLock<UnitBook> = OnceLock::new();
    SHIPPED.get_or_init(UnitBook::shipped)
}
