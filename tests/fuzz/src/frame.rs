//! Frames: what is read keeps every bound, what is sealed is read back to the letter, what is altered is noticed.

use ed25519_dalek::SigningKey;
use hocvu_model::ids::LogId;
use hocvu_wire::frame::{BadFrame, SealedFrame, fitting, seal};
use hocvu_wire::limits::{FRAME_BYTES_MAX, FRAME_OPS_MAX};
use serde_json::value::RawValue;

use crate::office::{DEPLOYMENT, Hand, session};
use crate::split;

const LOG: LogId = LogId([3; 16]);

pub(crate) fn run(data: &[u8]) {
    let (mode, rest) = split(data);
    match mode % 3 {
        0 => {
            if let Ok(frame) = serde_json::from_slice::<SealedFrame>(rest) {
                arrives(&frame);
            }
        }
        1 => {
            if let Ok(text) = std::str::from_utf8(rest) {
                arrives(&SealedFrame {
                    p: text.to_owned(),
                    s: String::new(),
                });
            }
        }
        _ => sealed_and_read(rest),
    }
}

/// A frame nobody vouches for.
fn arrives(frame: &SealedFrame) {
    let key = SigningKey::from_bytes(&[7; 32]);
    let genuine = frame.verify(&key.verifying_key()).is_ok();
    let Ok(text) = frame.read(DEPLOYMENT) else { return };
    assert!(frame.p.len() <= FRAME_BYTES_MAX && (1..=FRAME_OPS_MAX).contains(&text.ops.len()));
    assert!(text.from > 0 && text.dep == DEPLOYMENT && text.v == 1);
    for op in &text.ops {
        let start = op.get().as_ptr().addr() - frame.p.as_ptr().addr();
        assert_eq!(
            frame.p.get(start..start + op.get().len()),
            Some(op.get()),
            "an operation is a slice of the text"
        );
    }
    // Sealed again by us, the operations are the same to the letter.
    let ops: Vec<&str> = text.ops.iter().map(|op| op.get()).collect();
    let again = seal(&key, DEPLOYMENT, text.log, &text.by, text.from, &ops);
    if again.p.len() > FRAME_BYTES_MAX {
        return; // Names written with escapes where the arriving text had none.
    }
    let read = again.read(DEPLOYMENT).expect("sealed from what was read");
    assert_eq!((read.log, read.from, &read.by), (text.log, text.from, &text.by));
    assert!(read.ops.iter().map(|op| op.get()).eq(ops));
    assert_eq!(again.verify(&key.verifying_key()), Ok(()));
    if genuine {
        assert_ne!(flipped(frame).verify(&key.verifying_key()), Ok(()));
    }
}

/// Lines of JSON as the operations of a frame of ours.
fn sealed_and_read(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let ops: Vec<&RawValue> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let ops: Vec<&str> = ops.iter().map(|op| op.get()).collect();
    if ops.is_empty() {
        return;
    }
    let count = fitting(ops.iter().map(|op| op.len()));
    assert!((1..=FRAME_OPS_MAX.min(ops.len())).contains(&count));
    let key = SigningKey::from_bytes(&[7; 32]);
    let frame = seal(&key, DEPLOYMENT, LOG, "usr_1", 1, &ops[..count]);
    match frame.read(DEPLOYMENT) {
        Ok(read) => assert!(read.ops.iter().map(|op| op.get()).eq(ops[..count].iter().copied())),
        Err(bad) => {
            assert_eq!(bad, BadFrame::TooLarge, "what fits a frame is a frame");
            assert!(count == 1, "only a single operation may be too large");
        }
    }
    assert_eq!(frame.verify(&key.verifying_key()), Ok(()));
    assert_ne!(flipped(&frame).verify(&key.verifying_key()), Ok(()));
}

/// The frame with one character changed, its place chosen by the signature.
fn flipped(frame: &SealedFrame) -> SealedFrame {
    let at = frame.s.bytes().map(usize::from).sum::<usize>() % frame.p.chars().count().max(1);
    let altered = frame.p.chars().enumerate().map(|(place, letter)| match letter {
        '0' if place == at => '1',
        _ if place == at => '0',
        letter => letter,
    });
    SealedFrame {
        p: altered.collect(),
        s: frame.s.clone(),
    }
}

/// A real frame of so many sessions, as the key of these targets seals it.
pub(crate) fn sealed(sessions: u32) -> SealedFrame {
    let mut hand = Hand::of(7);
    hand.open();
    for n in 1..=sessions {
        hand.create(n.into(), "u:1", session(n));
    }
    hand.frame(1, hand.count())
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let frame = sealed(3);
    let lines = frame
        .read(DEPLOYMENT)
        .expect("our own")
        .ops
        .iter()
        .fold(String::new(), |all, op| all + op.get() + "\n");
    let json = serde_json::to_vec(&frame).expect("plain data");
    vec![
        [&[0], json.as_slice()].concat(),
        [&[1], frame.p.as_bytes()].concat(),
        [&[2], lines.as_bytes()].concat(),
        [&[2], "{}\n".repeat(70).as_bytes()].concat(),
        b"\x01{\"v\":1,\"dep\":\"fuzz\",\"log\":\"03030303030303030303030303030303\",\"from\":1,\"by\":\"u\",\"ops\":[{}]}".to_vec(),
    ]
}
