//! §5, §8, §10: what only an officer can ask, and what a revocation does.

use hocvu_wire::batch::Verdict;
use hocvu_wire::changes::Change;
use hocvu_wire::problem::ProblemCode;
use serde_json::json;

use super::{Rule, rule, ruled};
use crate::device::{Device, session};
use crate::outcome::{Outcome, Result, holds, same};
use crate::stage::Stage;

pub(super) const RULES: &[Rule] = &[
    rule("§8", "a correction needs a reason and sets a floor", corrected),
    rule("§5", "an officer adopts what waits for its scope", adopted),
    rule("§5", "an officer sends back, and the author hears why", returned),
    rule(
        "§5 I14",
        "a revoked device sees nothing, and what it sends can be released",
        revoked,
    ),
    rule(
        "§10 I13",
        "an officer sees the commune, another commune nothing of it",
        seen,
    ),
];

const NO_ADMIN: Result = Ok(Outcome::Skipped("needs --admin-command"));

fn corrected(stage: &mut Stage) -> Result {
    if !stage.has_admin() {
        return NO_ADMIN;
    }
    let mut officer = stage.officer()?;
    let (id, one) = stage.device.create(30);
    stage.device.deliver_last(&stage.asker)?;
    let unit = stage.device.unit.clone();
    officer.act("correct", id, &unit, Some(one), json!({ "set": { "note": "đúng" } }));
    let ruling = officer.deliver_last(&stage.asker)?;
    ruled(
        "a correction without a reason",
        &ruling,
        Verdict::Rejected,
        Some("REASON_MISSING"),
    )?;
    let two = officer.act(
        "correct",
        id,
        &unit,
        Some(one),
        json!({ "set": { "note": "đúng" }, "reason": "vì" }),
    );
    ruled(
        "a correction",
        &officer.deliver_last(&stage.asker)?,
        Verdict::Accepted,
        None,
    )?;
    stage.device.put(id, &unit, Some(two), json!({ "note": "khác" }));
    let ruling = stage.device.deliver_last(&stage.asker)?;
    ruled(
        "a team's change of it",
        &ruling,
        Verdict::Conflicted,
        Some("RANK_FLOOR"),
    )?;
    stage.keep_officer(officer);
    Ok(Outcome::Kept)
}

fn adopted(stage: &mut Stage) -> Result {
    if !stage.has_admin() {
        return NO_ADMIN;
    }
    let mut officer = stage.officer()?;
    let unit = format!("u:{}", uuid::Uuid::from_bytes(crate::device::random()));
    let id = uuid::Uuid::from_bytes(crate::device::random());
    let held = stage.device.put(id, &unit, None, session(31));
    let ruling = stage.device.deliver_last(&stage.asker)?;
    ruled("a unit nobody knows", &ruling, Verdict::Held, Some("UNIT_UNKNOWN"))?;
    officer.write(json!({ "k": "adopt", "cites": [held], "unit": stage.device.unit, "at": 1 }));
    ruled(
        "the adoption",
        &officer.deliver_last(&stage.asker)?,
        Verdict::Accepted,
        None,
    )?;
    let ruling = stage.device.deliver_last(&stage.asker)?;
    ruled("what was adopted", &ruling, Verdict::Accepted, None)?;
    super::judging::record(stage, &stage.device, id)?;
    stage.keep_officer(officer);
    Ok(Outcome::Kept)
}

fn returned(stage: &mut Stage) -> Result {
    if !stage.has_admin() {
        return NO_ADMIN;
    }
    let mut officer = stage.officer()?;
    let unit = format!("u:{}", uuid::Uuid::from_bytes(crate::device::random()));
    let held = stage.device.put(
        uuid::Uuid::from_bytes(crate::device::random()),
        &unit,
        None,
        session(32),
    );
    stage.device.deliver_last(&stage.asker)?;
    officer.write(json!({ "k": "return", "cites": [held], "reason": "Ghi lại đúng ấp", "at": 1 }));
    // Nobody's unit: any officer may send it back only where it lies in their scope, so it is the author's that counts.
    let ruling = officer.deliver_last(&stage.asker)?;
    ruled("sending back", &ruling, Verdict::Accepted, None)?;
    let ruling = stage.device.deliver_last(&stage.asker)?;
    ruled("what was sent back", &ruling, Verdict::Rejected, Some("RETURNED"))?;
    same("the officer's words", ruling.m.as_deref(), Some("Ghi lại đúng ấp"))?;
    stage.keep_officer(officer);
    Ok(Outcome::Kept)
}

fn revoked(stage: &mut Stage) -> Result {
    if !stage.has_admin() {
        return NO_ADMIN;
    }
    let mut officer = stage.officer()?;
    let mut lost = stage.enrol(&stage.device.unit, "team")?;
    officer.write(json!({ "k": "revoke", "device": lost.id, "reason": "Mất máy", "at": 1 }));
    ruled(
        "a revocation",
        &officer.deliver_last(&stage.asker)?,
        Verdict::Accepted,
        None,
    )?;
    let (id, op) = lost.create(33);
    let ruling = lost.deliver_last(&stage.asker)?;
    ruled(
        "what a revoked device sends",
        &ruling,
        Verdict::Quarantined,
        Some("DEVICE_REVOKED"),
    )?;
    stage
        .asker
        .get("/v1/changes", Some(&lost.token))?
        .refused(ProblemCode::DeviceRevoked)?;
    officer.write(json!({ "k": "release", "cites": [op], "at": 1 }));
    ruled(
        "a release",
        &officer.deliver_last(&stage.asker)?,
        Verdict::Accepted,
        None,
    )?;
    let ruling = lost.deliver_last(&stage.asker)?;
    ruled("what was released", &ruling, Verdict::Accepted, None)?;
    super::judging::record(stage, &stage.device, id)?;
    stage
        .asker
        .get("/v1/changes", Some(&lost.token))?
        .refused(ProblemCode::DeviceRevoked)?;
    stage.keep_officer(officer);
    Ok(Outcome::Kept)
}

fn units_of(stage: &Stage, device: &Device) -> Result<Vec<String>> {
    let (changes, _) = device.feed(&stage.asker, "", 500)?;
    let units = changes.into_iter().filter_map(|change| match change {
        Change::Record { unit, .. } => Some(unit.0),
        _ => None,
    });
    Ok(units.collect())
}

fn seen(stage: &mut Stage) -> Result {
    if !stage.has_admin() {
        return NO_ADMIN;
    }
    let officer = stage.officer()?;
    let own = stage.device.unit.clone();
    let seen = units_of(stage, &officer)?;
    holds(seen.contains(&own), || {
        "the officer does not see the device's records".into()
    })?;
    let elsewhere = stage.enrol(&stage.elsewhere()?, "team")?;
    same(
        "records of another commune's device",
        units_of(stage, &elsewhere)?.len(),
        0,
    )?;
    Ok(Outcome::Kept)
}
