use chrono::NaiveDate;
use hocvu_model::operation::{Kind, OfficeDraft};
use hocvu_model::unit::{MADE, Succession, SuccessionKind, Unit, UnitBook};
use hocvu_model::{Finding, FindingCode, UnitUid, text};

use super::{proof, read};
use crate::App;
use crate::command::Command;
use crate::contract::{Done, SucceedInput, SucceedView};
use crate::error::{Error, Result};
use crate::form::date_view;
use crate::office::{Scope, append};

/// `unit.preview`: what a succession would do, before it is done.
pub struct Preview;

/// `unit.succeed`
pub struct Succeed;

/// A succession the rules let through.
pub(super) struct Planned {
    pub(super) kind: SuccessionKind,
    /// Units that end.
    pub(super) old: Vec<Unit>,
    /// Units that take over.
    pub(super) new: Vec<Unit>,
    /// Which of them are to be made.
    pub(super) made: Vec<Unit>,
    pub(super) successions: Vec<Succession>,
    effective: NaiveDate,
}

impl Command for Preview {
    const NAME: &'static str = "unit.preview";
    type Input = SucceedInput;
    type Output = SucceedView;

    fn run(app: &App, input: SucceedInput) -> Result<SucceedView> {
        let planned = plan(app, &input)?;
        let facts = proof::facts(app)?;
        let proof = proof::prove(&app.units(), &facts, &planned);
        let total = |what: &str| {
            proof
                .rows
                .iter()
                .filter(|row| row.what == what)
                .map(|row| row.after)
                .sum()
        };
        let devices = app.store().read(|read| read.devices())?;
        let moved = |device: &&hocvu_store::OfficeDevice| {
            !device.revoked && planned.old.iter().any(|old| old.uid == device.unit)
        };
        let machines = devices.iter().filter(moved).count();
        let sessions: u64 = total("sessions");
        let new_names: Vec<String> = planned.new.into_iter().map(|unit| unit.name).collect();
        Ok(SucceedView {
            kind: planned.kind.as_str().to_owned(),
            old_names: planned.old.into_iter().map(|unit| unit.name).collect(),
            new_name: new_names.join(", "),
            effective: date_view(planned.effective),
            sessions: u32::try_from(sessions).unwrap_or(u32::MAX),
            attended: total("attended"),
            machines: u32::try_from(machines).unwrap_or(u32::MAX),
            proof,
        })
    }
}

impl Command for Succeed {
    const NAME: &'static str = "unit.succeed";
    type Input = SucceedInput;
    type Output = Done;

    fn run(app: &App, input: SucceedInput) -> Result<Done> {
        let Planned { made, successions, .. } = plan(app, &input)?;
        let act = OfficeDraft {
            units: &made,
            successions: &successions,
            ..OfficeDraft::new(Kind::Succeed, app.environment().unix())
        };
        append(app, &[act])?;
        Ok(Done {})
    }
}

/// What was typed, once nothing about it is refused.
struct Typed {
    kind: SuccessionKind,
    /// At least one.
    old: Vec<Unit>,
    name: String,
    parts: Vec<String>,
    effective: NaiveDate,
    legal_basis: String,
}

/// Reads what was typed and finds everything at once.
fn read_input(app: &App, units: &[Unit], input: &SucceedInput) -> Result<Typed> {
    let find = |uid: &String| units.iter().find(|unit| unit.uid.as_str() == uid).cloned();
    let old = input
        .old
        .iter()
        .filter(|uid| **uid != input.new)
        .map(|uid| find(uid).ok_or(Error::NotFound))
        .collect::<Result<Vec<Unit>>>()?;
    let name = text::tidy(&input.name);
    let kind = match input.kind.as_str() {
        "" if old.len() == 1 && input.new.is_empty() => SuccessionKind::Rename,
        "" => SuccessionKind::Merge,
        typed => SuccessionKind::parse(typed).ok_or_else(|| Error::BadCall(format!("no kind {typed}")))?,
    };
    let mut findings = Vec::new();
    if old.is_empty() {
        findings.push(Finding::new(FindingCode::UnitMissing, "old"));
    }
    let effective = read::day(app, "effective", &input.effective, &mut findings);
    if effective.is_none() && findings.iter().all(|finding| finding.path != "effective") {
        findings.push(Finding::new(FindingCode::DateMissing, "effective"));
    }
    let legal_basis = text::tidy(&input.legal_basis);
    if legal_basis.is_empty() {
        findings.push(Finding::new(FindingCode::ReasonMissing, "legal_basis"));
    }
    let mut parts: Vec<String> = input.parts.iter().map(|part| text::tidy(part)).collect();
    parts.retain(|part| !part.is_empty());
    match kind {
        SuccessionKind::Split if parts.len() < 2 => {
            findings.push(Finding::new(FindingCode::PartsMissing, "parts"));
        }
        SuccessionKind::Merge | SuccessionKind::Rename if input.new.is_empty() && name.is_empty() => {
            findings.push(Finding::new(FindingCode::NameMissing, "name"));
        }
        SuccessionKind::Transfer if input.parent.is_empty() => {
            findings.push(Finding::new(FindingCode::UnitMissing, "parent"));
        }
        _ => {}
    }
    match (old.is_empty(), effective, findings.is_empty()) {
        (false, Some(effective), true) => Ok(Typed {
            kind,
            old,
            name,
            parts,
            effective,
            legal_basis,
        }),
        _ => Err(Error::Invalid(findings)),
    }
}

/// What is to be made and what follows on what, within this office's rights.
fn plan(app: &App, input: &SucceedInput) -> Result<Planned> {
    let scope = Scope::of(app)?;
    let units = scope.units(app);
    let Typed {
        kind,
        old,
        name,
        parts,
        effective,
        legal_basis,
    } = read_input(app, &units, input)?;
    let first = old.first().ok_or(Error::NotFound)?;
    let book = app.units();
    let parent = Some(input.parent.clone()).filter(|uid| !uid.is_empty()).map(UnitUid);
    let make = |like: &Unit, name: &str| {
        let unit = Unit {
            uid: UnitUid(format!("{MADE}{}", app.new_id())),
            name: name.to_owned(),
            parent: parent.clone().or_else(|| like.parent.clone()),
            valid_from: Some(effective),
            valid_to: None,
            ..like.clone()
        };
        made(app, &scope, &book, unit)
    };
    let (new, pairs): (Vec<Unit>, Vec<(usize, usize)>) = match kind {
        SuccessionKind::Split => {
            let parts = parts.iter().map(|part| make(first, part)).collect::<Result<Vec<_>>>()?;
            let pairs = (0..parts.len()).map(|part| (0, part)).collect();
            (parts, pairs)
        }
        SuccessionKind::Transfer => {
            let moved = old
                .iter()
                .map(|unit| make(unit, &unit.name))
                .collect::<Result<Vec<_>>>()?;
            let pairs = (0..moved.len()).map(|at| (at, at)).collect();
            (moved, pairs)
        }
        SuccessionKind::Merge | SuccessionKind::Rename => {
            let new = match input.new.as_str() {
                "" => make(first, &name)?,
                _ => units
                    .iter()
                    .find(|unit| unit.uid.as_str() == input.new)
                    .cloned()
                    .ok_or(Error::NotFound)?,
            };
            (vec![new], (0..old.len()).map(|at| (at, 0)).collect())
        }
    };
    if !old.iter().all(|unit| unit.level.is_made_by(scope.role)) {
        return Err(Error::NotAllowed);
    }
    let successions = follow(&old, &new, &pairs, (kind, effective, &legal_basis));
    let made = new
        .iter()
        .filter(|unit| book.get(unit.uid.as_str()).is_none())
        .cloned()
        .collect();
    Ok(Planned {
        kind,
        old,
        new,
        made,
        successions,
        effective,
    })
}

/// Which old unit is followed by which new one, as one law says.
fn follow(
    old: &[Unit],
    new: &[Unit],
    pairs: &[(usize, usize)],
    law: (SuccessionKind, NaiveDate, &str),
) -> Vec<Succession> {
    let (kind, effective, legal_basis) = law;
    let pairs = pairs.iter().map(|(from, to)| Succession {
        old: old[*from].uid.clone(),
        new: new[*to].uid.clone(),
        kind,
        effective,
        legal_basis: legal_basis.to_owned(),
    });
    pairs.collect()
}

/// A unit that is to be made, by the rules and within this office's rights.
fn made(app: &App, scope: &Scope, book: &UnitBook, unit: Unit) -> Result<Unit> {
    let unit = book.check_new(unit).map_err(Error::Invalid)?;
    if super::edit::may_make(app, scope, book, &unit) {
        Ok(unit)
    } else {
        Err(Error::NotAllowed)
    }
}
