//! The rules of a session's photos.

use super::attachment::{ATTACHMENTS_MAX, Attachment, CAPTION_CHARS_MAX, KIND_JPEG, PHOTO_BYTES_MAX};
use super::raw::{Raw, RawAttachment, RawList};
use crate::finding::{Finding, FindingCode as Code};
use crate::reader::Reader;
use crate::text;

impl Reader {
    pub(super) fn attachments(&mut self, raw: &RawList<RawAttachment>) -> Vec<Attachment> {
        let RawList::Items(items) = raw else {
            self.wrong_type("attachments", "attachments");
            return Vec::new();
        };
        if items.len() > ATTACHMENTS_MAX {
            self.say(
                Finding::new(Code::AttachmentsTooMany, "attachments")
                    .with("value", items.len())
                    .with("max", ATTACHMENTS_MAX),
            );
            return Vec::new();
        }
        let mut attachments: Vec<Attachment> = Vec::with_capacity(items.len());
        for item in items {
            let Some(attachment) = self.attachment(item) else {
                continue;
            };
            if attachments.iter().any(|other| other.sha256 == attachment.sha256) {
                self.say(Finding::new(Code::AttachmentTwice, "attachments"));
            } else {
                attachments.push(attachment);
            }
        }
        attachments
    }

    fn attachment(&mut self, raw: &RawAttachment) -> Option<Attachment> {
        let RawAttachment {
            sha256,
            size,
            kind,
            caption,
        } = raw;
        let plain = |raw: &Raw| match raw {
            Raw::Typed(text) | Raw::Text(text) | Raw::Odd(text) => text.clone(),
            Raw::Int(number) => number.to_string(),
            Raw::Absent => String::new(),
        };
        if plain(kind) != KIND_JPEG {
            self.say(Finding::new(Code::AttachmentKind, "attachments").with("value", plain(kind)));
            return None;
        }
        let size = match size {
            Raw::Int(size) => u32::try_from(*size)
                .ok()
                .filter(|size| (1..=PHOTO_BYTES_MAX).contains(size)),
            _ => None,
        };
        let (Ok(sha256), Some(size)) = (plain(sha256).parse(), size) else {
            self.say(Finding::new(Code::AttachmentMalformed, "attachments"));
            return None;
        };
        let caption = self.text("attachments", caption, CAPTION_CHARS_MAX);
        if caption.as_deref().is_some_and(text::holds_personal_number) {
            self.say(Finding::new(Code::NotePersonalNumber, "attachments"));
        }
        Some(Attachment { sha256, size, caption })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::body::{changes, merge};
    use crate::session::{Context, RawSession, attachments_of, body, check, patch};
    use crate::unit::UnitBook;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    fn photo(sha256: &str) -> Value {
        json!({ "sha256": sha256, "size": 90_000, "kind": "image/jpeg" })
    }

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    fn stored(attachments: Value) -> Map<String, Value> {
        map(json!({
            "date": "2025-11-20", "form": "class", "topics": ["vneid"],
            "counts": [{ "group": "adult", "attended": 3 }], "attachments": attachments
        }))
    }

    fn judged(attachments: Value) -> (Option<crate::session::TrainingSession>, Vec<Code>) {
        let mut raw: RawSession = serde_json::from_value(stored(attachments).into()).expect("lenient");
        raw.unit = Raw::Text("new:29242".into());
        let book = UnitBook::shipped();
        let checked = check(
            &raw,
            &Context::new("2025-11-22".parse().expect("a day"), &|uid| book.get(uid)),
        );
        let codes = checked.findings.iter().map(|finding| finding.code).collect();
        (checked.session, codes)
    }

    #[test]
    fn photos_are_read_and_written_as_they_were() {
        let mut second = photo(B);
        second["caption"] = json!("Bà con xem VNeID");
        let (session, codes) = judged(json!([photo(A), second]));
        assert_eq!(codes, []);
        let session = session.expect("a session");
        assert_eq!(session.attachments.len(), 2);
        let written = body(&session);
        assert_eq!(written["attachments"], json!([photo(A), second]));
        assert_eq!(attachments_of(&written), session.attachments);
        let (none, codes) = judged(json!([]));
        assert_eq!(codes, []);
        assert!(
            !body(&none.expect("a session")).contains_key("attachments"),
            "absent, not empty"
        );
    }

    #[test]
    fn impossible_photos_are_found_each_with_its_code() {
        let with = |key: &str, value: Value| {
            let mut one = photo(A);
            one[key] = value;
            json!([one])
        };
        for (attachments, code) in [
            (json!("x"), Code::WrongType),
            (
                Value::from_iter((0..7).map(|n| photo(&format!("{n:064}")))),
                Code::AttachmentsTooMany,
            ),
            (json!([photo(A), photo(A)]), Code::AttachmentTwice),
            (with("kind", json!("image/png")), Code::AttachmentKind),
            (with("kind", json!(null)), Code::AttachmentKind),
            (with("sha256", json!("AB")), Code::AttachmentMalformed),
            (with("sha256", json!(A.to_uppercase())), Code::AttachmentMalformed),
            (with("size", json!(0)), Code::AttachmentMalformed),
            (with("size", json!(PHOTO_BYTES_MAX + 1)), Code::AttachmentMalformed),
            (with("size", json!("9")), Code::AttachmentMalformed),
            (
                with("caption", json!("x".repeat(CAPTION_CHARS_MAX + 1))),
                Code::TextTooLong,
            ),
        ] {
            let (session, codes) = judged(attachments.clone());
            assert_eq!((session.is_none(), codes), (true, vec![code]), "{attachments}");
        }
        let (session, codes) = judged(with("caption", json!("Chị Lan 0912345678")));
        assert_eq!((session.is_some(), codes), (true, vec![Code::NotePersonalNumber]));
    }

    /// What a later version writes beside a photo, and a whole photo field in the hands of an earlier one.
    #[test]
    fn i16_unknown_fields_of_a_photo_survive_an_edit() {
        let mut later = photo(A);
        later["taken_at"] = json!("2025-11-20");
        let before = stored(json!([later, photo(B)]));
        let (session, _) = judged(before["attachments"].clone());
        let mut session = session.expect("unknown fields are passed over");
        assert_eq!(patch(&before, &body(&session)), Map::new(), "nothing was changed");
        session.attachments[0].caption = Some("Lớp ở chùa".into());
        session.attachments.remove(1);
        let after = merge(&before, &patch(&before, &body(&session)));
        later["caption"] = json!("Lớp ở chùa");
        assert_eq!(after["attachments"], json!([later]));
        assert_eq!(
            changes(&before, &after),
            [("attachments".into(), "aaaaaaaa; bbbbbbbb".into(), "Lớp ở chùa".into())]
        );
        session.attachments.clear();
        assert_eq!(patch(&before, &body(&session)), map(json!({ "attachments": null })));
    }
}
