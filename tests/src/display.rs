//! A display nobody sees.

use std::io::{BufRead, BufReader};
use std::path::Path;

use crate::process::{Running, bound};
use crate::trouble::{Outcome, Trouble};

/// The commonest screen of the users' PCs.
const SCREEN: &str = "1366x768x24";

/// An X server of its own for one test.
pub struct Display {
    name: String,
    _server: Running,
}

impl Display {
    /// Starts it and waits until it takes windows; it chooses a number nobody uses.
    pub fn start(logs: &Path) -> Outcome<Display> {
        let mut command = bound("Xvfb");
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            SCREEN,
            "-nolisten",
            "tcp",
            "-noreset",
        ]);
        let mut server = Running::start_read("xvfb", &mut command, logs)?;
        let mut number = String::new();
        if let Some(output) = server.output() {
            BufReader::new(output).read_line(&mut number)?;
        }
        match number.trim() {
            "" => Err(Trouble(format!("Xvfb does not start: {}", server.last_words()))),
            number => Ok(Display {
                name: format!(":{number}"),
                _server: server,
            }),
        }
    }

    /// For `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }
}
