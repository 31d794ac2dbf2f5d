use hocvu_model::unit::{Boundaries, Level, Unit};
use hocvu_model::{Role, UnitUid};

use crate::App;
use crate::contract::UnitOption;
use crate::error::{Error, Result};

/// What this machine may do as an office.
pub struct Scope {
    /// The highest role granted.
    pub role: Role,
    granted: Vec<UnitUid>,
}

impl Scope {
    /// The office of this machine.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] when nobody granted one, [`Error::NotEnrolled`] on sample data.
    pub fn of(app: &App) -> Result<Self> {
        if app.is_sample() {
            return Err(Error::NotEnrolled);
        }
        let grants = app.store().read(|read| read.grants())?;
        let officer = |role: &str| Role::parse(role).filter(|role| role.is_officer());
        let role = grants
            .iter()
            .filter_map(|grant| officer(&grant.role))
            .max_by_key(|role| role.rank());
        Ok(Self {
            role: role.ok_or(Error::NotAllowed)?,
            granted: grants
                .into_iter()
                .filter(|grant| officer(&grant.role).is_some())
                .map(|grant| grant.unit)
                .collect(),
        })
    }

    /// Whether the unit lies within a grant.
    pub fn covers(&self, app: &App, uid: &str) -> bool {
        let units = app.units();
        self.granted
            .iter()
            .any(|grant| units.is_within(uid, grant.as_str(), Boundaries::AsIsNow))
    }

    /// The units in scope that exist today and were not succeeded, by name. Areas own nothing.
    pub fn units(&self, app: &App) -> Vec<Unit> {
        let book = app.units();
        let today = app.today();
        let mut units: Vec<Unit> = book
            .iter()
            .filter(|unit| unit.level != Level::Area && unit.exists_on(today) && book.successions(&unit.uid).is_empty())
            .filter(|unit| self.covers(app, unit.uid.as_str()))
            .cloned()
            .collect();
        units.sort_by(|a, b| hocvu_model::text::compare(&a.name, &b.name));
        units
    }

    /// The units granted, as they are called today.
    pub fn granted(&self, app: &App) -> Vec<UnitUid> {
        let book = app.units();
        let mut granted: Vec<UnitUid> = self.granted.iter().map(|uid| book.current(uid).clone()).collect();
        granted.dedup();
        granted
    }

    /// The same for a screen.
    pub fn options(&self, app: &App) -> Vec<UnitOption> {
        self.units(app).iter().map(|unit| option(app, unit)).collect()
    }

    /// Roles of no more weight than the own one.
    pub fn roles(&self) -> Vec<String> {
        let roles = Role::ALL.into_iter().filter(|role| role.rank() <= self.role.rank());
        roles.map(|role| role.as_str().to_owned()).collect()
    }
}

/// A unit for a screen.
pub fn option(app: &App, unit: &Unit) -> UnitOption {
    let book = app.units();
    let parent = unit.parent.as_ref().and_then(|parent| book.get(parent.as_str()));
    UnitOption {
        uid: unit.uid.to_string(),
        name: unit.name.clone(),
        parent_name: parent.map(|parent| parent.name.clone()),
    }
}

/// A unit's name, also of one that is void; its uid when this machine does not know it.
pub fn name(app: &App, uid: &str) -> String {
    app.units().name_of(uid).unwrap_or(uid).to_owned()
}
