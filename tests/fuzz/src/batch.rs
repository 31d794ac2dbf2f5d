//! Batches: whatever arrives is no fault of the centre, what is refused changes nothing, what is delivered twice counts
//! once (I3), and the file still proves itself (I8).

use hocvu_model::operation::Kind;
use hocvu_wire::batch::{OpsReply, OpsRequest, Outcome, Verdict};
use hocvu_wire::limits::{BATCH_OPS_MAX, FRAME_BYTES_MAX, FRAME_OPS_MAX};
use hocvu_wire::packing::{pack, unpack};
use hocvu_wire::problem::ProblemCode;
use serde_json::json;
use serde_json::value::RawValue;

use crate::office::{DEVICES, Hand, Office, session};
use crate::split;

/// Operations of one input. More would only be slower.
const OPERATIONS_MAX: usize = 24;

pub(crate) fn run(data: &[u8]) {
    let (mode, rest) = split(data);
    match mode % 3 {
        0 => {
            let unpacked = unpack(rest).ok();
            if let Some(request) = unpacked.and_then(|body| serde_json::from_slice(&body).ok()) {
                arrives(request);
            }
        }
        1 => {
            if let Ok(request) = serde_json::from_slice(rest) {
                arrives(request);
            }
        }
        _ => signed(rest),
    }
}

/// A request nobody vouches for.
fn arrives(request: OpsRequest) {
    let mut office = Office::open();
    let before = office.counts();
    match office.deliver(request) {
        Err(problem) => {
            assert_eq!(
                problem.code,
                ProblemCode::TooLarge,
                "the only problem a readable batch can have"
            );
            assert_eq!(office.counts(), before, "a refused request changes nothing");
        }
        Ok(reply) => {
            if reply.r.iter().all(|outcome| matches!(outcome, Outcome::Refused { .. })) {
                assert_eq!(office.counts(), before, "refused frames change nothing");
            }
        }
    }
}

/// Operations that a device of the office wrote and signed. A line `!N M` goes on as device N (of 1, 2, 3) at number M;
/// every other line that is JSON is an operation. The first byte says how many operations go into a frame.
fn signed(data: &[u8]) {
    let (size, rest) = split(data);
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let frames = frames(text, 1 + usize::from(size) % FRAME_OPS_MAX);
    if frames.frames.is_empty() {
        return;
    }
    let mut office = Office::open();
    let reply = match office.deliver(frames.clone()) {
        Ok(reply) => reply,
        Err(problem) => panic!("a batch of at most {BATCH_OPS_MAX} operations is taken: {problem:?}"),
    };
    answered_in_full(&frames, &reply);
    let after = office.counts();
    let again = office.deliver(frames.clone()).expect("taken once, taken twice");
    assert_eq!(office.counts(), after, "I3: a second delivery changes nothing");
    answered_in_full(&frames, &again);
    assert_eq!(receipts(&reply), receipts(&again), "I3: the same receipts");
    office.assert_sound();
}

fn frames(text: &str, size: usize) -> OpsRequest {
    let (mut device, mut next) = (0_usize, [1_u64; DEVICES.len()]);
    let mut request = OpsRequest::default();
    let mut waiting: Vec<&str> = Vec::new();
    let hands: Vec<Hand> = DEVICES.iter().map(|(n, ..)| Hand::of(*n)).collect();
    let mut seal = |device: usize, next: &mut [u64], ops: &mut Vec<&str>| {
        if !ops.is_empty() {
            request.frames.push(hands[device].seal(next[device], ops));
            next[device] += ops.len() as u64;
            ops.clear();
        }
    };
    for line in text.lines().take(2 * OPERATIONS_MAX) {
        if let Some(to) = line.strip_prefix('!') {
            seal(device, &mut next, &mut waiting);
            let mut numbers = to.split(' ').map(|number| number.parse::<u64>().unwrap_or(1));
            device = (numbers.next().unwrap_or(1) as usize) % DEVICES.len();
            if let Some(at) = numbers.next() {
                next[device] = at.clamp(1, 1 << 40);
            }
        } else if let Ok(op) = serde_json::from_str::<&RawValue>(line) {
            let bytes: usize = waiting.iter().map(|op| op.len() + 1).sum();
            if waiting.len() == size || bytes + op.get().len() + 512 > FRAME_BYTES_MAX {
                seal(device, &mut next, &mut waiting);
            }
            waiting.push(op.get());
        }
    }
    seal(device, &mut next, &mut waiting);
    request
}

/// One outcome for each operation, in the order of the request; a refused frame is named by its index.
fn answered_in_full(request: &OpsRequest, reply: &OpsReply) {
    let mut outcomes = reply.r.iter().flat_map(|outcome| match outcome {
        Outcome::Refused { i, .. } => vec![(Some(*i), 0)],
        Outcome::Stored { from, to, .. } => (*from..=to.unwrap_or(*from)).map(|seq| (None, seq)).collect(),
    });
    for (i, frame) in request.frames.iter().enumerate() {
        let read = frame.read(crate::office::DEPLOYMENT);
        let mut next = || outcomes.next().expect("an outcome for everything sent");
        let (from, count) = read.map_or((0, 0), |text| (text.from, text.ops.len() as u64));
        match next() {
            (Some(index), _) => assert_eq!(index, i, "refused frames are named"),
            (None, seq) => {
                assert_eq!(seq, from, "in order");
                (1..count).for_each(|at| assert_eq!(next(), (None, from + at), "in order"));
            }
        }
    }
    assert_eq!(outcomes.next(), None, "and nothing else");
}

/// Numbers and receipts; verdicts may be other ones by now, where an operation waited for a later one.
fn receipts(reply: &OpsReply) -> Vec<(u64, u64)> {
    let mut all = Vec::new();
    for outcome in &reply.r {
        if let Outcome::Stored {
            from, to, fseq, ruling, ..
        } = outcome
        {
            let reasoned = ruling.v == Verdict::Accepted && ruling.c.is_some();
            assert!(!reasoned, "acceptance needs no reason");
            all.extend((*from..=to.unwrap_or(*from)).map(|seq| (seq, fseq + seq - from)));
        }
    }
    all
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut hand = Hand::of(1);
    hand.open();
    let one = hand.create(1, "u:1", session(30));
    let two = hand.act(Kind::Put, 1, "u:1", Some(one), Some(json!({ "note": "sửa" })));
    hand.act(
        Kind::Put,
        1,
        "u:1",
        Some(one),
        Some(json!({ "topics": ["info_safety"] })),
    );
    hand.act(Kind::Void, 1, "u:1", Some(two), None);
    hand.create(2, "u:9", session(3)); // Outside the grant.
    hand.create(3, "u:404", session(3)); // No such unit.
    hand.create(4, "u:1", json!({ "date": "2031-01-01" })); // Breaks rules.
    let lines = hand.lines();
    let later = lines.replace("\"sv\":1", "\"sv\":9");
    let request = OpsRequest {
        frames: vec![hand.frame(1, hand.count()), Hand::of(9).seal(1, &["{}"])],
    };
    let json = serde_json::to_vec(&request).expect("plain data");
    let office = lines.replace("\"k\":\"put\"", "\"k\":\"correct\",\"reason\":\"x\"");
    let acts = r#"{"k":"adopt","cites":["01010101010101010101010101010101:6"],"unit":"u:2","at":1}
{"k":"return","cites":["01010101010101010101010101010101:7"],"reason":"sai ấp","at":1}
{"k":"release","cites":["01010101010101010101010101010101:2"],"at":1}
{"k":"revoke","device":"dev_1","reason":"mất máy","at":1}
{"k":"invite","code":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","unit":"u:2","role":"team","name":"Bảy","at":1}
{"k":"succeed","units":[{"uid":"u:3","level":"hamlet","name":"Ấp Ba","parent":"new:29242"}],"successions":[{"old":"u:1","new":"u:3","kind":"merge","effective":"2025-07-01"}],"at":1}"#;
    vec![
        [&[0], pack(&json).as_slice()].concat(),
        [&[1], json.as_slice()].concat(),
        [&[2, 63], lines.as_bytes()].concat(),
        [&[2, 0], lines.as_bytes()].concat(),
        [&[2, 1], later.as_bytes()].concat(),
        [
            &[2, 2],
            lines.as_bytes(),
            b"\n!1\n",
            lines.as_bytes(),
            b"\n!2\n",
            lines.as_bytes(),
        ]
        .concat(),
        [&[2, 5], lines.as_bytes(), b"\n!2 1\n", office.as_bytes()].concat(),
        [&[2, 5], lines.as_bytes(), b"\n!2 1\n", acts.as_bytes()].concat(),
        [
            &[2, 5, b'!', b'0', b' ', b'5', b'\n'],
            lines.as_bytes(),
            b"\n!0 1\n",
            lines.as_bytes(),
        ]
        .concat(),
    ]
}
