//! Whether the replica says what the centre says, and mending it if not (I9). The feed already keeps them equal; this finds
//! what no feed can tell: a page lost to a damaged disk, a mistake of a version before.

use std::collections::BTreeMap;

use hocvu_model::UnitUid;
use hocvu_store::ShadowRecord;
use hocvu_wire::digest::{Sum, UnitDigest, of_record};
use hocvu_wire::problem::ProblemCode;
use tracing::warn;

use crate::error::SyncError;
use crate::plan;
use crate::round::{Round, RoundReport};

/// Rounds between two comparisons, counted and not timed: no clock has to be right.
const EVERY: u32 = 20;
/// Setting that counts the rounds since the last one.
const ROUNDS: &str = "sync.rounds_uncompared";
/// Records summed before others may use the file again.
const AT_ONCE: u32 = 500;

/// Number and sum of a unit's records.
type Sums = BTreeMap<String, (u64, Sum)>;

impl Round<'_> {
    /// Compares the replica with the centre when it is time to, and mends the units that differ. To be called when the feed
    /// was read to its end.
    pub(crate) async fn compare(&mut self, report: &mut RoundReport) -> Result<(), SyncError> {
        let counted = self.store.read(|read| read.setting(ROUNDS))?;
        let rounds = counted.and_then(|text| text.parse().ok()).unwrap_or(0) + 1;
        if rounds < EVERY && !self.link.compare {
            self.count_rounds(rounds)?;
            return Ok(());
        }
        let Some(theirs) = self.sums_told().await? else {
            return self.compared(); // A centre of before has no sums.
        };
        let ours = self.sums_here()?;
        let units: Vec<&String> = theirs
            .keys()
            .chain(ours.keys().filter(|unit| !theirs.contains_key(*unit)))
            .collect();
        let differing: Vec<&String> = units
            .into_iter()
            .filter(|unit| ours.get(*unit) != theirs.get(*unit))
            .collect();
        if differing.is_empty() {
            return self.compared();
        }
        // The centre may have gone on since the feed was read: only a feed with nothing new makes the difference a fault.
        let before = report.pulled;
        self.pull(report).await?;
        if report.pulled > before {
            return Ok(()); // Still due.
        }
        for unit in differing {
            let records = self.unit_told(unit).await?;
            report.mended += self.mend(unit, &records)?;
        }
        self.compared()
    }

    fn mend(&self, unit: &str, records: &[ShadowRecord]) -> Result<u32, SyncError> {
        let now = self.environment.now();
        let mended = self.store.write(|tx| {
            let uid = UnitUid::from(unit);
            let mended = tx.mend_unit(&uid, records)?;
            let params = [("unit", tx.unit_name(&uid)?), ("count", mended.to_string())];
            let params = params.map(|(name, value)| (name.to_owned(), value)).into();
            tx.diary_append(&now, "mended", &params)?;
            Ok(mended)
        })?;
        warn!(mended, "the replica differed from the centre and was mended");
        Ok(mended)
    }

    fn compared(&mut self) -> Result<(), SyncError> {
        self.link.compare = false;
        self.count_rounds(0)
    }

    fn count_rounds(&self, rounds: u32) -> Result<(), SyncError> {
        Ok(self.store.write(|tx| tx.put_setting(ROUNDS, &rounds.to_string()))?)
    }

    /// The centre's sums; `None` when it has no answer to that.
    async fn sums_told(&self) -> Result<Option<Sums>, SyncError> {
        let token = self.link.token.clone().unwrap_or_default();
        let mut sums = Sums::new();
        let mut after = String::new();
        loop {
            let reply = match self.client.digest(&token, &after).await {
                Err(SyncError::Problem {
                    code: ProblemCode::NotFound,
                    ..
                }) => return Ok(None),
                other => other?,
            };
            let last = reply.units.last().map(|unit| unit.unit.clone());
            for UnitDigest { unit, n, d } in reply.units {
                let sum = hocvu_wire::b64::decode(&d).ok_or(SyncError::NotTheCentre { status: 200 })?;
                sums.insert(unit, (n, Sum(sum)));
            }
            match last {
                Some(last) if reply.more => after = last,
                _ => return Ok(Some(sums)),
            }
        }
    }

    /// The replica's sums. Pages are read one by one: nothing writes the replica but this thread.
    fn sums_here(&self) -> Result<Sums, SyncError> {
        let mut sums = Sums::new();
        let mut after = None;
        loop {
            let page = self.store.read(|read| read.shadow_page(after, AT_ONCE))?;
            let Some(last) = page.last() else { return Ok(sums) };
            after = Some(last.id);
            for record in &page {
                let ShadowRecord {
                    id,
                    unit,
                    head,
                    body,
                    void,
                    ..
                } = record;
                let (count, sum) = sums.entry(unit.0.clone()).or_default();
                *count += 1;
                sum.toggle(of_record(*id, *head, unit.as_str(), *void, body));
            }
        }
    }

    /// What the centre has of a unit; nothing of one it shows this device no more.
    async fn unit_told(&self, unit: &str) -> Result<Vec<ShadowRecord>, SyncError> {
        let token = self.link.token.clone().unwrap_or_default();
        let mut records: Vec<ShadowRecord> = Vec::new();
        loop {
            let after = records.last().map(|record| record.id.to_string()).unwrap_or_default();
            let reply = match self.client.snapshot(&token, unit, &after).await {
                Err(SyncError::Problem {
                    code: ProblemCode::NotFound,
                    ..
                }) => return Ok(Vec::new()),
                other => other?,
            };
            let before = records.len();
            records.extend(reply.records.into_iter().filter_map(plan::record));
            if !reply.more || records.len() == before {
                return Ok(records);
            }
        }
    }
}
