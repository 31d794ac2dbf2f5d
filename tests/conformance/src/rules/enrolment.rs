//! §3: a code becomes a device once.

use hocvu_wire::b64;
use hocvu_wire::enrol::{EnrolReply, EnrolRequest, read_code};
use hocvu_wire::problem::ProblemCode;

use super::{Rule, rule};
use crate::device::Device;
use crate::outcome::{Outcome, Result, holds, same};
use crate::stage::Stage;

pub(super) const RULES: &[Rule] = &[
    rule("§3", "asking whose code it is changes nothing", looked_up),
    rule("§3", "a proof by another key makes no device", wrong_proof),
    Rule {
        section: "§3",
        name: "a good proof makes a device; the same request again gives the same one",
        first: true,
        run: made,
    },
    rule("§3", "a used code makes no other device", used),
    rule("§3", "an unknown code is told so", unknown),
];

fn question(code: &str) -> EnrolRequest {
    EnrolRequest {
        code: code.to_owned(),
        keys: None,
    }
}

fn looked_up(stage: &mut Stage) -> Result {
    let code = read_code(&stage.code).ok_or("--code is no enrolment code")?;
    for typed in [code.clone(), code.to_lowercase(), code.replace('-', " ")] {
        let reply: EnrolReply = stage.asker.post("/v1/enrol", &question(&typed), None)?.read()?;
        same("a device made by a question", reply.device, None)?;
        holds(!reply.dep.is_empty() && !reply.unit.is_empty(), || {
            "no deployment or unit".into()
        })?;
    }
    Ok(Outcome::Kept)
}

fn wrong_proof(stage: &mut Stage) -> Result {
    let mut request = Device::blank().enrolment(&stage.code);
    let other = Device::blank().enrolment(&stage.code);
    let (Some(keys), Some(theirs)) = (&mut request.keys, &other.keys) else {
        return Err("no keys".into());
    };
    keys.proof.clone_from(&theirs.proof);
    stage
        .asker
        .post("/v1/enrol", &request, None)?
        .refused(ProblemCode::BadProof)?;
    let mut renamed = Device::blank().enrolment(&stage.code);
    if let Some(keys) = &mut renamed.keys {
        keys.user.push('x'); // Signed with the name.
    }
    stage
        .asker
        .post("/v1/enrol", &renamed, None)?
        .refused(ProblemCode::BadProof)?;
    let mut nothing = Device::blank().enrolment(&stage.code);
    if let Some(keys) = &mut nothing.keys {
        keys.proof = b64::encode([0; 64]);
    }
    stage
        .asker
        .post("/v1/enrol", &nothing, None)?
        .refused(ProblemCode::BadProof)?;
    Ok(Outcome::Kept)
}

fn made(stage: &mut Stage) -> Result {
    let code = read_code(&stage.code).ok_or("--code is no enrolment code")?;
    let mut device = Device::blank();
    let request = device.enrolment(&code);
    let first: EnrolReply = stage.asker.post("/v1/enrol", &request, None)?.read()?;
    let again: EnrolReply = stage.asker.post("/v1/enrol", &request, None)?.read()?;
    same("asked twice", &again, &first)?;
    device.enrolled(&first)?;
    let log = device.log;
    let open = device.open_session(&stage.asker, log)?;
    same("what a new log has", open.have, Vec::new())?;
    device.write(super::open(&device.id));
    stage.device = device;
    Ok(Outcome::Kept)
}

fn used(stage: &mut Stage) -> Result {
    let request = Device::blank().enrolment(&stage.code);
    stage
        .asker
        .post("/v1/enrol", &request, None)?
        .refused(ProblemCode::CodeUsed)?;
    Ok(Outcome::Kept)
}

fn unknown(stage: &mut Stage) -> Result {
    let answer = stage.asker.post("/v1/enrol", &question("00000-00000"), None)?;
    answer.refused(ProblemCode::CodeUnknown)?;
    Ok(Outcome::Kept)
}
