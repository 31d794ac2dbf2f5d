//! Packed bodies: nothing unpacks to more than the limit, whatever is packed comes back, a cut body is no body.

use hocvu_wire::limits::BODY_UNPACKED_MAX;
use hocvu_wire::packing::{BadPack, content_digest, pack, unpack};

use crate::frame::sealed;
use crate::split;

pub(crate) fn run(data: &[u8]) {
    let (mode, rest) = split(data);
    match mode % 3 {
        0 => arrives(rest),
        1 => returns(rest),
        _ => swells(rest),
    }
}

/// Any bytes as a body that arrives.
fn arrives(packed: &[u8]) {
    if let Ok(body) = unpack(packed) {
        assert!(body.len() <= BODY_UNPACKED_MAX, "I19: the limit holds inside");
        assert_eq!(unpack(&pack(&body)).as_ref(), Ok(&body));
    }
}

/// Any bytes as a body that is sent.
fn returns(body: &[u8]) {
    let packed = pack(body);
    assert_eq!(unpack(&packed).as_deref(), Ok(body));
    let cut = body.iter().map(|byte| usize::from(*byte)).sum::<usize>() % packed.len();
    assert_eq!(unpack(&packed[..cut]), Err(BadPack::Malformed), "cut at {cut}");
    assert_ne!(content_digest(&packed), content_digest(&packed[..cut]));
}

/// A body of one piece said very often: a bomb when it is large enough.
fn swells(data: &[u8]) {
    let (times, piece) = split(data);
    let repeated = piece.repeat(1 + usize::from(times) * 256);
    let packed = zstd::bulk::compress(&repeated, 1).expect("memory");
    match unpack(&packed) {
        Ok(body) => assert!(body.len() <= BODY_UNPACKED_MAX && body == repeated),
        Err(BadPack::TooLarge) => assert!(repeated.len() > BODY_UNPACKED_MAX),
        // A window above the limit of the protocol.
        Err(BadPack::Malformed) => assert!(repeated.len() > 1 << 20),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let body = serde_json::json!({ "frames": [sealed(3)] }).to_string();
    vec![
        [&[0], pack(body.as_bytes()).as_slice()].concat(),
        [&[0], pack(b"").as_slice()].concat(),
        [&[1], body.as_bytes()].concat(),
        [&[2, 255], body.as_bytes()].concat(),
        vec![2, 3, 0],
    ]
}
