//! The real centre on a simulated disk, asked without a socket.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use hocvu_central::blobs::Blobs;
use hocvu_central::bundles::{self, Desks, Took};
use hocvu_central::directory::Directory;
use hocvu_central::world::World;
use hocvu_central::{Answer, Config, Desk, Local, Writer};
use hocvu_wire::bundle::BadBundle;
use tokio::runtime::Runtime;

use crate::clock::Clock;
use crate::vfs::{Disk, Failure};
use crate::{DEPLOYMENT, Dice};

/// Every file of a disk.
pub type Copy = BTreeMap<String, Vec<u8>>;

/// A centre that may be down.
pub struct Centre {
    runtime: Runtime,
    local: Mutex<Option<Local>>,
    /// Its disk.
    pub disk: Disk,
    /// Its clock.
    pub clock: Arc<Clock>,
    /// The folder of its keys and of what is on its way in: nothing that a run decides by.
    folder: PathBuf,
}

impl Centre {
    /// A centre that was never started, with a disk called `name`.
    ///
    /// # Panics
    /// The machine refuses a thread.
    pub fn new(name: &str, dice: Dice) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let folder = crate::folder(name);
        drop(std::fs::create_dir_all(&folder));
        Self {
            folder,
            runtime: runtime.expect("a runtime"),
            local: Mutex::default(),
            disk: Disk::new(name),
            clock: Arc::new(Clock::new(dice)),
        }
    }

    /// Its database.
    pub fn database(&self) -> PathBuf {
        self.disk.path("central.db")
    }

    /// Starts it.
    ///
    /// # Errors
    /// The database does not open.
    pub fn start(&self) -> hocvu_central::Result<()> {
        let world = Arc::clone(&self.clock) as Arc<dyn World>;
        let mut config = Config::new(self.database(), DEPLOYMENT, world);
        config.limits.requests_per_minute = u32::MAX; // A run hurries, and clocks stand.
        config.keys = Some(self.folder.clone());
        config.files = Some(self.folder.clone());
        let local = Local::open(config)?;
        *self.lock() = Some(local);
        Ok(())
    }

    /// Whether it answers.
    pub fn is_up(&self) -> bool {
        self.lock().is_some()
    }

    /// Ends it: whatever still wants to be written is written, if the disk lets it.
    pub fn stop(&self) {
        let local = self.lock().take();
        if let Some(local) = local {
            self.runtime.block_on(local.stop());
        }
    }

    /// Ends it at once, as `failure` says, and brings its disk back without starting it.
    pub fn crash(&self, failure: Failure, dice: &mut Dice) {
        self.disk.stop(failure);
        self.stop();
        self.disk.restart(dice);
    }

    /// Asks; nothing when it is down.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Option<Answer> {
        let local = self.lock();
        let local = local.as_ref()?;
        self.runtime.block_on(local.ask(method, path, headers, body)).ok()
    }

    /// Has an administrator's act done; nothing when it is down.
    pub fn act<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk<'_>) -> hocvu_central::Result<R> + Send + 'static,
    ) -> Option<hocvu_central::Result<R>> {
        let local = self.lock();
        let local = local.as_ref()?;
        Some(self.runtime.block_on(local.writer().run(1, work)))
    }

    /// Takes a bundle that somebody brings; nothing when it is down.
    pub fn take(&self, bundle: &[u8]) -> Option<hocvu_central::Result<Result<Took, BadBundle>>> {
        let local = self.lock();
        let mut window = Window {
            centre: self,
            writer: local.as_ref()?.writer().clone(),
        };
        Some(bundles::take(&mut Cursor::new(bundle), &mut window))
    }

    /// A connection of the oracle's own.
    ///
    /// # Errors
    /// SQLite's.
    pub fn look(&self) -> rusqlite::Result<rusqlite::Connection> {
        rusqlite::Connection::open(self.database())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Local>> {
        self.local.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Where bundles are handed in by people.
struct Window<'a> {
    centre: &'a Centre,
    writer: Writer,
}

impl Desks for Window<'_> {
    fn directory(&self) -> Arc<Directory> {
        self.writer.directory()
    }

    fn now(&self) -> DateTime<Utc> {
        World::now(&*self.centre.clock)
    }

    fn ask<R: Send + 'static>(
        &mut self,
        ask: impl FnOnce(&rusqlite::Connection) -> hocvu_central::Result<R> + Send + 'static,
    ) -> hocvu_central::Result<R> {
        ask(&self.centre.look()?)
    }

    fn work<R: Send + 'static>(
        &mut self,
        operations: usize,
        work: impl FnOnce(&mut Desk<'_>) -> hocvu_central::Result<R> + Send + 'static,
    ) -> hocvu_central::Result<R> {
        self.centre.runtime.block_on(self.writer.run(operations, work))
    }

    fn photos<R>(&self, act: impl FnOnce(&Blobs) -> R) -> R {
        act(&Blobs::beside(Path::new(&self.centre.folder.join("central.db"))))
    }
}
