//! Two versions of one session: seen by everybody, chosen leaf by leaf or told apart, and nothing of either is lost.

use std::collections::BTreeMap;

use hocvu_app::contract::{
    Branch, ConflictCheckView, ConflictInput, ConflictListView, ConflictView, Done, ErrorBody, ErrorCode, HistoryView,
    IdInput, ListInput, NoInput, Pick, SessionForm, SplitInput, SplitView, Status,
};
use hocvu_testkit::{Device, TestCentral, count_line, form};

use crate::NOW;

/// Two machines of one hamlet that changed the same figure without a network. The first one's counts.
async fn disagreeing(centre: &TestCentral) -> (Device, Device, String) {
    let (lan, bay) = (
        Device::enrolled(centre, NOW, 1).await,
        Device::enrolled(centre, NOW, 2).await,
    );
    let saved = lan.save(form(&centre.hamlet(), "20/11/2025")).expect("a good session");
    for device in [&lan, &bay] {
        device.sync().await.expect("a good link");
    }
    let figures = |attended: &str| count_line("adult", &[("attended", attended), ("female", "15")]);
    lan.edit(&saved.id, |form| form.counts = figures("29"))
        .expect("an edit");
    bay.edit(&saved.id, |form| {
        form.counts = figures("27");
        form.venue = "Chùa Ông Mẹt".into();
    })
    .expect("another edit");
    for device in [&lan, &bay, &lan] {
        device.sync().await.expect("a good link");
    }
    (lan, bay, saved.id)
}

fn get(device: &Device, id: &str) -> Result<ConflictView, ErrorBody> {
    device.call("conflict.get", IdInput { id: id.into() })
}

fn input(view: &ConflictView, picks: &[(&str, Pick)]) -> ConflictInput {
    ConflictInput {
        id: view.row.id.clone(),
        versions: view.versions.iter().map(|version| version.operation.clone()).collect(),
        picks: picks
            .iter()
            .map(|(path, pick)| ((*path).to_owned(), pick.clone()))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn saved_form(device: &Device, id: &str) -> SessionForm {
    device.read(id).form
}

#[tokio::test]
async fn both_see_both_versions_one_chooses_and_both_histories_remain() {
    let centre = TestCentral::start().await;
    let (lan, bay, id) = disagreeing(&centre).await;
    for device in [&lan, &bay] {
        let list: ConflictListView = device.call("conflict.list", NoInput {}).expect("readable");
        assert_eq!(list.rows.len(), 1, "both machines are told");
        assert_eq!(device.read(&id).row.status, Status::Conflicted);
        assert_eq!(device.status().conflicts, 1);
    }
    let view = get(&lan, &id).expect("a conflict");
    assert_eq!(view.versions.len(), 2);
    assert!(
        view.versions[0].counts && view.versions[0].mine,
        "what counts comes first"
    );
    let differs: Vec<_> = view.leaves.iter().filter(|leaf| leaf.differs).collect();
    let paths: Vec<&str> = differs.iter().map(|leaf| leaf.path.as_str()).collect();
    assert_eq!(paths, ["counts.adult.attended", "venue"], "only what differs is asked");
    assert_eq!(differs[0].values, ["29", "27"]);
    assert!(
        view.leaves
            .iter()
            .any(|leaf| leaf.path == "counts.adult.female" && !leaf.differs)
    );

    let picks = [
        ("counts.adult.attended", Pick::Text { text: "28".into() }),
        ("venue", Pick::Version { version: 1 }),
    ];
    let check: ConflictCheckView = lan.call("conflict.check", input(&view, &picks)).expect("checked");
    assert_eq!(check.totals["attended"], 28, "the sentence under the lines");
    assert_eq!(check.venue, "Chùa Ông Mẹt");
    let _: Done = lan.call("conflict.resolve", input(&view, &picks)).expect("settled");
    assert_eq!(lan.read(&id).row.status, Status::Waiting, "chosen here, to be sent");
    assert_eq!(
        get(&lan, &id).map(|_| ()).expect_err("settled").code,
        ErrorCode::NotFound
    );

    for device in [&lan, &bay] {
        device.sync().await.expect("a good link");
        assert_eq!(device.read(&id).row.attended, 28);
        assert_eq!(saved_form(device, &id).venue, "Chùa Ông Mẹt");
        assert_eq!(device.status().conflicts, 0);
        let history: HistoryView = device
            .call("history.get", IdInput { id: id.clone() })
            .expect("a history");
        let closed: Vec<_> = history
            .entries
            .iter()
            .filter(|entry| entry.branch == Branch::Closed)
            .collect();
        assert_eq!(closed.len(), 1, "what was not chosen stays: {history:#?}");
        assert_eq!(closed[0].mine, std::ptr::eq(device, &raw const bay));
    }
    let late = Device::enrolled(&centre, NOW, 3).await;
    late.sync().await.expect("a good link");
    let history: HistoryView = late.call("history.get", IdInput { id: id.clone() }).expect("a history");
    assert!(
        history
            .entries
            .iter()
            .any(|entry| entry.branch == Branch::Closed && !entry.mine),
        "who comes later reads it too: {history:#?}"
    );
    assert_eq!(
        centre.ask::<i64>("SELECT sum(attended) FROM rollup WHERE target_group = 'adult'"),
        28
    );
}

#[tokio::test]
async fn two_sessions_taken_for_one_are_told_apart_and_both_count() {
    let centre = TestCentral::start().await;
    let (lan, bay, id) = disagreeing(&centre).await;
    let view = get(&bay, &id).expect("a conflict");
    let split = SplitInput {
        id: id.clone(),
        versions: input(&view, &[]).versions,
    };
    let made: SplitView = bay.call("conflict.split", split).expect("told apart");
    assert_eq!(made.ids.len(), 1);
    for device in [&bay, &lan] {
        device.sync().await.expect("a good link");
        let list = device.list(ListInput::default());
        assert_eq!((list.totals.sessions, list.totals.attended), (2, 29 + 27));
        assert_eq!(device.status().conflicts, 0);
    }
}

#[tokio::test]
async fn an_impossible_choice_and_a_late_one_are_refused() {
    let centre = TestCentral::start().await;
    let (lan, bay, id) = disagreeing(&centre).await;
    let view = get(&lan, &id).expect("a conflict");
    let wrong = input(&view, &[("counts.adult.attended", Pick::Text { text: "12,5".into() })]);
    let refused = lan
        .call::<Done>("conflict.resolve", wrong)
        .expect_err("no whole number");
    assert_eq!(refused.code, ErrorCode::Invalid);
    assert_eq!(refused.findings[0].path, "counts.adult.attended");

    // Meanwhile the other one says more on its branch.
    bay.edit(&id, |form| form.note = "Có điểm danh".into())
        .expect("an edit");
    for device in [&bay, &lan] {
        device.sync().await.expect("a good link");
    }
    let late = lan.call::<Done>("conflict.resolve", input(&view, &[]));
    assert_eq!(
        late.expect_err("chosen over versions nobody saw").code,
        ErrorCode::NotFound
    );
    let now = get(&lan, &id).expect("still a conflict");
    assert!(now.leaves.iter().any(|leaf| leaf.path == "note" && leaf.differs));
}

#[tokio::test]
async fn voided_here_and_edited_there_is_a_choice_too() {
    let centre = TestCentral::start().await;
    let (lan, bay) = (
        Device::enrolled(&centre, NOW, 1).await,
        Device::enrolled(&centre, NOW, 2).await,
    );
    let saved = lan.save(form(&centre.hamlet(), "20/11/2025")).expect("a good session");
    for device in [&lan, &bay] {
        device.sync().await.expect("a good link");
    }
    lan.edit(&saved.id, |form| form.note = "Đông".into()).expect("an edit");
    bay.void(&saved.id);
    for device in [&lan, &bay] {
        device.sync().await.expect("a good link");
    }
    let view = get(&bay, &saved.id).expect("a conflict");
    assert!(!view.can_split && view.versions[1].voided);
    assert_eq!(view.leaves[0].path, "void");
    assert_eq!(view.versions[1].reason.as_deref(), Some("Ghi nhầm"));
    let drop = input(&view, &[("void", Pick::Version { version: 1 })]);
    let _: Done = bay.call("conflict.resolve", drop).expect("settled");
    for device in [&bay, &lan] {
        device.sync().await.expect("a good link");
        assert!(device.read(&saved.id).row.voided);
    }
}

#[tokio::test]
async fn a_saved_edit_is_taken_back_without_what_others_changed_meanwhile() {
    let centre = TestCentral::start().await;
    let (lan, bay) = (
        Device::enrolled(&centre, NOW, 1).await,
        Device::enrolled(&centre, NOW, 2).await,
    );
    let saved = lan.save(form(&centre.hamlet(), "20/11/2025")).expect("a good session");
    for device in [&lan, &bay] {
        device.sync().await.expect("a good link");
    }
    let before = saved_form(&lan, &saved.id);
    lan.edit(&saved.id, |form| {
        form.counts = count_line("adult", &[("attended", "44")])
    })
    .expect("an edit");
    let after = saved_form(&lan, &saved.id);
    bay.edit(&saved.id, |form| form.note = "Mưa".into())
        .expect("another field");
    for device in [&lan, &bay, &lan] {
        device.sync().await.expect("a good link");
    }
    let back = hocvu_app::contract::ChangeInput {
        id: saved.id.clone(),
        from: after,
        to: before.clone(),
    };
    let _: hocvu_app::contract::SaveView = lan.call("session.change", back).expect("taken back");
    let now = saved_form(&lan, &saved.id);
    assert_eq!(now.counts, before.counts);
    assert_eq!(now.note, "Mưa", "what somebody else wrote stays");
}
