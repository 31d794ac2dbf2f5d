//! The centre as a process: one SQLite file, one port, up or down.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::places::binary;
use crate::process::{Running, bound, free_port};
use crate::trouble::{Outcome, Trouble, until};

/// The commune the hamlets of tests lie in: Xã Long Hòa.
pub const COMMUNE: &str = "new:29413";
const START: Duration = Duration::from_secs(30);

/// The hamlet of most tests.
pub const HAMLET: (&str, &str) = ("u:hoa-thuan", "Ấp Hòa Thuận");

/// A centre that keeps its file and its port while it is down.
pub struct Centre {
    folder: PathBuf,
    port: u16,
    running: Option<Running>,
}

impl Centre {
    /// A centre on loopback that keeps everything in `folder`; not up yet.
    pub fn new(folder: PathBuf) -> Outcome<Centre> {
        Centre::at(folder, free_port()?)
    }

    /// The same on a chosen port.
    pub fn at(folder: PathBuf, port: u16) -> Outcome<Centre> {
        std::fs::create_dir_all(&folder)?;
        Ok(Centre {
            folder,
            port,
            running: None,
        })
    }

    /// Where devices find it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts it and waits until it is healthy.
    pub async fn up(&mut self) -> Outcome {
        let mut command = bound(binary("hocvu-central")?);
        command
            .arg("serve")
            .arg("--db")
            .arg(self.file())
            .args(["--deployment", "vl"]);
        command.arg("--listen").arg(format!("127.0.0.1:{}", self.port));
        let mut running = Running::start("centre", &mut command, &self.folder)?;
        until("the centre is healthy", START, async || {
            running.must_run()?;
            Ok(self.healthy().then_some(()))
        })
        .await?;
        self.running = Some(running);
        Ok(())
    }

    /// Ends it at once; its file stays.
    pub fn down(&mut self) {
        self.running = None;
    }

    /// Whether it was started and not ended since.
    pub fn is_up(&self) -> bool {
        self.running.is_some()
    }

    /// Its file.
    pub fn database(&self) -> PathBuf {
        self.file()
    }

    /// Proves the file: every signature, every fold, the audit chain.
    pub fn verify(&self) -> Outcome {
        self.admin(&["verify"]).map(drop)
    }

    /// Makes a hamlet of [`COMMUNE`].
    pub fn add_hamlet(&self, uid: &str, name: &str) -> Outcome {
        self.add_unit(uid, name, COMMUNE)
    }

    /// Makes a hamlet of any commune.
    pub fn add_unit(&self, uid: &str, name: &str, commune: &str) -> Outcome {
        self.admin(&[
            "unit", "add", "--parent", commune, "--level", "hamlet", "--name", name, "--uid", uid,
        ])
        .map(drop)
    }

    /// A code for one machine of a unit, as its user gets it: `K7M2Q-9XD4T`.
    pub fn enrol_code(&self, unit: &str, name: &str) -> Outcome<String> {
        self.code_for_role(unit, "team", name)
    }

    /// A code for the machine of an officer of [`COMMUNE`].
    pub fn officer_code(&self, name: &str) -> Outcome<String> {
        self.code_for_role(COMMUNE, "commune", name)
    }

    fn code_for_role(&self, unit: &str, role: &str, name: &str) -> Outcome<String> {
        let said = self.admin(&["enrol-code", "--unit", unit, "--role", role, "--name", name, "--json"])?;
        let said: Value = serde_json::from_str(&said)?;
        said["code"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| Trouble(format!("no code in {said}")))
    }

    /// The figures the centre has of a unit.
    pub fn figures(&self, unit: &str) -> Outcome<Value> {
        Ok(serde_json::from_str(
            &self.admin(&["figures", "--unit", unit, "--json"])?,
        )?)
    }

    /// How a unit stands at the centre against a target on a day (ISO).
    pub fn progress(&self, unit: &str, code: &str, as_of: &str) -> Outcome<Value> {
        let words = progress_of(unit, code, as_of);
        Ok(serde_json::from_str(&self.admin(&[&words[..], &["--json"]].concat())?)?)
    }

    /// The same as it is printed for people.
    pub fn progress_printed(&self, unit: &str, code: &str, as_of: &str) -> Outcome<String> {
        self.admin(&progress_of(unit, code, as_of))
    }

    fn admin(&self, words: &[&str]) -> Outcome<String> {
        let output = Command::new(binary("hocvu-central")?)
            .args(words)
            .arg("--db")
            .arg(self.file())
            .output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Trouble(format!(
            "hocvu-central {} ended with {}: {said}",
            words.join(" "),
            output.status
        )))
    }

    /// Its database.
    pub fn file(&self) -> PathBuf {
        self.folder.join("centre.db")
    }

    fn healthy(&self) -> bool {
        let ask = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }
}

fn progress_of<'a>(unit: &'a str, code: &'a str, as_of: &'a str) -> [&'a str; 9] {
    [
        "progress", "--unit", unit, "--code", code, "--year", "2025", "--as-of", as_of,
    ]
}
