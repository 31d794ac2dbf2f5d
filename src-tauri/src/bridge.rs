//! The one command of the bridge. It forwards; it decides nothing.

use std::sync::Arc;

use hocvu_app::contract::ErrorBody;
use hocvu_app::{Announcer, App};
use serde_json::Value;
use tauri::{AppHandle, Emitter, State};

/// The app, or why its data could not be opened: then every call answers with that, and the screens say it.
pub struct Opened(pub Result<Arc<App>, ErrorBody>);

/// Runs a use case by name.
#[tauri::command(async)] // SQLite must not run on the window's thread.
pub fn call(opened: State<'_, Opened>, name: String, input: Value) -> Result<Value, ErrorBody> {
    let app = opened.0.as_ref().map_err(Clone::clone)?;
    app.call(&name, input).map_err(ErrorBody::from)
}

/// The first screen is painted: show the window.
#[tauri::command]
pub fn ui_ready(app: AppHandle) {
    tracing::debug!("the screens are painted");
    crate::window::show(&app);
}

/// Tells the screens which topics changed.
pub fn announcer(app: AppHandle) -> Announcer {
    #[derive(Clone, serde::Serialize)]
    struct Changed {
        topics: Vec<&'static str>,
    }
    Arc::new(move |topics: &[&'static str]| {
        if let Err(error) = app.emit(
            "changed",
            Changed {
                topics: topics.to_vec(),
            },
        ) {
            tracing::warn!(%error, "the screens could not be told of a change");
        }
    })
}
