//! CSV: every error with its place, strict or not, twice or once.

use hocvu_app::contract::ListInput;
use hocvu_app::import::{ImportOptions, ImportReport, import_sessions};
use hocvu_testkit::{Device, TestCentral};

use crate::NOW;

const HEADER: &str = "id,unit,date,start,duration_minutes,form,topics,venue,facilitators,language,note,target_group,attended,female,ethnic_minority,khmer,elderly,disabled,poor,first_time,assessed,completed\n";

fn import(device: &Device, csv: &str, strict: bool) -> ImportReport {
    let options = ImportOptions { strict, dry_run: false };
    import_sessions(device.app(), || Ok(csv.as_bytes()), options, &|_| {}).expect("a readable file")
}

fn file(rows: &[&str]) -> String {
    format!("{HEADER}{}\n", rows.join("\n"))
}

#[tokio::test]
async fn errors_have_line_and_column_and_the_rest_is_imported_once() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let csv = file(&[
        "b1,u:hoa-thuan,20/11/2025,19:30,90,class,vneid;other,Nhà văn hóa ấp,Lan,vi,\"Ghi chú, có phẩy\",adult,31,18,,9,6,,2,,,",
        "b1,u:hoa-thuan,20/11/2025,19:30,90,class,vneid;other,Nhà văn hóa ấp,Lan,vi,\"Ghi chú, có phẩy\",student,4,,,,,,,,,",
        "b2,u:hoa-thuan,21/11/2025,,,class,vneid,,,,,adult,22,25,,,,,,,,",
        "b3,u:khong-co,21/11/2025,,,class,vneid,,,,,adult,22,,,,,,,,,",
        "b4,u:hoa-thuan,22/11,,,class,vneid,,,,,adult,\"1,5\",,,,,,,,,",
        "b5,u:hoa-thuan,2025-11-19,,,hands_on,info_safety,,,,,adult,1.234,,,,,,,,,",
    ]);
    let report = import(&hamlet, &csv, false);
    assert_eq!(
        (report.lines, report.added, report.refused),
        (6, 2, 3),
        "{:#?}",
        report.remarks
    );
    let errors: Vec<_> = report
        .remarks
        .iter()
        .filter(|remark| remark.error)
        .map(|remark| (remark.line, remark.column.as_str()))
        .collect();
    assert_eq!(errors, [(4, "female"), (5, "unit"), (6, "date"), (6, "attended")]);
    let totals = hamlet.list(ListInput::default()).totals;
    assert_eq!((totals.sessions, totals.attended), (2, 31 + 4 + 1234));

    let again = import(&hamlet, &csv, false);
    assert_eq!(
        (again.added, again.unchanged, again.refused),
        (0, 2, 3),
        "the same file adds nothing"
    );
    let changed = csv.replace("adult,31,18", "adult,32,18");
    let other = import(&hamlet, &changed, false);
    assert_eq!(
        (other.added, other.refused),
        (0, 4),
        "a recorded figure is never silently changed by a file"
    );
    assert_eq!(hamlet.list(ListInput::default()).totals.attended, 31 + 4 + 1234);
}

#[tokio::test]
async fn strict_writes_all_or_nothing() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let good = "b1,u:hoa-thuan,20/11/2025,,,class,vneid,,,,,adult,31,18,,,,,,,,";
    let bad = "b2,u:hoa-thuan,20/11/2025,,,class,vneid,,,,,adult,-1,,,,,,,,,";
    let report = import(&hamlet, &file(&[good, bad]), true);
    assert_eq!((report.added, report.refused), (0, 1));
    assert_eq!(
        hamlet.list(ListInput::default()).totals.sessions,
        0,
        "one error, nothing written"
    );
    assert_eq!(import(&hamlet, &file(&[good]), true).added, 1);
}

#[tokio::test]
async fn a_file_that_is_no_table_is_told_so() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    for (csv, told) in [
        ("ngay,so\n1,2\n".as_bytes().to_vec(), "không có cột “ngay”"),
        (b"id,unit\n".to_vec(), "thiếu cột “date”"),
        (
            [
                HEADER.as_bytes(),
                b"b1,u:hoa-thuan,20/11/2025,,,class,vneid,\xff\xfe,,,,adult,1,,,,,,,,,\n",
            ]
            .concat(),
            "UTF-8",
        ),
    ] {
        let outcome = import_sessions(hamlet.app(), || Ok(csv.as_slice()), ImportOptions::default(), &|_| {});
        let error = outcome.expect_err(told).to_string();
        assert!(error.contains(told), "{error}");
    }
}
