//! The centre's keys: working ones in the database, root and recovery in files that are taken away.
//!
//! **Invariant:** the secrets of root and recovery are never in the database; whoever copies it can open bundles and sign
//! receipts until the next rotation, which only the root can make.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use hocvu_wire::b64;
use hocvu_wire::keys::{KeySet, KeysReply, PublicKey, SignedKeys, age_public, age_secret};
use rusqlite::{Connection, OptionalExtension, params};
use zeroize::Zeroizing;

use crate::desk::{Core, Desk};
use crate::error::{Error, Result};
use crate::world::World;

/// First words of the line that holds the root's secret.
const ROOT_LINE: &str = "HOCVU-ROOT-KEY-";

/// The keys in force, with the secrets this machine holds.
pub struct Working {
    /// What everybody may know.
    pub public: KeysReply,
    /// Its text, read.
    pub set: KeySet,
    /// X25519 secrets that open bundles, newest first.
    pub seal: Vec<Zeroizing<[u8; 32]>>,
    /// Signs receipts.
    pub sign: SigningKey,
}

/// Files the operator is to take away.
#[derive(Debug, Clone)]
pub struct TakeAway {
    /// Signs key sets: needed for every rotation.
    pub root: PathBuf,
    /// Opens bundles when this machine is gone.
    pub recovery: PathBuf,
}

/// Secrets just made.
struct Fresh {
    root: Zeroizing<[u8; 32]>,
    recovery: Zeroizing<[u8; 32]>,
}

impl Core {
    /// Makes root, recovery and working keys if the centre has none yet, also one made by an earlier version. The files to be
    /// taken away are in `folder` and on the disk before the keys are in force.
    ///
    /// # Errors
    /// The files cannot be written; the database's own.
    pub fn ensure_keys(&mut self, folder: &Path) -> Result<Option<TakeAway>> {
        if version(self.db())? > 0 {
            return Ok(None);
        }
        let fresh = Fresh {
            root: secret(&**self.world()),
            recovery: secret(&**self.world()),
        };
        let files = write_away(folder, &self.directory().deployment, &fresh)?;
        let recovery = PublicKey::of_secret(&fresh.recovery);
        self.transact(|desk| desk.put_keys("setup", &SigningKey::from_bytes(&fresh.root), recovery))?;
        Ok(Some(files))
    }

    /// Replaces the working keys. Bundles sealed to the old one are still opened; receipts are signed with the new one.
    ///
    /// # Errors
    /// [`Error::Refused`] when the file does not hold this centre's root.
    pub fn rotate_keys(&mut self, root_file: &Path) -> Result<u32> {
        let root = read_root(root_file)?;
        let working = working(self.db())?.ok_or_else(|| Error::Refused("Máy chủ chưa có khóa.".into()))?;
        if working.public.root.0 != root.verifying_key().to_bytes() {
            return Err(Error::Refused("Tệp này không phải khóa gốc của máy chủ này.".into()));
        }
        self.transact(|desk| desk.put_keys("cli", &root, working.set.recovery))
    }
}

impl Desk<'_> {
    fn put_keys(&mut self, actor: &str, root: &SigningKey, recovery: PublicKey) -> Result<u32> {
        let (seal, sign) = (secret(self.world), secret(self.world));
        let set = KeySet {
            v: 1,
            dep: self.directory().deployment.clone(),
            version: version(self.db)? + 1,
            seal: PublicKey::of_secret(&seal),
            recovery,
            sign: PublicKey(SigningKey::from_bytes(&sign).verifying_key().to_bytes()),
        };
        let SignedKeys { p, s } = set.sign(root);
        self.db
            .prepare_cached(
                "INSERT INTO key_set (version, root, text, signature, seal, sign, made_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                set.version,
                root.verifying_key().to_bytes(),
                p,
                s,
                *seal,
                *sign,
                self.now.timestamp()
            ])?;
        let detail = serde_json::json!({ "version": set.version, "seal": set.seal.id().to_string() });
        self.note(actor, "keys.put", &detail)?;
        Ok(set.version)
    }
}

/// The version in force; 0 when there are no keys.
///
/// # Errors
/// SQLite's own.
pub fn version(db: &Connection) -> Result<u32> {
    Ok(db
        .prepare_cached("SELECT coalesce(max(version), 0) FROM key_set")?
        .query_row([], |row| row.get(0))?)
}

/// What `GET /v1/keys` answers, if there are keys.
///
/// # Errors
/// SQLite's own.
pub fn public(db: &Connection) -> Result<Option<KeysReply>> {
    let mut read = db.prepare_cached("SELECT root, text, signature FROM key_set ORDER BY version DESC LIMIT 1")?;
    let reply = read
        .query_row([], |row| {
            Ok(KeysReply {
                root: PublicKey(row.get(0)?),
                keys: SignedKeys {
                    p: row.get(1)?,
                    s: row.get(2)?,
                },
            })
        })
        .optional()?;
    Ok(reply)
}

/// The keys in force with their secrets, if there are any.
///
/// # Errors
/// SQLite's own, or a set that its root did not sign.
pub fn working(db: &Connection) -> Result<Option<Working>> {
    let Some(public) = public(db)? else { return Ok(None) };
    let deployment: String = crate::db::meta(db, "deployment")?.unwrap_or_default();
    let set = public
        .keys
        .verify(&public.root, &deployment)
        .map_err(|error| Error::Damaged(error.to_string()))?;
    let mut read = db.prepare_cached("SELECT seal, sign FROM key_set ORDER BY version DESC")?;
    let secrets = read
        .query_map([], |row| {
            Ok((Zeroizing::new(row.get(0)?), Zeroizing::new(row.get::<_, [u8; 32]>(1)?)))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let sign = secrets
        .first()
        .map(|(_, sign)| SigningKey::from_bytes(sign))
        .ok_or_else(|| Error::Damaged("a key set without secrets".into()))?;
    Ok(Some(Working {
        public,
        set,
        seal: secrets.into_iter().map(|(seal, _)| seal).collect(),
        sign,
    }))
}

fn secret(world: &dyn World) -> Zeroizing<[u8; 32]> {
    let mut secret = Zeroizing::new([0; 32]);
    world.fill(&mut *secret);
    secret
}

fn write_away(folder: &Path, deployment: &str, fresh: &Fresh) -> Result<TakeAway> {
    let root = SigningKey::from_bytes(&fresh.root);
    let name = PublicKey(root.verifying_key().to_bytes()).id();
    let files = TakeAway {
        root: folder.join(format!("{deployment}-{name}.root.key")),
        recovery: folder.join(format!("{deployment}-{name}.recovery.key")),
    };
    let root_text = Zeroizing::new(format!(
        "# Khóa gốc của “{deployment}”. Cất trên USB trong tủ khóa; xóa khỏi máy chủ. Cần khi đổi khóa niêm gói.\n\
         {ROOT_LINE}{}\n",
        b64::encode(*fresh.root)
    ));
    let recovery_text = Zeroizing::new(format!(
        "# Khóa dự phòng của “{deployment}” (định dạng age). Cất trên USB trong tủ khóa khác; xóa khỏi máy chủ.\n\
         # public key: {}\n{}\n",
        age_public(&PublicKey::of_secret(&fresh.recovery)),
        *age_secret(&fresh.recovery)
    ));
    write_private(&files.root, &root_text)?;
    write_private(&files.recovery, &recovery_text)?;
    Ok(files)
}

/// Never over a file that is there: it may be the only copy of a key.
fn write_private(path: &Path, text: &str) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

fn read_root(path: &Path) -> Result<SigningKey> {
    let text = Zeroizing::new(fs::read_to_string(path)?);
    let secret = text
        .lines()
        .find_map(|line| b64::decode::<32>(line.trim().strip_prefix(ROOT_LINE)?));
    secret
        .map(|secret| SigningKey::from_bytes(&Zeroizing::new(secret)))
        .ok_or_else(|| Error::Refused(format!("Tệp {} không phải khóa gốc.", path.display())))
}
