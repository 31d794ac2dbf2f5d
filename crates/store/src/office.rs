use std::collections::{BTreeMap, BTreeSet};

use hocvu_model::operation::Operation;
use hocvu_model::unit::{Succession, UnitBook};
use hocvu_model::{OperationId, Role, UnitUid};
use rusqlite::params;

use crate::units::shipped;
use crate::{Read, Result, State, StoredOperation, Verdict, Write, columns};

/// A device an officer looks after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeDevice {
    /// Its name at the centre.
    pub device: String,
    /// Who holds it.
    pub user: String,
    /// Its role, a name of [`Role`].
    pub role: String,
    /// The unit it was made for.
    pub unit: UnitUid,
    /// Whether its rights were taken.
    pub revoked: bool,
    /// Seconds since 1970 by the centre's clock.
    pub enrolled_at: i64,
    /// Feed number of its last change.
    pub fseq: u64,
}

/// A right over a unit and everything below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The unit.
    pub unit: UnitUid,
    /// A name of [`Role`], or of a later one.
    pub role: String,
}

impl Read<'_> {
    /// What this device may see and write, as the centre last said; before it said anything, as enrolment said.
    ///
    /// # Errors
    /// Reading failed.
    pub fn grants(&self) -> Result<Vec<Grant>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT unit, role FROM granted ORDER BY unit, role")?;
        let told: Vec<Grant> = statement
            .query_map([], |row| {
                Ok(Grant {
                    unit: UnitUid(row.get(0)?),
                    role: row.get(1)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        if !told.is_empty() {
            return Ok(told);
        }
        let enrolled = self.identity()?.map(|identity| Grant {
            unit: identity.unit,
            role: identity.role,
        });
        Ok(enrolled.into_iter().collect())
    }

    /// The highest role granted; `None` before enrolment, or when every role is one of a later version.
    ///
    /// # Errors
    /// Reading failed.
    pub fn role(&self) -> Result<Option<Role>> {
        let roles = self.grants()?;
        Ok(roles
            .iter()
            .filter_map(|grant| Role::parse(&grant.role))
            .max_by_key(|role| role.rank()))
    }

    /// The devices within this officer's scope, by unit and name.
    ///
    /// # Errors
    /// Reading failed.
    pub fn devices(&self) -> Result<Vec<OfficeDevice>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT device, user, role, unit, revoked, enrolled_at, fseq FROM device ORDER BY unit, device",
        )?;
        let devices = statement
            .query_map([], |row| {
                Ok(OfficeDevice {
                    device: row.get(0)?,
                    user: row.get(1)?,
                    role: row.get(2)?,
                    unit: UnitUid(row.get(3)?),
                    revoked: row.get(4)?,
                    enrolled_at: row.get(5)?,
                    fseq: row.get(6)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(devices)
    }

    /// When each author, as the centre names them, last wrote something this device has been shown: author's clock,
    /// seconds since 1970.
    ///
    /// # Errors
    /// Reading failed.
    pub fn last_news(&self) -> Result<BTreeMap<String, i64>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT by, max(at) FROM shadow GROUP BY by")?;
        let news = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(news)
    }

    /// Which unit follows on which, beyond what ships with the program.
    ///
    /// # Errors
    /// Reading failed.
    pub fn successions(&self) -> Result<Vec<Succession>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT json FROM succession ORDER BY rowid")?;
        let mut rows = statement.query([])?;
        let mut successions = Vec::new();
        while let Some(row) = rows.next()? {
            successions.push(serde_json::from_str(columns::text(row, 0)?)?);
        }
        Ok(successions)
    }

    /// Own acts on units that wait for the centre's answer, oldest first: what they say holds on this device already.
    ///
    /// # Errors
    /// Reading failed.
    pub fn unit_acts_waiting(&self) -> Result<Vec<StoredOperation>> {
        let numbers =
            "SELECT number FROM operation WHERE record IS NULL AND kind = 'succeed' ORDER BY number LIMIT ?1 OFFSET ?2";
        let mut acts = self.stored(numbers, 0, u32::MAX)?;
        acts.reverse();
        acts.retain(|act| act.receipt.is_none() && act.state.verdict().is_none());
        Ok(acts)
    }

    /// Every unit this device knows and what became of it: shipped, made by people, followed on, and what own acts that
    /// wait to be sent say.
    ///
    /// # Errors
    /// Reading failed.
    pub fn unit_book(&self) -> Result<UnitBook> {
        let mut book = shipped().clone();
        self.units()?.into_iter().for_each(|unit| book.put(unit));
        self.successions()?
            .into_iter()
            .for_each(|succession| book.succeed(succession));
        for act in self.unit_acts_waiting()? {
            let Ok(act) = Operation::parse(&act.text) else { continue };
            act.units.into_iter().for_each(|unit| book.put(unit));
            act.successions
                .into_iter()
                .for_each(|succession| book.succeed(succession));
        }
        Ok(book)
    }

    /// This device's own acts of an office, newest first, and how many there are in all.
    ///
    /// # Errors
    /// Reading failed.
    pub fn office_acts(&self, offset: u32, limit: u32) -> Result<(Vec<StoredOperation>, u32)> {
        let acts = "FROM operation WHERE record IS NULL AND kind <> 'open'";
        let total = self
            .connection
            .prepare_cached(&format!("SELECT count(*) {acts}"))?
            .query_row([], |row| row.get(0))?;
        let numbers = format!("SELECT number {acts} ORDER BY number DESC LIMIT ?1 OFFSET ?2");
        Ok((self.stored(&numbers, offset, limit)?, total))
    }
}

impl Write<'_> {
    /// Notes that its author has read why the centre rejected an act of an office. Says whether there was one to read of.
    ///
    /// # Errors
    /// Writing failed.
    pub fn act_is_seen(&self, id: OperationId) -> Result<bool> {
        let rejected = State::Stored(Verdict::Rejected).number();
        let seen = self
            .connection
            .prepare_cached(
                "UPDATE operation SET seen = 1
                 WHERE log = (SELECT number FROM log WHERE id = ?1) AND seq = ?2 AND record IS NULL AND state = ?3",
            )?
            .execute(params![id.log.0, id.seq, rejected])?;
        Ok(seen > 0)
    }

    /// Keeps what this device may now see and write, in place of what it was told before. An empty list says nothing.
    ///
    /// # Errors
    /// Writing failed.
    pub fn put_grants(&self, grants: &[Grant]) -> Result<()> {
        let new: BTreeSet<&Grant> = grants.iter().collect();
        let old = self.grants()?;
        if new.is_empty() || new == old.iter().collect() {
            return Ok(());
        }
        self.connection.execute("DELETE FROM granted", [])?;
        let mut insert = self
            .connection
            .prepare_cached("INSERT INTO granted (unit, role) VALUES (?1, ?2)")?;
        for grant in new {
            insert.execute([grant.unit.as_str(), &grant.role])?;
        }
        Ok(())
    }

    pub(crate) fn put_devices(&self, devices: &[OfficeDevice]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO device (device, fseq, user, role, unit, revoked, enrolled_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (device) DO UPDATE SET fseq = excluded.fseq, user = excluded.user, role = excluded.role,
                 unit = excluded.unit, revoked = excluded.revoked, enrolled_at = excluded.enrolled_at, stale = 0
             WHERE excluded.fseq >= device.fseq OR device.stale = 1",
        )?;
        for device in devices {
            statement.execute(params![
                device.device,
                device.fseq,
                device.user,
                device.role,
                device.unit.as_str(),
                device.revoked,
                device.enrolled_at
            ])?;
        }
        Ok(())
    }

    /// Keeps which unit follows on which.
    ///
    /// # Errors
    /// Writing failed.
    pub fn put_successions(&self, successions: &[Succession]) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO succession (old, new, json) VALUES (?1, ?2, ?3)
             ON CONFLICT (old, new) DO UPDATE SET json = excluded.json",
        )?;
        for succession in successions {
            let json = serde_json::to_string(succession)?;
            statement.execute([succession.old.as_str(), succession.new.as_str(), &json])?;
        }
        Ok(())
    }
}
