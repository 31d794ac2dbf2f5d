//! The command line as an operator uses it, the real binary beside a running server.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use common::{Office, session};
use serde_json::Value;

fn command(db: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hocvu-central"));
    command.args(words).arg("--db").arg(db);
    command
}

fn run(db: &Path, words: &[&str]) -> String {
    let output = command(db, words).output().expect("it runs");
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(
        output.status.success(),
        "{words:?}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

fn json(db: &Path, words: &[&str]) -> Value {
    let said = run(db, &[words, &["--json"]].concat());
    serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"))
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn an_operator_does_everything_from_the_command_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = &folder.path().join("c.db");
    let missing = command(db, &["unit", "list"]).output().expect("it runs");
    assert!(!missing.status.success() && String::from_utf8_lossy(&missing.stderr).contains("Không có tệp"));
    run(db, &["init", "--deployment", "thu"]);
    let mut server = command(db, &["serve", "--listen", "127.0.0.1:0"]);
    let mut server = Server(
        server
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts"),
    );
    let mut line = String::new();
    let out = server.0.stdout.take().expect("piped");
    BufReader::new(out).read_line(&mut line).expect("one line when ready");
    let address = line.trim().rsplit("http://").next().expect("an address").to_owned();

    let unit = json(
        db,
        &[
            "unit",
            "add",
            "--parent",
            "new:29242",
            "--level",
            "hamlet",
            "--name",
            "Ấp  Hòa Thuận",
            "--uid",
            "u:1",
        ],
    );
    assert_eq!(unit["name"], "Ấp Hòa Thuận");
    let code = json(db, &["enrol-code", "--unit", "u:1", "--name", "Lan"])["code"]
        .as_str()
        .expect("a code")
        .to_owned();
    let body = format!(r#"{{"code":"{code}"}}"#);
    let mut stream = TcpStream::connect(address).expect("it listens");
    let head =
        "POST /v1/enrol HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ";
    stream
        .write_all(format!("{head}{}\r\n\r\n{body}", body.len()).as_bytes())
        .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(
        answer.contains("Ấp Hòa Thuận"),
        "the server knows the unit and the code: {answer}"
    );

    let under = json(db, &["unit", "list", "--under", "new:29242"]);
    assert_eq!(
        under.as_array().map(Vec::len),
        Some(5),
        "the ward, the three it was made of, the hamlet"
    );
    let refused = command(db, &["enrol-code", "--unit", "u:nowhere"])
        .output()
        .expect("it runs");
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("u:nowhere"));
    assert!(run(db, &["verify"]).contains("Mọi thứ khớp"));
}

#[test]
fn figures_receipts_and_sessions_are_shown() {
    let mut office = Office::open();
    let mut device = office.device(1, "u:1");
    device.open();
    device.create(1, "u:1", session(20));
    device.create(2, "u:1", session(11));
    device.create(3, "u:far", session(5));
    office.send(device.frames(64));
    let db = &office.path;
    let figures = json(db, &["figures", "--unit", "new:29242", "--month", "2025-12"]);
    assert_eq!(
        (&figures["total"]["sessions"], &figures["total"]["attended"]),
        (&2.into(), &31.into())
    );
    assert_eq!(figures["groups"]["adult"]["female"], 15);
    let was = json(db, &["figures", "--unit", "new:86", "--boundaries", "as-was"]);
    assert_eq!(was["total"]["attended"], 31);
    assert_eq!(
        json(db, &["figures", "--unit", "u:1", "--month", "2025-11"])["total"]["sessions"],
        0
    );
    assert!(run(db, &["figures", "--unit", "u:1"]).contains("31 lượt"));

    let log = device.log.to_string();
    let receipt = json(db, &["receipt", "--log", &log]);
    let mut digests = Vec::new();
    device
        .texts
        .iter()
        .for_each(|text| digests.extend(hocvu_model::operation::digest(text)));
    let expected: String = digest(&digests).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(receipt["digest"], expected.as_str());
    assert_eq!(receipt["operations"][3]["c"], "UNIT_UNKNOWN");
    assert!(
        receipt["operations"][1]["receipt"]
            .as_str()
            .expect("text")
            .contains('-')
    );
    assert_eq!(
        json(db, &["sessions", "--unit", "u:1"]).as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(json(db, &["held", "list"])[0]["cause"], "unit:u:far");
    assert_eq!(json(db, &["device", "list"])[0]["operations"], 4);
    run(db, &["device", "revoke", &device.id]);
    assert!(run(db, &["device", "list"]).contains("đã thu hồi"));
    assert!(run(db, &["sessions", "--unit", "u:1"]).contains("20 lượt"));
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).into()
}
