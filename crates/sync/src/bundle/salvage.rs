//! From a damaged data file to bundles: frames that prove themselves, and operations in none, sealed anew.

use std::collections::BTreeMap;
use std::path::Path;

use ed25519_dalek::SigningKey;
use hocvu_model::LogId;
use hocvu_store::{DataKey, Frame, Identity, StoredKeys};
use hocvu_wire::frame::{self, SealedFrame};
use hocvu_wire::keys::{PublicKey, SignedKeys};

use super::export::{Open, Press, Sealer, Written, clear};
use super::medium::Medium;
use super::{Disk, Trouble};
use crate::Environment;

/// What was saved from a damaged file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// The bundles written.
    pub written: Vec<Written>,
    /// Operations in frames that were whole.
    pub in_frames: u32,
    /// Operations in no whole frame, sealed anew.
    pub sealed_anew: u32,
    /// Rows that could not be read.
    pub lost: u32,
}

/// Reads what can still be read of the data file at `path` and writes it into bundles in `folder`. The file is not touched.
/// The centre takes each operation once, however often and in whatever frame it comes.
///
/// # Errors
/// Not even the device's identity or the centre's keys can be read (`no_keys`), or the medium refuses.
pub fn salvage(path: &Path, key: &DataKey, environment: &dyn Environment, folder: &Path) -> Result<Salvaged, Trouble> {
    if !folder.is_dir() {
        return Err(Trouble::Problem("no_folder"));
    }
    let hocvu_store::Salvage {
        identity,
        keys,
        frames,
        operations,
        lost,
    } = hocvu_store::salvage(path, key)?;
    let sealer = sealer(identity, keys)?;
    let frames: Vec<Frame> = frames
        .into_iter()
        .filter(|frame| is_whole(frame, &sealer.identity))
        .collect();
    let anew = loose(&frames, operations, &sealer.identity);
    let count = |frames: &[Frame]| {
        let operations = frames.iter().map(|frame| frame.to - frame.from + 1).sum::<u64>();
        u32::try_from(operations).unwrap_or(u32::MAX)
    };
    let (in_frames, sealed_anew) = (count(&frames), count(&anew));
    let press = Press {
        environment,
        medium: &Disk as &dyn Medium,
    };
    let (mut written, mut open, at) = (Vec::new(), None::<Open>, environment.now());
    for frame in frames.iter().chain(&anew) {
        if let Some(full) = open.take_if(|bundle| bundle.is_full()) {
            written.push(press.close(full, &sealer, &at)?.0);
        }
        let mut bundle = match open.take() {
            Some(bundle) => bundle,
            None => press.begin(folder, &sealer)?,
        };
        bundle.frame(frame).map_err(|trouble| clear(&bundle, trouble))?;
        open = Some(bundle);
    }
    if let Some(bundle) = open {
        written.push(press.close(bundle, &sealer, &at)?.0);
    }
    Ok(Salvaged {
        written,
        in_frames,
        sealed_anew,
        lost,
    })
}

fn sealer(identity: Identity, keys: Option<StoredKeys>) -> Result<Sealer, Trouble> {
    let keys = keys.and_then(|keys| {
        let signed = SignedKeys {
            p: keys.text,
            s: keys.signature,
        };
        signed.verify(&PublicKey(keys.root), &identity.deployment).ok()
    });
    match keys {
        Some(keys) if !identity.sample => Ok(Sealer { identity, keys }),
        _ => Err(Trouble::Problem("no_keys")),
    }
}

/// Whether the frame is what this device once signed.
fn is_whole(frame: &Frame, own: &Identity) -> bool {
    let key = SigningKey::from_bytes(&own.sign_key).verifying_key();
    let sealed = SealedFrame {
        p: frame.text.clone(),
        s: frame.signature.clone(),
    };
    let says = |text: &hocvu_wire::frame::FrameText<'_>| {
        text.log == frame.log && text.from == frame.from && text.from + text.ops.len() as u64 - 1 == frame.to
    };
    sealed.verify(&key).is_ok() && sealed.read(&own.deployment).is_ok_and(|text| says(&text))
}

/// Operations in no whole frame, in frames of their own: runs without a gap.
fn loose(frames: &[Frame], operations: Vec<(LogId, u64, String)>, own: &Identity) -> Vec<Frame> {
    let covered = |log: LogId, seq: u64| {
        frames
            .iter()
            .any(|frame| frame.log == log && (frame.from..=frame.to).contains(&seq))
    };
    let mut logs: BTreeMap<LogId, Vec<(u64, String)>> = BTreeMap::new();
    for (log, seq, text) in operations {
        if !covered(log, seq) {
            logs.entry(log).or_default().push((seq, text));
        }
    }
    let key = SigningKey::from_bytes(&own.sign_key);
    let mut anew = Vec::new();
    for (log, mut operations) in logs {
        operations.sort_by_key(|(seq, _)| *seq);
        let mut rest = operations.as_slice();
        while let Some((from, _)) = rest.first() {
            let run = rest
                .iter()
                .zip(*from..)
                .take_while(|((seq, _), next)| seq == next)
                .count();
            let fitting = frame::fitting(rest.iter().take(run).map(|(_, text)| text.len()));
            let texts: Vec<&str> = rest.iter().take(fitting).map(|(_, text)| text.as_str()).collect();
            let sealed = frame::seal(&key, &own.deployment, log, &own.user_id, *from, &texts);
            anew.push(Frame {
                log,
                from: *from,
                to: from + texts.len() as u64 - 1,
                text: sealed.p,
                signature: sealed.s,
            });
            rest = &rest[texts.len()..];
        }
    }
    anew
}
