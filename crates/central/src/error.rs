//! What can go wrong at the centre itself. What is wrong with an operation is a verdict, never an error.

use hocvu_wire::problem::{Problem, ProblemCode};

/// A fault of the centre or of what it was started with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite refused.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL refused.
    #[error("PostgreSQL: {0}")]
    Postgres(#[from] tokio_postgres::Error),
    /// The schema could not be brought up to date.
    #[error("schema: {0}")]
    Migration(#[from] rusqlite_migration::Error),
    /// The file was written by a later program.
    #[error("the database has schema {found}, this program knows {known}: update the program")]
    Newer {
        /// In the file.
        found: i64,
        /// Of this program.
        known: i64,
    },
    /// SQLite below 3.51.3 can lose a reset of its log.
    #[error("SQLite {0} is too old")]
    OldSqlite(&'static str),
    /// The file belongs to another deployment, or none was given for a new one.
    #[error("the database is of deployment “{found}”, not “{asked}”")]
    Deployment {
        /// In the file.
        found: String,
        /// Asked for.
        asked: String,
    },
    /// There is no such database, and this act must not make one.
    #[error("no database at {0}")]
    Missing(std::path::PathBuf),
    /// What is stored contradicts itself.
    #[error("damaged: {0}")]
    Damaged(String),
    /// Network or file.
    #[error("input or output: {0}")]
    Io(std::io::Error),
    /// The queue of the writer is full.
    #[error("the writer is busy")]
    Busy,
    /// The disk refused the commit: nothing of the group was stored.
    #[error("the commit failed")]
    NotCommitted,
    /// The disk is full: nothing of the group was stored.
    #[error("the disk is full")]
    Full,
    /// The writer has stopped.
    #[error("the centre is shutting down")]
    Stopped,
    /// An act of an administrator that cannot be done; the text says why, in Vietnamese.
    #[error("{0}")]
    Refused(String),
}

/// Result with [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// How the fault is told to a client.
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(cause, _)) if cause.code == rusqlite::ErrorCode::DiskFull => {
                ProblemCode::StorageFull
            }
            Self::Full => ProblemCode::StorageFull,
            Self::Busy | Self::NotCommitted | Self::Stopped => ProblemCode::Unavailable,
            Self::Refused(_) => ProblemCode::Malformed,
            Self::Sqlite(_)
            | Self::Migration(_)
            | Self::Postgres(_)
            | Self::Newer { .. }
            | Self::OldSqlite(_)
            | Self::Deployment { .. }
            | Self::Missing(_)
            | Self::Damaged(_)
            | Self::Io(_) => ProblemCode::Internal,
        }
    }

    /// The problem a client sees; never the text of a database error.
    pub fn problem(&self) -> Problem {
        Problem::new(self.code())
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(error),
        }
    }
}
