//! Verdicts to be asked for again. A restored centre may have an operation by another carrier and have judged it otherwise;
//! what this device heard before that says nothing any more. The intention is stored with the news that calls for it.

use std::collections::BTreeSet;

use hocvu_model::LogId;
use rusqlite::{OptionalExtension, params};

use crate::settle::{Moved, SEQ_MAX, Told};
use crate::{Read, Result, Settlement, Write};

/// Setting: the centre's incarnation that told the verdicts stored here.
const JUDGED_BY: &str = "sync.judged_by";

/// A log whose verdicts are to be asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskAgain {
    /// The log.
    pub log: LogId,
    /// The first operation not answered for yet.
    pub from: u64,
    /// Whether the verdicts are those of a centre that is no more; else a later one was only heard of too early.
    pub lost: bool,
}

/// What an answer changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Operations that have a receipt now and had none.
    pub newly: u32,
    /// Operations that had a receipt and stand elsewhere now, or have another receipt.
    pub otherwise: u32,
}

impl Read<'_> {
    /// The next log to ask about: one with a receipt at or after the number to go on from. What has none is sent again
    /// anyhow, and answered for then.
    ///
    /// # Errors
    /// Reading failed.
    pub fn next_to_ask(&self) -> Result<Option<AskAgain>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT l.id, a.next, a.lost FROM ask_again a JOIN log l ON l.number = a.log
             WHERE EXISTS (SELECT 1 FROM operation o WHERE o.log = a.log AND o.seq >= a.next AND o.fseq IS NOT NULL)
             ORDER BY a.log LIMIT 1",
        )?;
        let next = statement.query_row([], |row| {
            Ok(AskAgain {
                log: LogId(row.get(0)?),
                from: row.get(1)?,
                lost: row.get(2)?,
            })
        });
        Ok(next.optional()?)
    }

    fn has_receipts(&self, log: i64) -> Result<bool> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM operation WHERE log = ?1 AND fseq IS NOT NULL)")?;
        Ok(statement.query_row([log], |row| row.get(0))?)
    }
}

impl Write<'_> {
    /// Notes which incarnation of the centre tells verdicts now. When it is another one, all that this device was told before
    /// are to be asked for again; nobody answers it about logs the file wrote as another device.
    pub(crate) fn note_judge(&self, epoch: &str) -> Result<()> {
        if self.setting(JUDGED_BY)?.as_deref() == Some(epoch) {
            return Ok(());
        }
        for log in self.logs_to_seal()? {
            if let Some(log) = self.log_number(log)?
                && self.has_receipts(log)?
            {
                self.ask_again(log, 1, true)?;
            }
        }
        self.put_setting(JUDGED_BY, epoch)
    }

    /// Notes the receipts of an answer by the centre of `epoch`, for operations that have none yet. What has one already may
    /// have been judged again since: only the feed tells that in order. Receipts of another incarnation than the one this
    /// device knows are to be asked for again. Returns how many operations have a receipt now that had none.
    ///
    /// # Errors
    /// Writing failed.
    pub fn receive(&self, epoch: &str, settlements: &[Settlement], received_at: &str) -> Result<u32> {
        let foreign = self.setting(JUDGED_BY)?.as_deref() != Some(epoch);
        let mut touched = BTreeSet::new();
        let settled = self.settle_all(settlements, received_at, Told::First { foreign }, &mut touched)?;
        self.refold_settled(touched)?;
        Ok(settled.newly)
    }

    /// Notes the centre's answer about the log from `asked.from` on: it replaces what was told before. To be called only
    /// when the centre proved that it speaks of the very same operations.
    ///
    /// # Errors
    /// Writing failed.
    pub fn settle_again(&self, asked: AskAgain, settlements: &[Settlement], received_at: &str) -> Result<Settled> {
        let mut touched = BTreeSet::new();
        let settled = self.settle_all(settlements, received_at, Told::Again { lost: asked.lost }, &mut touched)?;
        self.refold_settled(touched)?;
        self.asked(asked, settlements.iter().map(|settled| settled.to).max())?;
        Ok(settled)
    }

    /// The centre has other operations under some of these numbers, or has no answer: those of this file up to `last`, or
    /// all of them, are offered again and judged by what they say. Returns how many.
    ///
    /// # Errors
    /// Writing failed.
    pub fn offer_again(&self, asked: AskAgain, last: Option<u64>) -> Result<u32> {
        let (mut offered, mut touched) = (0, BTreeSet::new());
        if asked.lost
            && let Some(log) = self.log_number(asked.log)?
        {
            // What was said again in a later log is judged there.
            offered = self.lose_receipts(log, asked.from, last.unwrap_or(SEQ_MAX), Moved::Stay, &mut touched)?;
        }
        touched.into_iter().try_for_each(|record| self.refold(record))?;
        self.asked(asked, last)?;
        Ok(offered)
    }

    /// Notes that verdicts from number `from` on are to be asked for again.
    pub(crate) fn ask_again(&self, log: i64, from: u64, lost: bool) -> Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO ask_again (log, next, lost) VALUES (?1, ?2, ?3)
                 ON CONFLICT (log) DO UPDATE SET next = min(next, excluded.next), lost = max(lost, excluded.lost)",
            )?
            .execute(params![log, from, lost])?;
        Ok(())
    }

    /// The centre answered about the log up to `last`; with `None` it has no more of it. What was added to the intention while
    /// the question was under way stays.
    fn asked(&self, asked: AskAgain, last: Option<u64>) -> Result<()> {
        let Some(log) = self.log_number(asked.log)? else {
            return Ok(());
        };
        let AskAgain { log: _, from, lost } = asked;
        let next = last.filter(|last| (from..SEQ_MAX).contains(last)).map(|last| last + 1);
        let ends: bool = self
            .connection
            .prepare_cached(
                "SELECT ?2 IS NULL OR NOT EXISTS
                   (SELECT 1 FROM operation o WHERE o.log = ?1 AND o.seq >= ?2 AND o.fseq IS NOT NULL)",
            )?
            .query_row(params![log, next], |row| row.get(0))?;
        let mut statement = self.connection.prepare_cached(if ends {
            "DELETE FROM ask_again WHERE log = ?1 AND next = ?2 AND lost = ?3"
        } else {
            "UPDATE ask_again SET next = ?4 WHERE log = ?1 AND next = ?2 AND lost = ?3"
        })?;
        match next.filter(|_| !ends) {
            None => statement.execute(params![log, from, lost])?,
            Some(next) => statement.execute(params![log, from, lost, next])?,
        };
        Ok(())
    }
}
