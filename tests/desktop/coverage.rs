use fantoccini::key::Key;
use hocvu_tests::{Device, Outcome, results};
use serde_json::Value;

use crate::pc::{Office, enrolled, watched};

/// Two classes typed into the grid of the real app, one of them wrong at first, are on the disk as typed.
#[tokio::test]
async fn two_classes_are_entered_and_saved() -> Outcome {
    let office = Office::open().await?;
    let mut pc = enrolled(&office)?;
    watched("coverage", &mut pc, async |pc| {
        let screen = pc.open().await?;
        screen.click("nav-school").await?;
        screen.click("coverage-mode-class").await?;
        screen.wait_for("name-0").await?;
        screen.choose("coverage-evidence", "school_assessed").await?;
        screen.retype("coverage-source", "Sổ theo dõi của trường").await?;
        for (row, (class, population, skilled)) in
            [("6A1", "41", "38"), ("Lớp 6Ẫ", "1.234", "1.235")].iter().enumerate()
        {
            screen.retype(&format!("name-{row}"), class).await?;
            screen.choose(&format!("group-{row}"), "pupil_lower_secondary").await?;
            screen.retype(&format!("population-{row}"), population).await?;
            screen.retype(&format!("cell-{row}-skilled"), skilled).await?;
        }
        screen.click("coverage-save").await?;
        screen.wait_for_text("coverage-saved", "1 ô").await?;
        screen.wait_for_text("coverage-remarks", "lớn hơn tổng số").await?;
        assert_eq!(
            screen.value("cell-1-skilled").await?,
            "1.235",
            "what is wrong stays as typed"
        );
        screen.picture(&results("desktop")?.join("coverage.png")).await?;

        screen.retype("cell-1-skilled", "1.200").await?;
        screen.press(&[Key::Control], 's').await?;
        screen
            .wait_for_text("coverage-unsaved", "Không có ô nào chờ lưu")
            .await?;
        pc.close().await?;

        let said = Device::new(pc.data()).run(&["coverage", "list", "--json"])?;
        let list: Value = serde_json::from_str(&said)?;
        let records = list["records"].as_array().ok_or("no list")?;
        let mut told: Vec<[&str; 4]> = Vec::new();
        for record in records {
            let field = |name: &str| record["form"]["fields"][name].as_str().unwrap_or_default();
            told.push([field("class"), field("numerator"), field("population"), field("source")]);
        }
        told.sort_unstable();
        let source = "Sổ theo dõi của trường";
        assert_eq!(
            told,
            [["6A1", "38", "41", source], ["Lớp 6Ẫ", "1.200", "1.234", source]],
            "{list}"
        );
        Ok(())
    })
    .await
}

/// Typed cells of the real app come back after it was killed, and are still to be saved.
#[tokio::test]
async fn typed_cells_survive_kill_9() -> Outcome {
    let office = Office::open().await?;
    let mut pc = enrolled(&office)?;
    watched("coverage-killed", &mut pc, async |pc| {
        let screen = pc.open().await?;
        screen.click("nav-school").await?;
        screen.click("coverage-mode-class").await?;
        screen.wait_for("name-0").await?;
        screen.retype("name-0", "6A1").await?;
        screen.choose("group-0", "pupil_lower_secondary").await?;
        screen.retype("population-0", "41").await?;
        screen.retype("cell-0-skilled", "38").await?;
        // Left: what was typed there is on its way to the disk.
        screen.retype("coverage-source", "Sổ").await?;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        pc.kill().await?;

        let screen = pc.open().await?;
        screen.click("nav-school").await?;
        screen.wait_for_text("coverage-found", "chưa lưu").await?;
        assert_eq!(screen.value("name-0").await?, "6A1");
        assert_eq!(screen.value("population-0").await?, "41");
        assert_eq!(screen.value("cell-0-skilled").await?, "38");
        screen.wait_for_text("coverage-unsaved", "1 ô chưa lưu").await?;
        pc.close().await?;
        let said = Device::new(pc.data()).run(&["coverage", "list", "--json"])?;
        let list: Value = serde_json::from_str(&said)?;
        assert_eq!(
            list["records"].as_array().map(Vec::len),
            Some(0),
            "nothing was saved: {list}"
        );
        Ok(())
    })
    .await
}
