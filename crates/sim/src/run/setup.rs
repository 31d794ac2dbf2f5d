//! How a run begins: a centre, its units, machines that are not devices yet.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hocvu_central::NewCode;
use hocvu_model::unit::{Level, Unit};

use super::rogue::Rogue;
use super::{Plan, Run, Trace};
use crate::centre::Centre;
use crate::device::Device;
use crate::link::Network;
use crate::people::{COMMUNE, HAMLETS, NEIGHBOUR, PROVINCE};
use crate::{Checked, Dice, Violation};

/// Who takes part: name, unit, role.
const CAST: [(&str, &str, &str); 6] = [
    ("lan", "u:hoa-thuan", "team"),
    ("bay", "u:hoa-thuan", "team"),
    ("son", "u:rach-goc", "team"),
    ("ngoc", "u:so-5", "team"),
    ("officer", COMMUNE, "commune"),
    ("province", PROVINCE, "province"),
];
/// Name of the fault.
pub(super) const COMMIT_FAILS: &str = "centre: a commit fails";
/// Disks of one process need different names, and two runs of one seed may be under way.
static RUNS: AtomicU64 = AtomicU64::new(0);

impl Run {
    pub(super) fn new(plan: Plan) -> Self {
        let dice = Dice::new(plan.seed);
        let number = RUNS.fetch_add(1, Ordering::Relaxed);
        let centre = Arc::new(Centre::new(&format!("{number}-centre"), dice.fork(10)));
        let network = Arc::new(Network::new(Arc::clone(&centre), dice.fork(11)));
        let people = 3 + dice.fork(12).below(4) as usize;
        let devices = CAST.iter().take(people).enumerate().map(|(at, (name, unit, role))| {
            let disk = format!("{number}-{name}");
            let link = network.link(name);
            Device::new(name, &disk, unit, role, link, &dice.fork(100 + at as u64))
        });
        let mut units = BTreeMap::from([
            (PROVINCE.to_owned(), None),
            (COMMUNE.to_owned(), Some(PROVINCE.to_owned())),
            (NEIGHBOUR.to_owned(), Some(PROVINCE.to_owned())),
        ]);
        units.extend(
            HAMLETS[..3]
                .iter()
                .map(|(uid, above, _)| ((*uid).to_owned(), Some((*above).to_owned()))),
        );
        Self {
            plan,
            clock_dice: Dice::new(plan.seed ^ plan.clocks.wrapping_mul(0x1234_5677)),
            devices: devices.collect(),
            centre,
            network,
            records: Vec::new(),
            grants: BTreeMap::new(),
            revoked: BTreeMap::new(),
            units,
            successions: BTreeMap::new(),
            signed: super::rulings::Signed::default(),
            copies: Vec::new(),
            sticks: super::stick::Sticks::default(),
            rogue: None,
            rogue_id: None,
            centre_back_in: 0,
            faults: BTreeMap::new(),
            trace: Trace::default(),
            verdicts: BTreeMap::new(),
            picture: String::new(),
            mistakes: Vec::new(),
            dice,
        }
    }

    /// Starts the centre, tells it the hamlets, makes everybody a code and switches the machines on.
    pub(super) fn begin(&mut self) -> Checked {
        let wrong = |what: String| Violation::new("setup", what);
        self.centre.start().map_err(|error| wrong(error.to_string()))?;
        for (uid, above, name) in &HAMLETS[..3] {
            self.add_unit(uid, above, name)?;
        }
        for at in 0..self.devices.len() {
            let (unit, role) = (self.devices[at].unit.clone(), self.devices[at].role.clone());
            let code = self.code(&unit, &role)?;
            let jump = self.clock_dice.below(200) as i64 - 100;
            let device = &mut self.devices[at];
            device.code = Some(code);
            device.clock.advance(jump * 3_600);
            device.switch_on()?;
            let name = device.name.clone();
            self.network
                .observer
                .set_scope(&name, std::collections::BTreeSet::new());
        }
        if !self.plan.compared {
            let links = self.dice.fork(14).below(4);
            self.network.set_faults([0, 0, 12, 30][links as usize]);
        }
        let code = self.code(HAMLETS[0].0, "team")?;
        let mut dice = self.dice.fork(13);
        self.rogue = Some(Rogue::new(self.network.link("rogue"), code, &mut dice));
        Ok(())
    }

    /// Adds a hamlet at the centre.
    pub(super) fn add_unit(&mut self, uid: &str, above: &str, name: &str) -> Checked {
        let unit = Unit {
            uid: uid.into(),
            code: None,
            level: Level::Hamlet,
            name: name.to_owned(),
            parent: Some(above.into()),
            valid_from: None,
            valid_to: None,
            sort: None,
            members: Vec::new(),
            void: false,
        };
        match self.centre.act(move |desk| desk.add_unit("sim", unit.clone())) {
            Some(Ok(_)) => {}
            refused => return self.act_failed("add_unit", refused.map(|done| done.map(drop))),
        }
        self.units.insert(uid.to_owned(), Some(above.to_owned()));
        self.tell_scopes();
        Ok(())
    }

    fn code(&mut self, unit: &str, role: &str) -> Checked<String> {
        let new = NewCode {
            unit: unit.to_owned(),
            role: Some(role.to_owned()),
            user_name: None,
            days: 36_500,
        };
        match self.centre.act(move |desk| desk.make_code("sim", new.clone())) {
            Some(Ok(code)) => Ok(code),
            other => Err(Violation::new(
                "setup",
                format!("no code: {:?}", other.map(|done| done.err())),
            )),
        }
    }

    /// Tells the observer who may see what.
    pub(super) fn tell_scopes(&self) {
        for device in &self.devices {
            self.network.observer.set_scope(&device.name, self.scope(&device.name));
            if let Some(id) = &device.id {
                self.network.observer.set_device(id, self.scope(&device.name));
            }
        }
    }

    /// An act of an office that a failing centre did not do is no violation.
    pub(super) fn act_failed(&mut self, act: &str, done: Option<hocvu_central::Result<()>>) -> Checked {
        match done {
            None | Some(Ok(())) => {}
            Some(Err(error)) if self.centre_may_fail() => {
                self.trace.line(format!("the centre could not {act}: {error}"));
            }
            Some(Err(error)) => return Err(Violation::new("setup", format!("{act}: {error}"))),
        }
        Ok(())
    }

    /// Whether something was made to fail at the centre.
    pub(super) fn centre_may_fail(&self) -> bool {
        self.centre.disk.stats().failures > 0 || self.centre.disk.is_down() || self.faults.contains_key(COMMIT_FAILS)
    }
}
