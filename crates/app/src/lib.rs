//! The use cases: everything a screen or the command line can ask for, one [`command::Command`] each.
//!
//! **Invariant:** commands are local and synchronous; only the engine of `hocvu-sync` waits for a network, so no screen can.
//! This crate knows neither the wire format nor a window.

mod boundaries;
pub mod command;
mod conflicts;
pub mod contract;
mod coverage;
mod drafts;
mod enrol;
mod error;
mod form;
pub mod import;
mod lists;
mod machine;
mod office;
mod photos;
mod progress;
mod records;
mod sample;
mod secrets;
mod sessions;
mod settings;
mod state;
mod sync;
mod system;
mod today;
mod units;
mod unsaved;
mod usb;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use hocvu_model::LogId;
use hocvu_model::unit::UnitBook;
use hocvu_store::{DataKey, Store, Write};
use hocvu_sync::{Engine, Environment, HttpTransport, Notice, Transports, Trust};
use serde_json::Value;

pub use enrol::EnrolNow;
pub use error::{Error, Result};
pub use hocvu_photo::FILE_BYTES_MAX as PHOTO_FILE_BYTES_MAX;
pub use secrets::{FileKeys, KeyProvider, SystemKeys};
pub use sync::{SyncAndCompare, SyncOnce};
pub use system::System;
pub use usb::{Salvage, SalvageReport};

/// Tells the screens which topics changed: `state`, `enrol`, `sessions`, `records`, `drafts`, `sync`, `office`, `usb`, `imports`.
pub type Announcer = Arc<dyn Fn(&[&'static str]) + Send + Sync>;

/// Real data lies here in the data folder.
const DATA_FILE: &str = "so.db";
/// Sample data has a file of its own and is never merged with real data.
const SAMPLE_FILE: &str = "mau.db";
/// What is remembered of the data file outside it; see `hocvu_store`'s witness.
const WITNESS_FILE: &str = "so.witness";
/// Set to 1, this allows links without TLS to other machines: within an office's own network.
const PLAIN_HTTP: &str = "HOCVU_PLAIN_HTTP";
/// Automatic copies kept.
const BACKUPS_KEPT: usize = 14;

/// What an app is opened with.
pub struct Setup {
    /// The data folder; exists.
    pub folder: PathBuf,
    /// Address of the centre to propose at first start.
    pub centre: String,
    /// Hears of changes.
    pub announcer: Announcer,
}

/// The device: its data, its units, its engine.
pub struct App {
    folder: PathBuf,
    proposed_centre: String,
    key: DataKey,
    key_storage: contract::KeyStorage,
    environment: Arc<dyn Environment>,
    transports: Transports,
    announcer: Announcer,
    /// The real file. The engine works on it alone.
    real: Arc<Store>,
    open: RwLock<Open>,
    engine: RwLock<Option<Engine>>,
    /// When something was last saved since the start; a row of its own would cost every save a page.
    saved_at: RwLock<Option<String>>,
    /// The file that is open in the import wizard.
    import: RwLock<Option<Arc<import::Opened>>>,
}

/// The file the screens work on: the real one or the sample.
struct Open {
    store: Arc<Store>,
    units: Arc<UnitBook>,
    sample: bool,
}

impl App {
    /// Opens the data folder with this machine's clock and a real link. The engine is started apart.
    ///
    /// # Errors
    /// The key is gone, the file is newer, damaged or in use, or the disk fails. Nothing is changed then.
    pub fn open(setup: Setup, keys: &dyn KeyProvider) -> Result<Self> {
        let plain_http = std::env::var_os(PLAIN_HTTP).is_some_and(|value| value == "1");
        let trust = Trust::of_folder(&setup.folder).map_err(|error| Error::Disk(error.to_string()))?;
        let transports = HttpTransport::factory(trust.with_plain_http(plain_http));
        Self::open_with(setup, keys, Arc::new(System), transports)
    }

    /// As [`App::open`], with time, randomness and link from outside.
    ///
    /// # Errors
    /// As [`App::open`].
    pub fn open_with(
        setup: Setup,
        keys: &dyn KeyProvider,
        environment: Arc<dyn Environment>,
        transports: Transports,
    ) -> Result<Self> {
        let Setup {
            folder,
            centre,
            announcer,
        } = setup;
        let file = folder.join(DATA_FILE);
        let sample_file = folder.join(SAMPLE_FILE);
        let has_data = file.exists() || sample_file.exists();
        let (key, key_storage) = keys.key(&folder, has_data, &|bytes| environment.random(bytes))?;
        let store = Store::open(&file, &key)?;
        watch(&store, &folder, &*environment)?;
        if let Err(error) = store.write(|tx| tx.sweep_draft_photos()) {
            tracing::warn!(%error, "photos of forms that are gone could not be swept");
        }
        let enrolled = store.read(|read| read.identity())?.is_some();
        let sample = !enrolled && sample_file.exists();
        if enrolled {
            let stamp = system::day_of(&environment.now()).to_string();
            if let Err(error) = store.rotate_backups(&folder.join("backups"), BACKUPS_KEPT, &stamp) {
                tracing::warn!(%error, "the daily copy could not be made");
            }
        }
        let real = Arc::new(store);
        let store = if sample {
            Arc::new(Store::open(&sample_file, &key)?)
        } else {
            Arc::clone(&real)
        };
        let open = Open {
            units: Arc::new(units(&store)?),
            store,
            sample,
        };
        Ok(Self {
            folder,
            proposed_centre: centre,
            key,
            key_storage,
            environment,
            transports,
            announcer,
            real,
            open: RwLock::new(open),
            engine: RwLock::new(None),
            saved_at: RwLock::new(None),
            import: RwLock::new(None),
        })
    }

    /// Starts the engine on the real data; sample data is never sent.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start_engine(self: &Arc<Self>) -> Result<()> {
        let auto = settings::read(self)?.auto_send;
        let app = Arc::downgrade(self);
        let listener = Arc::new(move |notice: Notice| {
            if let Some(app) = app.upgrade() {
                app.heard(notice);
            }
        });
        let (transports, environment) = (Arc::clone(&self.transports), Arc::clone(&self.environment));
        let engine = Engine::start(Arc::clone(&self.real), transports, environment, listener, auto)
            .map_err(|error| Error::Disk(error.to_string()))?;
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = Some(engine);
        Ok(())
    }

    /// Stops the engine and waits for it.
    pub fn stop_engine(&self) {
        let engine = self.engine.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(engine);
    }

    /// Runs the command called `name`.
    ///
    /// # Errors
    /// As the command says.
    pub fn call(&self, name: &str, input: Value) -> Result<Value> {
        command::call(self, name, input)
    }

    /// Runs a command by its type.
    ///
    /// # Errors
    /// As the command says.
    pub fn run<C: command::Command>(&self, input: C::Input) -> Result<C::Output> {
        C::run(self, input)
    }

    /// The open file.
    pub fn store(&self) -> Arc<Store> {
        Arc::clone(&self.opened().store)
    }

    pub(crate) fn units(&self) -> Arc<UnitBook> {
        Arc::clone(&self.opened().units)
    }

    pub(crate) fn is_sample(&self) -> bool {
        self.opened().sample
    }

    pub(crate) fn environment(&self) -> &dyn Environment {
        &*self.environment
    }

    pub(crate) fn today(&self) -> chrono::NaiveDate {
        system::day_of(&self.environment.now())
    }

    pub(crate) fn deployment(&self) -> String {
        let identity = self.store().read(|read| read.identity());
        identity
            .ok()
            .flatten()
            .map(|identity| identity.deployment)
            .unwrap_or_default()
    }

    pub(crate) fn new_id(&self) -> uuid::Uuid {
        let mut bytes = [0; 16];
        self.environment.random(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    pub(crate) fn announce(&self, topics: &[&'static str]) {
        (self.announcer)(topics);
    }

    /// Writes what only this machine keeps (a form, what was typed) and tells the screens. Nothing of it is sent: no engine wakes.
    ///
    /// # Errors
    /// Writing failed; nobody is told.
    pub(crate) fn keep<T>(
        &self,
        topics: &[&'static str],
        write: impl FnOnce(&Write<'_>) -> hocvu_store::Result<T>,
    ) -> Result<T> {
        let kept = self.store().write(write)?;
        self.announce(topics);
        Ok(kept)
    }

    /// A record reached the disk: tell the screens, wake the engine.
    pub(crate) fn saved(&self) {
        *self.saved_at.write().unwrap_or_else(PoisonError::into_inner) = Some(self.environment.now());
        if !self.is_sample() && self.with_engine(Engine::something_saved).is_none() {
            // On the command line nobody else looks after the second place.
            hocvu_sync::bundle::keep_second_place(&self.real, self.environment());
        }
        self.announce(&["sessions", "drafts", "sync", "state"]);
    }

    /// A figure, a population, a team or a comment reached the disk.
    pub(crate) fn recorded(&self) {
        self.saved();
        self.announce(&["records"]);
    }

    /// An act of an office reached the disk.
    pub(crate) fn acted(&self) {
        self.reload_units(); // It may have been about units.
        self.with_engine(Engine::something_saved);
        self.announce(&["office", "sync", "state"]);
    }

    /// When something was last saved: in this run, else by the latest operation on the disk.
    pub(crate) fn saved_at(&self) -> Result<Option<String>> {
        let known = self.saved_at.read().unwrap_or_else(PoisonError::into_inner).clone();
        if known.is_some() {
            return Ok(known);
        }
        let latest = self.store().read(|read| read.latest_at())?;
        Ok(latest.map(system::from_unix))
    }

    /// The file that is open in the import wizard.
    ///
    /// # Errors
    /// [`Error::NotFound`] when none is: the program was started anew since.
    pub(crate) fn opened_import(&self) -> Result<Arc<import::Opened>> {
        let import = self.import.read().unwrap_or_else(PoisonError::into_inner);
        import.clone().ok_or(Error::NotFound)
    }

    pub(crate) fn open_import(&self, opened: Arc<import::Opened>) {
        *self.import.write().unwrap_or_else(PoisonError::into_inner) = Some(opened);
    }

    /// Lets the screens work on another file.
    pub(crate) fn switch(&self, store: Arc<Store>, sample: bool) -> Result<()> {
        let units = Arc::new(units(&store)?);
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Open { store, units, sample };
        *self.saved_at.write().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    pub(crate) fn with_engine<T>(&self, ask: impl FnOnce(&Engine) -> T) -> Option<T> {
        self.engine
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(ask)
    }

    fn opened(&self) -> std::sync::RwLockReadGuard<'_, Open> {
        self.open.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn heard(&self, notice: Notice) {
        match notice {
            Notice::Sync => self.announce(&["sync", "usb", "state"]),
            Notice::Enrol => {
                self.reload_units();
                self.announce(&["enrol", "state", "sync"]);
            }
            Notice::Records => {
                self.reload_units();
                self.announce(&["sessions", "records", "office", "sync", "state"]);
            }
        }
    }

    pub(crate) fn reload_units(&self) {
        match units(&self.store()) {
            Ok(units) => self.open.write().unwrap_or_else(PoisonError::into_inner).units = Arc::new(units),
            Err(error) => tracing::error!(%error, "the units could not be read"),
        }
    }
}

/// Sees whether the file is an older copy of itself or came from another machine: then it goes on in a new log before
/// anything is saved, and the diary says so.
fn watch(store: &Store, folder: &Path, environment: &dyn Environment) -> Result<()> {
    let mut new = LogId([0; 16]);
    environment.random(&mut new.0);
    let witness = folder.join(WITNESS_FILE);
    if let Some(fork) = store.watch(&witness, &environment.machine(), new, environment.unix())? {
        tracing::warn!(why = fork.as_str(), "the data file goes on in a new log");
        let now = environment.now();
        store.write(|tx| tx.diary_append(&now, &format!("log_{}", fork.as_str()), &BTreeMap::new()))?;
    }
    Ok(())
}

/// The units the store knows, and the device's own: a new device may not have pulled yet.
fn units(store: &Store) -> Result<UnitBook> {
    let (identity, mut book) = store.read(|read| Ok((read.identity()?, read.unit_book()?)))?;
    if let Some(own) = identity
        && book.get(own.unit.as_str()).is_none()
    {
        book.put(hocvu_model::unit::Unit {
            uid: own.unit,
            code: None,
            level: hocvu_model::unit::Level::Hamlet,
            name: own.unit_name,
            parent: None,
            valid_from: None,
            valid_to: None,
            sort: None,
            members: Vec::new(),
            void: false,
        });
    }
    Ok(book)
}

/// The form as the rules read it, for workloads and tools.
pub fn raw_of(form: &contract::SessionForm) -> hocvu_model::session::RawSession {
    form::raw(form)
}
