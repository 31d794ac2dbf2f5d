//! The device's one SQLite file, encrypted from the first day: opening, migrating, reading, writing.
//!
//! **Invariant:** this crate never waits on a network, never reads the clock and never makes randomness: callers pass times
//! and ids in. What a person saved is on the disk when [`Store::write`] returns, and no function here deletes an operation.
//!
//! Three layers of tables: `operation` and `frame` are facts of this device; `shadow` is the centre's state, written only by
//! [`Write::pull`]; `record`, `session`, `session_count` and `flow` are folded from both in the same transaction and
//! could be thrown away.

mod append;
mod ask_again;
mod backup;
mod branches;
mod carried;
mod cases;
mod columns;
mod confirmed;
mod conservation;
mod diary;
mod drafts;
mod error;
mod exports;
mod figures;
mod flows;
mod fold;
mod fork;
mod frames;
mod identity;
mod imports;
mod index;
mod mend;
mod office;
mod open;
mod operations;
mod overlay;
mod photos;
mod photos_wanted;
mod ready;
mod records;
mod rulings;
mod salvage;
mod search;
mod sessions;
mod settings;
mod settle;
mod shadow;
mod states;
mod suggest;
mod unit_sums;
mod units;
mod unsaved;
mod versions;
mod witness;

use std::cell::Cell;
use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, TransactionBehavior};

pub use append::Append;
pub use ask_again::{AskAgain, Settled};
pub use carried::{Carried, CarriedReceipt, CarriedState};
pub use cases::{Case, CaseFilter};
pub use confirmed::Confirmed;
pub use conservation::LogTally;
pub use diary::DiaryLine;
pub use drafts::Draft;
pub use error::{Error, Result};
pub use exports::{Export, ExportScope, StoredKeys, Uncovered};
pub use figures::{FigureFilter, FigureRow, ListedRecord};
pub use flows::FlowRow;
pub use fork::Fork;
pub use frames::Frame;
pub use identity::{Identity, Position};
pub use imports::Import;
pub use office::{Grant, OfficeDevice};
pub use open::DataKey;
pub use operations::{StoredOperation, Tab, Tally};
pub use photos::{Photo, PhotoState, PhotoTally};
pub use photos_wanted::WantedPhoto;
pub use ready::Ready;
pub use records::RecordView;
pub use rulings::Ruling;
pub use salvage::{Salvage, salvage};
pub use search::{Page, Query};
pub use sessions::{SessionDetail, SessionRow, Totals};
pub use settle::Settlement;
pub use shadow::{Pulled, ShadowRecord};
pub use states::{State, Status, Verdict};
pub use suggest::LastSession;
pub use unit_sums::UnitYear;
pub use unsaved::Unsaved;
pub use versions::{Conflict, Version};

use identity::OwnLog;
use witness::{Testimony, Witness};

/// An open file. One per process: it holds the file alone.
pub struct Store {
    connection: Mutex<Connection>,
    integrity: String,
    witness: Mutex<Option<Witness>>,
}

/// What may be asked of the file.
pub struct Read<'a> {
    connection: &'a Connection,
}

/// What may be asked and done inside one transaction.
pub struct Write<'a> {
    read: Read<'a>,
    /// The last number appended, and its log.
    appended: Cell<Option<Testimony>>,
    /// The log this device writes and its last number, once asked for: an import appends ten thousand to it.
    tail: Cell<Option<(OwnLog, u64)>>,
}

impl<'a> Deref for Write<'a> {
    type Target = Read<'a>;
    fn deref(&self) -> &Read<'a> {
        &self.read
    }
}

impl Store {
    /// Reads one consistent state of the file. Must not be called inside another `read` or `write`.
    ///
    /// # Errors
    /// Those of `ask`.
    pub fn read<T>(&self, ask: impl FnOnce(&Read<'_>) -> Result<T>) -> Result<T> {
        ask(&Read {
            connection: &self.lock(),
        })
    }

    /// Does everything in `act` in one transaction, which is on the disk when this returns. Must not be called inside
    /// another `read` or `write`.
    ///
    /// # Errors
    /// Those of `act`, and of the commit; either way nothing of it was kept.
    pub fn write<T>(&self, act: impl FnOnce(&Write<'_>) -> Result<T>) -> Result<T> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let write = Write {
            read: Read {
                connection: &transaction,
            },
            appended: Cell::new(None),
            tail: Cell::new(None),
        };
        let done = act(&write)?;
        let appended = write.appended.get();
        transaction.commit()?;
        if let Some(now) = appended {
            self.bear_witness(now);
        }
        Ok(done)
    }

    /// What SQLite's quick check said when the file was opened; empty when it is sound.
    pub fn integrity(&self) -> &str {
        &self.integrity
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic in a closure has rolled its transaction back while unwinding: the connection is whole.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

/// Version of the SQLite inside.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_keeps_nothing_and_spoils_nothing() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(&dir.path().join("a.db"), &DataKey::new([1; 32])).expect("a new file");
        let limit = |pages: u32| {
            store
                .lock()
                .pragma_update(None, "max_page_count", pages)
                .expect("a pragma");
        };
        limit(1);
        let refused = store.write(|w| w.put_setting("a", &"x".repeat(1 << 20)));
        assert!(matches!(refused, Err(Error::Disk(_))), "{refused:?}");
        assert_eq!(store.read(|r| r.setting("a")).expect("readable"), None);
        limit(1 << 20);
        store.write(|w| w.put_setting("a", "1")).expect("room again");
    }
}
