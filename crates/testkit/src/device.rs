//! A whole device in this process: the real app on a folder of its own.

use std::path::Path;
use std::sync::Arc;

use hocvu_app::contract::{
    BeginInput, BeginView, ErrorBody, ListInput, ListView, NoInput, ReceiptView, SaveInput, SaveView, SessionForm,
    SessionReadInput, SessionView, SyncListInput, SyncListView, SyncStatus, SyncTab, VoidInput,
};
use hocvu_app::{App, EnrolNow, FileKeys, Setup, SyncAndCompare, SyncOnce};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;

use crate::{FakeTime, FaultyLink, TestCentral};

/// A device; its folder goes with it.
pub struct Device {
    folder: Arc<TempDir>,
    app: Option<Arc<App>>,
    notices: tokio::sync::watch::Sender<u64>,
    /// Its clock.
    pub time: Arc<FakeTime>,
    /// Its link.
    pub link: FaultyLink,
}

/// Shorthand of answers a test looks at.
pub type Sessions = Vec<hocvu_app::contract::SessionRow>;

impl Device {
    /// A new machine with its clock at `now`.
    ///
    /// # Panics
    /// The folder or the file cannot be made.
    pub fn new(now: &str, seed: u64) -> Self {
        Self::in_folder(tempfile::tempdir().expect("a temporary folder"), now, seed, "")
    }

    /// The machine `machine` with a copy of the data folder of another, which must be off.
    ///
    /// # Panics
    /// The folder cannot be copied or the file does not open.
    pub fn with_copy_of(folder: &Path, now: &str, seed: u64, machine: &str) -> Self {
        let copy = tempfile::tempdir().expect("a temporary folder");
        copy_files(folder, copy.path());
        Self::in_folder(copy, now, seed, machine)
    }

    fn in_folder(folder: TempDir, now: &str, seed: u64, machine: &str) -> Self {
        let folder = Arc::new(folder);
        let (time, link) = (Arc::new(FakeTime::at(now, seed)), FaultyLink::default());
        let mut device = Self {
            folder,
            app: None,
            notices: tokio::sync::watch::Sender::new(0),
            time,
            link,
        };
        device.time.be_machine(machine);
        device.start();
        device
    }

    /// A machine enrolled at `centre` for its hamlet.
    ///
    /// # Panics
    /// The centre refuses.
    pub async fn enrolled(centre: &TestCentral, now: &str, seed: u64) -> Self {
        let device = Self::new(now, seed);
        device.enrol(centre, &centre.hamlet()).await;
        device
    }

    /// Enrols for `unit`.
    ///
    /// # Panics
    /// The centre refuses.
    pub async fn enrol(&self, centre: &TestCentral, unit: &str) {
        self.enrol_at(centre, unit, centre.url()).await;
    }

    /// Enrols for `unit`, reaching the centre at `address`, e.g. through a proxy.
    ///
    /// # Panics
    /// The centre refuses.
    pub async fn enrol_at(&self, centre: &TestCentral, unit: &str, address: String) {
        let enrol = EnrolNow {
            code: centre.code_for(unit).await,
            centre: address,
            user: "Lan".into(),
        };
        enrol
            .run(self.app())
            .await
            .expect("the store works")
            .expect("the centre takes the code");
    }

    /// The app.
    ///
    /// # Panics
    /// The machine is off.
    pub fn app(&self) -> &Arc<App> {
        self.app.as_ref().expect("the machine is on")
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Switches the machine off and on again.
    pub fn restart(&mut self) {
        self.off();
        self.start();
    }

    /// Switches the machine off: its files may be copied.
    pub fn off(&mut self) {
        self.app = None;
    }

    /// Puts the files of `copy` back in place of those of the same names, and switches the machine on.
    ///
    /// # Panics
    /// The machine is on, or the files cannot be copied.
    pub fn put_back(&mut self, copy: &Path) {
        assert!(self.app.is_none(), "the machine is off");
        copy_files(copy, self.folder.path());
        self.start();
    }

    /// The centre came back at another address: tests give it a free port each time.
    ///
    /// # Panics
    /// The store fails.
    pub fn follow(&self, centre: &TestCentral) {
        let moved = self.app().store().write(|tx| {
            let mut identity = tx.identity()?.expect("enrolled");
            identity.centre = centre.url();
            tx.put_identity(&identity, 1)
        });
        moved.expect("the store works");
    }

    fn start(&mut self) {
        let notices = self.notices.clone();
        let setup = Setup {
            folder: self.folder.path().to_path_buf(),
            centre: String::new(),
            announcer: Arc::new(move |_| notices.send_modify(|count| *count += 1)),
        };
        let app = App::open_with(setup, &FileKeys, self.time.clone(), self.link.transports());
        self.app = Some(Arc::new(app.expect("the data file opens")));
    }

    /// Waits until `holds`, looking again whenever the app announces a change.
    ///
    /// # Panics
    /// It does not hold within a minute.
    pub async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        self.until_within(std::time::Duration::from_secs(60), what, holds).await;
    }

    /// The same with another limit.
    ///
    /// # Panics
    /// It does not hold within the limit.
    pub async fn until_within(&self, limit: std::time::Duration, what: &str, holds: impl Fn(&Self) -> bool) {
        let mut notices = self.notices.subscribe();
        let waiting = async {
            while !holds(self) {
                notices.changed().await.expect("the device is there");
            }
        };
        assert!(
            tokio::time::timeout(limit, waiting).await.is_ok(),
            "{what} within {} s",
            limit.as_secs()
        );
    }

    /// Runs a command.
    ///
    /// # Errors
    /// As the command says.
    pub fn call<O: DeserializeOwned>(&self, name: &str, input: impl Serialize) -> Result<O, ErrorBody> {
        let input = serde_json::to_value(input).expect("plain data");
        let output = self.app().call(name, input).map_err(ErrorBody::from)?;
        Ok(serde_json::from_value(output).expect("the contract holds"))
    }

    /// Saves a new session.
    ///
    /// # Errors
    /// The findings.
    pub fn save(&self, form: SessionForm) -> Result<SaveView, ErrorBody> {
        let begin: BeginView = self.call("session.begin", BeginInput::New)?;
        self.call(
            "session.save",
            SaveInput {
                draft_id: begin.draft_id,
                record_id: None,
                form,
            },
        )
    }

    /// Changes a session.
    ///
    /// # Errors
    /// The findings.
    pub fn edit(&self, id: &str, change: impl FnOnce(&mut SessionForm)) -> Result<SaveView, ErrorBody> {
        let begin: BeginView = self.call("session.begin", BeginInput::Edit { id: id.into() })?;
        let mut form = begin.form;
        change(&mut form);
        self.call(
            "session.save",
            SaveInput {
                draft_id: begin.draft_id,
                record_id: Some(id.into()),
                form,
            },
        )
    }

    /// Voids a session.
    ///
    /// # Panics
    /// It cannot be voided.
    pub fn void(&self, id: &str) {
        let input = VoidInput {
            ids: vec![id.into()],
            reason: "Ghi nhầm".into(),
        };
        let _: hocvu_app::contract::CountView = self.call("session.void", input).expect("voided");
    }

    /// One round with the centre; a failed one gives its problem code.
    ///
    /// # Errors
    /// `sync_problem_<code>`.
    ///
    /// # Panics
    /// The store fails.
    pub async fn sync(&self) -> Result<u32, String> {
        let outcome = SyncOnce.run(self.app()).await.expect("the store works");
        outcome.map(|report| report.confirmed)
    }

    /// One round that ends by comparing the replica with the centre; gives how many records had to be mended.
    ///
    /// # Errors
    /// `sync_problem_<code>`.
    ///
    /// # Panics
    /// The store fails.
    pub async fn compare(&self) -> Result<u32, String> {
        let outcome = SyncAndCompare.run(self.app()).await.expect("the store works");
        outcome.map(|report| report.mended)
    }

    /// Sync in one glance.
    ///
    /// # Panics
    /// It cannot be read.
    pub fn status(&self) -> SyncStatus {
        self.call("sync.status", NoInput {}).expect("readable")
    }

    /// The machine's receipt.
    ///
    /// # Panics
    /// It cannot be read.
    pub fn receipt(&self) -> ReceiptView {
        self.call("sync.receipt", NoInput {}).expect("readable")
    }

    /// Every living session, and the totals over them.
    ///
    /// # Panics
    /// They cannot be read.
    pub fn list(&self, input: ListInput) -> ListView {
        self.call("session.list", ListInput { limit: 500, ..input })
            .expect("readable")
    }

    /// One session.
    ///
    /// # Panics
    /// It cannot be read.
    pub fn read(&self, id: &str) -> SessionView {
        let input = SessionReadInput {
            id: id.into(),
            boundaries: None,
        };
        self.call("session.read", input).expect("readable")
    }

    /// Operations of a tab of the sync screen.
    ///
    /// # Panics
    /// They cannot be read.
    pub fn operations(&self, tab: SyncTab) -> SyncListView {
        self.call(
            "sync.list",
            SyncListInput {
                tab,
                offset: 0,
                limit: 500,
            },
        )
        .expect("readable")
    }
}

/// Copies the files of a folder, not those of folders in it.
fn copy_files(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_file() {
            let name = path.file_name().expect("a name");
            std::fs::copy(&path, to.join(name)).expect("room for a copy");
        }
    }
}
