//! A small bundle, and everything that can be done to it on the way.

use std::io::Cursor;

use ed25519_dalek::{SigningKey, VerifyingKey};
use hocvu_model::ids::LogId;

use super::*;
use crate::frame::{self, SealedFrame};
use crate::keys::{KeySet, PublicKey};

const SEAL: [u8; 32] = [11; 32];
const RECOVERY: [u8; 32] = [12; 32];
const ID: BundleId = BundleId([5; 16]);

fn device() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn keys() -> KeySet {
    KeySet {
        v: 1,
        dep: "vl".into(),
        version: 2,
        seal: PublicKey::of_secret(&SEAL),
        recovery: PublicKey::of_secret(&RECOVERY),
        sign: PublicKey(centre().verifying_key().to_bytes()),
    }
}

fn centre() -> SigningKey {
    SigningKey::from_bytes(&[13; 32])
}

fn root() -> SigningKey {
    SigningKey::from_bytes(&[14; 32])
}

fn root_public() -> PublicKey {
    PublicKey(root().verifying_key().to_bytes())
}

/// Frames whose operations do not shrink to nothing.
fn frames(count: u64) -> Vec<SealedFrame> {
    let noise = |seed: u64| -> String {
        (0..40)
            .map(|at| format!("{:x}", (seed * 977 + at).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
            .collect()
    };
    (0..count)
        .map(|n| {
            let op = format!(r#"{{"k":"put","note":"{}"}}"#, noise(n));
            frame::seal(&device(), "vl", LogId([3; 16]), "u", n + 1, &[&op])
        })
        .collect()
}

fn bundle(frames: &[SealedFrame], blobs: &[&[u8]], dep: &str) -> Vec<u8> {
    let mut writer = Writer::new(Cursor::new(Vec::new()), ID, &keys()).expect("memory");
    frames.iter().for_each(|frame| writer.frame(frame).expect("memory"));
    blobs.iter().for_each(|blob| writer.blob(blob).expect("memory"));
    let (_, file) = writer
        .finish(dep, "dev_1", "2025-11-22T08:00:00+07:00", &device())
        .expect("memory");
    file.into_inner()
}

fn key_of(device_id: &str) -> Option<VerifyingKey> {
    (device_id == "dev_1").then(|| device().verifying_key())
}

fn opened(file: &[u8]) -> Result<Opened, BadBundle> {
    open(&mut Cursor::new(file), &[&SEAL], "vl", key_of)
}

#[test]
fn what_went_in_comes_out() {
    let frames = frames(3);
    let file = bundle(&frames, &[b"a photo"], "vl");
    let opened = opened(&file).expect("whole");
    assert_eq!((opened.header.id, opened.manifest.frames), (ID, 3));
    let mut again = Cursor::new(&file);
    let items: Vec<Item> = opened
        .items(&mut again, &[&SEAL])
        .expect("the same file")
        .collect::<Result<_, _>>()
        .expect("good items");
    let expected: Vec<Item> = frames.into_iter().map(Item::Frame).collect();
    assert_eq!(items[..3], expected);
    assert!(matches!(&items[3], Item::Blob { bytes, .. } if bytes == b"a photo"));
    assert!(
        open(&mut Cursor::new(&file), &[&RECOVERY], "vl", key_of).is_ok(),
        "the safe's key opens it too"
    );
}

#[test]
fn i17_every_flipped_byte_and_every_truncation_opens_as_an_error() {
    let file = bundle(&frames(8), &[], "vl");
    assert!(
        (3_000..6_000).contains(&file.len()),
        "a small bundle of about 4 KB: {}",
        file.len()
    );
    for at in 0..file.len() {
        for bit in [0x01, 0x20, 0x80] {
            let mut altered = file.clone();
            altered[at] ^= bit;
            assert!(opened(&altered).is_err(), "byte {at} ^ {bit:#x}");
        }
    }
    for length in 0..file.len() {
        assert!(opened(&file[..length]).is_err(), "cut to {length}");
    }
    let mut longer = file.clone();
    longer.push(0);
    assert_eq!(opened(&longer), Err(BadBundle::Damaged), "nor may anything follow");
}

#[test]
fn i17_a_bundle_whose_hash_was_made_to_fit_again_is_still_refused() {
    use sha2::{Digest, Sha256};
    let file = bundle(&frames(8), &[], "vl");
    let start = header::HEADER_BYTES;
    for at in (start..file.len()).step_by(7) {
        let mut altered = file.clone();
        altered[at] ^= 1;
        let mut header = inspect(altered.as_slice()).expect("an untouched header");
        header.sha256 = Sha256::digest(&altered[start..]).into();
        altered.splice(..start, header.render().bytes());
        assert!(opened(&altered).is_err(), "byte {at}");
    }
    for (id, key) in [(BundleId([6; 16]), keys().seal.id()), (ID, keys().recovery.id())] {
        let mut header = inspect(file.as_slice()).expect("an untouched header");
        (header.id, header.key) = (id, key);
        let mut renamed = file.clone();
        renamed.splice(..start, header.render().bytes());
        assert_eq!(
            opened(&renamed),
            Err(BadBundle::Damaged),
            "id and key are signed inside"
        );
    }
}

#[test]
fn i17_a_bundle_aimed_elsewhere_is_refused() {
    let file = bundle(&frames(2), &[], "vl");
    let with = |secret: [u8; 32], dep: &str| open(&mut Cursor::new(&file), &[&secret], dep, key_of);
    assert_eq!(
        with([99; 32], "vl"),
        Err(BadBundle::OtherPlace),
        "sealed to another centre"
    );
    assert_eq!(
        with(SEAL, "st"),
        Err(BadBundle::OtherPlace),
        "made for another deployment"
    );
    let unknown = open(&mut Cursor::new(&file), &[&SEAL], "vl", |_| None);
    assert_eq!(unknown, Err(BadBundle::BadSignature), "of a device not known here");
    let stranger = SigningKey::from_bytes(&[1; 32]).verifying_key();
    let forged = open(&mut Cursor::new(&file), &[&SEAL], "vl", |_| Some(stranger));
    assert_eq!(forged, Err(BadBundle::BadSignature));
}

#[test]
fn i17_a_carrier_reads_id_and_size_and_nothing_else() {
    let file = bundle(&frames(8), &[], "vl");
    let header = inspect(file.as_slice()).expect("readable");
    assert_eq!((header.id, header.file_size()), (ID, file.len() as u64));
    assert_eq!(check(file.as_slice()), Ok(header), "it can check that it is whole");
    let text = String::from_utf8_lossy(&file).into_owned();
    for inside in ["dev_1", "\"k\"", "note", "vl\"", "03030303"] {
        assert!(!text.contains(inside), "{inside} must not be readable");
    }
}

#[test]
fn other_files_are_told_apart() {
    assert_eq!(inspect(&b""[..]), Err(BadBundle::NotABundle));
    assert_eq!(
        inspect(&b"PK\x03\x04 some zip file that is long enough to have a header in it"[..]),
        Err(BadBundle::NotABundle)
    );
    assert_eq!(check([b'x'; 4096].as_slice()), Err(BadBundle::NotABundle));
    let mut later = bundle(&frames(1), &[], "vl");
    later[14] = b'2';
    assert_eq!(inspect(later.as_slice()), Err(BadBundle::Newer));
}

#[test]
fn i19_a_bomb_is_refused_at_its_limit() {
    use std::io::Write;
    let mut sealing = seal::Sealing::new(Vec::new(), &[&keys().seal]).expect("memory");
    let chunk = vec![0_u8; 1 << 20];
    (0..(INNER_BYTES_MAX >> 20) + 1).for_each(|_| sealing.write_all(&chunk).expect("memory"));
    let sealed = sealing.finish().expect("memory");
    assert!(sealed.len() < 1 << 20, "it would pass every outer limit");
    let mut inside = seal::opening(sealed.as_slice(), &[&SEAL], INNER_BYTES_MAX).expect("a good seal");
    let error = std::io::copy(&mut inside, &mut std::io::sink()).expect_err("over the limit");
    assert_eq!(error.kind(), std::io::ErrorKind::FileTooLarge);
}

#[test]
fn nothing_read_as_a_bundle_panics() {
    let file = bundle(&frames(2), &[], "vl");
    let mut dice = 1_u64;
    for round in 0..2_000_usize {
        let mut soup = file.clone();
        for _ in 0..=round % 9 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (dice >> 33) as usize % soup.len();
            soup[at] = (dice >> 17) as u8;
        }
        let keep = soup.len() - (dice >> 40) as usize % soup.len();
        drop(opened(&soup[..keep]));
        drop(open_receipt(&soup[..keep], &SEAL, &root_public(), "vl", 0));
    }
}

fn receipt() -> Receipt {
    Receipt {
        v: 1,
        dep: "vl".into(),
        bundle: ID.to_string(),
        sha256: "00".into(),
        device: "dev_1".into(),
        epoch: "e1".into(),
        at: "2025-11-22T08:00:00+07:00".into(),
        frames: vec![],
        r: vec![],
        photos: vec![],
    }
}

#[test]
fn i17_a_receipt_is_for_one_device_and_from_its_centre() {
    let (mine, signed) = ([21; 32], keys().sign(&root()));
    let file = seal_receipt(&receipt(), ID, &centre(), &signed, &PublicKey::of_secret(&mine));
    let (read, set, _) = open_receipt(&file, &mine, &root_public(), "vl", 2).expect("mine");
    assert_eq!((read, set.version), (receipt(), 2));
    let refused = |file: &[u8], secret, dep, known| open_receipt(file, &secret, &root_public(), dep, known).err();
    assert_eq!(refused(&file, [22; 32], "vl", 2), Some(BadBundle::OtherPlace));
    assert_eq!(refused(&file, mine, "st", 2), Some(BadBundle::OtherPlace));
    assert_eq!(
        refused(&file, mine, "vl", 3),
        Some(BadBundle::OldKey),
        "the key was replaced since"
    );
    let forged = seal_receipt(&receipt(), ID, &device(), &signed, &PublicKey::of_secret(&mine));
    assert_eq!(refused(&forged, mine, "vl", 2), Some(BadBundle::BadSignature));
    for at in 0..file.len() {
        let mut altered = file.clone();
        altered[at] ^= 1;
        assert!(refused(&altered, mine, "vl", 2).is_some(), "byte {at}");
        assert!(refused(&file[..at], mine, "vl", 2).is_some(), "cut to {at}");
    }
}
