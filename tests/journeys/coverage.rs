//! Coverage, populations and teams: the grid of a school, and the same guarantees as a session has.

use std::collections::BTreeMap;

use hocvu_app::contract::{
    ConflictInput, ConflictListView, ConflictView, CountView, CoverageGridInput, CoverageGridView, CoverageSaveInput,
    CoverageSaveView, CoverageTyped, CoverageUnsaved, CoverageUnsavedLine, Done, HistoryView, IdInput, NoInput, Pick,
    RecordListInput, RecordListView, RecordSaveView, SavedAt, Status, TodayView, UnsavedInput, UnsavedListInput,
    UnsavedListView, VoidInput,
};
use hocvu_testkit::{Device, TestCentral, record_form};

use crate::NOW;

fn class(name: &str, text: &str, population: &str) -> CoverageTyped {
    CoverageTyped {
        target_group: "pupil_lower_secondary".into(),
        class: name.into(),
        measure: "skilled".into(),
        text: text.into(),
        population: population.into(),
        ..CoverageTyped::default()
    }
}

fn save(device: &Device, unit: &str, as_of: &str, cells: Vec<CoverageTyped>) -> CoverageSaveView {
    save_kept(device, unit, as_of, cells, None)
}

/// Saves a sheet of which something was kept as typed.
fn save_kept(
    device: &Device,
    unit: &str,
    as_of: &str,
    cells: Vec<CoverageTyped>,
    unsaved: Option<CoverageUnsaved>,
) -> CoverageSaveView {
    let input = CoverageSaveInput {
        unit: unit.into(),
        school_year: "2025-2026".into(),
        as_of: as_of.into(),
        evidence_kind: "school_assessed".into(),
        source: "Báo cáo của trường".into(),
        cells,
        unsaved,
    };
    device.call("coverage.save", input).expect("an answer")
}

fn grid(device: &Device, unit: &str, as_of: &str) -> CoverageGridView {
    let input = CoverageGridInput {
        unit: unit.into(),
        as_of: as_of.into(),
        ..CoverageGridInput::default()
    };
    device.call("coverage.grid", input).expect("a grid")
}

fn record(device: &Device, kind: &str, unit: &str, fields: &[(&str, &str)]) -> RecordSaveView {
    let form = record_form(kind, unit, fields);
    device.call("record.save", form).expect("saved")
}

fn count(device: &Device, kind: &str) -> usize {
    let input = RecordListInput {
        kind: kind.into(),
        unit: None,
        boundaries: None,
    };
    let list: RecordListView = device.call("record.list", input).expect("a list");
    list.records.len()
}

/// The texts of a grid's one measure, by class.
fn texts(grid: &CoverageGridView) -> Vec<(String, String)> {
    let text = |row: &hocvu_app::contract::CoverageRow| {
        let cell = row.cells.iter().find(|cell| cell.measure == "skilled");
        let text = cell.map(|cell| cell.text.clone()).unwrap_or_default();
        (row.class.clone(), format!("{text}/{}", row.population))
    };
    grid.rows.iter().map(text).collect()
}

/// The centre's tables are what its signed frames say.
fn assert_verified(centre: &TestCentral) {
    let db = rusqlite::Connection::open(centre.database()).expect("the database");
    let verified = hocvu_central::verify::verify(&db).expect("a readable database");
    assert_eq!(verified.faults, Vec::<String>::new());
}

#[tokio::test]
async fn of_twenty_classes_the_wrong_cells_are_told_and_the_right_ones_saved() {
    let centre = TestCentral::start().await;
    let (school, other) = (
        Device::enrolled(&centre, NOW, 1).await,
        Device::enrolled(&centre, NOW, 2).await,
    );
    let unit = centre.hamlet();
    let mut cells: Vec<_> = (1..=20).map(|at| class(&format!("6A{at}"), "38", "41")).collect();
    cells[3].text = "42".into();
    cells[7].text = "ba mươi".into();
    cells[9].text = "39/40".into();
    let saved = save(&school, &unit, "20/11/2025", cells);
    let wrong: Vec<usize> = (0..20).filter(|at| saved.cells[*at].id.is_none()).collect();
    assert_eq!(wrong, [3, 7], "each cell is judged on its own");
    assert_eq!(saved.cells[3].findings[0].code, "numerator_over_population");
    assert_eq!(saved.cells[7].findings[0].code, "count_not_integer");
    assert_eq!(count(&school, "coverage"), 18);

    school.sync().await.expect("a good link");
    other.sync().await.expect("a good link");
    let seen = grid(&other, &unit, "20/11/2025");
    assert_eq!(seen.school_year, "2025-2026");
    assert_eq!(seen.rows.len(), 18);
    assert_eq!(
        texts(&seen)[1],
        ("6A2".into(), "38/41".into()),
        "6A2 stands before 6A10"
    );
    assert_eq!(texts(&seen).last(), Some(&("6A20".into(), "38/41".into())));
    assert_eq!(seen.rows[7].class, "6A10", "two classes were not saved");
    assert_eq!(texts(&seen)[7].1, "39/40");
    assert_eq!(seen.rows[0].grade, "6", "the grade is read from the class's name");
    assert_eq!(seen.rows[0].cells[0].status, Some(Status::Sent));
    assert_verified(&centre);
}

#[tokio::test]
async fn what_was_kept_as_typed_goes_with_the_cells_that_are_saved() {
    let centre = TestCentral::start().await;
    let mut school = Device::enrolled(&centre, NOW, 1).await;
    let unit = centre.hamlet();
    let keep = |device: &Device, text: &str| {
        let input = UnsavedInput {
            key: "coverage|tờ".into(),
            unit: String::new(),
            text: text.into(),
        };
        let _: SavedAt = device.call("unsaved.keep", input).expect("kept");
    };
    let kept = |device: &Device| -> Vec<String> {
        let input = UnsavedListInput { prefix: String::new() };
        let view: UnsavedListView = device.call("unsaved.list", input).expect("a list");
        view.kept.into_iter().map(|row| row.text).collect()
    };
    let lines = |lines: &[(&str, &[u32])]| {
        let lines = lines.iter().map(|(line, cells)| CoverageUnsavedLine {
            line: (*line).to_owned(),
            cells: cells.to_vec(),
        });
        Some(CoverageUnsaved {
            key: "coverage|tờ".into(),
            lines: lines.collect(),
        })
    };
    keep(&school, "tờ\n6A1 sĩ số 41\n6A1 30\n6A2 ba mươi\n6A3 chưa có số");
    let cells = vec![class("6A1", "30", "41"), class("6A2", "ba mươi", "41")];
    let named = lines(&[("6A1 sĩ số 41", &[0, 1]), ("6A1 30", &[0]), ("6A2 ba mươi", &[1])]);
    save_kept(&school, &unit, "20/11/2025", cells, named);
    school.restart();
    let left = "tờ\n6A1 sĩ số 41\n6A2 ba mươi\n6A3 chưa có số";
    assert_eq!(kept(&school), [left], "what was refused stays, and what goes with it");

    keep(&school, "tờ\n6A2 29");
    let typed_before = lines(&[("6A2 28", &[0])]);
    save_kept(
        &school,
        &unit,
        "20/11/2025",
        vec![class("6A2", "28", "41")],
        typed_before,
    );
    assert_eq!(kept(&school), ["tờ\n6A2 29"], "typed while it was being saved");
    let typed = lines(&[("6A2 29", &[0])]);
    save_kept(&school, &unit, "20/11/2025", vec![class("6A2", "29", "41")], typed);
    assert!(kept(&school).is_empty(), "nothing is left");
}

#[tokio::test]
async fn a_class_that_stands_twice_is_saved_by_neither_of_its_rows() {
    let centre = TestCentral::start().await;
    let school = Device::enrolled(&centre, NOW, 1).await;
    let unit = centre.hamlet();
    let cells = vec![
        class("6A1", "30", "41"),
        class("6A2", "38", "40"),
        class(" 6A1 ", "33", "41"),
    ];
    let saved = save(&school, &unit, "20/11/2025", cells);
    for at in [0, 2] {
        assert_eq!(saved.cells[at].findings[0].code, "figure_twice");
        assert_eq!(saved.cells[at].id, None);
    }
    assert!(saved.cells[1].id.is_some(), "the rest of the grid is saved");
    assert_eq!(count(&school, "coverage"), 1);
}

#[tokio::test]
async fn what_was_told_before_is_proposed_and_never_saved_by_itself() {
    let centre = TestCentral::start().await;
    let school = Device::enrolled(&centre, NOW, 1).await;
    let unit = centre.hamlet();
    save(&school, &unit, "01/10/2025", vec![class("6A1", "30", "41")]);
    let later = grid(&school, &unit, "20/11/2025");
    let cell = &later.rows[0].cells[0];
    assert_eq!((cell.text.as_str(), &cell.id), ("", &None));
    let before = cell.previous.as_ref().expect("the figure of October");
    assert_eq!(
        (before.text.as_str(), before.as_of.text.as_str()),
        ("30/41", "01/10/2025")
    );
    let falls = save(&school, &unit, "20/11/2025", vec![class("6A1", "28", "41")]);
    assert!(
        falls.cells[0].id.is_some(),
        "a stock that falls is saved with a warning"
    );
    assert_eq!(falls.cells[0].findings[0].code, "stock_falls");
}

#[tokio::test]
async fn an_emptied_cell_is_void_and_can_be_taken_back() {
    let centre = TestCentral::start().await;
    let school = Device::enrolled(&centre, NOW, 1).await;
    let unit = centre.hamlet();
    let saved = save(&school, &unit, "20/11/2025", vec![class("6A1", "30", "41")]);
    let id = saved.cells[0].id.clone();
    let emptied = CoverageTyped {
        id: id.clone(),
        ..class("6A1", "", "41")
    };
    let view = save(&school, &unit, "20/11/2025", vec![emptied]);
    assert_eq!(view.voided, id.iter().cloned().collect::<Vec<_>>());
    assert_eq!(count(&school, "coverage"), 0);
    let input = VoidInput {
        ids: view.voided,
        reason: String::new(),
    };
    let back: CountView = school.call("record.restore", input).expect("restored");
    assert_eq!(back.count, 1);
    assert_eq!(texts(&grid(&school, &unit, "20/11/2025"))[0].1, "30/41");
    school.sync().await.expect("a good link");
    assert_verified(&centre);
}

#[tokio::test]
async fn the_history_of_a_figure_says_who_when_and_what_it_was() {
    let centre = TestCentral::start().await;
    let school = Device::enrolled(&centre, NOW, 1).await;
    let unit = centre.hamlet();
    let first = save(&school, &unit, "20/11/2025", vec![class("6A1", "30", "41")]);
    school.sync().await.expect("a good link");
    let second = save(&school, &unit, "20/11/2025", vec![class("6A1", "33", "41")]);
    assert_eq!(
        first.cells[0].id, second.cells[0].id,
        "one figure of one day is one record"
    );
    school.sync().await.expect("a good link");
    let id = second.cells[0].id.clone().expect("saved");
    let history: HistoryView = school.call("history.get", IdInput { id }).expect("its history");
    assert_eq!(history.entries.len(), 2);
    let change = &history.entries[0].changes[0];
    assert_eq!(
        (change.path.as_str(), change.from.as_str(), change.to.as_str()),
        ("numerator", "30", "33")
    );
    assert!(history.entries[0].receipt.is_some());
    assert_eq!(history.entries[1].by, "Lan");
}

#[tokio::test]
async fn populations_and_teams_go_both_ways() {
    let centre = TestCentral::start().await;
    let (lan, bay) = (
        Device::enrolled(&centre, NOW, 1).await,
        Device::enrolled(&centre, NOW, 2).await,
    );
    let unit = centre.hamlet();
    let population = [
        ("target_group", "adult"),
        ("value", "1.234"),
        ("excluded", "34"),
        ("exclusion_reason", "Đi làm ăn xa"),
        ("basis", "actual_residents"),
        ("as_of", "20/11/2025"),
        ("source", "Công an xã"),
    ];
    record(&lan, "population", &unit, &population);
    record(
        &bay,
        "team",
        &unit,
        &[("name", "Tổ ấp Hòa Thuận"), ("members", "7"), ("female", "3")],
    );
    for device in [&lan, &bay, &lan] {
        device.sync().await.expect("a good link");
    }
    for device in [&lan, &bay] {
        assert_eq!((count(device, "population"), count(device, "team")), (1, 1));
    }
    assert_verified(&centre);
}

#[tokio::test]
async fn one_figure_told_by_two_machines_is_chosen_field_by_field() {
    let centre = TestCentral::start().await;
    let (lan, bay) = (
        Device::enrolled(&centre, NOW, 1).await,
        Device::enrolled(&centre, NOW, 2).await,
    );
    let unit = centre.hamlet();
    let told = save(&lan, &unit, "20/11/2025", vec![class("6A1", "30", "41")]);
    let also = save(&bay, &unit, "20/11/2025", vec![class("6A1", "35", "42")]);
    assert_eq!(
        told.cells[0].id, also.cells[0].id,
        "the same figure, so the same record"
    );
    for device in [&lan, &bay, &lan] {
        device.sync().await.expect("a good link");
    }
    let list: ConflictListView = lan.call("conflict.list", NoInput {}).expect("a list");
    let record = list.rows[0].record.as_ref().expect("no session");
    assert_eq!((record.kind.as_str(), record.cell("class")), ("coverage", "6A1"));
    let today: TodayView = lan.call("today.read", NoInput {}).expect("the start page");
    assert_eq!(today.refused, [], "it is no session");
    let other = today.others[0].record.as_ref().expect("the figure to look at");
    assert_eq!((other.kind.as_str(), other.cell("class")), ("coverage", "6A1"));
    let id = list.rows[0].row.id.clone();
    let view: ConflictView = lan
        .call("conflict.get", IdInput { id: id.clone() })
        .expect("both versions");
    assert!(!view.can_split, "a figure of one day is one figure");
    let differing: Vec<&str> = view
        .leaves
        .iter()
        .filter(|leaf| leaf.differs)
        .map(|leaf| leaf.path.as_str())
        .collect();
    assert_eq!(differing, ["numerator", "population"]);
    let text = Pick::Text { text: "36".into() };
    let input = ConflictInput {
        id: id.clone(),
        versions: view.versions.iter().map(|version| version.operation.clone()).collect(),
        picks: BTreeMap::from([
            ("numerator".to_owned(), text),
            ("population".to_owned(), Pick::Version { version: 1 }),
        ]),
    };
    let _: Done = lan.call("conflict.resolve", input).expect("chosen");
    for device in [&lan, &bay] {
        device.sync().await.expect("a good link");
    }
    for device in [&lan, &bay] {
        assert_eq!(texts(&grid(device, &unit, "20/11/2025"))[0].1, "36/42");
        let history: HistoryView = device
            .call("history.get", IdInput { id: id.clone() })
            .expect("its history");
        assert_eq!(history.entries.len(), 3, "what was not chosen stays in the history");
    }
    assert_verified(&centre);
}
