//! Preferences of this machine, one JSON text in the store.

use crate::App;
use crate::command::Command;
use crate::contract::{PhotoSending, Settings};
use crate::error::Result;

const KEY: &str = "settings";
const FONT_PERCENTS: [u32; 5] = [90, 100, 110, 125, 150];

/// `settings.write`
pub struct WriteSettings;

impl Command for WriteSettings {
    const NAME: &'static str = "settings.write";
    type Input = Settings;
    type Output = Settings;

    fn run(app: &App, mut settings: Settings) -> Result<Settings> {
        if !FONT_PERCENTS.contains(&settings.font_percent) {
            settings.font_percent = Settings::default().font_percent;
        }
        let text = serde_json::to_string(&settings).expect("plain data is always JSON");
        let photos = match settings.photos {
            PhotoSending::On => hocvu_sync::PhotoSending::On,
            PhotoSending::Off => hocvu_sync::PhotoSending::Off,
            PhotoSending::GoodLink => hocvu_sync::PhotoSending::GoodLink,
        };
        app.store().write(|tx| {
            tx.put_setting(KEY, &text)?;
            photos.write(tx)
        })?;
        app.with_engine(|engine| engine.set_auto(settings.auto_send));
        app.announce(&["state"]);
        Ok(settings)
    }
}

/// The preferences, or their defaults.
pub(crate) fn read(app: &App) -> Result<Settings> {
    let text = app.store().read(|read| read.setting(KEY))?;
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}
