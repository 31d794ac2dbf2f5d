//! Feeds the fold with stored operations, wherever they are stored: the file of the centre or its mirror (I8).

use std::collections::HashMap;

use hocvu_model::ids::OperationId;
use hocvu_model::operation::Kind;
use hocvu_wire::batch::Verdict;

use crate::directory::Directory;
use crate::fold::{Fold, Judged};
use crate::judge::State;
use crate::reading::{self, Office, Reading};

/// What is stored about one operation beside its text.
pub(crate) struct Told {
    /// When it took effect.
    pub feed: u64,
    /// Its arrival number.
    pub fseq: u64,
    /// Its id.
    pub id: OperationId,
    /// The verdict.
    pub verdict: String,
    /// Its code.
    pub code: Option<String>,
    /// Weight of its author's word.
    pub rank: u8,
    /// Number of the device that wrote it.
    pub device: i64,
    /// The act that took it over, and where it was placed.
    pub adopted: Option<(u64, Option<String>)>,
}

/// A fold in the making.
pub(crate) struct Refold<'a> {
    fold: Fold,
    adopts: HashMap<u64, Office>,
    directory: &'a Directory,
    strict_from: u64,
}

impl<'a> Refold<'a> {
    /// Nothing yet. Up to the feed number `strict_from` operations were judged before bases were compared by id.
    pub fn new(directory: &'a Directory, strict_from: u64) -> Self {
        Self {
            fold: Fold::default(),
            adopts: HashMap::new(),
            directory,
            strict_from,
        }
    }

    /// Adds one operation, in the order they took effect.
    ///
    /// # Errors
    /// What is wrong with its verdict.
    pub fn add(&mut self, told: &Told, text: &str) -> Result<(), &'static str> {
        let today = chrono::NaiveDate::MIN; // Only warnings depend on it.
        let reading = reading::read(text, self.directory, today).reading;
        let verdict = Verdict::parse(&told.verdict).ok_or("no verdict of this version")?;
        let counts = matches!(verdict, Verdict::Accepted | Verdict::Merged | Verdict::Conflicted);
        let act = match reading {
            Reading::Office(office) if verdict == Verdict::Accepted && office.kind == Kind::Adopt => {
                self.adopts.insert(told.fseq, *office);
                return Ok(());
            }
            Reading::Act(act) if counts => act,
            _ => return Ok(()),
        };
        let judged = Judged {
            id: told.id,
            device: told.device,
            feed: told.feed,
            rank: told.rank,
            verdict,
            code: told.code.as_deref(),
            placed: self.placed(told)?,
            lenient: told.feed <= self.strict_from,
        };
        let directory = self.directory;
        self.fold.add(&judged, &act, &|state| is_valid(state, directory))
    }

    /// What all of them add up to.
    pub fn into_fold(self) -> Fold {
        self.fold
    }

    /// Where an officer placed it, if one took it over.
    fn placed<'t>(&self, told: &'t Told) -> Result<Option<&'t str>, &'static str> {
        let Some((by, unit)) = &told.adopted else {
            return Ok(None);
        };
        let act = self.adopts.get(by).ok_or("taken over by no act of an officer")?;
        let said = act.unit.as_ref().map(|unit| unit.as_str());
        if !act.cites.contains(&told.id) || said != unit.as_deref() {
            return Err("not taken over as the officer said");
        }
        Ok(unit.as_deref())
    }
}

/// Whether the rules allow the state.
fn is_valid(state: &State, directory: &Directory) -> bool {
    let body = serde_json::Value::Object(state.body.clone()).to_string();
    let checked = reading::check(state.kind, &body, Some(&state.unit), directory, chrono::NaiveDate::MIN);
    checked.is_some_and(|checked| checked.record.is_some())
}
