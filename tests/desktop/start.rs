use std::time::{Duration, Instant};

use hocvu_tests::{Desktop, Outcome};

use crate::pc::{NOWHERE, watched};

/// Cold, on a slow machine with other tests beside it. What is too slow for people is measured elsewhere; this finds a
/// window that waits for its watchdog.
const START_MAX: Duration = Duration::from_secs(7);

#[tokio::test]
async fn the_window_opens_as_soon_as_it_is_painted() -> Outcome {
    let mut pc = Desktop::new(NOWHERE)?;
    watched("start", &mut pc, async |pc| {
        let begun = Instant::now();
        pc.open().await?;
        let took = begun.elapsed();
        assert!(
            took < START_MAX,
            "opening took {took:?}: the window did not hear that its screen is painted"
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_left_alone_and_said_so() -> Outcome {
    let mut pc = Desktop::new(NOWHERE)?;
    let (file, damaged) = (
        pc.data().join("so.db"),
        b"not a database, but somebody's only copy".repeat(200),
    );
    watched("damaged", &mut pc, async |pc| {
        pc.open().await?;
        pc.close().await?;
        std::fs::write(&file, &damaged)?;
        let screen = pc.open().await?;
        screen.wait_for_text("crash", "Chưa mở được số liệu").await?;
        assert_eq!(
            std::fs::read(&file)?,
            damaged,
            "nothing is repaired behind anybody's back"
        );
        Ok(())
    })
    .await
}
