//! Every rule that can be asked from outside, with the section of `docs/PROTOCOL.md` that states it.

mod batches;
mod bodies;
mod bundles;
mod enrolment;
mod feed;
mod judging;
mod officers;
mod photos;
mod sessions;

use hocvu_wire::batch::{Ruling, Verdict};
use serde_json::{Value, json};

use crate::device::AT;
use crate::outcome::{Result, same};
use crate::stage::Stage;

/// One rule.
pub struct Rule {
    /// Section of the document, with the invariant where it has a number.
    pub section: &'static str,
    /// The rule in a few words.
    pub name: &'static str,
    /// Whether it makes the device all others use.
    pub first: bool,
    /// Asks.
    pub run: fn(&mut Stage) -> Result,
}

/// A rule that needs only the device.
const fn rule(section: &'static str, name: &'static str, run: fn(&mut Stage) -> Result) -> Rule {
    Rule {
        section,
        name,
        first: false,
        run,
    }
}

/// Every rule in its order.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let lists: [&[Rule]; 9] = [
        enrolment::RULES,
        sessions::RULES,
        bodies::RULES,
        batches::RULES,
        judging::RULES,
        feed::RULES,
        bundles::RULES,
        photos::RULES,
        officers::RULES,
    ];
    lists.into_iter().flatten()
}

/// The first operation of a device's log.
pub fn open(device: &str) -> Value {
    json!({ "k": "open", "device": device, "predecessor": null, "reason": "new", "at": AT })
}

/// This verdict and code.
fn ruled(what: &str, ruling: &Ruling, verdict: Verdict, code: Option<&str>) -> Result<()> {
    let seen = (ruling.v.as_str(), ruling.c.as_deref());
    same(what, seen, (verdict.as_str(), code))
}
