//! The lane of photos: last in a round, after everything else arrived, in chunks of what the link carries.
//!
//! **Invariants:** a photo never delays an operation: the lane ends as soon as one waits. A photo that fails stops neither
//! the round nor the photos after it. A photo counts as sent when the centre's offset is its size.

use std::time::Duration;

use hocvu_model::session::{KIND_JPEG, PhotoId};
use hocvu_store::{Photo, WantedPhoto};
use hocvu_wire::blobs::{CHUNK_BYTES_MAX, path};
use hocvu_wire::packing::content_digest;
use hocvu_wire::problem::{self, ProblemCode};
use tracing::{debug, warn};

use crate::client::told;
use crate::error::SyncError;
use crate::round::{Round, RoundReport};
use crate::transport::{BlobResponse, BlobStep, LinkError};

/// Bytes of the first chunk: one second at 64 kbit/s.
pub(crate) const CHUNK_FIRST: u32 = 8 * 1024;
/// Bytes of the smallest chunk: one second at 16 kbit/s.
const CHUNK_LEAST: u32 = 2 * 1024;
/// Bytes of the largest chunk.
const CHUNK_MOST: u32 = CHUNK_BYTES_MAX as u32;
/// Photos of others, and own ones the centre has, kept here in bytes: some four hundred.
const CACHE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Photos looked at in one round.
const ROUND_MAX: u32 = 64;
/// Photos the centre knows nothing of before the lane stops asking: an old centre knows of none.
const UNKNOWN_MAX: u32 = 3;
/// How often one photo may be told another offset, or be damaged, in one round.
const CONFUSED_MAX: u32 = 4;
/// A good link answers within this and the time the bytes take at [`GOOD_RATE`].
const GOOD_ANSWER: Duration = Duration::from_secs(3);
/// Bytes a second of a good link: 32 kbit/s.
const GOOD_RATE: u64 = 4 * 1024;
/// Setting of the store: when photos are sent.
const SETTING: &str = "photos.send";

/// When photos are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PhotoSending {
    /// Whenever there is a link.
    #[default]
    On,
    /// Never; they stay on this machine.
    Off,
    /// While the link is good enough not to be filled by them.
    GoodLink,
}

impl PhotoSending {
    /// As kept in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::GoodLink => "good_link",
        }
    }

    /// What the store says.
    ///
    /// # Errors
    /// Reading failed.
    pub fn read(read: &hocvu_store::Read<'_>) -> hocvu_store::Result<Self> {
        Ok(match read.setting(SETTING)?.as_deref() {
            Some("off") => Self::Off,
            Some("good_link") => Self::GoodLink,
            _ => Self::On,
        })
    }

    /// Keeps it in the store.
    ///
    /// # Errors
    /// Writing failed.
    pub fn write(self, tx: &hocvu_store::Write<'_>) -> hocvu_store::Result<()> {
        tx.put_setting(SETTING, self.as_str())
    }
}

/// How one photo fared.
enum Fared {
    Sent,
    /// The centre knows no operation that names it, or it goes wrong again and again: another time.
    Later,
    Unknown,
    Refused,
    /// An operation waits: it goes first.
    MakesWay,
}

impl Round<'_> {
    /// Runs the lane. What goes wrong in it is told in the report and never fails the round.
    ///
    /// # Errors
    /// Only the store's.
    pub(crate) async fn photos(&mut self, report: &mut RoundReport) -> Result<(), SyncError> {
        let sending = self.store.read(PhotoSending::read)?;
        let outcome = self.lane(sending, report).await;
        let (tally, wanted) = self
            .store
            .read(|read| Ok((read.photo_tally()?, read.photos_to_fetch(ROUND_MAX)?.len())))?;
        let waiting = if sending == PhotoSending::Off {
            0
        } else {
            tally.waiting()
        };
        report.photos_left = waiting + u32::try_from(wanted).unwrap_or(u32::MAX);
        match outcome {
            Ok(()) => Ok(()),
            Err(SyncError::Store(error)) => Err(error.into()),
            Err(error) => {
                warn!(%error, left = report.photos_left, "the lane of photos stopped");
                if let SyncError::Link(_) = error {
                    self.link.chunk = (self.link.chunk / 2).max(CHUNK_LEAST);
                }
                if matches!(
                    error,
                    SyncError::Problem {
                        code: ProblemCode::SessionExpired,
                        ..
                    }
                ) {
                    self.link.token = None;
                }
                report.photos_stopped = true;
                report.photos_wait = error.retry_after();
                Ok(())
            }
        }
    }

    async fn lane(&mut self, sending: PhotoSending, report: &mut RoundReport) -> Result<(), SyncError> {
        // Somebody sits before the screen and waits for these.
        for wanted in self.store.read(|read| read.photos_to_fetch(ROUND_MAX))? {
            report.photos_fetched += u32::from(self.fetch(&wanted).await?);
        }
        if sending != PhotoSending::Off {
            self.send_photos(sending, report).await?;
        }
        if report.photos_fetched + report.photos_sent > 0 {
            self.store.write(|tx| tx.trim_photos(CACHE_BYTES_MAX))?;
        }
        Ok(())
    }

    async fn send_photos(&mut self, sending: PhotoSending, report: &mut RoundReport) -> Result<(), SyncError> {
        let (epoch, tally) = self.store.read(|read| Ok((read.epoch()?, read.photo_tally()?)))?;
        let Some(epoch) = epoch.filter(|_| tally.total > 0) else {
            return Ok(());
        };
        self.store.write(|tx| tx.reoffer_photos(&epoch))?;
        let queued = self.store.read(|read| read.tally())?.waiting;
        let mut unknown = 0;
        for photo in self.store.read(|read| read.photos_to_send(ROUND_MAX))? {
            match self.send_photo(&photo, &epoch, queued, sending).await? {
                Fared::Sent => report.photos_sent += 1,
                Fared::Refused | Fared::Later => {}
                Fared::Unknown => unknown += 1,
                Fared::MakesWay => return Ok(()),
            }
            (self.progress)(report.confirmed, report.confirmed);
            if unknown >= UNKNOWN_MAX {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn send_photo(
        &mut self,
        photo: &Photo,
        epoch: &str,
        queued: u32,
        sending: PhotoSending,
    ) -> Result<Fared, SyncError> {
        let Some(mut offset) = self.centres_offset(photo.id).await? else {
            return Ok(Fared::Unknown);
        };
        let mut confused = 0;
        loop {
            self.store.write(|tx| tx.confirm_photo(photo.id, offset, epoch))?;
            if offset >= photo.size {
                return Ok(Fared::Sent);
            }
            if self.store.read(|read| read.tally())?.waiting > queued {
                return Ok(Fared::MakesWay);
            }
            let answer = self.send_chunk(photo.id, offset, sending).await?;
            offset = match (told(&answer.response), answer.offset) {
                (None, Some(next)) if answer.response.status == 204 && next > offset => {
                    self.link.chunk = (self.link.chunk * 2).min(CHUNK_MOST);
                    next
                }
                (Some(SyncError::Problem { code, .. }), found) => match code {
                    ProblemCode::PhotoRefused => {
                        warn!(photo = %photo.id, "the centre refuses a photo");
                        self.store.write(|tx| tx.refuse_photo(photo.id, code.as_str()))?;
                        return Ok(Fared::Refused);
                    }
                    ProblemCode::NotFound => return Ok(Fared::Unknown),
                    ProblemCode::OffsetMismatch | ProblemCode::DigestMismatch if confused < CONFUSED_MAX => {
                        confused += 1;
                        // Without an offset the centre dropped what it had.
                        found.unwrap_or_default()
                    }
                    ProblemCode::OffsetMismatch | ProblemCode::DigestMismatch | ProblemCode::TooLarge => {
                        return Ok(Fared::Later);
                    }
                    _ => return Err(problem(&answer)),
                },
                _ => return Err(problem(&answer)),
            };
        }
    }

    /// How much of a photo the centre has; nothing when it knows of no such photo.
    async fn centres_offset(&self, id: PhotoId) -> Result<Option<u32>, SyncError> {
        let answer = self.client.blob(&self.token(), path(id), BlobStep::Offset).await?;
        let response = &answer.response;
        match (response.status, answer.offset) {
            (200, Some(offset)) => Ok(Some(offset)),
            // The answer to HEAD has no body that could name the problem.
            (404, _) if response.media_type == problem::MEDIA_TYPE => Ok(None),
            (401, _) => Err(named(ProblemCode::SessionExpired, &answer)),
            (429, _) => Err(named(ProblemCode::TooMany, &answer)),
            _ => Err(problem(&answer)),
        }
    }

    async fn send_chunk(&self, id: PhotoId, offset: u32, sending: PhotoSending) -> Result<BlobResponse, SyncError> {
        let chunk = self.store.read(|read| read.photo_part(id, offset, self.link.chunk))?;
        let time = GOOD_ANSWER + Duration::from_secs(chunk.len() as u64 / GOOD_RATE);
        let token = self.token();
        let sent = self.client.blob(&token, path(id), BlobStep::Add { offset, chunk });
        if sending == PhotoSending::On {
            return sent.await;
        }
        let slow = |_| SyncError::Link(LinkError("too slow for photos".into()));
        tokio::time::timeout(time, sent).await.map_err(slow)?
    }

    /// Fetches a photo of another device. Returns whether it is here now.
    async fn fetch(&mut self, wanted: &WantedPhoto) -> Result<bool, SyncError> {
        let WantedPhoto { id, size, arrived, .. } = *wanted;
        let (mut from, mut damaged) = (arrived, 0);
        loop {
            let length = self.link.chunk.min(size.saturating_sub(from)).max(1);
            let step = BlobStep::Read { from, length };
            let answer = self.client.blob(&self.token(), path(id), step).await?;
            if let Some(SyncError::Problem { code, retry_after }) = told(&answer.response) {
                match code {
                    ProblemCode::NotFound | ProblemCode::DeviceRevoked => {
                        debug!(photo = %id, "the centre does not have a photo");
                        self.store.write(|tx| tx.fail_wanted_photo(id, code.as_str()))?;
                        return Ok(false);
                    }
                    _ => return Err(SyncError::Problem { code, retry_after }),
                }
            }
            let part = &answer.response.body;
            let genuine = answer.digest.as_deref() == Some(content_digest(part).as_str());
            if answer.response.media_type != KIND_JPEG || !genuine || part.is_empty() {
                return Err(problem(&answer));
            }
            from = self.store.write(|tx| tx.add_photo_part(id, part))?.arrived;
            if from >= size {
                return Ok(true);
            }
            damaged += u32::from(from == 0);
            if damaged > CONFUSED_MAX {
                self.store.write(|tx| tx.fail_wanted_photo(id, "DAMAGED"))?;
                return Ok(false);
            }
            self.link.chunk = (self.link.chunk * 2).min(CHUNK_MOST);
        }
    }

    fn token(&self) -> String {
        self.link.token.clone().unwrap_or_default()
    }
}

/// What is wrong with an answer the lane cannot go on with.
fn problem(answer: &BlobResponse) -> SyncError {
    told(&answer.response).unwrap_or(SyncError::NotTheCentre {
        status: answer.response.status,
    })
}

fn named(code: ProblemCode, answer: &BlobResponse) -> SyncError {
    SyncError::Problem {
        code,
        retry_after: answer.response.retry_after,
    }
}
