//! Takes what came on a stick or in a chat: receipts for this device, bundles of others to be passed on.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use hocvu_store::{CarriedReceipt, CarriedState, PhotoState, Settlement, Store};
use hocvu_wire::batch::Outcome;
use hocvu_wire::bundle::{
    BUNDLE_SUFFIX, BadBundle, BundleId, Header, Kind, RECEIPT_SUFFIX, Receipt, check, frame_digest, inspect,
    open_receipt,
};
use hocvu_wire::keys::PublicKey;

use super::medium::{Medium, write_whole};
use super::trust::{believe, believed};
use super::{BadBundle as Bad, Trouble};
use crate::{Environment, plan};

/// Files taken from one folder.
const FILES_MAX: usize = 500;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its name.
    pub name: String,
    /// What became of it.
    pub outcome: TakenOutcome,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenOutcome {
    /// A receipt: so many operations have one now that had none.
    Receipt(u32),
    /// Another device's bundle, kept to be passed on.
    Carried,
    /// It was taken before.
    Known,
    /// This device's own bundle.
    Own,
    /// Not taken, for this `usb_problem_<code>`.
    Problem(&'static str),
}

/// Takes one file, or all bundles and receipts of a folder. A file that is not taken stops no other.
///
/// # Errors
/// The path cannot be read at all; the store's.
pub fn import(store: &Store, environment: &dyn Environment, path: &Path) -> Result<Vec<Taken>, Trouble> {
    let mut taken = Vec::new();
    for file in files(path)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let outcome = match take(store, environment, &file) {
            Ok(outcome) => outcome,
            Err(Trouble::Problem(code)) => TakenOutcome::Problem(code),
            Err(error @ Trouble::Store(_)) => return Err(error),
        };
        taken.push(Taken { name, outcome });
    }
    Ok(taken)
}

/// Writes the receipts of carried bundles into a folder; those on their way back once may be written again. Returns the
/// names of the files.
///
/// # Errors
/// The medium; the store's.
pub fn write_receipts(store: &Store, medium: &dyn Medium, folder: &Path) -> Result<Vec<String>, Trouble> {
    if !folder.is_dir() {
        return Err(Trouble::Problem("no_folder"));
    }
    let mut names = Vec::new();
    for CarriedReceipt { number, id, file } in store.read(|read| read.carried_receipts())? {
        let name = format!("{}{RECEIPT_SUFFIX}", BundleId(id));
        write_whole(medium, &folder.join(&name), &file)?;
        check(medium.open(&folder.join(&name))?)?;
        store.write(|tx| tx.set_carried(number, &CarriedState::Returned))?;
        names.push(name);
    }
    Ok(names)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Trouble> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let ours = |path: &PathBuf| {
        let name = path.to_string_lossy().to_lowercase();
        path.is_file() && (name.ends_with(BUNDLE_SUFFIX) || name.ends_with(RECEIPT_SUFFIX))
    };
    let mut files: Vec<PathBuf> = fs::read_dir(path)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(ours)
        .take(FILES_MAX)
        .collect();
    files.sort();
    Ok(files)
}

fn take(store: &Store, environment: &dyn Environment, path: &Path) -> Result<TakenOutcome, Trouble> {
    let mut file = File::open(path).map_err(|_| Trouble::Problem(Bad::Unreadable.code()))?;
    let header = inspect(&mut file)?;
    if header.kind == Kind::Bundle && store.read(|read| read.is_own_export(header.id.0))? {
        return Ok(TakenOutcome::Own);
    }
    let mut bytes = header.render().into_bytes();
    let limit = header.size + 1; // One more byte shows that there is more than there should be.
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(|_| Trouble::Problem(Bad::Unreadable.code()))?;
    check(bytes.as_slice())?;
    match header.kind {
        Kind::Bundle => carry(store, environment, &header, &bytes),
        Kind::Receipt => settle(store, environment, &header, &bytes),
    }
}

fn carry(store: &Store, environment: &dyn Environment, header: &Header, bytes: &[u8]) -> Result<TakenOutcome, Trouble> {
    let now = environment.now();
    let new = store.write(|tx| tx.carry(header.id.0, header.sha256, header.size, &now, bytes))?;
    Ok(if new {
        TakenOutcome::Carried
    } else {
        TakenOutcome::Known
    })
}

/// A receipt settles operations exactly as the answer to a batch does, once the centre's signature was checked against the
/// keys believed here.
fn settle(store: &Store, environment: &dyn Environment, header: &Header, file: &[u8]) -> Result<TakenOutcome, Trouble> {
    let (own, keys) = store.read(|read| {
        let own = read.identity()?;
        let deployment = own.as_ref().map(|own| own.deployment.clone()).unwrap_or_default();
        Ok((own, believed(read, &deployment)?))
    })?;
    let (Some(own), Some((root, known))) = (own, keys) else {
        return Err(Trouble::Problem("no_keys"));
    };
    let (receipt, keys, signed) = open_receipt(file, &own.seal_key, &root, &own.deployment, known.version)?;
    if receipt.device != own.device {
        return Err(BadBundle::OtherPlace.into());
    }
    if keys.version > known.version {
        believe(store, &own.deployment, &PublicKey(root.0), &signed)?;
    }
    let now = environment.now();
    let newly = store.write(|tx| {
        let mut settlements = Vec::new();
        for settlement in outcomes(&receipt) {
            if !is_for_these(tx, &receipt, &settlement)? {
                continue;
            }
            settlements.push(settlement);
        }
        // It may be of another epoch than this device knows: then the verdicts are asked for again by the network.
        let newly = tx.receive(&receipt.epoch, &settlements, &now)?;
        for outcome in &receipt.r {
            if let Outcome::Refused { i, c } = outcome
                && let Some(frame) = receipt.frames.get(*i)
                && let Some(log) = frame.log
                && tx
                    .frame_at(log, frame.from)?
                    .is_some_and(|own| frame_digest(&own.text) == frame.d)
            {
                tx.refuse(log, frame.from, frame.to, c)?;
            }
        }
        for id in receipt.photos.iter().filter_map(|name| name.parse().ok()) {
            if let Some(photo) = tx.photo(id)?
                && photo.own
                && photo.state == PhotoState::Waiting
            {
                tx.confirm_photo(id, photo.size, &receipt.epoch)?;
            }
        }
        tx.export_has_receipt(header.id.0, &now)?;
        Ok(newly)
    })?;
    let params = [("count".to_owned(), newly.to_string())].into();
    store.write(|tx| tx.diary_append(&now, "usb_receipt", &params))?;
    Ok(TakenOutcome::Receipt(newly))
}

fn outcomes(receipt: &Receipt) -> impl Iterator<Item = Settlement> {
    receipt.r.iter().filter_map(|outcome| match outcome {
        Outcome::Stored {
            log: Some(log),
            from,
            to,
            fseq,
            ruling,
        } => {
            let to = to.unwrap_or(*from);
            (to >= *from).then(|| plan::settlement(*log, *from, to, *fseq, ruling.clone()))
        }
        Outcome::Stored { log: None, .. } | Outcome::Refused { .. } => None,
    })
}

/// Whether every operation the settlement speaks of lies in frames of this very device with this very content: another
/// incarnation of its file may have used the numbers (I12).
fn is_for_these(read: &hocvu_store::Read<'_>, receipt: &Receipt, settlement: &Settlement) -> hocvu_store::Result<bool> {
    let mut next = settlement.from;
    let frames = receipt.frames.iter().filter(|frame| frame.log == Some(settlement.log));
    let mut frames: Vec<_> = frames
        .filter(|frame| frame.to >= settlement.from && frame.from <= settlement.to)
        .collect();
    frames.sort_by_key(|frame| frame.from);
    for frame in frames {
        let same = read
            .frame_at(settlement.log, frame.from)?
            .is_some_and(|own| own.to == frame.to && frame_digest(&own.text) == frame.d);
        if !same {
            return Ok(false);
        }
        if frame.from <= next {
            next = next.max(frame.to.saturating_add(1));
        }
    }
    Ok(next > settlement.to)
}
