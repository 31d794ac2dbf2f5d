//! §8: what becomes of an operation, as far as one team can ask.

use hocvu_model::ids::{LogId, OperationId};
use hocvu_wire::batch::{Ruling, Verdict};
use hocvu_wire::changes::Change;
use hocvu_wire::limits::STRING_BYTES_MAX;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Rule, rule, ruled};
use crate::device::{Device, random, session};
use crate::outcome::{Outcome, Result, holds, same};
use crate::stage::Stage;

pub(super) const RULES: &[Rule] = &[
    rule(
        "§8 I6",
        "an edit of the head is accepted; so is saying what it says",
        on_head,
    ),
    rule("§8 I6", "concurrent changes of other groups are merged", merged),
    rule(
        "§8 I6",
        "concurrent changes of one group are kept as a branch",
        conflicted,
    ),
    rule("§8", "a branch goes on as a branch until a resolve closes it", resolved),
    rule("§8", "void and restore, with the record as it was", voided),
    rule("§8", "a body that breaks a rule is rejected, with findings", invalid),
    rule(
        "§5",
        "no operation, keys named twice, texts without end are rejected",
        malformed,
    ),
    rule("§8 I16", "what is of a later version is held", ahead),
    rule("§8", "what waits for its parent is judged when it comes", waiting),
    rule("§8", "a base of another record is rejected", foreign_base),
    rule("§8", "a unit nobody knows waits", unknown_unit),
    rule("§8 I13", "a unit of others waits for an officer", scope),
    rule("§5", "acts of an office need an officer", rights),
    rule("§5 I16", "fields nobody knows survive an edit", unknown_fields),
];

/// The last change of a record in the device's feed.
pub(super) fn record(stage: &Stage, device: &Device, id: Uuid) -> Result<(OperationId, Value, bool)> {
    let (changes, _) = device.feed(&stage.asker, "", 500)?;
    let found = changes.into_iter().rev().find_map(|change| match change {
        Change::Record {
            id: its,
            head,
            body,
            void,
            ..
        } if its.0 == id => Some((head, Value::Object(body), void)),
        _ => None,
    });
    found.ok_or("the record is not in the feed".into())
}

/// Writes a patch of the device's own record and sends it.
fn edit(stage: &mut Stage, id: Uuid, base: OperationId, set: Value) -> Result<(OperationId, Ruling)> {
    let unit = stage.device.unit.clone();
    let op = stage.device.put(id, &unit, Some(base), set);
    Ok((op, stage.device.deliver_last(&stage.asker)?))
}

fn created(stage: &mut Stage) -> Result<(Uuid, OperationId)> {
    let (id, op) = stage.device.create(20);
    ruled(
        "a creation",
        &stage.device.deliver_last(&stage.asker)?,
        Verdict::Accepted,
        None,
    )?;
    Ok((id, op))
}

fn on_head(stage: &mut Stage) -> Result {
    let (id, one) = created(stage)?;
    let (two, ruling) = edit(stage, id, one, json!({ "note": "sửa" }))?;
    ruled("an edit of the head", &ruling, Verdict::Accepted, None)?;
    let (_, ruling) = edit(stage, id, one, json!({ "note": "sửa" }))?;
    ruled("the same edit from an older base", &ruling, Verdict::Accepted, None)?;
    let (head, body, _) = record(stage, &stage.device, id)?;
    same("head", head, two)?;
    same("note", &body["note"], &json!("sửa"))?;
    same("what was not named", &body["counts"], &session(20)["counts"])?;
    Ok(Outcome::Kept)
}

fn merged(stage: &mut Stage) -> Result {
    let (id, one) = created(stage)?;
    edit(stage, id, one, json!({ "note": "ghi chú" }))?;
    let (three, ruling) = edit(stage, id, one, json!({ "topics": ["info_safety"] }))?;
    ruled("a change of another group", &ruling, Verdict::Merged, None)?;
    let (head, body, _) = record(stage, &stage.device, id)?;
    same("head", head, three)?;
    let both = (&body["note"], &body["topics"]);
    same("both changes", both, (&json!("ghi chú"), &json!(["info_safety"])))?;
    Ok(Outcome::Kept)
}

fn conflicted(stage: &mut Stage) -> Result {
    let (id, one) = created(stage)?;
    let (two, _) = edit(
        stage,
        id,
        one,
        json!({ "counts": [{ "group": "adult", "attended": 21 }] }),
    )?;
    let (_, ruling) = edit(
        stage,
        id,
        one,
        json!({ "counts": [{ "group": "adult", "attended": 22 }] }),
    )?;
    ruled(
        "a change of the same group",
        &ruling,
        Verdict::Conflicted,
        Some("BASE_CHANGED"),
    )?;
    let (head, body, _) = record(stage, &stage.device, id)?;
    same("head", head, two)?;
    same("the figure that stands", &body["counts"][0]["attended"], &json!(21))?;
    Ok(Outcome::Kept)
}

fn resolved(stage: &mut Stage) -> Result {
    let (id, one) = created(stage)?;
    let (head, _) = edit(stage, id, one, json!({ "note": "một" }))?;
    let (branch, _) = edit(stage, id, one, json!({ "note": "hai" }))?;
    let (tip, ruling) = edit(stage, id, branch, json!({ "note": "ba" }))?;
    holds(ruling.v == Verdict::Conflicted, || {
        format!("an edit of the own branch: {ruling:?}")
    })?;
    let open = cases(stage, branch, tip)?;
    holds(open.contains(&(tip, true)), || format!("no open case: {open:?}"))?;
    let unit = stage.device.unit.clone();
    let more = json!({ "set": { "note": "ba" }, "supersedes": [tip] });
    stage.device.act("resolve", id, &unit, Some(head), more);
    ruled(
        "a resolve of the head",
        &stage.device.deliver_last(&stage.asker)?,
        Verdict::Accepted,
        None,
    )?;
    let (_, body, _) = record(stage, &stage.device, id)?;
    same("the note", &body["note"], &json!("ba"))?;
    let closed = cases(stage, branch, tip)?;
    holds(closed.iter().all(|(_, open)| !open), || {
        format!("still open: {closed:?}")
    })?;
    Ok(Outcome::Kept)
}

/// The last word of the feed on the cases of these two operations.
fn cases(stage: &Stage, one: OperationId, two: OperationId) -> Result<Vec<(OperationId, bool)>> {
    let (changes, _) = stage.device.feed(&stage.asker, "", 500)?;
    let mut last: Vec<(OperationId, bool)> = Vec::new();
    for change in changes {
        if let Change::Case(case) = change
            && (case.op == one || case.op == two)
        {
            last.retain(|(op, _)| *op != case.op);
            last.push((case.op, case.open));
        }
    }
    Ok(last)
}

fn voided(stage: &mut Stage) -> Result {
    let (id, one) = created(stage)?;
    let unit = stage.device.unit.clone();
    let two = stage
        .device
        .act("void", id, &unit, Some(one), json!({ "reason": "Ghi nhầm" }));
    ruled(
        "a void",
        &stage.device.deliver_last(&stage.asker)?,
        Verdict::Accepted,
        None,
    )?;
    let (_, body, void) = record(stage, &stage.device, id)?;
    same(
        "void, with its body",
        (void, &body["note"]),
        (true, &session(1)["note"]),
    )?;
    stage.device.act("restore", id, &unit, Some(two), json!({}));
    ruled(
        "a restore",
        &stage.device.deliver_last(&stage.asker)?,
        Verdict::Accepted,
        None,
    )?;
    same("void", record(stage, &stage.device, id)?.2, false)?;
    Ok(Outcome::Kept)
}

fn invalid(stage: &mut Stage) -> Result {
    for (body, code) in [
        (
            json!({ "counts": [{ "group": "adult", "attended": 3, "female": 4 }] }),
            "of_which_over_total",
        ),
        (json!({ "date": "2025-02-31" }), "date_"),
        (json!({ "form": "no such form" }), "form_unknown"),
    ] {
        let mut set = session(3);
        if let (Some(set), Some(body)) = (set.as_object_mut(), body.as_object()) {
            set.extend(body.clone());
        }
        let unit = stage.device.unit.clone();
        stage.device.put(Uuid::from_bytes(random()), &unit, None, set);
        let ruling = stage.device.deliver_last(&stage.asker)?;
        ruled("an impossible body", &ruling, Verdict::Rejected, Some("INVALID"))?;
        let found = ruling.f.iter().any(|finding| finding.code.as_str().starts_with(code));
        holds(found, || format!("no finding {code}: {:?}", ruling.f))?;
    }
    Ok(Outcome::Kept)
}

fn malformed(stage: &mut Stage) -> Result {
    let unit = stage.device.unit.clone();
    let op = |set: &str| {
        let id = Uuid::from_bytes(random());
        format!(
            r#"{{"k":"put","t":"training_session","sv":1,"id":"{id}","unit":"{unit}","base":null,"set":{set},"at":1}}"#
        )
    };
    let good = session(3).to_string();
    let twice = good.replacen('{', r#"{"note":"một","#, 1);
    let inside = good.replace(r#""attended":3"#, r#""attended":3,"attended":4"#);
    let long = json!({ "note": "x".repeat(STRING_BYTES_MAX + 1) }).to_string();
    let huge = json!({ "later": vec!["x".repeat(4_000); 5] }).to_string();
    for (what, text, code) in [
        (
            "no fields",
            r#"{"k":"put","t":"training_session","sv":1}"#.to_owned(),
            "MALFORMED",
        ),
        ("no object", "[]".to_owned(), "MALFORMED"),
        ("a key named twice", op(&twice), "MALFORMED"),
        ("a key named twice inside", op(&inside), "MALFORMED"),
        ("a set that is a list", op("[]"), "MALFORMED"),
        ("a string over its limit", op(&long), "OP_TOO_LARGE"),
        ("a text over its limit", op(&huge), "OP_TOO_LARGE"),
    ] {
        stage.device.write(text);
        let ruling = stage.device.deliver_last(&stage.asker)?;
        ruled(what, &ruling, Verdict::Rejected, Some(code))?;
    }
    Ok(Outcome::Kept)
}

fn ahead(stage: &mut Stage) -> Result {
    let id = Uuid::from_bytes(random());
    let unit = &stage.device.unit.clone();
    for op in [
        json!({ "k": "of a later version", "at": 1 }),
        json!({ "k": "put", "t": "of a later version", "sv": 1, "id": id, "unit": unit, "base": null, "set": {}, "at": 1 }),
        json!({ "k": "put", "t": "training_session", "sv": 99, "id": id, "unit": unit, "base": null, "set": {}, "at": 1 }),
    ] {
        stage.device.write(op);
        let ruling = stage.device.deliver_last(&stage.asker)?;
        ruled(
            "an operation of a later version",
            &ruling,
            Verdict::Held,
            Some("SCHEMA_AHEAD"),
        )?;
    }
    Ok(Outcome::Kept)
}

fn waiting(stage: &mut Stage) -> Result {
    let (_, cursor) = stage.device.feed(&stage.asker, "", 500)?;
    let device = &mut stage.device;
    let (id, one) = device.create(5);
    let unit = device.unit.clone();
    let two = device.put(id, &unit, Some(one), json!({ "note": "trước" }));
    device.put(id, &unit, Some(two), json!({ "note": "sau" }));
    let frame = |seq| device.frame(seq, seq);
    let held = device.send(&stage.asker, vec![frame(two.seq), frame(two.seq + 1)])?;
    let held = crate::device::rulings(&held)?;
    ruled(
        "a child without its parent",
        &held[0].1,
        Verdict::Held,
        Some("PARENT_MISSING"),
    )?;
    ruled("its child", &held[1].1, Verdict::Held, Some("PARENT_HELD"))?;
    device.send(&stage.asker, vec![frame(one.seq)])?;
    let now = device.deliver(&stage.asker, one.seq)?;
    let verdicts: Vec<_> = now.iter().map(|(_, ruling)| ruling.v.as_str()).collect();
    same("verdicts once the parent is there", verdicts, vec!["accepted"; 3])?;
    same("their arrival numbers", (now[1].0, now[2].0), (held[0].0, held[1].0))?;
    let (changes, _) = stage.device.feed(&stage.asker, &cursor, 500)?;
    let told = |seq: u64| {
        changes.iter().any(|change| {
            matches!(change, Change::Verdict { seq: its, ruling, .. } if *its == seq && ruling.v == Verdict::Accepted)
        })
    };
    holds(told(two.seq) && told(two.seq + 1), || {
        "the feed does not tell the new verdicts".into()
    })?;
    same(
        "the note",
        record(stage, &stage.device, id)?.1["note"].clone(),
        json!("sau"),
    )?;
    Ok(Outcome::Kept)
}

fn foreign_base(stage: &mut Stage) -> Result {
    let (_, one) = created(stage)?;
    let (other, _) = created(stage)?;
    let (_, ruling) = edit(stage, other, one, json!({ "note": "x" }))?;
    ruled(
        "a base of another record",
        &ruling,
        Verdict::Rejected,
        Some("BASE_FOREIGN"),
    )?;
    Ok(Outcome::Kept)
}

fn unknown_unit(stage: &mut Stage) -> Result {
    let unit = format!("u:{}", Uuid::from_bytes(random()));
    stage.device.put(Uuid::from_bytes(random()), &unit, None, session(3));
    let ruling = stage.device.deliver_last(&stage.asker)?;
    ruled("a unit nobody knows", &ruling, Verdict::Held, Some("UNIT_UNKNOWN"))?;
    Ok(Outcome::Kept)
}

fn scope(stage: &mut Stage) -> Result {
    if !stage.has_admin() {
        return Ok(Outcome::Skipped("needs --admin-command"));
    }
    let elsewhere = stage.elsewhere()?;
    let id = Uuid::from_bytes(random());
    stage.device.put(id, &elsewhere, None, session(3));
    let ruling = stage.device.deliver_last(&stage.asker)?;
    ruled("a unit of others", &ruling, Verdict::Held, Some("SCOPE"))?;
    holds(record(stage, &stage.device, id).is_err(), || "it was applied".into())?;
    let (own, one) = created(stage)?;
    stage.device.put(own, &elsewhere, Some(one), json!({}));
    let ruling = stage.device.deliver_last(&stage.asker)?;
    ruled(
        "a record moved to a unit of others",
        &ruling,
        Verdict::Held,
        Some("SCOPE"),
    )?;
    let there = stage.enrol(&elsewhere, "team")?;
    let (changes, _) = there.feed(&stage.asker, "", 500)?;
    let leaked = changes.iter().any(|change| matches!(change, Change::Record { .. }));
    holds(!leaked, || "the others see a record of this unit".into())?;
    Ok(Outcome::Kept)
}

fn rights(stage: &mut Stage) -> Result {
    let (id, one) = created(stage)?;
    let unit = stage.device.unit.clone();
    stage.device.act(
        "correct",
        id,
        &unit,
        Some(one),
        json!({ "set": { "note": "x" }, "reason": "vì" }),
    );
    let ruling = stage.device.deliver_last(&stage.asker)?;
    ruled("a correction by a team", &ruling, Verdict::Rejected, Some("RIGHTS"))?;
    let device = stage.device.id.clone();
    for act in [
        json!({ "k": "revoke", "device": device, "reason": "vì", "at": 1 }),
        json!({ "k": "invite", "code": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "unit": unit, "role": "team", "name": "Ai", "at": 1 }),
        json!({ "k": "succeed", "units": [], "successions": [], "reason": "vì", "at": 1 }),
        json!({ "k": "adopt", "cites": [one], "at": 1 }),
    ] {
        stage.device.write(&act);
        let ruling = stage.device.deliver_last(&stage.asker)?;
        let fine = ruling.v == Verdict::Rejected;
        holds(fine, || format!("{} by a team: {ruling:?}", act["k"]))?;
    }
    let missing = OperationId {
        log: LogId(random()),
        seq: 1,
    };
    stage
        .device
        .write(json!({ "k": "return", "cites": [missing], "reason": "vì", "at": 1 }));
    let ruling = stage.device.deliver_last(&stage.asker)?;
    holds(ruling.v != Verdict::Accepted, || {
        format!("a return by a team: {ruling:?}")
    })?;
    Ok(Outcome::Kept)
}

fn unknown_fields(stage: &mut Stage) -> Result {
    let mut body = session(6);
    body["of_a_later_version"] = json!({ "deep": [1, { "ấ": null }] });
    let unit = stage.device.unit.clone();
    let id = Uuid::from_bytes(random());
    let one = stage.device.put(id, &unit, None, body.clone());
    ruled(
        "a field nobody knows",
        &stage.device.deliver_last(&stage.asker)?,
        Verdict::Accepted,
        None,
    )?;
    edit(stage, id, one, json!({ "note": "sửa" }))?;
    let (_, seen, _) = record(stage, &stage.device, id)?;
    same(
        "the field after an edit",
        &seen["of_a_later_version"],
        &body["of_a_later_version"],
    )?;
    Ok(Outcome::Kept)
}
