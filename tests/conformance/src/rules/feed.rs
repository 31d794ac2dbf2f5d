//! §10, §11, §12: the feed, the sums of its records, the keys.

use std::collections::BTreeMap;

use hocvu_wire::b64;
use hocvu_wire::changes::Change;
use hocvu_wire::digest::{DigestReply, SnapshotReply, Sum, of_record};
use hocvu_wire::keys::KeysReply;
use hocvu_wire::problem::ProblemCode;

use super::{Rule, rule};
use crate::outcome::{Outcome, Result, holds, same};
use crate::stage::Stage;

pub(super) const RULES: &[Rule] = &[
    rule("§10 I10", "pages of every size tell the same", pages),
    rule("§10", "numbers rise, and the epoch is the session's", order),
    rule("§10", "a cursor that is none, or of another epoch, is gone", cursors),
    rule("§10", "a limit without sense is no fault", limits),
    rule("§11 I9", "the digest is that of the records the feed tells", digest),
    rule(
        "§11 I13",
        "a snapshot tells the same records, and none of others",
        snapshot,
    ),
    rule("§12", "the key set is signed by the root, for this deployment", keys),
];

/// The last state of every record.
fn records(changes: &[Change]) -> BTreeMap<String, &Change> {
    let mut records = BTreeMap::new();
    for change in changes {
        match change {
            Change::Record { id, .. } => drop(records.insert(id.to_string(), change)),
            Change::Gone { id, .. } => drop(records.remove(&id.to_string())),
            _ => {}
        }
    }
    records
}

fn fseq(change: &Change) -> u64 {
    match change {
        Change::Record { fseq, .. }
        | Change::Verdict { fseq, .. }
        | Change::Unit { fseq, .. }
        | Change::Device { fseq, .. }
        | Change::Succession { fseq, .. }
        | Change::Gone { fseq, .. } => *fseq,
        Change::Case(case) => case.fseq,
        Change::Unknown => 0,
    }
}

fn pages(stage: &mut Stage) -> Result {
    let (whole, end) = stage.device.feed(&stage.asker, "", 500)?;
    holds(whole.len() > 5, || "too short a feed to ask about".into())?;
    for limit in [1, 2, 7] {
        let (paged, cursor) = stage.device.feed(&stage.asker, "", limit)?;
        same(
            &format!("the feed in pages of {limit}"),
            records(&paged),
            records(&whole),
        )?;
        same("where it ends", cursor, end.clone())?;
    }
    let (rest, cursor) = stage.device.feed(&stage.asker, &end, 500)?;
    same("after the end", (rest.len(), cursor), (0, end))?;
    Ok(Outcome::Kept)
}

fn order(stage: &mut Stage) -> Result {
    let page = stage.device.page(&stage.asker, "", 500)?;
    same("epoch", page.epoch, stage.device.epoch.clone())?;
    let known: Vec<u64> = page.changes.iter().map(fseq).filter(|fseq| *fseq > 0).collect();
    holds(known.is_sorted(), || format!("{known:?}"))?;
    Ok(Outcome::Kept)
}

fn cursors(stage: &mut Stage) -> Result {
    let token = stage.device.token.clone();
    let good = stage.device.page(&stage.asker, "", 1)?.cursor;
    let cut = &good[..good.len() / 2];
    let other = good.replacen(|c: char| c.is_ascii_alphanumeric(), "%7E", 1);
    for cursor in [
        "x",
        "0",
        cut,
        &other,
        "%00",
        "..",
        "18446744073709551616",
        "%F0%9F%98%80",
    ] {
        let answer = stage.asker.get(&format!("/v1/changes?cursor={cursor}"), Some(&token))?;
        answer
            .refused(ProblemCode::CursorGone)
            .map_err(|why| format!("“{cursor}”: {why}"))?;
    }
    for more in ["18446744073709551615", "99999999999999999999", "-1"] {
        let answer = stage
            .asker
            .get(&format!("/v1/changes?cursor={good}{more}"), Some(&token))?;
        holds(answer.status < 500, || format!("{good}{more}: {}", answer.status))?;
    }
    Ok(Outcome::Kept)
}

fn limits(stage: &mut Stage) -> Result {
    for limit in ["0", "1000000", "-1", "x", "18446744073709551616"] {
        let answer = stage
            .asker
            .get(&format!("/v1/changes?limit={limit}"), Some(&stage.device.token))?;
        holds(answer.status == 200 || answer.status == 400, || {
            format!("limit {limit}: {}", answer.status)
        })?;
        if answer.status == 400 {
            answer.refused(ProblemCode::Malformed)?;
        }
    }
    Ok(Outcome::Kept)
}

fn digest(stage: &mut Stage) -> Result {
    let answer = stage.asker.get("/v1/digest", Some(&stage.device.token))?;
    if answer.status == 404 {
        return Ok(Outcome::Skipped("a centre without digests"));
    }
    let reply: DigestReply = answer.read()?;
    let (changes, _) = stage.device.feed(&stage.asker, "", 500)?;
    let mut sums: BTreeMap<String, (u64, Sum)> = BTreeMap::new();
    for change in records(&changes).into_values() {
        if let Change::Record {
            id,
            unit,
            head,
            body,
            void,
            ..
        } = change
        {
            let (count, sum) = sums.entry(unit.to_string()).or_default();
            *count += 1;
            sum.toggle(of_record(*id, *head, unit.as_str(), *void, body));
        }
    }
    let expected: Vec<_> = sums
        .into_iter()
        .map(|(unit, (n, sum))| (unit, n, b64::encode(sum.0)))
        .collect();
    let seen: Vec<_> = reply
        .units
        .into_iter()
        .map(|unit| (unit.unit, unit.n, unit.d))
        .collect();
    same("sums by unit", seen, expected)?;
    Ok(Outcome::Kept)
}

fn snapshot(stage: &mut Stage) -> Result {
    let unit = stage.device.unit.clone();
    let mut told = Vec::new();
    let mut after = String::new();
    loop {
        let answer = stage
            .asker
            .get(&format!("/v1/snapshot?unit={unit}{after}"), Some(&stage.device.token))?;
        if answer.status == 404 && told.is_empty() {
            return Ok(Outcome::Skipped("a centre without snapshots"));
        }
        let page: SnapshotReply = answer.read()?;
        told.extend(page.records);
        match told.last() {
            Some(Change::Record { id, .. }) if page.more => after = format!("&after={id}"),
            _ => break,
        }
    }
    let (changes, _) = stage.device.feed(&stage.asker, "", 500)?;
    let mine = |changes: Vec<Change>| -> Vec<String> {
        let ids = changes.iter().filter_map(|change| match change {
            Change::Record {
                id, unit: its, head, ..
            } if its.as_str() == unit => Some(format!("{id} {head}")),
            _ => None,
        });
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        ids
    };
    let count = told.len();
    let told = mine(told);
    same("records of the unit", &told, &mine(changes))?;
    same("records of others among them", count - told.len(), 0)?;
    for guessed in ["new:29242", "new:29254", "u:1", "", "%00"] {
        if guessed == unit {
            continue;
        }
        let answer = stage
            .asker
            .get(&format!("/v1/snapshot?unit={guessed}"), Some(&stage.device.token))?;
        if answer.status == 200 {
            same(
                "records of a guessed unit",
                answer.read::<SnapshotReply>()?.records,
                Vec::new(),
            )?;
        } else {
            holds(answer.status < 500, || format!("a guessed unit: {}", answer.status))?;
        }
    }
    Ok(Outcome::Kept)
}

fn keys(stage: &mut Stage) -> Result {
    let answer = stage.asker.get("/v1/keys", None)?;
    if answer.status == 404 {
        return Ok(Outcome::Skipped("a centre without keys"));
    }
    let reply: KeysReply = answer.read()?;
    let set = reply
        .keys
        .verify(&reply.root, &stage.device.dep)
        .map_err(|bad| bad.to_string())?;
    holds(set.version > 0 && set.seal != set.recovery, || format!("{set:?}"))?;
    Ok(Outcome::Kept)
}
