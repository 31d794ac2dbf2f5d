//! How much one request may cost, with reasons. Both sides obey; the centre enforces.

/// Operations in one frame: one signature for all of them (it was 64 of 103 bytes when each had its own).
pub const FRAME_OPS_MAX: usize = 64;
/// Text of one frame, bytes. About 5 KB compressed, three seconds at 16 kbit/s: the most a cut may waste.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Text of one operation, bytes. The longest honest session (all lines, full note) has about 6 KiB.
pub const OP_BYTES_MAX: usize = 16 * 1024;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_strings() {
        assert!(depth_is_fine(&format!("{}{}", "[".repeat(16), "]".repeat(16))));
        assert!(!depth_is_fine(&"[".repeat(17)));
        assert!(depth_is_fine(&format!("\"{}\\\"{}\"", "[".repeat(40), "{".repeat(40))));
        assert!(depth_is_fine(&"[],".repeat(100)));
    }
}
