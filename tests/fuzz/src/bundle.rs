//! Bundles and receipts from a stick or a chat: what went in comes out, what was altered, cut off or never signed opens as an
//! error, and whatever opens is exactly what its device signed (I17).

use std::io::{Cursor, Read, Write};

use ed25519_dalek::{SigningKey, VerifyingKey};
use hocvu_wire::bundle::{
    BadBundle, BundleId, Header, Item, Kind, Opened, Receipt, Writer, check, inspect, open, open_receipt, seal_receipt,
};
use hocvu_wire::frame::SealedFrame;
use hocvu_wire::keys::{KeySet, PublicKey, age_public, age_secret};
use sha2::{Digest, Sha256};

use crate::frame::sealed;
use crate::office::DEPLOYMENT;
use crate::split;

const SEAL: [u8; 32] = [11; 32];
const ID: BundleId = BundleId([5; 16]);
const HEADER_BYTES: usize = 162;

pub(crate) fn run(data: &[u8]) {
    let (mode, rest) = split(data);
    match mode % 3 {
        0 => file(rest),
        1 => inside(rest),
        _ => written(rest),
    }
}

/// Any bytes as a file.
fn file(file: &[u8]) {
    let header = inspect(file);
    if let Ok(header) = check(file) {
        assert_eq!(inspect(file), Ok(header));
        assert_eq!(header.file_size(), file.len() as u64, "the header tells the size");
    }
    if header.is_err() {
        assert_eq!(check(file).err(), header.err(), "a bad header is a bad file");
    }
    if let Ok(found) = opened(file) {
        genuine(file, &found);
    }
    let read = open_receipt(file, &SEAL, &public(&root()), DEPLOYMENT, 0);
    if let Ok((receipt, ..)) = read {
        assert_eq!(receipt.dep, DEPLOYMENT);
    }
}

/// Any bytes under a good seal, as somebody with the centre's public key may send them.
fn inside(plain: &[u8]) {
    let file = sealed_up(plain);
    if let Ok(found) = opened(&file) {
        genuine(&file, &found);
    }
}

/// Frames (lines that are JSON) and blobs (other lines) as a bundle of ours.
fn written(data: &[u8]) {
    let (cut, rest) = split(data);
    let mut writer = Writer::new(Cursor::new(Vec::new()), ID, &keys()).expect("memory");
    let mut expected = Vec::new();
    for line in rest.split(|byte| *byte == b'\n').take(16) {
        if let Ok(text) = std::str::from_utf8(line)
            && text.starts_with('{')
        {
            let frame = SealedFrame {
                p: text.to_owned(),
                s: text.chars().rev().take(9).collect(),
            };
            writer.frame(&frame).expect("memory");
            expected.push(Item::Frame(frame));
        } else {
            writer.blob(line).expect("memory");
            expected.push(Item::Blob {
                sha256: Sha256::digest(line).into(),
                bytes: line.to_vec(),
            });
        }
    }
    let (header, file) = writer
        .finish(DEPLOYMENT, "dev_1", "2025-11-22", &device())
        .expect("memory");
    let file = file.into_inner();
    assert_eq!(check(file.as_slice()), Ok(header));
    let found = opened(&file).expect("our own");
    assert_eq!(genuine(&file, &found), expected);
    let at = usize::from(cut) * 7_919 % file.len();
    assert!(opened(&file[..at]).is_err(), "I17: cut at {at}");
    let mut altered = file;
    altered[at] ^= 1 << (cut % 8);
    assert!(opened(&altered).is_err(), "I17: byte {at} altered");
}

/// What opened is what the device signed: the counts and the hash of its manifest.
fn genuine(file: &[u8], found: &Opened) -> Vec<Item> {
    assert_eq!(
        (found.manifest.dep.as_str(), found.manifest.device.as_str()),
        (DEPLOYMENT, "dev_1")
    );
    let mut again = Cursor::new(file);
    let items = found.items(&mut again, &[&SEAL]).expect("the same file");
    let items: Vec<Item> = items.collect::<Result<_, _>>().expect("found good before");
    let frames = items.iter().filter(|item| matches!(item, Item::Frame(_))).count();
    let told = (found.manifest.frames as usize, found.manifest.blobs as usize);
    assert_eq!(told, (frames, items.len() - frames));
    for item in &items {
        if let Item::Blob { sha256, bytes } = item {
            assert_eq!(*sha256, <[u8; 32]>::from(Sha256::digest(bytes)));
        }
    }
    items
}

fn opened(file: &[u8]) -> Result<Opened, BadBundle> {
    open(&mut Cursor::new(file), &[&SEAL], DEPLOYMENT, |id| {
        (id == "dev_1").then(|| device().verifying_key())
    })
}

/// A file whose seal, hash and size are good, whatever is inside.
fn sealed_up(plain: &[u8]) -> Vec<u8> {
    let packed = zstd::bulk::compress(plain, 1).expect("memory");
    let recipient: age::x25519::Recipient = age_public(&keys().seal).parse().expect("a key");
    let sealed = || -> std::io::Result<Vec<u8>> {
        let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient));
        let mut out = encryptor.map_err(std::io::Error::other)?.wrap_output(Vec::new())?;
        out.write_all(&packed)?;
        out.finish()
    };
    let sealed = sealed().expect("memory");
    let header = Header {
        kind: Kind::Bundle,
        id: ID,
        key: keys().seal.id(),
        sha256: Sha256::digest(&sealed).into(),
        size: sealed.len() as u64,
    };
    let text = header.render();
    assert_eq!(text.len(), HEADER_BYTES);
    [text.as_bytes(), &sealed].concat()
}

/// What is under the seal of a bundle of ours.
fn unsealed(file: &[u8]) -> Vec<u8> {
    let identity: age::x25519::Identity = age_secret(&SEAL).parse().expect("a key");
    let mut plain = Vec::new();
    let opened = age::Decryptor::new(&file[HEADER_BYTES..]).expect("our own");
    let opened = opened
        .decrypt(std::iter::once(&identity as &dyn age::Identity))
        .expect("our own");
    let mut unpacked = zstd::stream::Decoder::new(opened).expect("our own");
    unpacked.read_to_end(&mut plain).expect("our own");
    plain
}

fn device() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn root() -> SigningKey {
    SigningKey::from_bytes(&[14; 32])
}

fn centre() -> SigningKey {
    SigningKey::from_bytes(&[13; 32])
}

fn public(key: &SigningKey) -> PublicKey {
    let key: VerifyingKey = key.verifying_key();
    PublicKey(key.to_bytes())
}

fn keys() -> KeySet {
    KeySet {
        v: 1,
        dep: DEPLOYMENT.into(),
        version: 2,
        seal: PublicKey::of_secret(&SEAL),
        recovery: PublicKey::of_secret(&[12; 32]),
        sign: public(&centre()),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut writer = Writer::new(Cursor::new(Vec::new()), ID, &keys()).expect("memory");
    writer.frame(&sealed(2)).expect("memory");
    writer.blob(b"a photo").expect("memory");
    let (_, file) = writer
        .finish(DEPLOYMENT, "dev_1", "2025-11-22", &device())
        .expect("memory");
    let file = file.into_inner();
    let receipt = Receipt {
        v: 1,
        dep: DEPLOYMENT.into(),
        bundle: ID.to_string(),
        sha256: "00".into(),
        device: "dev_1".into(),
        epoch: "e1".into(),
        at: "2025-11-22T08:00:00+07:00".into(),
        frames: vec![],
        photos: vec![],
        r: vec![],
    };
    let receipt = seal_receipt(
        &receipt,
        ID,
        &centre(),
        &keys().sign(&root()),
        &PublicKey::of_secret(&SEAL),
    );
    let lines = format!("{}\nblob\n{{}}\n", sealed(1).p);
    vec![
        [&[0], file.as_slice()].concat(),
        [&[0], receipt.as_slice()].concat(),
        [&[1], unsealed(&file).as_slice()].concat(),
        [&[2, 200], lines.as_bytes()].concat(),
        vec![2, 3],
    ]
}
