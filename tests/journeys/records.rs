//! Edit, void, restore, history, drafts: nothing overwrites, everything shows.

use hocvu_app::contract::{
    BeginInput, BeginView, CountView, CoverageGridInput, CoverageGridView, Done, DraftInput, ErrorBody, ErrorCode,
    IdInput, ListInput, NoInput, ProgressInput, ProgressScopes, ProgressView, RecordSaveInput, RecordSaveView,
    SampleInput, SampleWhat, SavedAt, Status, TodayView, UnsavedDropInput, UnsavedInput, UnsavedListInput,
    UnsavedListView, VoidInput,
};
use hocvu_testkit::{Device, TestCentral, count_line, form, record_form};

use crate::NOW;

#[tokio::test]
async fn an_edit_adds_an_operation_and_both_sides_show_the_new_figure() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let saved = hamlet
        .save(form(&centre.hamlet(), "20/11/2025"))
        .expect("a good session");
    hamlet.sync().await.expect("a good link");
    hamlet
        .edit(&saved.id, |form| {
            form.counts = count_line("adult", &[("attended", "33"), ("female", "18")])
        })
        .expect("an edit");
    assert_eq!(
        hamlet.read(&saved.id).row.status,
        Status::Waiting,
        "the counter turns at once"
    );
    hamlet.sync().await.expect("a good link");
    assert_eq!(
        centre.ask::<i64>("SELECT sum(attended) FROM rollup WHERE target_group = 'adult'"),
        33
    );
    let view = hamlet.read(&saved.id);
    assert_eq!(view.history.len(), 2, "the first figure is still there");
    assert_eq!(view.history[0].changes.len(), 1);
    let change = &view.history[0].changes[0];
    assert_eq!(
        (change.path.as_str(), change.from.as_str(), change.to.as_str()),
        ("counts.adult.attended", "31", "33")
    );
}

#[tokio::test]
async fn a_void_is_undone_and_the_centre_follows() {
    let centre = TestCentral::start().await;
    let hamlet = Device::enrolled(&centre, NOW, 1).await;
    let saved = hamlet
        .save(form(&centre.hamlet(), "20/11/2025"))
        .expect("a good session");
    hamlet.void(&saved.id);
    assert_eq!(hamlet.list(ListInput::default()).totals.sessions, 0);
    assert_eq!(
        hamlet
            .list(ListInput {
                voided: true,
                ..ListInput::default()
            })
            .totals
            .sessions,
        1
    );
    hamlet.sync().await.expect("a good link");
    assert_eq!(centre.ask::<i64>("SELECT coalesce(sum(attended), 0) FROM rollup"), 0);
    let input = VoidInput {
        ids: vec![saved.id.clone()],
        reason: String::new(),
    };
    let restored: CountView = hamlet.call("session.restore", input).expect("restored");
    assert_eq!(restored.count, 1);
    hamlet.sync().await.expect("a good link");
    assert_eq!(
        centre.ask::<i64>("SELECT sum(attended) FROM rollup WHERE target_group = 'adult'"),
        31
    );
    let kinds: Vec<_> = hamlet
        .read(&saved.id)
        .history
        .into_iter()
        .map(|entry| entry.kind)
        .collect();
    assert_eq!(kinds, ["restore", "void", "create"]);
}

/// Two devices change the same session while both are offline: the head is kept, the other version too, nobody is silent.
#[tokio::test]
async fn i6_two_edits_offline_are_both_kept_and_shown() {
    let centre = TestCentral::start().await;
    let lan = Device::enrolled(&centre, NOW, 1).await;
    let bay = Device::enrolled(&centre, NOW, 2).await;
    let saved = lan.save(form(&centre.hamlet(), "20/11/2025")).expect("a good session");
    lan.sync().await.expect("a good link");
    bay.sync().await.expect("a good link");
    let attended = |count: &'static str| {
        move |form: &mut hocvu_app::contract::SessionForm| form.counts = count_line("adult", &[("attended", count)])
    };
    lan.edit(&saved.id, attended("27")).expect("an edit");
    bay.edit(&saved.id, attended("29")).expect("an edit");
    lan.sync().await.expect("a good link");
    bay.sync().await.expect("a good link");
    assert_eq!(
        centre.ask::<i64>("SELECT sum(attended) FROM rollup WHERE target_group = 'adult'"),
        27,
        "the head is unchanged"
    );
    assert_eq!(bay.read(&saved.id).row.status, Status::Conflicted, "the person is told");
    assert!(
        bay.read(&saved.id).receipt.is_some(),
        "and the centre keeps their version"
    );
}

#[test]
fn i1_a_draft_and_a_save_survive_a_restart_without_a_goodbye() {
    let mut device = Device::new(NOW, 1);
    let _: Done = device
        .call("sample.start", NoInput {})
        .expect("sample mode needs no network");
    let begin: BeginView = device.call("session.begin", BeginInput::RepeatLast).expect("a form");
    assert!(
        begin.form.counts.is_empty() && !begin.form.topics.is_empty(),
        "repeat keeps all but date and counts"
    );
    let mut typed = begin.form.clone();
    typed.note = "Bà con hỏi nhiề".into();
    let draft = DraftInput {
        draft_id: begin.draft_id.clone(),
        record_id: None,
        form: typed.clone(),
    };
    let _: SavedAt = device.call("draft.save", draft).expect("on the disk");
    let saved = device.save(form("u:mau", "21/11/2025")).expect("saved");
    // The process is gone without closing anything: what is on the disk now must be enough.
    let copy = tempfile::tempdir().expect("a folder");
    for file in std::fs::read_dir(device.folder())
        .expect("the folder")
        .flatten()
        .filter(|file| file.path().is_file())
    {
        std::fs::copy(file.path(), copy.path().join(file.file_name())).expect("a copy");
    }
    device.restart();
    let today: TodayView = device.call("today.read", NoInput {}).expect("the start page");
    assert_eq!(today.drafts.len(), 1);
    let again: BeginView = device
        .call("session.begin", BeginInput::Draft { id: begin.draft_id })
        .expect("the draft");
    assert_eq!(again.form, typed);
    assert_eq!(device.read(&saved.id).row.attended, 31);

    let setup = hocvu_app::Setup {
        folder: copy.path().to_path_buf(),
        centre: String::new(),
        announcer: std::sync::Arc::new(|_| {}),
    };
    let other = hocvu_app::App::open(setup, &hocvu_app::FileKeys).expect("the copy opens");
    let input = serde_json::to_value(IdInput { id: saved.id }).expect("plain data");
    assert!(
        other.call("session.read", input).is_ok(),
        "the save was durable when the answer came"
    );
}

#[test]
fn sample_data_is_apart_from_real_data() {
    let mut device = Device::new(NOW, 1);
    let _: Done = device.call("sample.start", NoInput {}).expect("sample mode");
    assert!(device.list(ListInput::default()).totals.sessions >= 25);
    device.restart();
    assert!(
        device.list(ListInput::default()).totals.sessions >= 25,
        "sample mode survives a restart"
    );
    let _: Done = device.call("sample.discard", NoInput {}).expect("thrown away");
    assert_eq!(device.list(ListInput::default()).totals.sessions, 0);
    let state: hocvu_app::contract::AppState = device.call("app.state", NoInput {}).expect("the state");
    assert_eq!(state.phase, hocvu_app::contract::Phase::FirstStart);
}

#[test]
fn a_sample_commune_shows_every_screen_with_figures_of_these_days() {
    let mut device = Device::new(NOW, 1);
    let input = SampleInput {
        what: SampleWhat::Commune,
    };
    let _: Done = device.call("sample.start", input).expect("sample mode");
    let list = device.list(ListInput::default());
    assert!(list.totals.sessions >= 400, "{} sessions", list.totals.sessions);
    assert!(
        list.rows[0].date.iso.as_str() <= "2025-11-21",
        "no session of the future: {:?}",
        list.rows[0].date
    );
    let progress: ProgressView = device
        .call("progress.read", ProgressInput::default())
        .expect("progress");
    let known = |code: &str| {
        let indicators = &progress.progress.indicators;
        let found = indicators.iter().find(|indicator| indicator.code.ends_with(code));
        found.is_some_and(|indicator| indicator.standing.percent.is_some())
    };
    assert!(known("-C") && known("-D") && known("-B1"), "targets have values");
    let units: ProgressScopes = device.call("progress.scopes", NoInput {}).expect("units");
    let school = units
        .units
        .iter()
        .find(|unit| unit.name.contains("THCS"))
        .expect("a school");
    let grid = CoverageGridInput {
        unit: school.uid.clone(),
        ..CoverageGridInput::default()
    };
    let grid: CoverageGridView = device.call("coverage.grid", grid).expect("its classes");
    assert!(grid.rows.len() >= 8, "{} classes", grid.rows.len());
    assert!(
        grid.rows[0].cells.iter().any(|cell| cell.previous.is_some()),
        "a figure to go on from"
    );
    device.restart();
    assert_eq!(
        device.list(ListInput::default()).totals,
        list.totals,
        "it is there after a restart"
    );
}

#[test]
fn searching_needs_no_accents() {
    let device = Device::new(NOW, 1);
    let _: Done = device.call("sample.start", NoInput {}).expect("sample mode");
    let count = |text: &str| {
        device
            .list(ListInput {
                text: text.into(),
                ..ListInput::default()
            })
            .totals
            .sessions
    };
    assert!(count("chua hoa thuan") > 0);
    assert_eq!(
        count("chua hoa thuan"),
        count("CHÙA Hoà Thuận"),
        "with marks or without, the same sessions"
    );
    assert_eq!(count("dich vu cong"), count("dịch vụ công"));
    assert_eq!(count("khong co gi nhu vay"), 0);
}

#[test]
fn what_was_typed_and_not_saved_is_kept_counts_as_nothing_and_goes_with_the_save() {
    let mut device = Device::new(NOW, 1);
    let _: Done = device.call("sample.start", NoInput {}).expect("sample mode");
    let before: TodayView = device.call("today.read", NoInput {}).expect("today");
    let keep = |device: &Device, key: &str, text: &str| -> Result<SavedAt, ErrorBody> {
        let input = UnsavedInput {
            key: key.into(),
            unit: String::new(),
            text: text.into(),
        };
        device.call("unsaved.keep", input)
    };
    let kept = |device: &Device, prefix: &str| -> Vec<(String, String)> {
        let input = UnsavedListInput { prefix: prefix.into() };
        let view: UnsavedListView = device.call("unsaved.list", input).expect("a list");
        view.kept.into_iter().map(|row| (row.key, row.text)).collect()
    };
    keep(&device, "figures|team|", "{\"fields\":{}}").expect("kept");
    keep(&device, "coverage|a", "{}").expect("kept");
    let long = keep(&device, "coverage|b", &"a".repeat(256 * 1024 + 1)).expect_err("too long");
    assert_eq!(
        (long.code, long.findings[0].code.as_str()),
        (ErrorCode::Invalid, "text_too_long")
    );
    device.restart();
    assert_eq!(
        kept(&device, "figures|"),
        [("figures|team|".to_owned(), "{\"fields\":{}}".to_owned())],
        "it outlives the program"
    );
    let today: TodayView = device.call("today.read", NoInput {}).expect("today");
    assert_eq!(today, before, "no draft, nothing to send");

    let begin: BeginView = device.call("session.begin", BeginInput::New).expect("a form");
    let team = |members: &str| RecordSaveInput {
        form: record_form(
            "team",
            &begin.units[0].uid,
            &[("name", "Tổ thử"), ("members", members), ("female", "3")],
        ),
        unsaved: Some("figures|team|".into()),
    };
    let refused: Result<RecordSaveView, ErrorBody> = device.call("record.save", team("2"));
    assert_eq!(refused.map_err(|error| error.code), Err(ErrorCode::Invalid));
    assert_eq!(kept(&device, "figures|").len(), 1, "what was refused stays as typed");
    let _: RecordSaveView = device.call("record.save", team("5")).expect("saved");
    assert!(kept(&device, "figures|").is_empty(), "with the save");
    let drop = UnsavedDropInput {
        key: "coverage|a".into(),
    };
    let _: Done = device.call("unsaved.drop", drop).expect("dropped");
    assert!(kept(&device, "").is_empty());
}
