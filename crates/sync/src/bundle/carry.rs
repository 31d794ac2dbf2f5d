//! Passing on what other devices handed in: up by chunks, then its receipt down. After everything of this device's own.

use hocvu_store::{Carried, CarriedState};
use hocvu_wire::blobs::CHUNK_BYTES_MAX;
use hocvu_wire::bundle::{BundleId, BundleReply, BundleStatus};
use hocvu_wire::problem::ProblemCode;
use tracing::{info, warn};

use super::trust::believe;
use crate::client::told;
use crate::error::SyncError;
use crate::round::{Round, RoundReport};
use crate::transport::BlobStep;

/// Bundles looked at in one round.
const ROUND_MAX: usize = 16;
/// How often one bundle may be told another offset in one round.
const CONFUSED_MAX: u32 = 4;
/// Bytes of a file read at a time: the store walks a large one from its beginning each time.
const WINDOW: u32 = 1024 * 1024;
/// Setting: when the keys were last asked for, seconds since 1970.
pub(crate) const KEYS_ASKED: &str = "keys.asked";
/// Keys are asked for again after a day, or when the clock was set back.
const KEYS_SECONDS: i64 = 86_400;

impl Round<'_> {
    /// Learns the centre's keys when they are missing or old, and passes bundles on. Trouble on the way ends the lane, not the
    /// round: the device's own work is done already.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn carry(&mut self, report: &mut RoundReport) -> Result<(), SyncError> {
        let ended = match self.learn_keys().await {
            Ok(()) => self.carry_all(report).await,
            error => error,
        };
        match ended {
            Err(SyncError::Store(error)) => Err(error.into()),
            Err(error) => {
                warn!(%error, "carrying for others stopped");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    async fn learn_keys(&self) -> Result<(), SyncError> {
        let (known, asked) = self.store.read(|read| Ok((read.keys()?, read.setting(KEYS_ASKED)?)))?;
        let now = self.environment.unix();
        let asked: Option<i64> = asked.and_then(|text| text.parse().ok());
        let fresh = asked.is_some_and(|asked| (0..KEYS_SECONDS).contains(&now.saturating_sub(asked)));
        if fresh {
            return Ok(());
        }
        let reply = match self.client.keys(&self.bearer()).await {
            Ok(reply) => Some(reply),
            // A centre of before, or one that was given no keys.
            Err(SyncError::Problem {
                code: ProblemCode::NotFound,
                ..
            }) => None,
            Err(error) => return Err(error),
        };
        if let Some(reply) = reply
            && believe(self.store, &self.identity.deployment, &reply.root, &reply.keys)?
            && known.is_some()
        {
            let at = self.environment.now();
            self.store
                .write(|tx| tx.diary_append(&at, "new_keys", &Default::default()))?;
        }
        self.store.write(|tx| tx.put_setting(KEYS_ASKED, &now.to_string()))?;
        Ok(())
    }

    async fn carry_all(&mut self, report: &mut RoundReport) -> Result<(), SyncError> {
        let mut after = 0;
        for _ in 0..ROUND_MAX {
            let Some(bundle) = self.store.read(|read| read.next_to_carry(after))? else {
                break;
            };
            after = bundle.number;
            let fresh = bundle.state == CarriedState::Waiting;
            if fresh {
                self.deliver(&bundle).await?;
                report.carried += 1;
            }
            self.fetch_receipt(&bundle, fresh).await?;
        }
        Ok(())
    }

    /// Brings one bundle to the centre.
    async fn deliver(&mut self, bundle: &Carried) -> Result<(), SyncError> {
        let sha256 = hex(&bundle.sha256);
        let named = match self.client.name_bundle(&self.bearer(), &sha256).await {
            Err(SyncError::Problem {
                code: ProblemCode::NotFound,
                ..
            }) => {
                self.upload(bundle, &sha256).await?;
                self.client.name_bundle(&self.bearer(), &sha256).await
            }
            other => other,
        };
        let state = match named {
            Ok(BundleReply { status, .. }) => match status {
                BundleStatus::Stored => CarriedState::Delivered,
                BundleStatus::Refused { c } => CarriedState::Refused(c),
            },
            Err(SyncError::Problem {
                code: ProblemCode::TooLarge,
                ..
            }) => CarriedState::Refused("too_large".into()),
            Err(error) => return Err(error),
        };
        let (at, id) = (self.environment.now(), BundleId(bundle.id).to_string());
        let short = ("id".to_owned(), id[..8].to_owned());
        self.store.write(|tx| {
            tx.set_carried(bundle.number, &state)?;
            match &state {
                CarriedState::Refused(code) => {
                    let problem = ("problem".to_owned(), format!("@usb_problem_{code}"));
                    tx.diary_append(&at, "carried_refused", &[short, problem].into())
                }
                _ => tx.diary_append(&at, "carried", &[short].into()),
            }
        })?;
        info!(bundle = id, ?state, "a carried bundle was handed in");
        Ok(())
    }

    /// Sends what the centre lacks of the file, in chunks of what the link carries.
    async fn upload(&mut self, bundle: &Carried, sha256: &str) -> Result<(), SyncError> {
        let path = format!("/v1/bundles/{sha256}");
        let stranger = |status| SyncError::NotTheCentre { status };
        let answer = self.client.blob(&self.bearer(), path.clone(), BlobStep::Offset).await?;
        let mut offset = match (answer.response.status, answer.offset) {
            (200, Some(offset)) => offset,
            (status, _) => return Err(told(&answer.response).unwrap_or_else(|| stranger(status))),
        };
        let (mut confused, mut window) = (0, (0, Vec::new()));
        loop {
            let length = self.link.chunk.min(CHUNK_BYTES_MAX as u32) as usize;
            let inside = |window: &(u32, Vec<u8>)| offset.checked_sub(window.0).map(|at| at as usize);
            if inside(&window).is_none_or(|at| at >= window.1.len()) {
                let part = |read: &hocvu_store::Read<'_>| read.carried_part(bundle.number, offset.into(), WINDOW);
                window = (offset, self.store.read(part)?);
            }
            let chunk: Vec<u8> = match inside(&window).and_then(|at| window.1.get(at..)) {
                Some(rest) if !rest.is_empty() => rest[..rest.len().min(length)].to_vec(),
                _ => return Ok(()),
            };
            let step = BlobStep::Add { offset, chunk };
            let answer = self.client.blob(&self.bearer(), path.clone(), step).await?;
            offset = match (told(&answer.response), answer.offset) {
                (None, Some(next)) if answer.response.status == 204 && next > offset => {
                    self.link.chunk = (self.link.chunk * 2).min(CHUNK_BYTES_MAX as u32);
                    next
                }
                (
                    Some(SyncError::Problem {
                        code: ProblemCode::OffsetMismatch,
                        ..
                    }),
                    Some(other),
                ) if confused < CONFUSED_MAX => {
                    confused += 1;
                    other
                }
                (problem, _) => return Err(problem.unwrap_or_else(|| stranger(answer.response.status))),
            };
        }
    }

    /// `fresh`: the centre said in this very round that it has the bundle.
    async fn fetch_receipt(&self, bundle: &Carried, fresh: bool) -> Result<(), SyncError> {
        let (id, sha256) = (BundleId(bundle.id).to_string(), hex(&bundle.sha256));
        let known = self.store.read(|read| read.next_to_carry(bundle.number - 1))?;
        if known.is_none_or(|known| known.number != bundle.number || known.state != CarriedState::Delivered) {
            return Ok(()); // Refused on the way.
        }
        match self.client.bundle_receipt(&self.bearer(), &id, &sha256).await {
            Ok(file) => Ok(self.store.write(|tx| tx.put_carried_receipt(bundle.number, &file))?),
            // It has the bundle and no receipt for it, whose device was revoked or whose name was altered on the way: asking
            // again would never end. Else it was restored from a copy, perhaps, and is asked next time whether it has it.
            Err(SyncError::Problem {
                code: ProblemCode::NotFound,
                ..
            }) => {
                let state = if fresh {
                    CarriedState::Refused("no_receipt".into())
                } else {
                    CarriedState::Waiting
                };
                Ok(self.store.write(|tx| tx.set_carried(bundle.number, &state))?)
            }
            Err(error) => Err(error),
        }
    }

    fn bearer(&self) -> String {
        self.link.token.clone().unwrap_or_default()
    }
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
