use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Preferences of this machine. All fields have defaults, so an old file stays readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// 90, 100, 110, 125 or 150.
    pub font_percent: u32,
    /// `light`, `dark`, `contrast`.
    pub theme: String,
    /// `vi` or `en`.
    pub language: String,
    /// Fields kept for the next session: `topics`, `form`, `venue`, `facilitators`, `duration_minutes`, `language`.
    pub pinned: Vec<String>,
    /// Whether the engine sends by itself when a link appears.
    pub auto_send: bool,
    /// When photos are sent.
    pub photos: super::PhotoSending,
    /// Target groups shown as rows of the counts grid.
    pub groups: Vec<String>,
    /// Columns of the counts grid beside `attended`.
    pub columns: Vec<String>,
    /// Folders bundles were last written to or read from, newest first.
    pub usb_folders: Vec<String>,
    /// Whether the three coach lines of the start page were dismissed.
    pub coached: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
        Self {
            font_percent: 100,
            theme: "light".into(),
            language: "vi".into(),
            pinned: list(&[
                "topics",
                "form",
                "venue",
                "facilitators",
                "duration_minutes",
                "language",
            ]),
            auto_send: true,
            photos: super::PhotoSending::On,
            groups: list(&["adult", "worker_enterprise", "worker_coop", "public_sector"]),
            columns: list(&["female", "khmer", "elderly", "poor", "first_time", "completed"]),
            usb_folders: Vec::new(),
            coached: false,
        }
    }
}
