//! Acts of an administrator: units, enrolment codes, grants, revocation. Each writes its audit row in its transaction, and
//! what waited for it is judged again in the same one.

use hocvu_model::text;
use hocvu_model::unit::{Level, Unit};
use hocvu_model::wording::{Locale, sentence};
use hocvu_wire::enrol::code_from_bits;
use rusqlite::params;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Desk, held};
use crate::audit;
use crate::error::{Error, Result};

/// What an enrolment code will make.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// Uid of the unit.
    pub unit: String,
    /// `team`, `school`, `commune`, `area`, `province`; by the unit's level when absent.
    pub role: Option<String>,
    /// The person it is meant for.
    pub user_name: Option<String>,
    /// How long it may be used.
    pub days: u32,
}

impl Desk<'_> {
    /// Adds a unit made by people. Operations that waited for it are judged.
    ///
    /// # Errors
    /// [`Error::Refused`] with sentences for a person.
    pub fn add_unit(&mut self, actor: &str, unit: Unit) -> Result<Unit> {
        let unit = self.directory().units.check_new(unit).map_err(|findings| {
            let said: Vec<_> = findings.iter().map(|finding| sentence(Locale::Vi, finding)).collect();
            Error::Refused(said.join(" "))
        })?;
        match self.directory().units.get(unit.uid.as_str()) {
            Some(known) if *known == unit => return Ok(unit), // Asked twice, done once.
            Some(known) => {
                return Err(Error::Refused(format!("Mã {} đã thuộc về {}.", unit.uid, known.name)));
            }
            None => {}
        }
        self.db
            .prepare_cached(
                "INSERT INTO unit (uid, level, name, parent, code, valid_from, valid_to)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                unit.uid.as_str(),
                unit.level.as_str(),
                unit.name,
                unit.parent.as_ref().map(|parent| parent.as_str()),
                unit.code,
                unit.valid_from.map(|date| date.to_string()),
                unit.valid_to.map(|date| date.to_string()),
            ])?;
        let entry = self.next_fseq();
        self.db
            .prepare_cached("INSERT INTO event (fseq, unit) VALUES (?1, ?2)")?
            .execute((entry, unit.uid.as_str()))?;
        self.note(
            actor,
            "unit.add",
            &json!({ "uid": unit.uid, "name": unit.name, "parent": unit.parent }),
        )?;
        // A new unit stands above no other: it can end no wait for a grant.
        self.cause_gone(&held::unit_cause(unit.uid.as_str()))?;
        Ok(unit)
    }

    /// Makes an enrolment code and returns it; only its hash is kept.
    ///
    /// # Errors
    /// [`Error::Refused`] when the unit is not known.
    pub fn make_code(&mut self, actor: &str, new: NewCode) -> Result<String> {
        let NewCode {
            unit,
            role,
            user_name,
            days,
        } = new;
        let Some(known) = self.directory().units.get(&unit) else {
            return Err(Error::Refused(format!("Không có đơn vị “{unit}”.")));
        };
        let role = role.unwrap_or_else(|| default_role(known.level).to_owned());
        let mut bits = [0; 8];
        self.world.fill(&mut bits);
        let code = code_from_bits(u64::from_be_bytes(bits));
        let now = self.now.timestamp();
        self.db
            .prepare_cached(
                "INSERT INTO enrol_code (sha256, unit, role, user_name, made_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                code_hash(&code),
                unit,
                role,
                user_name.as_deref().map(text::tidy).filter(|name| !name.is_empty()),
                now,
                now + i64::from(days) * 86_400
            ])?;
        self.note(actor, "code.make", &json!({ "unit": unit, "role": role, "days": days }))?;
        Ok(code)
    }

    /// Revokes a device: from now on it sees nothing and what it sends is set aside.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such device.
    pub fn revoke(&mut self, actor: &str, device: &str) -> Result<()> {
        let now = self.now.timestamp();
        let changed = self
            .db
            .prepare_cached("UPDATE device SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1")?
            .execute((device, now))?;
        if changed == 0 {
            return Err(Error::Refused(format!("Không có máy “{device}”.")));
        }
        self.note(actor, "device.revoke", &json!({ "device": device }))
    }

    /// Grants a device a unit and all below it. Operations that waited for it are judged.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such device or unit.
    pub fn grant(&mut self, actor: &str, device: &str, unit: &str, role: &str) -> Result<()> {
        let Some(no) = self.directory().device(device).map(|device| device.no) else {
            return Err(Error::Refused(format!("Không có máy “{device}”.")));
        };
        if self.directory().units.get(unit).is_none() {
            return Err(Error::Refused(format!("Không có đơn vị “{unit}”.")));
        }
        self.db
            .prepare_cached(
                "INSERT INTO device_grant (device, unit, role) VALUES (?1, ?2, ?3)
                 ON CONFLICT (device, unit) DO UPDATE SET role = excluded.role",
            )?
            .execute((no, unit, role))?;
        self.note(
            actor,
            "device.grant",
            &json!({ "device": device, "unit": unit, "role": role }),
        )?;
        self.cause_gone(held::SCOPE)
    }

    /// Writes the audit row of an act that changed who or where, and reads both anew.
    pub(crate) fn note(&mut self, actor: &str, act: &str, detail: &serde_json::Value) -> Result<()> {
        audit::write(self.db, self.now.timestamp(), actor, act, detail)?;
        self.reload()
    }
}

/// What is kept of an enrolment code.
pub(crate) fn code_hash(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}

fn default_role(level: Level) -> &'static str {
    match level {
        Level::Province => "province",
        Level::Area => "area",
        Level::Commune => "commune",
        Level::School => "school",
        Level::Hamlet | Level::Agency | Level::Enterprise | Level::Coop => "team",
    }
}
