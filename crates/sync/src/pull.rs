//! Changes down, page by page; also beside an upload, for a line carries both ways at once.

use hocvu_store::Store;
use hocvu_wire::changes::ChangesReply;
use hocvu_wire::problem::ProblemCode;
use tokio::sync::watch;

use crate::client::Client;
use crate::error::SyncError;
use crate::round::{Round, RoundReport};
use crate::{Environment, plan};

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upload {
    /// So many batches have their receipts.
    Settled(u32),
    /// It ended well.
    Over,
    /// It did not.
    Broken,
}

/// One device's way through the feed.
pub(crate) struct Pull<'a> {
    store: &'a Store,
    client: &'a Client,
    environment: &'a dyn Environment,
    token: String,
    limit: Option<usize>,
}

impl<'a> Round<'a> {
    /// Fetches what is new, to the end of the feed.
    pub(crate) async fn pull(&mut self, report: &mut RoundReport) -> Result<(), SyncError> {
        let pull = self.feed();
        while pull.page(report).await? {}
        Ok(())
    }

    /// The way through the feed with the session's token.
    pub(crate) fn feed(&self) -> Pull<'a> {
        Pull {
            store: self.store,
            client: self.client,
            environment: self.environment,
            token: self.link.token.clone().unwrap_or_default(),
            limit: self.link.page(),
        }
    }
}

impl Pull<'_> {
    /// Fetches and writes one page. Returns whether more is waiting.
    pub async fn page(&self, report: &mut RoundReport) -> Result<bool, SyncError> {
        let cursor = self.store.read(|read| read.cursor())?.unwrap_or_default();
        let page = match self.limit {
            Some(limit) => self.client.few_changes(&self.token, &cursor, limit).await,
            None => self.client.changes(&self.token, &cursor).await,
        };
        match page {
            Err(SyncError::Problem {
                code: ProblemCode::CursorGone,
                ..
            }) if !cursor.is_empty() => {
                let epoch = self.store.read(|read| read.epoch())?.unwrap_or_default();
                self.store.write(|tx| {
                    tx.renew_shadow()?;
                    tx.set_position(&epoch, "")
                })?;
                Ok(true)
            }
            other => self.take(other?, &cursor, report),
        }
    }

    /// Writes a page that was asked for from `cursor`. Returns whether more is waiting.
    pub fn take(&self, page: ChangesReply, cursor: &str, report: &mut RoundReport) -> Result<bool, SyncError> {
        let more = page.more && page.cursor != cursor;
        report.pulled += u32::try_from(page.changes.len()).unwrap_or(u32::MAX);
        let pulled = plan::pulled(page);
        #[cfg(feature = "planted")]
        if hocvu_model::planted::is(hocvu_model::planted::Bug::CursorBeforeRows) {
            self.store.write(|tx| tx.set_position(&pulled.epoch, &pulled.cursor))?;
        }
        let received_at = self.environment.now();
        self.store.write(|tx| {
            tx.pull(&pulled, &received_at)?;
            // After a renewal, what the centre no longer shows goes only when all pages are here.
            if more { Ok(0) } else { tx.sweep_shadow() }
        })?;
        Ok(more)
    }

    /// Follows the feed until the upload is over; the page under way then is still written. Failures are passed over: the
    /// pull that comes after the upload meets them again, and tells them.
    pub async fn beside(&self, mut upload: watch::Receiver<Upload>, report: &mut RoundReport) {
        let mut broken = upload.clone();
        loop {
            let page = tokio::select! {
                biased;
                _ = broken.wait_for(|upload| *upload == Upload::Broken) => return,
                page = self.page(report) => page,
            };
            let more = page.unwrap_or(false);
            if *upload.borrow_and_update() == Upload::Over || !more && upload.changed().await.is_err() {
                return;
            }
        }
    }
}
