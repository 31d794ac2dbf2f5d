//! The centre's own device and log: what the administrator decides is a signed operation like anybody's, judged by the
//! same judge and proven by the same `verify`.

use ed25519_dalek::SigningKey;
use hocvu_model::ids::{LogId, OperationId};
use hocvu_model::operation::open_text;
use hocvu_wire::batch::{OpsRequest, Outcome, Ruling};
use hocvu_wire::frame::seal;
use serde_json::json;

use super::Desk;
use crate::directory::CENTRE;
use crate::error::{Error, Result};
use crate::{db, intake};

/// An operation of the centre's own, as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authored {
    /// Its id.
    pub id: OperationId,
    /// Arrival number.
    pub fseq: u64,
    /// How it was judged.
    pub ruling: Ruling,
}

impl Desk<'_> {
    /// Signs the text of an operation in the centre's own log, stores and judges it. `actor` is who said so, for the audit.
    ///
    /// # Errors
    /// SQLite's own. A refusal of the judge is no error: it is in [`Authored::ruling`].
    pub fn author(&mut self, actor: &str, text: &str) -> Result<Authored> {
        let (key, log) = match (self.own_key()?, self.own_log()?) {
            (Some(key), Some(log)) => (key, log),
            (key, _) => self.open_own_log(key)?,
        };
        let authored = self.append_own(&key, log, text)?;
        let detail = json!({ "op": authored.id, "verdict": authored.ruling.v, "code": authored.ruling.c });
        self.note(actor, "operation", &detail)?;
        Ok(authored)
    }

    /// From now on the centre writes another log: after a restore, numbers of the present one may be in use elsewhere.
    pub(super) fn forget_own_log(&self) -> Result<()> {
        self.db
            .prepare_cached("DELETE FROM meta WHERE key = 'own_log'")?
            .execute([])?;
        Ok(())
    }

    fn append_own(&mut self, key: &SigningKey, log: LogId, text: &str) -> Result<Authored> {
        let no = self.directory().log(log).map(|log| log.no);
        let last: Option<u64> = self
            .db
            .prepare_cached("SELECT max(seq) FROM operation WHERE log = ?1")?
            .query_row([no], |row| row.get(0))?;
        let seq = last.unwrap_or(0) + 1;
        let sealed = seal(key, &self.directory().deployment, log, CENTRE, seq, &[text]);
        let request = OpsRequest { frames: vec![sealed] };
        let batch =
            intake::prepare(request, self.directory(), self.today).map_err(|problem| Error::Damaged(problem.title))?;
        match self.ingest(batch)?.r.pop() {
            Some(Outcome::Stored { fseq, ruling, .. }) => Ok(Authored {
                id: OperationId { log, seq },
                fseq,
                ruling,
            }),
            Some(Outcome::Refused { c, .. }) => Err(Error::Refused(format!("Máy chủ không ghi được: {c}."))),
            None => Err(Error::Damaged("an operation without an outcome".into())),
        }
    }

    /// Makes what is missing: the key with its device, and the log with its first operation.
    fn open_own_log(&mut self, key: Option<SigningKey>) -> Result<(SigningKey, LogId)> {
        let key = match key {
            Some(key) => key,
            None => self.make_own_device()?,
        };
        let mut id = [0; 16];
        self.world.fill(&mut id);
        let log = LogId(id);
        self.db
            .prepare_cached("INSERT INTO log (id, device) SELECT ?1, no FROM device WHERE id = ?2")?
            .execute((log.0, CENTRE))?;
        self.db
            .prepare_cached("INSERT INTO meta (key, value) VALUES ('own_log', ?1)")?
            .execute([log.0])?;
        self.reload()?;
        let text = open_text(CENTRE, None, "new", self.now.timestamp());
        self.append_own(&key, log, &text)?;
        Ok((key, log))
    }

    fn make_own_device(&mut self) -> Result<SigningKey> {
        let mut secret = [0; 32];
        self.world.fill(&mut secret);
        let key = SigningKey::from_bytes(&secret);
        self.db
            .prepare_cached("INSERT INTO meta (key, value) VALUES ('own_key', ?1)")?
            .execute([secret])?;
        let user = self
            .db
            .prepare_cached("INSERT INTO user (id, name) VALUES (?1, 'Máy chủ')")?
            .insert([CENTRE])?;
        let at = self.now.timestamp();
        self.db
            .prepare_cached(
                "INSERT INTO device (id, sign, seal, user, enrolled_at, role) VALUES (?1, ?2, zeroblob(32), ?3, ?4, 'province')",
            )?
            .execute((CENTRE, key.verifying_key().to_bytes(), user, at))?;
        Ok(key)
    }

    fn own_key(&self) -> Result<Option<SigningKey>> {
        let secret: Option<[u8; 32]> = db::meta(self.db, "own_key")?;
        Ok(secret.map(|secret| SigningKey::from_bytes(&secret)))
    }

    fn own_log(&self) -> Result<Option<LogId>> {
        Ok(db::meta(self.db, "own_log")?.map(LogId))
    }
}
