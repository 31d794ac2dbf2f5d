//! The mirror in a real PostgreSQL: what it holds is a state the centre had, and adds up to its own operations (I8).

#![cfg(unix)]

mod common;

#[path = "common/postgres.rs"]
mod postgres;

use common::{Device, Office, session};
use hocvu_central::mirror::{self, Checked, Mirrored};
use hocvu_model::OperationId;
use hocvu_model::operation::Kind;
use postgres::Postgres;
use serde_json::json;
use tokio_postgres::Client;

/// The centre's file, its mirror, and what drives the conversation.
struct Mirror {
    _server: Postgres,
    runtime: tokio::runtime::Runtime,
    client: Client,
}

impl Mirror {
    fn open() -> Self {
        let server = Postgres::start();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let client = runtime.block_on(mirror::connect(&server.url())).expect("it answers");
        Self {
            _server: server,
            runtime,
            client,
        }
    }

    fn bring_up(&mut self, office: &Office) -> Mirrored {
        let db = rusqlite::Connection::open(&office.path).expect("the centre's file");
        let done = self.runtime.block_on(mirror::bring_up(&db, &mut self.client));
        done.expect("mirrored")
    }

    fn check(&self, office: &Office) -> Checked {
        let db = rusqlite::Connection::open(&office.path).expect("the centre's file");
        self.runtime
            .block_on(mirror::check(&db, &self.client))
            .expect("readable")
    }

    fn run(&self, sql: &str) {
        self.runtime.block_on(self.client.batch_execute(sql)).expect("sql");
    }

    fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.runtime.block_on(self.client.query(sql, &[])).expect("sql");
        rows.into_iter().map(|row| row.get(0)).collect()
    }

    /// Unit, head and figures of every record, from either side.
    fn records(&self) -> Vec<String> {
        self.texts(
            "SELECT id || ' ' || unit || ' ' || head || ' ' || void || ' ' || floor || ' ' || (body->'counts'->0->>'attended')
             FROM hocvu.record ORDER BY id::text",
        )
    }

    fn assert_same(&self, office: &Office) {
        let checked = self.check(office);
        assert_eq!(checked.faults, Vec::<String>::new());
        assert_eq!(checked.operations, office.count("operation") as u64);
        let db = rusqlite::Connection::open(&office.path).expect("the centre's file");
        let mut read = db
            .prepare(
                "SELECT lower(hex(r.id)), p.uid, lower(hex(l.id)) || ':' || o.seq, r.void, r.floor,
                        r.body ->> '$.counts[0].attended'
                 FROM record r JOIN place p ON p.no = r.unit JOIN operation o ON o.fseq = r.head JOIN log l ON l.no = o.log
                 ORDER BY 1",
            )
            .expect("sql");
        let rows = read.query_map([], |row| {
            let id = uuid::Uuid::parse_str(&row.get::<_, String>(0)?).expect("an id");
            let (unit, head, void): (String, String, bool) = (row.get(1)?, row.get(2)?, row.get(3)?);
            let (floor, attended): (i64, i64) = (row.get(4)?, row.get(5)?);
            Ok(format!("{id} {unit} {head} {void} {floor} {attended}"))
        });
        let expected: Vec<String> = rows.expect("rows").collect::<Result<_, _>>().expect("rows");
        assert_eq!(self.records(), expected);
    }
}

/// Two people of one hamlet and an officer above them.
fn people(office: &mut Office) -> (Device, Device, Device) {
    (
        office.device(1, "u:1"),
        office.device(2, "u:1"),
        office.officer(3, "new:29242", "commune"),
    )
}

fn counts(attended: u32) -> serde_json::Value {
    json!({ "counts": [{ "group": "adult", "attended": attended, "female": 1 }] })
}

/// A merge, a contradiction with its settlement, a correction, a void and an adoption, delivered in two portions.
fn first_portion(office: &mut Office, (lan, bay, _): &mut (Device, Device, Device)) -> (OperationId, OperationId) {
    lan.open();
    bay.open();
    let made = lan.create(1, "u:1", session(20));
    lan.create(2, "u:1", session(7));
    office.deliver(lan);
    let noted = bay.edit(1, "u:1", made, json!({ "note": "Có mưa" }));
    office.deliver(bay);
    lan.edit(1, "u:1", made, counts(21)); // Beside the note: merges.
    assert_eq!(office.deliver(lan), "merged");
    let branch = bay.edit(1, "u:1", noted, counts(25)); // Against the 21: a branch.
    assert_eq!(office.deliver(bay), "conflicted BASE_CHANGED");
    (lan.op(4), branch)
}

#[test]
fn i8_state_is_a_fold_on_postgresql_too() {
    let (mut office, mut mirror) = (Office::open(), Mirror::open());
    let mut people = people(&mut office);
    let (head, branch) = first_portion(&mut office, &mut people);
    let first = mirror.bring_up(&office);
    assert!(first.operations >= 6 && first.records == 2 && !first.anew, "{first:?}");
    mirror.assert_same(&office);

    let (lan, bay, officer) = &mut people;
    officer.open();
    let settled = officer.resolve(1, head, &[branch], counts(25));
    officer.correct(1, settled, counts(24));
    officer.act(Kind::Void, 2, "u:1", Some(lan.op(3)), None);
    assert_eq!(office.deliver(officer), "accepted");
    let outside = bay.create(3, "u:9", session(5));
    assert_eq!(office.deliver(bay), "held SCOPE");
    mirror.bring_up(&office);
    officer.office(Kind::Adopt, &[outside], Some("u:2"));
    assert_eq!(office.deliver(officer), "accepted");
    let second = mirror.bring_up(&office);
    assert!(
        second.operations >= 2 && second.records == 1,
        "only what is new: {second:?}"
    );
    mirror.assert_same(&office);
    assert_eq!(
        mirror.texts("SELECT unit FROM hocvu.record WHERE id::text LIKE '%3'"),
        ["u:2"],
        "where it was placed"
    );
    assert_eq!(mirror.bring_up(&office).operations, 0, "nothing new, nothing written");
    let sums = "SELECT sum(attended)::text FROM hocvu.attendance";
    assert_eq!(
        mirror.texts(sums),
        [(24 + 5).to_string()],
        "the voided session is left out"
    );
}

#[test]
fn i8_a_restored_centre_is_mirrored_anew() {
    let (mut office, mut mirror) = (Office::open(), Mirror::open());
    let mut people = people(&mut office);
    let yesterday = office.copy();
    first_portion(&mut office, &mut people);
    mirror.bring_up(&office);
    office.put_back(&yesterday);
    let anew = mirror.bring_up(&office);
    assert!(anew.anew && anew.records == 0, "{anew:?}");
    mirror.assert_same(&office);
    for device in [&people.0, &people.1] {
        office.deliver(device);
    }
    mirror.bring_up(&office);
    mirror.assert_same(&office);
    assert_eq!(mirror.records().len(), 2);
}

#[test]
fn a_row_altered_in_the_mirror_is_named() {
    let (mut office, mut mirror) = (Office::open(), Mirror::open());
    let mut people = people(&mut office);
    first_portion(&mut office, &mut people);
    mirror.bring_up(&office);
    for (sql, named) in [
        ("UPDATE hocvu.record SET unit = 'u:2' WHERE id::text LIKE '%1'", "unit"),
        (
            "UPDATE hocvu.record SET body = jsonb_set(body, '{counts,0,attended}', '99') WHERE id::text LIKE '%1'",
            "body.counts",
        ),
        (
            "DELETE FROM hocvu.record WHERE id::text LIKE '%2'",
            "its row is missing",
        ),
        (
            "UPDATE hocvu.operation SET text = replace(text, 'vneid', 'khac') WHERE text LIKE '%vneid%'",
            "not what was signed for",
        ),
    ] {
        mirror.run(sql);
        let faults = mirror.check(&office).faults;
        assert!(faults.iter().any(|fault| fault.contains(named)), "{sql}: {faults:?}");
        mirror.run("TRUNCATE hocvu.position, hocvu.operation, hocvu.record");
        mirror.bring_up(&office);
    }
    assert_eq!(mirror.check(&office).faults, Vec::<String>::new());
}

#[test]
fn only_postgresql_on_this_machine_and_of_this_deployment_is_written() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let far = runtime.block_on(mirror::connect("host=db.example user=hocvu"));
    assert!(far.is_err_and(|error| error.to_string().contains("máy này")));
    let (office, mut mirror) = (Office::open(), Mirror::open());
    mirror.bring_up(&office);
    mirror.run("UPDATE hocvu.position SET deployment = 'khac'");
    let db = rusqlite::Connection::open(&office.path).expect("the centre's file");
    let refused = mirror.runtime.block_on(mirror::bring_up(&db, &mut mirror.client));
    assert!(refused.is_err_and(|error| error.to_string().contains("khac")));
}
