//! `docs/protocol/vectors.json`: what another client's author checks their code against. Every value is computed here anew
//! from the keys and texts it begins with; a released vector never changes.

use base64::Engine;
use ed25519_dalek::{Signer, SigningKey};
use hocvu_model::ids::{LogId, OperationId, RecordId};
use hocvu_model::operation::{digest, open_text, receipt};
use hocvu_wire::bundle::{BundleId, Header, Kind};
use hocvu_wire::enrol::{DeviceKeys, code_from_bits, proof};
use hocvu_wire::frame::{self, SealedFrame};
use hocvu_wire::keys::{KeySet, PublicKey, SignedKeys, age_public, age_secret};
use hocvu_wire::session::challenge;
use hocvu_wire::{b64, digest as record_digest, packing};
use serde_json::{Value, json};
use uuid::Uuid;

const DEPLOYMENT: &str = "vinh-long";
const DEVICE: &str = "dev_0123456789abcde";
const USER: &str = "usr_0123456789abcde";
const BODY: &str = r#"{"date":"2025-11-20","form":"class","topics":["vneid"],"note":"Tại nhà văn hóa ấp","counts":[{"group":"adult","attended":31,"female":18}]}"#;

fn committed() -> Value {
    let path = super::root().join("docs/protocol/vectors.json");
    let text = std::fs::read_to_string(&path).expect("docs/protocol/vectors.json");
    serde_json::from_str(&text).expect("JSON")
}

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn public(key: &SigningKey) -> PublicKey {
    PublicKey(key.verifying_key().to_bytes())
}

fn log() -> LogId {
    "3f9c00112233445566778899aabbccdd".parse().expect("a log id")
}

fn operations() -> [String; 2] {
    let put = format!(
        r#"{{"k":"put","t":"training_session","sv":1,"id":"8c1e0000-0000-4000-8000-000000000001","unit":"u:hoa-thuan","base":null,"set":{BODY},"at":1763787600}}"#
    );
    [open_text(DEVICE, None, "new", 1_763_787_600), put]
}

/// Every vector. Whoever changes a line here has changed the protocol.
fn computed() -> Value {
    let device = key(1);
    let [open, put] = operations();
    let sealed = frame::seal(&device, DEPLOYMENT, log(), USER, 1, &[&open, &put]);
    let code = code_from_bits(0x0002_468A_CE02_468A & ((1 << 50) - 1));
    let mut keys = DeviceKeys {
        sign: b64::encode(device.verifying_key().to_bytes()),
        seal: b64::encode(PublicKey::of_secret(&[2; 32]).0),
        proof: String::new(),
        user: "Lan".into(),
        log: log().to_string(),
    };
    keys.proof = b64::encode(device.sign(&proof(&code, &keys)).to_bytes());
    let nonce = "bm9uY2Vub25jZW5vbmNlbm9uY2U";
    let put_id = OperationId { log: log(), seq: 2 };
    let record = RecordId("8c1e0000-0000-4000-8000-000000000001".parse::<Uuid>().expect("a uuid"));
    let body = serde_json::from_str(BODY).expect("an object");
    let sum = record_digest::of_record(record, put_id, "u:hoa-thuan", false, &body);
    let set = KeySet {
        v: 1,
        dep: DEPLOYMENT.into(),
        version: 1,
        seal: PublicKey::of_secret(&[3; 32]),
        recovery: PublicKey::of_secret(&[4; 32]),
        sign: public(&key(5)),
    };
    let signed = set.sign(&key(6));
    let header = Header {
        kind: Kind::Bundle,
        id: BundleId([0xAB; 16]),
        key: set.seal.id(),
        sha256: digest("sealed"),
        size: 6,
    };
    json!({
        "frame": { "seed": b64::encode([1; 32]), "public": keys.sign, "p": sealed.p, "s": sealed.s },
        "operation": { "text": put, "sha256": hex(&digest(&put)), "receipt_of_fseq_90171": receipt(DEPLOYMENT, put_id, &digest(&put), 90_171) },
        "enrolment": { "code": code, "keys": keys },
        "session": { "device": DEVICE, "nonce": nonce, "sig": b64::encode(device.sign(&challenge(DEPLOYMENT, DEVICE, nonce)).to_bytes()) },
        "record_digest": { "id": record, "head": put_id, "unit": "u:hoa-thuan", "void": false, "body": body, "d": b64::encode(sum.0) },
        "content_digest": { "body": "{\"frames\":[]}", "header": packing::content_digest(br#"{"frames":[]}"#) },
        "keys": { "root_seed": b64::encode([6; 32]), "root": public(&key(6)), "p": signed.p, "s": signed.s, "seal_id": set.seal.id().to_string() },
        "age": { "secret": b64::encode([3; 32]), "as_age_secret": age_secret(&[3; 32]).as_str(), "as_age_public": age_public(&set.seal) },
        "bundle_header": { "sealed_part": "sealed", "text": header.render() },
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_vectors_are_what_the_program_computes() {
    let (committed, computed) = (committed(), computed());
    for (name, vector) in computed.as_object().expect("an object") {
        assert_eq!(&committed[name], vector, "{name}; computed:\n{computed:#}");
    }
}

#[test]
fn the_vectors_verify() {
    let vectors = committed();
    let text = |path: &str| vectors.pointer(path).and_then(Value::as_str).expect(path).to_owned();
    let sealed = SealedFrame {
        p: text("/frame/p"),
        s: text("/frame/s"),
    };
    let read = sealed.read(DEPLOYMENT).expect("a frame");
    assert_eq!(
        (read.from, read.ops.len(), read.ops[1].get()),
        (1, 2, text("/operation/text").as_str())
    );
    assert_eq!(sealed.verify(&key(1).verifying_key()), Ok(()));
    let signed = SignedKeys {
        p: text("/keys/p"),
        s: text("/keys/s"),
    };
    assert_eq!(signed.verify(&public(&key(6)), DEPLOYMENT).expect("signed").version, 1);
}

/// A packed body is not one text: two good compressors differ. What must hold is that the committed one is read.
#[test]
fn the_packed_vector_is_read() {
    let vectors = committed();
    let packed = vectors["packed"]["body_base64"].as_str().expect("a packed body");
    let packed = base64::engine::general_purpose::STANDARD
        .decode(packed)
        .expect("base64");
    let json = packing::unpack(&packed).expect("a packed body");
    assert_eq!(
        String::from_utf8_lossy(&json),
        vectors["packed"]["json"].as_str().expect("its text")
    );
    assert_eq!(
        packing::content_digest(&packed),
        vectors["packed"]["content_digest"].as_str().expect("its digest")
    );
    let dictionary = std::fs::read(super::root().join("assets/wire/v1.dict")).expect("the dictionary");
    use sha2::{Digest, Sha256};
    let sha256: [u8; 32] = Sha256::digest(dictionary).into();
    assert_eq!(
        hex(&sha256),
        vectors["packed"]["dictionary_sha256"].as_str().expect("its hash")
    );
}
