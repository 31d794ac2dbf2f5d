//! `serve --drop DIR`: bundles copied into a folder are taken from it, with a subfolder for those done and one for those
//! refused. Meant for an office that empties USB sticks and chat downloads into one place.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hocvu_model::wording::{Locale, message};
use hocvu_wire::bundle::{BUNDLE_SUFFIX, BadBundle, RECEIPT_SUFFIX, inspect};
use tokio::sync::watch;

use super::spool::Behind;
use super::{Shared, told};
use crate::bundles::{self, Desks, Took, receipt_file};
use crate::error::Result;

/// How often the folder is looked into.
const LOOK: Duration = Duration::from_secs(2);
/// A file that does not grow to its size within so many looks was cut off: five minutes.
const PATIENCE: u32 = 150;
const DONE: &str = "done";
const REFUSED: &str = "refused";

/// A file still being copied: its size when last looked at, and for how many looks it stayed so.
struct Growing {
    path: PathBuf,
    size: u64,
    looks: u32,
}

/// Watches the folder until the centre stops.
///
/// # Errors
/// The folder and its subfolders cannot be made.
pub(super) fn watch(shared: Arc<Shared>, folder: PathBuf, mut stopped: watch::Receiver<bool>) -> Result<()> {
    fs::create_dir_all(folder.join(DONE))?;
    fs::create_dir_all(folder.join(REFUSED))?;
    tokio::spawn(async move {
        let mut growing: Vec<Growing> = Vec::new();
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = told(&mut stopped) => return,
            }
            let (folder, mut desks) = (folder.clone(), Behind::new(Arc::clone(&shared)));
            let looked = tokio::task::spawn_blocking(move || {
                look(&folder, &mut growing, &mut desks);
                growing
            });
            match looked.await {
                Ok(kept) => growing = kept,
                Err(_) => return,
            }
        }
    });
    Ok(())
}

/// Takes every file that is whole.
fn look(folder: &Path, growing: &mut Vec<Growing>, desks: &mut impl Desks) {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().to_lowercase().ends_with(BUNDLE_SUFFIX) && path.is_file())
        .collect();
    files.sort();
    growing.retain(|file| files.contains(&file.path));
    for path in files {
        if is_growing(&path, growing) {
            continue;
        }
        let outcome = fs::File::open(&path)
            .map_err(crate::error::Error::from)
            .and_then(|mut file| bundles::take(&mut file, desks));
        let kept = match outcome {
            Ok(Ok(took)) => done(folder, &path, &took, desks),
            Ok(Err(bad)) => refused(folder, &path, bad),
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            tracing::error!(%error, file = %path.display(), "a dropped bundle stays for the next look");
        }
    }
}

/// Whether the file is shorter than its header says and may still grow.
fn is_growing(path: &Path, growing: &mut Vec<Growing>) -> bool {
    let size = fs::metadata(path).map_or(0, |data| data.len());
    let header = fs::File::open(path)
        .map_err(|_| BadBundle::Unreadable)
        .and_then(inspect);
    let whole = match header {
        Ok(header) => size >= header.file_size(),
        Err(BadBundle::Damaged | BadBundle::NotABundle) if size < 1024 => false,
        Err(_) => true,
    };
    if whole {
        return false;
    }
    match growing.iter_mut().find(|file| file.path == path) {
        Some(file) if file.size == size => {
            file.looks += 1;
            file.looks < PATIENCE
        }
        Some(file) => {
            (file.size, file.looks) = (size, 0);
            true
        }
        None => {
            growing.push(Growing {
                path: path.to_owned(),
                size,
                looks: 0,
            });
            true
        }
    }
}

fn done(folder: &Path, path: &Path, took: &Took, desks: &mut impl Desks) -> Result<()> {
    let header = took.header;
    let receipt = desks.ask(move |db| receipt_file(db, header.id, Some(&header.sha256)))?;
    let moved = place(&folder.join(DONE), path);
    if let Some(receipt) = receipt {
        fs::write(moved.with_extension(&RECEIPT_SUFFIX[1..]), receipt)?;
    }
    fs::rename(path, moved)?;
    tracing::info!(bundle = %header.id, again = took.again, "a dropped bundle was taken");
    Ok(())
}

fn refused(folder: &Path, path: &Path, bad: BadBundle) -> Result<()> {
    let moved = place(&folder.join(REFUSED), path);
    let sentence = message(Locale::Vi, &format!("usb_problem_{}", bad.code()), &Default::default());
    fs::write(moved.with_extension("txt"), format!("{sentence}\n"))?;
    fs::rename(path, moved)?;
    tracing::warn!(reason = bad.code(), "a dropped bundle was refused");
    Ok(())
}

/// A name in `folder` that is free.
fn place(folder: &Path, path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = |n: u32| match n {
        0 => folder.join(format!("{stem}{BUNDLE_SUFFIX}")),
        n => folder.join(format!("{stem}-{n}{BUNDLE_SUFFIX}")),
    };
    (0..).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(0))
}
