//! The log: a file a day in the data folder, fourteen kept. Ids and figures of the program, never values of fields.

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};

const FILES_KEPT: usize = 14;

/// Starts the log; it is written as long as the guard lives.
pub fn start(folder: &Path) -> Option<WorkerGuard> {
    let logs = folder.join("logs");
    std::fs::create_dir_all(&logs).ok()?;
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("hocvu")
        .filename_suffix("log")
        .max_log_files(FILES_KEPT)
        .build(logs)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(appender);
    let filter = tracing_subscriber::EnvFilter::try_from_env("HOCVU_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(false)
        .try_init()
        .ok()?;
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "panic")));
    Some(guard)
}
