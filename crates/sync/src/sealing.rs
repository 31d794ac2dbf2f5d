//! Sealing what was saved into frames: before sending and before exporting, whichever comes first.

use ed25519_dalek::SigningKey;
use hocvu_model::LogId;
use hocvu_store::{Frame, Identity, Store};
use hocvu_wire::{frame, limits};

/// Seals everything that is in no frame yet. A frame is sealed once and never cut again: each is read and kept in one
/// transaction, since sending and exporting may do it at the same time.
pub(crate) fn seal_queued(store: &Store, identity: &Identity) -> hocvu_store::Result<()> {
    // What an earlier log of this device has not sent yet is still its own, and goes under its numbers.
    for log in store.read(|read| read.logs_to_seal())? {
        seal_log(store, identity, log)?;
    }
    Ok(())
}

/// Seals what the oldest log with something to say has to say, and nothing of a later one: what becomes of the earlier can
/// change what the later names, and then its words go under other numbers (I12). Returns whether anything is there to be sent.
pub(crate) fn seal_next(store: &Store, identity: &Identity) -> hocvu_store::Result<bool> {
    for log in store.read(|read| read.logs_to_seal())? {
        seal_log(store, identity, log)?;
        if !store.read(|read| read.frames_to_send(1))?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn seal_log(store: &Store, identity: &Identity, log: LogId) -> hocvu_store::Result<()> {
    let Identity {
        deployment,
        user_id,
        sign_key,
        ..
    } = identity;
    let key = SigningKey::from_bytes(sign_key);
    while store.write(|tx| {
        let waiting = tx.unframed(log, limits::FRAME_OPS_MAX, limits::FRAME_BYTES_MAX)?;
        let Some((from, _)) = waiting.first() else {
            return Ok(false);
        };
        let fitting = frame::fitting(waiting.iter().map(|(_, text)| text.len()));
        let texts: Vec<&str> = waiting.iter().take(fitting).map(|(_, text)| text.as_str()).collect();
        #[cfg(feature = "planted")]
        let rewritten: Vec<String> = texts
            .iter()
            .filter_map(|text| serde_json::from_str::<serde_json::Value>(text).ok())
            .map(|value| value.to_string())
            .collect();
        #[cfg(feature = "planted")]
        let texts: Vec<&str> = if hocvu_model::planted::is(hocvu_model::planted::Bug::FrameRewritten) {
            rewritten.iter().map(String::as_str).collect()
        } else {
            texts
        };
        let sealed = frame::seal(&key, deployment, log, user_id, *from, &texts);
        tx.put_frame(&Frame {
            log,
            from: *from,
            to: from + texts.len() as u64 - 1,
            text: sealed.p,
            signature: sealed.s,
        })?;
        Ok(true)
    })? {}
    Ok(())
}
