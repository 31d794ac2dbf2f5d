//! What an officer does: decides on what the centre keeps, holds the machines, sets figures right.
//!
//! Every act is one signed operation that waits in the outbox like any other; the centre judges whether the office may.

mod correct;
mod decide;
mod devices;
mod scope;

pub use correct::{Correct, CorrectRecord};
pub use decide::{Adopt, ReadOffice, Release, Return};
pub use devices::{Invite, ListDevices, Replace, Revoke};
pub(crate) use scope::{Scope, name, option};

use hocvu_model::operation::OfficeDraft;
use hocvu_model::{Finding, FindingCode, text};

use crate::App;
use crate::error::{Error, Result};

/// Pages of this office's own acts that are looked through for what waits to be sent.
pub(crate) const ACTS_MAX: u32 = 500;

/// A text an act cannot do without.
///
/// # Errors
/// [`Error::Invalid`] at `path` when there is none.
pub(crate) fn required(path: &str, code: FindingCode, typed: &str) -> Result<String> {
    let tidy = text::tidy(typed);
    if tidy.is_empty() {
        return Err(Error::Invalid(vec![Finding::new(code, path)]));
    }
    Ok(tidy)
}

/// Appends acts in one transaction and tells the screens.
pub(crate) fn append(app: &App, acts: &[OfficeDraft<'_>]) -> Result<()> {
    app.store()
        .write(|tx| acts.iter().try_for_each(|act| tx.append_office(act).map(drop)))?;
    app.acted();
    Ok(())
}
