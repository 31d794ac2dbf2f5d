//! Which keys of the centre a device believes: those the root signed that it learnt when it was enrolled.

use hocvu_store::{Read, Store, StoredKeys};
use hocvu_wire::keys::{KeySet, PublicKey, SignedKeys};
use tracing::warn;

/// Keeps a key set if its root is the one believed here, or none is yet, and its version is higher. Returns whether it did.
///
/// # Errors
/// The store's.
pub(crate) fn believe(
    store: &Store,
    deployment: &str,
    root: &PublicKey,
    signed: &SignedKeys,
) -> hocvu_store::Result<bool> {
    let set = match signed.verify(root, deployment) {
        Ok(set) => set,
        Err(error) => {
            warn!(%error, "a key set was not believed");
            return Ok(false);
        }
    };
    let keys = StoredKeys {
        root: root.0,
        version: set.version,
        text: signed.p.clone(),
        signature: signed.s.clone(),
    };
    store.write(|tx| tx.put_keys(&keys))
}

/// The root believed here and the keys it signed, verified again.
pub(super) fn believed(read: &Read<'_>, deployment: &str) -> hocvu_store::Result<Option<(PublicKey, KeySet)>> {
    Ok(read.keys()?.and_then(|keys| {
        let root = PublicKey(keys.root);
        let signed = SignedKeys {
            p: keys.text,
            s: keys.signature,
        };
        Some((root, signed.verify(&root, deployment).ok()?))
    }))
}

/// Whether bundles can be sealed here.
///
/// # Errors
/// Reading failed.
pub fn has_keys(read: &Read<'_>) -> hocvu_store::Result<bool> {
    let deployment = read.identity()?.map(|own| own.deployment).unwrap_or_default();
    Ok(believed(read, &deployment)?.is_some())
}
