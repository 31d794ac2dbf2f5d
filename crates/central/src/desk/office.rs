//! Acts of offices: may the author do this, and doing it. Judged like any other operation, once, with everything it
//! changes in the same transaction.

use hocvu_model::Role;
use hocvu_model::ids::OperationId;
use hocvu_model::operation::Kind;
use hocvu_wire::b64;
use hocvu_wire::batch::{Ruling, Verdict};
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use super::Desk;
use super::admin::CODE_DAYS;
use super::judging::{Judged, Plan};
use crate::error::Result;
use crate::judge::{self, code};
use crate::reading::{Office, Reading};

/// Why an act is not done.
type Refusal = std::result::Result<(), Ruling>;

fn rejected<T>(why: &str) -> std::result::Result<T, Ruling> {
    Err(judge::ruling(Verdict::Rejected, why))
}

fn held<T>(why: &str) -> std::result::Result<T, Ruling> {
    Err(judge::ruling(Verdict::Held, why))
}

impl Desk<'_> {
    /// The ruling on an act of an office.
    pub(super) fn judge_office<'a>(&mut self, device: i64, office: &'a Office) -> Result<Judged<'a>> {
        let allowed = match office.kind {
            Kind::Adopt | Kind::Return | Kind::Release => self.may_settle(device, office)?,
            Kind::Revoke => self.may_revoke(device, office),
            Kind::Invite => self.may_invite(device, office)?,
            Kind::Succeed => match self.may_succeed(device, office) {
                Ok(()) => self.may_leave_out(office)?,
                refused => refused,
            },
            _ => held(code::SCHEMA_AHEAD),
        };
        Ok(match allowed {
            Err(ruling) => Judged::stored(ruling),
            Ok(()) => Judged {
                rank: self.office_rank(device),
                plan: Plan::Perform(office),
                ..Judged::stored(judge::accepted())
            },
        })
    }

    /// Does an act that was allowed and is stored under `act`.
    pub(super) fn perform(&mut self, office: &Office, act: u64, device: i64) -> Result<()> {
        match office.kind {
            Kind::Adopt => self.adopt(office, act, device),
            Kind::Return => self.send_back(office),
            Kind::Release => self.release(office, act),
            Kind::Revoke => self.revoke_as(device, office.device.as_deref().unwrap_or_default()),
            Kind::Invite => self.invite(device, office),
            Kind::Succeed => self.succeed(device, &office.units, &office.successions),
            _ => Ok(()),
        }
    }

    /// Weight of an officer's word, wherever it counts most; 0 for who is no officer.
    fn office_rank(&self, device: i64) -> u8 {
        let Some(known) = self.directory().device_no(device) else {
            return 0;
        };
        if known.id == crate::directory::CENTRE {
            return Role::Province.rank();
        }
        let officers = known.grants.iter().filter(|grant| grant.role.is_officer());
        officers.map(|grant| grant.role.rank()).max().unwrap_or(0)
    }

    /// Whether the cited operations lie with this officer, and the unit they are to be placed in.
    fn may_settle(&mut self, device: i64, office: &Office) -> Result<Refusal> {
        if office.cites.is_empty() {
            return Ok(rejected(code::MALFORMED));
        }
        if self.office_rank(device) == 0 {
            return Ok(rejected(code::RIGHTS));
        }
        if office.kind == Kind::Return && office.reason.is_empty() {
            return Ok(rejected(code::REASON_MISSING));
        }
        if let Some(unit) = &office.unit {
            if self.directory().units.get(unit.as_str()).is_none() {
                return Ok(held(code::UNIT_UNKNOWN));
            }
            if !self.directory().is_officer_over(device, unit.as_str()) {
                return Ok(rejected(code::RIGHTS));
            }
        }
        for cited in &office.cites {
            let Some(fseq) = self.arrived(*cited)? else {
                return Ok(held(code::PARENT_MISSING));
            };
            if !self.lies_with(device, office, fseq)? {
                return Ok(rejected(code::RIGHTS));
            }
        }
        Ok(Ok(()))
    }

    /// Whether the officer may say what becomes of an operation: it names a unit of theirs, or its author works in one. To
    /// take it over, it must also end up in one.
    fn lies_with(&self, officer: i64, office: &Office, fseq: u64) -> Result<bool> {
        let stored = self.stored(fseq)?;
        let candidate = stored.candidate(self);
        let named = match &candidate.reading {
            Reading::Act(act) => act.unit.as_ref().map(|unit| unit.as_str().to_owned()),
            _ => None,
        };
        let directory = self.directory();
        let over_named = named.is_some_and(|unit| directory.is_officer_over(officer, &unit));
        let author = directory.device_no(stored.device());
        let over_author = author.is_some_and(|author| {
            let mut grants = author.grants.iter();
            grants.any(|grant| directory.is_officer_over(officer, &grant.unit))
        });
        let placed = office.kind != Kind::Adopt || office.unit.is_some() || over_named;
        Ok(placed && (over_named || over_author))
    }

    fn arrived(&self, id: OperationId) -> Result<Option<u64>> {
        let Some(log) = self.directory().log(id.log) else {
            return Ok(None);
        };
        let mut find = self
            .db
            .prepare_cached("SELECT fseq FROM operation WHERE log = ?1 AND seq = ?2")?;
        Ok(find.query_row((log.no, id.seq), |row| row.get(0)).optional()?)
    }

    fn adopt(&mut self, office: &Office, act: u64, device: i64) -> Result<()> {
        let unit = office.unit.as_ref().map(|unit| unit.as_str());
        for cited in &office.cites {
            let Some(fseq) = self.arrived(*cited)? else { continue };
            let stored = self.stored(fseq)?;
            if !stored.is_kept() || stored.is_revoked() || !matches!(stored.candidate(self).reading, Reading::Act(_)) {
                continue; // Settled since, or not for taking over.
            }
            self.db
                .prepare_cached("INSERT OR REPLACE INTO adoption (op, act, device, unit) VALUES (?1, ?2, ?3, ?4)")?
                .execute((fseq, act, device, unit))?;
            self.judge_now(fseq)?;
        }
        Ok(())
    }

    fn send_back(&mut self, office: &Office) -> Result<()> {
        for cited in &office.cites {
            let Some(fseq) = self.arrived(*cited)? else { continue };
            if !self.stored(fseq)?.is_kept() {
                continue;
            }
            self.waits_no_more(fseq)?;
            let id = self.overrule(
                fseq,
                Ruling {
                    m: Some(office.reason.clone()),
                    ..judge::ruling(Verdict::Rejected, code::RETURNED)
                },
            )?;
            self.settled(id)?;
        }
        Ok(())
    }

    fn release(&mut self, office: &Office, act: u64) -> Result<()> {
        for cited in &office.cites {
            let Some(fseq) = self.arrived(*cited)? else { continue };
            if !self.stored(fseq)?.is_revoked() {
                continue;
            }
            self.db
                .prepare_cached("UPDATE operation SET released = ?2 WHERE fseq = ?1")?
                .execute((fseq, act))?;
            self.judge_now(fseq)?;
        }
        Ok(())
    }

    /// Judges again without waiting for a cause.
    fn judge_now(&mut self, fseq: u64) -> Result<()> {
        self.waits_no_more(fseq)?;
        match self.judge_again(fseq)? {
            Some(id) => self.settled(id),
            None => Ok(()),
        }
    }

    fn waits_no_more(&self, fseq: u64) -> Result<()> {
        self.db
            .prepare_cached("DELETE FROM waiting WHERE fseq = ?1")?
            .execute([fseq])?;
        Ok(())
    }

    fn may_revoke(&self, officer: i64, office: &Office) -> Refusal {
        let directory = self.directory();
        let target = office.device.as_deref().and_then(|id| directory.device(id));
        let Some(target) = target.filter(|target| !target.grants.is_empty()) else {
            return rejected(code::RIGHTS);
        };
        let all = target.grants.iter().all(|grant| {
            let rank = directory.rank_over(officer, &grant.unit).unwrap_or(0);
            rank >= Role::Commune.rank().max(grant.role.rank())
        });
        match (all, office.reason.is_empty()) {
            (false, _) => rejected(code::RIGHTS),
            (true, true) => rejected(code::REASON_MISSING),
            (true, false) => Ok(()),
        }
    }

    fn revoke_as(&mut self, officer: i64, device: &str) -> Result<()> {
        let actor = self.actor(officer);
        self.revoke(&actor, device)
    }

    fn may_invite(&self, officer: i64, office: &Office) -> Result<Refusal> {
        let hash = office.code.as_deref().and_then(b64::decode::<32>);
        let role = office.role.as_deref().and_then(Role::parse);
        let (Some(hash), Some(role), Some(unit)) = (hash, role, &office.unit) else {
            return Ok(rejected(code::MALFORMED));
        };
        if self.directory().units.get(unit.as_str()).is_none() {
            return Ok(held(code::UNIT_UNKNOWN));
        }
        let rank = self.directory().rank_over(officer, unit.as_str()).unwrap_or(0);
        if rank < Role::Commune.rank().max(role.rank()) {
            return Ok(rejected(code::RIGHTS));
        }
        let taken: bool = self
            .db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM enrol_code WHERE sha256 = ?1)")?
            .query_row([hash], |row| row.get(0))?;
        Ok(if taken { rejected(code::INVALID) } else { Ok(()) })
    }

    fn invite(&mut self, officer: i64, office: &Office) -> Result<()> {
        let hash = office.code.as_deref().and_then(b64::decode::<32>);
        let (Some(hash), Some(unit), Some(role)) = (hash, &office.unit, &office.role) else {
            return Ok(()); // Refused before.
        };
        self.keep_code(hash, unit.as_str(), role, office.name.as_deref(), CODE_DAYS)?;
        let actor = self.actor(officer);
        self.note(
            &actor,
            "code.invite",
            &json!({ "unit": unit, "role": role, "days": CODE_DAYS }),
        )
    }

    /// The name of a device in the audit.
    pub(super) fn actor(&self, device: i64) -> String {
        self.directory()
            .device_no(device)
            .map(|device| device.id.clone())
            .unwrap_or_default()
    }

    /// Keeps the hash of a code.
    pub(super) fn keep_code(
        &self,
        hash: [u8; 32],
        unit: &str,
        role: &str,
        name: Option<&str>,
        days: u32,
    ) -> Result<()> {
        let name = name.map(hocvu_model::text::tidy).filter(|name| !name.is_empty());
        let now = self.now.timestamp();
        self.db
            .prepare_cached(
                "INSERT INTO enrol_code (sha256, unit, role, user_name, made_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![hash, unit, role, name, now, now + i64::from(days) * 86_400])?;
        Ok(())
    }
}
