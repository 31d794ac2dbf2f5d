//! From a one-time code to a device. The keys are on the disk before they are sent, so a lost reply or a crash can be
//! repeated with the same code and gives the same device.

use hocvu_model::ids::LogId;
use hocvu_store::{Identity, Store};
use hocvu_wire::b64;
use hocvu_wire::enrol::{self as wire, DeviceKeys, EnrolReply, EnrolRequest};
use hocvu_wire::problem::ProblemCode;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::bundle::{KEYS_ASKED, believe};
use crate::client::Client;
use crate::error::SyncError;
use crate::keys::DeviceKeyPair;
use crate::{Environment, check_address};

/// Setting under which keys wait for the centre's answer.
const PENDING: &str = "enrol.pending";

/// What the centre says of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolOffer {
    /// The code, well-formed.
    pub code: String,
    /// Address of the centre that knows it.
    pub centre: String,
    /// `Ấp Hòa Thuận`.
    pub unit_name: String,
    /// `Xã Long Hòa`.
    pub parent_name: Option<String>,
    /// Role the device will have.
    pub role: String,
    /// Name foreseen for the user.
    pub user_name: Option<String>,
}

/// Keys that were made for a code but are not yet known to be the device's.
#[derive(Serialize, Deserialize)]
struct Pending {
    code: String,
    sign: String,
    seal: String,
    log: String,
}

/// Asks the centre whose code this is. A code that this very machine used, without hearing the answer before it was
/// switched off, is still its own.
///
/// # Errors
/// [`SyncError`]; the code stays good.
pub async fn lookup(store: &Store, client: &Client, code: &str, centre: &str) -> Result<EnrolOffer, SyncError> {
    let ask = |keys| EnrolRequest {
        code: code.to_owned(),
        keys,
    };
    let reply = match (client.enrol(&ask(None)).await, kept_keys(store, code)?) {
        (
            Err(SyncError::Problem {
                code: ProblemCode::CodeUsed,
                ..
            }),
            Some((keys, log)),
        ) => client.enrol(&ask(Some(public_keys(&keys, log, code, "")))).await?,
        (reply, _) => reply?,
    };
    let EnrolReply {
        dep: _,
        unit: _,
        unit_name,
        parent_name,
        role,
        user_name,
        device: _,
        user: _,
        root: _,
        keys: _,
    } = reply;
    let centre = check_address(centre).unwrap_or_else(|| centre.to_owned());
    Ok(EnrolOffer {
        code: code.to_owned(),
        centre,
        unit_name,
        parent_name,
        role,
        user_name,
    })
}

/// Makes this machine a device of the unit in `offer` and opens its log.
///
/// # Errors
/// [`SyncError`]; trying again with the same offer is safe.
pub async fn confirm(
    store: &Store,
    client: &Client,
    environment: &dyn Environment,
    offer: &EnrolOffer,
    user: &str,
) -> Result<Identity, SyncError> {
    let (keys, log) = pending_keys(store, environment, &offer.code)?;
    let public = public_keys(&keys, log, &offer.code, user);
    let reply = client
        .enrol(&EnrolRequest {
            code: offer.code.clone(),
            keys: Some(public),
        })
        .await?;
    let (Some(device), Some(user_id)) = (reply.device, reply.user) else {
        return Err(SyncError::NotTheCentre { status: 200 });
    };
    let identity = Identity {
        deployment: reply.dep,
        device,
        log,
        unit: reply.unit.as_str().into(),
        unit_name: reply.unit_name,
        parent_name: reply.parent_name,
        role: reply.role,
        user_id,
        user_name: user.to_owned(),
        centre: offer.centre.clone(),
        sign_key: keys.sign,
        seal_key: keys.seal,
        sample: false,
    };
    store.write(|tx| {
        tx.put_identity(&identity, environment.unix())?;
        tx.put_setting(PENDING, "")
    })?;
    if let (Some(root), Some(keys)) = (&reply.root, &reply.keys) {
        believe(store, &identity.deployment, root, keys)?;
        store.write(|tx| tx.put_setting(KEYS_ASKED, &environment.unix().to_string()))?;
    }
    Ok(identity)
}

/// The public halves, with the proof that this machine has the private ones.
fn public_keys(keys: &DeviceKeyPair, log: LogId, code: &str, user: &str) -> DeviceKeys {
    let mut public = DeviceKeys {
        sign: keys.sign_public(),
        seal: keys.seal_public(),
        proof: String::new(),
        user: user.to_owned(),
        log: log.to_string(),
    };
    public.proof = keys.prove(&wire::proof(code, &public));
    public
}

/// Keys made for this code before, whose fate was never heard.
fn kept_keys(store: &Store, code: &str) -> Result<Option<(DeviceKeyPair, LogId)>, SyncError> {
    let stored = store.read(|read| read.setting(PENDING))?;
    let Some(pending) = stored.and_then(|text| serde_json::from_str::<Pending>(&text).ok()) else {
        return Ok(None);
    };
    let keys = match (
        b64::decode(&pending.sign),
        b64::decode(&pending.seal),
        pending.log.parse(),
    ) {
        (Some(sign), Some(seal), Ok(log)) if pending.code == code => {
            let (sign, seal) = (Zeroizing::new(sign), Zeroizing::new(seal));
            Some((DeviceKeyPair { sign, seal }, log))
        }
        _ => None,
    };
    Ok(keys)
}

fn pending_keys(store: &Store, environment: &dyn Environment, code: &str) -> Result<(DeviceKeyPair, LogId), SyncError> {
    if let Some(kept) = kept_keys(store, code)? {
        return Ok(kept);
    }
    let keys = DeviceKeyPair::generate(|bytes| environment.random(bytes));
    let mut log = LogId([0; 16]);
    environment.random(&mut log.0);
    let pending = Pending {
        code: code.to_owned(),
        sign: b64::encode(*keys.sign),
        seal: b64::encode(*keys.seal),
        log: log.to_string(),
    };
    let text = serde_json::to_string(&pending).expect("plain data is always JSON");
    store.write(|tx| tx.put_setting(PENDING, &text))?;
    Ok((keys, log))
}

/// The `enrol_problem_<code>` that tells a person what to do.
pub fn problem(error: &SyncError) -> &'static str {
    use hocvu_wire::problem::ProblemCode as Code;
    match error {
        SyncError::Link(_) | SyncError::NotTheCentre { .. } => "no_link",
        SyncError::Problem {
            code: Code::CodeUnknown,
            ..
        } => "code_unknown",
        SyncError::Problem {
            code: Code::CodeUsed, ..
        } => "code_used",
        SyncError::Problem {
            code: Code::CodeExpired,
            ..
        } => "code_expired",
        SyncError::Problem {
            code: Code::TooMany, ..
        } => "too_many_tries",
        SyncError::Problem { .. } | SyncError::Store(_) => "centre",
    }
}
