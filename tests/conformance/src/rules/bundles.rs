//! §13: the same frames by another carrier.

use std::io::Cursor;

use hocvu_wire::bundle::{BundleId, BundleReply, BundleStatus, MEDIA_TYPE, Writer, open_receipt};
use hocvu_wire::keys::{KeySet, KeysReply};
use hocvu_wire::problem::ProblemCode;

use super::{Rule, rule};
use crate::ask::{Request, bearer};
use crate::device::{Device, random};
use crate::outcome::{Outcome, Result, holds, same};
use crate::stage::Stage;

pub(super) const RULES: &[Rule] = &[
    rule(
        "§13 I3",
        "a bundle is taken; again, and by network, it changes nothing",
        taken,
    ),
    rule("§13 I17", "an altered, cut or foreign bundle applies nothing", altered),
    rule("§13", "a receipt nobody has is not there", no_receipt),
];

fn keys(stage: &Stage) -> Result<Option<(KeysReply, KeySet)>> {
    let answer = stage.asker.get("/v1/keys", None)?;
    if answer.status == 404 {
        return Ok(None);
    }
    let reply: KeysReply = answer.read()?;
    let set = reply
        .keys
        .verify(&reply.root, &stage.device.dep)
        .map_err(|bad| bad.to_string())?;
    Ok(Some((reply, set)))
}

fn bundle(device: &Device, from: u64, keys: &KeySet) -> Result<(BundleId, Vec<u8>)> {
    let id = BundleId(random());
    let written = || -> std::io::Result<Vec<u8>> {
        let mut writer = Writer::new(Cursor::new(Vec::new()), id, keys)?;
        writer.frame(&device.frame(from, device.last()))?;
        let (_, file) = writer.finish(&device.dep, &device.id, "2025-11-22T12:00:00+07:00", &device.sign)?;
        Ok(file.into_inner())
    };
    Ok((id, written().map_err(|error| error.to_string())?))
}

fn post(stage: &Stage, file: Vec<u8>) -> Result<crate::ask::Answer> {
    stage
        .asker
        .send("/v1/bundles", MEDIA_TYPE, file, Some(&stage.device.token))
}

fn taken(stage: &mut Stage) -> Result {
    let Some((known, keys)) = keys(stage)? else {
        return Ok(Outcome::Skipped("a centre without keys"));
    };
    let mut device = stage.device.clone();
    let from = device.last() + 1;
    let (record, _) = device.create(13);
    device.create(14);
    let (id, file) = bundle(&device, from, &keys)?;
    let mut replies = Vec::new();
    for _ in 0..2 {
        let reply: BundleReply = post(stage, file.clone())?.read()?;
        let stored = !matches!(reply.status, BundleStatus::Refused { .. });
        holds(stored, || format!("{reply:?}"))?;
        same("its id", reply.id.clone(), id.to_string())?;
        replies.push(reply);
    }
    super::judging::record(stage, &device, record)?;
    let before = device.feed(&stage.asker, "", 500)?;
    let by_network = device.deliver(&stage.asker, from)?;
    same(
        "verdicts by network",
        by_network
            .iter()
            .all(|(_, r)| r.v == hocvu_wire::batch::Verdict::Accepted),
        true,
    )?;
    same(
        "the feed after a delivery by network",
        device.feed(&stage.asker, "", 500)?,
        before,
    )?;
    let answer = stage
        .asker
        .get(&format!("/v1/bundles/{id}/receipt"), Some(&device.token))?;
    same("status of the receipt", answer.status, 200)?;
    let (receipt, ..) =
        open_receipt(&answer.body, &device.seal, &known.root, &device.dep, 0).map_err(|bad| bad.to_string())?;
    same(
        "the receipt's bundle and device",
        (receipt.bundle, receipt.device),
        (id.to_string(), device.id.clone()),
    )?;
    let told = receipt.r.iter().map(|outcome| match outcome {
        hocvu_wire::batch::Outcome::Stored { from, to, .. } => to.unwrap_or(*from) + 1 - from,
        hocvu_wire::batch::Outcome::Refused { .. } => 0,
    });
    same("operations in the receipt", told.sum::<u64>(), 2)?;
    stage.device = device;
    Ok(Outcome::Kept)
}

fn altered(stage: &mut Stage) -> Result {
    let Some((_, keys)) = keys(stage)? else {
        return Ok(Outcome::Skipped("a centre without keys"));
    };
    let mut device = stage.device.clone();
    let from = device.last() + 1;
    device.create(15);
    let (_, file) = bundle(&device, from, &keys)?;
    let mut forged = device.clone();
    forged.sign = Device::blank().sign;
    let mut elsewhere = keys.clone();
    elsewhere.seal = hocvu_wire::keys::PublicKey::of_secret(&random());
    elsewhere.recovery = elsewhere.seal;
    let mut bad = vec![
        ("a cut bundle", file[..file.len() - 1].to_vec()),
        ("a bundle with more behind it", [file.as_slice(), b"x"].concat()),
        ("a bundle signed by nobody", bundle(&forged, from, &keys)?.1),
        (
            "a bundle sealed to another centre",
            bundle(&device, from, &elsewhere)?.1,
        ),
        ("no bundle", b"PK\x03\x04".repeat(100)),
    ];
    for at in [0, 20, 60, 100, 155, 170, file.len() / 2, file.len() - 1] {
        let mut flipped = file.clone();
        flipped[at] ^= 1;
        bad.push(("a bundle with one bit changed", flipped));
    }
    for (what, file) in bad {
        let answer = post(stage, file)?;
        if answer.status == 200 {
            let reply: BundleReply = answer.read()?;
            let refused = matches!(reply.status, BundleStatus::Refused { .. });
            holds(refused, || format!("{what}: {reply:?}"))?;
        } else {
            holds((400..500).contains(&answer.status), || {
                format!("{what}: {}", answer.status)
            })?;
        }
    }
    let log = device.log;
    same(
        "what was stored of them",
        device.open_session(&stage.asker, log)?.have,
        vec![(1, from - 1)],
    )?;
    Ok(Outcome::Kept)
}

fn no_receipt(stage: &mut Stage) -> Result {
    for id in [BundleId(random()).to_string(), "x".into(), "..%2f".into()] {
        let path = format!("/v1/bundles/{id}/receipt");
        let answer = stage.asker.ask(Request {
            method: "GET",
            path: &path,
            headers: vec![bearer(&stage.device.token)],
            body: Vec::new(),
        })?;
        answer.refused(ProblemCode::NotFound)?;
    }
    Ok(Outcome::Kept)
}
