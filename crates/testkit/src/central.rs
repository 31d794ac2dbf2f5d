//! A whole centre in this process, over real HTTP on a free port, with its database in a folder of its own.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use hocvu_central::world::World;
use hocvu_central::{Centre, Config, NewCode};
use hocvu_model::unit::{Level, Unit};
use hocvu_sync::Environment;
use tempfile::TempDir;

use crate::FakeTime;

/// The hamlet every test centre has.
const HAMLET: &str = "u:hoa-thuan";
/// Xã Long Hòa, which it belongs to.
const COMMUNE: &str = "new:29413";

/// A running centre; its folder goes with it.
pub struct TestCentral {
    centre: Option<Centre>,
    address: std::net::SocketAddr,
    folder: TempDir,
    world: Arc<TestWorld>,
}

/// A centre's clock and random source, as tests put them.
pub struct TestWorld {
    time: FakeTime,
}

impl TestWorld {
    /// A world with this time.
    pub fn at(time: FakeTime) -> Self {
        Self { time }
    }
}

impl World for TestWorld {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.time.unix(), 0).unwrap_or_default()
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.time.random(bytes);
    }
}

impl TestCentral {
    /// Starts a centre that knows one hamlet.
    ///
    /// # Panics
    /// It does not start.
    pub async fn start() -> Self {
        Self::start_at("2025-11-22T08:00:00+07:00").await
    }

    /// Starts a centre with its clock at `now`.
    ///
    /// # Panics
    /// It does not start.
    pub async fn start_at(now: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let world = Arc::new(TestWorld {
            time: FakeTime::at(now, 0xce47),
        });
        let centre = Self::serve(&folder, &world).await;
        let address = centre.address();
        let this = Self {
            centre: Some(centre),
            address,
            folder,
            world,
        };
        this.add_unit(HAMLET, COMMUNE, "Ấp Hòa Thuận").await;
        this
    }

    async fn serve(folder: &TempDir, world: &Arc<TestWorld>) -> Centre {
        let mut config = Config::new(
            folder.path().join("central.db"),
            "vl",
            Arc::clone(world) as Arc<dyn World>,
        );
        config.limits.requests_per_minute = u32::MAX; // A test may hurry.
        Centre::start(config).await.expect("the centre starts")
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its address.
    pub fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    /// Uid of the hamlet every test centre has.
    pub fn hamlet(&self) -> String {
        HAMLET.to_owned()
    }

    /// Uid of the commune above it.
    pub fn commune(&self) -> String {
        COMMUNE.to_owned()
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("central.db")
    }

    /// Adds a hamlet.
    ///
    /// # Panics
    /// The centre refuses.
    pub async fn add_unit(&self, uid: &str, parent: &str, name: &str) {
        self.add_unit_of(Level::Hamlet, uid, parent, name).await;
    }

    /// Adds a unit of a level.
    ///
    /// # Panics
    /// The centre refuses.
    pub async fn add_unit_of(&self, level: Level, uid: &str, parent: &str, name: &str) {
        let unit = Unit {
            uid: uid.into(),
            code: None,
            level,
            name: name.into(),
            parent: Some(parent.into()),
            valid_from: None,
            valid_to: None,
            sort: None,
            members: Vec::new(),
            void: false,
        };
        self.running()
            .writer()
            .run(1, move |desk| desk.add_unit("test", unit.clone()))
            .await
            .expect("a good unit");
    }

    /// A one-time code for a device of `unit`.
    ///
    /// # Panics
    /// The centre refuses.
    pub async fn code_for(&self, unit: &str) -> String {
        let new = NewCode {
            unit: unit.into(),
            role: None,
            user_name: Some("Lan".into()),
            days: 7,
        };
        self.running()
            .writer()
            .run(1, move |desk| desk.make_code("test", new.clone()))
            .await
            .expect("a known unit")
    }

    /// Switches it off gracefully and on again at a new port.
    ///
    /// # Panics
    /// It does not come back.
    pub async fn restart(&mut self) {
        if let Some(centre) = self.centre.take() {
            centre.shutdown().await;
        }
        let centre = Self::serve(&self.folder, &self.world).await;
        self.address = centre.address();
        self.centre = Some(centre);
    }

    /// A whole copy of its database, as an office keeps one of yesterday.
    ///
    /// # Panics
    /// There is no room.
    pub fn copy(&self) -> PathBuf {
        let copy = self.folder.path().join("copy.db");
        drop(std::fs::remove_file(&copy));
        let db = rusqlite::Connection::open(self.database()).expect("the database opens");
        let name = copy.to_str().expect("a plain path");
        db.execute("VACUUM INTO ?1", [name]).expect("room for a copy");
        copy
    }

    /// The disk failed: yesterday's copy is put in place, a new epoch begun, and the centre comes back at a new port.
    ///
    /// # Panics
    /// It does not come back.
    pub async fn restore(&mut self, copy: &std::path::Path) {
        if let Some(centre) = self.centre.take() {
            centre.shutdown().await;
        }
        for suffix in ["", "-wal", "-shm"] {
            drop(std::fs::remove_file(
                self.folder.path().join(format!("central.db{suffix}")),
            ));
        }
        std::fs::copy(copy, self.database()).expect("room for a copy");
        self.restart().await;
        self.running()
            .writer()
            .run(1, |desk| desk.bump_epoch("test", "yesterday's copy"))
            .await
            .expect("a new epoch");
        self.restart().await;
    }

    /// Asks its database a question, over a connection of its own.
    ///
    /// # Panics
    /// The question is wrong.
    pub fn ask<T: rusqlite::types::FromSql>(&self, sql: &str) -> T {
        let db = rusqlite::Connection::open(self.database()).expect("the database opens");
        db.query_row(sql, [], |row| row.get(0)).expect("the question is right")
    }

    /// Everything that must be the same however batches were delivered: operations with verdicts, records, roll-up.
    ///
    /// # Panics
    /// The database cannot be read.
    pub fn picture(&self) -> String {
        let db = rusqlite::Connection::open(self.database()).expect("the database opens");
        let mut out = String::new();
        for sql in [
            "SELECT json_array(hex(l.id), o.seq, hex(o.sha256), o.verdict, o.code) FROM operation o JOIN log l ON l.no = o.log ORDER BY 1",
            "SELECT json_array(hex(r.id), p.uid, r.void, json(r.body)) FROM record r JOIN place p ON p.no = r.unit ORDER BY 1",
            "SELECT json_array(p.uid, r.date, r.target_group, r.sessions, r.attended) FROM rollup r JOIN place p ON p.no = r.unit WHERE r.sessions <> 0 OR r.attended <> 0 ORDER BY 1",
        ] {
            let mut statement = db.prepare(sql).expect("a question about known tables");
            let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
            rows.for_each(|row| {
                out.push_str(&row.expect("text"));
                out.push('\n');
            });
            out.push('\n');
        }
        out
    }

    fn running(&self) -> &Centre {
        self.centre.as_ref().expect("the centre is on")
    }
}
