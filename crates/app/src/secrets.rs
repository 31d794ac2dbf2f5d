//! Where the 32-byte key of the data file lies: the system's secret store, or where there is none a file only its owner
//! can read. The app says which.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use hocvu_store::DataKey;
use zeroize::Zeroizing;

use crate::contract::KeyStorage;
use crate::error::Error;

/// Name of the key file, where there is no secret store.
const FILE: &str = "so.key";
const SERVICE: &str = "vn.hocvu.so";

/// Keeps the key of a data folder.
pub trait KeyProvider: Send + Sync {
    /// The key of the data file in `folder`, made from `random` if the folder holds no data yet.
    ///
    /// # Errors
    /// There is data but its key is gone; it is never replaced, since that would lock the data out for good.
    fn key(&self, folder: &Path, has_data: bool, random: &dyn Fn(&mut [u8])) -> Result<(DataKey, KeyStorage), Error>;
}

/// The system's secret store where one answers, else a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemKeys;

impl KeyProvider for SystemKeys {
    fn key(&self, folder: &Path, has_data: bool, random: &dyn Fn(&mut [u8])) -> Result<(DataKey, KeyStorage), Error> {
        let file = folder.join(FILE);
        if file.exists() {
            return FileKeys.key(folder, has_data, random);
        }
        let Some(entry) = secret_store_entry(folder) else {
            return FileKeys.key(folder, has_data, random);
        };
        match entry.get_secret() {
            Ok(secret) => Ok((data_key(&secret)?, KeyStorage::SecretStore)),
            Err(keyring_core::Error::NoEntry) if has_data => Err(Error::KeyGone),
            Err(keyring_core::Error::NoEntry) => {
                let mut secret = Zeroizing::new([0_u8; 32]);
                random(&mut *secret);
                match entry.set_secret(&*secret) {
                    Ok(()) => Ok((data_key(&*secret)?, KeyStorage::SecretStore)),
                    Err(error) => {
                        tracing::warn!(%error, "the secret store refuses the key; it goes to a file");
                        FileKeys.key(folder, has_data, random)
                    }
                }
            }
            Err(error) if has_data => {
                tracing::error!(%error, "the secret store does not give the key");
                Err(Error::KeyGone)
            }
            Err(error) => {
                tracing::warn!(%error, "no usable secret store; the key goes to a file");
                FileKeys.key(folder, has_data, random)
            }
        }
    }
}

/// Always a file of mode 0600 beside the data.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileKeys;

impl KeyProvider for FileKeys {
    fn key(&self, folder: &Path, has_data: bool, random: &dyn Fn(&mut [u8])) -> Result<(DataKey, KeyStorage), Error> {
        let path = folder.join(FILE);
        let storage = KeyStorage::File {
            path: path.display().to_string(),
        };
        match fs::read(&path) {
            Ok(secret) => return Ok((data_key(&Zeroizing::new(secret))?, storage)),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::Disk(error.to_string())),
            Err(_) if has_data => return Err(Error::KeyGone),
            Err(_) => {}
        }
        let mut secret = Zeroizing::new([0_u8; 32]);
        random(&mut *secret);
        write_private(&path, &*secret).map_err(|error| Error::Disk(error.to_string()))?;
        Ok((data_key(&*secret)?, storage))
    }
}

fn data_key(secret: &[u8]) -> Result<DataKey, Error> {
    let bytes: [u8; 32] = secret.try_into().map_err(|_| Error::KeyGone)?;
    Ok(DataKey::new(bytes))
}

/// Written whole under another name, then renamed: a power cut leaves no half key.
fn write_private(path: &PathBuf, secret: &[u8]) -> std::io::Result<()> {
    let part = path.with_extension("part");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(secret)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&part, path)
}

/// The entry of this folder in the secret store, or `None` where no store answers.
fn secret_store_entry(folder: &Path) -> Option<keyring_core::Entry> {
    if keyring_core::get_default_store().is_none() {
        keyring_core::set_default_store(platform_store()?);
    }
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    keyring_core::Entry::new(SERVICE, &folder.display().to_string()).ok()
}

#[cfg(target_os = "linux")]
fn platform_store() -> Option<std::sync::Arc<keyring_core::CredentialStore>> {
    // Without a session bus there is nobody to ask, and asking would wait for one.
    std::env::var_os("DBUS_SESSION_BUS_ADDRESS")?;
    let store = zbus_secret_service_keyring_store::Store::new();
    store
        .map_err(|error| tracing::info!(%error, "no secret service"))
        .ok()
        .map(|store| store as _)
}

#[cfg(windows)]
fn platform_store() -> Option<std::sync::Arc<keyring_core::CredentialStore>> {
    let store = windows_native_keyring_store::Store::new();
    store
        .map_err(|error| tracing::info!(%error, "no credential store"))
        .ok()
        .map(|store| store as _)
}

#[cfg(not(any(target_os = "linux", windows)))]
fn platform_store() -> Option<std::sync::Arc<keyring_core::CredentialStore>> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_private_kept_and_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let ones = |bytes: &mut [u8]| bytes.fill(1);
        let (first, storage) = FileKeys.key(folder.path(), false, &ones).expect("a new key");
        assert!(matches!(storage, KeyStorage::File { .. }));
        let file = folder.path().join("x.db");
        drop(hocvu_store::Store::open(&file, &first).expect("a new file"));
        let (again, _) = FileKeys
            .key(folder.path(), true, &|bytes| bytes.fill(2))
            .expect("the same key");
        drop(hocvu_store::Store::open(&file, &again).expect("the same key opens it"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(FILE))
                .expect("the file")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::remove_file(folder.path().join(FILE)).expect("remove");
        assert!(
            matches!(FileKeys.key(folder.path(), true, &ones), Err(Error::KeyGone)),
            "data without its key"
        );
    }
}
