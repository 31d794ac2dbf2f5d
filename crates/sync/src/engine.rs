//! The engine: one thread that sends by itself when a link appears, when something was saved, and when asked.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use hocvu_store::{Identity, Store};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::{info, warn};

use crate::backoff::Backoff;
use crate::bundle::keep_second_place;
use crate::client::Client;
use crate::enrol::problem as enrol_problem;
use crate::error::SyncError;
use crate::link::Link;
use crate::round::{Round, RoundReport};
use crate::status::{Phase, Snapshot};
use crate::transport::Transports;
use crate::{EnrolOffer, Environment, confirm, lookup};

/// Hears that something changed; called from the engine's thread, must return quickly.
pub type Listener = Arc<dyn Fn(Notice) + Send + Sync>;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The engine's snapshot, or the tally of operations.
    Sync,
    /// Records, by a pull or a verdict.
    Records,
    /// The enrolment's progress; with a new identity also everything else.
    Enrol,
}

/// How far an enrolment is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum EnrolProgress {
    /// Nobody asked.
    #[default]
    Idle,
    /// Talking to the centre.
    Busy,
    /// The centre knows the code.
    Found(EnrolOffer),
    /// The machine is a device now.
    Done,
    /// It did not work: an `enrol_problem_<code>`.
    Failed(String),
}

enum Order {
    SomethingSaved,
    Now,
    Lookup { code: String, centre: String },
    Confirm { user: String },
}

/// After a save, wait this long for the next one before sending: a person entering a pile sends one batch.
const SETTLE: Duration = Duration::from_secs(3);
/// While there is no link, how often to feel for one. An attempt without a network costs nothing.
const FEEL: Duration = Duration::from_secs(10);
/// With nothing to send, how often to ask for news.
const NEWS: Duration = Duration::from_secs(15 * 60);

#[derive(Default)]
struct Shared {
    snapshot: Mutex<Snapshot>,
    enrol: Mutex<EnrolProgress>,
    auto: AtomicBool,
    /// A person wants the round under way to end.
    halt: Notify,
}

/// Handle of the engine; dropping it stops the thread.
pub struct Engine {
    orders: UnboundedSender<Order>,
    stop: Arc<Notify>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts the engine's thread.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(
        store: Arc<Store>,
        transports: Transports,
        environment: Arc<dyn Environment>,
        listener: Listener,
        auto: bool,
    ) -> std::io::Result<Self> {
        let (orders, inbox) = unbounded_channel();
        let shared = Arc::new(Shared {
            auto: AtomicBool::new(auto),
            ..Shared::default()
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut worker = Worker {
            store,
            transports,
            environment,
            listener,
            shared: Arc::clone(&shared),
            client: None,
            link: Link::at_start(),
            backoff: Backoff::default(),
            photo_backoff: Backoff::default(),
            outage_told: false,
        };
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let work = async move {
            // Dropping the work at any await is safe: no transaction crosses one.
            tokio::select! {
                () = stopped.notified() => {}
                () = worker.work(inbox) => {}
            }
        };
        let thread = std::thread::Builder::new()
            .name("hocvu-sync".into())
            .spawn(move || runtime.block_on(work))?;
        Ok(Self {
            orders,
            stop,
            shared,
            thread: Some(thread),
        })
    }

    /// Something was saved: send soon, if sending by itself is on.
    pub fn something_saved(&self) {
        self.order(Order::SomethingSaved);
    }

    /// Send now (F5).
    pub fn now(&self) {
        self.order(Order::Now);
    }

    /// Ends the round under way, if there is one. What has no receipt stays queued; the next save, F5 or the usual
    /// interval begins another round.
    pub fn stop_round(&self) {
        self.shared.halt.notify_waiters();
    }

    /// Whether the engine sends by itself.
    pub fn set_auto(&self, auto: bool) {
        self.shared.auto.store(auto, Ordering::Relaxed);
        if auto {
            self.order(Order::SomethingSaved);
        }
    }

    /// Asks the centre whose code this is.
    pub fn lookup(&self, code: String, centre: String) {
        *lock(&self.shared.enrol) = EnrolProgress::Busy;
        self.order(Order::Lookup { code, centre });
    }

    /// Goes on with the offer that was found.
    pub fn confirm(&self, user: String) {
        self.order(Order::Confirm { user });
    }

    /// How far the enrolment is.
    pub fn enrolment(&self) -> EnrolProgress {
        lock(&self.shared.enrol).clone()
    }

    /// Forgets an offer or a failure.
    pub fn reset_enrolment(&self) {
        *lock(&self.shared.enrol) = EnrolProgress::Idle;
    }

    /// Says that what was typed cannot even be sent: an `enrol_problem_<code>`.
    pub fn fail_enrolment(&self, problem: &str) {
        *lock(&self.shared.enrol) = EnrolProgress::Failed(problem.to_owned());
    }

    /// What the engine is doing.
    pub fn snapshot(&self) -> Snapshot {
        lock(&self.shared.snapshot).clone()
    }

    fn order(&self, order: Order) {
        // A closed inbox means the engine is stopping; there is nobody left to tell.
        let _ = self.orders.send(order);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            warn!("the sync engine ended in a panic");
        }
    }
}

struct Worker {
    store: Arc<Store>,
    transports: Transports,
    environment: Arc<dyn Environment>,
    listener: Listener,
    shared: Arc<Shared>,
    /// For the address used last: it keeps the connection open, and what resumes a TLS session.
    client: Option<(String, Client)>,
    link: Link,
    backoff: Backoff,
    /// Of the lane of photos, whose troubles are its own.
    photo_backoff: Backoff,
    /// Whether the diary already says that there is no link: one line per outage, not one per attempt.
    outage_told: bool,
}

/// What the worker waits for besides orders.
#[derive(Clone, Copy)]
enum Wait {
    /// Nothing: not enrolled, or sending by itself is off.
    Forever,
    /// Then run a round.
    Round(Duration),
    /// Then feel for a link, and run a round if there is one.
    Link,
}

impl Worker {
    async fn work(&mut self, mut inbox: UnboundedReceiver<Order>) {
        let mut wait = if self.enrolled() && self.auto() {
            Wait::Round(Duration::ZERO)
        } else {
            Wait::Forever
        };
        loop {
            if keep_second_place(&self.store, &*self.environment) {
                (self.listener)(Notice::Sync);
            }
            let pause = match wait {
                Wait::Round(pause) => pause,
                Wait::Link => FEEL,
                Wait::Forever => Duration::from_secs(86_400),
            };
            let order = match tokio::time::timeout(pause, inbox.recv()).await {
                Ok(None) => return,
                Ok(Some(order)) => Some(order),
                Err(_) => None,
            };
            wait = match order {
                Some(Order::Lookup { code, centre }) => {
                    let found = self.lookup(&code, &centre).await;
                    self.tell_enrol(found);
                    wait
                }
                Some(Order::Confirm { user }) => self.confirm(&user).await,
                Some(Order::SomethingSaved) if self.auto() && self.enrolled() => match wait {
                    // A dead link is felt for anyway; a pile being entered is sent as one batch.
                    Wait::Link => Wait::Link,
                    _ => Wait::Round(SETTLE),
                },
                Some(Order::SomethingSaved) => wait,
                Some(Order::Now) => self.round().await,
                None => match wait {
                    Wait::Forever => Wait::Forever,
                    Wait::Round(_) => self.round().await,
                    Wait::Link if self.reachable().await => self.round().await,
                    Wait::Link => Wait::Link,
                },
            };
        }
    }

    fn enrolled(&self) -> bool {
        matches!(
            self.store.read(|read| read.identity()),
            Ok(Some(Identity { sample: false, .. }))
        )
    }

    fn auto(&self) -> bool {
        self.shared.auto.load(Ordering::Relaxed)
    }

    fn client(&mut self, centre: &str) -> Result<Client, SyncError> {
        if let Some((address, client)) = &self.client
            && address == centre
        {
            return Ok(client.clone());
        }
        let client = Client::new((self.transports)(centre)?);
        self.client = Some((centre.to_owned(), client.clone()));
        Ok(client)
    }

    async fn reachable(&mut self) -> bool {
        let Ok(Some(identity)) = self.store.read(|read| read.identity()) else {
            return false;
        };
        match self.client(&identity.centre) {
            Ok(client) => client.probe().await,
            Err(_) => false,
        }
    }

    /// Runs a round and says what to wait for next.
    async fn round(&mut self) -> Wait {
        if !self.enrolled() {
            return Wait::Forever;
        }
        self.show(Snapshot {
            phase: Phase::Running,
            ..Snapshot::default()
        });
        let shared = Arc::clone(&self.shared);
        // Dropping a round at any await is safe: no transaction crosses one, and what was sent without an answer is
        // sent again.
        let result = tokio::select! {
            result = self.run_round() => Some(result),
            () = shared.halt.notified() => None,
        };
        let (snapshot, wait) = match result {
            None => {
                self.diary("stopped", []);
                (Snapshot::default(), Wait::Round(NEWS))
            }
            Some(Ok(report)) => {
                self.backoff.reset();
                self.outage_told = false;
                (Snapshot::default(), self.after(&report))
            }
            Some(Err(error)) => self.failed(&error).await,
        };
        self.show(snapshot);
        if self.auto() { wait } else { Wait::Forever }
    }

    async fn run_round(&mut self) -> Result<RoundReport, SyncError> {
        let identity = self
            .store
            .read(|read| read.identity())?
            .ok_or(hocvu_store::Error::NotFound("identity"))?;
        let client = self.client(&identity.centre)?;
        let before = self.store.read(|read| read.tally())?;
        let (store, environment) = (Arc::clone(&self.store), Arc::clone(&self.environment));
        let (shared, listener) = (Arc::clone(&self.shared), Arc::clone(&self.listener));
        let progress = move |confirmed, total| {
            lock(&shared.snapshot).progress = (total > 0).then_some((confirmed, total));
            listener(Notice::Sync);
        };
        let mut round =
            Round::new(&store, &client, &*environment, &progress)?.with_link(std::mem::take(&mut self.link));
        let result = round.run().await;
        let (link, achieved) = round.into_parts();
        self.link = link;
        if achieved.confirmed > 0 {
            // A link that carries something is worth trying again soon, even if it breaks every time.
            self.backoff.reset();
        }
        if achieved.confirmed + achieved.pulled + achieved.photos_sent + achieved.photos_fetched > 0 {
            (self.listener)(Notice::Records);
        }
        let report = result?;
        if before.waiting > 0 || report.pulled > 0 {
            let after = self.store.read(|read| read.tally())?;
            let params = [("sent", after.sent.to_string()), ("waiting", after.waiting.to_string())];
            self.diary("finished", params);
            if after.attention > before.attention {
                self.diary("attention", [("count", after.attention.to_string())]);
            }
            info!(
                confirmed = report.confirmed,
                pulled = report.pulled,
                "sync round finished"
            );
        }
        if report.photos_sent > 0 {
            let photos = self.store.read(|read| read.photo_tally())?;
            let params = [("sent", photos.sent.to_string()), ("total", photos.total.to_string())];
            self.diary("photos", params);
        }
        let now = self.environment.now();
        self.store.write(|tx| tx.put_setting("sync.last_success", &now))?;
        Ok(report)
    }

    /// News can wait long; photos that got stuck are tried again, ever more seldom.
    fn after(&mut self, report: &RoundReport) -> Wait {
        if report.photos_sent + report.photos_fetched > 0 || report.photos_left == 0 {
            self.photo_backoff.reset();
        }
        if report.photos_left == 0 || !report.photos_stopped {
            return Wait::Round(NEWS);
        }
        let seconds = self.photo_backoff.next(self.dice(), report.photos_wait);
        Wait::Round(Duration::from_secs(seconds).min(NEWS))
    }

    async fn failed(&mut self, error: &SyncError) -> (Snapshot, Wait) {
        let dice = self.dice();
        let no_link = matches!(error, SyncError::Link(error) if !error.is_untrusted());
        // A link that carries nothing is felt for; one that breaks in the middle is backed off from.
        let wait = if no_link && !self.reachable().await {
            self.backoff.reset();
            Wait::Link
        } else {
            Wait::Round(Duration::from_secs(self.backoff.next(dice, error.retry_after())))
        };
        let seconds = if let Wait::Round(pause) = wait {
            Some(pause.as_secs())
        } else {
            None
        };
        if !(no_link && self.outage_told) {
            warn!(%error, seconds, "sync round failed");
            let problem = format!("@sync_problem_{}", error.code());
            self.diary(
                "failed",
                [
                    ("problem", problem),
                    ("seconds", seconds.unwrap_or(FEEL.as_secs()).to_string()),
                ],
            );
        }
        self.outage_told = no_link;
        let snapshot = Snapshot {
            phase: if no_link { Phase::Offline } else { Phase::Failing },
            problem: Some(error.code().to_owned()),
            next_try: seconds
                .filter(|_| self.auto())
                .map(|seconds| self.environment.in_seconds(seconds)),
            progress: None,
        };
        (snapshot, wait)
    }

    async fn lookup(&mut self, code: &str, centre: &str) -> EnrolProgress {
        let client = match self.client(centre) {
            Ok(client) => client,
            Err(_) => return EnrolProgress::Failed("bad_address".into()),
        };
        match lookup(&self.store, &client, code, centre).await {
            Ok(offer) => EnrolProgress::Found(offer),
            Err(error) => EnrolProgress::Failed(enrol_problem(&error).into()),
        }
    }

    async fn confirm(&mut self, user: &str) -> Wait {
        let EnrolProgress::Found(offer) = lock(&self.shared.enrol).clone() else {
            return Wait::Forever;
        };
        let done = match self.client(&offer.centre) {
            Ok(client) => confirm(&self.store, &client, &*self.environment, &offer, user).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(identity) => {
                self.diary("enrolled", [("unit", identity.unit_name.clone())]);
                self.tell_enrol(EnrolProgress::Done);
                if self.auto() {
                    Wait::Round(Duration::ZERO)
                } else {
                    Wait::Forever
                }
            }
            Err(error) => {
                warn!(%error, "enrolment failed");
                self.tell_enrol(EnrolProgress::Failed(enrol_problem(&error).into()));
                Wait::Forever
            }
        }
    }

    fn tell_enrol(&self, progress: EnrolProgress) {
        *lock(&self.shared.enrol) = progress;
        (self.listener)(Notice::Enrol);
    }

    fn show(&self, snapshot: Snapshot) {
        *lock(&self.shared.snapshot) = snapshot;
        (self.listener)(Notice::Sync);
    }

    fn diary<const N: usize>(&self, code: &str, params: [(&str, String); N]) {
        let params: BTreeMap<String, String> = params
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let now = self.environment.now();
        if let Err(error) = self.store.write(|tx| tx.diary_append(&now, code, &params)) {
            warn!(%error, "the sync diary could not be written");
        }
    }

    fn dice(&self) -> u64 {
        let mut bytes = [0; 8];
        self.environment.random(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

/// A poisoned lock still holds a plain value that was written whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
