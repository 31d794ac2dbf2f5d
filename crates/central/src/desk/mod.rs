//! The writer's desk: the one connection that writes, what it remembers between transactions, and the acts done inside one.
//!
//! **Invariant:** memory is a copy of the database. A failed transaction, or a commit by another process, has it read anew.

mod admin;
mod apply;
mod author;
mod backfill;
mod enrol;
mod epoch;
mod held;
mod ingest;
mod judging;
mod locks;
mod lookup;
mod matters;
mod office;
mod rollup;
mod succeed;
mod voiding;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use hocvu_model::ids::{OperationId, RecordId};
use hocvu_wire::batch::{OpsReply, OpsRequest};
use hocvu_wire::problem::Problem;
use rusqlite::{Connection, OptionalExtension};

use crate::db::witness::{self, Witness};
use crate::directory::{CENTRE, Directory};
use crate::error::{Error, Result};
use crate::ranges::Ranges;
use crate::world::{World, day};
use crate::{db, intake};

pub(crate) use admin::CODE_DAYS;
pub use admin::NewCode;
pub use author::Authored;
pub(crate) use ingest::ruling_of;
pub(crate) use rollup::{Deltas, MEASURES, contribute};

/// The centre without its transport: usable in this process by the server, the command line and tests alike.
pub struct Core {
    db: Connection,
    cache: Cache,
    world: Arc<dyn World>,
    /// SQLite's own number: changes when another connection has committed.
    data_version: i64,
    stale: bool,
    witness: Witness,
}

/// Work for the desk that somebody waits for.
pub(crate) trait Task: Send {
    /// Does the work and keeps what came out.
    fn run(&mut self, desk: &mut Desk<'_>) -> Result<()>;
    /// Remembers why the work failed.
    fn fail(&mut self, error: Error);
    /// Tells whoever waits what came out; an error unless the commit succeeded.
    fn answer(self: Box<Self>, committed: &Result<()>);
    /// Operations it brings.
    fn operations(&self) -> usize;
}

/// What the writer remembers.
pub(crate) struct Cache {
    pub(crate) directory: Arc<Directory>,
    pub(crate) epoch: String,
    places: HashMap<String, i64>,
    have: HashMap<i64, Ranges>,
    /// Operations others wait for.
    awaited: HashSet<OperationId>,
    /// Records that went into another unit, and nobody has asked yet who waits for a right to them.
    relocated: Vec<RecordId>,
    /// Closed report months.
    locks: Vec<locks::Lock>,
    last_fseq: u64,
}

/// The desk inside one transaction.
pub struct Desk<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) cache: &'a mut Cache,
    pub(crate) world: &'a dyn World,
    pub(crate) now: DateTime<Utc>,
    pub(crate) today: NaiveDate,
    deltas: Deltas,
}

impl Core {
    /// Opens the database; `deployment` makes a new one where there is none. Operations held for a later version are
    /// judged again, since this program may be that version. A file behind its witness was put back from a copy: it begins
    /// a new epoch.
    ///
    /// # Errors
    /// See [`db::open`].
    pub fn open(path: &Path, deployment: Option<&str>, world: Arc<dyn World>) -> Result<Self> {
        let seen = witness::read(path); // First: whoever commits meanwhile is ahead of it.
        let db = db::open(path, deployment, &*world)?;
        let cache = Cache::load(&db, 0)?;
        let mut core = Self {
            db,
            cache,
            world,
            data_version: 0,
            stale: true,
            witness: Witness::open(path),
        };
        if seen.is_some_and(|seen| seen.epoch != core.cache.epoch || seen.fseq > core.cache.last_fseq) {
            tracing::warn!("the database is behind its witness: a new epoch begins");
            core.transact(|desk| desk.bump_epoch(CENTRE, "behind its witness"))?;
        }
        if db::meta::<i64>(&core.db, "backfill")?.is_some() {
            core.transact(backfill::run)?;
        }
        let waiting: bool = core.db.query_row(
            "SELECT EXISTS (SELECT 1 FROM waiting WHERE cause = 'schema')",
            [],
            |row| row.get(0),
        )?;
        if waiting {
            core.transact(|desk| desk.cause_gone("schema"))?;
        }
        Ok(core)
    }

    /// Who and where, as of the last transaction.
    pub fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.cache.directory)
    }

    /// The deployment's present epoch.
    pub fn epoch(&self) -> &str {
        &self.cache.epoch
    }

    /// Time and randomness.
    pub fn world(&self) -> &Arc<dyn World> {
        &self.world
    }

    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }

    /// Does `work` in one transaction. When this returns, its outcome is on the disk; on an error nothing of it is.
    ///
    /// # Errors
    /// Those of `work`, and a commit that failed.
    pub fn transact<R>(&mut self, work: impl FnOnce(&mut Desk<'_>) -> Result<R>) -> Result<R> {
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let outcome = self.inside(work);
        if outcome.is_err() {
            self.stale = true;
            if !self.db.is_autocommit() {
                self.db.execute_batch("ROLLBACK")?;
            }
        }
        outcome
    }

    /// Takes a batch as a request would bring it, without the request.
    ///
    /// # Errors
    /// The centre's own faults; the inner problem is the client's.
    pub fn ingest(&mut self, request: OpsRequest) -> Result<std::result::Result<OpsReply, Box<Problem>>> {
        let today = day(self.world.now());
        match intake::prepare(request, &self.cache.directory, today) {
            Ok(batch) => self.transact(|desk| desk.ingest(batch)).map(Ok),
            Err(problem) => Ok(Err(problem)),
        }
    }

    /// Moves the write-ahead log into the database, for a quick next start.
    ///
    /// # Errors
    /// SQLite's own.
    pub fn checkpoint(&self) -> Result<()> {
        self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Does several tasks in one transaction with one commit. A task that fails is undone alone.
    ///
    /// # Errors
    /// A commit that failed: nothing of the group is stored.
    pub(crate) fn group(&mut self, tasks: &mut [Box<dyn Task>]) -> Result<()> {
        self.transact(|desk| match tasks {
            [only] => only.run(desk), // No savepoint: the transaction is one.
            several => several.iter_mut().try_for_each(|task| desk.alone(&mut **task)),
        })
    }

    fn inside<R>(&mut self, work: impl FnOnce(&mut Desk<'_>) -> Result<R>) -> Result<R> {
        let data_version = self
            .db
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?;
        if self.stale || data_version != self.data_version {
            self.cache = Cache::load(&self.db, self.cache.directory.units_version + 1)?;
            self.data_version = data_version;
            self.stale = false;
        }
        let now = self.world.now();
        let mut desk = Desk {
            db: &self.db,
            cache: &mut self.cache,
            world: &*self.world,
            now,
            today: day(now),
            deltas: Deltas::default(),
        };
        let outcome = work(&mut desk)?;
        desk.flush()?;
        if self.world.commit_fails() {
            return Err(Error::NotCommitted);
        }
        self.db.prepare_cached("COMMIT")?.execute([])?;
        self.witness.note(&self.cache.epoch, self.cache.last_fseq);
        Ok(outcome)
    }
}

impl Cache {
    fn load(db: &Connection, units_version: u64) -> Result<Self> {
        let mut awaited = HashSet::new();
        let mut causes = db.prepare_cached("SELECT DISTINCT substr(cause, 4) FROM waiting WHERE cause GLOB 'op:*'")?;
        let mut rows = causes.query([])?;
        while let Some(row) = rows.next()? {
            let id = row.get_ref(0)?.as_str().unwrap_or_default().parse();
            awaited.insert(id.map_err(|_| Error::Damaged("waiting for no operation".into()))?);
        }
        Ok(Self {
            directory: Arc::new(Directory::load(db, units_version)?),
            epoch: db::meta(db, "epoch")?.unwrap_or_default(),
            places: HashMap::new(),
            have: HashMap::new(),
            awaited,
            relocated: Vec::new(),
            locks: locks::load(db)?,
            last_fseq: db.query_row("SELECT fseq FROM counter", [], |row| row.get(0))?,
        })
    }
}

impl Desk<'_> {
    /// Who and where, as of now.
    pub fn directory(&self) -> &Directory {
        &self.cache.directory
    }

    /// Does one task of a group; when it fails, what it did is undone and the others stand.
    fn alone(&mut self, task: &mut dyn Task) -> Result<()> {
        let (before, last_fseq) = (std::mem::take(&mut self.deltas), self.cache.last_fseq);
        self.db.prepare_cached("SAVEPOINT task")?.execute([])?;
        match task.run(self) {
            Ok(()) => rollup::add(&mut self.deltas, before),
            Err(error) => {
                task.fail(error);
                self.db.prepare_cached("ROLLBACK TO task")?.execute([])?;
                *self.cache = Cache::load(self.db, self.cache.directory.units_version + 1)?;
                self.cache.last_fseq = last_fseq;
                self.deltas = before;
            }
        }
        self.db.prepare_cached("RELEASE task")?.execute([])?;
        Ok(())
    }

    /// The next number of the feed.
    pub(crate) fn next_fseq(&mut self) -> u64 {
        self.cache.last_fseq += 1;
        self.cache.last_fseq
    }

    /// Reads everything anew, after an act that changed who or where.
    pub(crate) fn reload(&mut self) -> Result<()> {
        let units_version = self.cache.directory.units_version + 1;
        self.cache.directory = Arc::new(Directory::load(self.db, units_version)?);
        Ok(())
    }

    /// The small number of a uid.
    fn place(&mut self, uid: &str) -> Result<i64> {
        if let Some(no) = self.cache.places.get(uid) {
            return Ok(*no);
        }
        let found = self
            .db
            .prepare_cached("SELECT no FROM place WHERE uid = ?1")?
            .query_row([uid], |row| row.get(0))
            .optional()?;
        let no = match found {
            Some(no) => no,
            None => self
                .db
                .prepare_cached("INSERT INTO place (uid) VALUES (?1)")?
                .insert([uid])?,
        };
        self.cache.places.insert(uid.to_owned(), no);
        Ok(no)
    }

    /// What the centre has of a log.
    fn have(&mut self, log: i64) -> Result<&mut Ranges> {
        use std::collections::hash_map::Entry;
        Ok(match self.cache.have.entry(log) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Ranges::of_log(self.db, log)?),
        })
    }

    fn flush(&mut self) -> Result<()> {
        self.flush_rollup()?;
        self.db
            .prepare_cached("UPDATE counter SET fseq = ?1")?
            .execute([self.cache.last_fseq])?;
        Ok(())
    }
}
