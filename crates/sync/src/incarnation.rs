//! Which log this device writes, and what is done when its numbers turn out not to be its own (I12).

use std::collections::BTreeMap;

use ed25519_dalek::{Signer, SigningKey};
use hocvu_model::LogId;
use hocvu_store::{Fork, Identity};
use hocvu_wire::limits::EARLIER_LOGS_MAX;
use hocvu_wire::session::{self, SessionOpen};
use tracing::warn;

use crate::error::SyncError;
use crate::plan;
use crate::round::Round;

impl Round<'_> {
    pub(crate) async fn open_session(&mut self) -> Result<(), SyncError> {
        let Identity {
            device,
            log,
            deployment,
            sign_key,
            ..
        } = &self.identity;
        let key = SigningKey::from_bytes(sign_key);
        let sign =
            |nonce: &str| hocvu_wire::b64::encode(key.sign(&session::challenge(deployment, device, nonce)).to_bytes());
        let logs = self.store.read(|read| read.logs_to_seal())?;
        let earlier = logs.iter().rev().filter(|known| *known != log).take(EARLIER_LOGS_MAX);
        let earlier = earlier.map(ToString::to_string).collect();
        let open = self
            .client
            .open_session(device, &log.to_string(), earlier, sign)
            .await?;
        self.take_session(&open)?;
        self.link.opened(open.token, open.epoch);
        self.hear_what_it_has(&open.have)
    }

    /// Writes what the centre said of itself and of this device at the session's start.
    fn take_session(&mut self, open: &SessionOpen) -> Result<(), SyncError> {
        let known_epoch = self.store.read(|read| read.epoch())?;
        let restored = known_epoch.as_ref().is_some_and(|known| *known != open.epoch);
        #[cfg(feature = "planted")]
        let restored = restored && !hocvu_model::planted::is(hocvu_model::planted::Bug::EpochIgnored);
        let now = self.environment.now();
        let log = self.identity.log;
        self.store.write(|tx| {
            // I11: what the centre no longer has is offered again, with nobody acting.
            tx.reoffer(log, &open.have)?;
            for earlier in &open.earlier {
                tx.reoffer(earlier.log, &earlier.have)?;
            }
            tx.put_grants(&plan::grants(open))?;
            if restored {
                tx.renew_shadow()?;
                tx.diary_append(&now, "epoch", &BTreeMap::new())?;
            }
            if restored || known_epoch.is_none() {
                tx.set_position(&open.epoch, "")?;
            }
            Ok(())
        })?;
        let at_centre = open.have.iter().map(|(_, to)| *to).max().unwrap_or(0);
        if at_centre > self.store.read(|read| read.last_seq(log))? {
            self.go_on_in_a_new_log()?;
        }
        Ok(())
    }

    /// The centre has operations of this log that the file never wrote: it is an older copy of the one that did.
    fn go_on_in_a_new_log(&mut self) -> Result<(), SyncError> {
        let (new, at, now) = (self.new_log(), self.environment.unix(), self.environment.now());
        self.store.write(|tx| {
            tx.renew_log(new, Fork::Restored, at)?;
            tx.diary_append(&now, "log_restored", &BTreeMap::new())
        })?;
        warn!("the centre knows more of this log than the file: it goes on in a new one");
        self.read_identity()
    }

    /// Says again what the centre found under numbers that others have. Nothing a person wrote is dropped, and what stands
    /// under the old numbers stays where it is.
    pub(crate) fn salvage(&mut self) -> Result<(), SyncError> {
        if !self.store.read(|read| read.is_forked())? {
            return Ok(());
        }
        let (new, at, now) = (self.new_log(), self.environment.unix(), self.environment.now());
        let said = self.store.write(|tx| {
            let said = tx.salvage_forked(new, at)?;
            let params = [("count".to_owned(), said.to_string())].into();
            tx.diary_append(&now, "log_forked", &params)?;
            Ok(said)
        })?;
        warn!(said, "numbers of this log were taken twice: said again in a new one");
        self.read_identity()
    }

    fn new_log(&self) -> LogId {
        let mut log = LogId([0; 16]);
        self.environment.random(&mut log.0);
        log
    }

    fn read_identity(&mut self) -> Result<(), SyncError> {
        let identity = self.store.read(|read| read.identity())?;
        self.identity = identity.ok_or(hocvu_store::Error::NotFound("identity"))?;
        Ok(())
    }
}
