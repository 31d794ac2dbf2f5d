//! Running other programs, in sight of the person who waits.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{At, Failure, Result};

/// One program to run.
pub struct Shell {
    command: Command,
}

impl Shell {
    /// Names the program.
    pub fn new(program: impl AsRef<OsStr>) -> Shell {
        let mut command = Command::new(program);
        // Output is read line by line here, so programs would think nobody is looking.
        if io::stdout().is_terminal() {
            command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
        }
        Shell { command }
    }

    /// Adds one argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Shell {
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Shell {
        self.command.args(arguments);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Shell {
        self.command.env(name, value);
        self
    }

    /// Takes a variable away.
    pub fn without(mut self, name: &str) -> Shell {
        self.command.env_remove(name);
        self
    }

    /// Runs it in a folder.
    pub fn within(mut self, folder: &Path) -> Shell {
        self.command.current_dir(folder);
        self
    }

    /// Shows the command and runs it; its output goes straight to the person.
    pub fn run(self) -> Result {
        println!("  $ {}", self.line());
        self.run_silently()
    }

    /// Runs it and says nothing beside it.
    pub fn run_silently(mut self) -> Result {
        let status = self.command.status().at(self.line())?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure(format!("`{}` ended with {status}", self.line())))
        }
    }

    /// Shows the command and runs it; every line of its standard output is shown and told to `hear`.
    pub fn run_hearing(mut self, mut hear: impl FnMut(&str)) -> Result {
        println!("  $ {}", self.line());
        let mut child = self.command.stdout(Stdio::piped()).spawn().at(self.line())?;
        forward(&mut child, &mut hear).at(self.line())?;
        let status = child.wait().at(self.line())?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure(format!("`{}` ended with {status}", self.line())))
        }
    }

    /// Runs it quietly and returns its standard output.
    pub fn capture(mut self) -> Result<String> {
        let output = self
            .command
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .at(self.line())?;
        if !output.status.success() {
            return Err(Failure(format!("`{}` ended with {}", self.line(), output.status)));
        }
        String::from_utf8(output.stdout).at(self.line())
    }

    /// Runs it with nothing shown, and returns its standard output if it ended well.
    pub fn capture_quietly(mut self) -> Option<String> {
        let output = self.command.stdin(Stdio::null()).output().ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The command as a person would type it.
    fn line(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        words
            .map(|word| quote(&word.to_string_lossy()))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Does a piece of work, saying when it begins and how long it took.
pub fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("\n▶ {what}");
    let begun = Instant::now();
    let result = work();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    println!("{mark} {what}: {}", spoken(begun.elapsed()));
    result
}

/// `0.4 s`, `12 s`, `3 min 05 s`.
pub fn spoken(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// Whether a program can be found.
pub fn exists(program: &str) -> bool {
    let name: OsString = format!("{program}{}", std::env::consts::EXE_SUFFIX).into();
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(&name).is_file()))
}

fn forward(child: &mut Child, hear: &mut impl FnMut(&str)) -> io::Result<()> {
    let Some(output) = child.stdout.take() else {
        return Ok(());
    };
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let mut shown = io::stdout().lock();
        shown.write_all(&line)?;
        shown.flush()?;
        hear(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(())
}

fn quote(word: &str) -> String {
    if word.is_empty() || word.contains([' ', '*', '$', '"']) {
        format!("'{word}'")
    } else {
        word.to_owned()
    }
}
