//! The centre's file put back from a copy, and files of earlier programs.

mod common;

use std::collections::BTreeMap;

use common::{DEPLOYMENT, Office, session};
use hocvu_central::{Core, Reader};
use hocvu_model::operation::{Kind, OfficeDraft};
use hocvu_wire::problem::ProblemCode;
use serde_json::json;

#[test]
fn i11_a_file_put_back_begins_a_new_epoch_by_itself_and_ends_where_it_was() {
    let mut office = Office::open();
    let mut officer = office.officer(40, "new:29242", "commune");
    let (mut lan, mut bay) = (office.device(1, "u:1"), office.device(2, "u:1"));
    let made = lan.create(1, "u:1", session(20));
    office.send(lan.frames(64));
    let yesterday = office.copy();
    let (epoch, number) = (office.core.epoch().to_owned(), office.no(&lan));
    let mut reader = Reader::open(&office.path).expect("a reader");
    let cursor = reader
        .page(number, None, 50)
        .expect("no fault")
        .expect("allowed")
        .cursor;
    drop(reader);

    let noted = lan.edit(1, "u:1", made, json!({"note": "của Lan"}));
    bay.edit(1, "u:1", made, json!({"start": "08:00"})); // Merged.
    bay.edit(1, "u:1", made, json!({"note": "của Bảy"})); // A branch.
    let stray = lan.create(2, "u:9", session(5));
    lan.create(3, "u:2", session(6)); // Taken over.
    officer.office(Kind::Adopt, &[lan.op(4)], None);
    officer.resolve(1, bay.op(1), &[bay.op(2)], json!({"note": "cả hai"}));
    officer.correct(
        1,
        officer.op(2),
        json!({"counts": [{"group": "adult", "attended": 18}]}),
    );
    for device in [&lan, &bay, &officer] {
        office.send(device.frames(64));
    }
    assert_eq!((noted.seq, stray.seq), (2, 3));
    let before = office.state();
    office.assert_sound();

    office.put_back(&yesterday);
    assert_ne!(office.core.epoch(), epoch, "it noticed by itself");
    office.assert_sound();
    let mut reader = Reader::open(&office.path).expect("a reader");
    let gone = reader.page(number, Some(&cursor), 50).expect("no fault").err();
    assert_eq!(gone, Some(ProblemCode::CursorGone));
    for device in [&lan, &bay, &officer] {
        office.send(device.frames(64));
    }
    assert_eq!(office.state(), before, "each device synced once");
    office.assert_sound();
    let epoch = office.core.epoch().to_owned();
    office.core = Core::open(&office.path, None, office.world.clone()).expect("again");
    assert_eq!(office.core.epoch(), epoch, "and goes on under that epoch");
}

#[test]
fn i11_the_centre_writes_another_log_after_a_restore() {
    let mut office = Office::open();
    let text = OfficeDraft::new(Kind::Release, 5).text();
    let own = |office: &mut Office| {
        office
            .core
            .transact(|desk| desk.author("cli", &text))
            .expect("stored")
            .id
    };
    let first = own(&mut office);
    let copy = office.copy();
    assert_eq!(own(&mut office).log, first.log);
    office.put_back(&copy);
    assert_ne!(
        own(&mut office).log,
        first.log,
        "numbers of the old log are in use elsewhere"
    );
    office.assert_sound();
}

/// A file as the program of schema 1 left it: every verdict it could give, a fork, a revoked device, and changes that its
/// rules allowed and today's would not.
#[test]
fn a_file_of_the_first_schema_is_brought_up_to_date_and_proves_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("central.db");
    let db = rusqlite::Connection::open(&path).expect("a new file");
    db.pragma_update(None, "page_size", 8192).expect("sql");
    db.pragma_update(None, "foreign_keys", false).expect("sql"); // A dump is in the order of names.
    db.execute_batch(include_str!("golden/central-0001.sql"))
        .expect("the dump");
    let verdicts = |db: &rusqlite::Connection| -> BTreeMap<(String, u64), String> {
        let mut read = db
            .prepare("SELECT hex(l.id), o.seq, o.verdict || coalesce(o.code, '') FROM operation o JOIN log l ON l.no = o.log")
            .expect("sql");
        let rows = read
            .query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))
            .expect("rows");
        rows.collect::<Result<_, _>>().expect("rows")
    };
    let before = verdicts(&db);
    drop(db);
    let world = std::sync::Arc::new(common::TestWorld::default());
    let mut core = Core::open(&path, Some(DEPLOYMENT), world.clone()).expect("it opens");
    let db = rusqlite::Connection::open(&path).expect("a second connection");
    assert_eq!(verdicts(&db), before, "what was decided stays decided");
    let verified = hocvu_central::verify::verify(&db).expect("readable");
    assert_eq!(verified.faults, Vec::<String>::new());
    assert!(verified.records > 2 && before.len() > 15);
    let open: i64 = db
        .query_row("SELECT count(*) FROM matter WHERE open", [], |row| row.get(0))
        .expect("sql");
    let waiting = before
        .values()
        .filter(|v| ["held", "conflicted", "quarantined"].iter().any(|w| v.starts_with(w)));
    assert_eq!(open as usize, waiting.count(), "what waited is shown now");
    let released: String = db
        .query_row("SELECT d.id FROM device d WHERE revoked_at IS NOT NULL", [], |row| {
            row.get(0)
        })
        .expect("one revoked device");
    let unit = common::hamlet("u:later", "new:29242");
    core.transact(|desk| desk.add_unit("test", unit)).expect("added");
    let id = released.clone();
    core.transact(|desk| desk.grant("test", &id, "u:9", "team"))
        .expect("granted");
    assert_eq!(
        hocvu_central::verify::verify(&db).expect("readable").faults,
        Vec::<String>::new()
    );
    drop(core);
    let again = Core::open(&path, Some(DEPLOYMENT), world).expect("it opens again");
    assert!(again.directory().device(&released).is_some_and(|device| device.revoked));
}
