//! A real PostgreSQL of its own: made in a temporary folder, reached through a socket there, gone when dropped.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A running server.
pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
}

impl Postgres {
    /// Makes and starts one. Panics, saying why, where PostgreSQL is not installed: a test that needs it must not pass without.
    pub fn start() -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new()
            .prefix("pg-") // The path of a socket has at most 107 bytes.
            .tempdir()
            .expect("a folder");
        let server = Self { folder, programs };
        give_away(server.folder.path());
        server.run(
            "initdb",
            &[
                "--auth=trust",
                "--username=hocvu",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            ],
        );
        let options = format!(
            "-c listen_addresses= -c fsync=off -k {}",
            server.folder.path().display()
        );
        // Waits until the server answers; its output goes to a file, or the pipe would keep us waiting for its end.
        let log = server.folder.path().join("log").display().to_string();
        server.run(
            "pg_ctl",
            &["start", "--wait", "--silent", "--log", &log, "--options", &options],
        );
        server
    }

    /// How to connect to its only database.
    pub fn url(&self) -> String {
        format!("host={} user=hocvu dbname=postgres", self.folder.path().display())
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let done = as_nobody_special(&self.programs.join(program))
            .args(arguments)
            .args(["--pgdata", &self.data()])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .expect("PostgreSQL's programs start");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{program}: {said}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.run("pg_ctl", &["stop", "--wait", "--silent", "--mode=immediate"]);
    }
}

/// Debian keeps the server's programs out of the path, one folder for each version.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .max()
        .expect("PostgreSQL is installed (package postgresql)")
}

/// PostgreSQL refuses to run as root: then it runs as the user its package made.
fn as_nobody_special(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"])
        .arg(program);
    command
}

fn give_away(folder: &Path) {
    if is_root() {
        let done = Command::new("chown").arg("postgres:postgres").arg(folder).status();
        assert!(done.is_ok_and(|status| status.success()), "the folder changes hands");
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    id.stdout.trim_ascii() == b"0"
}
