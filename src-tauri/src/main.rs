//! The desktop shell: a window and a bridge to `hocvu-app`. It holds no rule of the domain.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod bridge;
mod logging;
mod paths;
mod window;

use std::sync::Arc;

use hocvu_app::contract::ErrorBody;
use hocvu_app::{App, Setup, SystemKeys};
use tauri::Manager;

/// See its line in the workspace's manifest.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let folder = match paths::data_folder() {
        Ok(folder) => folder,
        Err(error) => return window::fatal(&format!("Không tạo được thư mục số liệu: {error}")),
    };
    let _log = logging::start(&folder);
    let mut builder = tauri::Builder::default();
    if paths::single_instance() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)));
    }
    let opened = builder
        .invoke_handler(tauri::generate_handler![bridge::call, bridge::ui_ready])
        .setup(move |tauri| {
            let announcer = bridge::announcer(tauri.handle().clone());
            let setup = Setup {
                folder,
                centre: paths::proposed_centre(),
                announcer,
            };
            let opened = App::open(setup, &SystemKeys)
                .map(Arc::new)
                .and_then(|app| app.start_engine().map(|()| app));
            tauri.manage(bridge::Opened(opened.map_err(ErrorBody::from)));
            window::open(tauri.handle())?;
            Ok(())
        })
        .run(tauri::generate_context!());
    if let Err(error) = opened {
        tracing::error!(%error, "the window could not be opened");
        window::fatal(&format!("Không mở được cửa sổ: {error}"));
    }
}
