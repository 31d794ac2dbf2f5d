//! One round with the centre: session, then operations up, then changes down. Every step can be repeated; a crash or a cut
//! anywhere costs at most one batch, which the centre then says it already has.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use hocvu_store::{Frame, Identity, Store};
use hocvu_wire::batch::OpsRequest;
use hocvu_wire::problem::ProblemCode;
use hocvu_wire::{frame, limits, session};
use tracing::debug;

use crate::client::Client;
use crate::error::SyncError;
use crate::{Environment, plan};

/// Operations in the first batch after a failure: one frame.
const BATCH_FIRST: usize = limits::FRAME_OPS_MAX;

/// What a device keeps between rounds: the token, and how much the link carried last time.
#[derive(Debug)]
pub(crate) struct Link {
    token: Option<String>,
    batch_ops: usize,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            token: None,
            batch_ops: BATCH_FIRST,
        }
    }
}

/// What a round achieved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoundReport {
    /// Operations that got their receipt.
    pub confirmed: u32,
    /// Changes fetched.
    pub pulled: u32,
}

/// One device's side of a round.
pub struct Round<'a> {
    store: &'a Store,
    client: &'a Client,
    environment: &'a dyn Environment,
    identity: Identity,
    link: Link,
    progress: &'a (dyn Fn(u32, u32) + Sync),
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
        let identity = store
            .read(|read| read.identity())?
            .ok_or(hocvu_store::Error::NotFound("identity"))?;
        Ok(Self {
            store,
            client,
            environment,
            identity,
            link: Link::default(),
            progress,
        })
    }

    /// Takes over what the round before learnt about the link.
    pub(crate) fn with_link(mut self, link: Link) -> Self {
        self.link = link;
        self
    }

    /// What this round learnt about the link.
    pub(crate) fn into_link(self) -> Link {
        self.link
    }

    /// Runs the round to its end.
    ///
    /// # Errors
    /// [`SyncError`]; what was confirmed before it stays confirmed, the rest waits for the next round.
    pub async fn run(&mut self) -> Result<RoundReport, SyncError> {
        let mut report = RoundReport::default();
        let result = self.exchange(&mut report).await;
        if result.is_err() {
            self.link.batch_ops = (self.link.batch_ops / 2).max(1);
            // "Sent" was a hint; without a receipt an operation waits again.
            self.store.write(|tx| tx.reset_sent())?;
        }
        result.map(|()| report)
    }

    async fn exchange(&mut self, report: &mut RoundReport) -> Result<(), SyncError> {
        match self.push_and_pull(report).await {
            // The token ran out on the way: one new session, then on.
            Err(SyncError::Problem {
                code: ProblemCode::SessionExpired,
                ..
            }) => {
                self.link.token = None;
                self.push_and_pull(report).await
            }
            other => other,
        }
    }

    async fn push_and_pull(&mut self, report: &mut RoundReport) -> Result<(), SyncError> {
        if self.link.token.is_none() {
            self.open_session().await?;
        }
        self.push(report).await?;
        self.pull(report).await
    }

    async fn open_session(&mut self) -> Result<(), SyncError> {
        let Identity {
            device,
            log,
            deployment,
            sign_key,
            ..
        } = &self.identity;
        let key = SigningKey::from_bytes(sign_key);
        let sign = |nonce: &str| {
            use ed25519_dalek::Signer;
            hocvu_wire::b64::encode(key.sign(&session::challenge(deployment, device, nonce)).to_bytes())
        };
        let open = self.client.open_session(device, &log.to_string(), sign).await?;
        let known_epoch = self.store.read(|read| read.epoch())?;
        let restored = known_epoch.as_ref().is_some_and(|known| *known != open.epoch);
        let now = self.environment.now();
        self.store.write(|tx| {
            // I11: what the centre no longer has is offered again, with nobody acting.
            tx.reoffer(*log, &open.have)?;
            if restored {
                tx.renew_shadow()?;
                tx.diary_append(&now, "epoch", &BTreeMap::new())?;
            }
            if restored || known_epoch.is_none() {
                tx.set_position(&open.epoch, "")?;
            }
            Ok(())
        })?;
        self.link.token = Some(open.token);
        Ok(())
    }

    async fn push(&mut self, report: &mut RoundReport) -> Result<(), SyncError> {
        self.seal_queued()?;
        let total = self.store.read(|read| read.tally())?.waiting;
        loop {
            let frames = self
                .store
                .read(|read| read.frames_to_send(self.link.batch_ops as u64))?;
            if frames.is_empty() {
                return Ok(());
            }
            let confirmed = match self.push_batch(&frames).await {
                Err(SyncError::Problem {
                    code: ProblemCode::TooLarge,
                    ..
                }) if frames.len() > 1 => {
                    self.link.batch_ops = (self.link.batch_ops / 2).max(1);
                    continue;
                }
                other => other?,
            };
            report.confirmed += confirmed;
            (self.progress)(report.confirmed.min(total), total);
            let room = limits::BATCH_OPS_MAX - limits::BATCH_OPS_MAX % limits::FRAME_OPS_MAX;
            self.link.batch_ops = (self.link.batch_ops * 2).min(room);
        }
    }

    async fn push_batch(&mut self, frames: &[Frame]) -> Result<u32, SyncError> {
        let token = self.link.token.clone().unwrap_or_default();
        let batch = OpsRequest {
            frames: frames.iter().map(plan::sealed).collect(),
        };
        self.store
            .write(|tx| frames.iter().try_for_each(|f| tx.mark_sent(f.log, f.from, f.to)))?;
        let reply = self.client.push(&token, &batch).await?;
        let steps = plan::settle(frames, &reply);
        if steps.settlements.is_empty() && steps.refusals.is_empty() {
            // Whatever this was, it acknowledged nothing; going round again would never end.
            return Err(SyncError::NotTheCentre { status: 200 });
        }
        let received_at = self.environment.now();
        let confirmed = self.store.write(|tx| {
            let confirmed = tx.settle(&steps.settlements, &received_at)?;
            for (log, from, to, code) in &steps.refusals {
                tx.refuse(*log, *from, *to, code)?;
            }
            Ok(confirmed)
        })?;
        debug!(confirmed, refused = steps.refusals.len(), "batch settled");
        Ok(confirmed)
    }

    /// Seals everything that waits. A frame is sealed once and never cut again.
    fn seal_queued(&self) -> Result<(), SyncError> {
        let Identity {
            deployment,
            log,
            user_id,
            sign_key,
            ..
        } = &self.identity;
        let key = SigningKey::from_bytes(sign_key);
        loop {
            let waiting = self
                .store
                .read(|read| read.unframed(limits::FRAME_OPS_MAX, limits::FRAME_BYTES_MAX))?;
            let Some((from, _)) = waiting.first() else {
                return Ok(());
            };
            let fitting = frame::fitting(waiting.iter().map(|(_, text)| text.len()));
            let texts: Vec<&str> = waiting.iter().take(fitting).map(|(_, text)| text.as_str()).collect();
            let sealed = frame::seal(&key, deployment, *log, user_id, *from, &texts);
            let to = from + texts.len() as u64 - 1;
            let stored = Frame {
                log: *log,
                from: *from,
                to,
                text: sealed.p,
                signature: sealed.s,
            };
            self.store.write(|tx| tx.put_frame(&stored))?;
        }
    }

    async fn pull(&mut self, report: &mut RoundReport) -> Result<(), SyncError> {
        let token = self.link.token.clone().unwrap_or_default();
        loop {
            let cursor = self.store.read(|read| read.cursor())?.unwrap_or_default();
            let page = match self.client.changes(&token, &cursor).await {
                Err(SyncError::Problem {
                    code: ProblemCode::CursorGone,
                    ..
                }) if !cursor.is_empty() => {
                    let epoch = self.store.read(|read| read.epoch())?.unwrap_or_default();
                    self.store.write(|tx| {
                        tx.renew_shadow()?;
                        tx.set_position(&epoch, "")
                    })?;
                    continue;
                }
                other => other?,
            };
            let more = page.more && page.cursor != cursor;
            report.pulled += u32::try_from(page.changes.len()).unwrap_or(u32::MAX);
            let pulled = plan::pulled(page);
            let received_at = self.environment.now();
            self.store.write(|tx| {
                tx.pull(&pulled, &received_at)?;
                // After a renewal, what the centre no longer shows goes only when all pages are here.
                if more { Ok(0) } else { tx.sweep_shadow() }
            })?;
            if !more {
                return Ok(());
            }
        }
    }
}
