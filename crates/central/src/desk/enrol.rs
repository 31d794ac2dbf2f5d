//! A one-time code becomes a device.

use ed25519_dalek::{Signature, VerifyingKey};
use hocvu_model::ids::LogId;
use hocvu_model::text;
use hocvu_wire::b64;
use hocvu_wire::enrol::{DeviceKeys, EnrolReply, EnrolRequest, proof, read_code};
use hocvu_wire::keys::KeysReply;
use hocvu_wire::problem::ProblemCode;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use super::Desk;
use super::admin::code_hash;
use crate::error::Result;
use crate::keys;

/// Letters of a device or user id after its prefix: 75 random bits, never shown to be typed.
const ID_LETTERS: usize = 15;

/// A code as stored.
struct Code {
    hash: [u8; 32],
    unit: String,
    role: String,
    user_name: Option<String>,
    expires_at: i64,
    device: Option<i64>,
}

/// Keys that were proven.
struct Proven {
    sign: [u8; 32],
    seal: [u8; 32],
    log: LogId,
    user: String,
}

impl Desk<'_> {
    /// Tells whose code it is, or makes the device. The same request again gives the same device.
    ///
    /// # Errors
    /// SQLite's own; the inner problem is the client's.
    pub fn enrol(&mut self, request: &EnrolRequest) -> Result<std::result::Result<EnrolReply, ProblemCode>> {
        let Some(typed) = read_code(&request.code) else {
            return Ok(Err(ProblemCode::CodeUnknown));
        };
        let Some(code) = self.code(&typed)? else {
            return Ok(Err(ProblemCode::CodeUnknown));
        };
        let proven = match &request.keys {
            Some(keys) => match prove(&typed, keys) {
                Some(proven) => Some(proven),
                None => return Ok(Err(ProblemCode::BadProof)),
            },
            None => None,
        };
        if let Some(device) = code.device {
            return match self.made(device, proven.as_ref())? {
                Some(ids) => self.answer(code, Some(ids)).map(Ok),
                None => Ok(Err(ProblemCode::CodeUsed)),
            };
        }
        if self.now.timestamp() > code.expires_at {
            return Ok(Err(ProblemCode::CodeExpired));
        }
        match proven {
            None => self.answer(code, None).map(Ok),
            Some(proven) => self.make_device(code, &proven),
        }
    }

    fn make_device(&mut self, code: Code, proven: &Proven) -> Result<std::result::Result<EnrolReply, ProblemCode>> {
        let taken: bool = self
            .db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM device WHERE sign = ?1)")?
            .query_row([proven.sign], |row| row.get(0))?;
        if taken || self.directory().log(proven.log).is_some() {
            return Ok(Err(ProblemCode::BadProof)); // A key and a log belong to one device for ever.
        }
        let (device_id, user_id) = (self.fresh_id("dev"), self.fresh_id("usr"));
        let user = self
            .db
            .prepare_cached("INSERT INTO user (id, name) VALUES (?1, ?2)")?
            .insert((&user_id, &proven.user))?;
        let device = self
            .db
            .prepare_cached(
                "INSERT INTO device (id, sign, seal, user, enrolled_at, unit, role) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .insert(params![
                device_id,
                proven.sign,
                proven.seal,
                user,
                self.now.timestamp(),
                code.unit,
                code.role
            ])?;
        self.device_changed(device)?;
        self.db
            .prepare_cached("INSERT INTO device_grant (device, unit, role) VALUES (?1, ?2, ?3)")?
            .execute((device, &code.unit, &code.role))?;
        self.db
            .prepare_cached("INSERT INTO log (id, device) VALUES (?1, ?2)")?
            .execute((proven.log.0, device))?;
        self.db
            .prepare_cached("UPDATE enrol_code SET device = ?2 WHERE sha256 = ?1")?
            .execute((code.hash, device))?;
        self.note(
            &user_id,
            "device.enrol",
            &json!({ "device": device_id, "unit": code.unit, "role": code.role }),
        )?;
        self.answer(code, Some((device_id, user_id))).map(Ok)
    }

    /// The ids of the device a used code made, if these are its keys and log.
    fn made(&self, device: i64, proven: Option<&Proven>) -> Result<Option<(String, String)>> {
        let Some(proven) = proven else {
            return Ok(None);
        };
        Ok(self
            .db
            .prepare_cached(
                "SELECT d.id, u.id FROM device d JOIN user u ON u.no = d.user JOIN log l ON l.device = d.no
                 WHERE d.no = ?1 AND d.sign = ?2 AND d.seal = ?3 AND l.id = ?4",
            )?
            .query_row((device, proven.sign, proven.seal, proven.log.0), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?)
    }

    fn answer(&self, code: Code, ids: Option<(String, String)>) -> Result<EnrolReply> {
        let units = &self.directory().units;
        let unit = units.get(&code.unit);
        let parent = unit
            .and_then(|unit| unit.parent.as_ref())
            .and_then(|parent| units.get(parent.as_str()));
        let (device, user) = ids.unzip();
        let (root, keys) = keys::public(self.db)?
            .map(|KeysReply { root, keys }| (root, keys))
            .unzip();
        Ok(EnrolReply {
            dep: self.directory().deployment.clone(),
            unit_name: unit.map_or_else(String::new, |unit| unit.name.clone()),
            parent_name: parent.map(|parent| parent.name.clone()),
            unit: code.unit,
            role: code.role,
            user_name: code.user_name,
            device,
            user,
            root,
            keys,
        })
    }

    fn code(&self, code: &str) -> Result<Option<Code>> {
        let hash = code_hash(code);
        let mut find = self
            .db
            .prepare_cached("SELECT unit, role, user_name, expires_at, device FROM enrol_code WHERE sha256 = ?1")?;
        Ok(find
            .query_row([hash], |row| {
                Ok(Code {
                    hash,
                    unit: row.get(0)?,
                    role: row.get(1)?,
                    user_name: row.get(2)?,
                    expires_at: row.get(3)?,
                    device: row.get(4)?,
                })
            })
            .optional()?)
    }

    fn fresh_id(&self, prefix: &str) -> String {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut random = [0; ID_LETTERS];
        self.world.fill(&mut random);
        let letters = random.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)]));
        format!("{prefix}_{}", letters.collect::<String>())
    }
}

fn prove(code: &str, keys: &DeviceKeys) -> Option<Proven> {
    let (sign, seal) = (b64::decode::<32>(&keys.sign)?, b64::decode::<32>(&keys.seal)?);
    let key = VerifyingKey::from_bytes(&sign).ok().filter(|key| !key.is_weak())?;
    let signature = Signature::from_bytes(&b64::decode::<64>(&keys.proof)?);
    key.verify_strict(&proof(code, keys), &signature).ok()?;
    Some(Proven {
        sign,
        seal,
        log: keys.log.parse().ok()?,
        user: text::tidy(&keys.user),
    })
}
