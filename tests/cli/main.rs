//! The command line and the centre as people start them: real programs, real files, a real port.

mod bundles;
mod figures;
mod photos;

use std::fmt::Write;
use std::process::{Command, Output};

use hocvu_tests::{Centre, Folder, Outcome, binary};
use serde_json::Value;

const HEADER: &str = "id,unit,date,start,duration_minutes,form,topics,venue,facilitators,language,note,target_group,attended,female,ethnic_minority,khmer,elderly,disabled,poor,first_time,assessed,completed";

/// A data folder and the command line on it.
struct Cli {
    data: std::path::PathBuf,
}

impl Cli {
    fn run(&self, words: &[&str]) -> Outcome<Output> {
        let mut command = Command::new(binary("hocvu-cli")?);
        command
            .arg("--data")
            .arg(&self.data)
            .args(words)
            .env_remove("DBUS_SESSION_BUS_ADDRESS");
        Ok(command.output()?)
    }

    /// What it printed; it must have ended well.
    fn told(&self, words: &[&str]) -> Outcome<String> {
        let output = self.run(words)?;
        assert!(
            output.status.success(),
            "{words:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Why it did not do it; it must have ended badly and said something.
    fn refused(&self, words: &[&str]) -> Outcome<String> {
        let output = self.run(words)?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && !said.is_empty(),
            "{words:?} must be refused with a sentence"
        );
        Ok(said)
    }

    fn json(&self, words: &[&str]) -> Outcome<Value> {
        Ok(serde_json::from_str(&self.told(words)?)?)
    }
}

async fn enrolled(folder: &Folder) -> Outcome<(Centre, Cli)> {
    let mut centre = Centre::new(folder.inside("centre")?)?;
    centre.up().await?;
    let (uid, name) = hocvu_tests::centre::HAMLET;
    centre.add_hamlet(uid, name)?;
    let code = centre.enrol_code(uid, "Lan")?;
    let cli = Cli {
        data: folder.inside("device")?,
    };
    let told = cli.told(&["enrol", "--code", &code, "--centre", &centre.url(), "--name", "Lan"])?;
    assert_eq!(told.trim(), format!("Đã kích hoạt cho {name}."));
    Ok((centre, cli))
}

#[tokio::test]
async fn a_session_goes_from_the_command_line_to_the_centre_with_a_receipt() -> Outcome {
    let folder = Folder::new()?;
    let (mut centre, cli) = enrolled(&folder).await?;
    centre.down();
    let add = [
        "session",
        "add",
        "--date",
        "21/11/2025",
        "--topic",
        "vneid",
        "--count",
        "adult:attended=31,female=18",
    ];
    assert!(
        cli.told(&add)?
            .contains("Đã lưu trên máy buổi 21/11/2025: 31 lượt người")
    );
    assert!(
        cli.refused(&["sync"])?.contains("Chưa có mạng"),
        "no link is said in words"
    );
    assert_eq!(
        cli.json(&["status", "--json"])?["sync"]["waiting"],
        1,
        "nothing was lost"
    );

    centre.up().await?;
    assert!(cli.told(&["sync"])?.contains("0 còn chờ"));
    let receipt = cli.json(&["receipt", "--json"])?;
    assert_eq!(
        (&receipt["sessions"], &receipt["attended"], &receipt["waiting"]),
        (&1.into(), &31.into(), &0.into())
    );
    let printed = cli.told(&["receipt"])?;
    assert!(printed.contains("1 buổi, 31 lượt"), "{printed}");
    let figures = centre.figures(hocvu_tests::centre::HAMLET.0)?;
    assert_eq!(
        (&figures["total"]["sessions"], &figures["total"]["attended"]),
        (&1.into(), &31.into()),
        "{figures}"
    );
    Ok(())
}

#[tokio::test]
async fn bad_input_is_told_in_one_sentence_per_field() -> Outcome {
    let folder = Folder::new()?;
    let (_centre, cli) = enrolled(&folder).await?;
    let add = |extra: &[&str]| {
        let mut words = vec!["session", "add", "--date", "21/11/2025", "--topic", "vneid"];
        words.extend(extra);
        cli.refused(&words)
    };
    for (words, told) in [
        (
            &["--count", "adult:attended=22,female=25"][..],
            "Nữ (25) lớn hơn tổng số (22)",
        ),
        (&["--count", "adult:attended=-3"], "Số người không thể nhỏ hơn 0"),
        (&["--count", "adult:attended=1.5"], "Số người phải là số nguyên"),
        (
            &["--count", "adult:attended=3", "--unit", "u:khong-co"],
            "Không có đơn vị “u:khong-co”",
        ),
        (
            &["--count", "adult:attended=3", "--topic", "vn_eid"],
            "Không có nội dung “vn_eid”",
        ),
        (&["--count", "adults:attended=3"], "Không có đối tượng “adults”"),
        (&["--count", "adult:atended=3"], "Không đọc được “adult:atended=3”"),
    ] {
        let said = add(words)?;
        assert!(said.contains(told), "{words:?}: {said}");
    }
    let long = "a".repeat(100_000); // As much as one word of a command line may hold.
    assert!(add(&["--count", "adult:attended=3", "--note", &long])?.contains("nhiều nhất là 1.000"));
    let warned = cli.run(&[
        "session",
        "add",
        "--date",
        "22/11/2009",
        "--topic",
        "vneid",
        "--count",
        "adult:attended=4000",
    ])?;
    assert!(warned.status.success(), "unusual is saved");
    let said = String::from_utf8_lossy(&warned.stderr).into_owned();
    assert!(
        said.contains("trước năm 2025") && said.contains("4.000 lượt"),
        "and told: {said}"
    );
    Ok(())
}

#[tokio::test]
async fn a_large_file_is_imported_once_and_its_errors_have_places() -> Outcome {
    const SESSIONS: usize = 2_000;
    let folder = Folder::new()?;
    let (_centre, cli) = enrolled(&folder).await?;
    let mut csv = format!("{HEADER}\n");
    for at in 0..SESSIONS {
        let (day, female) = (1 + at % 28, if at == 777 { 99 } else { 3 });
        writeln!(
            csv,
            "s{at},u:hoa-thuan,{day:02}/10/2025,19:00,90,class,vneid,Chợ {at},Lan,vi,,adult,10,{female},,,,,,,,"
        )
        .expect("memory");
        writeln!(
            csv,
            "s{at},u:hoa-thuan,{day:02}/10/2025,19:00,90,class,vneid,Chợ {at},Lan,vi,,student,2,,,,,,,,,"
        )
        .expect("memory");
    }
    let file = folder.inside("files")?.join("buoi.csv");
    std::fs::write(&file, &csv)?;
    let path = file.display().to_string();

    let strict = cli.refused(&["session", "import", &path, "--strict"])?;
    assert!(
        strict.contains("N1556 (Nữ) – lỗi: Nữ (99) lớn hơn tổng số (10)"),
        "{strict}"
    );
    assert_eq!(
        cli.json(&["session", "list", "--json"])?["totals"]["sessions"],
        0,
        "strict: nothing"
    );

    cli.refused(&["session", "import", &path])?;
    let totals = cli.json(&["session", "list", "--json"])?["totals"].clone();
    assert_eq!(
        (&totals["sessions"], &totals["attended"]),
        (&(SESSIONS - 1).into(), &((SESSIONS - 1) * 12).into())
    );
    std::fs::write(&file, csv.replace(",99,", ",9,"))?;
    let again = cli.json(&["session", "import", &path, "--json"])?;
    assert_eq!(
        (&again["added"], &again["unchanged"]),
        (&1.into(), &(SESSIONS - 1).into()),
        "once, however often"
    );
    assert_eq!(
        cli.json(&["session", "list", "--text", "cho 1777", "--json"])?["totals"]["sessions"],
        1
    );
    Ok(())
}

/// What no word of a command line can hold comes by file: each row its own sentence, the good ones are in.
#[tokio::test]
async fn each_bad_row_of_a_file_gets_its_own_sentence() -> Outcome {
    let folder = Folder::new()?;
    let (_centre, cli) = enrolled(&folder).await?;
    let long = "a".repeat(1 << 20);
    let row = |id: &str, unit: &str, date: &str, topic: &str, venue: &str, note: &str, attended: &str, female: &str| {
        format!("{id},{unit},{date},,,class,{topic},{venue},,,{note},adult,{attended},{female},,,,,,,,")
    };
    let good = ("u:hoa-thuan", "20/11/2025", "vneid");
    let (unit, date, topic) = good;
    let rows = [
        row("r1", unit, date, topic, "", &long, "10", ""),
        row("r2", unit, date, topic, "Nha\u{300} anh Ba\u{309}y", "", "10", ""),
        row("r3", unit, date, topic, "", "a\0b", "10", ""),
        row("r4", unit, date, topic, "", "", "22", "25"),
        row("r5", unit, date, topic, "", "", "-4", ""),
        row("r6", unit, date, topic, "", "", "1.5", ""),
        row("r7", unit, date, topic, "", "", "4000", ""),
        row("r8", unit, "22/11/2009", topic, "", "", "10", ""),
        row("r9", "u:khong-co", date, topic, "", "", "10", ""),
        row("r10", unit, date, "vn-eid", "", "", "10", ""),
    ];
    let file = folder.inside("files")?.join("sai.csv");
    std::fs::write(&file, format!("{HEADER}\n{}\n", rows.join("\n")))?;
    let said = cli.refused(&["session", "import", &file.display().to_string()])?;
    for told in [
        "K2 (Ghi chú) – lỗi: Đoạn chữ dài 1.048.576 ký tự",
        "H3 (Địa điểm) – lưu ý: Dấu tiếng Việt",
        "K4 (Ghi chú) – lỗi: Đoạn chữ có ký tự lạ không in được (U+0000)",
        "N5 (Nữ) – lỗi: Nữ (25) lớn hơn tổng số (22)",
        "M6 (Tổng) – lỗi: Số người không thể nhỏ hơn 0",
        "M7 (Tổng) – lỗi: Số người phải là số nguyên",
        "M8 (Tổng) – lưu ý: 4.000 lượt trong một buổi là rất nhiều",
        "C9 (Ngày) – lưu ý: Ngày 22/11/2009 trước năm 2025",
        "B10 (Đơn vị) – lỗi: Không có đơn vị “u:khong-co”",
        "G11 (Nội dung) – lỗi: Không có nội dung “vn-eid”",
    ] {
        assert!(said.contains(told), "{told}\n{said}");
    }
    let totals = cli.json(&["session", "list", "--json"])?["totals"].clone();
    assert_eq!(
        (&totals["sessions"], &totals["attended"]),
        (&3.into(), &4020.into()),
        "the three that may be"
    );
    Ok(())
}
