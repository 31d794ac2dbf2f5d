use hocvu_tests::centre::HAMLET;
use hocvu_tests::flows::{EVENING, enrol, record, send};
use hocvu_tests::{Desktop, Outcome};

use crate::pc::{NAME, NOWHERE, Office, watched};

/// The acceptance of the project in one test: offline, kill -9 right after "saved", a receipt days later.
#[tokio::test]
async fn a_session_recorded_offline_survives_a_power_cut_and_reaches_the_centre() -> Outcome {
    let mut office = Office::open().await?;
    let code = office.centre.enrol_code(HAMLET.0, NAME)?;
    let mut pc = Desktop::new(&office.centre.url())?;
    watched("main-job", &mut pc, async |pc| {
        // As people paste it: lower case, no dash.
        let typed = code.to_lowercase().replace('-', "");
        enrol(&pc.open().await?, &typed, HAMLET.1, NAME).await?;
        office.centre.down();

        record(&pc.screen()?, &EVENING).await?;
        pc.kill().await?;

        let screen = pc.open().await?;
        screen.click("nav-sessions").await?;
        let row = screen.wait_for_text("session-row", EVENING.venue).await?;
        assert!(row.contains("31") && row.contains("18"), "the saved figures: {row}");
        assert!(row.contains("Chờ gửi"), "nothing was sent yet: {row}");

        office.centre.up().await?;
        let receipt = send(&screen).await?;
        assert!(
            receipt.iter().any(|(_, value)| value == "1 buổi, 31 lượt"),
            "what the centre has: {receipt:?}"
        );
        let figures = office.centre.figures(HAMLET.0)?;
        assert_eq!(figures["total"]["sessions"], 1, "{figures}");
        assert_eq!(figures["total"]["attended"], 31, "{figures}");
        assert_eq!(figures["total"]["female"], 18, "{figures}");
        pc.close().await
    })
    .await
}

#[tokio::test]
async fn a_wrong_code_and_a_dead_address_say_what_to_do() -> Outcome {
    let office = Office::open().await?;
    let mut pc = Desktop::new(NOWHERE)?;
    watched("wrong-code", &mut pc, async |pc| {
        let screen = pc.open().await?;
        screen.type_into("start-code", "K7M2Q9XD4T").await?;
        screen.click("start-lookup").await?;
        let dead = screen.wait_for_text("start-problem", "").await?;
        screen.retype("start-centre", &office.centre.url()).await?;
        screen.click("start-lookup").await?;
        hocvu_tests::until(
            "another sentence for a wrong code",
            hocvu_tests::screen::PATIENCE,
            async || {
                let said = screen.texts("start-problem").await?;
                Ok((!said.is_empty() && said != [dead.clone()]).then_some(()))
            },
        )
        .await?;
        pc.close().await
    })
    .await
}
