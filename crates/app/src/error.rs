use hocvu_model::Finding;

use crate::contract::{ErrorBody, ErrorCode};

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules refuse the input.
    #[error("the input breaks {} rule(s)", .0.len())]
    Invalid(Vec<Finding>),
    /// No such record, draft or unit here.
    #[error("not found")]
    NotFound,
    /// No unit yet.
    #[error("not enrolled")]
    NotEnrolled,
    /// The role of this machine does not allow it.
    #[error("not allowed")]
    NotAllowed,
    /// The call is wrong: a bug of the caller.
    #[error("bad call: {0}")]
    BadCall(String),
    /// There is data, but the key that opens it is gone.
    #[error("the key of the data file is gone")]
    KeyGone,
    /// Disk full or failing outside the store.
    #[error("disk: {0}")]
    Disk(String),
    /// The data file.
    #[error(transparent)]
    Store(#[from] hocvu_store::Error),
}

/// Shorthand of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What a screen should do about it.
    pub fn code(&self) -> ErrorCode {
        use hocvu_store::Error as Store;
        match self {
            Self::Invalid(_) => ErrorCode::Invalid,
            Self::NotFound | Self::Store(Store::NotFound(_)) => ErrorCode::NotFound,
            Self::NotEnrolled => ErrorCode::NotEnrolled,
            Self::NotAllowed => ErrorCode::NotAllowed,
            Self::BadCall(_) => ErrorCode::BadCall,
            Self::Store(Store::Newer { .. }) => ErrorCode::UpdateRequired,
            Self::Disk(_) | Self::Store(Store::Disk(_)) => ErrorCode::Disk,
            Self::KeyGone | Self::Store(Store::WrongKey) => ErrorCode::Locked,
            Self::Store(Store::InUse) => ErrorCode::InUse,
            Self::Store(Store::Damaged(_) | Store::Sqlite(_)) => ErrorCode::Internal,
        }
    }
}

impl From<Error> for ErrorBody {
    fn from(error: Error) -> Self {
        let code = error.code();
        let reference = matches!(code, ErrorCode::Internal | ErrorCode::BadCall | ErrorCode::Disk).then(|| {
            tracing::error!(%error, "a command failed");
            error.to_string()
        });
        let findings = match error {
            Error::Invalid(findings) => findings.into_iter().map(Into::into).collect(),
            _ => Vec::new(),
        };
        Self {
            code,
            findings,
            reference,
        }
    }
}
