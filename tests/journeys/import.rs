//! CSV as the documentation has it: every error with its cell, and once, however often.

use hocvu_app::contract::ListInput;
use hocvu_app::import::{Report, TableKind, import_bytes};
use hocvu_testkit::{Device, TestCentral};

use crate::NOW;

const HEADER: &str = "id,unit,date,start,duration_minutes,form,topics,venue,facilitators,language,note,target_group,attended,female,ethnic_minority,khmer,elderly,disabled,poor,first_time,assessed,completed\n";

fn import(device: &Device, csv: &str) -> Report {
    import_bytes(device.app(), "buoi.csv", csv.as_bytes(), TableKind::Session, &|_| {}).expect("a readable file")
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
    let report = import(&hamlet, &csv);
    assert_eq!(
        (report.rows, report.added, report.refused),
        (6, 2, 3),
        "{:#?}",
        report.remarks
    );
    let errors: Vec<_> = report
        .remarks
        .iter()
        .filter(|remark| remark.error)
        .map(|remark| (remark.address.as_str(), remark.column.as_str()))
        .collect();
    assert_eq!(
        errors,
        [("N4", "female"), ("B5", "unit"), ("C6", "date"), ("M6", "attended")]
    );
    let totals = hamlet.list(ListInput::default()).totals;
    assert_eq!((totals.sessions, totals.attended), (2, 31 + 4 + 1234));

    let again = import(&hamlet, &csv);
    assert_eq!(
        (again.added, again.unchanged, again.refused),
        (0, 2, 3),
        "the same file adds nothing"
    );
    let changed = csv.replace("adult,31,18", "adult,32,18");
    let other = import(&hamlet, &changed);
    assert_eq!(
        (other.added, other.refused),
        (0, 4),
        "a recorded figure is never silently changed by a file"
    );
    assert_eq!(hamlet.list(ListInput::default()).totals.attended, 31 + 4 + 1234);
}

#[tokio::test]
async fn a_file_that_is_no_table_is_told_so() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    for (bytes, told) in [
        (b"ngay,so\n1,2\n".as_slice(), "Không thấy cột"),
        (b"id,unit\n", "Ngày"),
        (b"%PDF-1.7", "không phải bảng tính"),
        (b"", "không có ô nào"),
    ] {
        let outcome = import_bytes(hamlet.app(), "tep", bytes, TableKind::Session, &|_| {});
        let error = outcome.expect_err(told).to_string();
        assert!(error.contains(told), "{error}");
    }
}
