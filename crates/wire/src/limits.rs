//! How much one request may cost, with reasons. Both sides obey; the centre enforces.

/// Operations in one frame: one signature for all of them (it was 64 of 103 bytes when each had its own).
pub const FRAME_OPS_MAX: usize = 64;
/// Text of one frame, bytes. About 5 KB compressed, three seconds at 16 kbit/s: the most a cut may waste.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Text of one operation, bytes. The longest honest session (all lines, full note) has about 6 KiB.
pub const OP_BYTES_MAX: usize = 16 * 1024;
/// One string inside an operation, bytes of UTF-8. The longest honest one is a note of 1,000 letters.
pub const STRING_BYTES_MAX: usize = 4 * 1024;
/// Operations in one request.
pub const BATCH_OPS_MAX: usize = 500;
/// A request body as it travels, bytes.
pub const BODY_PACKED_MAX: usize = 256 * 1024;
/// A request body unpacked, bytes (I19).
pub const BODY_UNPACKED_MAX: usize = 2 * 1024 * 1024;
/// Nesting of any JSON.
pub const JSON_DEPTH_MAX: usize = 16;
/// Changes in one page of the feed.
pub const PAGE_CHANGES_MAX: usize = 500;
/// Earlier logs one session may ask about: a device that was restored or cloned more often asks about the latest.
pub const EARLIER_LOGS_MAX: usize = 32;
/// Life of a session token, seconds.
pub const TOKEN_SECONDS: u64 = 3_600;

/// Whether JSON text nests no deeper than [`JSON_DEPTH_MAX`]. Looks at brackets outside strings only; says nothing else.
pub fn depth_is_fine(text: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > JSON_DEPTH_MAX {
                    return false;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

/// Whether no string of JSON text is longer than [`STRING_BYTES_MAX`]; an escaped unit of UTF-16 counts as two bytes.
pub fn strings_are_fine(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut length, mut in_string) = (0, 0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                in_string = !in_string;
                length = 0;
            }
            b'\\' if in_string => {
                let (skipped, counted) = if bytes.get(at + 1) == Some(&b'u') {
                    (5, 2)
                } else {
                    (1, 1)
                };
                at += skipped;
                length += counted;
            }
            _ => length += 1,
        }
        if in_string && length > STRING_BYTES_MAX {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_measured_one_by_one() {
        let long = "ấ".repeat(STRING_BYTES_MAX / 3);
        assert!(strings_are_fine(&format!(r#"{{"a":"{long}","b":["{long}"]}}"#)));
        assert!(!strings_are_fine(&format!(r#"{{"a":"{long}ấ"}}"#)));
        let escaped = "\\u1ea5".repeat(STRING_BYTES_MAX / 2);
        assert!(
            strings_are_fine(&format!("\"{escaped}\"")),
            "escapes are measured by what they say"
        );
        assert!(!strings_are_fine(&format!("\"{escaped}{escaped}\"")));
        assert!(strings_are_fine(&"1,".repeat(STRING_BYTES_MAX)), "only strings");
    }

    #[test]
    fn depth_counts_brackets_outside_strings() {
        assert!(depth_is_fine(&format!("{}{}", "[".repeat(16), "]".repeat(16))));
        assert!(!depth_is_fine(&"[".repeat(17)));
        assert!(depth_is_fine(&format!("\"{}\\\"{}\"", "[".repeat(40), "{".repeat(40))));
        assert!(depth_is_fine(&"[],".repeat(100)));
    }
}
