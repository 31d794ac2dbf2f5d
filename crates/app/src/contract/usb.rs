use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of `usb.export`: writes a sealed bundle into a folder, e.g. of a USB stick. Exporting never counts as sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsbExportInput {
    /// Where to.
    pub folder: String,
    /// How much.
    pub what: UsbScope,
}

/// How much is exported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UsbScope {
    /// Everything without a receipt.
    #[default]
    Unsent,
    /// Everything saved on a day or later.
    Since {
        /// As typed, like a session's date.
        date: String,
    },
    /// Everything this machine ever saved.
    All,
}

/// Answer of `usb.export`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UsbExportView {
    /// Written, read again and found whole: the stick may be unplugged.
    Done {
        /// The files: one, or several when there is much.
        files: Vec<UsbFile>,
        /// Changes inside.
        operations: u32,
    },
    /// Nothing to write.
    Nothing,
    /// It did not work, and no half file counts: a key `usb_problem_<code>` of the catalogue.
    Problem {
        /// `full`, `unreadable`, `no_folder`, `no_keys`, `damaged`, `bad_date`.
        problem: String,
    },
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsbFile {
    /// Its name.
    pub name: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// Number of the bundle, 32 hex digits; people compare the first eight.
    pub id: String,
}

/// Input of `usb.import`: takes one file, or all `.hvb` and `.hvr` files of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsbImportInput {
    /// A file or a folder.
    pub path: String,
}

/// Answer of `usb.import`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsbImportView {
    /// What became of each file, by name. Empty: there was none.
    pub files: Vec<UsbTaken>,
    /// Why the path could not be read at all: a key `usb_problem_<code>`.
    pub problem: Option<String>,
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsbTaken {
    /// Its name.
    pub name: String,
    /// What became of it.
    pub outcome: UsbOutcome,
}

/// What became of a file that was offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UsbOutcome {
    /// A receipt for this machine: the centre has what the bundle held.
    Receipt {
        /// Changes that got their receipt by it; those known before are not counted.
        operations: u32,
    },
    /// Another machine's bundle: kept here, and sent on when there is a network.
    Carried,
    /// It was taken before.
    Known,
    /// This machine's own bundle: nothing to do.
    Own,
    /// Not taken: a key `usb_problem_<code>`.
    Problem {
        /// `not_a_bundle`, `newer`, `damaged`, `too_large`, `other_place`, `bad_signature`, `old_key`, `unreadable`, `no_keys`.
        problem: String,
    },
}

/// Answer of `usb.list`; topic `usb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsbView {
    /// Changes without a receipt: what `usb.export` would write.
    pub unsent: u32,
    /// Whether the centre's keys are here; without them nothing can be sealed, and one round with a network brings them.
    pub ready: bool,
    /// What this machine wrote, newest first.
    pub exports: Vec<UsbExport>,
    /// Bundles of other machines kept here, newest first.
    pub carried: Vec<UsbCarried>,
    /// The automatic copy.
    pub second_place: SecondPlaceView,
}

/// A bundle this machine wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsbExport {
    /// Number of the bundle.
    pub id: String,
    /// Name of its file.
    pub name: String,
    /// When, RFC 3339.
    pub at: String,
    /// Changes inside.
    pub operations: u32,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// Why it was written.
    pub reason: UsbReason,
    /// When its receipt came back, RFC 3339.
    pub receipt_at: Option<String>,
}

/// Why a bundle was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UsbReason {
    /// A person asked.
    Asked,
    /// The automatic copy in the second place.
    SecondPlace,
}

/// Another machine's bundle on its way through this one. Nothing but number and size is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsbCarried {
    /// Number of the bundle.
    pub id: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// When it came, RFC 3339.
    pub at: String,
    /// How far it is.
    pub state: CarriedState,
}

/// How far a carried bundle is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CarriedState {
    /// Kept until there is a network.
    Waiting,
    /// The centre has it; its receipt is still to be fetched.
    Delivered,
    /// Its receipt is here, to go back on a stick: `usb.receipts`.
    ReceiptHere,
    /// Its receipt was written to a stick.
    Returned,
    /// The centre does not take it: a key `usb_problem_<code>`.
    Refused {
        /// As of [`UsbOutcome::Problem`].
        problem: String,
    },
}

/// Input of `usb.receipts`: writes the receipts that came for carried bundles into a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsbReceiptsInput {
    /// Where to.
    pub folder: String,
}

/// Answer of `usb.receipts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsbReceiptsView {
    /// Names of the files written; their machines take them with `usb.import`.
    pub files: Vec<String>,
    /// Why it did not work: a key `usb_problem_<code>`.
    pub problem: Option<String>,
}

/// Input of `usb.second_place`: where the automatic copy goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SecondPlaceInput {
    /// A folder on another disk, a stick that stays, a shared folder; none switches it off.
    pub folder: Option<String>,
}

/// The automatic copy: a sealed bundle of everything unsent, whenever more than 20 changes, or one older than a day, are in none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SecondPlaceView {
    /// Where to.
    pub folder: Option<String>,
    /// When the last one was written, RFC 3339.
    pub last_at: Option<String>,
    /// Why the last try failed: a key `usb_problem_<code>`.
    pub problem: Option<String>,
}
