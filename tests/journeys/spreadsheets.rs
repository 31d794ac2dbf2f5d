//! Spreadsheets as offices have them: written by LibreOffice, read here, counted once, taken back whole.

use chrono::{Days, NaiveDate};
use hocvu_app::contract::ListInput;
use hocvu_app::import::{
    Choices, Opened, Report, Source, TableKind, Wanted, check, commit, guess, legacy_of, undo, write_refused,
};
use hocvu_model::RecordId;
use hocvu_sheets::{Table, Value, open, write_xlsx};
use hocvu_testkit::{Device, TestCentral, form};
use hocvu_tests::office::{Put, convert, flat_sheet};

use crate::NOW;

const ROWS: usize = 10_000;
/// “Nhà văn hóa ấp” as `.VnTime` shows it.
const HALL: &str = "Nhµ v¨n hãa Êp";

/// A form of the kind offices send: a title over all columns, a header of two rows with merged cells, a row that numbers the
/// columns, days both as serial numbers and as text, places in a legacy font.
fn season(epoch: &str) -> String {
    let text = |text: &str| Put::Text(text.to_owned());
    let mut rows = vec![
        vec![Put::Merged("KẾT QUẢ TẬP HUẤN KỸ NĂNG SỐ NĂM 2025", 1, 8)],
        vec![
            Put::Merged("Mã buổi", 2, 1),
            Put::Merged("Ngày tổ chức", 2, 1),
            Put::Merged("Hình thức", 2, 1),
            Put::Merged("Nội dung", 2, 1),
            Put::Merged("Địa điểm", 2, 1),
            Put::Merged("Tổng số", 2, 1),
            Put::Merged("Trong đó", 1, 2),
        ],
        vec![
            Put::Nothing,
            Put::Nothing,
            Put::Nothing,
            Put::Nothing,
            Put::Nothing,
            Put::Nothing,
            text("Nữ"),
            text("Khmer"),
        ],
        (1..=8).map(|number| Put::Text(format!("({number})"))).collect(),
    ];
    rows.extend((0..ROWS).map(|at| {
        vec![
            Put::Text(format!("s{at}")),
            match at % 2 {
                0 => Put::Day(day(at).to_string()),
                _ => Put::Text(day(at).format("%d/%m/%Y").to_string()),
            },
            text("Cầm tay chỉ việc"),
            text("VNeID; An toàn thông tin"),
            Put::Old(HALL.to_owned()),
            Put::Number(attended(at).into()),
            Put::Number(1.0),
            Put::Nothing,
        ]
    }));
    flat_sheet("Buổi", epoch, &rows)
}

fn day(at: usize) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 1).expect("a day") + Days::new(at as u64 % 300)
}

fn attended(at: usize) -> u32 {
    10 + at as u32 % 20
}

/// What a person decides in the wizard.
fn wanted(opened: &Opened) -> Wanted {
    let sheet = &opened.book.sheets[0];
    let legacy = legacy_of(sheet);
    let mut mapping = guess(sheet, TableKind::Session, legacy);
    for (field, value) in [("unit", "u:hoa-thuan"), ("target_group", "adult")] {
        mapping.sources.insert(field.into(), Source::Fixed(value.into()));
    }
    Wanted {
        kind: TableKind::Session,
        sheet: 0,
        mapping,
        choices: Choices {
            legacy,
            ..Choices::default()
        },
        update: false,
    }
}

fn of_device(device: &Device) -> String {
    let list = device.list(ListInput {
        limit: 500,
        ..ListInput::default()
    });
    format!("{:?} {:?}", list.totals, list.rows)
}

fn venue(device: &Device, key: &str) -> (String, String) {
    let id = RecordId::natural("vl", "training_session", key).to_string();
    let form = device.read(&id).form;
    (form.date, form.venue)
}

#[tokio::test]
async fn files_of_libreoffice_are_counted_once_and_undo_takes_all_of_it_back() {
    let folder = tempfile::tempdir().expect("a folder");
    for (format, epoch) in [
        ("xls", "1904-01-01"),
        ("xlsx", "1899-12-30"),
        ("ods", "1904-01-01"),
        ("csv", "1904-01-01"),
    ] {
        let centre = TestCentral::start().await;
        let hamlet = Device::enrolled(&centre, NOW, 1).await;
        hamlet
            .save(form("u:hoa-thuan", "20/11/2025"))
            .expect("one that was there before");
        let before = of_device(&hamlet);
        let path = convert(folder.path(), &season(epoch), format).expect("LibreOffice writes it");
        let opened = Opened::of_path(&path).expect("readable");
        let wanted = wanted(&opened);
        assert_eq!(wanted.mapping.sources.len(), 10, "{format}: {:?}", wanted.mapping);
        let app = hamlet.app();
        let report = commit(app, &opened, &wanted, &|_| {}).expect("writable");
        assert_eq!(
            (report.rows, report.added, report.refused),
            (ROWS as u64, ROWS as u64, 0),
            "{format}: {:?}",
            report.remarks.iter().find(|remark| remark.error)
        );
        let totals = hamlet.list(ListInput::default()).totals;
        let sum: u32 = (0..ROWS).map(attended).sum();
        assert_eq!(
            (totals.sessions, totals.attended),
            (ROWS as u32 + 1, u64::from(sum) + 31),
            "{format}"
        );
        for at in [0, 1, 9_998, 9_999] {
            let (date, place) = venue(&hamlet, &format!("s{at}"));
            assert_eq!(date, day(at).format("%d/%m/%Y").to_string(), "{format}: row {at}");
            assert!(place.contains("Nhà văn hóa ấp"), "{format}: {place}");
        }
        let undone = undo(app, &report.batch.expect("something was written")).expect("it was there");
        assert_eq!((undone.undone as usize, undone.kept.len()), (ROWS, 0));
        assert_eq!(of_device(&hamlet), before, "{format}: undone, all is as it was");
    }
}

#[tokio::test]
async fn a_check_tells_what_a_commit_does_and_again_adds_nothing() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let row = |key: &str, date: &str, count: f64| {
        vec![text(key), text(date), text("Lớp"), text("VNeID"), Value::Number(count)]
    };
    let rows = vec![
        row("a", "20/11/2025", 10.0),
        row("b", "20/11/2025", 11.0),
        row("c", "20/13/2025", 12.0),
    ];
    let opened = sheet(&["Mã", "Ngày", "Hình thức", "Nội dung", "Tổng"], rows);
    let (app, wanted, before) = (hamlet.app(), wanted(&opened), of_device(&hamlet));
    let told = check(app, &opened, &wanted, &|_| {}).expect("readable");
    assert_eq!(of_device(&hamlet), before, "a check writes nothing");
    assert_eq!(
        (told.added, told.duplicates, told.refused),
        (2, 1, 1),
        "b may be a: same unit, day and topic"
    );
    let done = commit(app, &opened, &wanted, &|_| {}).expect("writable");
    assert_eq!(
        Report {
            batch: None,
            ..done.clone()
        },
        told,
        "what was told is what was done"
    );
    let again = commit(app, &opened, &wanted, &|_| {}).expect("writable");
    assert_eq!(
        (again.added, again.unchanged, again.batch),
        (0, 2, None),
        "again adds nothing"
    );
}

/// A sheet of one header and rows of values.
fn sheet(header: &[&str], rows: Vec<Vec<Value>>) -> Opened {
    let table = Table {
        name: "Bảng".into(),
        header: header.iter().map(|title| (*title).to_owned()).collect(),
        rows,
    };
    Opened::of_bytes("bang.xlsx", &write_xlsx(&table).expect("small")).expect("our own")
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

#[tokio::test]
async fn a_thousand_that_excel_took_for_a_decimal_is_asked_about_and_refused_rows_come_back() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let row = |date: &str, count: Value| vec![text(date), text("Lớp"), text("VNeID"), count, Value::Empty];
    let opened = sheet(
        &["Ngày", "Hình thức", "Nội dung", "Tổng", "Ghi chú"],
        vec![
            row("20/11/2025", Value::Number(1.234)),
            row("21/11/2025", Value::Number(12.0)),
            row("22/11/2025", Value::Number(12.5)),
        ],
    );
    let mut wanted = wanted(&opened);
    let report = check(hamlet.app(), &opened, &wanted, &|_| {}).expect("readable");
    assert_eq!((report.added, report.refused), (1, 2));
    let said: Vec<String> = report
        .remarks
        .iter()
        .map(|remark| format!("{}: {}", remark.address, remark.sentence))
        .collect();
    assert!(
        said[0].starts_with("D2: “1,234” là số lẻ trong tệp. Có phải 1.234?"),
        "{said:?}"
    );
    assert!(said[1].starts_with("D4: ") && said[1].contains("12,5"), "{said:?}");

    wanted.choices.thousands = vec!["attended".into()];
    let report = commit(hamlet.app(), &opened, &wanted, &|_| {}).expect("writable");
    assert_eq!((report.added, report.refused), (2, 1));
    assert_eq!(hamlet.list(ListInput::default()).totals.attended, 1_234 + 12);

    let folder = tempfile::tempdir().expect("a folder");
    let (path, rows) = write_refused(hamlet.app(), &opened, &wanted, folder.path())
        .expect("writable")
        .expect("one is refused");
    assert_eq!(
        (path.file_name().and_then(|name| name.to_str()), rows),
        (Some("bang-dong-loi.xlsx"), 1)
    );
    let back = open(&std::fs::read(path).expect("readable")).expect("our own");
    let cell = |row, column| back.sheets[0].cell(hocvu_sheets::Address { row, column }).value.clone();
    assert_eq!(
        (cell(0, 5), cell(1, 3)),
        (text("Lý do"), Value::Number(12.5)),
        "the row as it stood"
    );
    assert!(cell(1, 5).to_string().contains("12,5"), "and its reason");
}

#[tokio::test]
async fn what_somebody_changed_since_stays_when_a_batch_is_undone() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let rows = |more: f64| {
        let row = |key: &str, count: f64| {
            vec![
                text(key),
                text("20/11/2025"),
                text("Lớp"),
                text("VNeID"),
                Value::Number(count),
            ]
        };
        vec![row("a", 10.0 + more), row("b", 20.0)]
    };
    let header = ["Mã", "Ngày", "Hình thức", "Nội dung", "Tổng"];
    let first = sheet(&header, rows(0.0));
    let batch = commit(hamlet.app(), &first, &wanted(&first), &|_| {})
        .expect("writable")
        .batch
        .expect("two are new");
    let (a, b) = (
        RecordId::natural("vl", "training_session", "a").to_string(),
        RecordId::natural("vl", "training_session", "b").to_string(),
    );

    // The file again with another figure: refused, unless that is what was asked for; then it can be taken back too.
    let second = sheet(&header, rows(5.0));
    let refused = commit(hamlet.app(), &second, &wanted(&second), &|_| {}).expect("writable");
    assert_eq!(
        (refused.refused, refused.unchanged, refused.changed),
        (1, 1, 0),
        "no figure is changed by itself"
    );
    let update = Wanted {
        update: true,
        ..wanted(&second)
    };
    let changed = commit(hamlet.app(), &second, &update, &|_| {}).expect("writable");
    assert_eq!(
        (changed.changed, hamlet.list(ListInput::default()).totals.attended),
        (1, 35)
    );
    undo(hamlet.app(), &changed.batch.expect("one was changed")).expect("it was there");
    assert_eq!(
        hamlet.list(ListInput::default()).totals.attended,
        30,
        "what was changed holds what it held"
    );

    hamlet
        .edit(&b, |form| form.note = "đã gọi điện hỏi lại".into())
        .expect("valid");
    let undone = undo(hamlet.app(), &batch).expect("it was there");
    assert_eq!(
        undone.undone, 0,
        "both were touched since: the one by a person, the other by the second file"
    );
    assert_eq!(undone.kept, [a, b]);
    assert!(undo(hamlet.app(), &batch).is_err(), "once");
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a journey in its order")]
async fn coverage_and_populations_are_the_same_figure_however_often_they_are_imported() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let coverage = sheet(
        &[
            "Đơn vị",
            "Đối tượng",
            "Tiêu chí",
            "Số đạt",
            "Tổng số",
            "Số liệu đến ngày",
            "Minh chứng",
        ],
        vec![
            vec![
                text("Ấp Hòa Thuận"),
                text("Người dân"),
                text("Có kỹ năng số"),
                Value::Number(120.0),
                Value::Number(200.0),
                text("31/10/2025"),
                text("Khảo sát mẫu"),
            ],
            vec![
                text("u:hoa-thuan"),
                text("adult"),
                text("skilled"),
                Value::Number(220.0),
                Value::Number(200.0),
                text("30/09/2025"),
                text("sample_survey"),
            ],
        ],
    );
    let population = sheet(
        &["Ấp", "Đối tượng", "Dân số", "Cơ sở", "Đến ngày", "Nguồn"],
        vec![vec![
            text("Ấp Hòa Thuận"),
            text("Người trưởng thành"),
            Value::Number(900.0),
            text("Thực tế cư trú"),
            text("31/10/2025"),
            text("Báo cáo dân số số 12/BC"),
        ]],
    );
    let wanted = |opened: &Opened, kind| Wanted {
        kind,
        sheet: 0,
        mapping: guess(&opened.book.sheets[0], kind, None),
        choices: Choices::default(),
        update: false,
    };
    for (opened, kind, refused) in [
        (&coverage, TableKind::Coverage, 1),
        (&population, TableKind::Population, 0),
    ] {
        let wanted = wanted(opened, kind);
        let report = commit(hamlet.app(), opened, &wanted, &|_| {}).expect("writable");
        assert_eq!(
            (report.added, report.refused),
            (1, refused),
            "{:#?} {:?}",
            report.remarks,
            wanted.mapping
        );
        if refused == 1 {
            assert_eq!(report.remarks[0].address, "D3", "the rules of the figure itself");
        }
        let again = commit(hamlet.app(), opened, &wanted, &|_| {}).expect("writable");
        assert_eq!((again.added, again.unchanged), (0, 1));
        let undone = undo(hamlet.app(), &report.batch.expect("one is new")).expect("it was there");
        assert_eq!(undone.undone, 1);
        let once_more = commit(hamlet.app(), opened, &wanted, &|_| {}).expect("writable");
        assert_eq!(once_more.added, 1, "what was undone can be said again");
    }
}
