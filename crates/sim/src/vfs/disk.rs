//! A disk: files by name, calls counted, failures at the call they were planned for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::image::Image;
use super::locks::{Holder, Locks};
use super::{ROOT, ffi};
use crate::dice::Dice;

/// Kinds of calls that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Opens or makes a file.
    Open,
    /// Reads.
    Read,
    /// Writes.
    Write,
    /// Cuts a file off.
    Truncate,
    /// Makes durable.
    Sync,
    /// Removes a file.
    Delete,
}

impl Call {
    /// Whether a crash here may leave another disk than a crash just before.
    pub fn changes(self) -> bool {
        !matches!(self, Self::Read)
    }
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The power goes: nothing works until [`Disk::restart`], and unsynced sectors are lost, kept or torn.
    PowerCut,
    /// The program dies: nothing works until [`Disk::restart`], and what was written stays.
    Kill,
    /// This one call fails, and the next one works.
    Once,
    /// The disk is full until [`Disk::restart`]: writes fail, other calls work.
    Full,
}

/// A failure to come.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// At which call from now on, 1 being the next.
    pub at: u64,
    /// How.
    pub failure: Failure,
}

/// What happened on a disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stats {
    /// Calls so far.
    pub calls: u64,
    /// Bytes written.
    pub written: u64,
    /// Failures that came to pass.
    pub failures: u64,
}

/// A disk. Clones speak of the same one; the last one gone takes it away.
#[derive(Clone)]
pub struct Disk(Arc<Mounted>);

struct Mounted {
    name: String,
    state: Shared,
}

pub(super) type Shared = Arc<Mutex<State>>;

/// Everything that outlives one call.
#[derive(Default)]
pub(super) struct State {
    files: BTreeMap<String, File>,
    deleted: BTreeMap<String, Image>,
    generation: u64,
    dead: Option<Failure>,
    full: bool,
    sync_lies: bool,
    plan: Option<Plan>,
    record: Option<Vec<Call>>,
    stats: Stats,
    holders: Holder,
}

#[derive(Default)]
struct File {
    image: Image,
    locks: Locks,
    shared: SharedMemory,
}

/// Memory the connections of a file share.
#[derive(Default)]
struct SharedMemory {
    regions: Regions,
    mapped_by: BTreeSet<Holder>,
}

/// Regions SQLite has the addresses of: never moved, and freed only when the last handle that mapped them is gone.
type Regions = Arc<Mutex<Vec<Box<[u64]>>>>;

/// Why a call did not work; the file system shim turns it into SQLite's number for the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Failed,
    Full,
    Absent,
    Busy,
}

/// An open file.
pub(super) struct Handle {
    disk: Shared,
    name: String,
    generation: u64,
    holder: Holder,
    mapped: Mutex<Option<Regions>>,
}

impl Disk {
    /// A new, empty disk under `name`, which no other living disk has.
    pub fn new(name: &str) -> Self {
        let state = Shared::default();
        ffi::mount(name, Arc::clone(&state));
        Self(Arc::new(Mounted {
            name: name.to_owned(),
            state,
        }))
    }

    /// Where SQLite finds a file on it.
    pub fn path(&self, file: &str) -> std::path::PathBuf {
        format!("{ROOT}{}/{file}", self.0.name).into()
    }

    /// Has a call to come fail.
    pub fn plan(&self, plan: Plan) {
        let mut state = self.state();
        state.plan = Some(Plan {
            at: state.stats.calls + plan.at,
            ..plan
        });
    }

    /// Forgets a failure that has not come.
    pub fn forget_plan(&self) {
        self.state().plan = None;
    }

    /// Makes room on a full disk.
    pub fn make_room(&self) {
        self.state().full = false;
    }

    /// Whether it stands still since a crash.
    pub fn is_down(&self) -> bool {
        self.state().dead.is_some()
    }

    /// Stops it now, as the failure says.
    pub fn stop(&self, failure: Failure) {
        let mut state = self.state();
        state.dead.get_or_insert(failure);
    }

    /// Comes back after a crash or a full disk, with what the crash left. Whoever had files open must have closed them.
    pub fn restart(&self, dice: &mut Dice) {
        self.state().restart(dice);
    }

    /// A sync that does nothing: the control that shows a harness can see loss.
    pub fn let_sync_lie(&self) {
        self.state().sync_lies = true;
    }

    /// Starts to note the kinds of calls.
    pub fn record(&self) {
        self.state().record = Some(Vec::new());
    }

    /// The kinds of calls since [`Disk::record`].
    pub fn recorded(&self) -> Vec<Call> {
        self.state().record.take().unwrap_or_default()
    }

    /// What happened so far.
    pub fn stats(&self) -> Stats {
        self.state().stats
    }

    /// A copy of every file as a program would read it: an image of the disk taken while nobody writes.
    pub fn copy(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        let files = state.files.iter();
        files
            .map(|(name, file)| {
                let mut bytes = vec![0; file.image.len()];
                file.image.read(0, &mut bytes);
                (name.clone(), bytes)
            })
            .collect()
    }

    /// Puts a copy in place of everything. Whoever had files open must have closed them.
    pub fn replace(&self, copy: &BTreeMap<String, Vec<u8>>) {
        let mut state = self.state();
        state.generation += 1;
        state.deleted.clear();
        state.files = copy
            .iter()
            .map(|(name, bytes)| {
                let mut file = File::default();
                file.image.write(0, bytes);
                file.image.sync();
                (name.clone(), file)
            })
            .collect();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0.state)
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        ffi::unmount(&self.name);
    }
}

pub(super) fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn restart(&mut self, dice: &mut Dice) {
        self.generation += 1;
        self.plan = None;
        self.full = false;
        let failure = self.dead.take();
        let files = std::mem::take(&mut self.files).into_iter();
        if failure == Some(Failure::PowerCut) {
            for (name, image) in std::mem::take(&mut self.deleted) {
                if dice.one_in(2) {
                    self.files.insert(name, File::of(image));
                }
            }
            for (name, file) in files {
                if let Some(image) = file.image.after_power_cut(dice) {
                    self.files.insert(name, File::of(image));
                }
            }
        } else {
            self.deleted.clear();
            self.files
                .extend(files.map(|(name, file)| (name, File::of(file.image.after_kill()))));
        }
    }

    /// Counts a call; an error when it is to fail.
    fn call(&mut self, call: Call) -> Result<(), Refused> {
        if self.dead.is_some() {
            return Err(Refused::Failed);
        }
        self.stats.calls += 1;
        if let Some(record) = &mut self.record {
            record.push(call);
        }
        let due = self.plan.filter(|plan| self.stats.calls >= plan.at);
        if let Some(plan) = due {
            self.plan = None;
            self.stats.failures += 1;
            match plan.failure {
                Failure::PowerCut | Failure::Kill => {
                    self.dead = Some(plan.failure);
                    return Err(Refused::Failed);
                }
                Failure::Once => return Err(Refused::Failed),
                Failure::Full => self.full = true,
            }
        }
        if self.full && call == Call::Write {
            return Err(Refused::Full);
        }
        Ok(())
    }

    pub(super) fn open(state: &Shared, name: &str, create: bool) -> Result<Handle, Refused> {
        let mut this = lock(state);
        this.call(Call::Open)?;
        if !this.files.contains_key(name) {
            if !create {
                return Err(Refused::Absent);
            }
            this.deleted.remove(name);
            this.files.insert(name.to_owned(), File::default());
        }
        this.holders += 1;
        Ok(Handle {
            disk: Arc::clone(state),
            name: name.to_owned(),
            generation: this.generation,
            holder: this.holders,
            mapped: Mutex::default(),
        })
    }

    pub(super) fn exists(&self, name: &str) -> bool {
        self.files.get(name).is_some_and(|file| file.image.len() > 0)
    }

    pub(super) fn delete(&mut self, name: &str, durably: bool) -> Result<(), Refused> {
        self.call(Call::Delete)?;
        let file = self.files.remove(name).ok_or(Refused::Absent)?;
        if durably {
            self.deleted.remove(name);
        } else {
            self.deleted.insert(name.to_owned(), file.image);
        }
        Ok(())
    }
}

impl File {
    fn of(image: Image) -> Self {
        Self {
            image,
            ..Self::default()
        }
    }
}

impl Handle {
    fn file<T>(&self, call: Option<Call>, act: impl FnOnce(&mut File, &mut Stats) -> T) -> Result<T, Refused> {
        let mut state = lock(&self.disk);
        if state.generation != self.generation {
            return Err(Refused::Failed);
        }
        match call {
            Some(call) => state.call(call)?,
            None if state.dead.is_some() => return Err(Refused::Failed),
            None => {}
        }
        let State { files, stats, .. } = &mut *state;
        let file = files.get_mut(&self.name).ok_or(Refused::Failed)?;
        Ok(act(file, stats))
    }

    pub(super) fn read(&self, offset: usize, buffer: &mut [u8]) -> Result<usize, Refused> {
        self.file(Some(Call::Read), |file, _| file.image.read(offset, buffer))
    }

    pub(super) fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), Refused> {
        let before = lock(&self.disk).dead.is_some();
        let done = self.file(Some(Call::Write), |file, stats| {
            stats.written += bytes.len() as u64;
            file.image.write(offset, bytes);
        });
        let mut state = lock(&self.disk);
        if done.is_err() && !before && state.dead == Some(Failure::PowerCut) && state.generation == self.generation {
            // The very write the power went in may be on the disk, in part or whole.
            if let Some(file) = state.files.get_mut(&self.name) {
                file.image.write(offset, bytes);
            }
        }
        done
    }

    pub(super) fn truncate(&self, length: usize) -> Result<(), Refused> {
        self.file(Some(Call::Truncate), |file, _| file.image.truncate(length))
    }

    pub(super) fn sync(&self) -> Result<(), Refused> {
        let lies = lock(&self.disk).sync_lies;
        self.file(Some(Call::Sync), |file, _| {
            if !lies {
                file.image.sync();
            }
        })?;
        // A journalling file system writes the folder's earlier changes before it says that anything is durable.
        lock(&self.disk).deleted.clear();
        Ok(())
    }

    pub(super) fn size(&self) -> Result<usize, Refused> {
        self.file(None, |file, _| file.image.len())
    }

    pub(super) fn lock(&self, level: i32) -> Result<(), Refused> {
        match self.file(None, |file, _| file.locks.raise(self.holder, level))? {
            true => Ok(()),
            false => Err(Refused::Busy),
        }
    }

    pub(super) fn unlock(&self, level: i32) {
        let _ = self.file(None, |file, _| file.locks.lower(self.holder, level));
    }

    pub(super) fn is_reserved(&self) -> Result<bool, Refused> {
        self.file(None, |file, _| file.locks.is_reserved())
    }

    /// The address of a region of `bytes` shared memory, made when `make` says so. Good until [`Handle::unmap`] or the
    /// handle is dropped.
    pub(super) fn region(&self, index: usize, bytes: usize, make: bool) -> Result<Option<*mut u64>, Refused> {
        let regions = self.file(None, |file, _| {
            file.shared.mapped_by.insert(self.holder);
            Arc::clone(&file.shared.regions)
        })?;
        let mut mapped = self.mapped.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list = regions.lock().unwrap_or_else(PoisonError::into_inner);
        while make && list.len() <= index {
            list.push(vec![0; bytes.div_ceil(8)].into());
        }
        let address = list.get_mut(index).map(|region| region.as_mut_ptr());
        drop(list);
        *mapped = Some(regions);
        Ok(address)
    }

    pub(super) fn lock_slots(&self, slots: std::ops::Range<usize>, exclusive: bool) -> Result<(), Refused> {
        match self.file(None, |file, _| file.locks.lock_slots(self.holder, slots, exclusive))? {
            true => Ok(()),
            false => Err(Refused::Busy),
        }
    }

    pub(super) fn free_slots(&self, slots: std::ops::Range<usize>) {
        let _ = self.file(None, |file, _| file.locks.free_slots(self.holder, slots));
    }

    pub(super) fn unmap(&self) {
        let _ = self.file(None, |file, _| {
            file.locks.free_slots(self.holder, 0..8);
            file.shared.mapped_by.remove(&self.holder);
            if file.shared.mapped_by.is_empty() {
                file.shared.regions = Regions::default();
            }
        });
        *self.mapped.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn close(&self) {
        let mut state = lock(&self.disk);
        if state.generation == self.generation
            && let Some(file) = state.files.get_mut(&self.name)
        {
            file.locks.leave(self.holder);
        }
    }
}
