//! Hamlets, schools and areas made, revised, split and moved on an officer's machine, as others come to know them.

use hocvu_app::contract::{
    Commit, Done, ErrorCode, ListInput, NoInput, SucceedInput, SucceedView, UnitForm, UnitManyInput, UnitManyView,
    UnitRow, UnitSaved, UnitTreeInput, UnitTreeView, UnitsView,
};
use hocvu_testkit::{Device, TestCentral, form};

use crate::NOW;

async fn officer(centre: &TestCentral, unit: &str, seed: u64) -> Device {
    let device = Device::new(NOW, seed);
    device.enrol(centre, unit).await;
    device.sync().await.expect("a good link");
    device
}

fn named(name: &str) -> UnitForm {
    UnitForm {
        name: name.into(),
        ..UnitForm::default()
    }
}

fn tree(device: &Device) -> Vec<UnitRow> {
    let view: UnitTreeView = device.call("unit.tree", UnitTreeInput::default()).expect("a tree");
    view.rows
}

fn row(device: &Device, name: &str) -> Option<UnitRow> {
    tree(device).into_iter().find(|row| row.name == name)
}

#[tokio::test]
async fn a_hamlet_is_made_and_revised_and_another_machine_reads_it() {
    let centre = TestCentral::start().await;
    let (one, two) = (
        officer(&centre, &centre.commune(), 1).await,
        officer(&centre, &centre.commune(), 2).await,
    );
    let made: UnitSaved = one.call("unit.create", named("Ấp Tri Phonk")).expect("made");
    let at_once = row(&one, "Ấp Tri Phonk").expect("it is there before it is sent");
    assert!(at_once.waiting && at_once.editable && at_once.level == "hamlet");
    one.save(form(&made.uid, "20/11/2025")).expect("work for it may begin");
    assert_eq!(one.list(ListInput::default()).rows[0].unit_name, "Ấp Tri Phonk");
    for device in [&one, &two] {
        device.sync().await.expect("a good link");
    }
    assert!(!row(&two, "Ấp Tri Phonk").expect("the other has it").waiting);

    let right = UnitForm {
        uid: made.uid.clone(),
        parent: centre.commune(),
        code: "TP-01".into(),
        ..named("Ấp Tri Phong")
    };
    let _: UnitSaved = two.call("unit.edit", right).expect("set right by the other");
    for device in [&two, &one] {
        device.sync().await.expect("a good link");
    }
    let read = row(&one, "Ấp Tri Phong").expect("by its right name");
    assert_eq!((read.uid, read.code.as_str(), read.sessions), (made.uid, "TP-01", 1));
    assert!(row(&one, "Ấp Tri Phonk").is_none());
    assert_eq!(one.list(ListInput::default()).rows[0].unit_name, "Ấp Tri Phong");
    let twice: UnitSaved = one
        .call("unit.create", named("Ấp Tri Phong"))
        .expect("a warning is no refusal");
    assert_eq!(twice.findings[0].code, "unit_name_twice");
}

#[tokio::test]
async fn many_units_are_made_all_or_chosen() {
    let centre = TestCentral::start().await;
    let device = officer(&centre, &centre.commune(), 1).await;
    let rows = vec![
        named("Ấp Một"),
        named("Trường THCS Long Hòa"),
        named("Ấp Một"),
        named("Không rõ"),
        UnitForm {
            parent: "new:29242".into(),
            ..named("Khóm 9")
        },
        UnitForm {
            level: "Hợp tác xã".into(),
            ..named("Rạch Lọp")
        },
    ];
    let ask = |commit, chosen: &[u32]| -> UnitManyView {
        let input = UnitManyInput {
            rows: rows.clone(),
            commit,
            chosen: chosen.to_vec(),
        };
        device.call("unit.create_many", input).expect("looked at")
    };
    let look = ask(Commit::Look, &[]);
    let said: Vec<&str> = look
        .rows
        .iter()
        .map(|row| row.findings.first().map_or("", |finding| finding.code.as_str()))
        .collect();
    assert_eq!(said, ["", "", "unit_row_twice", "level_missing", "unit_not_yours", ""]);
    assert_eq!((look.good, look.made), (3, 0));
    assert_eq!(look.rows[1].level, "school");
    assert_eq!(ask(Commit::All, &[]).made, 0, "all or none");
    assert_eq!(
        ask(Commit::Chosen, &[0, 2, 5]).made,
        2,
        "of those chosen, what nothing refuses"
    );
    device.sync().await.expect("a good link");
    assert_eq!(
        centre.ask::<i64>("SELECT count(*) FROM unit WHERE name IN ('Ấp Một', 'Rạch Lọp')"),
        2
    );
}

#[tokio::test]
async fn an_office_makes_what_its_role_may_within_its_scope() {
    let centre = TestCentral::start().await;
    let commune = officer(&centre, &centre.commune(), 1).await;
    let province = officer(&centre, "new:86", 2).await;
    let area = UnitForm {
        level: "area".into(),
        parent: "new:86".into(),
        members: vec![centre.commune(), "new:29242".into()],
        ..named("Khu vực Châu Thành")
    };
    let refused = commune
        .call::<UnitSaved>("unit.create", &area)
        .expect_err("not a commune's");
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    let elsewhere = UnitForm {
        parent: "new:29242".into(),
        ..named("Khóm 9")
    };
    let refused = commune
        .call::<UnitSaved>("unit.create", elsewhere)
        .expect_err("another's commune");
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    let team = Device::enrolled(&centre, NOW, 3).await;
    let refused = team
        .call::<UnitSaved>("unit.create", named("Ấp Một"))
        .expect_err("no office");
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    let law = UnitForm {
        uid: centre.commune(),
        level: "commune".into(),
        parent: "new:86".into(),
        ..named("Xã Long Hoà Mới")
    };
    let refused = province.call::<UnitSaved>("unit.edit", law).expect_err("the law's");
    assert_eq!(refused.findings[0].code, "unit_shipped");

    let made: UnitSaved = province.call("unit.create", &area).expect("the province's");
    province.sync().await.expect("a good link");
    team.save(form(&centre.hamlet(), "20/11/2025")).expect("a good session");
    for device in [&team, &province] {
        device.sync().await.expect("a good link");
    }
    let within = ListInput {
        unit: made.uid.clone(),
        boundaries: "as_is_now".into(),
        ..ListInput::default()
    };
    assert_eq!(
        province.list(within).totals.attended,
        31,
        "an area reads what its members have"
    );
    let less = UnitForm {
        uid: made.uid.clone(),
        members: vec!["new:29242".into()],
        ..area
    };
    let _: UnitSaved = province.call("unit.edit", less).expect("one left");
    let view = tree(&province)
        .into_iter()
        .find(|row| row.uid == made.uid)
        .expect("the area");
    assert_eq!(view.members, ["new:29242"]);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a journey in its order")]
async fn a_merger_proves_its_sums_and_a_split_waits_for_a_person() {
    let centre = TestCentral::start().await;
    centre.add_unit("u:tri-phong", &centre.commune(), "Ấp Tri Phong").await;
    let device = officer(&centre, &centre.commune(), 1).await;
    for unit in [centre.hamlet(), "u:tri-phong".into(), "u:tri-phong".into()] {
        device.save(form(&unit, "20/11/2025")).expect("a good session");
    }
    let law = |kind: &str, old: &[&str]| SucceedInput {
        kind: kind.into(),
        old: old.iter().map(|uid| (*uid).to_owned()).collect(),
        effective: "21/11/2025".into(),
        legal_basis: "Nghị quyết 12/NQ-HĐND".into(),
        ..SucceedInput::default()
    };
    let merge = SucceedInput {
        name: "Ấp Long Thuận".into(),
        ..law("merge", &[&centre.hamlet(), "u:tri-phong"])
    };
    let preview: SucceedView = device.call("unit.preview", &merge).expect("a preview");
    let sum = |what: &str| {
        let row = preview
            .proof
            .rows
            .iter()
            .find(|row| row.what == what && row.year == 2025);
        row.map(|row| (row.before, row.after))
    };
    assert!(preview.proof.equal, "{:?}", preview.proof);
    assert_eq!(
        (sum("sessions"), sum("attended"), sum("female")),
        (Some((3, 3)), Some((93, 93)), Some((54, 54)))
    );
    assert!(
        preview
            .proof
            .places
            .iter()
            .any(|place| place.boundaries == "as_was" && place.before == 93)
    );
    let _: Done = device.call("unit.succeed", &merge).expect("merged");
    let merged = row(&device, "Ấp Long Thuận").expect("at once").uid;
    let list = |unit: &str, boundaries: &str| {
        let input = ListInput {
            unit: unit.into(),
            boundaries: boundaries.into(),
            ..ListInput::default()
        };
        device.list(input).totals.sessions
    };
    assert_eq!((list(&merged, "as_is_now"), list(&merged, "as_was")), (3, 0));

    let one_part = SucceedInput {
        parts: vec!["Ấp Long Thuận A".into()],
        ..law("split", &[&merged])
    };
    let refused = device
        .call::<SucceedView>("unit.preview", &one_part)
        .expect_err("two parts at least");
    assert_eq!(refused.findings[0].code, "parts_missing");
    let split = SucceedInput {
        parts: vec!["Ấp Long Thuận A".into(), "Ấp Long Thuận B".into()],
        effective: "22/11/2025".into(),
        ..law("split", &[&merged])
    };
    let preview: SucceedView = device.call("unit.preview", &split).expect("a preview");
    assert!(preview.proof.equal && preview.attended == 93);
    let _: Done = device.call("unit.succeed", &split).expect("split");
    assert_eq!(
        list(&merged, "as_is_now"),
        3,
        "what nobody placed stays with the old one"
    );
    assert_eq!(list(&centre.commune(), "as_is_now"), 3, "and counts above it");
    for _ in 0..2 {
        device.sync().await.expect("a good link");
    }
    assert_eq!(
        centre.ask::<i64>("SELECT count(*) FROM operation WHERE verdict <> 'accepted'"),
        0
    );
    let known: UnitsView = device.call("unit.list", NoInput {}).expect("units");
    let kinds: Vec<&str> = known.successions.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["split", "split", "merge", "merge"]);
    assert!(known.successions.iter().all(|one| one.sent));
}

#[tokio::test]
async fn a_transfer_takes_the_figures_along_and_leaves_them_where_they_were() {
    let centre = TestCentral::start().await;
    let province = officer(&centre, "new:86", 1).await;
    province
        .save(form(&centre.hamlet(), "20/11/2025"))
        .expect("a good session");
    let transfer = SucceedInput {
        kind: "transfer".into(),
        old: vec![centre.hamlet()],
        parent: "new:29242".into(),
        effective: "21/11/2025".into(),
        legal_basis: "Nghị quyết 12/NQ-HĐND".into(),
        ..SucceedInput::default()
    };
    let preview: SucceedView = province.call("unit.preview", &transfer).expect("a preview");
    assert!(preview.proof.equal, "{:?}", preview.proof);
    let moves: Vec<(u64, u64)> = preview
        .proof
        .places
        .iter()
        .filter(|place| place.moves)
        .map(|place| (place.before, place.after))
        .collect();
    assert_eq!(moves.len(), 2, "one commune gives, one takes");
    assert!(moves.contains(&(31, 0)) && moves.contains(&(0, 31)));
    let _: Done = province.call("unit.succeed", &transfer).expect("moved");
    province.sync().await.expect("a good link");
    for (unit, boundaries, sessions) in [
        ("new:29242", "as_is_now", 1),
        ("new:29242", "as_was", 0),
        ("new:29413", "as_is_now", 0),
        ("new:29413", "as_was", 1),
    ] {
        let input = ListInput {
            unit: unit.into(),
            boundaries: boundaries.into(),
            ..ListInput::default()
        };
        assert_eq!(province.list(input).totals.sessions, sessions, "{unit} {boundaries}");
    }
}
