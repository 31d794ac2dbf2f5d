//! A planted mistake, compiled in only with the feature `planted`: the control of `cargo xtask crash`.

use std::io::Write;
use std::time::Duration;

/// Long enough for a kill to fall into it.
const PAUSE: Duration = Duration::from_millis(40);

/// Says that a session is saved, and pauses before it is; only when `HOCVU_PLANTED` asks for it.
#[expect(clippy::disallowed_methods, reason = "the pause is the mistake")]
pub fn say_saved_too_early(date: &str) {
    if std::env::var_os("HOCVU_PLANTED").is_some_and(|planted| planted == "early-saved") {
        println!("Đã lưu trên máy buổi {date}.");
        drop(std::io::stdout().flush());
        std::thread::sleep(PAUSE);
    }
}
