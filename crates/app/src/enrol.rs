//! Enrolment from a screen: every command returns at once, the engine talks to the centre, the screen watches the state.

use hocvu_sync::{Client, EnrolOffer, EnrolProgress, SyncError, check_address};

use crate::App;
use crate::command::Command;
use crate::contract::{Done, EnrolConfirmInput, EnrolLookupInput, EnrolState, EnrolView, NoInput};
use crate::error::{Error, Result};

/// `enrol.state`
pub struct ReadEnrol;

impl Command for ReadEnrol {
    const NAME: &'static str = "enrol.state";
    type Input = NoInput;
    type Output = EnrolView;

    fn run(app: &App, _: NoInput) -> Result<EnrolView> {
        let state = match app.with_engine(hocvu_sync::Engine::enrolment).unwrap_or_default() {
            EnrolProgress::Idle => EnrolState::Idle,
            EnrolProgress::Busy => EnrolState::Busy,
            EnrolProgress::Done => EnrolState::Done,
            EnrolProgress::Failed(problem) => EnrolState::Failed { problem },
            EnrolProgress::Found(EnrolOffer {
                code: _,
                centre: _,
                unit_name,
                parent_name,
                role,
                user_name,
            }) => EnrolState::Found {
                unit_name,
                parent_name,
                role,
                user: user_name,
            },
        };
        Ok(EnrolView {
            state,
            centre: app.proposed_centre.clone(),
        })
    }
}

/// `enrol.lookup`
pub struct Lookup;

impl Command for Lookup {
    const NAME: &'static str = "enrol.lookup";
    type Input = EnrolLookupInput;
    type Output = Done;

    fn run(app: &App, input: EnrolLookupInput) -> Result<Done> {
        app.with_engine(
            |engine| match (hocvu_sync::read_code(&input.code), check_address(&input.centre)) {
                (None, _) => engine.fail_enrolment("code_malformed"),
                (_, None) => engine.fail_enrolment("bad_address"),
                (Some(code), Some(centre)) => engine.lookup(code, centre),
            },
        )
        .ok_or(Error::BadCall("the engine does not run".into()))?;
        app.announce(&["enrol"]);
        Ok(Done {})
    }
}

/// `enrol.confirm`
pub struct Confirm;

impl Command for Confirm {
    const NAME: &'static str = "enrol.confirm";
    type Input = EnrolConfirmInput;
    type Output = Done;

    fn run(app: &App, input: EnrolConfirmInput) -> Result<Done> {
        let user = hocvu_model::text::tidy(&input.user);
        app.with_engine(|engine| engine.confirm(user))
            .ok_or(Error::BadCall("the engine does not run".into()))?;
        Ok(Done {})
    }
}

/// `enrol.reset`
pub struct Reset;

impl Command for Reset {
    const NAME: &'static str = "enrol.reset";
    type Input = NoInput;
    type Output = Done;

    fn run(app: &App, _: NoInput) -> Result<Done> {
        app.with_engine(hocvu_sync::Engine::reset_enrolment);
        app.announce(&["enrol"]);
        Ok(Done {})
    }
}

/// Enrolment for the command line, which may wait.
pub struct EnrolNow {
    /// As typed.
    pub code: String,
    /// Address of the centre.
    pub centre: String,
    /// The person's name; the one foreseen by the office when empty.
    pub user: String,
}

impl EnrolNow {
    /// Enrols and says for which unit.
    ///
    /// # Errors
    /// An `enrol_problem_<code>` of the catalogue, or a failing store.
    pub async fn run(self, app: &App) -> Result<std::result::Result<String, String>> {
        let Some(code) = hocvu_sync::read_code(&self.code) else {
            return Ok(Err("code_malformed".into()));
        };
        let Some(centre) = check_address(&self.centre) else {
            return Ok(Err("bad_address".into()));
        };
        let store = app.store();
        if store.read(|read| read.identity())?.is_some() {
            return Ok(Err("not_empty".into()));
        }
        let enrol = async {
            let client = Client::new((app.transports)(&centre)?);
            let offer = hocvu_sync::lookup(&store, &client, &code, &centre).await?;
            let user = if self.user.is_empty() {
                offer.user_name.clone().unwrap_or_default()
            } else {
                self.user
            };
            hocvu_sync::confirm(&store, &client, app.environment(), &offer, &user).await
        };
        match enrol.await {
            Ok(identity) => {
                app.reload_units();
                Ok(Ok(identity.unit_name))
            }
            Err(SyncError::Store(error)) => Err(error.into()),
            Err(error) => Ok(Err(hocvu_sync::enrol_problem(&error).into())),
        }
    }
}
