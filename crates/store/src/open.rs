use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension};
use rusqlite_migration::{M, Migrations};
use zeroize::Zeroizing;

use crate::{Error, Result, Store};

/// Every migration, in order. A released text never changes; the next one comes at the end.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_ledger.sql"),
    include_str!("migrations/0002_two_way.sql"),
    include_str!("migrations/0003_bundles.sql"),
    include_str!("migrations/0004_blobs.sql"),
    include_str!("migrations/0005_figures.sql"),
    include_str!("migrations/0006_judged_anew.sql"),
    include_str!("migrations/0007_imports.sql"),
    include_str!("migrations/0008_progress.sql"),
    include_str!("migrations/0009_rolled.sql"),
    include_str!("migrations/0010_acts_seen.sql"),
    include_str!("migrations/0011_unsaved.sql"),
];
/// Schema of this build: the number of migrations.
#[expect(clippy::cast_possible_truncation, reason = "a handful")]
const SCHEMA: u32 = MIGRATIONS.len() as u32;
/// Marks the file as one of this program ("HVSo"), since any encrypted database looks alike.
const APPLICATION_ID: i32 = 0x4856_536f;
/// SQLite 3.51.3 mends a bug that could lose a commit when the WAL is reset.
const SQLITE_FLOOR: i32 = 3_051_003;
/// A program that is just ending lets go of the file within this time.
const BUSY_WAIT: Duration = Duration::from_millis(250);
/// Pages kept decrypted, KiB: the index of 50,000 sessions fits, so that searching does not decrypt it again each time.
const CACHE_KIB: i32 = 32 * 1024;
/// Distinct statements of this crate, with room to grow.
const STATEMENTS: usize = 160;

/// The 32 bytes that encrypt the file. Wiped from memory when dropped.
pub struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// Takes the key.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    fn pragma(&self) -> Zeroizing<String> {
        use std::fmt::Write;
        let mut sql = Zeroizing::new(String::with_capacity(96)); // Never grows, so no copy is left behind.
        sql.push_str("PRAGMA key = \"x'");
        for byte in self.0.iter() {
            write!(sql, "{byte:02x}").expect("writing to a string never fails");
        }
        sql.push_str("'\";");
        sql
    }
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(…)")
    }
}

impl Store {
    /// Opens the file, making it when there is none, and brings it to this build's schema. Operations that were in flight
    /// when the program ended are queued again.
    ///
    /// # Errors
    /// [`Error::WrongKey`] and [`Error::Newer`] leave the file as it was; [`Error::InUse`] while another process has it;
    /// [`Error::Disk`].
    pub fn open(path: &Path, key: &DataKey) -> Result<Self> {
        assert!(
            rusqlite::version_number() >= SQLITE_FLOOR,
            "built with an SQLite that can lose commits"
        );
        let mut connection = connect(path, key)?;
        let integrity = match quick_check(&connection) {
            Ok(text) => text,
            Err(error) => {
                // SQLCipher is of no more use after a page that does not decrypt.
                drop(connection);
                connection = connect(path, key)?;
                error.to_string()
            }
        };
        let store = Self {
            connection: Mutex::new(connection),
            integrity,
            witness: Mutex::new(None),
        };
        match store.write(|write| write.reset_sent()) {
            Ok(_) => Ok(store),
            // A damaged file stays open for whatever can still be read of it.
            Err(_) if !store.integrity.is_empty() => Ok(store),
            Err(error) => Err(error),
        }
    }
}

fn connect(path: &Path, key: &DataKey) -> Result<Connection> {
    let mut connection = Connection::open(path)?;
    // Until the file is known to be ours, closing must not write to it either.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.busy_timeout(BUSY_WAIT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    unlock(&connection, key)?;
    recognise(&connection)?;
    configure(&connection)?;
    Migrations::new(MIGRATIONS.iter().map(|text| M::up(text)).collect())
        .to_latest(&mut connection)
        .map_err(migration_error)?;
    Ok(connection)
}

/// Opens a file of which pages may be damaged, for reading only: nothing is checked, migrated or configured.
pub(crate) fn connect_damaged(path: &Path, key: &DataKey) -> Result<Connection> {
    let connection = Connection::open(path)?;
    unlock(&connection, key)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn unlock(connection: &Connection, key: &DataKey) -> Result<()> {
    // SQLCipher would write its errors to standard error.
    connection
        .query_row("PRAGMA cipher_log_level = NONE", [], |_| Ok(()))
        .optional()?;
    // As strong as the default SHA-512 for telling an altered page, and a third of its time on processors that compute
    // it themselves: every page of every save pays it. Set as the default, so that copies of the file are made so too.
    connection.execute_batch("PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256;")?;
    connection.execute_batch(&key.pragma())?;
    // Without a cipher the pragma above does nothing at all: a plain SQLite must never get as far as writing.
    let cipher: Option<String> = connection
        .query_row("PRAGMA cipher_version", [], |row| row.get(0))
        .optional()?;
    assert!(
        cipher.is_some_and(|version| !version.is_empty()),
        "built with an SQLite that does not encrypt"
    );
    connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE;")?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(())
}

fn recognise(connection: &Connection) -> Result<()> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > SCHEMA {
        return Err(Error::Newer { found, known: SCHEMA });
    }
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: u32 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && tables > 0 {
        return Err(Error::WrongKey);
    }
    Ok(())
}

fn configure(connection: &Connection) -> Result<()> {
    // With recursive triggers REPLACE counts as deleting, which operations refuse.
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA recursive_triggers = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA mmap_size = 0;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -{CACHE_KIB};"
    ))?;
    #[cfg(feature = "planted")]
    if hocvu_model::planted::is(hocvu_model::planted::Bug::SavedBeforeSynced) {
        connection.pragma_update(None, "synchronous", "OFF")?;
    }
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION_ID {
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Plans do not depend on what is bound: else every statement with a bound LIMIT is compiled anew each time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(())
}

fn migration_error(error: rusqlite_migration::Error) -> Error {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
        other => Error::Damaged(other.to_string()),
    }
}

/// What is wrong with the file; empty when nothing is. A page that cannot even be decrypted is an error of the check.
fn quick_check(connection: &Connection) -> Result<String> {
    let mut statement = connection.prepare("PRAGMA quick_check")?;
    let lines: Vec<String> = statement
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let text = lines.join("\n");
    Ok(if text == "ok" { String::new() } else { text })
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    /// Files in the field were made by exactly this text.
    #[test]
    fn released_migrations_never_change() {
        let hash = |text: &str| -> String { Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect() };
        let released = [
            "56d5e006857bc851c81d8cb0e8b70b95b78fa3dc6b758e418359782f1210747d",
            "bf6ecd4aa6c57057c59be7cd2be1d0be00887cf7ed0dd1cde5c4e686dab70c9b",
        ];
        for (text, released) in super::MIGRATIONS.iter().zip(released) {
            assert_eq!(hash(text), released, "write a new migration instead");
        }
    }
}
