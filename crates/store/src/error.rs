use rusqlite::ErrorCode;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key does not fit, or the file is not one of this program. The file was not touched.
    #[error("the key does not open this file")]
    WrongKey,
    /// Another process holds the file.
    #[error("another process holds the file")]
    InUse,
    /// A later program wrote the file. It was not touched.
    #[error("the file has schema {found}, this program knows {known}")]
    Newer {
        /// Schema of the file.
        found: u32,
        /// Latest schema of this program.
        known: u32,
    },
    /// The disk is full or fails. Nothing of the transaction was kept.
    #[error("the disk failed: {0}")]
    Disk(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There is no such thing; the text names the kind of thing.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The file holds what this program never writes.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// Any other refusal by SQLite: a mistake of this crate.
    #[error("sqlite: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::WrongKey,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
                Self::InUse
            }
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
                Self::Disk(Box::new(error))
            }
            // SQLite calls it out of memory when the cipher gives no page back: it does not decrypt.
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::OutOfMemory) => Self::Damaged(error.to_string()),
            _ => match error {
                rusqlite::Error::QueryReturnedNoRows => Self::NotFound("row"),
                rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::InvalidColumnType(..) => {
                    Self::Damaged(error.to_string())
                }
                _ => Self::Sqlite(error),
            },
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(Box::new(error))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<hocvu_model::ids::BadId> for Error {
    fn from(error: hocvu_model::ids::BadId) -> Self {
        Self::Damaged(error.to_string())
    }
}
