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

fn refused(db: &Path, words: &[&str]) -> String {
    let output = command(db, words).output().expect("it runs");
    assert!(!output.status.success(), "{words:?} must be refused");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story")]
fn an_administrator_decides_what_waits() {
    let mut office = Office::open();
    let (mut lan, mut bay) = (office.device(1, "u:1"), office.device(2, "u:1"));
    let made = lan.create(1, "u:1", session(20));
    lan.edit(1, "u:1", made, serde_json::json!({"note": "của Lan"}));
    let (stray, back) = (lan.create(2, "u:9", session(7)), lan.create(3, "u:9", session(8)));
    office.send(lan.frames(64));
    let branch = bay.edit(1, "u:1", made, serde_json::json!({"note": "của Bảy", "start": "08:00"}));
    office.send(bay.frames(64));
    let db = &office.path;
    let record = hocvu_model::RecordId(uuid::Uuid::from_u128(1)).to_string();
    assert_eq!(json(db, &["cases"]).as_array().map(Vec::len), Some(3));
    assert_eq!(json(db, &["cases", "--unit", "u:9"]).as_array().map(Vec::len), Some(2));
    assert!(run(db, &["cases"]).contains("BASE_CHANGED"));

    run(db, &["adopt", &stray.to_string()]);
    run(db, &["return", &back.to_string(), "--reason", "Ghi nhầm ấp"]);
    assert!(refused(db, &["adopt", &bay.op(9).to_string()]).contains("PARENT_MISSING"));
    assert!(refused(db, &["resolve", &record, "--keep", &stray.to_string()]).contains("không phải bản khác"));
    run(
        db,
        &[
            "resolve",
            &record,
            "--keep",
            &branch.to_string(),
            "--set",
            r#"{"note":"cả hai"}"#,
        ],
    );
    assert!(refused(db, &["resolve", &record, "--keep", "head"]).contains("không có bản khác"));
    assert!(refused(db, &["correct", &record, "--set", "x", "--reason", "y"]).contains("JSON"));
    run(
        db,
        &[
            "correct",
            &record,
            "--set",
            r#"{"counts":[{"group":"adult","attended":19}]}"#,
            "--reason",
            "Đếm lại",
        ],
    );
    assert_eq!(
        json(db, &["cases"]).as_array().map(Vec::len),
        Some(1),
        "the act that waits for what never came"
    );
    let history = json(db, &["history", &record]);
    let kinds: Vec<_> = history
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap_or(""))
        .collect();
    assert_eq!(kinds, ["put", "put", "put", "resolve", "correct"]);
    let said = run(db, &["history", &record]);
    assert!(
        said.contains("Lý do: Đếm lại") && said.contains("Lan") && said.contains("conflicted"),
        "{said}"
    );

    let device = bay.id.clone();
    let replaced = json(db, &["device", "replace", &device]);
    assert!(replaced["code"].as_str().is_some_and(|code| code.len() == 11));
    bay.create(4, "u:1", session(3));
    office.core = hocvu_central::Core::open(db, None, office.world.clone()).expect("the same file");
    office.send(bay.frames(64));
    let db = &office.path;
    run(db, &["release", &bay.op(2).to_string()]);
    run(db, &["period", "lock", "--unit", "new:29242", "--month", "2025-12"]);
    lan.create(5, "u:1", session(11));
    office.core = hocvu_central::Core::open(db, None, office.world.clone()).expect("the same file");
    assert_eq!(office.deliver(&lan), "conflicted PERIOD_LOCKED");
    let db = &office.path;
    run(db, &["period", "unlock", "--unit", "new:29242", "--month", "2025-12"]);
    assert_eq!(office.last(&lan), "accepted");
    run(
        db,
        &[
            "unit",
            "merge",
            "u:1",
            "u:2",
            "--into",
            "u:3",
            "--date",
            "2026-01-01",
            "--basis",
            "NQ 1",
            "--name",
            "Ấp Mới",
            "--parent",
            "new:29242",
        ],
    );
    assert!(
        refused(
            db,
            &[
                "unit",
                "merge",
                "u:3",
                "--into",
                "u:1",
                "--date",
                "2026-01-01",
                "--basis",
                "NQ 1"
            ]
        )
        .contains("INVALID")
    );
    assert!(
        run(db, &["figures", "--unit", "u:3"]).contains("33 lượt"),
        "{}",
        run(db, &["figures", "--unit", "u:3"])
    );
    assert!(run(db, &["verify"]).contains("Mọi thứ khớp"));
}

#[test]
fn a_copy_is_put_back_with_one_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = &folder.path().join("c.db");
    let copy = &folder.path().join("copy.db");
    run(db, &["init", "--deployment", "thu"]);
    let epoch = |db: &Path| -> String {
        let db = rusqlite::Connection::open(db).expect("opens");
        db.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0))
            .expect("an epoch")
    };
    std::fs::copy(db, copy).expect("copied");
    let before = epoch(db);
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
    let copy_path = copy.to_str().expect("a plain path");
    assert!(refused(db, &["restore", copy_path]).contains("đang chạy"));
    drop(server);
    std::fs::write(folder.path().join("x"), "no database").expect("written");
    refused(
        db,
        &["restore", folder.path().join("x").to_str().expect("a plain path")],
    );
    assert!(run(db, &["restore", copy_path]).contains("tự gửi lại"));
    let after = epoch(db);
    assert_ne!(before, after);
    run(db, &["epoch", "bump"]);
    assert_ne!(epoch(db), after);
    let kept = std::fs::read_dir(folder.path())
        .expect("a folder")
        .filter_map(Result::ok);
    assert!(
        kept.into_iter()
            .any(|file| file.file_name().to_string_lossy().contains("before-")),
        "the present file is kept"
    );
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
