//! Takes one bundle from a file.

use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use hocvu_model::session::PhotoId;
use hocvu_wire::batch::{self, OpsReply, OpsRequest, Outcome};
use hocvu_wire::bundle::{self, BadBundle, Header, Item, Kind, Opened, Receipt, ReceiptFrame, frame_digest};
use hocvu_wire::frame::SealedFrame;
use hocvu_wire::limits;
use rusqlite::Connection;

use super::rows::{self, Known};
use crate::blobs::{self, Added, Blobs, Wish};
use crate::desk::{Core, Desk};
use crate::directory::Directory;
use crate::error::{Error, Result};
use crate::intake::{self, Batch};
use crate::keys;
use crate::world::day;

/// A desk to do the work at: the server's writer, or the command line's own.
pub trait Desks {
    /// Who and where, as of now.
    fn directory(&self) -> Arc<Directory>;
    /// The time now.
    fn now(&self) -> DateTime<Utc>;
    /// Asks the database.
    ///
    /// # Errors
    /// The centre's own.
    fn ask<R: Send + 'static>(&mut self, ask: impl FnOnce(&Connection) -> Result<R> + Send + 'static) -> Result<R>;
    /// Does work of so many operations in one transaction, on the disk when this returns.
    ///
    /// # Errors
    /// The centre's own.
    fn work<R: Send + 'static>(
        &mut self,
        operations: usize,
        work: impl FnOnce(&mut Desk<'_>) -> Result<R> + Send + 'static,
    ) -> Result<R>;
    /// Lends the photos' files.
    fn photos<R>(&self, act: impl FnOnce(&Blobs) -> R) -> R;
}

impl Desks for Core {
    fn directory(&self) -> Arc<Directory> {
        Self::directory(self)
    }

    fn now(&self) -> DateTime<Utc> {
        self.world().now()
    }

    fn ask<R: Send + 'static>(&mut self, ask: impl FnOnce(&Connection) -> Result<R> + Send + 'static) -> Result<R> {
        ask(self.db())
    }

    fn work<R: Send + 'static>(
        &mut self,
        _operations: usize,
        work: impl FnOnce(&mut Desk<'_>) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        self.transact(work)
    }

    fn photos<R>(&self, act: impl FnOnce(&Blobs) -> R) -> R {
        act(&Blobs::beside(Path::new(self.db().path().unwrap_or_default())))
    }
}

/// What came of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Took {
    /// Its header.
    pub header: Header,
    /// Operations of it with a receipt.
    pub operations: u32,
    /// Whether it was taken before.
    pub again: bool,
}

/// One portion of frames: what one request may hold.
#[derive(Default)]
struct Portion {
    frames: Vec<SealedFrame>,
    operations: usize,
    bytes: usize,
}

/// Takes the bundle in `file`: checks all of it, then stores its operations portion by portion as requests would bring them.
/// The file must not change meanwhile. Taking it again changes nothing.
///
/// # Errors
/// The centre's own faults: try again later. The inner one is the bundle's: it will never be taken.
pub fn take<F: Read + Seek>(file: &mut F, desks: &mut impl Desks) -> Result<std::result::Result<Took, BadBundle>> {
    let header = match file
        .rewind()
        .map_err(|_| BadBundle::Unreadable)
        .and_then(|()| bundle::check(&mut *file))
    {
        Ok(header) if header.kind == Kind::Bundle => header,
        Ok(_) => return Ok(Err(BadBundle::NotABundle)),
        Err(bad) => return Ok(Err(bad)),
    };
    if let Some(known) = desks.ask(move |db| rows::by_content(db, &header.sha256))? {
        return Ok(Ok(Took {
            header,
            operations: known.operations,
            again: true,
        }));
    }
    let Some(working) = desks.ask(keys::working)? else {
        return Ok(Err(BadBundle::OtherPlace));
    };
    let directory = desks.directory();
    let secrets: Vec<&[u8; 32]> = working.seal.iter().map(|secret| &**secret).collect();
    let key_of = |device: &str| directory.device(device).map(|device| device.key);
    let opened = match bundle::open(file, &secrets, &directory.deployment, key_of) {
        Ok(opened) => opened,
        Err(bad) => return Ok(Err(bad)),
    };
    let items = match opened.items(file, &secrets) {
        Ok(items) => items,
        Err(bad) => return Ok(Err(bad)),
    };
    let mut taking = Taking::new(&opened, desks)?;
    for item in items {
        match item {
            Ok(Item::Frame(frame)) => taking.frame(frame, desks)?,
            Ok(Item::Blob { sha256, bytes }) => taking.photo(PhotoId(sha256), bytes, desks)?,
            Err(bad) => return Ok(Err(bad)), // The file changed under us.
        }
    }
    taking.finish(desks).map(Ok)
}

/// A bundle on its way into the database.
struct Taking {
    header: Header,
    device: i64,
    portion: Portion,
    receipt: Receipt,
}

impl Taking {
    fn new(opened: &Opened, desks: &mut impl Desks) -> Result<Self> {
        let (header, manifest) = (opened.header, &opened.manifest);
        let directory = desks.directory();
        let device = directory
            .device(&manifest.device)
            .ok_or_else(|| Error::Damaged("a device went away".into()))?;
        let epoch = desks.ask(|db| crate::db::meta(db, "epoch"))?;
        Ok(Self {
            header,
            device: device.no,
            portion: Portion::default(),
            receipt: Receipt {
                v: 1,
                dep: directory.deployment.clone(),
                bundle: header.id.to_string(),
                sha256: header.sha256_hex(),
                device: device.id.clone(),
                epoch: epoch.unwrap_or_default(),
                at: desks.now().to_rfc3339_opts(SecondsFormat::Secs, true),
                frames: Vec::new(),
                r: Vec::new(),
                photos: Vec::new(),
            },
        })
    }

    fn frame(&mut self, frame: SealedFrame, desks: &mut impl Desks) -> Result<()> {
        let named = {
            let text = frame.read(&self.receipt.dep).ok();
            let operations = text.as_ref().map_or(1, |text| text.ops.len());
            let from = text.as_ref().map_or(0, |text| text.from);
            ReceiptFrame {
                log: text.map(|text| text.log),
                from,
                to: from.saturating_add(operations as u64 - 1),
                d: frame_digest(&frame.p),
            }
        };
        let operations = usize::try_from(named.to - named.from + 1).unwrap_or(usize::MAX);
        let bytes = frame.p.len();
        let Portion {
            operations: have,
            bytes: held,
            ..
        } = self.portion;
        if have + operations > limits::BATCH_OPS_MAX || held + bytes > limits::BODY_UNPACKED_MAX {
            self.flush(desks)?;
        }
        self.receipt.frames.push(named);
        self.portion.frames.push(frame);
        self.portion.operations += operations;
        self.portion.bytes += bytes;
        Ok(())
    }

    /// Has the portion judged and stored.
    fn flush(&mut self, desks: &mut impl Desks) -> Result<()> {
        let Portion { frames, operations, .. } = std::mem::take(&mut self.portion);
        if frames.is_empty() {
            return Ok(());
        }
        let before = self.receipt.frames.len() - frames.len();
        let batch: Batch = intake::prepare(OpsRequest { frames }, &desks.directory(), day(desks.now()))
            .map_err(|problem| Error::Damaged(problem.title))?;
        let first = batch.first;
        let reply: OpsReply = desks.work(operations, move |desk| desk.ingest(batch))?;
        self.receipt.r.extend(reply.r.into_iter().map(|outcome| match outcome {
            Outcome::Stored {
                log,
                from,
                to,
                fseq,
                ruling,
            } => Outcome::Stored {
                log: log.or(first), // A receipt has no first frame to leave unsaid.
                from,
                to,
                fseq,
                ruling,
            },
            Outcome::Refused { i, c } => Outcome::Refused { i: i + before, c },
        }));
        Ok(())
    }

    /// Gives a photo its place, if an operation of this device's names it: the rules are those of the photos' own lane.
    fn photo(&mut self, id: PhotoId, bytes: Vec<u8>, desks: &mut impl Desks) -> Result<()> {
        self.flush(desks)?; // Only then it is known what names it.
        let (directory, device) = (desks.directory(), self.device);
        let named = desks.ask(move |db| blobs::named(db, &directory, device, id, Wish::Send))?;
        let (Ok(size), Ok(device)) = (named, u32::try_from(device)) else {
            return Ok(());
        };
        let added = desks.photos(|photos| {
            let have = photos.offset(id, device)?;
            match bytes.get(have as usize..) {
                Some(rest) if !rest.is_empty() => photos.add(id, device, size, have, rest),
                _ => Ok(Added::Now(have)),
            }
        })?;
        if added == Added::Now(size) {
            self.receipt.photos.push(id.to_string());
        } else {
            tracing::warn!(%id, ?added, "a photo in a bundle was not kept");
        }
        Ok(())
    }

    fn finish(mut self, desks: &mut impl Desks) -> Result<Took> {
        self.flush(desks)?;
        let Self {
            header,
            device,
            mut receipt,
            ..
        } = self;
        receipt.r = batch::fold(std::mem::take(&mut receipt.r));
        let operations = receipt.r.iter().map(stored).sum();
        let known = Known {
            id: header.id,
            sha256: header.sha256,
            device,
            operations,
            receipt: serde_json::to_string(&receipt).expect("plain data is always JSON"),
        };
        desks.work(0, move |desk| desk.put_bundle(&header, &known))?;
        Ok(Took {
            header,
            operations,
            again: false,
        })
    }
}

fn stored(outcome: &Outcome) -> u32 {
    match outcome {
        Outcome::Stored { from, to, .. } => {
            u32::try_from(to.unwrap_or(*from).saturating_sub(*from) + 1).unwrap_or(u32::MAX)
        }
        Outcome::Refused { .. } => 0,
    }
}
