use hocvu_model::UnitUid;
use hocvu_model::unit::{Boundaries, Level, Unit};

use crate::App;
use crate::command::Command;
use crate::contract::{NoInput, ProgressScopes, ScopeOption};
use crate::error::{Error, Result};

/// `progress.scopes`
pub struct Scopes;

impl Command for Scopes {
    const NAME: &'static str = "progress.scopes";
    type Input = NoInput;
    type Output = ProgressScopes;

    fn run(app: &App, _: NoInput) -> Result<ProgressScopes> {
        let (own, granted) = held(app)?;
        let (book, today) = (app.units(), app.today());
        // Areas and the province that was still group the communes of today.
        let stands = |unit: &Unit| {
            matches!(unit.level, Level::Area | Level::Province)
                || unit.exists_on(today) && book.successions(&unit.uid).is_empty()
        };
        let mut units: Vec<&Unit> = book
            .iter()
            .filter(|unit| stands(unit) && is_held(app, &granted, unit.uid.as_str()))
            .collect();
        units.sort_by(|a, b| {
            let by_name = hocvu_model::text::compare(&a.name, &b.name);
            a.level.cmp(&b.level).then(by_name).then_with(|| a.uid.cmp(&b.uid))
        });
        let option = |unit: &Unit| ScopeOption {
            uid: unit.uid.to_string(),
            name: unit.name.clone(),
            level: unit.level.as_str().to_owned(),
            parent_name: unit
                .parent
                .as_ref()
                .and_then(|parent| book.get(parent.as_str()))
                .map(|parent| parent.name.clone()),
        };
        Ok(ProgressScopes {
            units: units.into_iter().map(option).collect(),
            own: own.to_string(),
        })
    }
}

/// The unit a person chose, the machine's own when they chose none.
///
/// # Errors
/// [`Error::NotAllowed`] for one of which the machine holds only a part or nothing: its figures would be wrong.
pub(super) fn chosen(app: &App, uid: &str) -> Result<UnitUid> {
    let (own, granted) = held(app)?;
    if uid.is_empty() {
        return Ok(own);
    }
    if app.units().get(uid).is_none() {
        return Err(Error::NotFound);
    }
    match is_held(app, &granted, uid) {
        true => Ok(uid.into()),
        false => Err(Error::NotAllowed),
    }
}

/// The machine's own unit, and all it holds with everything below.
fn held(app: &App) -> Result<(UnitUid, Vec<UnitUid>)> {
    let (identity, grants) = app.store().read(|read| Ok((read.identity()?, read.grants()?)))?;
    let own = identity.ok_or(Error::NotEnrolled)?.unit;
    let mut granted: Vec<UnitUid> = grants.into_iter().map(|grant| grant.unit).collect();
    if granted.is_empty() {
        granted.push(own.clone());
    }
    Ok((own, granted))
}

fn is_held(app: &App, granted: &[UnitUid], uid: &str) -> bool {
    let units = app.units();
    granted.iter().any(|grant| {
        [Boundaries::AsIsNow, Boundaries::AsWas]
            .into_iter()
            .any(|boundaries| units.is_within(uid, grant.as_str(), boundaries))
    })
}
