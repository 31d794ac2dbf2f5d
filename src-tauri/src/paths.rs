//! Where things lie on this machine.

use std::path::PathBuf;

/// Folder of the data file: `HOCVU_DATA`, else `So Hoc Vu So` in the user's own data folder. Made if missing.
pub fn data_folder() -> std::io::Result<PathBuf> {
    let folder = match std::env::var_os("HOCVU_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => user_data().ok_or(std::io::ErrorKind::NotFound)?.join("So Hoc Vu So"),
    };
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Address of the centre to propose at first start: `HOCVU_CENTRAL`, else none.
pub fn proposed_centre() -> String {
    std::env::var("HOCVU_CENTRAL").unwrap_or_default()
}

/// A second start shows the first window. Needs a session bus on Linux; the data file is locked in any case.
pub fn single_instance() -> bool {
    cfg!(windows) || std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
}

#[cfg(windows)]
fn user_data() -> Option<PathBuf> {
    std::env::var_os("LOCALAPPDATA").map(PathBuf::from)
}

#[cfg(not(windows))]
fn user_data() -> Option<PathBuf> {
    let own = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    own.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))
}
