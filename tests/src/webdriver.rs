//! WebKitWebDriver, which starts the app and speaks to its web view.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::display::Display;
use crate::places::binary;
use crate::process::{Running, bound, descendants, free_port, kill};
use crate::trouble::{Outcome, Trouble, until};

/// A driver takes milliseconds, an app on a busy machine many seconds.
const START: Duration = Duration::from_secs(60);

/// A driver and the app it started.
pub struct WebDriver {
    driver: Running,
    app: PathBuf,
}

impl WebDriver {
    /// Starts a driver on `display`, and the app through it. `variables` reach the app.
    pub async fn start(display: &Display, home: &Path, variables: &[(&str, &str)]) -> Outcome<(WebDriver, Client)> {
        let app = binary("hocvu")?;
        let port = free_port()?;
        let mut command = bound("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .env("DISPLAY", display.name())
            .env("GDK_BACKEND", "x11")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY")
            // Without a session bus several apps run side by side, each on its own folder.
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .envs(variables.iter().copied());
        let mut driver = Running::start("webdriver", &mut command, home)?;
        until("WebKitWebDriver listens", START, async || {
            driver.must_run()?;
            Ok(TcpStream::connect(("127.0.0.1", port)).is_ok().then_some(()))
        })
        .await?;
        let mut capabilities = Capabilities::new();
        capabilities.insert("webkitgtk:browserOptions".to_owned(), json!({ "binary": app }));
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let session = tokio::time::timeout(START, builder.connect(&format!("http://127.0.0.1:{port}"))).await;
        let client = session
            .map_err(|_| Trouble(format!("the app does not answer its driver: {}", driver.last_words())))?
            .map_err(|error| Trouble(format!("the app does not start: {error}: {}", driver.last_words())))?;
        Ok((WebDriver { driver, app }, client))
    }

    /// The app's own process.
    pub fn app(&self) -> Outcome<u32> {
        let app = self.app.canonicalize()?;
        descendants(self.driver.id())
            .into_iter()
            .find(|process| std::fs::read_link(format!("/proc/{process}/exe")).is_ok_and(|exe| exe == app))
            .ok_or_else(|| Trouble(format!("the app is not running: {}", self.driver.last_words())))
    }

    /// `kill -9` to the app, and waits until it is gone.
    pub async fn kill_app(self) -> Outcome {
        let process = self.app()?;
        kill(process);
        until("the killed app is gone", START, async || {
            Ok(self.app().is_err().then_some(()))
        })
        .await
    }
}
