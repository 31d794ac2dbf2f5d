//! The units of the law, from the file that ships with the program.

use chrono::NaiveDate;
use serde::Deserialize;

use super::{BadUnits, Level, Succession, SuccessionKind, Unit, UnitBook};
use crate::ids::UnitUid;

#[derive(Deserialize)]
struct File {
    _meta: Meta,
    old_province: Row,
    new_province: Row,
    old_districts: Vec<Row>,
    old_communes: Vec<Row>,
    new_communes_former_tra_vinh: Vec<Row>,
    new_communes_rest_of_vinh_long: Vec<Row>,
    mapping_old_to_new: Vec<Mapping>,
}
#[derive(Deserialize)]
struct Meta {
    resolution: String,
}
#[derive(Deserialize)]
struct Row {
    uid: Option<String>,
    code: String,
    name: String,
    district_code: Option<String>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
}
#[derive(Deserialize)]
struct Mapping {
    old_uid: UnitUid,
    new_uid: UnitUid,
}

pub(super) fn load() -> Result<UnitBook, BadUnits> {
    let file: File = serde_json::from_str(include_str!("../../../../assets/units/tra-vinh.json"))
        .map_err(|e| BadUnits(e.to_string()))?;
    let mut book = UnitBook::default();
    let effective = file
        .new_province
        .valid_from
        .ok_or_else(|| BadUnits("new province has no first day".into()))?;
    let old = UnitUid(format!("old:{}", file.old_province.code));
    let new = UnitUid(format!("new:{}", file.new_province.code));
    add(&mut book, file.old_province, old.clone(), Level::Province, None)?;
    add(&mut book, file.new_province, new.clone(), Level::Province, None)?;
    for row in file.old_districts {
        let uid = UnitUid(format!("old:{}", row.code));
        add(&mut book, row, uid, Level::Area, Some(old.clone()))?;
    }
    for row in file.old_communes {
        let parent = row.district_code.as_ref().map(|code| UnitUid(format!("old:{code}")));
        add_commune(&mut book, row, parent)?;
    }
    for row in file
        .new_communes_former_tra_vinh
        .into_iter()
        .chain(file.new_communes_rest_of_vinh_long)
    {
        add_commune(&mut book, row, Some(new.clone()))?;
    }
    let provinces = Mapping {
        old_uid: old,
        new_uid: new,
    };
    for mapping in std::iter::once(provinces).chain(file.mapping_old_to_new) {
        merge(&mut book, mapping, effective, &file._meta.resolution)?;
    }
    Ok(book)
}

fn add(book: &mut UnitBook, row: Row, uid: UnitUid, level: Level, parent: Option<UnitUid>) -> Result<(), BadUnits> {
    let Row {
        uid: _,
        code,
        name,
        district_code: _,
        valid_from,
        valid_to,
    } = row;
    let unit = Unit {
        code: Some(code),
        parent,
        valid_from,
        valid_to,
        ..Unit::new(uid.clone(), level, name)
    };
    match book.units.insert(uid.0.clone(), unit) {
        None => Ok(()),
        Some(_) => Err(BadUnits(format!("{uid} twice"))),
    }
}

fn add_commune(book: &mut UnitBook, row: Row, parent: Option<UnitUid>) -> Result<(), BadUnits> {
    let uid = row
        .uid
        .clone()
        .ok_or_else(|| BadUnits(format!("{} has no uid", row.name)))?;
    add(book, row, UnitUid(uid), Level::Commune, parent)
}

fn merge(book: &mut UnitBook, mapping: Mapping, effective: NaiveDate, legal_basis: &str) -> Result<(), BadUnits> {
    let Mapping { old_uid, new_uid } = mapping;
    if book.get(old_uid.as_str()).is_none() || book.get(new_uid.as_str()).is_none() {
        return Err(BadUnits(format!("mapping {old_uid} → {new_uid} names an unknown unit")));
    }
    book.succeed(Succession {
        old: old_uid,
        new: new_uid,
        kind: SuccessionKind::Merge,
        effective,
        legal_basis: legal_basis.to_owned(),
    });
    Ok(())
}
