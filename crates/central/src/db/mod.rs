//! The centre's SQLite file: opening, bringing up to date, facts about itself.

pub(crate) mod witness;

use std::path::Path;
use std::time::Duration;

use hocvu_model::RecordKind;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, types::FromSql};
use rusqlite_migration::{M, Migrations};

use crate::error::{Error, Result};
use crate::world::World;

const STEPS: &[M<'_>] = &[
    M::up(include_str!("0001.sql")),
    M::up(include_str!("0002.sql")),
    M::up(include_str!("0003.sql")),
    M::up(include_str!("0004.sql")),
    M::up(include_str!("0005.sql")),
    M::up(include_str!("0006.sql")),
    M::up(include_str!("0007.sql")),
];
/// How long one connection waits for another's transaction: the command line writes while the server runs.
const BUSY: Duration = Duration::from_secs(10);
/// Below this, resetting the write-ahead log can lose a commit.
const SQLITE_MIN: i32 = 3_051_003;
/// A full frame takes eight such pages; smaller ones made ingest a tenth slower.
const PAGE_BYTES: u32 = 8_192;
/// Pages of the write-ahead log before it is moved into the database: 16 MiB, so that busy pages are moved seldom.
const LOG_PAGES: u32 = 2_048;
/// Pages in memory, KiB.
const CACHE_KIB: i64 = 64 * 1024;

/// Opens the file for writing and brings it up to date. A new one gets its deployment, epoch and secret.
///
/// # Errors
/// A newer schema, another deployment, or SQLite's own.
pub fn open(path: &Path, deployment: Option<&str>, world: &dyn World) -> Result<Connection> {
    if rusqlite::version_number() < SQLITE_MIN {
        return Err(Error::OldSqlite(rusqlite::version()));
    }
    if deployment.is_none() && !path.exists() {
        return Err(Error::Missing(path.to_owned()));
    }
    let mut db = Connection::open(path)?;
    prepare(&db)?;
    db.pragma_update(None, "page_size", PAGE_BYTES)?; // Heeded by a new file only.
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    #[cfg(feature = "planted")]
    if hocvu_model::planted::is(hocvu_model::planted::Bug::AckBeforeCommit) {
        db.pragma_update(None, "synchronous", "OFF")?;
    }
    db.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    let (found, known): (i64, i64) = (
        db.pragma_query_value(None, "user_version", |row| row.get(0))?,
        STEPS.len() as i64,
    );
    if found > known {
        return Err(Error::Newer { found, known });
    }
    if found < known {
        Migrations::from_slice(STEPS).to_latest(&mut db)?;
    }
    introduce(&mut db, deployment, world)?;
    Ok(db)
}

/// Opens the file for reading only, beside the writer.
///
/// # Errors
/// SQLite's own.
pub fn open_reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    prepare(&db)?;
    db.pragma_update(None, "query_only", true)?; // A read-only handle could not recover the log after a crash.
    Ok(db)
}

/// A fact about the file itself.
///
/// # Errors
/// SQLite's own.
pub fn meta<T: FromSql>(db: &Connection, key: &str) -> Result<Option<T>> {
    Ok(db
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

fn prepare(db: &Connection) -> Result<()> {
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(128);
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "cell_size_check", true)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    db.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(())
}

fn introduce(db: &mut Connection, deployment: Option<&str>, world: &dyn World) -> Result<()> {
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    match (meta::<String>(&tx, "deployment")?, deployment) {
        (Some(found), Some(asked)) if found != asked => {
            return Err(Error::Deployment {
                found,
                asked: asked.to_owned(),
            });
        }
        (Some(_), _) => {}
        (None, None) => return Err(Error::Damaged("the database names no deployment".into())),
        (None, Some(asked)) => {
            let (mut epoch, mut secret) = ([0; 6], [0; 32]);
            world.fill(&mut epoch);
            world.fill(&mut secret);
            let mut put = tx.prepare("INSERT INTO meta (key, value) VALUES (?1, ?2)")?;
            put.execute(("deployment", asked))?;
            put.execute(("epoch", hocvu_wire::b64::encode(epoch)))?;
            put.execute(("secret", secret))?;
            put.execute(("boundaries", 0))?;
        }
    }
    tx.commit()?;
    Ok(())
}

/// The kind of record a column names; one this program does not write is damage.
pub(crate) fn kind_of(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<RecordKind> {
    let name = row.get_ref(at)?.as_str()?;
    RecordKind::parse(name).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, format!("kind “{name}”").into())
    })
}
