//! A device without a window: the command line on a data folder.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::places::binary;
use crate::trouble::{Outcome, Trouble};

/// A data folder and the command line that works on it.
pub struct Device {
    data: PathBuf,
}

impl Device {
    /// On a data folder, which need not exist.
    pub fn new(data: impl Into<PathBuf>) -> Device {
        Device { data: data.into() }
    }

    /// Enrols it with a code.
    pub fn enrol(&self, code: &str, centre: &str, name: &str) -> Outcome<String> {
        self.run(&["enrol", "--code", code, "--centre", centre, "--name", name])
    }

    /// The state of the app, as its screens get it.
    pub fn state(&self) -> Outcome<Value> {
        Ok(serde_json::from_str(&self.run(&["status", "--json"])?)?)
    }

    /// Runs `hocvu-cli` and returns what it printed.
    pub fn run(&self, words: &[&str]) -> Outcome<String> {
        let output = Command::new(binary("hocvu-cli")?)
            .arg("--data")
            .arg(&self.data)
            .args(words)
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Trouble(format!(
            "hocvu-cli {} ended with {}: {said}",
            words.join(" "),
            output.status
        )))
    }
}
