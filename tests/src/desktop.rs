//! The real desktop app on a display of its own.

use std::path::{Path, PathBuf};

use crate::display::Display;
use crate::places::Folder;
use crate::screen::Screen;
use crate::trouble::Outcome;
use crate::webdriver::WebDriver;

/// A PC with the app: a display, a data folder, and the app when it is open.
pub struct Desktop {
    open: Option<Open>,
    display: Display,
    centre: String,
    data: PathBuf,
    home: PathBuf,
    // Last, so that everything that writes into it has ended.
    _folder: Folder,
}

struct Open {
    driver: WebDriver,
    screen: Screen,
}

impl Desktop {
    /// A PC on which the app was never opened. `centre` is the address it proposes.
    pub fn new(centre: &str) -> Outcome<Desktop> {
        let folder = Folder::new()?;
        let (data, home) = (folder.inside("data")?, folder.inside("home")?);
        let display = Display::start(&home)?;
        Ok(Desktop {
            open: None,
            display,
            centre: centre.to_owned(),
            data,
            home,
            _folder: folder,
        })
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The home folder of whoever uses it; logs lie there.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// For `DISPLAY`.
    pub fn display(&self) -> &str {
        self.display.name()
    }

    /// Opens the app and waits until a screen is painted.
    pub async fn open(&mut self) -> Outcome<Screen> {
        let data = self.data.to_string_lossy();
        let variables = [("HOCVU_DATA", &*data), ("HOCVU_CENTRAL", &self.centre)];
        let (driver, client) = WebDriver::start(&self.display, &self.home, &variables).await?;
        let open = self.open.insert(Open {
            driver,
            screen: Screen::new(client),
        });
        open.screen.painted().await?;
        Ok(open.screen.clone())
    }

    /// What the open app shows.
    pub fn screen(&self) -> Outcome<Screen> {
        let open = self.open.as_ref().ok_or("the app is not open")?;
        Ok(open.screen.clone())
    }

    /// `kill -9`: the power is gone.
    pub async fn kill(&mut self) -> Outcome {
        let Open { driver, screen } = self.open.take().ok_or("the app is not open")?;
        driver.kill_app().await?;
        drop(screen);
        Ok(())
    }

    /// Closes the app as a person does.
    pub async fn close(&mut self) -> Outcome {
        let Open { driver, screen } = self.open.take().ok_or("the app is not open")?;
        screen.close().await?;
        drop(driver);
        Ok(())
    }
}
