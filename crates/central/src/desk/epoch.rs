//! A new epoch: the centre was restored from a copy, and devices are to offer again what it lacks.

use hocvu_wire::b64;
use serde_json::json;

use super::Desk;
use crate::error::Result;

impl Desk<'_> {
    /// Begins a new epoch and gives its name. Every cursor is gone with the old one.
    ///
    /// # Errors
    /// SQLite's own.
    pub fn bump_epoch(&mut self, actor: &str, why: &str) -> Result<String> {
        let mut random = [0; 6];
        self.world.fill(&mut random);
        let epoch = b64::encode(random);
        self.db
            .prepare_cached("UPDATE meta SET value = ?1 WHERE key = 'epoch'")?
            .execute([&epoch])?;
        let before = std::mem::replace(&mut self.cache.epoch, epoch.clone());
        self.forget_own_log()?;
        self.note(actor, "epoch.bump", &json!({ "from": before, "to": epoch, "why": why }))?;
        Ok(epoch)
    }
}
