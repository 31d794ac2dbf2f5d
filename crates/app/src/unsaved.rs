//! What was typed on a screen and not saved yet, kept on the disk so that a power cut takes none of it. A session's form is a
//! draft instead: see [`crate::drafts`].

use hocvu_model::input::integer;
use hocvu_model::{Finding, FindingCode};
use hocvu_store::Unsaved;

use crate::App;
use crate::command::Command;
use crate::contract::{Done, SavedAt, UnsavedDropInput, UnsavedInput, UnsavedListInput, UnsavedListView, UnsavedRow};
use crate::error::{Error, Result};

/// A grid of a large school, every cell typed, is a fifth of it.
const TEXT_MAX: usize = 256 * 1024;
/// Keys are made of uids, days and codes.
const KEY_MAX: usize = 500;

/// `unsaved.keep`
pub struct Keep;

impl Command for Keep {
    const NAME: &'static str = "unsaved.keep";
    type Input = UnsavedInput;
    type Output = SavedAt;

    fn run(app: &App, input: UnsavedInput) -> Result<SavedAt> {
        let UnsavedInput { key, unit, text } = input;
        if key.is_empty() || key.len() > KEY_MAX {
            return Err(Error::BadCall(format!("a key of {} bytes", key.len())));
        }
        if text.len() > TEXT_MAX {
            let finding = Finding::new(FindingCode::TextTooLong, "text")
                .with("length", integer::format(text.len() as u64))
                .with("max", integer::format(TEXT_MAX as u64));
            return Err(Error::Invalid(vec![finding]));
        }
        let at = app.environment().now();
        let kept = Unsaved {
            key,
            unit,
            text,
            at: at.clone(),
        };
        app.keep(&[], |tx| tx.put_unsaved(&kept))?;
        Ok(SavedAt { at })
    }
}

/// `unsaved.list`
pub struct List;

impl Command for List {
    const NAME: &'static str = "unsaved.list";
    type Input = UnsavedListInput;
    type Output = UnsavedListView;

    fn run(app: &App, input: UnsavedListInput) -> Result<UnsavedListView> {
        let kept = app.store().read(|read| read.unsaved(&input.prefix))?;
        let rows = kept
            .into_iter()
            .map(|Unsaved { key, unit: _, text, at }| UnsavedRow { key, text, at });
        Ok(UnsavedListView { kept: rows.collect() })
    }
}

/// `unsaved.drop`
pub struct Drop;

impl Command for Drop {
    const NAME: &'static str = "unsaved.drop";
    type Input = UnsavedDropInput;
    type Output = Done;

    fn run(app: &App, input: UnsavedDropInput) -> Result<Done> {
        app.keep(&[], |tx| tx.drop_unsaved(&input.key))?;
        Ok(Done {})
    }
}
