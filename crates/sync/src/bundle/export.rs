//! Writes what this device has into sealed bundles.

use std::fs;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use hocvu_model::LogId;
use hocvu_model::session::PhotoId;
use hocvu_store::{Export, ExportScope, Frame, Identity, Store};
use hocvu_wire::bundle::{BUNDLE_SUFFIX, BundleId, Header, SEALED_BYTES_MAX, Writer, check};
use hocvu_wire::keys::KeySet;

use super::Trouble;
use super::medium::{Medium, MediumFile, part_of, settle};
use super::trust::believed;
use crate::sealing::seal_queued;
use crate::{Environment, plan};

/// Frames read from the store at a time.
const PAGE: u32 = 64;
/// A bundle ends here, and another begins: well below what one may hold, sealed.
const INNER_BYTES: u64 = SEALED_BYTES_MAX / 4 * 3;
/// Photos of one export.
const PHOTOS_MAX: u32 = 512;

/// Why a bundle is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportReason {
    /// A person asked.
    Asked,
    /// The automatic copy.
    SecondPlace,
}

impl ExportReason {
    /// As kept in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::SecondPlace => "second_place",
        }
    }
}

/// A bundle that lies whole on its medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// Name of the file.
    pub name: String,
    /// Bytes of the file.
    pub size: u64,
    /// The bundle's id, hex.
    pub id: String,
    /// Operations inside.
    pub operations: u32,
}

/// Writes bundles to a medium.
pub struct Exporter<'a> {
    /// The data.
    pub store: &'a Store,
    /// Time for people, and randomness.
    pub environment: &'a dyn Environment,
    /// Where to.
    pub medium: &'a dyn Medium,
}

/// Who signs and to whom it is sealed.
pub(super) struct Sealer {
    pub identity: Identity,
    pub keys: KeySet,
}

/// One bundle being written.
pub(super) struct Open {
    path: PathBuf,
    name: String,
    writer: Writer<Box<dyn MediumFile>>,
    runs: Vec<(LogId, u64, u64)>,
}

impl Exporter<'_> {
    /// Writes everything of `scope` into `folder`: one bundle, or several when there is much. Each was synced, renamed, read
    /// again and found whole before it is noted in the store and returned. An empty answer: there was nothing to write.
    ///
    /// # Errors
    /// [`Trouble::Problem`] when the medium or the keys do not allow it; no half file is left or counted.
    pub fn export(&self, folder: &Path, scope: ExportScope, reason: ExportReason) -> Result<Vec<Written>, Trouble> {
        let sealer = self.sealer()?;
        if !folder.is_dir() {
            return Err(Trouble::Problem("no_folder"));
        }
        seal_queued(self.store, &sealer.identity)?;
        let upto = self.store.read(|read| read.latest_number())?;
        let (mut written, mut open, mut after) = (Vec::new(), None, 0);
        loop {
            let page = self.store.read(|read| read.frames_to_export(scope, after, PAGE))?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            for (_, frame) in &page {
                let bundle = self.with_room(&mut open, folder, &sealer, &mut written, reason)?;
                bundle.frame(frame).map_err(|trouble| clear(bundle, trouble))?;
            }
        }
        for id in self.photos(scope)? {
            let Some(bytes) = self.store.read(|read| read.photo_bytes(id))? else {
                continue;
            };
            let bundle = self.with_room(&mut open, folder, &sealer, &mut written, reason)?;
            bundle
                .writer
                .blob(&bytes)
                .map_err(|error| clear(bundle, error.into()))?;
        }
        if let Some(bundle) = open {
            written.push(self.close(bundle, &sealer, reason, upto)?);
        }
        Ok(written)
    }

    fn sealer(&self) -> Result<Sealer, Trouble> {
        let (identity, keys) = self.store.read(|read| {
            let identity = read.identity()?;
            let deployment = identity.as_ref().map(|own| own.deployment.clone()).unwrap_or_default();
            Ok((identity, believed(read, &deployment)?))
        })?;
        match (identity, keys) {
            (Some(identity), Some((_, keys))) if !identity.sample => Ok(Sealer { identity, keys }),
            _ => Err(Trouble::Problem("no_keys")),
        }
    }

    /// The open bundle, or a new one when there is none or it is full.
    fn with_room<'b>(
        &self,
        open: &'b mut Option<Open>,
        folder: &Path,
        sealer: &Sealer,
        written: &mut Vec<Written>,
        reason: ExportReason,
    ) -> Result<&'b mut Open, Trouble> {
        if let Some(full) = open.take_if(|bundle| bundle.is_full()) {
            written.push(self.close(full, sealer, reason, 0)?);
        }
        let bundle = match open.take() {
            Some(bundle) => bundle,
            None => self.press().begin(folder, sealer)?,
        };
        Ok(open.insert(bundle))
    }

    /// Ends a bundle and notes it.
    fn close(&self, bundle: Open, sealer: &Sealer, reason: ExportReason, upto: i64) -> Result<Written, Trouble> {
        let (runs, at) = (bundle.runs.clone(), self.environment.now());
        let (written, header) = self.press().close(bundle, sealer, &at)?;
        let export = Export {
            id: header.id.0,
            name: written.name.clone(),
            at,
            reason: reason.as_str().to_owned(),
            size: written.size,
            operations: written.operations,
            receipt_at: None,
        };
        self.store.write(|tx| tx.note_export(&export, &runs, upto))?;
        Ok(written)
    }

    fn press(&self) -> Press<'_> {
        Press {
            environment: self.environment,
            medium: self.medium,
        }
    }

    /// Photos that go along: for a whole copy all of this device's, else those the centre does not have.
    fn photos(&self, scope: ExportScope) -> Result<Vec<PhotoId>, Trouble> {
        Ok(self.store.read(|read| match scope {
            ExportScope::All => read.own_photos(PHOTOS_MAX),
            ExportScope::Unsent | ExportScope::Since(_) => Ok(read
                .photos_to_send(PHOTOS_MAX)?
                .into_iter()
                .map(|photo| photo.id)
                .collect()),
        })?)
    }
}

/// Writes single bundles to a medium; knows no store.
pub(super) struct Press<'a> {
    pub environment: &'a dyn Environment,
    pub medium: &'a dyn Medium,
}

impl Press<'_> {
    pub(super) fn begin(&self, folder: &Path, sealer: &Sealer) -> Result<Open, Trouble> {
        let mut id = [0; 16];
        self.environment.random(&mut id);
        let id = BundleId(id);
        let day: String = self
            .environment
            .now()
            .chars()
            .take(10)
            .filter(char::is_ascii_digit)
            .collect();
        let name = format!("hocvu-{day}-{}{BUNDLE_SUFFIX}", &id.to_string()[..8]);
        let path = folder.join(&name);
        let writer = self
            .medium
            .create(&part_of(&path))
            .and_then(|file| Writer::new(file, id, &sealer.keys));
        match writer {
            Ok(writer) => Ok(Open {
                path,
                name,
                writer,
                runs: Vec::new(),
            }),
            Err(error) => {
                drop(fs::remove_file(part_of(&path)));
                Err(error.into())
            }
        }
    }

    /// Ends a bundle: sync, rename, read again, compare.
    pub(super) fn close(&self, bundle: Open, sealer: &Sealer, at: &str) -> Result<(Written, Header), Trouble> {
        let Open {
            path,
            name,
            writer,
            runs,
        } = bundle;
        let (part, identity) = (part_of(&path), &sealer.identity);
        let key = SigningKey::from_bytes(&identity.sign_key);
        let whole = (|| -> Result<Header, Trouble> {
            let (header, mut file) = writer.finish(&identity.deployment, &identity.device, at, &key)?;
            file.sync()?;
            drop(file);
            settle(&part, &path)?;
            let found = check(self.medium.open(&path)?)?;
            if found == header {
                Ok(header)
            } else {
                Err(Trouble::Problem("damaged"))
            }
        })();
        let header = whole.inspect_err(|_| {
            drop(fs::remove_file(&part));
            drop(fs::remove_file(&path));
        })?;
        let operations = runs.iter().map(|(_, from, to)| to - from + 1).sum::<u64>();
        let written = Written {
            path,
            name,
            size: header.file_size(),
            id: header.id.to_string(),
            operations: u32::try_from(operations).unwrap_or(u32::MAX),
        };
        Ok((written, header))
    }
}

impl Open {
    pub(super) fn frame(&mut self, frame: &Frame) -> Result<(), Trouble> {
        self.writer.frame(&plan::sealed(frame))?;
        self.runs.push((frame.log, frame.from, frame.to));
        Ok(())
    }

    pub(super) fn is_full(&self) -> bool {
        self.writer.inner_size() > INNER_BYTES
    }
}

/// Removes what was written of a bundle that failed.
pub(super) fn clear(bundle: &Open, trouble: Trouble) -> Trouble {
    drop(fs::remove_file(part_of(&bundle.path)));
    trouble
}
