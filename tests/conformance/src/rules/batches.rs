//! §6, §7, §9: frames, batches, receipts.

use hocvu_model::ids::{LogId, OperationId};
use hocvu_model::operation::digest;
use hocvu_wire::b64;
use hocvu_wire::batch::{OpsRequest, Outcome as Told, ReceiptsReply, Verdict};
use hocvu_wire::frame::SealedFrame;
use hocvu_wire::limits::{BATCH_OPS_MAX, FRAME_OPS_MAX};
use hocvu_wire::problem::ProblemCode;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Rule, rule, ruled};
use crate::device::{Device, random, rulings, session};
use crate::outcome::{Outcome, Result, holds, same};
use crate::stage::Stage;

pub(super) const RULES: &[Rule] = &[
    rule("§7", "a frame is stored and every operation has its receipt", stored),
    rule(
        "§7 I4",
        "what has a receipt is there for the next question",
        acknowledged,
    ),
    rule("§7 I3", "delivered again: the same receipts, nothing new", twice),
    rule("§6", "bad frames are refused alone, each by its name", bad_frames),
    rule("§6", "an open registers a log; a log of nobody is refused", logs),
    rule("§7 I5", "bad operations stop nobody", head_of_line),
    rule(
        "§7 I5",
        "a base with a number beyond all numbers stops nobody",
        far_base,
    ),
    rule("§7 I12", "another content under a number is kept aside", forked),
    rule("§7", "a batch over its limit is refused whole", too_many),
    rule("§9", "lost receipts are given again, for this very content", receipts),
    rule("§9 I13", "receipts of a log of others are not told", foreign_receipts),
];

fn stored(stage: &mut Stage) -> Result {
    let device = &mut stage.device;
    for n in 1..=5 {
        device.create(n);
    }
    let given = device.deliver(&stage.asker, 1)?;
    for (_, ruling) in &given {
        ruled("a good operation", ruling, Verdict::Accepted, None)?;
    }
    holds(given.windows(2).all(|two| two[0].0 < two[1].0), || {
        "arrival numbers do not rise".into()
    })?;
    Ok(Outcome::Kept)
}

fn acknowledged(stage: &mut Stage) -> Result {
    let device = &mut stage.device;
    let (record, _) = device.create(9);
    let ruling = device.deliver_last(&stage.asker)?;
    ruled("a good operation", &ruling, Verdict::Accepted, None)?;
    let (log, last) = (device.log, device.last());
    same(
        "have of a new session",
        device.open_session(&stage.asker, log)?.have,
        vec![(1, last)],
    )?;
    let (changes, _) = device.feed(&stage.asker, "", 500)?;
    let seen = changes
        .iter()
        .any(|change| matches!(change, hocvu_wire::changes::Change::Record { id, .. } if id.0 == record));
    holds(seen, || "a record that was acknowledged is not in the feed".into())?;
    Ok(Outcome::Kept)
}

fn twice(stage: &mut Stage) -> Result {
    let device = &stage.device;
    let before = device.deliver(&stage.asker, 1)?;
    let (one, cursor) = device.feed(&stage.asker, "", 500)?;
    let single: Vec<SealedFrame> = (1..=device.last()).rev().map(|seq| device.frame(seq, seq)).collect();
    let mut again = rulings(&device.send(&stage.asker, [single.clone(), single].concat())?)?;
    again.truncate(before.len());
    again.reverse();
    same("receipts of single frames, twice and in another order", again, before)?;
    let (two, after) = device.feed(&stage.asker, "", 500)?;
    same("the feed afterwards", (two, after), (one, cursor))?;
    Ok(Outcome::Kept)
}

fn bad_frames(stage: &mut Stage) -> Result {
    let device = &mut stage.device;
    device.create(4);
    let last = device.last();
    let good = device.frame(last, last);
    let with = |p: String| SealedFrame { p, s: good.s.clone() };
    let aimed = Device {
        dep: "another".into(),
        ..device.clone()
    };
    let forged = Device {
        sign: Device::blank().sign,
        ..device.clone()
    };
    let many = vec!["{}"; FRAME_OPS_MAX + 1];
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let frames = vec![
        ("FRAME_MALFORMED", with("{}".into())),
        ("FRAME_MALFORMED", with("no json".into())),
        ("FRAME_MALFORMED", device.seal(device.log, 0, &["{}"])),
        ("FRAME_MALFORMED", device.seal(device.log, last, &[])),
        ("FRAME_MALFORMED", device.seal(device.log, last, &[&deep])),
        ("FRAME_TOO_LARGE", device.seal(device.log, last, &many)),
        ("WRONG_DEPLOYMENT", aimed.frame(last, last)),
        ("BAD_SIGNATURE", forged.frame(last, last)),
        (
            "BAD_SIGNATURE",
            with(good.p.replace("\"attended\":4", "\"attended\":5")),
        ),
        (
            "BAD_SIGNATURE",
            SealedFrame {
                p: good.p.clone(),
                s: String::new(),
            },
        ),
        ("LOG_UNKNOWN", device.seal(LogId(random()), 2, &["{}"])),
    ];
    let mut sent: Vec<SealedFrame> = frames.iter().map(|(_, frame)| frame.clone()).collect();
    sent.push(good);
    let reply = device.send(&stage.asker, sent)?;
    for (at, (code, _)) in frames.iter().enumerate() {
        let told = reply.r.get(at);
        let expected = matches!(told, Some(Told::Refused { i, c }) if *i == at && c == code);
        holds(expected, || format!("frame {at}: {told:?} instead of {code}"))?;
    }
    let stored = reply.r.last();
    let good =
        matches!(stored, Some(Told::Stored { from, ruling, .. }) if *from == last && ruling.v == Verdict::Accepted);
    holds(good, || format!("the good frame among them: {stored:?}"))?;
    same("outcomes", reply.r.len(), frames.len() + 1)?;
    Ok(Outcome::Kept)
}

fn logs(stage: &mut Stage) -> Result {
    let device = &stage.device;
    let log = LogId(random());
    let open = json!({ "k": "open", "device": device.id, "predecessor": device.log, "reason": "restored", "at": 1 })
        .to_string();
    let reply = device.send(&stage.asker, vec![device.seal(log, 1, &[&open])])?;
    let rulings = rulings(&reply)?;
    same("operations", rulings.len(), 1)?;
    ruled("the open of a second log", &rulings[0].1, Verdict::Accepted, None)?;
    same("have", reply.have, vec![(1, 1)])?;
    let stranger =
        json!({ "k": "open", "device": "dev_nobody", "predecessor": null, "reason": "new", "at": 1 }).to_string();
    let reply = device.send(&stage.asker, vec![device.seal(LogId(random()), 1, &[&stranger])])?;
    let told = reply.r.first();
    holds(
        matches!(told, Some(Told::Refused { c, .. }) if c == "LOG_UNKNOWN"),
        || format!("a log opened for a device nobody knows: {told:?}"),
    )?;
    Ok(Outcome::Kept)
}

fn head_of_line(stage: &mut Stage) -> Result {
    let device = &mut stage.device;
    let from = device.last() + 1;
    let unit = device.unit.clone();
    device.create(7);
    device.write(json!({ "k": "put", "t": "training_session", "sv": 1 }));
    let missing = OperationId {
        log: LogId(random()),
        seq: 3,
    };
    device.act(
        "put",
        uuid::Uuid::from_bytes(random()),
        &unit,
        Some(missing),
        json!({ "set": {} }),
    );
    device.write(json!({ "k": "of a later version", "at": 1 }));
    device.create(8);
    let given = device.deliver(&stage.asker, from)?;
    let verdicts: Vec<&str> = given.iter().map(|(_, ruling)| ruling.v.as_str()).collect();
    same(
        "verdicts",
        verdicts,
        vec!["accepted", "rejected", "held", "held", "accepted"],
    )?;
    Ok(Outcome::Kept)
}

fn far_base(stage: &mut Stage) -> Result {
    let device = &mut stage.device;
    let (from, unit, log) = (device.last() + 1, device.unit.clone(), device.log);
    for seq in [u64::MAX, i64::MAX as u64 + 1, 1 << 53] {
        let base = format!("{log}:{seq}");
        let id = uuid::Uuid::from_bytes(random());
        device.write(
            json!({ "k": "put", "t": "training_session", "sv": 1, "id": id, "unit": unit, "base": base, "set": {} }),
        );
    }
    device.create(9);
    let given = device.deliver(&stage.asker, from)?;
    let applied: Vec<bool> = given.iter().map(|(_, ruling)| ruling.v == Verdict::Accepted).collect();
    same("which were applied", applied, vec![false, false, false, true])?;
    Ok(Outcome::Kept)
}

fn forked(stage: &mut Stage) -> Result {
    let device = &stage.device;
    let before = device.deliver(&stage.asker, 2)?;
    let unit = &device.unit;
    let other = json!({ "k": "put", "t": "training_session", "sv": 1, "id": uuid::Uuid::from_bytes(random()), "unit": unit,
        "base": null, "set": session(77), "at": 2 });
    let frame = device.seal(device.log, 2, &[&other.to_string()]);
    for _ in 0..2 {
        let reply = device.send(&stage.asker, vec![frame.clone()])?;
        let given = rulings(&reply)?;
        let (_, ruling) = given.first().ok_or("no outcome")?;
        ruled("another content", ruling, Verdict::Quarantined, Some("LOG_FORKED"))?;
    }
    same("the first content", device.deliver(&stage.asker, 2)?, before)?;
    Ok(Outcome::Kept)
}

fn too_many(stage: &mut Stage) -> Result {
    let mut device = stage.device.clone();
    let (from, log) = (device.last() + 1, device.log);
    for n in 0..=BATCH_OPS_MAX {
        device.write(json!({ "k": "put", "at": n }));
    }
    let frames: Vec<_> = (from..=device.last())
        .step_by(64)
        .map(|at| device.frame(at, device.last().min(at + 63)))
        .collect();
    let answer = stage
        .asker
        .post("/v1/ops", &OpsRequest { frames }, Some(&device.token))?;
    answer.refused(ProblemCode::TooLarge)?;
    let have = device.open_session(&stage.asker, log)?.have;
    same("what was stored of it", have, vec![(1, from - 1)])?;
    Ok(Outcome::Kept)
}

fn receipts(stage: &mut Stage) -> Result {
    let device = &stage.device;
    let answer = stage
        .asker
        .get(&format!("/v1/receipts?log={}&from=2", device.log), Some(&device.token))?;
    if answer.status == 404 {
        return Ok(Outcome::Skipped("a centre without receipts"));
    }
    let reply: ReceiptsReply = answer.read()?;
    let mut told = Vec::new();
    for outcome in &reply.r {
        if let Told::Stored {
            log: None,
            from,
            to,
            fseq,
            ruling,
        } = outcome
        {
            told.extend((*from..=to.unwrap_or(*from)).map(|seq| (fseq + seq - from, ruling.clone())));
        }
    }
    same("receipts", told, device.deliver(&stage.asker, 2)?)?;
    let mut hash = Sha256::new();
    device.texts[1..].iter().for_each(|text| hash.update(digest(text)));
    same("digest of the contents", reply.sha256, b64::encode(hash.finalize()))?;
    Ok(Outcome::Kept)
}

fn foreign_receipts(stage: &mut Stage) -> Result {
    if !stage.has_admin() {
        return Ok(Outcome::Skipped("needs --admin-command"));
    }
    let other = stage.enrol(&stage.device.unit, "team")?;
    let path = format!("/v1/receipts?log={}&from=1", stage.device.log);
    let answer = stage.asker.get(&path, Some(&other.token))?;
    if answer.status == 404 {
        return Ok(Outcome::Kept);
    }
    let reply: ReceiptsReply = answer.read()?;
    same("receipts of another device", reply.r, Vec::new())?;
    let mut asks = other;
    same(
        "have of another device",
        asks.open_session(&stage.asker, stage.device.log)?.have,
        Vec::new(),
    )?;
    Ok(Outcome::Kept)
}
