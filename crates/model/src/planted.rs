//! Bugs planted on purpose, to see that the simulator catches them. Compiled only with the feature `planted`, which nothing
//! that ships turns on; without it the code that asks is not there either.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Which bug is planted: its place in [`BUGS`], counted from 1; 0 for none.
static PLANTED: AtomicUsize = AtomicUsize::new(0);

macro_rules! bugs {
    ($($(#[$doc:meta])* $bug:ident = $name:literal,)+) => {
        /// A bug somebody could have written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Bug {
            $($(#[$doc])* $bug,)+
        }

        /// Every bug.
        pub const BUGS: &[Bug] = &[$(Bug::$bug),+];

        impl Bug {
            /// Its name on a command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$bug => $name,)+ }
            }
        }
    };
}

bugs! {
    /// The centre answers before its disk has the work.
    AckBeforeCommit = "ack-before-commit",
    /// The device says "saved" before its disk has it.
    SavedBeforeSynced = "saved-before-synced",
    /// What left is taken for what arrived.
    LostAnswerIsSent = "lost-answer-is-sent",
    /// An operation delivered again gets a receipt of its own.
    DuplicateIsNew = "duplicate-is-new",
    /// What waits for an operation is not judged again when that arrives.
    HeldForgotten = "held-forgotten",
    /// The base is not looked at: the last writer wins.
    LastWriterWins = "last-writer-wins",
    /// Where to go on in the feed is stored before the rows.
    CursorBeforeRows = "cursor-before-rows",
    /// A full page's cursor passes over one number.
    CursorSkipsOne = "cursor-skips-one",
    /// States of a record are compared the wrong way: the older one stays on the device.
    OlderWins = "older-wins",
    /// What a restored centre lost is not offered again.
    ReofferForgets = "reoffer-forgets",
    /// A frame is written from what was read instead of what was saved.
    FrameRewritten = "frame-rewritten",
    /// The clock of a device decides what becomes of its work.
    ClockDecides = "clock-decides",
    /// Only the unit an operation names is looked at, not the one its record is in.
    RecordScopeUnchecked = "record-scope-unchecked",
    /// A cursor of another epoch is still good.
    EpochIgnored = "epoch-ignored",
    /// A void session still counts.
    VoidCounted = "void-counted",
    /// Two changes of the same fields are merged.
    SameGroupMerged = "same-group-merged",
    /// What a revoked device sends is applied.
    RevokedApplied = "revoked-applied",
    /// The feed shows every unit to everybody.
    FeedLeaks = "feed-leaks",
    /// After a mistake, what the same machine writes next is refused too.
    MistakeStopsLog = "mistake-stops-log",
    /// What was written to a stick is taken for what arrived.
    ExportedCountsAsSent = "exported-counts-as-sent",
    /// What lost its number to another is marked as said again, and is not.
    MovedCountsAsSaid = "moved-counts-as-said",
    /// A unit is declared void though somebody recorded there.
    UnitVoidOverRecords = "unit-void-over-records",
    /// What waits for a unit is not judged again when that is said.
    UnitBackForgotten = "unit-back-forgotten",
}

/// Plants a bug in this process, or none.
pub fn plant(bug: Option<Bug>) {
    let place = bug.and_then(|bug| BUGS.iter().position(|known| *known == bug));
    PLANTED.store(place.map_or(0, |place| place + 1), Ordering::SeqCst);
}

/// Whether this bug is planted.
pub fn is(bug: Bug) -> bool {
    let place = PLANTED.load(Ordering::Relaxed);
    place.checked_sub(1).and_then(|place| BUGS.get(place)) == Some(&bug)
}
