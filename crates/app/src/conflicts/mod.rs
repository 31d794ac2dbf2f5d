//! Two versions of one session or figure: seeing them side by side, choosing leaf by leaf, or telling them apart as two sessions.
//!
//! A choice is one `resolve` operation on what counts; what was not chosen stays in the history for ever.

mod compose;
pub(crate) mod history;
mod leaves;
mod list;
mod plain;
mod resolve;
mod settle;
mod view;

use hocvu_model::RecordId;
use hocvu_store::{Conflict, Version};

pub(crate) use history::People;
pub use history::ReadHistory;
pub use list::List;
pub use resolve::{Resolve, Split};
pub use view::{Check, Get};

use crate::App;
use crate::error::{Error, Result};

/// The versions of a record in conflict: the one that counts first, then the branches, oldest first.
pub(crate) struct Versions {
    /// Whether the first one is the centre's.
    pub has_head: bool,
    pub all: Vec<Version>,
}

impl Versions {
    /// Reads them.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no conflict (any more).
    pub fn of(app: &App, id: RecordId) -> Result<Self> {
        let conflict = app.store().read(|read| read.conflict(id))?.ok_or(Error::NotFound)?;
        let Conflict {
            head,
            base: _,
            branches,
        } = conflict;
        if branches.is_empty() {
            return Err(Error::NotFound);
        }
        Ok(Self {
            has_head: head.is_some(),
            all: head.into_iter().chain(branches).collect(),
        })
    }

    /// The same, if they are those that were on the screen.
    ///
    /// # Errors
    /// [`Error::NotFound`] when others have come since.
    pub fn as_seen(app: &App, id: RecordId, seen: &[String]) -> Result<Self> {
        let versions = Self::of(app, id)?;
        let now = versions.all.iter().map(|version| version.op.to_string());
        if now.eq(seen.iter().cloned()) {
            Ok(versions)
        } else {
            Err(Error::NotFound)
        }
    }

    /// The branches, which a choice closes.
    pub fn branches(&self) -> &[Version] {
        &self.all[usize::from(self.has_head)..]
    }
}
