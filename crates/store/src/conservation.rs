use hocvu_model::LogId;

use crate::{Read, Result, State, Verdict};

/// Where the operations of one log stand. I7: every one that was written stands in exactly one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogTally {
    /// The log.
    pub log: LogId,
    /// The last number written: logs are dense.
    pub authored: u32,
    /// Without a receipt: queued, in flight or refused.
    pub unsent: u32,
    /// Said again in a later log, whatever became of the old number.
    pub moved: u32,
    verdicts: Vec<(Verdict, u32)>,
}

impl LogTally {
    /// How many the centre judged so.
    pub fn of(&self, verdict: Verdict) -> u32 {
        let found = self.verdicts.iter().find(|(known, _)| *known == verdict);
        found.map_or(0, |(_, count)| *count)
    }
}

impl Read<'_> {
    /// Where the operations of every log of this file stand, oldest log first. Walks all of them: for support and tests.
    ///
    /// # Errors
    /// Reading failed.
    pub fn conservation(&self) -> Result<Vec<LogTally>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT state, count(*), count(moved), max(seq) FROM operation WHERE log = ?1 GROUP BY state ORDER BY state",
        )?;
        let mut tallies = Vec::new();
        for log in self.logs()? {
            let mut tally = LogTally {
                log: log.id,
                authored: 0,
                unsent: 0,
                moved: 0,
                verdicts: Vec::new(),
            };
            let mut rows = statement.query([log.number])?;
            while let Some(row) = rows.next()? {
                let count: u32 = row.get(1)?;
                tally.moved += row.get::<_, u32>(2)?;
                tally.authored = tally.authored.max(row.get(3)?);
                match State::from_number(row.get(0)?)?.verdict() {
                    Some(verdict) => tally.verdicts.push((verdict, count)),
                    None => tally.unsent += count,
                }
            }
            tallies.push(tally);
        }
        Ok(tallies)
    }
}
