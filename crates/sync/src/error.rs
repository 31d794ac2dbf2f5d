use hocvu_wire::problem::ProblemCode;

use crate::transport::LinkError;

/// Why a round did not end well. Each becomes one sentence, `sync_problem_<code>`.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// No link, or it broke.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The centre answered with a problem.
    #[error("the centre says {}", .code.as_str())]
    Problem {
        /// Which.
        code: ProblemCode,
        /// How long it asks to wait, seconds.
        retry_after: Option<u64>,
    },
    /// Something answered that is not the centre: a login page, a proxy.
    #[error("not an answer of the centre (status {status})")]
    NotTheCentre {
        /// Its HTTP status.
        status: u16,
    },
    /// The data file.
    #[error(transparent)]
    Store(#[from] hocvu_store::Error),
}

impl SyncError {
    /// Which sentence to show.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Link(error) if error.is_untrusted() => "untrusted",
            Self::Link(_) => "no_link",
            Self::NotTheCentre { .. } => "not_the_centre",
            Self::Store(_) => "local",
            Self::Problem { code, .. } => match code {
                ProblemCode::DeviceRevoked | ProblemCode::DeviceUnknown | ProblemCode::BadProof => "device_revoked",
                ProblemCode::SessionExpired => "session_expired",
                ProblemCode::ProtocolTooOld => "protocol_too_old",
                ProblemCode::TooMany | ProblemCode::Unavailable => "busy",
                ProblemCode::DigestMismatch => "damaged",
                ProblemCode::Malformed
                | ProblemCode::CodeUnknown
                | ProblemCode::CodeUsed
                | ProblemCode::CodeExpired
                | ProblemCode::NotFound
                | ProblemCode::CursorGone
                | ProblemCode::OffsetMismatch
                | ProblemCode::PhotoRefused
                | ProblemCode::TooLarge
                | ProblemCode::UnsupportedMedia
                | ProblemCode::StorageFull
                | ProblemCode::Internal
                | ProblemCode::Unknown => "centre",
            },
        }
    }

    /// How long the centre asked to wait.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Problem { retry_after, .. } => *retry_after,
            Self::Link(_) | Self::NotTheCentre { .. } | Self::Store(_) => None,
        }
    }
}
