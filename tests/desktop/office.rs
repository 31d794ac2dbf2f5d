use fantoccini::key::Key;
use hocvu_tests::centre::HAMLET;
use hocvu_tests::{Desktop, Device, Folder, Outcome, results};

use crate::pc::{NAME, Office, watched};

/// A hamlet's session for a commune in which it may not write waits at the centre; the officer's real app adopts it.
#[tokio::test]
async fn an_officer_adopts_what_the_centre_holds() -> Outcome {
    const ELSEWHERE: &str = "new:29242";
    let office = Office::open().await?;
    let url = office.centre.url();
    let folder = Folder::new()?;
    let hamlet = Device::new(folder.inside("hamlet")?);
    hamlet.enrol(&office.centre.enrol_code(HAMLET.0, NAME)?, &url, NAME)?;
    let count = "adult:attended=22,female=15";
    hamlet.run(&[
        "session", "add", "--unit", ELSEWHERE, "--date", "t", "--topic", "vneid", "--count", count,
    ])?;
    hamlet.run(&["sync"])?;
    assert_eq!(office.centre.figures(HAMLET.0)?["total"]["sessions"], 0, "it is held");

    let mut pc = Desktop::new(&url)?;
    Device::new(pc.data()).enrol(&office.centre.officer_code("Cán bộ xã")?, &url, "Cán bộ xã")?;
    watched("office", &mut pc, async |pc| {
        let screen = pc.open().await?;
        screen.press(&[], Key::F5.into()).await?;
        screen.click("nav-office").await?;
        screen.wait_for_text("case-row", "22 lượt").await?;
        screen.click("case-check").await?;
        screen.picture(&results("desktop")?.join("office.png")).await?;
        screen.click("adopt").await?;
        screen.choose("adopt-unit", HAMLET.0).await?;
        screen.click("adopt-act").await?;
        screen.wait_for_text("office", "1 quyết định chờ gửi").await?;
        screen.press(&[], Key::F5.into()).await?;
        screen.wait_for_text("office", "Không có gì cần duyệt.").await?;

        hamlet.run(&["sync"])?;
        let figures = office.centre.figures(HAMLET.0)?;
        assert_eq!(figures["total"]["sessions"], 1, "adopted into the hamlet: {figures}");
        assert_eq!(figures["total"]["attended"], 22, "{figures}");
        pc.close().await
    })
    .await
}
