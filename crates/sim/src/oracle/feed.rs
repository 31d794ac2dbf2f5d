//! The feed, read again from places a device once was at (I10).

use std::collections::BTreeSet;

use ed25519_dalek::{Signer, SigningKey};
use hocvu_sync::SyncError;
use hocvu_wire::changes::Change;
use hocvu_wire::session;

use crate::device::Device;
use crate::{Checked, Violation};

/// Reads the feed from `from` to its end and compares what came with the records in scope that changed later.
///
/// # Errors
/// A record did not come.
pub async fn completeness(device: &Device, expected: impl Fn(u64) -> BTreeSet<String>, back: u64) -> Checked {
    let wrong = |what: String| Violation::new("i10_feed_completeness", format!("{}: {what}", device.name));
    let Some(store) = device.store() else { return Ok(()) };
    let read = store.read(|read| Ok((read.identity()?, read.position()?)));
    let (Some(identity), Some(position)) = read.map_err(|error| wrong(error.to_string()))? else {
        return Ok(());
    };
    let Some((head, last)) = position.cursor.rsplit_once('.') else {
        return Ok(());
    };
    let from = last.parse::<u64>().unwrap_or_default().saturating_sub(back);
    let key = SigningKey::from_bytes(&identity.sign_key);
    let sign = |nonce: &str| {
        let bytes = session::challenge(&identity.deployment, &identity.device, nonce);
        hocvu_wire::b64::encode(key.sign(&bytes).to_bytes())
    };
    let failed = |error: SyncError| wrong(error.to_string());
    let open = device
        .client
        .open_session(&identity.device, &identity.log.to_string(), Vec::new(), sign)
        .await
        .map_err(failed)?;
    let (mut cursor, mut came) = (format!("{head}.{from}"), BTreeSet::new());
    loop {
        let page = device
            .client
            .changes(&open.token, &format!("{cursor}&limit=3"))
            .await
            .map_err(failed)?;
        for change in &page.changes {
            if let Change::Record { id, .. } = change {
                came.insert(id.to_string());
            }
        }
        if !page.more || page.cursor == cursor {
            break;
        }
        cursor = page.cursor;
    }
    let missing: Vec<String> = expected(from).difference(&came).cloned().collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(wrong(format!("from {from} on, {missing:?} did not come")))
    }
}
