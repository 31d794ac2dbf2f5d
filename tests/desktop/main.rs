//! The real desktop app, as built, through WebKitWebDriver under a virtual display.
//!
//! `cargo xtask test --only desktop` builds what is needed and runs this; a failed test leaves
//! `target/desktop/failed-<name>.png`.

mod access;
mod conflict;
mod coverage;
mod drafts;
mod instance;
mod main_job;
mod merger;
mod office;
mod pc;
mod refused;
mod settings;
mod start;
mod typing;
mod voiding;
