//! Giving up on a link: not after a time, but when it carries less than 64 bytes a second over a minute.
//!
//! What comes down is seen as it comes. What goes up vanishes into the system's buffers at once, so the time for it is
//! reckoned: the whole of it at the lowest rate a link may have, which is an eighth of what this link carried just before,
//! and never less than 64 bytes a second.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use crate::transport::LinkError;

/// The slowest link worth waiting for, bytes a second.
const FLOOR: u64 = 64;
/// Over which time it must carry that.
const WINDOW: Duration = Duration::from_secs(60);
/// Bytes of one such time.
const WINDOW_BYTES: usize = (FLOOR * WINDOW.as_secs()) as usize;
/// A link may become so many times slower than it was before it is taken for dead.
const SLOWER: u64 = 8;
/// Smaller uploads say more about the way than about the rate.
const TELLING: usize = 4 * 1024;

/// How fast a link carried the last upload of some size, bytes a second; 0 when nobody knows.
#[derive(Debug, Default)]
pub(crate) struct Pace(AtomicU64);

impl Pace {
    /// Waits for the answer to a request with so many bytes of body.
    ///
    /// # Errors
    /// Too slow: a link that carries this little is taken for dead.
    pub async fn answered<T>(&self, up: usize, answer: impl Future<Output = T>) -> Result<T, LinkError> {
        let begun = Instant::now();
        let answered = timeout(self.patience(up), answer).await;
        let rate = match &answered {
            // The next try, with a smaller batch, gets all the time there is.
            Err(_) => 0,
            Ok(_) if up < TELLING => return answered.map_err(|_| too_slow()),
            Ok(_) => (up as f64 / begun.elapsed().as_secs_f64().max(0.001)) as u64,
        };
        self.0.store(rate, Ordering::Relaxed);
        answered.map_err(|_| too_slow())
    }

    fn patience(&self, up: usize) -> Duration {
        let rate = (self.0.load(Ordering::Relaxed) / SLOWER).max(FLOOR);
        WINDOW + Duration::from_secs(up as u64 / rate)
    }
}

/// An answer on its way down.
#[derive(Debug)]
pub(crate) struct Progress {
    until: Instant,
    bytes: usize,
}

impl Progress {
    /// It begins now.
    pub fn begin() -> Self {
        Self {
            until: Instant::now() + WINDOW,
            bytes: 0,
        }
    }

    /// Waits for its next piece.
    ///
    /// # Errors
    /// Too slow.
    pub async fn within<T>(&self, piece: impl Future<Output = T>) -> Result<T, LinkError> {
        timeout_at(self.until, piece).await.map_err(|_| too_slow())
    }

    /// A piece arrived.
    pub fn took(&mut self, bytes: usize) {
        self.bytes += bytes;
        if self.bytes >= WINDOW_BYTES {
            *self = Self::begin();
        }
    }
}

fn too_slow() -> LinkError {
    LinkError("less than 64 bytes a second over a minute".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn after<T>(seconds: u64, value: T) -> T {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        value
    }

    #[tokio::test(start_paused = true)]
    async fn an_upload_may_take_its_time_but_not_for_ever() {
        let pace = Pace::default();
        let eight_kib = 8 * 1024;
        let slowest = 60 + 8 * 1024 / 64;
        assert!(
            pace.answered(eight_kib, after(slowest - 1, ())).await.is_ok(),
            "64 bytes a second will do"
        );
        assert!(pace.answered(eight_kib, after(slowest + 1, ())).await.is_err());
        assert!(pace.answered(0, after(59, ())).await.is_ok());
        assert!(
            pace.answered(0, after(61, ())).await.is_err(),
            "a minute of silence is the end"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_link_that_was_quick_is_given_up_sooner() {
        let pace = Pace::default();
        let batch = 64 * 1024;
        assert!(pace.answered(batch, after(8, ())).await.is_ok(), "8 KiB a second");
        assert!(
            pace.answered(batch, after(123, ())).await.is_ok(),
            "eight times slower is still a link"
        );
        assert!(
            pace.answered(batch, after(1_000, ())).await.is_ok(),
            "and now it may be that slow"
        );
        assert!(pace.answered(batch, after(1_100, ())).await.is_err());
        assert!(
            pace.answered(batch, after(1_000, ())).await.is_ok(),
            "after a failure, all the time there is"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_must_make_progress_in_every_minute() {
        let mut progress = Progress::begin();
        for _ in 0..100 {
            assert!(progress.within(after(30, ())).await.is_ok());
            progress.took(64 * 30 + 1);
        }
        let drip = async {
            loop {
                progress.within(after(10, ())).await?;
                progress.took(1);
            }
        };
        let given_up: Result<(), LinkError> = drip.await;
        assert!(given_up.is_err(), "a byte now and then is no progress");
    }
}
