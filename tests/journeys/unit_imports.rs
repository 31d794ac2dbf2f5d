//! Tables of units: imported, undone as one, imported again; and what becomes of work that met them meanwhile.

use hocvu_app::contract::{
    Done, ImportBatches, ListInput, NoInput, SyncListView, SyncSeenInput, SyncTab, UnitForm, UnitRow, UnitSaved,
    UnitTreeInput, UnitTreeView,
};
use hocvu_app::import::{Report, TableKind, import_bytes, undo};
use hocvu_store::Grant;
use hocvu_testkit::{Device, TestCentral, form};

use crate::NOW;

async fn officer(centre: &TestCentral, seed: u64) -> Device {
    let device = Device::new(NOW, seed);
    device.enrol(centre, &centre.commune()).await;
    device.sync().await.expect("a good link");
    device
}

/// Every unit in scope, ended ones too, with everything that is shown of it.
fn tree(device: &Device) -> Vec<UnitRow> {
    let input = UnitTreeInput {
        ended: true,
        ..UnitTreeInput::default()
    };
    let view: UnitTreeView = device.call("unit.tree", input).expect("a tree");
    view.rows
}

fn uid(device: &Device, name: &str) -> Option<String> {
    tree(device).into_iter().find(|row| row.name == name).map(|row| row.uid)
}

/// As many hamlets of the officer's commune as asked for.
fn table(centre: &TestCentral, rows: usize) -> String {
    let rows = (1..=rows).map(|at| format!("Ấp {at},Ấp,{}\n", centre.commune()));
    format!("Tên,Loại,Thuộc xã\n{}", rows.collect::<String>())
}

fn import(device: &Device, table: &str) -> Report {
    import_bytes(device.app(), "don-vi.csv", table.as_bytes(), TableKind::Unit, &|_| {}).expect("writable")
}

fn living(centre: &TestCentral) -> i64 {
    centre.ask("SELECT count(*) FROM unit WHERE void = 0")
}

#[tokio::test]
async fn units_of_a_table_are_undone_as_one_and_come_back_when_it_is_imported_again() {
    let centre = TestCentral::start().await;
    let (one, two) = (officer(&centre, 1).await, officer(&centre, 2).await);
    let (before, at_centre) = (tree(&one), living(&centre));
    assert_eq!(tree(&two), before);
    let table = table(&centre, 70);
    let report = import(&one, &table);
    assert_eq!((report.added, report.refused), (70, 0), "{:?}", report.remarks);
    assert_eq!(tree(&one).len(), before.len() + 70);
    let listed: ImportBatches = one.call("import.list", NoInput {}).expect("a list");
    assert_eq!(
        (
            listed.batches[0].kind.as_str(),
            listed.batches[0].added,
            listed.batches[0].undone
        ),
        ("unit", 70, false)
    );
    assert_eq!(import(&one, &table).added, 0, "the same file again adds nothing");

    let undone = undo(one.app(), &report.batch.expect("a batch")).expect("it was there");
    assert_eq!((undone.undone, undone.kept.len(), undone.units.len()), (70, 0, 0));
    assert_eq!(tree(&one), before, "before anything was sent");
    one.sync().await.expect("a good link");
    assert_eq!((tree(&one), living(&centre)), (before.clone(), at_centre));
    assert_eq!(one.status().refused, 0);

    let again = import(&one, &table);
    assert_eq!(again.added, 70);
    for device in [&one, &two] {
        device.sync().await.expect("a good link");
        assert_eq!(tree(device).len(), before.len() + 70);
    }
    let batch = again.batch.expect("a batch");
    assert_eq!(undo(one.app(), &batch).expect("it was there").undone, 70);
    assert_eq!(tree(&one), before);
    assert!(undo(one.app(), &batch).is_err(), "nothing is left of it");
    for device in [&one, &two] {
        device.sync().await.expect("a good link");
        assert_eq!(tree(device), before, "everywhere");
    }
    assert_eq!(living(&centre), at_centre);
    assert_eq!(import(&two, &table).added, 70, "by another machine too");
    for device in [&two, &one] {
        device.sync().await.expect("a good link");
        assert_eq!(tree(device).len(), before.len() + 70);
    }
}

#[tokio::test]
async fn units_with_work_on_this_machine_stay_and_are_named() {
    let centre = TestCentral::start().await;
    let device = officer(&centre, 1).await;
    let before = tree(&device);
    let report = import(&device, &table(&centre, 5));
    let of = |name: &str| uid(&device, name).expect("made");
    let saved = device.save(form(&of("Ấp 2"), "20/11/2025")).expect("work begins");
    device.void(&saved.id);
    let renamed = UnitForm {
        uid: of("Ấp 3"),
        name: "Ấp Ba".into(),
        parent: centre.commune(),
        ..UnitForm::default()
    };
    let _: UnitSaved = device.call("unit.edit", renamed).expect("revised");
    let below = UnitForm {
        name: "Khóm Con".into(),
        level: "hamlet".into(),
        parent: of("Ấp 4"),
        ..UnitForm::default()
    };
    let _: UnitSaved = device.call("unit.create", below).expect("made in it");

    let batch = report.batch.expect("a batch");
    let own = device.app().store().read(|read| read.grants()).expect("readable");
    let lowered: Vec<Grant> = own
        .iter()
        .map(|grant| Grant {
            role: "team".into(),
            ..grant.clone()
        })
        .collect();
    let grant = |grants: &[Grant]| {
        device
            .app()
            .store()
            .write(|tx| tx.put_grants(grants))
            .expect("writable")
    };
    grant(&lowered);
    assert!(
        matches!(undo(device.app(), &batch), Err(hocvu_app::Error::NotAllowed)),
        "no officer any more"
    );
    grant(&own);

    let undone = undo(device.app(), &batch).expect("it was there");
    assert_eq!(undone.undone, 2);
    assert_eq!(undone.units, ["Ấp 2", "Ấp Ba", "Ấp 4"]);
    assert_eq!(tree(&device).len(), before.len() + 4);
    device.sync().await.expect("a good link");
    assert_eq!(device.status().refused, 0, "the centre sees it alike");
    assert_eq!(tree(&device).len(), before.len() + 4);
}

#[tokio::test]
async fn what_the_centre_knows_to_be_used_comes_back_and_is_told() {
    let centre = TestCentral::start().await;
    let (one, two) = (officer(&centre, 1).await, officer(&centre, 2).await);
    let before = tree(&one).len();
    let report = import(&one, &table(&centre, 3));
    for device in [&one, &two] {
        device.sync().await.expect("a good link");
    }
    let used = uid(&two, "Ấp 2").expect("it has it");
    two.save(form(&used, "20/11/2025")).expect("work for it");
    two.sync().await.expect("a good link");

    let undone = undo(one.app(), &report.batch.expect("a batch")).expect("nothing hangs on them here");
    assert_eq!((undone.undone, tree(&one).len()), (3, before));
    one.sync().await.expect("a good link");
    assert_eq!(
        tree(&one).len(),
        before + 1,
        "the one in use is back, the others are gone"
    );
    assert_eq!(uid(&one, "Ấp 2"), Some(used.clone()));
    assert_eq!(one.status().refused, 1);
    let told: SyncListView = one.operations(SyncTab::Refused);
    let row = &told.rows[0];
    assert_eq!(
        (row.kind.as_str(), row.unit_name.as_str(), row.reason.as_deref()),
        ("unit_void", "Ấp 2", Some("unit_in_use"))
    );
    let seen = SyncSeenInput {
        operation: row.operation.clone(),
    };
    let _: Done = one.call("sync.seen", seen).expect("read");
    assert_eq!(
        (one.status().refused, one.operations(SyncTab::Refused).rows.len()),
        (0, 0)
    );
    let of_unit = ListInput {
        unit: used,
        ..ListInput::default()
    };
    assert_eq!(one.list(of_unit).totals.sessions, 1, "no number was lost");
    two.sync().await.expect("a good link");
    assert_eq!(tree(&two), tree(&one));
}

#[tokio::test]
async fn a_session_recorded_before_the_machine_was_told_waits_and_counts_when_the_unit_is_said_again() {
    let centre = TestCentral::start().await;
    let (one, two) = (officer(&centre, 1).await, officer(&centre, 2).await);
    let table = table(&centre, 2);
    let report = import(&one, &table);
    for device in [&one, &two] {
        device.sync().await.expect("a good link");
    }
    undo(one.app(), &report.batch.expect("a batch")).expect("unused");
    one.sync().await.expect("a good link");

    let unit = uid(&two, "Ấp 1").expect("it was not told yet");
    two.save(form(&unit, "20/11/2025")).expect("saved without a link");
    two.sync().await.expect("a good link");
    let told = two.operations(SyncTab::Refused);
    assert_eq!(told.rows[0].reason.as_deref(), Some("unit_unknown"));
    assert_eq!(told.rows[0].unit_name, "Ấp 1", "by its name, though it is void");
    assert_eq!(centre.ask::<i64>("SELECT count(*) FROM record"), 0);
    assert_eq!(
        two.list(ListInput::default()).totals.sessions,
        1,
        "it stays where it was made"
    );

    import(&one, &table);
    one.sync().await.expect("a good link");
    assert_eq!(
        centre.ask::<i64>("SELECT count(*) FROM record"),
        1,
        "judged again at once"
    );
    for device in [&two, &one] {
        device.sync().await.expect("a good link");
        assert_eq!(device.status().refused, 0);
        assert_eq!(device.list(ListInput::default()).totals.attended, 31);
    }
}
