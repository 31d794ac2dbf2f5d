//! Putting a copy back, and beginning a new epoch.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};

use super::{ACTOR, File, open, say};
use crate::db;
use crate::error::{Error, Result};
use crate::world::World;

/// Puts `copy` in the place of the database, which is kept beside it, and begins a new epoch: devices offer again, by
/// themselves, what the copy lacks.
pub(super) fn restore(file: &File, world: Arc<dyn World>, copy: &Path) -> Result<()> {
    if !copy.exists() {
        return Err(Error::Refused(format!("Không có tệp {}.", copy.display())));
    }
    let (deployment, epoch) = look_at(copy)?;
    let aside = if file.db.exists() {
        Some(put_aside(
            &file.db,
            &deployment,
            &world.now().format("%Y%m%d-%H%M%S").to_string(),
        )?)
    } else {
        None
    };
    let part = beside(&file.db, ".part");
    if part.exists() {
        std::fs::remove_file(&part)?;
    }
    let from = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    from.execute("VACUUM INTO ?1", [part.to_string_lossy()])?; // A whole file, whatever lies in the copy's log.
    std::fs::File::open(&part)?.sync_all()?;
    std::fs::rename(&part, &file.db)?;
    let mut core = open(file, world)?;
    if core.epoch() == epoch {
        core.transact(|desk| desk.bump_epoch(ACTOR, "restored from a copy"))?;
    }
    say(&format!("Đã khôi phục {} từ {}.", file.db.display(), copy.display()));
    if let Some(aside) = aside {
        say(&format!("Tệp trước đó còn ở {}.", aside.display()));
    }
    say("Các máy sẽ tự gửi lại những gì bản sao thiếu.");
    Ok(())
}

/// Begins a new epoch without touching anything else.
pub(super) fn bump(file: &File, world: Arc<dyn World>) -> Result<()> {
    let epoch = open(file, world)?.transact(|desk| desk.bump_epoch(ACTOR, "by hand"))?;
    say(&format!("Kỳ dữ liệu mới: {epoch}. Các máy sẽ tự đối chiếu lại."));
    Ok(())
}

/// Deployment and epoch of a copy that is whole.
fn look_at(copy: &Path) -> Result<(String, String)> {
    let bad = |_| Error::Refused(format!("{} không phải bản sao dữ liệu của máy chủ.", copy.display()));
    let db = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let check: String = db.query_row("PRAGMA quick_check", [], |row| row.get(0)).map_err(bad)?;
    if check != "ok" {
        return Err(Error::Refused(format!("{} bị hỏng: {check}", copy.display())));
    }
    let fact = |key| {
        db.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
            .map_err(bad)
    };
    Ok((fact("deployment")?, fact("epoch")?))
}

/// Moves the present file out of the way; nobody may have it open, and it must be of the same deployment.
fn put_aside(db: &Path, deployment: &str, stamp: &str) -> Result<PathBuf> {
    if let Ok(present) = Connection::open_with_flags(db, OpenFlags::SQLITE_OPEN_READ_WRITE) {
        if let Ok(Some(found)) = db::meta::<String>(&present, "deployment")
            && found != deployment
        {
            let asked = deployment.to_owned();
            return Err(Error::Deployment { found, asked });
        }
        // Leaving the write-ahead log needs the file for oneself. A file too damaged to say is moved as it is.
        let busy = |error: &rusqlite::Error| {
            matches!(
                error.sqlite_error_code(),
                Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
            )
        };
        match present.pragma_update(None, "journal_mode", "DELETE") {
            Err(error) if busy(&error) => {
                return Err(Error::Refused("Máy chủ đang chạy: dừng máy chủ rồi khôi phục.".into()));
            }
            _ => {}
        }
    }
    let aside = beside(db, &format!(".before-{stamp}"));
    std::fs::rename(db, &aside)?;
    for side in ["-wal", "-shm"] {
        let from = beside(db, side);
        if from.exists() {
            std::fs::rename(from, beside(&aside, side))?;
        }
    }
    Ok(aside)
}

fn beside(db: &Path, ending: &str) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
