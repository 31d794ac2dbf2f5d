//! What the whole window hangs on.

use crate::App;
use crate::command::Command;
use crate::contract::{AppState, NoInput, Phase, UnitOption};
use crate::error::Result;
use crate::{settings, sync};

/// `app.state`
pub struct ReadState;

impl Command for ReadState {
    const NAME: &'static str = "app.state";
    type Input = NoInput;
    type Output = AppState;

    fn run(app: &App, _: NoInput) -> Result<AppState> {
        let store = app.store();
        let identity = store.read(|read| read.identity())?;
        let phase = match (&identity, app.is_sample()) {
            (_, true) => Phase::Sample,
            (Some(_), false) => Phase::Ready,
            (None, false) => Phase::FirstStart,
        };
        let unit = identity.as_ref().map(|own| UnitOption {
            uid: own.unit.to_string(),
            name: own.unit_name.clone(),
            parent_name: own.parent_name.clone(),
        });
        Ok(AppState {
            phase,
            unit,
            user: identity.as_ref().map(|own| own.user_name.clone()),
            role: identity.map(|own| own.role),
            officer: !app.is_sample()
                && store
                    .read(|read| read.role())?
                    .is_some_and(hocvu_model::Role::is_officer),
            key_storage: app.key_storage.clone(),
            data_dir: app.folder.display().to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            sqlite_version: hocvu_store::sqlite_version().to_owned(),
            integrity: store.integrity().to_owned(),
            settings: settings::read(app)?,
            sync: sync::status(app)?,
            saved_at: app.saved_at()?,
        })
    }
}
