//! A mirror of the centre in PostgreSQL, for offices that ask their own questions of the figures.
//!
//! **Invariants:** the mirror is written in one PostgreSQL transaction from one SQLite read transaction, so it is always a
//! state the centre had; bringing it up again changes nothing; [`check`] proves its records from its operations (I8).

mod check;

use hocvu_model::ids::{LogId, OperationId, RecordId};
use rusqlite::Connection;
use serde::Serialize;
use tokio_postgres::{Client, NoTls, Transaction};

pub use check::{Checked, check};

use crate::db;
use crate::error::{Error, Result};

const SCHEMA: &str = include_str!("schema.sql");
const PUT_OPERATION: &str = "
    INSERT INTO hocvu.operation (fseq, log, seq, device, device_no, author, at, verdict, code, feed, rank, adopted, placed,
                                 sha256, text)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    ON CONFLICT (fseq) DO UPDATE SET verdict = excluded.verdict, code = excluded.code, feed = excluded.feed,
                                     rank = excluded.rank, adopted = excluded.adopted, placed = excluded.placed";
const PUT_RECORD: &str = "
    INSERT INTO hocvu.record (id, kind, unit, head, fseq, void, floor, body)
    VALUES ($1::text::uuid, $2, $3, $4, $5, $6, $7, $8::text::jsonb)
    ON CONFLICT (id) DO UPDATE SET unit = excluded.unit, head = excluded.head, fseq = excluded.fseq, void = excluded.void,
                                   floor = excluded.floor, body = excluded.body";

/// What a run wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Mirrored {
    /// Operations written, new ones and those whose verdict changed.
    pub operations: u64,
    /// Records written.
    pub records: u64,
    /// The mirror now stands at this feed number.
    pub fseq: i64,
    /// The centre is of another incarnation than the mirror was: it was written anew.
    pub anew: bool,
}

/// Connects to `url`, e.g. `postgresql://hocvu@localhost/hocvu` or `host=/run/postgresql dbname=hocvu`. The line is not
/// encrypted, so only this machine is allowed; another one is reached through a tunnel.
///
/// # Errors
/// The address is not of this machine, or PostgreSQL refuses.
pub async fn connect(url: &str) -> Result<Client> {
    use tokio_postgres::config::{Config, Host};
    let config: Config = url.parse()?;
    let here = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => name == "localhost" || name.starts_with("127.") || name == "::1",
        #[cfg(unix)]
        Host::Unix(_) => true,
    });
    if !here {
        let text = "PostgreSQL phải ở trên máy này (hoặc qua đường hầm SSH): đường truyền tới nó không mã hóa.";
        return Err(Error::Refused(text.into()));
    }
    let (client, connection) = config.connect(NoTls).await?;
    // Ends with the client; its error is the client's next one too.
    tokio::spawn(connection);
    Ok(client)
}

/// Brings the mirror up to the centre's present state.
///
/// # Errors
/// SQLite's or PostgreSQL's own: then the mirror is as it was. A mirror of another deployment is left alone.
pub async fn bring_up(db: &Connection, client: &mut Client) -> Result<Mirrored> {
    let tx = client.transaction().await?;
    tx.batch_execute(SCHEMA).await?;
    // One writer at a time, whoever started it.
    tx.batch_execute("LOCK TABLE hocvu.position IN EXCLUSIVE MODE").await?;
    db.execute_batch("BEGIN")?;
    let mirrored = copy(db, &tx).await;
    db.execute_batch("COMMIT")?;
    let mirrored = mirrored?;
    tx.commit().await?;
    Ok(mirrored)
}

async fn copy(db: &Connection, tx: &Transaction<'_>) -> Result<Mirrored> {
    let deployment: String = db::meta(db, "deployment")?.unwrap_or_default();
    let epoch: String = db::meta(db, "epoch")?.unwrap_or_default();
    let strict_from: i64 = db::meta(db, "strict_from")?.unwrap_or(0);
    let fseq: i64 = db.query_row("SELECT fseq FROM counter", [], |row| row.get(0))?;
    let before = tx
        .query_opt("SELECT deployment, epoch, fseq FROM hocvu.position", &[])
        .await?
        .map(|row| (row.get::<_, String>(0), row.get::<_, String>(1), row.get::<_, i64>(2)));
    let (from, anew) = match before {
        None => (0, false),
        Some((its, ..)) if its != deployment => {
            return Err(Error::Deployment {
                found: its,
                asked: deployment,
            });
        }
        Some((_, its, from)) if its == epoch => (from, false),
        Some(_) => (0, true),
    };
    if anew {
        tx.batch_execute("TRUNCATE hocvu.operation, hocvu.record").await?;
    }
    let operations = operations(db, tx, from).await?;
    let records = records(db, tx, from).await?;
    tx.execute(
        "INSERT INTO hocvu.position (one, deployment, epoch, fseq, strict_from) VALUES (true, $1, $2, $3, $4)
         ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, fseq = excluded.fseq",
        &[&deployment, &epoch, &fseq, &strict_from],
    )
    .await?;
    Ok(Mirrored {
        operations,
        records,
        fseq,
        anew,
    })
}

async fn operations(db: &Connection, tx: &Transaction<'_>, from: i64) -> Result<u64> {
    let put = tx.prepare(PUT_OPERATION).await?;
    let mut read = db.prepare(include_str!("../queries/mirror_operations.sql"))?;
    let mut rows = read.query([from])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let (start, length): (usize, usize) = (row.get(14)?, row.get(15)?);
        let fseq: i64 = row.get(0)?;
        let frame = row.get_ref(16)?.as_str().unwrap_or_default();
        let text = frame
            .get(start..start + length)
            .ok_or_else(|| Error::Damaged(format!("operation {fseq} is not in its frame")))?;
        let sha256: [u8; 32] = row.get(9)?;
        tx.execute(
            &put,
            &[
                &fseq,
                &LogId(row.get(1)?).to_string(),
                &row.get::<_, i64>(2)?,
                &row.get::<_, String>(3)?,
                &row.get::<_, i64>(11)?,
                &row.get::<_, String>(4)?,
                &row.get::<_, i64>(5)?,
                &row.get::<_, String>(6)?,
                &row.get::<_, Option<String>>(7)?,
                &row.get::<_, i64>(8)?,
                &row.get::<_, i16>(10)?,
                &row.get::<_, Option<i64>>(12)?,
                &row.get::<_, Option<String>>(13)?,
                &sha256.as_slice(),
                &text,
            ],
        )
        .await?;
        count += 1;
    }
    Ok(count)
}

async fn records(db: &Connection, tx: &Transaction<'_>, from: i64) -> Result<u64> {
    let put = tx.prepare(PUT_RECORD).await?;
    let mut read = db.prepare(include_str!("../queries/mirror_records.sql"))?;
    let mut rows = read.query([from])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let head = OperationId {
            log: LogId(row.get(3)?),
            seq: row.get(4)?,
        };
        tx.execute(
            &put,
            &[
                &RecordId(uuid::Uuid::from_bytes(row.get(0)?)).to_string(),
                &row.get::<_, String>(1)?,
                &row.get::<_, String>(2)?,
                &head.to_string(),
                &row.get::<_, i64>(5)?,
                &row.get::<_, bool>(6)?,
                &row.get::<_, i16>(8)?,
                &row.get::<_, String>(7)?,
            ],
        )
        .await?;
        count += 1;
    }
    Ok(count)
}
