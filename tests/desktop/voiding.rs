use fantoccini::key::Key;
use hocvu_tests::{Desktop, Outcome, Screen};

use crate::pc::{NOWHERE, watched, with_sample};

#[tokio::test]
async fn a_voided_session_comes_back_with_undo() -> Outcome {
    let mut pc = Desktop::new(NOWHERE)?;
    watched("void", &mut pc, async |pc| {
        let screen = with_sample(pc).await?;
        screen.click("nav-sessions").await?;
        screen.wait_for("session-row").await?;
        let all = totals(&screen).await?;

        screen.click_inside("session-row", ".num").await?;
        screen.click("void").await?;
        screen.wait_for_text("toast", "Đã xóa").await?;
        let fewer = hocvu_tests::until("the totals shrink", hocvu_tests::screen::PATIENCE, async || {
            let now = totals(&screen).await?;
            Ok((now != all).then_some(now))
        })
        .await?;

        screen.click("undo").await?;
        screen.wait_for_text("totals-filtered", &all).await?;

        // The same from the keyboard.
        screen.click_inside("session-row", ".num").await?;
        screen.wait_for("session-detail").await?;
        screen.click("void").await?;
        screen.wait_for_text("totals-filtered", &fewer).await?;
        screen.press(&[Key::Control], 'z').await?;
        screen.wait_for_text("totals-filtered", &all).await.map(drop)
    })
    .await
}

async fn totals(screen: &Screen) -> Outcome<String> {
    screen.wait_for_text("totals-filtered", "buổi").await
}
