//! Acts of an administrator: units, enrolment codes, grants, revocation. Each writes its audit row in its transaction, and
//! what waited for it is judged again in the same one.

use hocvu_model::Role;
use hocvu_model::period::ReportMonth;
use hocvu_model::unit::Unit;
use hocvu_model::wording::{Locale, sentence};
use hocvu_wire::enrol::code_from_bits;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Desk, held, locks};
use crate::audit;
use crate::error::{Error, Result};

/// How long an enrolment code made by an officer may be used, days.
pub(crate) const CODE_DAYS: u32 = 7;

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
        self.insert_unit(&unit)?;
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
        let role = role.unwrap_or_else(|| Role::foreseen_at(known.level).as_str().to_owned());
        let mut bits = [0; 8];
        self.world.fill(&mut bits);
        let code = code_from_bits(u64::from_be_bytes(bits));
        self.keep_code(code_hash(&code), &unit, &role, user_name.as_deref(), days)?;
        self.note(actor, "code.make", &json!({ "unit": unit, "role": role, "days": days }))?;
        Ok(code)
    }

    /// Revokes a device: from now on it sees nothing and what it sends is set aside.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such device.
    pub fn revoke(&mut self, actor: &str, device: &str) -> Result<()> {
        let now = self.now.timestamp();
        let Some(no) = self.directory().device(device).map(|device| device.no) else {
            return Err(Error::Refused(format!("Không có máy “{device}”.")));
        };
        self.db
            .prepare_cached("UPDATE device SET revoked_at = coalesce(revoked_at, ?2) WHERE no = ?1")?
            .execute((no, now))?;
        self.device_changed(no)?;
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
        self.device_changed(no)?;
        self.note(
            actor,
            "device.grant",
            &json!({ "device": device, "unit": unit, "role": role }),
        )?;
        self.tell_new_officers(no)?;
        self.cause_gone(held::SCOPE)
    }

    /// Closes a report month for a unit and all below it: what changes it afterwards waits for an officer.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such unit or month.
    pub fn lock_period(&mut self, actor: &str, unit: &str, month: &str) -> Result<()> {
        self.check_period(unit, month)?;
        self.db
            .prepare_cached("INSERT OR IGNORE INTO period_lock (unit, month) VALUES (?1, ?2)")?
            .execute((unit, month))?;
        self.cache.locks = locks::load(self.db)?;
        self.note(actor, "period.lock", &json!({ "unit": unit, "month": month }))
    }

    /// Opens a closed month again. Sessions kept for it are judged.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such unit or month.
    pub fn unlock_period(&mut self, actor: &str, unit: &str, month: &str) -> Result<()> {
        self.check_period(unit, month)?;
        self.db
            .prepare_cached("DELETE FROM period_lock WHERE unit = ?1 AND month = ?2")?
            .execute((unit, month))?;
        self.cache.locks = locks::load(self.db)?;
        self.note(actor, "period.unlock", &json!({ "unit": unit, "month": month }))?;
        self.cause_gone(held::PERIOD)
    }

    fn check_period(&self, unit: &str, month: &str) -> Result<()> {
        if self.directory().units.get(unit).is_none() {
            return Err(Error::Refused(format!("Không có đơn vị “{unit}”.")));
        }
        match ReportMonth::parse(month) {
            Some(_) => Ok(()),
            None => Err(Error::Refused(format!("“{month}” không phải tháng, ví dụ 2025-11."))),
        }
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
