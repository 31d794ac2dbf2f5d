use hocvu_tests::{Desktop, Outcome, flows};

use crate::pc::{NOWHERE, watched, with_sample};

#[tokio::test]
async fn a_draft_survives_kill_9() -> Outcome {
    let mut pc = Desktop::new(NOWHERE)?;
    watched("draft", &mut pc, async |pc| {
        let screen = with_sample(pc).await?;
        flows::write_down(&screen, &flows::EVENING).await?;
        screen.wait_for_text("draft-saved", "Nháp").await?;
        pc.kill().await?;

        let screen = pc.open().await?;
        screen.wait_for("draft-row").await?;
        screen.click_inside("draft-row", "a").await?;
        screen.wait_for("field-venue").await?;
        let evening = &flows::EVENING;
        assert_eq!(screen.value("field-venue").await?, evening.venue);
        assert_eq!(screen.value("field-facilitators").await?, evening.facilitators);
        assert_eq!(screen.value("count-adult-attended").await?, evening.count("attended"));
        assert_eq!(screen.value("count-adult-female").await?, evening.count("female"));
        // Only the field that was being typed may be behind.
        let note = screen.value("field-note").await?;
        assert!(
            evening.note.starts_with(&note),
            "a part of what was typed, never something else: {note}"
        );
        Ok(())
    })
    .await
}
