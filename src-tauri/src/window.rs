//! The one window: hidden until the screens are painted, never larger than the screen it opens on.

use std::path::Path;
use std::time::Duration;

use hocvu_app::Error;
use hocvu_app::contract::ErrorCode;
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

/// The data file cannot be opened: says why and what to do, touches nothing.
pub fn open_refusal(app: &AppHandle, error: &Error, folder: &Path) -> tauri::Result<()> {
    let sentence = match error.code() {
        ErrorCode::UpdateRequired => "Số liệu do bản mới hơn tạo. Cài bản mới để mở; số liệu vẫn nguyên vẹn.",
        ErrorCode::Disk => "Không đọc ghi được ổ đĩa. Kiểm tra ổ đĩa còn chỗ trống rồi mở lại.",
        _ if matches!(error, Error::KeyGone) => {
            "Không tìm thấy khóa mở số liệu của máy này. Đừng xóa gì; liên hệ cán bộ hỗ trợ."
        }
        _ => "Không mở được tệp số liệu. Nếu sổ đang mở ở cửa sổ khác thì đóng lại; nếu không, liên hệ cán bộ hỗ trợ.",
    };
    let page = format!(
        "<!doctype html><html lang=vi><meta charset=utf-8><title>{TITLE}</title>\
         <body style='font:16px/1.6 \"Noto Sans\",\"Segoe UI\",sans-serif;color:#1B1F24;max-width:38rem;margin:4rem auto;padding:0 1rem'>\
         <h1 style='font-size:22px'>{TITLE}</h1><p role=alert>{sentence}</p><p style='color:#4B5563'>{}<br>{}</p></body></html>",
        escape(&folder.display().to_string()),
        escape(&error.to_string()),
    );
    let encoded: String = page.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let url = format!("data:text/html;charset=utf-8,{encoded}")
        .parse()
        .expect("percent-encoded bytes are a URL");
    WebviewWindowBuilder::new(app, "refusal", WebviewUrl::External(url))
        .title(TITLE)
        .inner_size(640.0, 360.0)
        .center()
        .build()?;
    Ok(())
}

/// Nothing can be shown in a window: say it where a supporter looks.
#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
pub fn fatal(sentence: &str) {
    eprintln!("{TITLE}: {sentence}");
    std::process::exit(1);
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
