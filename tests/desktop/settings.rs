use hocvu_tests::{Desktop, Outcome};

use crate::pc::{NOWHERE, watched, with_sample};

#[tokio::test]
async fn settings_stay_after_a_restart() -> Outcome {
    let mut pc = Desktop::new(NOWHERE)?;
    watched("settings", &mut pc, async |pc| {
        let screen = with_sample(pc).await?;
        let before = look(&screen).await?;
        screen.click("nav-settings").await?;
        screen.click("theme-dark").await?;
        screen.click("font-125").await?;
        let chosen = hocvu_tests::until(
            "the screen looks different",
            hocvu_tests::screen::PATIENCE,
            async || {
                let now = look(&screen).await?;
                Ok((now[0] != before[0] && now[1] != before[1]).then_some(now))
            },
        )
        .await?;
        pc.close().await?;

        let screen = pc.open().await?;
        screen.wait_for("sample-strip").await?;
        assert_eq!(look(&screen).await?, chosen, "background and text size");
        screen.click("nav-settings").await?;
        screen.wait_for("theme-dark").await?;
        let pressed = screen
            .ask("return document.querySelector('[data-testid=theme-dark]').ariaChecked")
            .await?;
        assert!(pressed == "true" || pressed == true, "{pressed}");
        Ok(())
    })
    .await
}

/// Background and text size as drawn.
async fn look(screen: &hocvu_tests::Screen) -> Outcome<[String; 2]> {
    let script = "return [getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.documentElement).fontSize]";
    Ok(serde_json::from_value(screen.ask(script).await?)?)
}
