//! Lists in the boundaries of then and of now: two hamlets that became one, read either way.

use hocvu_app::contract::{
    Done, ListInput, ListView, NoInput, RecordForm, RecordListInput, RecordListView, RecordSaveView, RecordView,
    SessionReadInput, SessionView, SucceedInput, SyncListInput, SyncListView, SyncTab, TodayView, UnitTreeInput,
    UnitTreeView,
};
use hocvu_testkit::{Device, TestCentral, form, record_form};

use crate::NOW;

const OTHER: (&str, &str) = ("u:tri-phong", "Ấp Tri Phong");
const HEIR: &str = "Ấp Rạch Lọp";

fn population(device: &Device, id: Option<&str>, unit: &str, value: &str) -> String {
    let fields = [
        ("target_group", "adult"),
        ("value", value),
        ("basis", "registered"),
        ("as_of", "20/11/2025"),
        ("source", "Công an xã"),
    ];
    let form = RecordForm {
        id: id.map(str::to_owned),
        ..record_form("population", unit, &fields)
    };
    let saved: RecordSaveView = device.call("record.save", form).expect("saved");
    saved.id
}

fn records(device: &Device, unit: &str, boundaries: &str) -> Vec<RecordView> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let input = RecordListInput {
        kind: "population".into(),
        unit: some(unit),
        boundaries: some(boundaries),
    };
    let list: RecordListView = device.call("record.list", input).expect("a list");
    list.records
}

struct Merged {
    centre: TestCentral,
    device: Device,
    /// Uid of what both hamlets became.
    heir: String,
    /// What the first one was called.
    first: String,
}

impl Merged {
    fn records(&self, unit: &str, boundaries: &str) -> Vec<RecordView> {
        records(&self.device, unit, boundaries)
    }

    fn sessions(&self, unit: &str, boundaries: &str, text: &str) -> ListView {
        self.device.list(ListInput {
            unit: unit.into(),
            boundaries: boundaries.into(),
            text: text.into(),
            ..ListInput::default()
        })
    }
}

/// An officer's machine that has a session and a population of each of two hamlets, which then became one.
async fn merged() -> Merged {
    let centre = TestCentral::start().await;
    centre.add_unit(OTHER.0, &centre.commune(), OTHER.1).await;
    let team = Device::enrolled(&centre, NOW, 2).await;
    population(&team, None, &centre.hamlet(), "400");
    team.sync().await.expect("a good link");
    let device = Device::new(NOW, 1);
    device.enrol(&centre, &centre.commune()).await;
    device.sync().await.expect("a good link");
    population(&device, None, OTHER.0, "600");
    for unit in [centre.hamlet().as_str(), OTHER.0] {
        device.save(form(unit, "20/11/2025")).expect("a good session");
    }
    let merge = SucceedInput {
        kind: "merge".into(),
        old: vec![centre.hamlet(), OTHER.0.into()],
        effective: "21/11/2025".into(),
        legal_basis: "Nghị quyết 12/NQ-HĐND".into(),
        name: HEIR.into(),
        ..SucceedInput::default()
    };
    let _: Done = device.call("unit.succeed", &merge).expect("merged");
    let tree: UnitTreeView = device.call("unit.tree", UnitTreeInput::default()).expect("a tree");
    let heir = tree.rows.into_iter().find(|row| row.name == HEIR).expect("at once").uid;
    let first = records(&device, &centre.hamlet(), "")[0].unit_name.clone();
    Merged {
        centre,
        device,
        heir,
        first,
    }
}

#[tokio::test]
async fn figures_of_merged_hamlets_are_read_as_they_were_and_as_they_are() {
    let merged = merged().await;
    let (heir, hamlet, commune) = (&merged.heir, merged.centre.hamlet(), merged.centre.commune());
    for (unit, boundaries, found) in [
        (heir.as_str(), "", 0),
        (heir, "as_was", 0),
        (heir, "as_is_now", 2),
        (&hamlet, "", 1),
        (&hamlet, "as_was", 1),
        (&commune, "", 0),
        (&commune, "as_was", 2),
        (&commune, "as_is_now", 2),
    ] {
        assert_eq!(merged.records(unit, boundaries).len(), found, "{unit} {boundaries}");
    }

    let names = |boundaries: &str| {
        let named = |record: RecordView| (record.unit_name, record.unit_then, record.unit_now);
        merged
            .records("", boundaries)
            .into_iter()
            .map(named)
            .collect::<Vec<_>>()
    };
    let heir_now = || Some(HEIR.to_owned());
    let was = [
        (merged.first.clone(), None, heir_now()),
        (OTHER.1.to_owned(), None, heir_now()),
    ];
    assert_eq!(names("as_was"), was);
    assert_eq!(names(""), was, "as recorded where nothing is asked for");
    let is = [
        (HEIR.to_owned(), Some(merged.first.clone()), None),
        (HEIR.to_owned(), Some(OTHER.1.to_owned()), None),
    ];
    assert_eq!(names("as_is_now"), is);
    let input = RecordListInput {
        kind: "population".into(),
        unit: None,
        boundaries: Some("as_it_will_be".into()),
    };
    merged
        .device
        .call::<RecordListView>("record.list", input)
        .expect_err("no such boundaries");
}

#[tokio::test]
async fn a_list_of_figures_says_who_changed_each_last_and_when() {
    let merged = merged().await;
    let device = &merged.device;
    let before = merged.records("", "");
    assert!(
        before.iter().all(|record| record.by == "Lan"),
        "a name, not an id: {before:?}"
    );
    assert!(before.iter().all(|record| record.at.starts_with("2025-11-22T")));
    device.time.advance_days(1);
    let (id, unit) = (before[1].form.id.clone().expect("stored"), before[1].form.unit.clone());
    population(device, Some(&id), &unit, "601");
    for sent in [false, true] {
        if sent {
            device.sync().await.expect("a good link");
        }
        let after = merged.records("", "");
        assert_eq!(
            (&after[0].by, &after[0].at),
            (&before[0].by, &before[0].at),
            "sent: {sent}"
        );
        assert_eq!(after[1].by, "Lan", "sent: {sent}");
        assert!(after[1].at.starts_with("2025-11-23T"), "sent: {sent}: {}", after[1].at);
        let read: RecordView = device
            .call("record.read", hocvu_app::contract::RecordId { id: id.clone() })
            .expect("readable");
        assert_eq!((read.by, read.at), (after[1].by.clone(), after[1].at.clone()));
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a journey in its order")]
async fn sessions_of_merged_hamlets_carry_the_name_of_then_or_of_now() {
    let merged = merged().await;
    let (device, first) = (&merged.device, merged.first.as_str());
    let names = |view: ListView| {
        let mut names: Vec<_> = view
            .rows
            .into_iter()
            .map(|row| (row.unit_name, row.unit_then, row.unit_now))
            .collect();
        names.sort();
        names
    };
    let now = |then: &str| (HEIR.to_owned(), Some(then.to_owned()), None);
    let then = |name: &str| (name.to_owned(), None, Some(HEIR.to_owned()));
    assert_eq!(names(merged.sessions("", "", "")), [then(first), then(OTHER.1)]);
    assert_eq!(names(merged.sessions("", "as_was", "")), [then(first), then(OTHER.1)]);
    assert_eq!(names(merged.sessions("", "as_is_now", "")), [now(first), now(OTHER.1)]);
    assert_eq!(
        names(merged.sessions(&merged.heir, "as_is_now", "")),
        [now(first), now(OTHER.1)]
    );
    assert_eq!(names(merged.sessions(&merged.heir, "as_was", "")), []);

    let found = |boundaries: &str, text: &str| merged.sessions("", boundaries, text).totals.sessions;
    assert_eq!(found("as_is_now", "rach lop"), 2, "found by the name on the screen");
    assert_eq!(found("as_is_now", "tri phong"), 1, "and still by that of then");
    assert_eq!(found("as_was", "rach lop"), 0);

    let choices = |boundaries: &str| {
        let units = merged.sessions("", boundaries, "").units;
        units
            .into_iter()
            .map(|unit| unit.uid)
            .collect::<std::collections::BTreeSet<_>>()
    };
    let (hamlet, commune) = (merged.centre.hamlet(), merged.centre.commune());
    let set = |uids: &[&str]| uids.iter().map(|uid| (*uid).to_owned()).collect();
    assert_eq!(choices(""), set(&[&hamlet, OTHER.0]));
    assert_eq!(
        choices("as_was"),
        set(&[&hamlet, OTHER.0, &commune]),
        "and where both meet"
    );
    assert_eq!(choices("as_is_now"), set(&[&merged.heir]));

    let id = merged.sessions(OTHER.0, "", "").rows[0].id.clone();
    let read = |boundaries: Option<&str>| {
        let input = SessionReadInput {
            id: id.clone(),
            boundaries: boundaries.map(str::to_owned),
        };
        let view: SessionView = device.call("session.read", input).expect("readable");
        (view.row.unit_name, view.row.unit_then, view.row.unit_now)
    };
    assert_eq!(read(None), then(OTHER.1));
    assert_eq!(read(Some("as_is_now")), now(OTHER.1));

    let today: TodayView = device.call("today.read", NoInput {}).expect("the start page");
    assert!(
        today
            .recent
            .iter()
            .all(|row| row.unit_name == HEIR && row.unit_then.is_some())
    );
    let input = SyncListInput {
        tab: SyncTab::Waiting,
        offset: 0,
        limit: 50,
    };
    let waiting: SyncListView = device.call("sync.list", input).expect("readable");
    let of_records = waiting.rows.iter().filter(|row| !row.record_id.is_empty());
    assert_eq!(
        of_records.filter(|row| row.unit_name == HEIR).count(),
        3,
        "two sessions, one population"
    );
}
