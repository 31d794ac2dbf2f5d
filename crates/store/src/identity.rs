use hocvu_model::operation::{self, Kind};
use hocvu_model::{LogId, UnitUid};
use rusqlite::{OptionalExtension, Row, params};
use zeroize::Zeroizing;

use crate::append::NewOperation;
use crate::{Error, Read, Result, Write};

/// Who this device is, for whom it writes and with which keys.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The central authority.
    pub deployment: String,
    /// The device, as the centre names it.
    pub device: String,
    /// This incarnation of the file.
    pub log: LogId,
    /// The unit it usually writes for.
    pub unit: UnitUid,
    /// Its name.
    pub unit_name: String,
    /// The name of the unit above.
    pub parent_name: Option<String>,
    /// The role, as the centre names it.
    pub role: String,
    /// The person, as the centre names them.
    pub user_id: String,
    /// The person's name.
    pub user_name: String,
    /// Address of the centre.
    pub centre: String,
    /// Ed25519 key that signs frames.
    pub sign_key: Zeroizing<[u8; 32]>,
    /// X25519 key that opens what is sealed to this device.
    pub seal_key: Zeroizing<[u8; 32]>,
    /// Sample data, not real work.
    pub sample: bool,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("device", &self.device)
            .field("log", &self.log)
            .finish_non_exhaustive()
    }
}

/// How far the centre's feed was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The centre's incarnation.
    pub epoch: String,
    /// Where to go on in its feed.
    pub cursor: String,
}

/// A log of this file: its row and its id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnLog {
    pub number: i64,
    pub id: LogId,
}

impl Read<'_> {
    /// Who this device is; `None` before it is enrolled.
    ///
    /// # Errors
    /// Reading failed.
    pub fn identity(&self) -> Result<Option<Identity>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT i.deployment, i.device, l.id, i.unit, i.unit_name, i.parent_name, i.role, i.user_id, i.user_name,
                    i.centre, i.sign_key, i.seal_key, i.sample
             FROM identity i JOIN log l ON l.number = i.log",
        )?;
        let identity = statement
            .query_row([], |row| {
                Ok(Identity {
                    deployment: row.get(0)?,
                    device: row.get(1)?,
                    log: LogId(row.get(2)?),
                    unit: UnitUid(row.get(3)?),
                    unit_name: row.get(4)?,
                    parent_name: row.get(5)?,
                    role: row.get(6)?,
                    user_id: row.get(7)?,
                    user_name: row.get(8)?,
                    centre: row.get(9)?,
                    sign_key: Zeroizing::new(row.get(10)?),
                    seal_key: Zeroizing::new(row.get(11)?),
                    sample: row.get(12)?,
                })
            })
            .optional()?;
        Ok(identity)
    }

    /// The centre's incarnation the shadow was read from; `None` before the first pull.
    ///
    /// # Errors
    /// Reading failed.
    pub fn epoch(&self) -> Result<Option<String>> {
        Ok(self.position()?.map(|position| position.epoch))
    }

    /// Where to go on in the centre's feed; `None` before the first pull.
    ///
    /// # Errors
    /// Reading failed.
    pub fn cursor(&self) -> Result<Option<String>> {
        Ok(self.position()?.map(|position| position.cursor))
    }

    /// Epoch and cursor together; `None` before the first pull.
    ///
    /// # Errors
    /// Reading failed.
    pub fn position(&self) -> Result<Option<Position>> {
        let mut statement = self.connection.prepare_cached("SELECT epoch, cursor FROM position")?;
        let position = statement
            .query_row([], |row| {
                Ok(Position {
                    epoch: row.get(0)?,
                    cursor: row.get(1)?,
                })
            })
            .optional()?;
        Ok(position)
    }

    pub(crate) fn own_log(&self) -> Result<OwnLog> {
        self.connection
            .prepare_cached("SELECT l.number, l.id FROM identity i JOIN log l ON l.number = i.log")?
            .query_row([], read_log)
            .optional()?
            .ok_or(Error::NotFound("identity"))
    }

    /// Every log this file ever wrote, oldest first.
    pub(crate) fn logs(&self) -> Result<Vec<OwnLog>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT number, id FROM log ORDER BY number")?;
        let logs = statement.query_map([], read_log)?.collect::<rusqlite::Result<_>>()?;
        Ok(logs)
    }

    /// The number of a log of this file; `None` for a log it never wrote.
    pub(crate) fn log_number(&self, log: LogId) -> Result<Option<i64>> {
        let mut statement = self.connection.prepare_cached("SELECT number FROM log WHERE id = ?1")?;
        Ok(statement.query_row([log.0], |row| row.get(0)).optional()?)
    }

    pub(crate) fn deployment(&self) -> Result<String> {
        let mut statement = self.connection.prepare_cached("SELECT deployment FROM identity")?;
        Ok(statement
            .query_row([], |row| row.get(0))
            .optional()?
            .unwrap_or_default())
    }
}

impl Write<'_> {
    /// Stores who this device is. A log not seen before begins with its `open` operation, which names the log it goes on
    /// from if there was one; the same log again only updates names and keys.
    ///
    /// # Errors
    /// Writing failed.
    pub fn put_identity(&self, identity: &Identity, at: i64) -> Result<()> {
        let predecessor = self.identity()?.map(|before| before.log.to_string());
        let known = self.log_number(identity.log)?;
        let log = match known {
            Some(number) => number,
            None => {
                self.connection
                    .prepare_cached("INSERT INTO log (id) VALUES (?1)")?
                    .execute([identity.log.0])?;
                self.connection.last_insert_rowid()
            }
        };
        self.store_identity(identity, log)?;
        self.tail.set(None); // It may be another log than the one before.
        if known.is_none() {
            let log = OwnLog {
                number: log,
                id: identity.log,
            };
            let reason = if predecessor.is_some() { "restored" } else { "new" };
            let text = operation::open_text(&identity.device, predecessor.as_deref(), reason, at);
            self.insert_operation(&NewOperation {
                log,
                seq: 1,
                record: None,
                kind: Kind::Open,
                text: &text,
                findings: &[],
            })?;
        }
        Ok(())
    }

    /// Stores how far the centre's feed was read. Another epoch than the one known calls for the verdicts again.
    ///
    /// # Errors
    /// Writing failed.
    pub fn set_position(&self, epoch: &str, cursor: &str) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO position (one, epoch, cursor) VALUES (1, ?1, ?2)
                 ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, cursor = excluded.cursor",
            )?
            .execute([epoch, cursor])?;
        self.note_judge(epoch)
    }

    fn store_identity(&self, identity: &Identity, log: i64) -> Result<()> {
        let Identity {
            deployment,
            device,
            log: _,
            unit,
            unit_name,
            parent_name,
            role,
            user_id,
            user_name,
            centre,
            sign_key,
            seal_key,
            sample,
        } = identity;
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO identity (one, deployment, device, log, unit, unit_name, parent_name, role, user_id,
                                                  user_name, centre, sign_key, seal_key, sample)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                deployment,
                device,
                log,
                unit.as_str(),
                unit_name,
                parent_name,
                role,
                user_id,
                user_name,
                centre,
                **sign_key,
                **seal_key,
                sample
            ])?;
        Ok(())
    }
}

fn read_log(row: &Row<'_>) -> rusqlite::Result<OwnLog> {
    Ok(OwnLog {
        number: row.get(0)?,
        id: LogId(row.get(1)?),
    })
}
