//! Operations up: sealed into frames once, sent in batches the link can carry, settled by receipts.

use hocvu_model::LogId;
use hocvu_store::Frame;
use hocvu_wire::batch::OpsRequest;
use hocvu_wire::problem::ProblemCode;
use tokio::sync::watch;
use tracing::debug;

use crate::client::Client;
use crate::error::SyncError;
use crate::plan;
use crate::pull::Upload;
use crate::round::{Round, RoundReport};
use crate::sealing::seal_next;

impl Round<'_> {
    /// Sends whatever waits, telling `upload` of every batch. Without anybody to tell, the answers may bring what is new.
    /// Returns whether the last one brought the feed to its end.
    pub(crate) async fn push(
        &mut self,
        report: &mut RoundReport,
        upload: Option<&watch::Sender<Upload>>,
    ) -> Result<bool, SyncError> {
        self.salvage()?;
        seal_next(self.store, &self.identity)?;
        let total = self.store.read(|read| read.tally())?.waiting;
        let (mut up_to_date, mut batches) = (false, 0);
        loop {
            if self.link.in_doubt {
                report.confirmed += self.fetch_receipts().await?;
            }
            self.salvage()?; // What the centre said of one log is heeded before the next is sealed.
            let queued = self.store.read(|read| read.frames_to_send(self.link.operations()))?;
            if queued.is_empty() {
                if seal_next(self.store, &self.identity)? {
                    continue;
                }
                return Ok(up_to_date);
            }
            let batch = self.link.choose(queued);
            // On a link that just broke, a receipt must not wait behind a page.
            let with_page = upload.is_none() && self.link.is_steady();
            match self.push_batch(&batch, with_page, report).await {
                Err(SyncError::Problem {
                    code: ProblemCode::TooLarge,
                    ..
                }) if self.link.too_large(batch.len()) => continue,
                other => up_to_date = other?,
            }
            (self.progress)(report.confirmed.min(total), total);
            if let Some(upload) = upload {
                batches += 1;
                upload.send_replace(Upload::Settled(batches));
            }
        }
    }

    /// Sends one batch, writes its receipts and the page of the feed that came along, if that was wanted. Returns whether
    /// the page is the last.
    async fn push_batch(
        &mut self,
        frames: &[Frame],
        with_page: bool,
        report: &mut RoundReport,
    ) -> Result<bool, SyncError> {
        let token = self.link.token.clone().unwrap_or_default();
        let cursor = self.store.read(|read| read.cursor())?.unwrap_or_default();
        let packed = Client::pack(&OpsRequest {
            frames: frames.iter().map(plan::sealed).collect(),
        });
        let text = frames.iter().map(|frame| frame.text.len()).sum();
        self.link.packed(text, packed.len());
        self.store
            .write(|tx| frames.iter().try_for_each(|f| tx.mark_sent(f.log, f.from, f.to)))?;
        self.link.leaves(packed.len());
        let wanted = with_page.then_some(cursor.as_str());
        let mut reply = self.client.push(&token, packed, wanted).await?;
        let page = reply.changes.take();
        let steps = plan::settle(frames, &reply);
        if steps.settlements.is_empty() && steps.refusals.is_empty() {
            // Whatever this was, it acknowledged nothing; going round again would never end.
            return Err(SyncError::NotTheCentre { status: 200 });
        }
        let received_at = self.environment.now();
        let confirmed = self.store.write(|tx| {
            let confirmed = tx.receive(&reply.epoch, &steps.settlements, &received_at)?;
            for (log, from, to, code) in &steps.refusals {
                tx.refuse(*log, *from, *to, code)?;
            }
            Ok(confirmed)
        })?;
        self.link.carried();
        self.link.hears_of(&reply.epoch);
        report.confirmed += confirmed;
        debug!(confirmed, refused = steps.refusals.len(), "batch settled");
        match page {
            Some(page) => self.feed().take(*page, &cursor, report).map(|more| !more),
            None => Ok(false),
        }
    }

    /// Fetches receipts that were lost on their way, so that nothing is sent twice needlessly. They count only if the centre
    /// proves that it has the very same operations: another incarnation of this file may have used the numbers (I12).
    async fn fetch_receipts(&mut self) -> Result<u32, SyncError> {
        let token = self.link.token.clone().unwrap_or_default();
        let log = self.identity.log;
        let Some((from, _)) = self.first_waiting(log)? else {
            self.link.in_doubt = false;
            return Ok(0);
        };
        let reply = match self.client.receipts(&token, log, from).await {
            // A centre of before has no such answer; sending again is always right.
            Err(SyncError::Problem {
                code: ProblemCode::NotFound,
                ..
            }) => None,
            other => Some(other?),
        };
        self.link.in_doubt = false;
        let Some(reply) = reply else { return Ok(0) };
        if !self.is_about_these(log, from, &reply)? {
            return Ok(0);
        }
        let (received_at, told) = (self.environment.now(), plan::receipts(log, &reply.r));
        let confirmed = self.store.write(|tx| tx.receive(&reply.epoch, &told, &received_at))?;
        self.link.hears_of(&reply.epoch);
        debug!(confirmed, "lost receipts fetched");
        Ok(confirmed)
    }

    /// The numbers of the oldest frame that waits, when it is of this log.
    fn first_waiting(&self, log: LogId) -> Result<Option<(u64, u64)>, SyncError> {
        let frames = self.store.read(|read| read.frames_to_send(1))?;
        let first = frames.first().filter(|frame| frame.log == log);
        Ok(first.map(|frame| (frame.from, frame.to)))
    }

    /// The centre has these of this log: what of them still waits here has lost its receipt.
    pub(crate) fn hear_what_it_has(&mut self, have: &[(u64, u64)]) -> Result<(), SyncError> {
        if let Some((first, last)) = self.first_waiting(self.identity.log)? {
            let both = have
                .iter()
                .map(|(from, to)| (last.min(*to) + 1).saturating_sub(first.max(*from)));
            self.link.heard_of(both.sum());
        }
        Ok(())
    }
}
