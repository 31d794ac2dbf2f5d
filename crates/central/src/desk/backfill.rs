//! What a file of the schema before had no entries for: operations that wait for a person, and devices.

use hocvu_wire::batch::Ruling;

use super::Desk;
use super::ingest::ruling_of;
use super::matters::Subject;
use crate::error::Result;

/// Gives each a number of the feed, once.
pub(super) fn run(desk: &mut Desk<'_>) -> Result<()> {
    let devices: Vec<i64> = desk
        .db
        .prepare("SELECT no FROM device WHERE fseq = 0 ORDER BY no")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for device in devices {
        desk.device_changed(device)?;
    }
    for (op, record, ruling) in waiting(desk)? {
        let stored = desk.stored(op)?;
        let candidate = stored.candidate(desk);
        let subject = Subject {
            fseq: op,
            device: stored.device(),
            candidate: &candidate,
            ruling: &ruling,
        };
        desk.tell_at_last(&subject, record)?;
    }
    desk.db.execute("DELETE FROM meta WHERE key = 'backfill'", [])?;
    Ok(())
}

fn waiting(desk: &Desk<'_>) -> Result<Vec<(u64, Option<i64>, Ruling)>> {
    let mut read = desk.db.prepare(
        "SELECT fseq, record, verdict, code, findings, message FROM operation
         WHERE verdict <> 'accepted' AND verdict IN ('conflicted', 'held', 'quarantined') ORDER BY fseq",
    )?;
    let mut rows = read.query([])?;
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        waiting.push((row.get(0)?, row.get(1)?, ruling_of(row, 2)?));
    }
    Ok(waiting)
}
