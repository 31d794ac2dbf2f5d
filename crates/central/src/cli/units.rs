//! What an administrator says of units: revisions, and what became of which. Signed in the centre's own log.

use std::sync::Arc;

use chrono::NaiveDate;
use clap::Args;
use hocvu_model::ids::UnitUid;
use hocvu_model::operation::{Kind, OfficeDraft};
use hocvu_model::unit::{MADE, Member, Succession, SuccessionKind, Unit};

use super::office::{author, told};
use super::{Shown, open};
use crate::desk::Core;
use crate::error::{Error, Result};
use crate::world::World;

/// What is to be called otherwise; what is not given stays.
#[derive(Args)]
pub(super) struct Revision {
    /// Mã đơn vị.
    uid: String,
    /// Tên đúng.
    #[arg(long)]
    name: Option<String>,
    /// Cấp trên đúng.
    #[arg(long)]
    parent: Option<String>,
    /// Mã riêng.
    #[arg(long)]
    code: Option<String>,
    /// Loại hình.
    #[arg(long)]
    sort: Option<String>,
    /// Ngày đầu.
    #[arg(long)]
    valid_from: Option<NaiveDate>,
    /// Ngày cuối.
    #[arg(long)]
    valid_to: Option<NaiveDate>,
    /// Xã, phường của khu vực; lặp lại được, thay cả danh sách.
    #[arg(long = "member")]
    members: Vec<String>,
}

/// Since when, and by which resolution.
#[derive(Args)]
pub(super) struct Law {
    /// Ngày có hiệu lực, ví dụ 2026-01-01.
    #[arg(long)]
    date: NaiveDate,
    /// Căn cứ pháp lý.
    #[arg(long)]
    basis: String,
}

pub(super) fn edit(shown: &Shown, world: Arc<dyn World>, revision: Revision) -> Result<()> {
    let at = world.now().timestamp();
    let mut core = open(&shown.file, world)?;
    let known = known(&core, &revision.uid)?;
    let members = revision.members.into_iter().map(|uid| Member {
        unit: UnitUid(uid),
        from: None,
        to: None,
    });
    let members: Vec<Member> = members.collect();
    let unit = Unit {
        name: revision.name.unwrap_or(known.name),
        parent: revision.parent.map(UnitUid).or(known.parent),
        code: revision.code.or(known.code),
        sort: revision.sort.or(known.sort),
        valid_from: revision.valid_from.or(known.valid_from),
        valid_to: revision.valid_to.or(known.valid_to),
        members: if members.is_empty() { known.members } else { members },
        void: false,
        uid: known.uid,
        level: known.level,
    };
    let text = OfficeDraft {
        units: std::slice::from_ref(&unit),
        ..OfficeDraft::new(Kind::Succeed, at)
    }
    .text();
    let authored = author(&mut core, &text)?;
    told(shown, &authored, &format!("Đã sửa {} ({}).", unit.name, unit.uid))
}

/// A split, a new name or another parent: new units follow on the old one.
pub(super) fn follow(
    shown: &Shown,
    world: Arc<dyn World>,
    kind: SuccessionKind,
    old: &str,
    names: &[String],
    parent: Option<&str>,
    law: Law,
) -> Result<()> {
    if kind == SuccessionKind::Split && names.len() < 2 {
        return Err(Error::Refused("Chia tách cần ít nhất hai đơn vị mới.".into()));
    }
    let mut core = open(&shown.file, Arc::clone(&world))?;
    let known = known(&core, old)?;
    let own = [known.name.clone()];
    let names = if names.is_empty() { &own } else { names };
    let make = |name: &String| {
        let mut random = [0; 16];
        world.fill(&mut random);
        Unit {
            uid: UnitUid(format!(
                "{MADE}{}",
                uuid::Builder::from_random_bytes(random).into_uuid()
            )),
            name: name.clone(),
            parent: parent.map(UnitUid::from).or_else(|| known.parent.clone()),
            valid_from: Some(law.date),
            valid_to: None,
            ..known.clone()
        }
    };
    let units: Vec<Unit> = names.iter().map(make).collect();
    let successions: Vec<Succession> = units
        .iter()
        .map(|new| Succession {
            old: known.uid.clone(),
            new: new.uid.clone(),
            kind,
            effective: law.date,
            legal_basis: law.basis.clone(),
        })
        .collect();
    let text = OfficeDraft {
        units: &units,
        successions: &successions,
        ..OfficeDraft::new(Kind::Succeed, world.now().timestamp())
    }
    .text();
    let authored = author(&mut core, &text)?;
    let made: Vec<String> = units
        .iter()
        .map(|unit| format!("{} ({})", unit.name, unit.uid))
        .collect();
    told(shown, &authored, &format!("{} → {}.", known.name, made.join(", ")))
}

fn known(core: &Core, uid: &str) -> Result<Unit> {
    let known = core.directory().units.get(uid).cloned();
    known.ok_or_else(|| Error::Refused(format!("Không có đơn vị “{uid}”.")))
}

pub(super) fn merge_units(
    shown: &Shown,
    world: Arc<dyn World>,
    old: &[String],
    into: &str,
    effective: NaiveDate,
    legal_basis: String,
    new: Option<(String, String)>,
) -> Result<()> {
    let at = world.now().timestamp();
    let mut core = open(&shown.file, world)?;
    let directory = core.directory();
    if let Some(unknown) = old.iter().find(|uid| directory.units.get(uid).is_none()) {
        return Err(Error::Refused(format!("Không có đơn vị “{unknown}”.")));
    }
    let level = directory.units.get(&old[0]).map(|unit| unit.level);
    let units: Vec<Unit> = new
        .zip(level)
        .map(|((name, parent), level)| Unit {
            uid: into.into(),
            code: None,
            level,
            name,
            parent: Some(UnitUid(parent)),
            valid_from: Some(effective),
            valid_to: None,
            sort: None,
            members: Vec::new(),
            void: false,
        })
        .into_iter()
        .collect();
    if units.is_empty() && directory.units.get(into).is_none() {
        return Err(Error::Refused(format!(
            "Không có đơn vị “{into}”; thêm --name và --parent để tạo."
        )));
    }
    let successions: Vec<Succession> = old
        .iter()
        .map(|old| Succession {
            old: old.as_str().into(),
            new: into.into(),
            kind: SuccessionKind::Merge,
            effective,
            legal_basis: legal_basis.clone(),
        })
        .collect();
    let text = OfficeDraft {
        units: &units,
        successions: &successions,
        ..OfficeDraft::new(Kind::Succeed, at)
    }
    .text();
    let authored = author(&mut core, &text)?;
    told(
        shown,
        &authored,
        &format!("Đã sáp nhập {} đơn vị vào {into}.", old.len()),
    )
}
