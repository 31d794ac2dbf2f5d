//! A real device's store and sync engine on a simulated disk, and the person before it who remembers what was said.

use std::collections::BTreeMap;
use std::sync::Arc;

use hocvu_model::operation::{self, Kind, OfficeDraft, TRAINING_SESSION};
use hocvu_model::session::SCHEMA_VERSION;
use hocvu_model::{LogId, OperationId, RecordId, UnitUid};
use hocvu_store::{Append, DataKey, Error, RecordView, Store, Write};
use hocvu_sync::{Client, Environment, Round, RoundReport, SyncError, Transport};
use serde_json::{Map, Value};

use crate::clock::Clock;
use crate::vfs::{Disk, Failure};
use crate::{Checked, Dice, Violation};

/// What a person was told is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Its text.
    pub text: String,
    /// SHA-256 of it.
    pub digest: [u8; 32],
}

/// A machine and its person.
pub struct Device {
    /// Name in a trace.
    pub name: String,
    /// The unit it was made for.
    pub unit: String,
    /// The role it was made for.
    pub role: String,
    /// Its disk.
    pub disk: Disk,
    /// Its clock.
    pub clock: Arc<Clock>,
    /// Its link.
    pub client: Client,
    /// The code it enrols with.
    pub code: Option<String>,
    /// Its name at the centre, once enrolled.
    pub id: Option<String>,
    /// What its person was told is saved.
    pub witness: BTreeMap<OperationId, Saved>,
    /// Operations it had when it was last looked at.
    pub operations: usize,
    /// Copies of its disk, oldest first.
    pub copies: Vec<crate::centre::Copy>,
    /// Its file was put back or copied from another machine: numbers of its logs may be others' too.
    pub forked: bool,
    /// What tells this machine from others.
    pub machine: String,
    /// The folder for what lies beside the data file.
    pub folder: std::path::PathBuf,
    /// Its disk holds others' sealed bundles. Sealing takes randomness of its own, so their size is another in every play of
    /// a seed: calls of this disk decide nothing any more.
    pub sealed: bool,
    store: Option<Store>,
    key: [u8; 32],
    failures_seen: u64,
}

/// An act of a person that the machine could not do.
#[derive(Debug)]
pub enum Refused {
    /// Its disk failed.
    Disk,
    /// Something else, which nobody caused on purpose.
    Wrong(String),
}

/// What a person does to a record.
#[derive(Debug, Clone)]
pub struct Act {
    /// The record.
    pub record: RecordId,
    /// What is done.
    pub kind: Kind,
    /// The unit it is to belong to.
    pub unit: String,
    /// The fields set.
    pub set: Option<Map<String, Value>>,
    /// Schema version it is written in.
    pub version: u32,
    /// Kind of record.
    pub record_type: String,
    /// Whether it is void afterwards.
    pub void: Option<bool>,
    /// Branches closed.
    pub supersedes: Vec<OperationId>,
    /// Why.
    pub reason: Option<String>,
}

impl Act {
    /// A put of these fields.
    pub fn put(record: RecordId, unit: &str, set: Map<String, Value>) -> Self {
        Self {
            record,
            kind: Kind::Put,
            unit: unit.to_owned(),
            set: Some(set),
            version: SCHEMA_VERSION,
            record_type: TRAINING_SESSION.to_owned(),
            void: None,
            supersedes: Vec::new(),
            reason: None,
        }
    }

    /// The same for a record of another kind.
    #[must_use]
    pub fn of(self, record_type: &str) -> Self {
        Self {
            record_type: record_type.to_owned(),
            ..self
        }
    }

    /// A void or restore.
    pub fn turn(record: RecordId, unit: &str, kind: Kind) -> Self {
        Self {
            kind,
            set: None,
            reason: Some("Ghi nhầm".into()),
            ..Self::put(record, unit, Map::new())
        }
    }
}

impl Device {
    /// A machine that was never switched on, with a disk called `disk`.
    pub fn new(name: &str, disk: &str, unit: &str, role: &str, link: Arc<dyn Transport>, dice: &Dice) -> Self {
        Self {
            name: name.to_owned(),
            unit: unit.to_owned(),
            role: role.to_owned(),
            disk: Disk::new(disk),
            clock: Arc::new(Clock::new(dice.fork(1))),
            client: Client::new(link),
            code: None,
            id: None,
            witness: BTreeMap::new(),
            operations: 0,
            copies: Vec::new(),
            forked: false,
            machine: disk.to_owned(),
            folder: crate::folder(disk),
            sealed: false,
            store: None,
            key: [7; 32],
            failures_seen: 0,
        }
    }

    /// Whether it is on.
    pub fn is_on(&self) -> bool {
        self.store.is_some()
    }

    /// Its store, if it is on.
    pub fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// Switches it on. A disk that fails leaves it off.
    ///
    /// # Errors
    /// The file does not open although nothing failed on purpose, or it lacks what its person was told is saved.
    pub fn switch_on(&mut self) -> Checked {
        match Store::open(&self.disk.path("data.db"), &DataKey::new(self.key)) {
            Ok(store) => {
                // A power cut after the commit and before the word: it is a device, and learns so now.
                let identity = store.read(|read| read.identity()).ok().flatten();
                self.id = self.id.take().or(identity.map(|identity| identity.device));
                if !self.watch(&store) {
                    drop(store);
                    self.disk.stop(Failure::Kill);
                    return Ok(());
                }
                self.store = Some(store);
            }
            Err(error) if self.disk_failed() => {
                self.disk.stop(Failure::Kill);
                drop(error);
                return Ok(());
            }
            Err(error) => {
                let what = format!("{}: the file does not open: {error}", self.name);
                return Err(Violation::new("i1_saved_is_durable", what));
            }
        }
        self.remembers()
    }

    /// Compares the file with its witness, as the program does before the first save. False when the disk failed.
    fn watch(&self, store: &Store) -> bool {
        let mut log = LogId([0; 16]);
        self.clock.random(&mut log.0);
        drop(std::fs::create_dir_all(&self.folder));
        let witness = self.folder.join("witness");
        store.watch(&witness, &self.machine, log, self.clock.seconds()).is_ok()
    }

    /// Puts a copy of a disk in place of its own; `whole` takes what lies beside the data file back too. What its person
    /// saved since the copy went with the old disk, as far as it was not sent.
    ///
    /// # Errors
    /// As [`Device::switch_on`].
    pub fn put_back(&mut self, copy: &crate::centre::Copy, whole: bool, dice: &mut Dice) -> Checked {
        self.switch_off(Failure::Kill, dice);
        self.disk.replace(copy);
        if whole {
            drop(std::fs::remove_dir_all(&self.folder));
        }
        self.forked = true;
        self.operations = 0;
        let witness = std::mem::take(&mut self.witness);
        self.switch_on()?;
        let Some(store) = &self.store else { return Ok(()) };
        let kept = |id: &OperationId, saved: &Saved| {
            let found = store.read(|read| read.operation(*id)).ok().flatten();
            found.is_some_and(|found| found.text == saved.text)
        };
        self.witness = witness.into_iter().filter(|(id, saved)| kept(id, saved)).collect();
        Ok(())
    }

    /// Switches it off as `failure` says; its disk comes back.
    pub fn switch_off(&mut self, failure: Failure, dice: &mut Dice) {
        self.disk.stop(failure);
        self.store = None;
        self.disk.restart(dice);
        self.failures_seen = self.disk.stats().failures;
    }

    /// Whether something was made to fail on its disk since it was last switched off.
    pub fn disk_failed(&self) -> bool {
        self.disk.stats().failures > self.failures_seen || self.disk.is_down()
    }

    /// I1 and I20: what its person was told is saved is there, and nothing of its own was taken away.
    ///
    /// # Errors
    /// It is not.
    pub fn remembers(&mut self) -> Checked {
        let Some(store) = &self.store else { return Ok(()) };
        let wrong = |what: String| Violation::new("i1_saved_is_durable", format!("{}: {what}", self.name));
        if !store.integrity().is_empty() && !self.disk_failed() {
            return Err(wrong(format!("the file is damaged: {}", store.integrity())));
        }
        for (id, saved) in &self.witness {
            match store.read(|read| read.operation(*id)) {
                Ok(Some(found)) if found.text == saved.text => {}
                Ok(Some(_)) => return Err(wrong(format!("{id} is not what was saved"))),
                Ok(None) => return Err(wrong(format!("{id} is gone"))),
                Err(_) if self.disk_failed() => return Ok(()),
                Err(error) => return Err(wrong(format!("{id} cannot be read: {error}"))),
            }
        }
        let tally = match store.read(|read| read.tally()) {
            Ok(tally) => tally,
            Err(_) if self.disk_failed() => return Ok(()),
            Err(error) => return Err(wrong(format!("the outbox cannot be read: {error}"))),
        };
        let now = (tally.waiting + tally.sent) as usize;
        if now < self.operations {
            let what = format!("{}: {} operations became {now}", self.name, self.operations);
            return Err(Violation::new("i20_own_work_stays", what));
        }
        self.operations = now;
        Ok(())
    }

    /// Makes the machine a device of its unit.
    ///
    /// # Errors
    /// The link, the centre or the disk.
    pub async fn enrol(&self) -> Result<String, SyncError> {
        let (Some(store), Some(code)) = (&self.store, &self.code) else {
            return Err(SyncError::Store(Error::NotFound("store")));
        };
        let offer = hocvu_sync::lookup(store, &self.client, code, "http://127.0.0.1:1").await?;
        let identity = hocvu_sync::confirm(store, &self.client, &*self.clock, &offer, &self.name).await?;
        Ok(identity.device)
    }

    /// One round with the centre.
    ///
    /// # Errors
    /// As the engine's.
    pub async fn round(&self) -> Result<RoundReport, SyncError> {
        let Some(store) = &self.store else {
            return Err(SyncError::Store(Error::NotFound("store")));
        };
        Round::new(store, &self.client, &*self.clock, &|_, _| {})?.run().await
    }

    /// A record as its person sees it.
    pub fn sees(&self, record: RecordId) -> Option<RecordView> {
        self.store.as_ref()?.read(|read| read.record(record)).ok()?
    }

    /// Saves, and remembers what was said to be saved.
    ///
    /// # Errors
    /// The disk, or something nobody caused.
    pub fn save(&mut self, act: &Act) -> Result<OperationId, Refused> {
        let unit = UnitUid::from(act.unit.as_str());
        let append = Append {
            record: act.record,
            kind: act.kind,
            record_type: &act.record_type,
            schema_version: act.version,
            unit: &unit,
            set: act.set.as_ref(),
            reason: act.reason.as_deref(),
            void: act.void,
            supersedes: &act.supersedes,
            at: self.clock.seconds(),
            findings: &[],
        };
        self.remember(|write| write.append(&append))
    }

    /// Signs an act of an office, and remembers it as saved.
    ///
    /// # Errors
    /// The disk, or something nobody caused.
    pub fn sign(&mut self, draft: &OfficeDraft<'_>) -> Result<OperationId, Refused> {
        self.remember(|write| write.append_office(draft))
    }

    fn remember(
        &mut self,
        append: impl FnOnce(&Write<'_>) -> hocvu_store::Result<OperationId>,
    ) -> Result<OperationId, Refused> {
        let Some(store) = &self.store else {
            return Err(Refused::Disk);
        };
        // The screen says "saved" when this returns, and not a moment before.
        let done = store.write(|write| {
            let id = append(write)?;
            Ok((id, write.operation(id)?.map(|operation| operation.text)))
        });
        match done {
            Ok((id, Some(text))) => {
                let digest = operation::digest(&text);
                self.witness.insert(id, Saved { text, digest });
                self.operations += 1;
                Ok(id)
            }
            Ok((id, None)) => Err(Refused::Wrong(format!("{id} was saved and cannot be read"))),
            Err(_) if self.disk_failed() => Err(Refused::Disk),
            Err(error) => Err(Refused::Wrong(error.to_string())),
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.store = None;
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
