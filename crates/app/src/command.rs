//! Use cases by name: a plain struct with one verb, and one table of them all.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ts_rs::TS;

use crate::contract::typescript;
use crate::error::{Error, Result};
use crate::{
    App, conflicts, coverage, drafts, enrol, import, lists, office, photos, progress, records, sample, sessions,
    settings, state, sync, today, units, unsaved, usb,
};

/// One thing a screen can ask for. Local and synchronous: no screen ever waits for a network.
pub trait Command {
    /// Its name on the bridge, `<feature>.<verb>`.
    const NAME: &'static str;
    /// What it takes.
    type Input: DeserializeOwned + TS;
    /// What it answers.
    type Output: Serialize + TS;

    /// Does it.
    ///
    /// # Errors
    /// As each command says.
    fn run(app: &App, input: Self::Input) -> Result<Self::Output>;
}

type Handler = fn(&App, Value) -> Result<Value>;

fn handle<C: Command>(app: &App, input: Value) -> Result<Value> {
    let input = serde_json::from_value(input).map_err(|error| Error::BadCall(format!("{}: {error}", C::NAME)))?;
    let output = C::run(app, input)?;
    serde_json::to_value(output).map_err(|error| Error::BadCall(error.to_string()))
}

macro_rules! commands {
    ($($command:ty),+ $(,)?) => {
        const HANDLERS: &[(&str, Handler)] = &[$((<$command as Command>::NAME, handle::<$command>)),+];

        /// The contract of every command, as TypeScript.
        pub fn contract() -> String {
            typescript::file(&[$(typescript::signature::<<$command as Command>::Input, <$command as Command>::Output>(<$command as Command>::NAME)),+])
        }
    };
}

commands![
    state::ReadState,
    lists::ReadLists,
    settings::WriteSettings,
    enrol::ReadEnrol,
    enrol::Lookup,
    enrol::Confirm,
    enrol::Reset,
    sample::Start,
    sample::Discard,
    today::ReadToday,
    sessions::Begin,
    sessions::Check,
    sessions::Save,
    sessions::Change,
    sessions::List,
    sessions::Read,
    sessions::Void,
    sessions::Restore,
    records::List,
    records::Read,
    records::Check,
    records::Save,
    records::Void,
    records::Restore,
    progress::Scopes,
    progress::Read,
    progress::Drill,
    coverage::Grid,
    coverage::Save,
    coverage::Paste,
    drafts::Save,
    drafts::Discard,
    unsaved::Keep,
    unsaved::List,
    unsaved::Drop,
    photos::Add,
    photos::List,
    photos::Read,
    photos::Fetch,
    photos::Remove,
    sync::ReadStatus,
    sync::Now,
    sync::Stop,
    sync::ListOperations,
    sync::Seen,
    sync::ReadLog,
    sync::ReadReceipt,
    usb::List,
    usb::Export,
    usb::Import,
    usb::WriteReceipts,
    usb::WriteSecondPlace,
    import::Open,
    import::Map,
    import::Check,
    import::Commit,
    import::Undo,
    import::Refused,
    import::Batches,
    conflicts::List,
    conflicts::Get,
    conflicts::Check,
    conflicts::Resolve,
    conflicts::Split,
    conflicts::ReadHistory,
    office::ReadOffice,
    office::Adopt,
    office::Return,
    office::Release,
    office::ListDevices,
    office::Revoke,
    office::Replace,
    office::Invite,
    office::Correct,
    office::CorrectRecord,
    units::List,
    units::ReadTree,
    units::Create,
    units::CreateMany,
    units::Edit,
    units::Preview,
    units::Succeed,
];

/// Runs the command called `name`.
///
/// # Errors
/// [`Error::BadCall`] for an unknown name or a malformed input, else what the command says.
pub fn call(app: &App, name: &str, input: Value) -> Result<Value> {
    let (_, handler) = HANDLERS
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| Error::BadCall(format!("no command {name}")))?;
    handler(app, input)
}
