//! Proves the mirror against itself: its records must be the fold of its operations, its figures those of its records.

use std::collections::{BTreeMap, HashSet};

use hocvu_model::RecordKind;
use hocvu_model::ids::{LogId, OperationId, RecordId};
use hocvu_model::operation;
use hocvu_model::record::Record;
use rusqlite::Connection;
use serde::Serialize;
use tokio_postgres::Client;

use crate::directory::Directory;
use crate::error::{Error, Result};
use crate::fold::Fold;
use crate::judge::State;
use crate::reading;
use crate::refold::{Refold, Told};
use crate::verify::differing;

/// Every session's lines by target group, as the view counts them.
const FIGURES: &str = "
    SELECT target_group, count(*), sum(attended)::bigint, coalesce(sum(female), 0)::bigint
    FROM hocvu.attendance GROUP BY target_group ORDER BY target_group";

/// What was looked at and what was found wrong.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Operations folded.
    pub operations: u64,
    /// Records compared with the fold.
    pub records: u64,
    /// What is wrong, naming the row; empty when all is well.
    pub faults: Vec<String>,
}

/// Folds the mirror's operations in the order they took effect and compares what comes out with its records and figures.
/// Units and devices are those of the centre's file.
///
/// # Errors
/// SQLite's or PostgreSQL's own; what is wrong with the content is in [`Checked::faults`].
pub async fn check(db: &Connection, client: &Client) -> Result<Checked> {
    let directory = Directory::load(db, 0)?;
    let mut checked = Checked::default();
    let fold = fold(client, &directory, &mut checked).await?;
    records(client, &fold, &mut checked).await?;
    figures(client, &fold, &directory, &mut checked).await?;
    Ok(checked)
}

async fn fold(client: &Client, directory: &Directory, checked: &mut Checked) -> Result<Fold> {
    let strict_from: i64 = client
        .query_opt("SELECT strict_from FROM hocvu.position", &[])
        .await?
        .map_or(0, |row| row.get(0));
    let mut refold = Refold::new(directory, number(strict_from)?);
    let rows = client
        .query(
            "SELECT feed, fseq, log, seq, verdict, code, rank, device_no, adopted, placed, sha256, text
             FROM hocvu.operation ORDER BY feed",
            &[],
        )
        .await?;
    for row in rows {
        let log: String = row.get(2);
        let told = Told {
            feed: number(row.get(0))?,
            fseq: number(row.get(1))?,
            id: OperationId {
                log: log
                    .parse::<LogId>()
                    .map_err(|_| Error::Damaged(format!("a log “{log}”")))?,
                seq: number(row.get(3))?,
            },
            verdict: row.get(4),
            code: row.get(5),
            rank: u8::try_from(row.get::<_, i16>(6)).unwrap_or_default(),
            device: row.get(7),
            adopted: match row.get::<_, Option<i64>>(8) {
                Some(act) => Some((number(act)?, row.get(9))),
                None => None,
            },
        };
        checked.operations += 1;
        let text: &str = row.get(11);
        let said = if operation::digest(text) == row.get::<_, &[u8]>(10) {
            refold.add(&told, text)
        } else {
            Err("its text is not what was signed for")
        };
        checked
            .faults
            .extend(said.err().map(|why| format!("operation {}: {why}", told.fseq)));
    }
    Ok(refold.into_fold())
}

async fn records(client: &Client, fold: &Fold, checked: &mut Checked) -> Result<()> {
    let mut seen = HashSet::new();
    let rows = client
        .query(
            "SELECT id::text, unit, void, body::text, head, floor, kind FROM hocvu.record",
            &[],
        )
        .await?;
    for row in rows {
        let id: String = row.get(0);
        let id: RecordId = id.parse().map_err(|_| Error::Damaged(format!("a record “{id}”")))?;
        let kind: String = row.get(6);
        let state = State {
            kind: RecordKind::parse(&kind).ok_or_else(|| Error::Damaged(format!("a kind of record “{kind}”")))?,
            unit: row.get(1),
            void: row.get(2),
            body: reading::parse_body(row.get(3))?,
        };
        checked.records += 1;
        seen.insert(id);
        let Some(folded) = fold.records().get(&id) else {
            checked.faults.push(format!("record {id}: no operation made it"));
            continue;
        };
        let mut cells = differing(&folded.state, &state);
        cells.extend((folded.head.to_string() != row.get::<_, String>(4)).then(|| "head".to_owned()));
        cells.extend((i16::from(folded.floor) != row.get::<_, i16>(5)).then(|| "floor".to_owned()));
        if !cells.is_empty() {
            let cells = cells.join(", ");
            checked
                .faults
                .push(format!("record {id}: {cells} not what its operations say"));
        }
    }
    let missing = fold.records().keys().filter(|id| !seen.contains(id));
    checked
        .faults
        .extend(missing.map(|id| format!("record {id}: its row is missing")));
    Ok(())
}

async fn figures(client: &Client, fold: &Fold, directory: &Directory, checked: &mut Checked) -> Result<()> {
    let mut expected: BTreeMap<String, (i64, i64, i64)> = BTreeMap::new();
    for folded in fold.records().values().filter(|folded| !folded.state.void) {
        let body = serde_json::Value::Object(folded.state.body.clone()).to_string();
        let read = reading::check(
            folded.state.kind,
            &body,
            Some(&folded.state.unit),
            directory,
            chrono::NaiveDate::MIN,
        );
        for line in read
            .and_then(|read| read.record)
            .as_ref()
            .and_then(Record::session)
            .into_iter()
            .flat_map(|session| &session.counts)
        {
            let sums = expected.entry(line.group.as_str().to_owned()).or_default();
            sums.0 += 1;
            sums.1 += i64::from(line.attended);
            sums.2 += i64::from(line.female.unwrap_or_default());
        }
    }
    let mut found = BTreeMap::new();
    for row in client.query(FIGURES, &[]).await? {
        found.insert(row.get::<_, String>(0), (row.get(1), row.get(2), row.get(3)));
    }
    for group in expected.keys().chain(found.keys()).collect::<HashSet<_>>() {
        if expected.get(group) != found.get(group) {
            checked.faults.push(format!("figures for “{group}”"));
        }
    }
    Ok(())
}

fn number(stored: i64) -> Result<u64> {
    u64::try_from(stored).map_err(|_| Error::Damaged(format!("a number {stored}")))
}
