use fantoccini::key::Key;
use hocvu_tests::centre::HAMLET;
use hocvu_tests::{Desktop, Device, Folder, Outcome, results};

use crate::pc::{NAME, Office, watched};

const TARGET: &str = "KH67-2025-C";

/// Two hamlets become one in the real app: its sums prove equal before anything is done, and afterwards the target's number
/// opens into the figure and the very session of the hamlet that was.
#[tokio::test]
async fn a_merger_proves_its_sums_and_progress_opens_into_the_very_records() -> Outcome {
    let office = Office::open().await?;
    office.centre.add_hamlet("u:tri-phong", "Ấp Tri Phong")?;
    let url = office.centre.url();
    let folder = Folder::new()?;
    let hamlet = Device::new(folder.inside("hamlet")?);
    hamlet.enrol(&office.centre.enrol_code(HAMLET.0, NAME)?, &url, NAME)?;
    let count = "adult:attended=22,female=15";
    hamlet.run(&[
        "session",
        "add",
        "--date",
        "18/11/2025",
        "--topic",
        "vneid",
        "--count",
        count,
    ])?;
    let told = [
        "target_group=adult",
        "measure=skilled",
        "numerator=640",
        "population=800",
        "as_of=18/11/2025",
        "evidence_kind=self_declared",
        "source=Tổ công nghệ số",
    ];
    hamlet.run(&[&["coverage", "add", "--unit", HAMLET.0], &told[..]].concat())?;
    hamlet.run(&["sync"])?;

    let mut pc = Desktop::new(&url)?;
    Device::new(pc.data()).enrol(&office.centre.officer_code("Cán bộ xã")?, &url, "Cán bộ xã")?;
    watched("merger", &mut pc, async |pc| {
        let screen = pc.open().await?;
        screen.press(&[], Key::F5.into()).await?;
        screen.click("nav-office").await?;
        screen.click("office-tab-units").await?;
        screen.click_of("merge-old", HAMLET.0, "").await?;
        screen.choose("merge-into", "u:tri-phong").await?;
        screen.retype("merge-effective", "01/12/2025").await?;
        screen.retype("merge-legal_basis", "Nghị quyết 12/NQ-HĐND").await?;
        screen.click("merge-look").await?;
        screen
            .wait_for_text("proof-said", "Trước 22 lượt, sau 22 lượt – bằng nhau.")
            .await?;
        screen.picture(&results("desktop")?.join("merger.png")).await?;
        screen.click("merge-act").await?;
        screen
            .wait_for_text("succession", "Ấp Hòa Thuận → Ấp Tri Phong")
            .await?;
        screen.press(&[], Key::F5.into()).await?;

        screen.click("nav-progress").await?;
        screen.click("year-2025").await?;
        screen.click_of("indicator", TARGET, ".name").await?;
        screen.wait_for_text("rate", "80,0%").await?;
        screen.wait_for_text("outcome", "Còn thiếu 1 người").await?;
        screen.click_of("indicator", TARGET, "[data-testid=open-drill]").await?;
        screen.wait_for_text("drill-record", "640").await?;
        screen.picture(&results("desktop")?.join("drill.png")).await?;
        screen.click("drill-session").await?;
        screen.wait_for_text("session-detail", "18/11/2025").await?;

        hamlet.run(&["sync"])?;
        let figures = office.centre.figures("u:tri-phong")?;
        assert_eq!(
            figures["total"]["attended"], 22,
            "it counts where the hamlet is now: {figures}"
        );
        pc.close().await
    })
    .await
}
