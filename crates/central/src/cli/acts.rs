//! Commands that change something. Each is one transaction with its audit row.

use std::sync::Arc;

use hocvu_model::ids::UnitUid;
use hocvu_model::operation::{Kind, OfficeDraft};
use hocvu_model::unit::{Level, Unit};
use rusqlite::OptionalExtension;
use serde_json::json;

use super::office::author;
use super::{ACTOR, File, Shown, open, say, say_json};
use crate::desk::{CODE_DAYS, Core, NewCode};
use crate::error::{Error, Result};
use crate::world::World;

pub(super) fn enrol_code(
    shown: &Shown,
    world: Arc<dyn World>,
    unit: String,
    role: Option<String>,
    name: Option<String>,
    days: u32,
) -> Result<()> {
    let mut core = open(&shown.file, world)?;
    let new = NewCode {
        unit: unit.clone(),
        role,
        user_name: name,
        days,
    };
    let code = core.transact(|desk| desk.make_code(ACTOR, new))?;
    if shown.json {
        return say_json(&json!({ "code": code, "unit": unit, "days": days }));
    }
    let unit_name = core
        .directory()
        .units
        .get(&unit)
        .map(|unit| unit.name.clone())
        .unwrap_or_default();
    say(&format!("Mã ghi danh: {code}"));
    say(&format!(
        "Dùng một lần cho {unit_name}, trong {days} ngày. Mã không hiện lại."
    ));
    Ok(())
}

pub(super) fn add_unit(
    shown: &Shown,
    world: Arc<dyn World>,
    parent: &str,
    level: &str,
    name: String,
    uid: Option<String>,
) -> Result<()> {
    let level = Level::parse(level).ok_or_else(|| Error::Refused(format!("Không có cấp “{level}”.")))?;
    let mut core = open(&shown.file, Arc::clone(&world))?;
    let uid = uid.unwrap_or_else(|| {
        let mut random = [0; 16];
        world.fill(&mut random);
        format!("u:{}", uuid::Builder::from_random_bytes(random).into_uuid())
    });
    let unit = Unit {
        uid: UnitUid(uid),
        code: None,
        level,
        name,
        parent: Some(UnitUid::from(parent)),
        valid_from: None,
        valid_to: None,
        sort: None,
        members: Vec::new(),
        void: false,
    };
    let unit = core.transact(|desk| desk.add_unit(ACTOR, unit))?;
    if shown.json {
        return say_json(&unit);
    }
    say(&format!("Đã thêm {} ({}).", unit.name, unit.uid));
    Ok(())
}

pub(super) fn revoke(file: &File, world: Arc<dyn World>, device: &str) -> Result<()> {
    revoke_in(&mut open(file, world)?, device)?;
    say(&format!(
        "Đã thu hồi máy {device}. Việc máy này gửi sau đây được giữ riêng."
    ));
    Ok(())
}

/// Revokes, and makes a code for the same person, unit and role.
pub(super) fn replace(shown: &Shown, world: Arc<dyn World>, device: &str) -> Result<()> {
    let mut core = open(&shown.file, world)?;
    let (unit, role, name): (String, String, String) = core
        .db()
        .query_row(
            "SELECT d.unit, d.role, u.name FROM device d JOIN user u ON u.no = d.user WHERE d.id = ?1",
            [device],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?
        .ok_or_else(|| Error::Refused(format!("Không có máy “{device}”.")))?;
    revoke_in(&mut core, device)?;
    let new = NewCode {
        unit: unit.clone(),
        role: Some(role),
        user_name: Some(name),
        days: CODE_DAYS,
    };
    let code = core.transact(|desk| desk.make_code(ACTOR, new))?;
    if shown.json {
        return say_json(&json!({ "code": code, "unit": unit, "days": CODE_DAYS, "revoked": device }));
    }
    say(&format!("Đã thu hồi máy {device}. Mã ghi danh máy thay thế: {code}"));
    say(&format!("Dùng một lần, trong {CODE_DAYS} ngày. Mã không hiện lại."));
    Ok(())
}

fn revoke_in(core: &mut Core, device: &str) -> Result<()> {
    if core.directory().device(device).is_none() {
        return Err(Error::Refused(format!("Không có máy “{device}”.")));
    }
    let text = OfficeDraft {
        device: Some(device),
        reason: Some("Thu hồi tại máy chủ"),
        ..OfficeDraft::new(Kind::Revoke, core.world().now().timestamp())
    }
    .text();
    author(core, &text).map(|_| ())
}

pub(super) fn grant(file: &File, world: Arc<dyn World>, device: &str, unit: &str, role: &str) -> Result<()> {
    open(file, world)?.transact(|desk| desk.grant(ACTOR, device, unit, role))?;
    say(&format!("Máy {device} được ghi và xem {unit}."));
    Ok(())
}
