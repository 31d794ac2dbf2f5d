use fantoccini::key::Key;
use hocvu_tests::centre::HAMLET;
use hocvu_tests::flows::{EVENING, record};
use hocvu_tests::{Outcome, Screen, results};

use crate::pc::{Office, enrolled, watched};

/// Two real apps, one session, no network in between: the conflict is shown, one person chooses, both histories remain.
#[tokio::test]
async fn two_machines_edit_one_session_offline_and_a_person_chooses() -> Outcome {
    let mut office = Office::open().await?;
    let (mut one, mut two) = (enrolled(&office)?, enrolled(&office)?);
    let second = two.open().await?;
    let done = watched("conflict-one", &mut one, async |one| {
        let first = one.open().await?;
        record(&first, &EVENING).await?;
        send_all(&first).await?;
        see(&second, EVENING.venue).await?;

        office.centre.down();
        edit(&first, "33", None).await?;
        edit(&second, "29", Some("Chùa Ông Mẹt")).await?;
        office.centre.up().await?;
        send_all(&first).await?;
        send_all(&second).await?;

        // Both are told; the first machine only now, since its own figure counted.
        see(&first, "Hai bản khác nhau").await?;

        // The one who came second chooses the other's figure but keeps the place.
        second.click("nav-sync").await?;
        second.click("sync-tab-refused").await?;
        second.wait_for_text("conflict-row", "Nguyễn Thị Lan").await?;
        second.click("conflict-open").await?;
        second.wait_for_text("conflict-outcome", "Tổng 33").await?;
        assert_eq!(
            second.texts("conflict-version").await?.len(),
            2,
            "both versions are there"
        );
        second.click("pick-venue-1").await?;
        second.wait_for_text("conflict-outcome", "Chùa Ông Mẹt").await?;
        second.picture(&results("desktop")?.join("conflict.png")).await?;
        second.press(&[], Key::Enter.into()).await?;
        second.wait_gone("conflict").await?;
        send_all(&second).await?;

        for screen in [&second, &first] {
            see(screen, "Chùa Ông Mẹt").await?;
            open_session(screen).await?;
            screen.wait_for_text("session-detail", "33").await?;
            screen.wait_for_text("history-entry", "bản này vẫn lưu ở đây").await?;
        }
        let figures = office.centre.figures(HAMLET.0)?;
        assert_eq!(figures["total"]["sessions"], 1, "{figures}");
        assert_eq!(figures["total"]["attended"], 33, "{figures}");
        Ok(())
    })
    .await;
    watched("conflict-two", &mut two, async |_| done).await
}

/// Sends until the centre has everything of this machine.
async fn send_all(screen: &Screen) -> Outcome {
    screen.press(&[], Key::F5.into()).await?;
    screen.wait_for_text("top-sync", "Máy chủ đã nhận hết").await.map(drop)
}

/// Asks for news until the list shows the place.
async fn see(screen: &Screen, venue: &str) -> Outcome {
    screen.click("nav-sessions").await?;
    screen.press(&[], Key::F5.into()).await?;
    screen.wait_for_text("session-row", venue).await.map(drop)
}

async fn open_session(screen: &Screen) -> Outcome {
    screen.click("nav-sessions").await?;
    screen.click_inside("session-row", ".num").await?;
    screen.wait_for("session-detail").await.map(drop)
}

async fn edit(screen: &Screen, attended: &str, venue: Option<&str>) -> Outcome {
    open_session(screen).await?;
    screen.click("edit").await?;
    screen.retype("count-adult-attended", attended).await?;
    if let Some(venue) = venue {
        screen.retype("field-venue", venue).await?;
    }
    screen.click("save").await?;
    screen.wait_for_text("saved-notice", "Đã lưu trên máy").await?;
    screen.click("close").await
}
