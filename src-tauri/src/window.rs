//! The one window: hidden until the screens are painted, never larger than the screen it opens on.

use std::time::Duration;

use tauri::{AppHandle, LogicalPosition, LogicalSize, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

const LABEL: &str = "main";
const TITLE: &str = "Sổ Học Vụ Số";
/// Wanted inner size, logical pixels.
const WANTED: (f64, f64) = (1200.0, 680.0);
const LEAST: (f64, f64) = (800.0, 420.0);
/// Part of the work area a window may take: with 125 % scaling a 1366×768 screen has only 1093×557 for it.
const PART: f64 = 0.95;
/// If the screens never say that they are ready, show what there is.
const WATCHDOG: Duration = Duration::from_secs(8);

/// Opens the window, hidden.
pub fn open(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title(TITLE)
        .inner_size(WANTED.0, WANTED.1)
        .min_inner_size(LEAST.0, LEAST.1)
        .visible(false)
        .disable_drag_drop_handler() // Photos are dropped on the page, which reads them itself.
        .build()?;
    fit(&window)?;
    let app = app.clone();
    std::thread::spawn(move || {
        std::thread::park_timeout(WATCHDOG);
        show(&app);
    });
    Ok(())
}

/// Shows the window and brings it to the front.
pub fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let shown_before = window.is_visible().unwrap_or(false);
    // A window manager may place a window only when it is shown, so its place is set again then.
    let shown = window
        .show()
        .and_then(|()| if shown_before { window.set_focus() } else { fit(&window) });
    if let Err(error) = shown {
        tracing::warn!(%error, "the window could not be shown");
    }
}

/// Shrinks the window to the work area of its screen and puts it in the middle.
fn fit(window: &WebviewWindow) -> tauri::Result<()> {
    let Some(monitor) = window.current_monitor()?.or(window.primary_monitor()?) else {
        return Ok(());
    };
    let (scale, area) = (monitor.scale_factor(), monitor.work_area());
    let (place, room) = (
        area.position.to_logical::<f64>(scale),
        area.size.to_logical::<f64>(scale),
    );
    let size = LogicalSize::new(WANTED.0.min(room.width * PART), WANTED.1.min(room.height * PART));
    window.set_size(size)?;
    let (x, y) = (
        place.x + (room.width - size.width) / 2.0,
        place.y + (room.height - size.height) / 2.0,
    );
    window.set_position(LogicalPosition::new(x, y))
}

/// Nothing can be shown in a window: say it where a supporter looks.
#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
pub fn fatal(sentence: &str) {
    eprintln!("{TITLE}: {sentence}");
    std::process::exit(1);
}
