//! Enrolment: a code reads the same however it is typed, and no request but the right one makes a device.

use hocvu_wire::enrol::{CODE_LETTERS, EnrolRequest, code_from_bits, read_code};
use hocvu_wire::problem::ProblemCode;

use crate::office::{Hand, Office};
use crate::split;

pub(crate) fn run(data: &[u8]) {
    let (mode, rest) = split(data);
    match mode % 4 {
        0 => typed(rest),
        1 => made(rest),
        2 => {
            if let Ok(request) = serde_json::from_slice(rest) {
                asked(&request);
            }
        }
        _ => damaged(rest),
    }
}

/// Any text as a code.
fn typed(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(code) = read_code(&text) {
        assert_eq!(code.len(), CODE_LETTERS + 1);
        assert_eq!(code.as_bytes()[CODE_LETTERS / 2], b'-');
        assert!(
            code.bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_digit() || byte.is_ascii_uppercase())
        );
        assert_eq!(read_code(&code), Some(code.clone()), "read twice, read the same");
        assert_eq!(read_code(&code.to_lowercase()), Some(code));
    }
    asked(&EnrolRequest {
        code: text.into_owned(),
        keys: None,
    });
}

/// Any bits as a code of ours.
fn made(data: &[u8]) {
    let bits = data
        .iter()
        .take(8)
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let code = code_from_bits(bits);
    let spaced: String = code.chars().flat_map(|letter| [letter, ' ']).collect();
    for typed in [code.clone(), code.replace('-', ""), code.to_lowercase(), spaced] {
        assert_eq!(read_code(&typed).as_ref(), Some(&code), "{typed}");
    }
}

/// Any request: it makes a device only with the unused code, and asking again gives the same one.
fn asked(request: &EnrolRequest) {
    let mut office = Office::open();
    let before = office.counts();
    let answer = office
        .core
        .transact(|desk| desk.enrol(request))
        .expect("never a fault of the centre");
    match &answer {
        Err(code) => {
            use ProblemCode::{BadProof, CodeExpired, CodeUnknown, CodeUsed};
            assert!(
                [BadProof, CodeExpired, CodeUnknown, CodeUsed].contains(code),
                "{code:?}"
            );
            assert_eq!(office.counts(), before, "a refused request changes nothing");
        }
        Ok(reply) => {
            assert!(read_code(&request.code).is_some());
            if reply.device.is_none() {
                assert_eq!(office.counts(), before, "asking whose code it is changes nothing");
            }
            let after = office.counts();
            let again = office.core.transact(|desk| desk.enrol(request)).expect("no fault");
            assert_eq!(
                (again.as_ref(), office.counts()),
                (Ok(reply), after),
                "asked twice, done once"
            );
        }
    }
}

/// A good request with one of its bytes changed: another device, or none, but never this one without its proof.
fn damaged(data: &[u8]) {
    let office = Office::open();
    let good = Hand::of(77).enrolment(&office.code);
    let mut bytes = serde_json::to_vec(&good).expect("plain data");
    for (at, change) in data
        .chunks_exact(3)
        .map(|c| (usize::from(u16::from_be_bytes([c[0], c[1]])), c[2]))
    {
        let length = bytes.len();
        bytes[at % length] ^= change;
    }
    if let Ok(request) = serde_json::from_slice::<EnrolRequest>(&bytes) {
        let mut office = office;
        let answer = office.core.transact(|desk| desk.enrol(&request)).expect("no fault");
        if request.keys != good.keys && request.keys.is_some() {
            assert!(answer.is_err(), "no proof holds for other keys, names or logs");
        }
        asked(&request);
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let office = Office::open();
    let request = Hand::of(77).enrolment(&office.code);
    let json = serde_json::to_vec(&request).expect("plain data");
    let question = serde_json::to_vec(&EnrolRequest {
        code: office.code.clone(),
        keys: None,
    });
    vec![
        [&[0], office.code.as_bytes()].concat(),
        b"\0oilab cdefg".to_vec(),
        b"\x01\x12\x34\x56\x78\x9a\xbc".to_vec(),
        [&[2], json.as_slice()].concat(),
        [&[2], question.expect("plain data").as_slice()].concat(),
        vec![3, 0, 40, 1, 0, 200, 3],
        vec![3],
    ]
}
