//! One round with the centre: session, then operations up, then changes down. Every step can be repeated; a crash or a cut
//! anywhere costs at most one batch, which the centre then says it already has.

use hocvu_store::{Identity, Store};
use hocvu_wire::limits;
use hocvu_wire::problem::ProblemCode;
use tokio::sync::watch;

use crate::Environment;
use crate::client::Client;
use crate::error::SyncError;
use crate::link::Link;
use crate::pull::Upload;
use crate::traffic::kilobytes;

/// Setting that says whether the last round broke.
const BROKE: &str = "sync.link_broke";
/// Sessions or deliveries of one round: more than one only when the centre was just restored from a copy.
const SESSIONS_MAX: u32 = 3;
/// So many operations surely take several batches.
const SEVERAL_BATCHES: u32 = 2 * limits::FRAME_OPS_MAX as u32;

/// What a round achieved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoundReport {
    /// Operations that got their receipt.
    pub confirmed: u32,
    /// Changes fetched.
    pub pulled: u32,
    /// Bundles of others the centre has now, or refused.
    pub carried: u32,
    /// Records of the replica that differed from the centre's and were mended.
    pub mended: u32,
    /// Photos the centre confirmed whole.
    pub photos_sent: u32,
    /// Photos of others that are here now.
    pub photos_fetched: u32,
    /// Photos still to be sent or fetched.
    pub photos_left: u32,
    /// The lane of photos ended before its end; operations are not concerned.
    pub photos_stopped: bool,
    /// How long the centre asks photos to wait, seconds.
    pub photos_wait: Option<u64>,
}

/// One device's side of a round.
pub struct Round<'a> {
    pub(crate) store: &'a Store,
    pub(crate) client: &'a Client,
    pub(crate) environment: &'a dyn Environment,
    pub(crate) identity: Identity,
    pub(crate) link: Link,
    pub(crate) progress: &'a (dyn Fn(u32, u32) + Sync),
    achieved: RoundReport,
}

impl<'a> Round<'a> {
    /// A round for the device in `store`; `progress` hears confirmed and total operations.
    ///
    /// # Errors
    /// The store cannot be read, or holds no identity.
    pub fn new(
        store: &'a Store,
        client: &'a Client,
        environment: &'a dyn Environment,
        progress: &'a (dyn Fn(u32, u32) + Sync),
    ) -> Result<Self, SyncError> {
        let (identity, broke) = store.read(|read| Ok((read.identity()?, read.setting(BROKE)?)))?;
        let identity = identity.ok_or(hocvu_store::Error::NotFound("identity"))?;
        let mut link = Link::default();
        if broke.is_some_and(|broke| broke == "1") {
            link.broke();
        }
        Ok(Self {
            store,
            client,
            environment,
            identity,
            link,
            progress,
            achieved: RoundReport::default(),
        })
    }

    /// Takes over what the round before learnt about the link.
    pub(crate) fn with_link(mut self, link: Link) -> Self {
        self.link = link;
        self
    }

    /// Compares the replica with the centre at the end, whether or not it is time to.
    #[must_use]
    pub fn comparing(mut self) -> Self {
        self.link.compare = true;
        self
    }

    /// What this round learnt about the link, and what it achieved, however it ended.
    pub(crate) fn into_parts(self) -> (Link, RoundReport) {
        (self.link, self.achieved)
    }

    /// Runs the round to its end.
    ///
    /// # Errors
    /// [`SyncError`]; what was confirmed before it stays confirmed, the rest waits for the next round.
    pub async fn run(&mut self) -> Result<RoundReport, SyncError> {
        let mut report = RoundReport::default();
        self.client.traffic.take();
        let waiting = self.store.read(|read| read.tally())?.waiting;
        if waiting > 0 {
            self.diary("started", [("waiting", waiting.to_string())])?;
        }
        let mut result = self.exchange(&mut report).await;
        if result.is_ok() {
            result = self.carry(&mut report).await;
        }
        if result.is_ok() {
            result = self.compare(&mut report).await;
        }
        if result.is_ok() {
            result = self.photos(&mut report).await;
        }
        self.achieved = report;
        self.remember(result.is_err())?;
        if result.is_err() {
            self.link.broke();
            // "Sent" was a hint; without a receipt an operation waits again.
            self.store.write(|tx| tx.reset_sent())?;
        }
        if waiting > 0 || report.pulled > 0 {
            let (up, down) = self.client.traffic.take();
            let params = [
                ("confirmed", report.confirmed.to_string()),
                ("pulled", report.pulled.to_string()),
                ("up", kilobytes(up)),
                ("down", kilobytes(down)),
            ];
            self.diary("round", params)?;
        }
        result.map(|()| report)
    }

    /// Adds a line to the diary a supporter reads.
    pub(crate) fn diary<const N: usize>(&self, code: &str, params: [(&str, String); N]) -> Result<(), SyncError> {
        let params = params.map(|(name, value)| (name.to_owned(), value)).into();
        let now = self.environment.now();
        Ok(self.store.write(|tx| tx.diary_append(&now, code, &params))?)
    }

    /// Whether the last round broke outlives the program: the next begins with less at once.
    fn remember(&self, broke: bool) -> Result<(), SyncError> {
        let known = self.store.read(|read| read.setting(BROKE))?;
        let broke = if broke { "1" } else { "0" };
        if known.as_deref().unwrap_or("0") != broke {
            self.store.write(|tx| tx.put_setting(BROKE, broke))?;
        }
        Ok(())
    }

    async fn exchange(&mut self, report: &mut RoundReport) -> Result<(), SyncError> {
        match self.push_and_pull(report).await {
            // The token ran out on the way: one new session, then on.
            Err(SyncError::Problem {
                code: ProblemCode::SessionExpired,
                ..
            }) => {
                self.link.token = None;
                self.store.write(|tx| tx.reset_sent())?; // What was turned away has not been sent.
                self.push_and_pull(report).await
            }
            other => other,
        }
    }

    async fn push_and_pull(&mut self, report: &mut RoundReport) -> Result<(), SyncError> {
        for _ in 0..SESSIONS_MAX {
            // The centre was restored under way: it says anew what it has.
            if self.link.token.is_none() || self.link.is_outdated() {
                self.open_session().await?;
            }
            let up_to_date = self.send(report).await?;
            let offered = !self.link.is_outdated() && self.ask_again(report).await?;
            // The answer to the last batch may have brought what else was new.
            if !up_to_date && !self.link.is_outdated() {
                self.pull(report).await?;
                if let Some(epoch) = self.store.read(|read| read.epoch())? {
                    self.link.hears_of(&epoch);
                }
            }
            if !offered && !self.link.is_outdated() {
                break;
            }
        }
        Ok(())
    }

    /// Sends what waits, and fetches what is new beside it when it takes several batches over a link that carries them.
    /// Returns whether everything new is here.
    async fn send(&mut self, report: &mut RoundReport) -> Result<bool, SyncError> {
        let waiting = self.store.read(|read| read.tally())?.waiting;
        if waiting <= SEVERAL_BATCHES || !self.link.is_steady() {
            return self.push(report, None).await;
        }
        let (feed, mut beside) = (self.feed(), RoundReport::default());
        let (stage, upload) = watch::channel(Upload::Settled(0));
        let push = async {
            let pushed = self.push(report, Some(&stage)).await;
            stage.send_replace(if pushed.is_ok() { Upload::Over } else { Upload::Broken });
            pushed
        };
        let (pushed, ()) = tokio::join!(push, feed.beside(upload, &mut beside));
        report.pulled += beside.pulled;
        pushed
    }
}
