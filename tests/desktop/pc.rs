//! PCs in the states tests begin with.

use hocvu_tests::centre::HAMLET;
use hocvu_tests::{Centre, Desktop, Device, Folder, Outcome, results};

/// Who uses them.
pub const NAME: &str = "Nguyễn Thị Lan";
/// A centre nobody listens at.
pub const NOWHERE: &str = "http://127.0.0.1:9";

/// A centre with its folder.
pub struct Office {
    pub centre: Centre,
    _folder: Folder,
}

impl Office {
    /// A centre that is up and has one hamlet.
    pub async fn open() -> Outcome<Office> {
        let folder = Folder::new()?;
        let mut centre = Centre::new(folder.inside("centre")?)?;
        centre.up().await?;
        centre.add_hamlet(HAMLET.0, HAMLET.1)?;
        Ok(Office {
            centre,
            _folder: folder,
        })
    }
}

/// A PC that was enrolled for the hamlet, the app closed.
pub fn enrolled(office: &Office) -> Outcome<Desktop> {
    let pc = Desktop::new(&office.centre.url())?;
    let code = office.centre.enrol_code(HAMLET.0, NAME)?;
    Device::new(pc.data()).enrol(&code, &office.centre.url(), NAME)?;
    Ok(pc)
}

/// Does the work, and leaves a picture of the screen if it fails.
pub async fn watched(name: &str, pc: &mut Desktop, work: impl AsyncFnOnce(&mut Desktop) -> Outcome) -> Outcome {
    let result = work(pc).await;
    if result.is_err()
        && let Ok(screen) = pc.screen()
    {
        let picture = results("desktop")?.join(format!("failed-{name}.png"));
        let _ = screen.picture(&picture).await;
    }
    result
}

/// Opens the app and tries it with the sample data.
pub async fn with_sample(pc: &mut Desktop) -> Outcome<hocvu_tests::Screen> {
    let screen = pc.open().await?;
    screen.click("start-sample").await?;
    screen.wait_for("sample-strip").await?;
    Ok(screen)
}
