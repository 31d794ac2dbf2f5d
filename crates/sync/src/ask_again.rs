//! Asks for verdicts anew that a restored centre may have judged otherwise, or that were heard of too early (I7, I11).
//!
//! `have` says that the centre holds an operation, not what it made of it: another carrier may have brought it there since.

use hocvu_model::LogId;
use hocvu_wire::batch::ReceiptsReply;
use hocvu_wire::problem::ProblemCode;
use tracing::{debug, warn};

use crate::error::SyncError;
use crate::plan;
use crate::round::{Round, RoundReport};

impl Round<'_> {
    /// Asks, log by log and page by page, for the verdicts the store wants again. Each answer is stored before the next
    /// question. To be called while no page of the feed is under way: what the feed tells from here on is newer. Returns
    /// whether operations were offered again because the centre could not answer for them.
    pub(crate) async fn ask_again(&mut self, report: &mut RoundReport) -> Result<bool, SyncError> {
        let (mut offered, mut otherwise) = (0, 0);
        while let Some(asked) = self.store.read(|read| read.next_to_ask())? {
            let token = self.link.token.clone().unwrap_or_default();
            let reply = match self.client.receipts(&token, asked.log, asked.from).await {
                Ok(reply) => Some(reply),
                // A centre of before has no such answer.
                Err(SyncError::Problem {
                    code: ProblemCode::NotFound,
                    ..
                }) => None,
                Err(
                    error @ SyncError::Problem {
                        code: ProblemCode::SessionExpired,
                        ..
                    },
                ) => return Err(error),
                // The intention stays; what this device has to send and to hear need not wait for it (I5).
                Err(error @ SyncError::Problem { .. }) => {
                    warn!(%error, "verdicts are asked for again in the next round");
                    break;
                }
                Err(error) => return Err(error),
            };
            if let Some(reply) = &reply {
                self.link.hears_of(&reply.epoch);
                if self.link.is_outdated() {
                    break;
                }
            }
            match reply.filter(|reply| !reply.r.is_empty()) {
                Some(reply) if self.is_about_these(asked.log, asked.from, &reply)? => {
                    let (received_at, told) = (self.environment.now(), plan::receipts(asked.log, &reply.r));
                    let settled = self.store.write(|tx| tx.settle_again(asked, &told, &received_at))?;
                    report.confirmed += settled.newly;
                    otherwise += settled.otherwise;
                }
                other => {
                    let told = other
                        .map(|reply| plan::receipts(asked.log, &reply.r))
                        .unwrap_or_default();
                    let last = told.iter().map(|told| told.to).max();
                    offered += self.store.write(|tx| tx.offer_again(asked, last))?;
                }
            }
        }
        if otherwise > 0 {
            report.pulled += otherwise;
            self.diary("judged_again", [("count", otherwise.to_string())])?;
        }
        debug!(otherwise, offered, "verdicts asked for again");
        Ok(offered > 0)
    }

    /// Whether the centre, asked about `log` from a number on, proved that it has the very same operations: another
    /// incarnation of this file may have used the numbers (I12).
    pub(crate) fn is_about_these(&self, log: LogId, from: u64, reply: &ReceiptsReply) -> Result<bool, SyncError> {
        let told = plan::receipts(log, &reply.r);
        let in_order = told.iter().try_fold(from, |next, told| {
            (told.from >= next && told.to >= told.from).then(|| told.to.saturating_add(1))
        });
        let ranges: Vec<(u64, u64)> = told.iter().map(|told| (told.from, told.to)).collect();
        let ours = self.store.read(|read| read.digest_of(log, &ranges))?;
        Ok(in_order.is_some() && !told.is_empty() && ours.map(hocvu_wire::b64::encode).as_ref() == Some(&reply.sha256))
    }
}
