use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Settings, SyncStatus, UnitOption};

/// What the whole window hangs on; topic `state`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AppState {
    /// Which screen family to show.
    pub phase: Phase,
    /// The unit this machine writes for.
    pub unit: Option<UnitOption>,
    /// Who is using it.
    pub user: Option<String>,
    /// `team`, `school`, `commune`, `area`, `province`.
    pub role: Option<String>,
    /// Whether the centre granted an officer's role: the screens of an office are shown.
    pub officer: bool,
    /// Where the key of the data file lies; the app says it openly.
    pub key_storage: KeyStorage,
    /// The folder of the data file.
    pub data_dir: String,
    /// Of the program.
    pub version: String,
    /// Version string of SQLite inside.
    pub sqlite_version: String,
    /// Result of the integrity check at start: empty when sound, else what is damaged.
    pub integrity: String,
    /// Preferences.
    pub settings: Settings,
    /// Sync in one glance.
    pub sync: SyncStatus,
    /// When something was last saved, RFC 3339.
    pub saved_at: Option<String>,
}

/// Whose work is tried with made-up data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SampleWhat {
    /// A team's: one hamlet.
    #[default]
    Hamlet,
    /// An officer's: a commune with its hamlets and schools.
    Commune,
}

/// Input of `sample.start`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SampleInput {
    /// Which sample; the hamlet's when not said.
    #[serde(default)]
    pub what: SampleWhat,
}

/// Which screen family the window shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Neither enrolled nor in sample mode.
    FirstStart,
    /// Sample data: nothing can be sent.
    Sample,
    /// Enrolled.
    Ready,
}

/// Where the 32-byte key of the data file lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum KeyStorage {
    /// The operating system's secret store.
    SecretStore,
    /// A file only this user can read, since the system has no secret store.
    File {
        /// Its path.
        path: String,
    },
}
