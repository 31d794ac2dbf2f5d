use fantoccini::key::Key;
use hocvu_tests::{Desktop, Outcome, Screen};

use crate::pc::{NOWHERE, watched};

/// Address of a screen → what must stand there before it is judged.
const SCREENS: &[(&str, &str)] = &[
    ("#/today", "new-session"),
    ("#/entry/new", "field-note"),
    ("#/sessions", "session-row"),
    ("#/school", "coverage-grid"),
    ("#/figures/population", "figure-editor"),
    ("#/progress", "indicator"),
    ("#/import", "import-path"),
    ("#/sync/waiting", "sync-tab-waiting"),
    ("#/sync/sent", "sync-tab-sent"),
    ("#/sync/refused", "sync-tab-refused"),
    ("#/sync/log", "sync-tab-log"),
    ("#/settings", "theme-dark"),
];

#[tokio::test]
async fn every_screen_of_the_real_app_passes_axe() -> Outcome {
    let mut pc = Desktop::new(NOWHERE)?;
    watched("access", &mut pc, async |pc| {
        let screen = pc.open().await?;
        let mut found = judge("first start", &screen).await?;
        screen.click("start-sample").await?;
        screen.wait_for("sample-strip").await?;
        for (address, part) in SCREENS {
            screen.ask(&format!("location.hash = '{address}'")).await?;
            screen.wait_for(part).await?;
            found.extend(judge(address, &screen).await?);
        }
        screen.ask("location.hash = '#/sessions'").await?;
        screen.click_inside("session-row", ".num").await?;
        screen.wait_for("session-detail").await?;
        found.extend(judge("a session", &screen).await?);
        screen.press(&[], Key::F1.into()).await?;
        found.extend(judge("help", &screen).await?);
        assert!(found.is_empty(), "{}", found.join("\n"));
        Ok(())
    })
    .await
}

async fn judge(name: &str, screen: &Screen) -> Outcome<Vec<String>> {
    let violations = screen.accessibility().await?;
    Ok(violations
        .into_iter()
        .map(|violation| format!("{name}: {violation}"))
        .collect())
}
