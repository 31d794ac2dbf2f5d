use chrono::NaiveDate;
use hocvu_model::operation::{Kind, OfficeDraft, Operation};
use hocvu_model::unit::{Succession, SuccessionKind, Unit};
use hocvu_model::{Finding, FindingCode, UnitUid, input::date};
use hocvu_store::Query;

use super::scope::{self, Scope};
use super::{ACTS_MAX, append};
use crate::App;
use crate::command::Command;
use crate::contract::{Done, NoInput, SucceedInput, SucceedView, SuccessionRow, UnitsView};
use crate::error::{Error, Result};
use crate::form::date_view;

/// `unit.list`
pub struct ReadUnits;

/// `unit.preview`: what a succession would do, before it is done.
pub struct Preview;

/// `unit.succeed`
pub struct Succeed;

/// A succession the rules let through.
struct Planned {
    kind: SuccessionKind,
    old: Vec<Unit>,
    new: Unit,
    /// Whether the new unit is to be made.
    made: bool,
    effective: NaiveDate,
    legal_basis: String,
}

impl Command for ReadUnits {
    const NAME: &'static str = "unit.list";
    type Input = NoInput;
    type Output = UnitsView;

    fn run(app: &App, _: NoInput) -> Result<UnitsView> {
        let scope = Scope::of(app)?;
        let (known, acts) = app
            .store()
            .read(|read| Ok((read.successions()?, read.office_acts(0, ACTS_MAX)?.0)))?;
        let waiting: Vec<Succession> = acts
            .iter()
            .filter(|act| act.kind == Kind::Succeed && act.receipt.is_none())
            .filter_map(|act| Operation::parse(&act.text).ok())
            .flat_map(|act| act.successions)
            .collect();
        let row = |succession: &Succession, sent: bool| SuccessionRow {
            old_name: scope::name(app, succession.old.as_str()),
            new_name: scope::name(app, succession.new.as_str()),
            effective: date_view(succession.effective),
            legal_basis: succession.legal_basis.clone(),
            sent,
        };
        let mut successions: Vec<SuccessionRow> = waiting.iter().map(|one| row(one, false)).collect();
        let sent = known.iter().rev().filter(|one| !waiting.contains(one));
        successions.extend(sent.map(|one| row(one, true)));
        Ok(UnitsView {
            units: scope.options(app),
            successions,
        })
    }
}

impl Command for Preview {
    const NAME: &'static str = "unit.preview";
    type Input = SucceedInput;
    type Output = SucceedView;

    fn run(app: &App, input: SucceedInput) -> Result<SucceedView> {
        let planned = plan(app, &input)?;
        let (mut sessions, mut attended) = (0, 0);
        let machines = app.store().read(|read| {
            for unit in &planned.old {
                let totals = read.sessions(&of_unit(&unit.uid))?.totals;
                sessions += totals.sessions;
                attended += totals.attended;
            }
            let devices = read.devices()?;
            let moved = |device: &&hocvu_store::OfficeDevice| {
                !device.revoked && planned.old.iter().any(|old| old.uid == device.unit)
            };
            Ok(devices.iter().filter(moved).count())
        })?;
        Ok(SucceedView {
            kind: match planned.kind {
                SuccessionKind::Merge => "merge",
                SuccessionKind::Split => "split",
                SuccessionKind::Rename => "rename",
                SuccessionKind::Transfer => "transfer",
            }
            .to_owned(),
            old_names: planned.old.into_iter().map(|unit| unit.name).collect(),
            new_name: planned.new.name,
            effective: date_view(planned.effective),
            sessions,
            attended,
            machines: u32::try_from(machines).unwrap_or(u32::MAX),
        })
    }
}

impl Command for Succeed {
    const NAME: &'static str = "unit.succeed";
    type Input = SucceedInput;
    type Output = Done;

    fn run(app: &App, input: SucceedInput) -> Result<Done> {
        let Planned {
            kind,
            old,
            new,
            made,
            effective,
            legal_basis,
        } = plan(app, &input)?;
        let successions: Vec<Succession> = old
            .into_iter()
            .map(|old| Succession {
                old: old.uid,
                new: new.uid.clone(),
                kind,
                effective,
                legal_basis: legal_basis.clone(),
            })
            .collect();
        let units = if made { vec![new] } else { Vec::new() };
        let act = OfficeDraft {
            units: &units,
            successions: &successions,
            ..OfficeDraft::new(Kind::Succeed, app.environment().unix())
        };
        append(app, &[act])?;
        Ok(Done {})
    }
}

/// Reads what was typed and finds everything at once.
fn plan(app: &App, input: &SucceedInput) -> Result<Planned> {
    let scope = Scope::of(app)?;
    let units = scope.units(app);
    let find = |uid: &String| units.iter().find(|unit| unit.uid.as_str() == uid).cloned();
    let old = input
        .old
        .iter()
        .filter(|uid| **uid != input.new)
        .map(|uid| find(uid).ok_or(Error::NotFound))
        .collect::<Result<Vec<Unit>>>()?;
    let mut findings = Vec::new();
    if old.is_empty() {
        findings.push(Finding::new(FindingCode::UnitMissing, "old"));
    }
    let effective = match date::parse(&input.effective, app.today()) {
        Ok(Some(day)) => Some(day),
        Ok(None) => {
            findings.push(Finding::new(FindingCode::DateMissing, "effective"));
            None
        }
        Err(_) => {
            findings.push(Finding::new(FindingCode::DateUnreadable, "effective").with("value", &input.effective));
            None
        }
    };
    let legal_basis = hocvu_model::text::tidy(&input.legal_basis);
    if legal_basis.is_empty() {
        findings.push(Finding::new(FindingCode::ReasonMissing, "legal_basis"));
    }
    let name = hocvu_model::text::tidy(&input.name);
    if input.new.is_empty() && name.is_empty() {
        findings.push(Finding::new(FindingCode::NameMissing, "name"));
    }
    let (Some(first), Some(effective), true) = (old.first(), effective, findings.is_empty()) else {
        return Err(Error::Invalid(findings));
    };
    let made = input.new.is_empty();
    let new = if made {
        app.units()
            .check_new(Unit {
                uid: UnitUid(format!("u:{}", app.new_id())),
                code: None,
                level: first.level,
                name,
                parent: first.parent.clone(),
                valid_from: Some(effective),
                valid_to: None,
                sort: None,
                members: Vec::new(),
            })
            .map_err(Error::Invalid)?
    } else {
        find(&input.new).ok_or(Error::NotFound)?
    };
    Ok(Planned {
        kind: match (old.len(), made) {
            (1, true) => SuccessionKind::Rename,
            _ => SuccessionKind::Merge,
        },
        old,
        new,
        made,
        effective,
        legal_basis,
    })
}

/// Every living session of a unit; only the totals are wanted.
fn of_unit(unit: &UnitUid) -> Query {
    Query {
        text: String::new(),
        month: None,
        unit: Some(unit.clone()),
        topic: None,
        status: None,
        with_warnings: false,
        void: false,
        oldest_first: false,
        offset: 0,
        limit: 0,
    }
}
