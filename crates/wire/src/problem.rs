//! Problems of a whole request, as RFC 9457 `application/problem+json` with a code.

use serde::{Deserialize, Serialize};

/// Media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What is wrong with the request. The text is for supporters; programs read `code`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Names the kind: `urn:hocvu:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line for a supporter.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Which problem.
    pub code: ProblemCode,
    /// More, where it helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $title:literal;)+) => {
        /// Every problem a request can have.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ProblemCode {
            $($(#[$doc])* #[serde(rename = $text)] $name,)+
            /// A code of a later version.
            #[serde(other, rename = "UNKNOWN")]
            Unknown,
        }

        impl ProblemCode {
            /// Every code of this version.
            pub const ALL: &[Self] = &[$(Self::$name),+];
            /// The code as text.
            pub fn as_str(self) -> &'static str { match self { $(Self::$name => $text,)+ Self::Unknown => "UNKNOWN" } }
            /// Its HTTP status.
            pub fn status(self) -> u16 { match self { $(Self::$name => $status,)+ Self::Unknown => 500 } }
            /// Its title.
            pub fn title(self) -> &'static str { match self { $(Self::$name => $title,)+ Self::Unknown => "unknown problem" } }
        }
    };
}

codes! {
    /// The body is not what the path takes.
    Malformed = "MALFORMED", 400, "the body cannot be read";
    /// `Content-Digest` (RFC 9530) is missing or does not fit the body.
    DigestMismatch = "DIGEST_MISMATCH", 400, "the body was damaged on the way";
    /// The token is missing, unknown or out of time: open a session.
    SessionExpired = "SESSION_EXPIRED", 401, "open a session first";
    /// The proof or signature of a session or an enrolment is wrong.
    BadProof = "BAD_PROOF", 403, "the signature does not prove the key";
    /// The device was revoked; uploads are still taken and set aside.
    DeviceRevoked = "DEVICE_REVOKED", 403, "this device was revoked";
    /// No such device.
    DeviceUnknown = "DEVICE_UNKNOWN", 403, "this device is not enrolled here";
    /// No such code.
    CodeUnknown = "CODE_UNKNOWN", 404, "no such enrolment code";
    /// The code made a device already.
    CodeUsed = "CODE_USED", 409, "the enrolment code was used";
    /// The code is out of time.
    CodeExpired = "CODE_EXPIRED", 410, "the enrolment code has expired";
    /// No such path.
    NotFound = "NOT_FOUND", 404, "no such resource";
    /// The epoch or the scope changed: start from a snapshot.
    CursorGone = "CURSOR_GONE", 410, "the cursor is of another epoch or scope";
    /// The chunk does not begin where the centre's bytes end; `Upload-Offset` says where that is.
    OffsetMismatch = "OFFSET_MISMATCH", 409, "the chunk belongs elsewhere";
    /// The content is no photo as devices make them, or carries more than a picture.
    PhotoRefused = "PHOTO_REFUSED", 422, "not a photo, or one with metadata";
    /// Over a limit: send half.
    TooLarge = "TOO_LARGE", 413, "the body is too large";
    /// Not a media type this path takes.
    UnsupportedMedia = "UNSUPPORTED_MEDIA", 415, "the media type is not supported";
    /// The protocol of the client is too old.
    ProtocolTooOld = "PROTOCOL_TOO_OLD", 426, "update the program";
    /// Too many tries or requests: wait as `Retry-After` says.
    TooMany = "TOO_MANY", 429, "too many requests";
    /// The centre is overloaded or shutting down.
    Unavailable = "UNAVAILABLE", 503, "try again later";
    /// The centre's disk is full.
    StorageFull = "STORAGE_FULL", 507, "the centre cannot store more";
    /// A fault of the centre.
    Internal = "INTERNAL", 500, "a fault of the centre";
}

impl Problem {
    /// The problem of this code.
    pub fn new(code: ProblemCode) -> Self {
        Self {
            kind: format!("urn:hocvu:problem:{}", code.as_str().to_ascii_lowercase()),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: None,
        }
    }

    /// Adds a detail for a supporter.
    #[must_use]
    pub fn detail(mut self, text: impl ToString) -> Self {
        self.detail = Some(text.to_string());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_a_later_version_is_still_a_problem() {
        let text = r#"{"type":"urn:x","title":"t","status":499,"code":"INVENTED_LATER"}"#;
        assert_eq!(
            serde_json::from_str::<Problem>(text).expect("readable").code,
            ProblemCode::Unknown
        );
        for code in ProblemCode::ALL {
            let text = serde_json::to_string(&Problem::new(*code)).expect("json");
            assert_eq!(serde_json::from_str::<Problem>(&text).expect("own text").code, *code);
        }
    }
}
