//! Photos of a session: the record names them by content; the bytes travel in a lane of their own.
//!
//! An optional field of the body, added without a new schema version: a program that does not know it passes over it, and
//! its patches leave it alone (I16).

use serde_json::{Map, Value, json};

/// Photos of one session. Three show a class from all sides; six are a megabyte, which takes two minutes at 64 kbit/s.
pub const ATTACHMENTS_MAX: usize = 6;
/// Bytes of one photo: readable on paper at half a page, twenty seconds at 64 kbit/s.
pub const PHOTO_BYTES_MAX: u32 = 150 * 1024;
/// Pixels of the longer side: what a screen of the offices shows.
pub const PHOTO_SIDE_MAX: u32 = 1_280;
/// Characters of a caption (Unicode scalars after NFC).
pub const CAPTION_CHARS_MAX: usize = 120;
/// The one kind of attachment there is. Another kind is another schema version.
pub const KIND_JPEG: &str = "image/jpeg";
/// The field of the body.
pub const FIELD: &str = "attachments";

/// SHA-256 of a photo's bytes. Written as 64 hex digits in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhotoId(pub [u8; 32]);

impl PhotoId {
    /// The name of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::{Digest, Sha256};
        Self(Sha256::digest(bytes).into())
    }
}

impl std::fmt::Display for PhotoId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for PhotoId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for PhotoId {
    type Err = crate::ids::BadId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || crate::ids::BadId("photo id");
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b)) {
            return Err(bad());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| bad())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| bad())?;
        }
        Ok(Self(bytes))
    }
}

/// One photo as a session names it. Its kind is always [`KIND_JPEG`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Name of the bytes.
    pub sha256: PhotoId,
    /// How many bytes.
    pub size: u32,
    /// What is to be seen.
    pub caption: Option<String>,
}

/// The photos a stored body names, leniently: elements that are none are passed over.
pub fn attachments_of(body: &Map<String, Value>) -> Vec<Attachment> {
    let Some(Value::Array(items)) = body.get(FIELD) else {
        return Vec::new();
    };
    let read = |item: &Value| {
        Some(Attachment {
            sha256: item.get("sha256")?.as_str()?.parse().ok()?,
            size: u32::try_from(item.get("size")?.as_u64()?).ok()?,
            caption: item.get("caption").and_then(Value::as_str).map(str::to_owned),
        })
    };
    items.iter().filter_map(read).collect()
}

/// The field as stored; null for no photo, as for any other absent value.
pub(super) fn to_value(attachments: &[Attachment]) -> Value {
    if attachments.is_empty() {
        return Value::Null;
    }
    let item = |attachment: &Attachment| {
        let Attachment { sha256, size, caption } = attachment;
        let mut fields = Map::new();
        fields.insert("sha256".into(), json!(sha256.to_string()));
        fields.insert("size".into(), json!(size));
        fields.insert("kind".into(), json!(KIND_JPEG));
        if let Some(caption) = caption {
            fields.insert("caption".into(), json!(caption));
        }
        Value::Object(fields)
    };
    attachments.iter().map(item).collect()
}

/// `after` with what a later version wrote beside the fields of this one, photo by photo (I16).
pub(crate) fn keep_unknown(before: Option<&Value>, after: &Value) -> Value {
    const KNOWN: [&str; 4] = ["sha256", "size", "kind", "caption"];
    let (Some(Value::Array(old)), Value::Array(new)) = (before, after) else {
        return after.clone();
    };
    let item = |item: &Value| {
        let mut item = item.clone();
        let same = old.iter().find(|other| other.get("sha256") == item.get("sha256"));
        if let (Some(Value::Object(other)), Some(fields)) = (same, item.as_object_mut()) {
            for (key, value) in other.iter().filter(|(key, _)| !KNOWN.contains(&key.as_str())) {
                fields.insert(key.clone(), value.clone());
            }
        }
        item
    };
    new.iter().map(item).collect()
}

/// The photos as a history shows them: the caption, else the beginning of the name.
pub(crate) fn listed(items: &[Value]) -> String {
    let shown = |item: &Value| {
        let text = |key: &str| item.get(key).and_then(Value::as_str);
        let name = || text("sha256").map(|name| name.chars().take(8).collect());
        text("caption").map(str::to_owned).or_else(name).unwrap_or_default()
    };
    items.iter().map(shown).collect::<Vec<_>>().join("; ")
}
