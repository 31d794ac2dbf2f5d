//! One PC: a data folder, and at most one `hocvu-cli` at a time on it.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::bound;
use crate::trouble::{Outcome, Trouble};

/// What the program says once a session is saved.
const SAVED: &str = "Đã lưu trên máy buổi";

/// A PC.
pub(super) struct Machine {
    program: PathBuf,
    data: PathBuf,
    /// Its unit.
    pub unit: &'static str,
    /// Its number at the centre.
    pub device: i64,
    running: Option<(Doing, Child, Instant)>,
}

/// What its program is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doing {
    /// Saving the session with this note.
    Saving(String),
    /// A round with the centre.
    Syncing,
}

/// How it ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// What it did.
    pub doing: Doing,
    /// Whether it ended by itself, and well.
    pub well: bool,
    /// Whether it said that the session is saved.
    pub said_saved: bool,
    /// How long it ran.
    pub took: Duration,
}

impl Machine {
    pub fn new(program: PathBuf, data: PathBuf, unit: &'static str) -> Self {
        Self {
            program,
            data,
            unit,
            device: 0,
            running: None,
        }
    }

    /// Saves a session: the date and these figures, named by its note.
    pub fn save(&mut self, note: &str, attended: u64, female: u64) -> Outcome {
        let count = format!("adult:attended={attended},female={female}");
        let day = format!("{:02}/11/2025", 1 + attended % 20);
        let words = [
            "session", "add", "--date", &day, "--topic", "vneid", "--note", note, "--count", &count,
        ];
        self.start(Doing::Saving(note.to_owned()), &words)
    }

    /// Begins a round with the centre.
    pub fn sync(&mut self) -> Outcome {
        self.start(Doing::Syncing, &["sync"])
    }

    /// Whether its program runs.
    pub fn is_running(&mut self) -> bool {
        match &mut self.running {
            Some((_, child, _)) => matches!(child.try_wait(), Ok(None)),
            None => false,
        }
    }

    /// What its program does or has just done.
    pub fn doing(&self) -> Option<&Doing> {
        self.running.as_ref().map(|(doing, ..)| doing)
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some((_, child, _)) = &mut self.running {
            drop(child.kill());
        }
    }

    /// How its program ended, once it has.
    pub fn ended(&mut self) -> Outcome<Option<Ended>> {
        let Some((_, child, began)) = &mut self.running else {
            return Ok(None);
        };
        let Some(status) = child.try_wait()? else {
            return Ok(None);
        };
        let took = began.elapsed();
        let mut said = String::new();
        if let Some(output) = &mut child.stdout {
            // Whatever reached the pipe before the kill was read by a person.
            drop(output.read_to_string(&mut said));
        }
        let doing = match self.running.take() {
            Some((doing, ..)) => doing,
            None => Doing::Syncing,
        };
        Ok(Some(Ended {
            well: status.success(),
            said_saved: said.contains(SAVED),
            doing,
            took,
        }))
    }

    /// Runs a command to its end and returns what it printed.
    pub fn told(&self, words: &[&str]) -> Outcome<String> {
        let output = self.command(words).stderr(Stdio::piped()).output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Trouble(format!("hocvu-cli {}: {}", words.join(" "), said.trim())))
    }

    /// The same, as JSON.
    pub fn json(&self, words: &[&str]) -> Outcome<Value> {
        Ok(serde_json::from_str(&self.told(words)?)?)
    }

    fn start(&mut self, doing: Doing, words: &[&str]) -> Outcome {
        let child = self.command(words).stderr(Stdio::null()).spawn()?;
        self.running = Some((doing, child, Instant::now()));
        Ok(())
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = bound(&self.program);
        command.arg("--data").arg(&self.data).args(words);
        command
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("HOCVU_PLANTED", "early-saved");
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.kill();
        if let Some((_, child, _)) = &mut self.running {
            drop(child.wait());
        }
    }
}
