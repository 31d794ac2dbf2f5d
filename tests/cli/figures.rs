//! Figures, populations, teams, units and progress on the command line, and what the centre makes of them.

use hocvu_tests::centre::{COMMUNE, HAMLET};
use hocvu_tests::{Centre, Folder, Outcome};
use serde_json::Value;

use crate::{Cli, enrolled};

/// The command line of an officer of the commune.
fn officer(folder: &Folder, centre: &Centre) -> Outcome<Cli> {
    let cli = Cli {
        data: folder.inside("officer")?,
    };
    let code = centre.officer_code("Cán bộ xã")?;
    cli.told(&[
        "enrol",
        "--code",
        &code,
        "--centre",
        &centre.url(),
        "--name",
        "Cán bộ xã",
    ])?;
    Ok(cli)
}

const FIGURE: [&str; 12] = [
    "coverage",
    "add",
    "--unit",
    HAMLET.0,
    "--json",
    "target_group=adult",
    "measure=skilled",
    "numerator=800",
    "population=1000",
    "as_of=20/11/2025",
    "evidence_kind=self_declared",
    "source=Tổ công nghệ số",
];

#[tokio::test]
async fn what_the_command_line_records_is_the_progress_it_prints_and_the_centre_prints() -> Outcome {
    let folder = Folder::new()?;
    let (centre, hamlet) = enrolled(&folder).await?;
    let saved = hamlet.json(&FIGURE)?;
    let id = saved["id"].as_str().unwrap_or_default().to_owned();
    let mut wrong = FIGURE;
    wrong[7] = "numerator=1001";
    let said = hamlet.refused(&wrong)?;
    assert!(said.contains("1.001") && said.contains("1.000"), "{said}");
    let team = ["team", "add", "--unit", HAMLET.0, "name=Tổ ấp Hòa Thuận", "members=5"];
    assert!(
        hamlet
            .refused(&[&team[..], &["female=6"]].concat())?
            .contains("lớn hơn"),
        "more women than members"
    );
    hamlet.told(&[&team[..], &["female=3"]].concat())?;
    hamlet.told(&["sync"])?;

    let officer = officer(&folder, &centre)?;
    officer.told(&["sync"])?;
    let words = [
        "progress",
        "--year",
        "2025",
        "--code",
        "KH67-2025-C",
        "--as-of",
        "21/11/2025",
    ];
    let printed = officer.told(&words)?;
    assert!(
        printed.contains("80,0%") && printed.contains("còn thiếu 1 người"),
        "80,0 % is not above 80 %: {printed}"
    );
    let device = officer.json(&[&words[..], &["--json"]].concat())?;
    let centre_says = centre.progress(COMMUNE, "KH67-2025-C", "2025-11-21")?;
    let of = |answer: &Value| {
        let all = answer["progress"]["indicators"]
            .as_array()
            .or(answer["indicators"].as_array());
        let found = all.and_then(|all| all.iter().find(|one| one["code"] == "KH67-2025-C").cloned());
        found.map(|one| one["standing"].clone())
    };
    assert!(of(&device).is_some(), "{device}");
    assert_eq!(of(&device), of(&centre_says), "device and centre");
    assert_eq!(
        printed,
        centre.progress_printed(COMMUNE, "KH67-2025-C", "2025-11-21")?,
        "and in the same table"
    );

    let list = officer.json(&["coverage", "list", "--json"])?;
    assert_eq!(list["records"].as_array().map(Vec::len), Some(1), "{list}");
    officer.told(&["record", "void", &id, "--reason", "Nhập thử"])?;
    officer.told(&["sync"])?;
    hamlet.told(&["sync"])?;
    assert!(!hamlet.told(&words)?.contains("80,0%"), "a void figure is no figure");
    let history = hamlet.told(&["record", "history", &id])?;
    assert!(
        history.contains("Nhập thử") && history.contains("Cán bộ xã"),
        "{history}"
    );
    Ok(())
}

#[tokio::test]
async fn what_a_renamed_unit_recorded_is_listed_by_the_name_of_then_or_of_now() -> Outcome {
    let folder = Folder::new()?;
    let (centre, hamlet) = enrolled(&folder).await?;
    hamlet.told(&FIGURE)?;
    hamlet.told(&[
        "session",
        "add",
        "--date",
        "20/11/2025",
        "--topic",
        "vneid",
        "--count",
        "adult:attended=12",
    ])?;
    hamlet.told(&["sync"])?;
    let officer = officer(&folder, &centre)?;
    officer.told(&["sync"])?;
    let law = ["--from", "21/11/2025", "--basis", "Nghị quyết 12/NQ-HĐND"];
    officer.told(&[&["unit", "rename", HAMLET.0, "--name", "Ấp Rạch Lọp"][..], &law].concat())?;
    for (what, none, one) in [
        ("coverage", "0 bản ghi", "1 bản ghi"),
        ("session", "0 buổi", "1 buổi, 12 lượt"),
    ] {
        let list = |words: &[&str]| officer.told(&[&[what, "list"][..], words].concat());
        let now = list(&["--boundaries", "as-is-now"])?;
        assert!(now.contains("Ấp Rạch Lọp (lúc ghi: Ấp Hòa Thuận)"), "{now}");
        let was = list(&["--boundaries", "as-was"])?;
        assert!(was.contains("Ấp Hòa Thuận (nay: Ấp Rạch Lọp)"), "{was}");
        assert!(list(&["--unit", COMMUNE])?.contains(none), "that very unit");
        let below = list(&["--unit", COMMUNE, "--boundaries", "as-was"])?;
        assert!(below.contains(one), "with those below: {below}");
        officer.refused(&[what, "list", "--boundaries", "as-it-will-be"])?;
    }
    let told = officer.json(&["coverage", "list", "--json"])?;
    assert_eq!(told["records"][0]["by"], "Lan", "who wrote it: {told}");
    Ok(())
}

#[tokio::test]
async fn units_come_from_a_spreadsheet_the_wrong_rows_told_and_another_machine_writes_for_them() -> Outcome {
    let folder = Folder::new()?;
    let (centre, hamlet) = enrolled(&folder).await?;
    let officer = officer(&folder, &centre)?;
    let file = folder.inside("files")?.join("don-vi.csv");
    std::fs::write(
        &file,
        "Tên đơn vị;Loại\nẤp Rạch Sâu;ấp\nTrường THCS Long Hòa;trường\nẤp Rạch Sâu;ấp\nẤp Bến Có;thôn bản\n",
    )?;
    let file = file.display().to_string();
    let said = officer.refused(&["import", &file, "--kind", "unit"])?;
    assert!(said.contains("Không thấy cột: Đơn vị cấp trên"), "{said}");
    let words = [
        "import",
        &file,
        "--kind",
        "unit",
        "--map",
        "=Xã Long Hòa:parent",
        "--json",
    ];
    let output = officer.run(&[&words[..], &["--dry-run"]].concat())?;
    assert!(!output.status.success(), "a wrong row is not well");
    let looked: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(
        (&looked["added"], &looked["unchanged"], &looked["refused"]),
        (&2.into(), &1.into(), &1.into()),
        "one stands twice, one has no such level: {looked}"
    );
    assert_eq!(looked["remarks"][0]["address"], "B5", "{looked}");
    let before = officer.json(&["unit", "list", "--json"])?;
    assert!(!before.to_string().contains("Rạch Sâu"), "a look makes nothing");
    let output = officer.run(&words)?;
    let told: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(told["added"], 2, "the right rows are made: {told}");
    officer.told(&["sync"])?;
    let listed = officer.json(&["unit", "list", "rach sau", "--json"])?;
    assert!(listed.to_string().contains("Ấp Rạch Sâu"), "{listed}");
    let again: Value = serde_json::from_slice(&officer.run(&words)?.stdout)?;
    assert_eq!(again["added"], 0, "the same file makes no unit twice: {again}");
    hamlet.told(&["sync"])?;
    Ok(())
}

#[tokio::test]
async fn imported_units_are_undone_as_one_and_come_back_when_the_file_is_imported_again() -> Outcome {
    let folder = Folder::new()?;
    let (centre, _hamlet) = enrolled(&folder).await?;
    let officer = officer(&folder, &centre)?;
    officer.told(&["sync"])?;
    let list = ["unit", "list", "--ended", "--json"];
    let before = officer.json(&list)?;
    let file = folder.inside("files")?.join("don-vi.csv");
    std::fs::write(
        &file,
        "Tên đơn vị;Loại;Thuộc xã\nẤp Rạch Sâu;ấp;Xã Long Hòa\nẤp Bến Có;ấp;Xã Long Hòa\n",
    )?;
    let file = file.display().to_string();
    let import = ["import", "--kind", "unit", &file, "--json"];
    let told = officer.json(&import)?;
    assert_eq!((&told["added"], &told["refused"]), (&2.into(), &0.into()), "{told}");
    let batch = told["batch"].as_str().unwrap_or_default().to_owned();
    let listed = officer.told(&["import", "list"])?;
    let line = listed.lines().next().unwrap_or_default();
    assert!(
        line.starts_with(&batch) && line.ends_with("don-vi.csv  2 đơn vị"),
        "{listed}"
    );
    officer.told(&["sync"])?;
    let with = officer.json(&list)?;
    assert!(
        with.to_string().contains("Ấp Rạch Sâu") && with.to_string().contains("Ấp Bến Có"),
        "{with}"
    );

    assert_eq!(officer.told(&["import", "undo", &batch])?.trim(), "Đã hoàn tác 2 mục.");
    assert_eq!(officer.json(&list)?, before, "at once");
    assert!(officer.told(&["import", "list"])?.contains("đã hoàn tác"));
    officer.told(&["sync"])?;
    assert_eq!(officer.json(&list)?, before, "and as the centre has it");
    assert!(
        officer
            .refused(&["import", "undo", &batch])?
            .contains("đã hoàn tác rồi"),
        "nothing is left of it"
    );

    assert_eq!(officer.json(&import)?["added"], 2, "they come back");
    officer.told(&["sync"])?;
    assert_eq!(officer.json(&list)?, with, "the very same units");
    Ok(())
}
