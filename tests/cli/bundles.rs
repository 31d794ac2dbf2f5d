//! Bundles through the programs people start: the command line of the device, and the centre's folder, command line and page.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use hocvu_tests::centre::{COMMUNE, HAMLET};
use hocvu_tests::{Device, Folder, Outcome, Running, Trouble, binary, bound, free_port, until};

const PATIENCE: Duration = Duration::from_secs(60);

/// A centre with a folder for bundles.
struct Dropping {
    folder: PathBuf,
    port: u16,
    _running: Running,
}

impl Dropping {
    async fn up(folder: PathBuf) -> Outcome<Self> {
        std::fs::create_dir_all(&folder)?;
        let port = free_port()?;
        let mut command = bound(binary("hocvu-central")?);
        command.arg("serve").arg("--db").arg(folder.join("centre.db"));
        command.arg("--drop").arg(folder.join("drop"));
        command.args(["--deployment", "vl", "--listen", &format!("127.0.0.1:{port}")]);
        let mut running = Running::start("centre", &mut command, &folder)?;
        until("the centre listens", PATIENCE, async || {
            running.must_run()?;
            Ok(TcpStream::connect(("127.0.0.1", port)).ok().map(drop))
        })
        .await?;
        Ok(Self {
            folder,
            port,
            _running: running,
        })
    }

    fn admin(&self, words: &[&str]) -> Outcome<String> {
        let mut command = Command::new(binary("hocvu-central")?);
        command.args(words);
        if words.get(1) != Some(&"inspect") {
            command.arg("--db").arg(self.folder.join("centre.db"));
        }
        let output = command.output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(Trouble(String::from_utf8_lossy(&output.stderr).into_owned()))
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Head and body of an answer.
    fn http(&self, head: &str, body: &[u8]) -> Outcome<(String, Vec<u8>)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let length = body.len();
        stream
            .write_all(format!("{head}Host: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n").as_bytes())?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .ok_or_else(|| Trouble("no answer".into()))?;
        let body = answer.split_off(end + 4);
        Ok((String::from_utf8_lossy(&answer).into_owned(), body))
    }
}

/// The one file in a folder that ends so.
fn only(folder: &Path, ending: &str) -> Outcome<PathBuf> {
    let found = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let mut found = found.filter(|path| path.to_string_lossy().ends_with(ending));
    found
        .next()
        .ok_or_else(|| Trouble(format!("no {ending} in {}", folder.display())))
}

fn words(path: &Path) -> String {
    path.display().to_string()
}

fn waiting(device: &Device) -> Outcome<u64> {
    Ok(device.state()?["sync"]["waiting"].as_u64().unwrap_or_default())
}

/// Saves a session and exports it to a new stick.
fn exported(device: &Device, folder: &Folder, name: &str, date: &str) -> Outcome<PathBuf> {
    let stick = folder.inside(name)?;
    std::fs::create_dir_all(&stick)?;
    device.run(&[
        "session",
        "add",
        "--date",
        date,
        "--topic",
        "vneid",
        "--count",
        "adult:attended=31,female=18",
    ])?;
    let told = device.run(&["usb", "export", &words(&stick)])?;
    assert!(told.contains("Rút USB được rồi. Xuất chưa phải là đã gửi."), "{told}");
    assert_eq!(waiting(device)?, 1, "exported is not sent");
    Ok(stick)
}

#[tokio::test]
async fn bundles_reach_the_centre_by_its_command_line_its_folder_and_its_page_and_receipts_come_back() -> Outcome {
    let folder = Folder::new()?;
    let centre = Dropping::up(folder.inside("centre")?).await?;
    let (uid, name) = HAMLET;
    centre.admin(&[
        "unit", "add", "--parent", COMMUNE, "--level", "hamlet", "--name", name, "--uid", uid,
    ])?;
    let code: serde_json::Value =
        serde_json::from_str(&centre.admin(&["enrol-code", "--unit", uid, "--role", "team", "--json"])?)?;
    let device = Device::new(folder.inside("device")?);
    device.enrol(code["code"].as_str().unwrap_or_default(), &centre.url(), "Lan")?;
    assert!(centre.admin(&["keys", "show"])?.contains("Bản 1"));
    assert!(only(&centre.folder, ".root.key").is_ok(), "to be taken away");

    let stick = exported(&device, &folder, "by-command", "20/11/2025")?;
    let bundle = words(&only(&stick, ".hvb")?);
    assert!(centre.admin(&["bundle", "inspect", &bundle])?.contains("SHA-256"));
    for told in ["đã nhận gói", "đã nhận từ trước gói"] {
        let said = centre.admin(&["bundle", "take", &bundle, "--receipts", &words(&stick)])?;
        assert!(said.contains(told) && said.contains("2 thao tác"), "{said}");
    }
    let told = device.run(&["usb", "import", &words(&stick)])?;
    assert!(told.contains("máy chủ đã nhận thêm 2 thay đổi"), "{told}");
    assert_eq!(waiting(&device)?, 0);

    let stick = exported(&device, &folder, "by-folder", "21/11/2025")?;
    let dropped = centre.folder.join("drop");
    std::fs::copy(only(&stick, ".hvb")?, dropped.join("tu-usb.hvb"))?;
    std::fs::write(dropped.join("ảnh.hvb"), vec![b'x'; 5_000])?;
    until("both files were dealt with", PATIENCE, async || {
        let done = dropped.join("done/tu-usb.hvb").exists() && dropped.join("refused/ảnh.hvb").exists();
        Ok(done.then_some(()))
    })
    .await?;
    let reason = std::fs::read_to_string(dropped.join("refused/ảnh.txt"))?;
    assert!(reason.contains("không phải gói"), "{reason}");
    let told = device.run(&["usb", "import", &words(&dropped.join("done/tu-usb.hvr"))])?;
    assert!(told.contains("thêm 1 thay đổi"), "{told}");

    let stick = exported(&device, &folder, "by-page", "22/11/2025")?;
    let (head, page) = centre.http("GET /bundles HTTP/1.1\r\n", b"")?;
    let page = String::from_utf8_lossy(&page).into_owned();
    assert!(page.contains("<form") && !page.contains("<script") && head.contains("default-src 'none'"));
    let mut form = b"--x\r\nContent-Disposition: form-data; name=\"goi\"; filename=\"a<b>.hvb\"\r\n\r\n".to_vec();
    form.extend(std::fs::read(only(&stick, ".hvb")?)?);
    form.extend(b"\r\n--x\r\nContent-Disposition: form-data; name=\"goi\"; filename=\"khac.hvb\"\r\n\r\n");
    form.extend(b"not a bundle at all");
    form.extend(b"\r\n--x--\r\n");
    let post = "POST /bundles HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n";
    let page = String::from_utf8_lossy(&centre.http(post, &form)?.1).into_owned();
    assert!(
        page.contains("Máy chủ đã nhận gói") && page.contains("không phải gói"),
        "{page}"
    );
    assert!(page.contains("a&#60;b&#62;.hvb"), "a name is only text: {page}");
    let link = page
        .split("href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default();
    let (_, receipt) = centre.http(&format!("GET {link} HTTP/1.1\r\n"), b"")?;
    let file = stick.join("tai-ve.hvr");
    std::fs::write(&file, receipt)?;
    let told = device.run(&["usb", "import", &words(&file)])?;
    assert!(told.contains("thêm 1 thay đổi"), "{told}");
    assert_eq!(
        waiting(&device)?,
        0,
        "three sessions arrived without the device ever syncing"
    );

    salvaged_adds_nothing(&device, &centre, &folder.inside("salvage")?)
}

/// Everything the machine still has, taken as a bundle, changes no figure.
fn salvaged_adds_nothing(device: &Device, centre: &Dropping, to: &Path) -> Outcome {
    std::fs::create_dir_all(to)?;
    let told = device.run(&["salvage", &words(to)])?;
    assert!(told.contains("Cứu được 4 thay đổi"), "{told}");
    let said = centre.admin(&["bundle", "take", &words(&only(to, ".hvb")?)])?;
    assert!(said.contains("4 thao tác"), "{said}");
    let figures: serde_json::Value = serde_json::from_str(&centre.admin(&["figures", "--unit", HAMLET.0, "--json"])?)?;
    assert_eq!(figures["total"]["sessions"], 3, "however often it comes: {figures}");
    let verified = centre.admin(&["verify"]);
    assert!(verified.is_ok(), "{verified:?}");
    Ok(())
}
