//! Child processes that never outlive the one who started them.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::trouble::{Outcome, Trouble};

/// How long a killed process may take to go.
const GOODBYE: Duration = Duration::from_secs(1);

/// A running program. Dropping it ends it and everything it started.
pub struct Running {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Starts a program whose output goes to `<folder>/<name>.log`.
    pub fn start(name: &str, command: &mut Command, folder: &Path) -> Outcome<Running> {
        let log = folder.join(format!("{name}.log"));
        let output = File::options().create(true).append(true).open(&log)?;
        command.stdin(Stdio::null()).stderr(output.try_clone()?).stdout(output);
        Running::adopt(name, command, log)
    }

    /// Starts a program whose standard output the caller reads; only its errors go to the log.
    pub fn start_read(name: &str, command: &mut Command, folder: &Path) -> Outcome<Running> {
        let log = folder.join(format!("{name}.log"));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        Running::adopt(name, command, log)
    }

    fn adopt(name: &str, command: &mut Command, log: PathBuf) -> Outcome<Running> {
        let child = command
            .spawn()
            .map_err(|error| Trouble(format!("{name} ({:?}) does not start: {error}", command.get_program())))?;
        Ok(Running {
            name: name.to_owned(),
            child,
            log,
        })
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it prints, once.
    pub fn output(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }

    /// An error with the end of its log, if it is not running any more.
    pub fn must_run(&mut self) -> Outcome {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(Trouble(format!(
                "{} ended with {status}: {}",
                self.name,
                self.last_words()
            ))),
        }
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> Outcome<std::process::ExitStatus> {
        Ok(self.child.wait()?)
    }

    /// The last lines of its log.
    pub fn last_words(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // From the leaves to the root, so that each parent still takes note of its children's end.
        for process in descendants(self.child.id()).into_iter().rev() {
            kill(process);
            wait_gone(process);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a destructor cannot await; it looks every few milliseconds, briefly"
)]
fn wait_gone(process: u32) {
    let begun = Instant::now();
    while Path::new("/proc").join(process.to_string()).exists() && begun.elapsed() < GOODBYE {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A command that the kernel ends together with this process, however this process ends.
pub fn bound(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if cfg!(target_os = "linux") {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// `kill -9`, at once and without a word to the process.
pub fn kill(process: u32) {
    let _ = Command::new("sh")
        .arg("-c")
        .arg(format!("kill -9 {process}"))
        .stderr(Stdio::null())
        .status();
}

/// Every process below `root`, deepest last.
pub fn descendants(root: u32) -> Vec<u32> {
    let parents = parents();
    let mut found = vec![root];
    let mut at = 0;
    while let Some(&parent) = found.get(at) {
        found.extend(
            parents
                .iter()
                .filter(|(_, of)| *of == parent)
                .map(|(process, _)| *process),
        );
        at += 1;
    }
    found.split_off(1)
}

/// (process, its parent), from `/proc`; empty where there is none.
fn parents() -> Vec<(u32, u32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    processes
        .filter_map(|process| {
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
            // `12 (a name) S 3 …`: the name may hold anything, a closing bracket too.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((process, parent))
        })
        .collect()
}

/// A port nobody listens on now.
pub fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
