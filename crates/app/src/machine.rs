//! What tells this machine from others: the operating system's own id, made when it was installed. It never leaves the
//! machine: the data file keeps a hash of it, to notice that it was copied from elsewhere (I12).

/// The machine's id; `None` where the system has none.
#[cfg(not(windows))]
pub(crate) fn id() -> Option<String> {
    ["/etc/machine-id", "/var/lib/dbus/machine-id"]
        .into_iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .map(|text| text.trim().to_owned())
        .find(|id| !id.is_empty())
}

/// The machine's id; `None` where the system has none.
#[cfg(windows)]
pub(crate) fn id() -> Option<String> {
    let key = winreg::RegKey::predef(winreg::enums::HKEY_LOCAL_MACHINE)
        .open_subkey("SOFTWARE\\Microsoft\\Cryptography")
        .ok()?;
    let id: String = key.get_value("MachineGuid").ok()?;
    Some(id).filter(|id| !id.is_empty())
}
